package decode

// edit is a piece of text that stands for something else: an escape for a rune,
// the gap between two strings for nothing, a run of base64 for bytes.
type edit struct {
	start, end int
	// as is the rune that the piece stands for, or one of the constants below.
	as rune
}

const (
	asNothing rune = -1 - iota
	asBase64
	asWide
)

// finder appends to edits what it finds to begin in text[from:to], in ascending
// order of each of its kinds, and says where to go on: at to, or behind what it
// read last. What is before from may serve it as context. With all, it gives
// everything that it can decode; else what is worth a view of its own, which must
// be rare in text without encoded secrets.
type finder func(edits []edit, text []byte, from, to int, all bool) ([]edit, int)

// pass is a group of finders whose edits make one view. They are in one pass
// if decoding the one does not spoil the other.
type pass []finder

// What is spelled out piece by piece, and what is encoded as a whole: a string
// of base64 may be cut in two, and must be put together before it is read.
var passes = [...]pass{
	{escapes, percents, entities, quotedPrintable, joints, wide},
	{base64s},
}

// expand appends what e stands for.
func (j *joined) expand(text []byte, e edit) {
	at := len(j.data)
	switch e.as {
	case asNothing:
	case asBase64:
		j.base64(text, e.start, e.end)
	case asWide:
		for i := e.start; i < e.end; i += 2 {
			j.data = append(j.data, text[i])
		}
		j.note(at, e.start, 2*(len(j.data)-at))
	default:
		j.data = appendRune(j.data, e.as)
		j.note(at, e.start, e.end-e.start)
	}
}

// printable says whether an encoded byte may be part of what we look for, or
// stand around it.
func printable(b byte) bool { return ' ' <= b && b < 0x7F }

// isWord says whether b may stand within a secret.
func isWord(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' ||
		b == '_' || b == '-' || b == '.' || b == '/' || b == '+' || b == '=' || b == '~' || b == ':' || b == '%'
}

func isAlnum(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
}

// hexes gives the value of the n hexadecimal digits at the start of s.
func hexes(s []byte, n int) (rune, bool) {
	if len(s) < n {
		return 0, false
	}
	var r rune
	for _, b := range s[:n] {
		v := hexValue[b]
		if v < 0 {
			return 0, false
		}
		r = r<<4 | rune(v)
	}
	return r, true
}

// hexValue is the value of a hexadecimal digit, or -1.
var hexValue = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i, b := range []byte("0123456789abcdef") {
		t[b] = int8(i)
		if b >= 'a' {
			t[b-'a'+'A'] = int8(i)
		}
	}
	return
}()
