package needs

import "strings"

// lexGo reads Go. It never fails. Where a line ends a statement stands a token,
// which has no length and follows the last one of the line.
func lexGo(text string) lexed {
	l := lexing(text)
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\n':
			l.semicolon()
			i++
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case identStart(c):
			end := identEnd(text, i)
			l.add(tName, i, end)
			i = end
		case c >= '0' && c <= '9' || c == '.' && isDigit(text, i+1):
			i = l.number(i)
		case c == '"':
			end := quoted(text, i)
			l.add(tString, i, end)
			i = end
		case c == '\'':
			end := quoted(text, i)
			l.add(tNumber, i, end)
			i = end
		case c == '`':
			end := len(text)
			if n := strings.IndexByte(text[i+1:], '`'); n >= 0 {
				end = i + 1 + n + 1
			}
			l.add(tString, i, end)
			i = end
		case c == '/':
			end := l.slashes(i)
			if end == i {
				end = operatorEnd(text, i)
				l.add(tOp, i, end)
			} else if strings.IndexByte(text[i:end], '\n') >= 0 {
				l.semicolon()
			}
			i = end
		default:
			end := goOperatorEnd(text, i)
			l.add(tOp, i, end)
			i = end
		}
	}
	l.semicolon()
	l.add(tEnd, len(text), len(text))
	return l
}

// goOperatorEnd knows what is one operator in Go and two elsewhere, or the
// other way round.
func goOperatorEnd(text string, i int) int {
	next := byte(0)
	if i+1 < len(text) {
		next = text[i+1]
	}
	switch text[i] {
	case '(', '[', '{', ')', ']', '}', ',', ';', '~', '@', '?':
		return i + 1
	case '*', '!', ':':
		if next == '=' {
			return i + 2
		}
		return i + 1
	case '<':
		if next == '-' {
			return i + 2
		}
	case '&':
		if next == '^' {
			if i+2 < len(text) && text[i+2] == '=' {
				return i + 3
			}
			return i + 2
		}
	}
	return operatorEnd(text, i)
}

// semicolon ends a statement, if what stands before may be the end of one.
func (l *lexed) semicolon() {
	if len(l.tokens) == 0 {
		return
	}
	switch t := l.tokens[len(l.tokens)-1]; t.kind {
	case tName:
		switch l.text[t.pos:t.end] {
		case "break", "continue", "fallthrough", "return":
		default:
			if isGoKeyword(l.text[t.pos:t.end]) {
				return
			}
		}
		l.add(tLine, int(t.end), int(t.end))
	case tNumber, tString:
		l.add(tLine, int(t.end), int(t.end))
	case tOp:
		switch l.text[t.pos:t.end] {
		case ")", "]", "}", "++", "--":
			l.add(tLine, int(t.end), int(t.end))
		}
	}
}

func isGoKeyword(word string) bool {
	switch word {
	case "break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go", "goto", "if", "import",
		"interface", "map", "package", "range", "return", "select", "struct", "switch", "type", "var":
		return true
	}
	return false
}
