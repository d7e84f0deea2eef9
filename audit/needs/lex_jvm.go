package needs

import "strings"

// lexJVM reads Java or Kotlin. It never fails. A string is one token, with what
// Kotlin embeds in it; an annotation is one name.
func lexJVM(text string, kotlin bool) lexed {
	l := lexing(text)
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f':
			i++
		case identStart(c) || c == '@' && i+1 < len(text) && identStart(text[i+1]):
			end := identEnd(text, i+1)
			l.add(tName, i, end)
			i = end
		case c >= '0' && c <= '9':
			i = l.number(i)
		case c == '"':
			end := jvmString(text, i, kotlin)
			l.add(tString, i, end)
			i = end
		case c == '\'':
			end := quoted(text, i)
			l.add(tString, i, end)
			i = end
		case c == '`': // a name of Kotlin that is a keyword elsewhere
			end := i + 1
			for end < len(text) && text[end] != '`' && text[end] != '\n' {
				end++
			}
			if end > i+1 {
				l.add(tName, i+1, end)
			}
			i = min(end+1, len(text))
		case c == '#' && i == 0:
			i = l.line(i)
		case c == '/':
			end := l.slashes(i)
			if end == i {
				end = operatorEnd(text, i)
				l.add(tOp, i, end)
			}
			i = end
		default:
			end := i + 1
			switch c {
			case '(', '[', '{', ')', ']', '}', ',', ';', '@', '\\':
			case '>': // it may end types within types
				if end < len(text) && text[end] == '=' {
					end++
				}
			default:
				end = operatorEnd(text, i)
			}
			l.add(tOp, i, end)
			i = end
		}
	}
	l.add(tEnd, len(text), len(text))
	return l
}

// jvmString gives the end of a string. One that is not closed ends with its
// line, a long one with the text. What Kotlin embeds may hold strings.
func jvmString(text string, i int, kotlin bool) int {
	if strings.HasPrefix(text[i:], `"""`) {
		end := i + 3
		for {
			n := strings.Index(text[end:], `"""`)
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
