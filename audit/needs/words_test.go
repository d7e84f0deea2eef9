package needs

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// TestWordSet holds the set to a look for one word after the other.
func TestWordSet(t *testing.T) {
	letters := rapid.SampledFrom([]byte("ab.\x00\xFF"))
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.Map(rapid.SliceOfN(letters, 2, 6), func(b []byte) string { return string(b) }), 1, 5).Draw(t, "words")
		data := rapid.SliceOfN(letters, 0, 40).Draw(t, "data")
		want := false
		for _, w := range words {
			want = want || bytes.Contains(data, []byte(w))
		}
		if got := newWordSet(words).in(data); got != want {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}
