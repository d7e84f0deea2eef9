package needs

import "bytes"

// lexScript reads JavaScript and TypeScript. It never fails. A template literal
// is one string, with what it embeds.
func lexScript(text []byte) lexed {
	l := lexed{text: text, tokens: make([]token, 0, len(text)/4+8)}
	add := func(k tokenKind, pos, end int) { l.tokens = append(l.tokens, token{k, int32(pos), int32(end)}) }
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f':
			i++
		case identStart(c) || c == '#' || c == '@' && i+1 < len(text) && identStart(text[i+1]):
			end := identEnd(text, i+1)
			if c == '#' && i == 0 && end == 1 { // #! on the first line
				end = lineEnd(text, i)
				i = end
				continue
			}
			add(tName, i, end)
			i = end
		case c >= '0' && c <= '9':
			end := i + 1
			for end < len(text) && (identByte(text[end]) || text[end] == '.') {
				end++
			}
			add(tNumber, i, end)
			i = end
		case c == '"' || c == '\'':
			end := scriptString(text, i)
			add(tString, i, end)
			i = end
		case c == '`':
			end := templateEnd(text, i)
			add(tString, i, end)
			i = end
		case c == '/' && i+1 < len(text) && text[i+1] == '/':
			end := lineEnd(text, i)
			l.comments = append(l.comments, spot{int32(i), int32(end)})
			i = end
		case c == '/' && i+1 < len(text) && text[i+1] == '*':
			end := len(text)
			if n := bytes.Index(text[i+2:], []byte("*/")); n >= 0 {
				end = i + 2 + n + 2
			}
			l.comments = append(l.comments, spot{int32(i), int32(end)})
			i = end
		case c == '/' && l.regexMayBegin():
			if end := regexEnd(text, i); end > 0 {
				add(tNumber, i, end)
				i = end
				continue
			}
			add(tOp, i, i+1)
			i++
		default:
			end := operatorEnd(text, i)
			if c == '(' || c == '[' || c == '{' || c == ')' || c == ']' || c == '}' || c == ',' || c == ';' {
				end = i + 1
			}
			if (c == '?' || c == '!') && end == i+2 && (text[i+1] == ':' || text[i+1] == '!') || c == ':' || c == '-' && end == i+2 && text[i+1] == '>' {
				end = i + 1 // one token in other languages
			}
			if c == '>' { // it may end types within types
				end = i + 1
				if end < len(text) && text[end] == '=' {
					end++
				}
			}
			if c == '.' && bytes.HasPrefix(text[i:], []byte("...")) {
				end = i + 3
			}
			add(tOp, i, end)
			i = end
		}
	}
	add(tEnd, len(text), len(text))
	return l
}

// regexMayBegin reports whether a slash begins a regular expression: no value
// stands before it.
func (l *lexed) regexMayBegin() bool {
	if len(l.tokens) == 0 {
		return true
	}
	t := l.tokens[len(l.tokens)-1]
	switch t.kind {
	case tNumber, tString:
		return false
	case tName:
		switch string(l.text[t.pos:t.end]) {
		case "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await", "yield":
			return true
		}
		return false
	}
	switch l.text[t.pos] {
	case ')', ']', '}':
		return false
	}
	return true
}

func regexEnd(text []byte, i int) int {
	class := false
	for j := i + 1; j < len(text); j++ {
		switch text[j] {
		case '\\':
			j++
		case '\n':
			return -1
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				return identEnd(text, j+1)
			}
		}
	}
	return -1
}

func scriptString(text []byte, i int) int {
	for j := i + 1; j < len(text); j++ {
		switch text[j] {
		case '\\':
			j++
		case '\n':
			return j
		case text[i]:
			return j + 1
		}
	}
	return len(text)
}

// templateEnd gives the end of a template literal, which may hold others.
func templateEnd(text []byte, i int) int {
	var braces [maxIndents]int // those that are open in each expression
	level := 0                 // even in the text of a template, odd in an expression
	for j := i + 1; j < len(text); j++ {
		switch c := text[j]; {
		case c == '\\':
			j++
		case level%2 == 0 && c == '`': // the text of a template ends
			if level == 0 {
				return j + 1
			}
			level--
		case level%2 == 0 && c == '$' && j+1 < len(text) && text[j+1] == '{':
			if level >= maxIndents {
				return len(text)
			}
			braces[level] = 1
			level++
			j++
		case level%2 == 1 && c == '{':
			braces[level-1]++
		case level%2 == 1 && c == '}':
			if braces[level-1]--; braces[level-1] == 0 {
				level--
			}
		case level%2 == 1 && c == '`':
			if level >= maxIndents {
				return len(text)
			}
			level++
		}
	}
	return len(text)
}
