package decode

import "bytes"

// percents finds percent encoding (RFC 3986 §2.1). What is worth a view is a
// printable character beside a word, so that the verbs of printf are none.
func percents(edits []edit, text []byte, from, to int, all bool) ([]edit, int) {
	i := from
	for i < to {
		n := bytes.IndexByte(text[i:to], '%')
		if n < 0 {
			return edits, to
		}
		i += n
		r, ok := hexes(text[i+1:], 2)
		if !ok || r >= 0x80 {
			i++
			continue
		}
		if all || worthPercent(text, i, r) {
			edits = append(edits, edit{i, i + 3, r})
		}
		i += 3
	}
	return edits, i
}

// worthPercent judges the encoded byte r at i. A lower-case digit at the end may
// be a verb (%2d), and then both neighbours must be parts of a word.
func worthPercent(text []byte, i int, r rune) bool {
	if r <= ' ' || r == 0x7F {
		return false
	}
	before := i > 0 && isWord(text[i-1])
	after := i+3 < len(text) && isWord(text[i+3])
	if b := text[i+2]; 'a' <= b && b <= 'f' {
		return before && after
	}
	return before || after
}
