package needs

import "strings"

// lexPython reads Python. It never fails: what is no Python gives tokens all
// the same. In a notebook lines that begin with %, ! or ? are no Python.
func lexPython(text string, notebook bool) lexed {
	l := pythonLexer{lexed: lexing(text), notebook: notebook}
	l.run()
	return l.lexed
}

type pythonLexer struct {
	lexed
	notebook bool
	indents  [maxIndents]int32
	level    int
	parens   int
}

func (l *pythonLexer) run() {
	text, i := l.text, 0
	start := true
	for i < len(text) {
		if start {
			start = false
			if i = l.indent(i); i >= len(text) {
				break
			}
		}
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\f':
			i++
		case c == '\n':
			i++
			if l.parens == 0 {
				l.endLine(i - 1)
				start = true
			} else if l.opensStatement(i) { // a bracket was never closed
				l.parens = 0
				l.endLine(i - 1)
				start = true
			}
		case c == '\\' && i+1 < len(text) && (text[i+1] == '\n' || text[i+1] == '\r'):
			i += 2
			if text[i-1] == '\r' && i < len(text) && text[i] == '\n' {
				i++
			}
		case c == '#':
			i = l.line(i)
		case identStart(c):
			end := identEnd(text, i)
			if end < len(text) && (text[end] == '"' || text[end] == '\'') && end-i <= 2 && isPrefix(text[i:end]) {
				formatted := text[i]|0x20 == 'f' || text[end-1]|0x20 == 'f' || text[i]|0x20 == 't'
				end = pythonString(text, end, formatted)
				l.add(tString, i, end)
			} else {
				l.add(tName, i, end)
			}
			i = end
		case c >= '0' && c <= '9' || c == '.' && isDigit(text, i+1):
			i = l.number(i)
		case c == '"' || c == '\'':
			end := pythonString(text, i, false)
			l.add(tString, i, end)
			i = end
		default:
			end := i + 1
			switch c {
			case '(', '[', '{':
				l.parens++
			case ')', ']', '}':
				if l.parens > 0 {
					l.parens--
				}
			default:
				end = operatorEnd(text, i)
			}
			l.add(tOp, i, end)
			i = end
		}
	}
	l.endLine(len(text))
	for ; l.level > 0; l.level-- {
		l.add(tDedent, len(text), len(text))
	}
	l.add(tEnd, len(text), len(text))
}

// endLine ends a logical line, unless it is empty.
func (l *pythonLexer) endLine(at int) {
	if n := len(l.tokens); n > 0 && l.tokens[n-1].kind < tLine {
		l.add(tLine, at, at)
	}
}

// indent reads the white space before a line and gives where the line begins.
func (l *pythonLexer) indent(i int) int {
	text, from, column := l.text, i, int32(0)
	for ; i < len(text); i++ {
		switch text[i] {
		case ' ':
			column++
			continue
		case '\t':
			column = (column/8 + 1) * 8
			continue
		case '\f':
			column = 0
			continue
		}
		break
	}
	if i >= len(text) || text[i] == '\n' || text[i] == '\r' || text[i] == '#' {
		return i
	}
	if l.notebook {
		if end, magic := l.magic(i); magic {
			return end
		}
	}
	current := int32(0)
	if l.level > 0 {
		current = l.indents[l.level-1]
	}
	switch {
	case column > current && l.level < maxIndents:
		l.indents[l.level] = column
		l.level++
		l.add(tIndent, from, i)
	case column < current:
		for l.level > 0 && l.indents[l.level-1] > column {
			l.level--
			l.add(tDedent, i, i)
		}
	}
	return i
}

// magic passes over what Jupyter takes out of a line before Python sees it:
// shell commands and magics, but not the code behind %time and its kin.
func (l *pythonLexer) magic(i int) (int, bool) {
	text := l.text
	switch text[i] {
	case '!', '?':
		return l.lineEnd(i), true
	case '%':
		end := i
		for end < len(text) && text[end] == '%' {
			end++
		}
		word := end
		end = identEnd(text, end)
		switch text[word:end] {
		case "time", "timeit", "prun", "memit":
			for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
				end++
			}
			return end, true
		}
		return l.lineEnd(i), true
	}
	return i, false
}

// opensStatement reports whether a line at i can only be the beginning of a
// statement, so that no bracket can be open there.
func (l *pythonLexer) opensStatement(i int) bool {
	rest := l.text[i:]
	if len(rest) == 0 || rest[0] != 'd' && rest[0] != 'c' && rest[0] != 'i' && rest[0] != '@' {
		return false
	}
	for _, word := range [...]string{"def ", "class ", "import ", "@"} {
		if len(rest) > len(word) && rest[:len(word)] == word {
			return true
		}
	}
	return false
}

// isPrefix reports whether a word may stand before the quotes of a string.
func isPrefix(word string) bool {
	for i := range len(word) {
		switch word[i] | 0x20 {
		case 'r', 'b', 'u', 'f', 't':
		default:
			return false
		}
	}
	return true
}

// pythonString gives the end of the string whose quotes begin at i. A string
// that is not closed ends with its line, a long one with the text.
func pythonString(text string, i int, formatted bool) int {
	quote := text[i]
	if i+2 < len(text) && text[i+1] == quote && text[i+2] == quote {
		for j := i + 3; ; {
			n := strings.IndexByte(text[j:], quote)
			if n < 0 {
				return len(text)
			}
			j += n
			back := 0
			for j-1-back >= i+3 && text[j-1-back] == '\\' {
				back++
			}
			if back%2 == 0 && j+2 < len(text) && text[j+1] == quote && text[j+2] == quote {
				return j + 3
			}
			j++
		}
	}
	depth := 0
	for j := i + 1; j < len(text); j++ {
		switch c := text[j]; {
		case c == '\\':
			j++
		case c == '\n':
			return j
		case c == quote && depth == 0:
			return j + 1
		case c == quote && formatted: // Python 3.12 allows the same quotes inside
			for j++; j < len(text) && text[j] != quote && text[j] != '\n'; j++ {
			}
			if j >= len(text) || text[j] == '\n' {
				return j
			}
		case c == '{' && formatted:
			if j+1 < len(text) && text[j+1] == '{' && depth == 0 {
				j++
			} else {
				depth++
			}
		case c == '}' && depth > 0:
			depth--
		}
	}
	return len(text)
}
