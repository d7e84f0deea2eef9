package decode

import (
	"math/rand/v2"
	"testing"
)

// TestSeparators tries every byte at every place, beside others of each kind.
func TestSeparators(t *testing.T) {
	for place := range 8 {
		for b := range 256 {
			for _, beside := range []byte{0xFF, ' ', '.', '=', 'z', 'A', ':', '+', 0} {
				var x, want uint64
				for k := range 8 {
					c := beside
					if k == place {
						c = byte(b)
					}
					x |= uint64(c) << (8 * k)
					if c < '+' || c == '.' || ':' <= c && c < 'A' || c >= 0x80 {
						want |= 0x80 << (8 * k)
					}
				}
				if got := separators(x); got != want {
					t.Fatalf("%#x: %#x, want %#x", x, got, want)
				}
			}
		}
	}
}

// TestNextRun compares the search with one byte by byte.
func TestNextRun(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		text := make([]byte, r.IntN(120))
		for i := range text {
			text[i] = "abcdefgZ09+/-_"[r.IntN(14)]
			if r.IntN(25) == 0 {
				text[i] = " .:=\x00\xC3\"{"[r.IntN(8)]
			}
		}
		from := r.IntN(len(text) + 1)
		to := from + r.IntN(len(text)-from+1)
		want := to
		for i, n := from, 0; i < len(text) && want == to; i++ {
			if n++; sextet[text[i]] == 0xFF {
				n = 0
			}
			if n == minBase64 && i+1-n < to {
				want = i + 1 - n
			}
		}
		if got := nextRun(text, from, to); got != want {
			t.Fatalf("%q from %d to %d: %d, want %d", text, from, to, got, want)
		}
	}
}
