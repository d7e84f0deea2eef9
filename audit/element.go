package audit

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"scopeaudit/audit/rules"
)

// element is something that stands in a list, in a source.
type element struct {
	text       []byte
	start, end int
	notebook   bool // the text is a notebook's, in which a line is a string
	strict     bool // its language takes no comma before the closing bracket
	part       bool // the text is one line, and the list may be on several
	// open is where the bracket stands that opens the list, before is where the
	// comma stands before the element and behind that behind it; -1: there is
	// none.
	open, before, behind int
}

// maxList is how far from an element the beginning of its list is looked for, and
// how long a comment or a line of it may be.
const maxList = 8 << 10

// elementAt finds out what stands around a piece of source.
func elementAt(text []byte, start, end int, at rules.Location) element {
	e := element{text: text, start: start, end: end, open: -1, before: -1, behind: -1}
	e.notebook = at.Cell > 0
	switch path.Ext(at.Path) {
	case ".json", ".java", ".kt", ".kts":
		e.strict = true
	}
	if at := e.skip(end); at < len(text) && text[at] == ',' {
		e.behind = at
	}
	depth := 0
	for i := start - 1; i >= max(0, start-maxList); i-- {
		switch c := text[i]; c {
		case ')', ']', '}':
			if !e.remark(i) {
				depth++
			}
		case ',':
			if depth == 0 && e.before < 0 && e.skip(i+1) == start && !e.remark(i) {
				e.before = i
			}
		case '(', '[', '{':
			if e.remark(i) {
				continue
			}
			if depth == 0 {
				e.open = i
				return e
			}
			depth--
		}
	}
	return e
}

// skip passes over white space and comments.
func (e element) skip(i int) int {
	for i < len(e.text) {
		rest := e.text[i:min(len(e.text), i+maxList)]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			i++
		case e.notebook && (bytes.HasPrefix(rest, []byte(`\n`)) || bytes.HasPrefix(rest, []byte(`\t`)) || bytes.HasPrefix(rest, []byte(`\r`))):
			i += 2
		case e.notebook && e.border(i) > 0:
			i += e.border(i)
		case rest[0] == '#' || bytes.HasPrefix(rest, []byte("//")):
			i += e.lineLeft(rest)
		case bytes.HasPrefix(rest, []byte("/*")):
			n := bytes.Index(rest, []byte("*/"))
			if n < 0 {
				return i
			}
			i += n + 2
		default:
			return i
		}
	}
	return i
}

// lineLeft is how long a line is, from a place in it.
func (e element) lineLeft(rest []byte) int {
	n := bytes.IndexByte(rest, '\n')
	if e.notebook {
		if i := bytes.Index(rest, []byte(`\n`)); i >= 0 && (n < 0 || i < n) {
			n = i
		}
	}
	if n < 0 {
		return len(rest)
	}
	return n
}

// border is how long the border of two strings is that are two lines of a
// notebook's source; zero: there is none.
func (e element) border(i int) int {
	if e.text[i] != '"' || i == 0 || e.text[i-1] == '\\' {
		return 0
	}
	rest, parted := bytes.CutPrefix(bytes.TrimLeft(e.text[i+1:], " \t\r\n"), []byte(","))
	rest, opened := bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(`"`))
	if !parted || !opened {
		return 0
	}
	return len(e.text) - i - len(rest)
}

// remark reports whether a place is in a comment.
func (e element) remark(i int) bool {
	near := e.text[max(0, i-maxList):i]
	if n := bytes.LastIndex(near, []byte("/*")); n >= 0 && !bytes.Contains(near[n:], []byte("*/")) {
		return true
	}
	from := max(0, i-maxList)
	from += bytes.LastIndexByte(e.text[from:i], '\n') + 1
	if n := bytes.LastIndex(e.text[from:i], []byte(`\n`)); e.notebook && n >= 0 {
		from += n + len(`\n`)
	}
	var quote byte
	for at := from; at < i; at++ {
		c := e.text[at]
		if e.notebook && c == '"' { // of the notebook, not of its source
			continue
		}
		if c == '\\' && at+1 < i {
			if at++; !e.notebook || e.text[at] != '"' {
				continue
			}
			c = '"'
		}
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '#' || c == '/' && e.text[at+1] == '/':
			return true
		}
	}
	return false
}

// listMakers are functions that take scopes as their arguments, or make a list of
// what they are given: any number, after what else they take.
var listMakers = []string{
	"asList", "of", "listOf", "setOf", "mutableListOf", "mutableSetOf", "arrayListOf", "arrayOf", "hashSetOf", "newArrayList", "newHashSet", "copyOf",
	"WithScopes", "ConfigFromJSON", "JWTConfigFromJSON", "CredentialsFromJSON", "DefaultClient", "DefaultTokenSource", "FindDefaultCredentials", "ComputeTokenSource",
}

// inList reports whether it is an element of a list, a set or a tuple, which can
// have more and fewer.
func (e element) inList() bool {
	end := e.skip(e.end)
	switch {
	case e.behind < 0 && end < len(e.text) && strings.IndexByte(")]}", e.text[end]) < 0:
		return false // the beginning of something longer
	case e.open < 0:
		return e.part && (e.before >= 0 || e.behind >= 0 && strings.TrimSpace(string(e.text[:e.start])) == "")
	case e.before < 0 && e.skip(e.open+1) != e.start:
		return false // the value of a key, or the end of something longer
	}
	before := bytes.TrimRight(e.text[:e.open], " \t")
	owner := string(before[bytes.LastIndexFunc(before, func(r rune) bool { return !isWordRune(r) })+1:])
	switch e.text[e.open] {
	case '[':
		return owner == "" && !bytes.HasSuffix(before, []byte(")")) && !bytes.HasSuffix(before, []byte("]")) || slices.Contains([]string{"return", "yield", "in", "default"}, owner)
	case '{':
		return true
	}
	if owner == "" && bytes.HasSuffix(before, []byte(">")) { // listOf<String>(
		before = before[:max(bytes.LastIndexByte(before, '<'), 0)]
		owner = string(before[bytes.LastIndexFunc(before, func(r rune) bool { return !isWordRune(r) })+1:])
	}
	return slices.Contains(listMakers, owner) || e.isTuple()
}

func isWordRune(r rune) bool {
	return r == '_' || r == '$' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// isTuple reports whether it is one of several in round brackets, as Python has
// them.
func (e element) isTuple() bool {
	if e.open < 0 || e.text[e.open] != '(' || e.before < 0 && e.behind < 0 {
		return false
	}
	before := bytes.TrimRight(e.text[:e.open], " \t")
	return len(before) == 0 || bytes.ContainsAny(before[len(before)-1:], "=([{,:\n") || bytes.HasSuffix(before, []byte("return"))
}

// only reports whether its list has nothing else.
func (e element) only() bool { return e.open >= 0 && e.before < 0 && e.last() }

// last reports whether nothing comes behind it in its list.
func (e element) last() bool {
	if e.behind < 0 {
		return true
	}
	at := e.skip(e.behind + 1)
	return at >= len(e.text) || strings.IndexByte(")]}", e.text[at]) >= 0
}

// line is the line that it stands on, where it does so alone, with a comma and a
// remark at most.
func (e element) line() (from, to int, alone bool) {
	from = bytes.LastIndexByte(e.text[:e.start], '\n') + 1
	to = e.end + e.lineLeft(e.text[e.end:])
	before := string(e.text[from:e.start])
	after := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(string(e.text[e.end:to])), ","))
	end := "\n"
	if e.notebook {
		end = `\n`
		if i := strings.LastIndex(before, end); i >= 0 { // the source is one string
			from += i + len(end)
			before = before[i+len(end):]
		} else if before, alone = strings.CutPrefix(strings.TrimLeft(before, " \t"), `"`); alone { // a string for each line
			end += "\",\n"
		}
		if !bytes.HasPrefix(e.text[to:], []byte(end)) {
			return 0, 0, false
		}
	}
	if bytes.HasPrefix(e.text[to:], []byte(end)) {
		to += len(end)
	}
	return from, to, e.blank([]byte(before)) && (after == "" || strings.HasPrefix(after, "#") || strings.HasPrefix(after, "//"))
}

// without is the text without it.
func (e element) without() []byte {
	cut := func(ranges ...[2]int) []byte { // the last first
		text := e.text
		for _, r := range ranges {
			text = slices.Concat(text[:r[0]], text[r[1]:])
		}
		return text
	}
	comma := [2]int{e.before, e.before + 1}
	if from, to, alone := e.line(); alone {
		line := [2]int{from, to}
		if e.behind < 0 && e.before >= 0 && e.strict {
			return cut(line, comma)
		}
		return cut(line)
	}
	switch {
	case !e.last():
		start, end := e.start, e.behind+1
		for end < len(e.text) && isBlank(e.text[end]) {
			end++
		}
		if end < len(e.text) && (e.text[end] == '\n' || e.text[end] == '\r') {
			for end = e.behind + 1; start > 0 && isBlank(e.text[start-1]) && e.before >= 0; {
				start--
			}
		}
		return cut([2]int{start, end})
	case e.before < 0:
		return cut([2]int{e.start, e.end})
	case e.behind >= 0: // its comma goes, and that before it stays
		start := e.start
		if e.blank(e.text[e.before+1 : start]) {
			start = e.before + 1
		}
		return cut([2]int{start, e.behind + 1})
	case e.isTuple():
		return cut([2]int{e.before + 1, e.end})
	case e.blank(e.text[e.before+1 : e.start]):
		return cut([2]int{e.before, e.end})
	case !e.strict: // Go wants it before the end of a line
		return cut([2]int{e.start, e.end})
	}
	return cut([2]int{e.start, e.end}, comma)
}

// tupled is a text from which the element was taken out, with a comma behind the
// one that is left of a pair: without it, brackets make no tuple.
func (e element) tupled(text []byte) []byte {
	if !e.isTuple() {
		return text
	}
	e.text = text
	end := e.open + 1 // of what stands there
	for i := e.skip(end); i < len(text); i = e.skip(end) {
		switch text[i] {
		case ',':
			return text
		case ')':
			return slices.Concat(text[:end], []byte(","), text[end:])
		}
		end = i + 1
		for _, quote := range [...]string{`"`, `'`, `\"`} {
			if rest, found := bytes.CutPrefix(text[i:], []byte(quote)); found {
				end = i + len(quote) + max(bytes.Index(rest, []byte(quote)), 0) + len(quote)
			}
		}
		end = min(end, len(text))
	}
	return text
}

// separator is what parts it from another that is put behind it.
func (e element) separator() string {
	from, to, alone := e.line()
	if !alone || e.part || e.notebook {
		return ", "
	}
	end := "\n"
	if bytes.HasSuffix(e.text[from:to], []byte("\r\n")) {
		end = "\r\n"
	}
	return "," + end + string(e.text[from:e.start])
}

// blank reports whether a text is white space, as its file writes that.
func (e element) blank(text []byte) bool {
	if e.notebook {
		text = []byte(strings.NewReplacer(`\n`, "", `\t`, "", `\r`, "").Replace(string(text)))
	}
	return len(bytes.TrimSpace(text)) == 0
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
