package decode

import (
	"sort"
	"unicode/utf16"
	"unicode/utf8"
)

// joined is text put together from JSON strings, with the way back: marks give
// the original position at each point where the two drift apart.
type joined struct {
	data  []byte
	marks []mark
}

// mark says that data from at on stands in the original from from on, byte for
// byte, until the next mark.
type mark struct{ at, from int32 }

func rawJSON(text []byte, r Range) *joined {
	return &joined{data: text[r.Start:r.End:r.End], marks: []mark{{0, int32(r.Start)}}}
}

// original gives the position in the original of a position in data.
func (j *joined) original(pos int) int {
	i := sort.Search(len(j.marks), func(i int) bool { return int(j.marks[i].at) > pos }) - 1
	if i < 0 {
		return 0
	}
	return pos + int(j.marks[i].from) - int(j.marks[i].at)
}

// add appends the JSON string between whose quotes r lies. A malformed escape
// is kept as it stands.
func (j *joined) add(text []byte, r Range) {
	pos := r.Start
	j.mark(pos)
	for pos < r.End {
		run := pos
		for run < r.End && text[run] != '\\' {
			run++
		}
		j.data = append(j.data, text[pos:run]...)
		if run == r.End {
			return
		}
		var size int
		j.data, size = unescape(j.data, text[run:r.End])
		pos = run + size
		j.mark(pos)
	}
}

func (j *joined) mark(pos int) {
	j.marks = append(j.marks, mark{int32(len(j.data)), int32(pos)})
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
