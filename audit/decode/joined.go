package decode

import (
	"sort"
	"unicode/utf16"
	"unicode/utf8"
)

// joined is text put together from pieces of another, decoded or not, with the
// way back: segments say what each part of data was made from.
type joined struct {
	data     []byte
	segments []segment
}

// segment says that data from at on was made from the original from from on,
// den bytes of it from num bytes, until the next segment: 1 from 1 where text
// was copied, 1 from 3 for %41, 3 from 4 for base64.
type segment struct {
	at, from int32
	num, den uint8
}

// note says that what was appended to data since at was made, evenly, from width
// bytes of the original from from on: a rune from an escape, or any number of
// bytes from as many times 1, 2, 3…
func (j *joined) note(at, from, width int) {
	num, den := width, len(j.data)-at
	switch {
	case den == 0:
		return
	case num%den == 0:
		num, den = num/den, 1
	}
	j.segment(segment{int32(at), int32(from), uint8(num), uint8(den)})
}

// segment begins a segment at the end of data, unless it continues the last.
func (j *joined) segment(s segment) {
	if n := len(j.segments); n > 0 {
		last := j.segments[n-1]
		size := int(s.at - last.at)
		if last.num == s.num && last.den == s.den && size%int(s.den) == 0 &&
			int(last.from)+size/int(s.den)*int(s.num) == int(s.from) {
			return
		}
	}
	j.segments = append(j.segments, s)
}

// span gives the range of the original that a range of data was made from.
func (j *joined) span(start, end int) (int, int) {
	if len(j.segments) == 0 {
		return 0, 0
	}
	s := j.find(start)
	from := int(s.from) + (start-int(s.at))*int(s.num)/int(s.den)
	if end <= start {
		return from, from
	}
	s = j.find(end - 1)
	to := int(s.from) + ((end-int(s.at))*int(s.num)+int(s.den)-1)/int(s.den)
	return from, max(from, to)
}

// find gives the segment that pos lies in.
func (j *joined) find(pos int) segment {
	i := sort.Search(len(j.segments), func(i int) bool { return int(j.segments[i].at) > pos })
	return j.segments[max(i-1, 0)]
}

// copy appends text[from:to] as it stands.
func (j *joined) copy(text []byte, from, to int) {
	at := len(j.data)
	j.data = append(j.data, text[from:to]...)
	j.note(at, from, to-from)
}

// unescape appends what the escape at the start of s stands for, and says how
// many bytes of s it took.
func unescape(dst, s []byte) ([]byte, int) {
	if len(s) < 2 {
		return append(dst, s...), len(s)
	}
	switch s[1] {
	case 'n':
		return append(dst, '\n'), 2
	case 't':
		return append(dst, '\t'), 2
	case 'r':
		return append(dst, '\r'), 2
	case 'b':
		return append(dst, '\b'), 2
	case 'f':
		return append(dst, '\f'), 2
	case '"', '\\', '/':
		return append(dst, s[1]), 2
	case 'u':
		r, ok := hex4(s[2:])
		if !ok {
			break
		}
		if utf16.IsSurrogate(r) {
			if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
				if low, ok := hex4(s[8:]); ok {
					if r := utf16.DecodeRune(r, low); r != utf8.RuneError {
						return utf8.AppendRune(dst, r), 12
					}
				}
			}
			r = utf8.RuneError
		}
		return utf8.AppendRune(dst, r), 6
	}
	return append(dst, s[:2]...), 2
}

func hex4(s []byte) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for _, b := range s[:4] {
		switch {
		case '0' <= b && b <= '9':
			b -= '0'
		case 'a' <= b && b <= 'f':
			b -= 'a' - 10
		case 'A' <= b && b <= 'F':
			b -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(b)
	}
	return r, true
}
