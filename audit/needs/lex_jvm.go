package needs

import "bytes"

// lexJVM reads Java or Kotlin. It never fails. A string is one token, with what
// Kotlin embeds in it; an annotation is one name.
func lexJVM(text []byte, kotlin bool) lexed {
	l := lexed{text: text, tokens: make([]token, 0, len(text)/4+8)}
	add := func(k tokenKind, pos, end int) { l.tokens = append(l.tokens, token{k, int32(pos), int32(end)}) }
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f':
			i++
		case identStart(c) || c == '@' && i+1 < len(text) && identStart(text[i+1]):
			end := identEnd(text, i+1)
			add(tName, i, end)
			i = end
		case c >= '0' && c <= '9':
			end := i + 1
			for end < len(text) && (identByte(text[end]) || text[end] == '.' && end+1 < len(text) && text[end+1] >= '0' && text[end+1] <= '9') {
				end++
			}
			add(tNumber, i, end)
			i = end
		case c == '"':
			end := jvmString(text, i, kotlin)
			add(tString, i, end)
			i = end
		case c == '\'':
			end := scriptString(text, i)
			add(tString, i, end)
			i = end
		case c == '`': // a name of Kotlin that is a keyword elsewhere
			end := i + 1
			for end < len(text) && text[end] != '`' && text[end] != '\n' {
				end++
			}
			if end > i+1 {
				add(tName, i+1, end)
			}
			i = min(end+1, len(text))
		case c == '/' && i+1 < len(text) && text[i+1] == '/', c == '#' && i == 0:
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
		default:
			end := i + 1
			switch c {
			case '(', '[', '{', ')', ']', '}', ',', ';', '@', '\\':
			case '>': // it may end types within types
				if end < len(text) && text[end] == '=' {
					end++
				}
			case '.':
				if bytes.HasPrefix(text[i:], []byte("...")) {
					end = i + 3
				}
			default:
				end = operatorEnd(text, i)
			}
			add(tOp, i, end)
			i = end
		}
	}
	add(tEnd, len(text), len(text))
	return l
}

// jvmString gives the end of a string. One that is not closed ends with its
// line, a long one with the text. What Kotlin embeds may hold strings.
func jvmString(text []byte, i int, kotlin bool) int {
	if bytes.HasPrefix(text[i:], []byte(`"""`)) {
		end := i + 3
		for {
			n := bytes.Index(text[end:], []byte(`"""`))
			if n < 0 {
				return len(text)
			}
			if end += n + 3; kotlin || text[end-4] != '\\' || end-4 < i+3 {
				break // in Java a backslash makes the quotes part of the text
			}
		}
		for end < len(text) && text[end] == '"' {
			end++
		}
		return end
	}
	depth := 0     // of what is embedded
	inner := false // in a string of what is embedded
	for j := i + 1; j < len(text); j++ {
		switch c := text[j]; {
		case c == '\\':
			j++
		case c == '\n':
			return j
		case c == '"' && depth == 0:
			return j + 1
		case c == '"':
			inner = !inner
		case inner:
		case c == '{' && kotlin && (depth > 0 || text[j-1] == '$'):
			depth++
		case c == '}' && depth > 0:
			depth--
		}
	}
	return len(text)
}
