package decode

import (
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// sniffLen is how much of an input is looked at to tell UTF-16 without a
// byte-order mark, or a notebook.
const sniffLen = 4 << 10

// utf16Order says where the bytes of each unit are, and how long the byte-order
// mark is.
type utf16Order struct{ high, low, mark int }

// sniffUTF16 tells UTF-16 by its byte-order mark or by its zero bytes.
func sniffUTF16(head []byte) (utf16Order, bool) {
	switch {
	case len(head) >= 2 && head[0] == 0xFF && head[1] == 0xFE:
		return utf16Order{1, 0, 2}, true
	case len(head) >= 2 && head[0] == 0xFE && head[1] == 0xFF:
		return utf16Order{0, 1, 2}, true
	}
	switch zeroSide(head) {
	case 0:
		return utf16Order{0, 1, 0}, true
	case 1:
		return utf16Order{1, 0, 0}, true
	}
	return utf16Order{}, false
}

// zeroSide says at which parity (0 or 1) the zero bytes of what looks like
// UTF-16 stand, or -1. Text in Latin letters has a zero in nearly every unit,
// and always on the same side; binary formats have them on both.
func zeroSide(data []byte) int {
	if len(data) < 8 {
		return -1
	}
	head := data[:min(len(data), sniffLen)&^1]
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i&1]++
		}
	}
	units := len(head) / 2
	for side, n := range zeros {
		if n*10 >= units*7 && zeros[1-side]*20 <= units {
			return side
		}
	}
	return -1
}

// decodeUTF16 gives the UTF-8 text of UTF-16 input, without its byte-order
// mark. Lines and columns are the same in both. A lone surrogate becomes
// U+FFFD, and an odd last byte is dropped.
func decodeUTF16(data []byte) ([]byte, bool) {
	order, ok := sniffUTF16(data)
	if !ok {
		return nil, false
	}
	text, _ := order.append(make([]byte, 0, len(data)/2+len(data)/16), data[order.mark:], true)
	return text, true
}

// append appends the UTF-8 of data, and says how much of that it took: unless
// it is the last, a unit or pair that is cut in two is left.
func (o utf16Order) append(text, data []byte, last bool) ([]byte, int) {
	pos := 0
	for ; pos+2 <= len(data); pos += 2 {
		r := rune(data[pos+o.high])<<8 | rune(data[pos+o.low])
		if utf16.IsSurrogate(r) {
			var next rune
			if pos+4 <= len(data) {
				next = rune(data[pos+2+o.high])<<8 | rune(data[pos+2+o.low])
			} else if !last {
				break
			}
			if r = utf16.DecodeRune(r, next); r != utf8.RuneError {
				pos += 2
			}
		}
		text = utf8.AppendRune(text, r)
	}
	return text, pos
}

// utf16Reader gives the UTF-8 of a stream of UTF-16, mark included.
type utf16Reader struct {
	in    io.Reader
	order utf16Order
	raw   []byte // read and not yet decoded
	text  []byte // decoded and not yet given
	ready []byte
	err   error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	const block = 32 << 10
	for len(u.ready) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		if u.raw == nil {
			u.raw = make([]byte, 0, block)
		}
		var n, took int
		n, u.err = fill(u.raw[len(u.raw):block], u.in)
		u.raw = u.raw[:len(u.raw)+n]
		if u.order.mark > 0 {
			u.raw = append(u.raw[:0], u.raw[min(u.order.mark, len(u.raw)):]...)
			u.order.mark = 0
		}
		u.text, took = u.order.append(u.text[:0], u.raw, u.err != nil)
		u.raw = append(u.raw[:0], u.raw[took:]...)
		u.ready = u.text
	}
	n := copy(p, u.ready)
	u.ready = u.ready[n:]
	return n, nil
}
