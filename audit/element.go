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
