package decode

import (
	"bytes"
	"encoding/base64"
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

// TestHeadsInOtherBytes puts what secrets begin with among bytes that are no
// text, at each place in a group of four.
func TestHeadsInOtherBytes(t *testing.T) {
	for _, head := range []string{
		"ya29.", "1//0", "GOCSPX-", "AIzaSy", "AQ.Ab8R", "-----BEGIN", "refresh_token", "client_secret", "private_key", "access_token",
		"GOOG1E", ".apps.googleusercontent.com", "server_key",
	} {
		for place := range 3 {
			raw := bytes.Repeat([]byte{0x01, 0xFE, 0x80}, 20)
			raw = append(append(raw[:30+place:30+place], head...), raw...)
			text := []byte("x = '" + base64.StdEncoding.EncodeToString(raw) + "'\n")
			if edits, _ := base64s(nil, text, 0, len(text), true); len(edits) != 1 {
				t.Errorf("%s at place %d: %d runs are decoded, want 1", head, place, len(edits))
			}
		}
	}
}
