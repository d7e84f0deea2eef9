package decode

import (
	"unicode/utf16"
	"unicode/utf8"
)

// sniffLen is how much of an input is looked at to tell UTF-16 without a
// byte-order mark.
const sniffLen = 4 << 10

// decodeUTF16 gives the UTF-8 text of UTF-16 input, without its byte-order
// mark. Lines and columns are the same in both. A lone surrogate becomes
// U+FFFD, and an odd last byte is dropped.
func decodeUTF16(data []byte) ([]byte, bool) {
	high, low, skip := 1, 0, 0 // where the high byte of each unit is: little endian
	switch {
	case len(data) >= 2 && data[0] == 0xFF && data[1] == 0xFE:
		skip = 2
	case len(data) >= 2 && data[0] == 0xFE && data[1] == 0xFF:
		high, low, skip = 0, 1, 2
	default:
		switch zeros := sniffUTF16(data); zeros {
		case 0:
			high, low = 0, 1
		case 1:
		default:
			return nil, false
		}
	}
	data = data[skip:]
	text := make([]byte, 0, len(data)/2+len(data)/16)
	for ; len(data) >= 2; data = data[2:] {
		r := rune(data[high])<<8 | rune(data[low])
		if utf16.IsSurrogate(r) {
			var next rune
			if len(data) >= 4 {
				next = rune(data[2+high])<<8 | rune(data[2+low])
			}
			if r = utf16.DecodeRune(r, next); r != utf8.RuneError {
				data = data[2:]
			}
		}
		text = utf8.AppendRune(text, r)
	}
	return text, true
}

// sniffUTF16 says at which parity (0 or 1) the zero bytes of what looks like
// UTF-16 stand, or -1. Text in Latin letters has a zero in nearly every unit,
// and always on the same side; binary formats have them on both.
func sniffUTF16(data []byte) int {
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
