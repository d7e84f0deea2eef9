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
	// Counting is fast, looking from behind is not: a long line is not searched
	// twice.
	if n := bytes.Count(text, []byte{'\n'}); n > 0 {
		c.Line += n
		c.Column = 1
		text = text[bytes.LastIndexByte(text, '\n')+1:]
	}
	c.Column += codePoints(text)
	return c
}

// codePoints counts the bytes that are not of the form 10xxxxxx, eight at once,
// and in ASCII thirty-two.
func codePoints(text []byte) int {
	const high = 0x8080808080808080
	n := len(text)
	for len(text) >= 8 {
		if len(text) >= 32 && (binary.LittleEndian.Uint64(text)|binary.LittleEndian.Uint64(text[8:])|
			binary.LittleEndian.Uint64(text[16:])|binary.LittleEndian.Uint64(text[24:]))&high == 0 {
			text = text[32:]
			continue
		}
		x := binary.LittleEndian.Uint64(text)
		n -= bits.OnesCount64(x & high & (^x << 1))
		text = text[8:]
	}
	for _, b := range text {
		if b&0xC0 == 0x80 {
			n--
		}
	}
	return n
}
