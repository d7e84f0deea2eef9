package audit

import (
	"bytes"
	"slices"
	"strings"
)

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
