package decode

import "bytes"

// The length of a line of quoted-printable that ends softly: encoders fill them
// up to 76 characters (RFC 2045 §6.7), the sign included, and may begin a new one
// as early as they like. Shorter ones are settings without a value (NAME=).
const (
	minSoft = 40
	maxSoft = 76
)

// quotedPrintable finds quoted-printable: soft line ends within a word, encoded
// equals signs, and sequences that stand together. A single one is more often an
// assignment (x=30).
func quotedPrintable(edits []edit, text []byte, from, to int, _ bool) ([]edit, int) {
	i := from
	for i < to {
		n := bytes.IndexByte(text[i:to], '=')
		if n < 0 {
			return edits, to
		}
		i += n
		if end := softEnd(text, i); end > 0 {
			edits = append(edits, edit{i, end, asNothing})
			i = end
			continue
		}
		r, ok := sequence(text[i:])
		if !ok {
			i++
			continue
		}
		if r == '=' || isSequence(text[i+3:]) || i >= 3 && isSequence(text[i-3:]) {
			edits = append(edits, edit{i, i + 3, r})
		}
		i += 3
	}
	return edits, i
}

func isSequence(s []byte) bool {
	_, ok := sequence(s)
	return ok
}

// sequence reads one encoded ASCII character, in the upper case that the RFC
// asks for.
func sequence(s []byte) (rune, bool) {
	if len(s) < 3 || s[0] != '=' || 'a' <= s[1] && s[1] <= 'f' || 'a' <= s[2] && s[2] <= 'f' {
		return 0, false
	}
	r, ok := hexes(s[1:], 2)
	return r, ok && r < 0x7F && (r >= ' ' || r == '\n' || r == '\r' || r == '\t')
}

// softEnd gives where the soft line end at i ends, or zero if there is none.
func softEnd(text []byte, i int) int {
	end := i + 1
	if end < len(text) && text[end] == '\r' {
		end++
	}
	if end+1 >= len(text) || text[end] != '\n' || !isWord(text[end+1]) || i == 0 || !isWord(text[i-1]) || text[i-1] == '=' {
		return 0
	}
	line := text[max(0, i-maxSoft):i]
	if begin := bytes.LastIndexByte(line, '\n'); begin >= 0 {
		line = line[begin+1:]
	}
	if len(line)+1 < minSoft || len(line)+1 > maxSoft {
		return 0
	}
	return end + 1
}
