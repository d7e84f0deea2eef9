package needs

import "strings"

// tokenKind says what a token is.
type tokenKind uint8

const (
	tEnd tokenKind = iota
	tName
	tNumber
	tString
	tOp
	tLine   // the end of a logical line
	tIndent // the next line stands deeper
	tDedent
)

// token is one word of a source. Where a string begins, what stands before its
// quotes is part of it.
type token struct {
	kind     tokenKind
	first    byte // of its bytes: by it most are told apart
	pos, end int32
}

// spot is where a comment stands.
type spot struct{ pos, end int32 }

// Bounds of the lexers. What goes deeper is read as one flat piece.
const (
	maxIndents = 200
	maxNesting = 200
)

// lexed is a source as tokens; comments are kept apart.
type lexed struct {
	text     string
	tokens   []token
	comments []spot
}

// lexing makes room for the tokens of a text: most sources have fewer than one
// for four bytes.
func lexing(text string) lexed {
	return lexed{text: text, tokens: make([]token, 0, len(text)/4+8)}
}

func (l *lexed) add(k tokenKind, pos, end int) {
	t := token{kind: k, pos: int32(pos), end: int32(end)}
	if pos < end {
		t.first = l.text[pos]
	}
	l.tokens = append(l.tokens, t)
}

// line notes the comment that begins at i and ends with its line, and gives its
// end.
func (l *lexed) line(i int) int { return l.comment(i, l.lineEnd(i)) }

func (l *lexed) lineEnd(i int) int {
	if n := strings.IndexByte(l.text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(l.text)
}

// comment notes one, and gives its end.
func (l *lexed) comment(pos, end int) int {
	l.comments = append(l.comments, spot{int32(pos), int32(end)})
	return end
}

// slashes notes the comment that a slash at i begins, as languages of the family
// of C have them, and gives its end; i where none begins.
func (l *lexed) slashes(i int) int {
	if i+1 == len(l.text) {
		return i
	}
	switch l.text[i+1] {
	case '/':
		return l.line(i)
	case '*':
		if n := strings.Index(l.text[i+2:], "*/"); n >= 0 {
			return l.comment(i, i+2+n+2)
		}
		return l.comment(i, len(l.text))
	}
	return i
}

// number adds one, whose first byte stands at i, and gives its end.
func (l *lexed) number(i int) int {
	end := i + 1
	for ; end < len(l.text); end++ {
		if c := l.text[end]; identByte(c) || c == '.' && isDigit(l.text, end+1) {
			continue
		} else if (c == '-' || c == '+') && l.text[end-1]|0x20 == 'e' && isDigit(l.text, end+1) && l.text[i+1]|0x20 != 'x' {
			continue // of an exponent
		}
		break
	}
	l.add(tNumber, i, end)
	return end
}

func isDigit(text string, i int) bool { return i < len(text) && text[i] >= '0' && text[i] <= '9' }

func identStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80 || c == '$'
}

func identByte(c byte) bool { return identStart(c) || c >= '0' && c <= '9' }

func identEnd[T string | []byte](text T, i int) int {
	for i < len(text) && identByte(text[i]) {
		i++
	}
	return i
}

// quoted gives the end of a string in one kind of quotes, which begin at i. One
// that is not closed ends with its line.
func quoted(text string, i int) int {
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

// operatorEnd gives the end of the longest operator that begins at i.
func operatorEnd(text string, i int) int {
	if i+1 >= len(text) || strings.IndexByte("=>-<:+*/%&|^@.?!", text[i+1]) < 0 {
		return i + 1
	}
	for n := min(4, len(text)-i); n > 1; n-- {
		if isOperator(text[i : i+n]) {
			return i + n
		}
	}
	return i + 1
}

// isOperator knows those of more than one byte, of all languages: one that a
// language lacks does not occur in it.
func isOperator(s string) bool {
	switch s {
	case ">>>=", "===", "!==", "**=", "<<=", ">>=", "//=", "...", "&&=", "||=", "??=", ">>>",
		"==", "!=", "<=", ">=", "->", "=>", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=",
		"**", "//", "<<", ">>", "&&", "||", "??", "?.", "?:", "!!", "::", "++", "--":
		return true
	}
	return false
}
