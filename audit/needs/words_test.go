package needs

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestWordSet holds the set to a look for one word after the other.
func TestWordSet(t *testing.T) {
	letters := rapid.SampledFrom([]byte("ab.\x00\xFF"))
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.Map(rapid.SliceOfN(letters, 2, 6), func(b []byte) string { return string(b) }), 1, 5).Draw(t, "words")
		data := rapid.SliceOfN(letters, 0, 40).Draw(t, "data")
		if rapid.Bool().Draw(t, "with") { // one of them, across the middle
			at := rapid.IntRange(max(0, len(data)/2-6), len(data)/2).Draw(t, "at")
			data = slices.Insert(data, at, []byte(rapid.SampledFrom(words).Draw(t, "word"))...)
		}
		want := false
		for _, w := range words {
			want = want || bytes.Contains(data, []byte(w))
		}
		if got := newWordSet(words).in(data); got != want {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}
