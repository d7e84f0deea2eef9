package needs

import (
	"bytes"
	"encoding/json"
	"path"
	"sort"
	"strings"
	"unicode/utf8"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// language is one that is read here.
type language uint8

const (
	noLanguage language = iota
	python
	golang
	script // JavaScript and TypeScript
	apps   // Apps Script
	java
	kotlin
	shell
	httpFile // requests as editors run them: a shell's, once they are read
)

// scripted reports whether a language is JavaScript or a kin of it.
func (l language) scripted() bool { return l == script || l == apps }

// jvm reports whether a language is Java or Kotlin.
func (l language) jvm() bool { return l == java || l == kotlin }

// languageOf tells the language of a file by its name, or by the interpreter
// that its first line names.
func languageOf(name string, data []byte) language {
	switch strings.ToLower(path.Ext(name)) {
	case ".py", ".pyw", ".ipynb":
		return python
	case ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte", ".html", ".htm":
		if strings.HasSuffix(name, ".min.js") || strings.HasSuffix(name, ".d.ts") {
			return noLanguage // made from something that is read, or without any call
		}
		if isScriptTest(name) {
			return noLanguage // as the tests of Go
		}
		return script
	case ".gs":
		return apps
	case ".go":
		if strings.HasSuffix(name, "_test.go") {
			return noLanguage // it runs nowhere but here
		}
		return golang
	case ".java":
		if strings.Contains(name, "src/test/") {
			return noLanguage // as the tests of Go
		}
		return java
	case ".kt", ".kts":
		if strings.Contains(name, "src/test/") {
			return noLanguage
		}
		return kotlin
	case ".sh", ".bash", ".zsh", ".ksh":
		return shell
	case ".http", ".rest":
		return httpFile
	case "":
		if bytes.HasPrefix(data, []byte("#!")) {
			line := data[:lineEnd(data, 0)]
			if word := bytes.TrimRight(line, " \r-eux"); bytes.HasSuffix(word, []byte("sh")) {
				return shell
			}
			if bytes.Contains(line, []byte("python")) {
				return python
			}
			if bytes.Contains(line, []byte("node")) {
				return script
			}
		}
	}
	return noLanguage
}

// isScriptTest reports whether a file holds tests of JavaScript, by the names that
// Jest, Vitest, Mocha and Angular look for. Source: https://jestjs.io/docs/configuration#testmatch-arraystring
func isScriptTest(name string) bool {
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	return strings.HasSuffix(base, ".test") || strings.HasSuffix(base, ".spec") || strings.Contains("/"+name, "/__tests__/") || strings.Contains("/"+name, "/__mocks__/")
}

// source is the program text of one file, and where each byte of it stands: a
// notebook's is its code cells one after the other.
type source struct {
	path     string
	text     []byte
	notebook bool
	parts    []part
	lines    []int32 // where lines begin; made when a place is first asked for
	runes    []int32 // how many characters there are before every runeStep-th byte
}

// part is a piece of a source that one view holds.
type part struct {
	start int
	place func(start, end int) rules.Location
}

// read gives the source of a file, and what of a notebook goes to the shell.
func read(name string, data []byte) (source, *module) {
	s := source{path: name}
	views := decode.Views(bytes.Clone(data)) // the caller's buffer is used again, and places go by it
	if len(views) == 1 {
		s.text = views[0].Data
		if views[0].Place != nil {
			s.parts = []part{{place: views[0].Place}}
		}
		if isMarkup(name) {
			scriptsOnly(s.text)
		}
		return s, nil
	}
	s.notebook = true
	code := codeCells(data)
	var text bytes.Buffer
	var aside cells
	for _, v := range views[:len(views)-1] {
		at := v.Place(0, 0)
		if at.Output || at.Cell == 0 || at.Cell <= len(code) && !code[at.Cell-1] {
			continue
		}
		aside.take(v)
		if otherLanguage(v.Data) {
			continue
		}
		s.parts = append(s.parts, part{start: text.Len(), place: v.Place})
		text.Write(v.Data)
		text.WriteByte('\n')
	}
	s.text = text.Bytes()
	return s, aside.module(name)
}

// codeCells tells for each cell of a notebook whether it holds code.
func codeCells(data []byte) []bool {
	type cell struct {
		Type string `json:"cell_type"`
	}
	var n struct {
		Cells      []cell
		Worksheets []struct{ Cells []cell }
	}
	if json.Unmarshal(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), &n) != nil {
		return nil
	}
	var code []bool
	add := func(cells []cell) {
		for _, c := range cells {
			code = append(code, c.Type == "code" || c.Type == "")
		}
	}
	add(n.Cells)
	for _, w := range n.Worksheets {
		add(w.Cells)
	}
	return code
}

// otherLanguage reports whether a cell's magic says that it is no Python.
func otherLanguage(cell []byte) bool {
	cell = bytes.TrimLeft(cell, " \t\r\n")
	word, found := bytes.CutPrefix(cell, []byte("%%"))
	if !found {
		return false
	}
	switch string(word[:identEnd(word, 0)]) {
	case "bash", "sh", "script", "html", "HTML", "javascript", "js", "svg", "latex", "markdown", "perl", "ruby", "sql", "bigquery", "cmd", "R":
		return true
	}
	return false
}

// location is where a range of the text stands in the file.
func (s *source) location(start, end int) rules.Location {
	start = max(0, min(start, len(s.text)))
	end = max(start, min(end, len(s.text)))
	var at rules.Location
	if len(s.parts) > 0 {
		i := sort.Search(len(s.parts), func(i int) bool { return s.parts[i].start > start }) - 1
		p := s.parts[max(i, 0)]
		if i+1 < len(s.parts) {
			end = min(end, max(s.parts[i+1].start-1, start))
		}
		at = p.place(start-p.start, end-p.start)
	} else {
		at.Line, at.Column = s.line(start)
		at.EndLine, at.EndColumn = s.line(end)
	}
	at.Origin, at.Path = rules.Tree, s.path
	return at
}

func (s *source) line(at int) (line, column int) {
	if s.lines == nil {
		s.lines = []int32{0}
		for i := 0; ; i++ {
			n := bytes.IndexByte(s.text[i:], '\n')
			if n < 0 {
				break
			}
			i += n
			s.lines = append(s.lines, int32(i+1))
		}
	}
	i := sort.Search(len(s.lines), func(i int) bool { return int(s.lines[i]) > at }) - 1
	return i + 1, s.characters(at) - s.characters(int(s.lines[i])) + 1
}

// runeStep is how many bytes are read again at most to find a column.
const runeStep = 1024

// characters counts those before a place.
func (s *source) characters(at int) int {
	for n := len(s.runes); n <= at/runeStep; n++ {
		if n == 0 {
			s.runes = append(s.runes, 0)
			continue
		}
		s.runes = append(s.runes, s.runes[n-1]+starts(s.text[(n-1)*runeStep:n*runeStep]))
	}
	return int(s.runes[at/runeStep] + starts(s.text[at/runeStep*runeStep:at]))
}

func lineEnd(text []byte, i int) int {
	if n := bytes.IndexByte(text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(text)
}

// starts counts the bytes at which a character begins, so that a character may
// be cut.
func starts(text []byte) int32 {
	n := int32(0)
	for _, c := range text {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}

// maxQuote is how much of a source a text for people quotes.
const maxQuote = 120

// quote gives a range of the text on one line, cut short.
func (s *source) quote(start, end int32) string {
	return oneLine(s.text[start:max(min(end, int32(len(s.text))), start)])
}

// oneLine gives a text on one line, cut short.
func oneLine(text []byte) string {
	if len(text) <= maxQuote && !spaced(text) && utf8.Valid(text) {
		return string(text)
	}
	var b strings.Builder
	space := false
	for _, r := range string(text[:min(len(text), 4*maxQuote)]) {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		if b.Len() >= maxQuote {
			return b.String() + "…"
		}
		b.WriteRune(r)
	}
	return strings.NewReplacer(" .", ".", "( ", "(", " )", ")").Replace(b.String())
}

// spaced reports whether a text has white space that a quotation leaves out.
func spaced(text []byte) bool {
	for i, c := range text {
		switch c {
		case '\n', '\t', '\r':
			return true
		case ' ':
			if i == 0 || i+1 == len(text) {
				return true
			}
			switch next := text[i+1]; {
			case next == ' ' || next == '.' || next == ')' || text[i-1] == '(':
				return true
			}
		}
	}
	return false
}
