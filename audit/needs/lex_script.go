package needs

// lexScript reads JavaScript and TypeScript. It never fails. A template literal
// is one string, with what it embeds.
func lexScript(text string) lexed {
	l := scriptLexer{lexed: lexing(text)}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f':
			i++
		case identStart(c) || c == '#' || c == '@' && i+1 < len(text) && identStart(text[i+1]):
			end := identEnd(text, i+1)
			if i == 0 && c == '#' && end == 1 { // #! on the first line
				i = l.line(i)
				continue
			}
			l.add(tName, i, end)
			i = end
		case c >= '0' && c <= '9':
			i = l.number(i)
		case c == '"' || c == '\'':
			end := quoted(text, i)
			l.add(tString, i, end)
			i = end
		case c == '`':
			end := templateEnd(text, i)
			l.add(tString, i, end)
			i = end
		case c == '/':
			end := l.slashes(i)
			if end == i {
				end = l.slash(i)
			}
			i = end
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
			l.add(tOp, i, end)
			i = end
		}
	}
	l.add(tEnd, len(text), len(text))
	return l.lexed
}

type scriptLexer struct {
	lexed
	end   int // where the line ends on which a slash was met
	tries int // at regular expressions, on it
}

// slash adds the regular expression or the operator that a slash begins, and
// gives its end.
func (l *scriptLexer) slash(i int) int {
	if l.regexMayBegin() {
		if end, found := l.regex(i); found {
			l.add(tNumber, i, end)
			return end
		}
		l.add(tOp, i, i+1)
		return i + 1
	}
	end := operatorEnd(l.text, i)
	l.add(tOp, i, end)
	return end
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
		switch l.text[t.pos:t.end] {
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

// maxTries is how often on one line a regular expression is looked for that has
// no end there.
const maxTries = 20

// regex gives the end of the regular expression that begins at i, on its line.
func (l *scriptLexer) regex(i int) (end int, found bool) {
	if i >= l.end {
		l.tries, l.end = 0, l.lineEnd(i)
	}
	if l.tries == maxTries {
		return 0, false
	}
	class := false
	for j := i + 1; j < l.end; j++ {
		switch l.text[j] {
		case '\\':
			j++
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				return identEnd(l.text, j+1), true
			}
		}
	}
	l.tries++
	return 0, false
}

// templateEnd gives the end of a template literal, which may hold others.
func templateEnd(text string, i int) int {
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
