package decode

import (
	"bytes"
	"encoding/binary"
)

// minWide is how many characters of UTF-16 in a row, within other bytes, are
// taken for text.
const minWide = 12

// wide finds UTF-16 within bytes of another kind, as registries, executables and
// databases hold it: printable ASCII with a zero behind each, or, in the other
// order, before each.
func wide(edits []edit, text []byte, from, to int, _ bool) ([]edit, int) {
	i := from
	for i < to {
		n := bytes.IndexByte(text[i:to], 0)
		if n < 0 {
			return edits, to
		}
		i += n
		start := i - 1
		if start < from || !isWide(text[start]) {
			start = i + 1 // the zero may be before the first
		}
		end := start
		for end+1 < len(text) && isWide(text[end]) && text[end+1] == 0 {
			end += 2
		}
		if end < len(text) && end > start && start > 0 && text[start-1] == 0 && isWide(text[end]) {
			end++ // the last of the other order, whose zero was before it
		}
		if end-start >= 2*minWide-1 && start < to {
			edits = append(edits, edit{start, end, asWide})
			i = max(end, i+1)
			continue
		}
		i += zeros(text[i:to])
	}
	return edits, i
}

var noBytes [1 << 10]byte

// zeros counts the zeros at the start of text.
func zeros(text []byte) int {
	n := 0
	for len(text)-n >= len(noBytes) && bytes.Equal(text[n:n+len(noBytes)], noBytes[:]) {
		n += len(noBytes)
	}
	for len(text)-n >= 8 && binary.LittleEndian.Uint64(text[n:]) == 0 {
		n += 8
	}
	for n < len(text) && text[n] == 0 {
		n++
	}
	return n
}

func isWide(b byte) bool { return printable(b) || b == '\n' || b == '\r' || b == '\t' }
