package decode

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Cursor is a place in a text as people count it. Lines end at "\n"; columns
// count Unicode code points, which is to say bytes that do not continue one, so
// that a text may be cut anywhere and counted in pieces.
type Cursor struct{ Line, Column int }

// Start is the place of the first byte of a text.
func Start() Cursor { return Cursor{Line: 1, Column: 1} }

// Advance gives the place just after text, which begins at c.
func (c Cursor) Advance(text []byte) Cursor {
	if last := bytes.LastIndexByte(text, '\n'); last >= 0 {
		c.Line += bytes.Count(text[:last], []byte{'\n'}) + 1
		c.Column = 1
		text = text[last+1:]
	}
	c.Column += codePoints(text)
	return c
}

// codePoints counts the bytes that are not of the form 10xxxxxx, eight at once.
func codePoints(text []byte) int {
	n := len(text)
	for len(text) >= 8 {
		x := binary.LittleEndian.Uint64(text)
		n -= bits.OnesCount64((x >> 7) & (^x >> 6) & 0x0101010101010101)
		text = text[8:]
	}
	for _, b := range text {
		if b&0xC0 == 0x80 {
			n--
		}
	}
	return n
}
