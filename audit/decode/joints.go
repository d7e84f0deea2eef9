package decode

import "bytes"

// maxGap is how far two pieces of a string may stand apart, in bytes: line ends,
// indentation and a comment.
const maxGap = 256

// joints finds where two strings stand for one: by an operator, by standing side
// by side, or one inside a template. Both must touch with characters that secrets
// have: no sentence is put together here.
func joints(edits []edit, text []byte, from, to int, _ bool) ([]edit, int) {
	for _, quote := range [...]byte{'"', '\'', '`'} {
		for i := from; i < to; {
			n := bytes.IndexByte(text[i:to], quote)
			if n < 0 {
				break
			}
			i += n
			if i > 0 && text[i-1] == '{' {
				edits = template(edits, text, i, quote)
				i++
				continue
			}
			if i == 0 || i+1 >= len(text) || !closes[text[i-1]] || !follows[text[i+1]] {
				i++
				continue
			}
			start, end := joint(text, i, continues(edits, text, i))
			if end == 0 {
				i++
				continue
			}
			edits = append(edits, edit{start, end, asNothing})
			i = end
		}
	}
	return edits, to
}

// closes are the bytes that stand before a closing quote whose string may go on,
// and follows those that may stand behind one; most quotes fail one of them.
var closes, follows = func() (before, behind [256]bool) {
	for i := range 256 {
		before[i] = isPiece(byte(i)) || i == '\\'
	}
	for _, b := range []byte(" \t\n\r+.&|<~\\_/#\"'`fFrRbBuUL@$") {
		behind[b] = true
	}
	return
}()

// isPiece says whether b may be the first or the last of a piece of a secret.
func isPiece(b byte) bool {
	return isAlnum(b) || b == '_' || b == '-' || b == '.' || b == '/' || b == '+' || b == '='
}

// continues says whether the string whose closing quote is at i began at the last
// joint: what goes on once may go on again.
func continues(edits []edit, text []byte, i int) bool {
	if len(edits) == 0 {
		return false
	}
	begin := edits[len(edits)-1].end
	if begin >= i || i-begin > maxList {
		return false
	}
	for _, b := range text[begin:i] {
		if !isPiece(b) && b != '\\' {
			return false
		}
	}
	return true
}

// joint reads the joint whose closing quote is at i: where it starts and ends,
// or zero for the end. The quotes may be escaped, as code in JSON is. It is joined
// if that is known before.
func joint(text []byte, i int, joined bool) (start, end int) {
	start = i
	for start > 0 && text[start-1] == '\\' && i-start < 3 {
		start--
	}
	slashes := i - start
	if start == 0 || !isPiece(text[start-1]) {
		return 0, 0
	}
	if start > 1 && text[start-2] == '\\' && (text[start-1] == 'n' || text[start-1] == 'r' || text[start-1] == 't') {
		return 0, 0
	}
	limit := min(len(text), i+maxGap)
	for pos := i + 1; ; {
		from := gap(text, pos, limit)
		pos = operator(text, from, limit)
		joined = joined || pos > from
		pos = gap(text, pos, limit)
		pos = prefix(text, pos, limit)
		for k := 0; k < slashes && pos < limit && text[pos] == '\\'; k++ {
			pos++
		}
		if pos >= limit-1 || !isQuote(text[pos]) {
			return 0, 0
		}
		open := text[pos]
		pos++
		if isPiece(text[pos]) {
			if !joined && bytes.IndexByte(text[i:pos], '\n') >= 0 && !random(text[max(0, start-maxList):start], true) && !random(text[pos:min(len(text), pos+maxList)], false) {
				return 0, 0
			}
			return start, pos
		}
		if text[pos] != open {
			return 0, 0
		}
		pos++ // an empty string: what comes behind it?
	}
}

func isQuote(b byte) bool { return b == '"' || b == '\'' || b == '`' }

// maxList is how much of a string is looked at to tell a piece of a secret from
// an item of a list without commas, in bytes.
const maxList = 64

// random says whether a string, of which text is the end (or the beginning), may
// be a piece of a secret or of the client that it belongs to: words and import
// paths have no capitals and few digits, and secrets without capitals are
// hexadecimal.
func random(text []byte, end bool) bool {
	n, digits, hex, path := 0, 0, true, false
	for n < len(text) {
		b := text[n]
		if end {
			b = text[len(text)-1-n]
		}
		if 'A' <= b && b <= 'Z' {
			return true
		}
		if !isPiece(b) {
			break
		}
		if '0' <= b && b <= '9' {
			digits++
		}
		hex, path = hex && hexValue[b] >= 0, path || b == '/'
		n++
	}
	return n >= 8 && (hex || digits >= 3 && !path)
}

// gap skips space, the ends of lines and continuations, and comments.
func gap(text []byte, pos, limit int) int {
	for pos < limit {
		switch b := text[pos]; {
		case b == ' ' || b == '\t' || b == '\n' || b == '\r':
			pos++
		case (b == '\\' || b == '_') && pos+1 < limit && (text[pos+1] == '\n' || text[pos+1] == '\r'):
			pos += 2
		case b == '\\' && pos+1 < limit && (text[pos+1] == 'n' || text[pos+1] == 't'): // code in JSON
			pos += 2
		case b == '#' || b == '/' && pos+1 < limit && text[pos+1] == '/':
			n := bytes.IndexByte(text[pos:limit], '\n')
			if n < 0 {
				return limit
			}
			pos += n
		case b == '/' && pos+1 < limit && text[pos+1] == '*':
			n := bytes.Index(text[pos:limit], []byte("*/"))
			if n < 0 {
				return limit
			}
			pos += n + 2
		default:
			return pos
		}
	}
	return pos
}

// operator skips an operator that puts strings together in some language.
func operator(text []byte, pos, limit int) int {
	if pos >= limit {
		return pos
	}
	b := text[pos]
	twice := pos+1 < limit && text[pos+1] == b
	switch {
	case b == '+' || b == '.' || b == '&' && !twice:
		if twice {
			return pos + 2 // Haskell's, Lua's
		}
		return pos + 1
	case b == '|' && twice, b == '<' && (twice || pos+1 < limit && text[pos+1] == '>'):
		return pos + 2 // SQL's, Ruby's, Elixir's
	case b == '~':
		return pos + 1
	}
	return pos
}

// prefix skips the letters that may stand before a quote: Python's, C's, C#'s.
func prefix(text []byte, pos, limit int) int {
	for k := pos; k < limit && k <= pos+2; k++ {
		switch text[k] {
		case 'f', 'F', 'r', 'R', 'b', 'B', 'u', 'U', 'L', '@', '$':
			continue
		case '"', '\'', '`':
			return k
		}
		return pos
	}
	return pos
}

// template reads a constant within a template, whose opening quote is at i:
// `abc${"def"}ghi`, "abc#{'def'}ghi".
func template(edits []edit, text []byte, i int, quote byte) []edit {
	if i < 3 || text[i-2] != '$' && text[i-2] != '#' || i+2 >= len(text) {
		return edits
	}
	if text[i+1] == quote && text[i+2] == '}' {
		return append(edits, edit{i - 2, i + 3, asNothing}) // an empty one
	}
	if !isPiece(text[i+1]) {
		return edits
	}
	part := text[i+1 : min(len(text), i+1+maxGap)]
	n := bytes.IndexByte(part, quote)
	if n < 0 || n+1 >= len(part) || part[n+1] != '}' {
		return edits
	}
	return append(edits, edit{i - 2, i + 1, asNothing}, edit{i + 1 + n, i + 1 + n + 2, asNothing})
}
