package decode

import (
	"bytes"
	"encoding/binary"
)

// minBase64 is the shortest run of base64 that is looked into.
const minBase64 = 24

// sextet is the value of a character of base64 in the standard or the URL
// alphabet (RFC 4648 §4, §5), or 0xFF.
var sextet = func() (t [256]uint8) {
	for i := range t {
		t[i] = 0xFF
	}
	for i := range 26 {
		t['A'+i], t['a'+i] = uint8(i), uint8(26+i)
	}
	for i := range 10 {
		t['0'+i] = uint8(52 + i)
	}
	t['+'], t['-'], t['/'], t['_'] = 62, 62, 63, 63
	return
}()

// base64s finds runs of base64 that hold text, or the head of a secret within
// other bytes. A run may be wrapped as MIME and PEM wrap it.
func base64s(edits []edit, text []byte, from, to int, _ bool) ([]edit, int) {
	i := from
	for {
		if i = nextRun(text, i, to); i >= to {
			return edits, i
		}
		end := runEnd(text, i)
		// Without capitals it is a path, or a name: each group of three letters
		// begins with one of the letters from I to f.
		if hasCapital(text[i:end]) {
			if start := encoded(text, i, end); start >= 0 {
				edits = append(edits, edit{start, end, asBase64})
			}
		}
		i = end
	}
}

// nextRun gives the first place at or behind i, and before to, where minBase64
// characters of base64 stand; or a place at or behind to.
//
// A run of this length has two words of eight bytes in it, wherever it begins, so
// that it is enough to look at every other word, and then at those beside it.
func nextRun(text []byte, i, to int) int {
	for p := i + 8; p < to+2*8 && p+8 <= len(text); p += 2 * 8 {
		if separators(binary.LittleEndian.Uint64(text[p:])) != 0 || separators(binary.LittleEndian.Uint64(text[p-8:])) != 0 &&
			p+2*8 <= len(text) && separators(binary.LittleEndian.Uint64(text[p+8:])) != 0 {
			continue
		}
		start, end := p+8, p+8
		for start > i && sextet[text[start-1]] != 0xFF {
			start--
		}
		for end < len(text) && end-start < minBase64 && sextet[text[end]] != 0xFF {
			end++
		}
		if end-start >= minBase64 && start <= p {
			if start < to {
				return start
			}
			break
		}
	}
	return max(i, to)
}

// separators is zero if x may be eight characters of base64: it knows what is
// below '+', as spaces, brackets and quotes are, full stops, colons and the six
// signs after them, and what is no ASCII.
func separators(x uint64) uint64 {
	const (
		ones = 0x0101010101010101
		high = 0x80 * ones
	)
	y := x | high
	return (^(y - '+'*ones) | (y-':'*ones)&^(y-'A'*ones) | ^((x^'.'*ones)&^high + 0x7F*ones) | x) & high
}

func hasCapital(run []byte) bool {
	for _, b := range run {
		if 'A' <= b && b <= 'Z' {
			return true
		}
	}
	return false
}

// runEnd gives the end of the run that begins at i, padding and continuation
// lines included.
func runEnd(text []byte, i int) int {
	first, end := 0, i
	for {
		line := end
		for end < len(text) && sextet[text[end]] != 0xFF {
			end++
		}
		size := end - line
		if first == 0 {
			first = size
		}
		if end < len(text) && text[end] == '=' {
			for k := 0; k < 2 && end < len(text) && text[end] == '='; k++ {
				end++
			}
			return end
		}
		// All lines are as long as the first, but for the last. The first may be
		// longer by the word that stands before it.
		if size < first && line != i || size < minWrapped || size%4 != 0 {
			return end
		}
		next := wrap(text, end)
		if next == 0 || next >= len(text) || sextet[text[next]] == 0xFF || wordAt(text, next, size) {
			return end
		}
		end = next
	}
}

// minWrapped is the shortest line that goes on in the next: encoders wrap at 76
// (RFC 2045), 64 (RFC 7468), and what indents them at less.
const minWrapped = 40

// maxIndent is how far a continuation line may be indented, in bytes.
const maxIndent = 32

// wrap gives where the next line's text begins if a line ends at pos, be it by a
// line end or by one that is escaped in a string; else zero.
func wrap(text []byte, pos int) int {
	rest := text[pos:min(len(text), pos+4)]
	switch {
	case bytes.HasPrefix(rest, []byte("\r\n")), bytes.HasPrefix(rest, []byte(`\n`)), bytes.HasPrefix(rest, []byte("\\\n")):
		pos += 2
	case bytes.HasPrefix(rest, []byte("\n")):
		pos++
	case bytes.HasPrefix(rest, []byte(`\r\n`)):
		pos += 4
	default:
		return 0
	}
	for limit := min(len(text), pos+maxIndent); pos < limit && (text[pos] == ' ' || text[pos] == '\t'); pos++ {
	}
	return pos
}

// wordAt says whether the line at pos is no continuation of one of size
// characters: a longer run, or one that something other than the end of a line,
// a quote or padding follows, such as the next key of YAML.
func wordAt(text []byte, pos, size int) bool {
	end := pos
	for end < len(text) && end-pos <= size && sextet[text[end]] != 0xFF {
		end++
	}
	if end-pos > size {
		return true
	}
	if end == len(text) {
		return false
	}
	switch b := text[end]; b {
	case '\n', '\r', '"', '\'', '`', '=', '\\', '<', ',', ')', '}', ']', ';', ' ', '\t':
		return false
	}
	return true
}

// sample is how many bytes of a run are decoded to see whether they are text.
const sample = 18

// encoded gives where the encoded text begins in the run text[start:end], or -1
// if it holds none. It need not be the start: an escape's letter or a path may
// stand before it, and run into it.
func encoded(text []byte, start, end int) int {
	if start > 0 && text[start-1] == '\\' {
		start++
	}
	if reads(text[start:end]) {
		return start
	}
	tries := 0
	for i := start; i < min(end-minBase64, start+maxLead) && tries < maxTries; i++ {
		if b := text[i]; b == '/' || b == '-' || b == '_' || b == '+' {
			if tries++; reads(text[i+1 : end]) {
				return i + 1
			}
		}
	}
	if end-start < minHeaded {
		return -1
	}
	return headed(text[:end], start)
}

const (
	maxLead   = 64 // how far into a run its text may begin
	maxTries  = 8  // at how many signs it is tried
	minHeaded = 34 // how long a run is that holds the shortest token, in bytes
)

// reads says whether s begins with base64 of ASCII text, or of the same in
// UTF-16, as PowerShell takes commands.
func reads(s []byte) bool {
	if len(s) < minBase64 {
		return false
	}
	n, narrow, little, big := 0, true, true, true
	for i := 0; i+4 <= len(s) && n < sample; i += 4 {
		a, b, c, d := sextet[s[i]], sextet[s[i+1]], sextet[s[i+2]], sextet[s[i+3]]
		if a|b|c|d == 0xFF {
			break // padding, or the end of a line
		}
		for _, v := range [3]byte{a<<2 | b>>4, b<<4 | c>>2, c<<6 | d} {
			text, zero, odd := isText(v), v == 0, n&1 == 1
			narrow = narrow && text
			little = little && (text && !odd || zero && odd)
			big = big && (text && odd || zero && !odd)
			n++
		}
		if !narrow && !little && !big {
			return false
		}
	}
	return n >= sample-3
}

func isText(b byte) bool { return printable(b) || b == '\n' || b == '\r' || b == '\t' }

// heads are what secrets, and what holds them, begin with.
var heads = encodedHeads(
	"ya29.", "1//0", "GOCSPX-", "AIzaSy", "AQ.Ab8R", "GOOG1E", "-----BEGIN", ".apps.googleuser",
	"refresh_token", "client_secret", "private_key", "access_token", "server_key",
)

// head is what base64 of a literal looks like, wherever it stands.
type head struct {
	text  []byte // the characters that depend on nothing but the literal
	first uint32 // the first four of them
	at    int    // where text begins in its group of four
}

// encodedHeads encodes literals at each of the three places in a group.
func encodedHeads(literals ...string) []head {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var out []head
	for _, literal := range literals {
		for place := range 3 {
			h := head{at: (place*8 + 5) / 6}
			for bit := h.at * 6; bit+6 <= (place+len(literal))*8; bit += 6 {
				v := 0
				for k := bit; k < bit+6; k++ {
					v = v<<1 | int(literal[k/8-place]>>(7-k%8)&1)
				}
				h.text = append(h.text, alphabet[v])
			}
			h.first = binary.LittleEndian.Uint32(h.text)
			out = append(out, h)
		}
	}
	return out
}

// headPairs has a bit for each pair of characters that a head begins with.
var headPairs = func() (t [64]uint64) {
	for _, h := range heads {
		t[sextet[h.text[0]]] |= 1 << sextet[h.text[1]]
	}
	return
}()

// headed looks for the head of a secret in the run text[start:], and gives the
// start of the first group that is aligned with it, or -1. A head over a line end
// is not seen.
func headed(text []byte, start int) int {
	for i := start; i+4 <= len(text); i++ {
		a, b := sextet[text[i]], sextet[text[i+1]]
		if a|b == 0xFF || headPairs[a]&(1<<b) == 0 {
			continue
		}
		first := binary.LittleEndian.Uint32(text[i:])
		for k := range heads {
			h := &heads[k]
			if first != h.first || !bytes.HasPrefix(text[i:], h.text) {
				continue
			}
			line := start + bytes.LastIndexAny(text[start:i], "\n\\ \t") + 1
			if line > start && text[line-1] == '\\' {
				line++ // the letter of an escaped line end
			}
			return start + (i-h.at-line)&3
		}
	}
	return -1
}

// base64 appends what the run text[start:end] decodes to. Signs within it that
// are none of the alphabet, line ends and padding, are passed over; a line is
// one segment.
func (j *joined) base64(text []byte, start, end int) {
	line := true
	for i := start; i < end; {
		if i+4 <= end {
			a, b, c, d := sextet[text[i]], sextet[text[i+1]], sextet[text[i+2]], sextet[text[i+3]]
			if a|b|c|d != 0xFF {
				if line {
					j.segment(segment{int32(len(j.data)), int32(i), 4, 3})
					line = false
				}
				j.data = append(j.data, a<<2|b>>4, b<<4|c>>2, c<<6|d)
				i += 4
				continue
			}
		}
		// A group that is not whole: the rest before padding, or a line end.
		n := 0
		for n < 3 && i+n < end && sextet[text[i+n]] != 0xFF {
			n++
		}
		if n > 1 {
			j.segment(segment{int32(len(j.data)), int32(i), 4, 3})
			a, b := sextet[text[i]], sextet[text[i+1]]
			j.data = append(j.data, a<<2|b>>4)
			if n > 2 {
				j.data = append(j.data, b<<4|sextet[text[i+2]]>>2)
			}
		}
		i += n
		if next := wrap(text[:end], i); next > 0 {
			i = next
		} else {
			i++
		}
		line = true
	}
}
