package decode

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

func appendRune(dst []byte, r rune) []byte { return utf8.AppendRune(dst, r) }

// escapes finds backslash escapes as C, Java, JavaScript, Python, Go and JSON
// write them. What is worth a view: a printable ASCII character that is spelled
// in digits, a key of JSON within a string, slashes within a word (which PHP
// escapes in JSON), and what is escaped twice.
func escapes(edits []edit, text []byte, from, to int, all bool) ([]edit, int) {
	i := from
	for i < to {
		n := bytes.IndexByte(text[i:to], '\\')
		if n < 0 {
			return edits, to
		}
		i += n
		size, r, worth := escape(text, i)
		if size == 0 {
			i++
			continue
		}
		if worth || all {
			edits = append(edits, edit{i, i + size, r})
		}
		i += size
	}
	return edits, i
}

// escape reads the escape at i: its size, zero if it is none, its rune, and
// whether it is worth a view.
func escape(text []byte, i int) (size int, r rune, worth bool) {
	s := text[i:]
	if len(s) < 2 {
		return 0, 0, false
	}
	switch s[1] {
	case 'n':
		return 2, '\n', false
	case 't':
		return 2, '\t', false
	case 'r':
		return 2, '\r', false
	case '\'':
		return 2, '\'', false
	case '"':
		return 2, '"', jsonKey(s[2:])
	case '/':
		return 2, '/', i > 0 && slashInWord(text, i, 2)
	case '\\':
		if len(s) >= 4 && s[2] == '\\' && s[3] == '"' {
			return 2, '\\', jsonKey(s[4:])
		}
		if len(s) > 2 && s[2] == '/' {
			return 2, '\\', i > 0 && slashInWord(text, i, 3)
		}
		// The escape of an escape: what is left when this one is read is one
		// that would be worth a view.
		if len(s) > 2 && s[2] == '\\' {
			return 2, '\\', false
		}
		n, _, worth := escape(text, i+1)
		return 2, '\\', worth && n > 2
	case '\n', '\r':
		return continued(text, i)
	case 'x':
		if r, ok := hexes(s[2:], 2); ok {
			return 4, r, asciiRune(r)
		}
	case 'u':
		if r, ok := hexes(s[2:], 4); ok {
			if utf16.IsSurrogate(r) {
				if low, ok := hexes(s[min(8, len(s)):], 4); ok && s[6] == '\\' && s[7] == 'u' {
					if r := utf16.DecodeRune(r, low); r != utf8.RuneError {
						return 12, r, false
					}
				}
				return 6, utf8.RuneError, false
			}
			return 6, r, asciiRune(r)
		}
		if len(s) > 2 && s[2] == '{' {
			return braced(s)
		}
	case 'U':
		if r, ok := hexes(s[2:], 8); ok && utf8.ValidRune(r) {
			return 10, r, asciiRune(r)
		}
	case '0', '1':
		if len(s) >= 4 && isOctal(s[2]) && isOctal(s[3]) {
			r := rune(s[1]-'0')<<6 | rune(s[2]-'0')<<3 | rune(s[3]-'0')
			return 4, r, asciiRune(r)
		}
	}
	return 0, 0, false
}

// continued reads a backslash at the end of a line, in a string or a command,
// and the space at the beginning of the next, which no secret has.
func continued(text []byte, i int) (size int, r rune, worth bool) {
	end := i + 1
	if text[end] == '\r' {
		end++
	}
	if end >= len(text) || text[end] != '\n' {
		return 0, 0, false
	}
	for end++; end < len(text) && end-i < maxGap && (text[end] == ' ' || text[end] == '\t'); end++ {
	}
	return end - i, asNothing, i > 0 && isPiece(text[i-1]) && end < len(text) && isPiece(text[end])
}

// braced reads \u{41}, of JavaScript, Rust, Swift, PHP and Ruby.
func braced(s []byte) (size int, r rune, worth bool) {
	end := 3
	for end < len(s) && end < 3+8 && hexValue[s[end]] >= 0 {
		end++
	}
	if end == 3 || end >= len(s) || s[end] != '}' {
		return 0, 0, false
	}
	r, _ = hexes(s[3:], end-3)
	if !utf8.ValidRune(r) {
		return 0, 0, false
	}
	return end + 1, r, asciiRune(r)
}

func asciiRune(r rune) bool { return ' ' < r && r < 0x7F }

func isOctal(b byte) bool { return '0' <= b && b <= '7' }

// jsonKey says whether s, which stands behind a quote, goes on as JSON does
// behind a key.
func jsonKey(s []byte) bool {
	for i := 0; i < len(s) && i < 4; i++ {
		if s[i] != ' ' {
			return s[i] == ':'
		}
	}
	return false
}

// minSlashed is how long a word with escaped slashes must be to be worth a
// view: shorter ones are paths and types.
const minSlashed = 24

// slashInWord says whether the escaped slash at i, of size bytes, stands in a long
// word, or where the first slash of a refresh token or an authorization code does.
func slashInWord(text []byte, i, size int) bool {
	slash := text[i : i+size]
	if b := text[i-1]; (b == '1' || b == '4') && (i == 1 || !isAlnum(text[i-2])) {
		rest, found := text[i+size:], true
		if b == '1' {
			rest, found = bytes.CutPrefix(rest, slash)
		}
		if found && len(rest) > 0 && rest[0] == '0' {
			return true
		}
	}
	word := 0
	for k := i - 1; k >= 0 && word < minSlashed && (isAlnum(text[k]) || text[k] == '+'); k-- {
		word++
	}
	if word == 0 {
		return false
	}
	for k := i + size; k < len(text) && word < minSlashed; k++ {
		switch b := text[k]; {
		case isAlnum(b) || b == '+' || b == '=':
			word++
		case b == '\\' && bytes.HasPrefix(text[k:], slash):
			k += size - 1
		default:
			return false
		}
	}
	return word >= minSlashed
}
