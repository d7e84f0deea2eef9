package secrets

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

type hit struct{ id, pos int }

var sampleLiterals = []literal{
	{"ya29.", false, 0}, {"secret", true, 1}, {"AAAA", false, 2}, {"1//0", false, 3},
	{"refresh", true, 4}, {"ecre", false, 5}, {"1//", false, 6}, {"cre", true, 7},
}

func FuzzPrefilter(f *testing.F) {
	filter := newPrefilter(sampleLiterals)
	f.Add([]byte("ya29.1//0 SeCrEtAAAAAArefresh_SECRET"), uint8(0), uint8(255))
	f.Add([]byte("1//CRE1//0"), uint8(3), uint8(9))
	f.Add([]byte("cre"), uint8(0), uint8(3))
	f.Add([]byte("AAAAAAAAAA"), uint8(2), uint8(5))
	f.Fuzz(func(t *testing.T, data []byte, from, to uint8) {
		low := min(int(from), len(data))
		high := max(min(int(to), len(data)), low)
		samePlaces(t, filter, data, low, high)
	})
}

// TestPrefilterBlocks lays literals over all borders at which the search is cut
// into blocks and lanes, among zeros and among letters.
func TestPrefilterBlocks(t *testing.T) {
	filter := newPrefilter(sampleLiterals)
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{blockSize - 1, blockSize, blockSize + 1, blockSize + 5, 2*blockSize + 3, 2*blockSize + lane, 4*blockSize + 1000} {
		for _, fill := range []string{"\x00", "e", "A", "x//"} {
			data := []byte(strings.Repeat(fill, size/len(fill)+1)[:size])
			for at := 0; at < size; at += lane / 2 {
				text := sampleLiterals[r.IntN(len(sampleLiterals))].text
				copy(data[min(max(at-r.IntN(12), 0), size-1):], text)
			}
			samePlaces(t, filter, data, 0, size)
			samePlaces(t, filter, data, r.IntN(size/2), size-r.IntN(size/2))
		}
	}
}

// samePlaces compares the filter with a search for each literal at each place.
func samePlaces(t *testing.T, filter *prefilter, data []byte, low, high int) {
	t.Helper()
	var want, got []hit
	for _, l := range sampleLiterals {
		text := data
		if l.fold {
			text = lowerASCII(data)
		}
		for pos := low; pos < high; pos++ {
			if bytes.HasPrefix(text[pos:], []byte(l.text)) {
				want = append(want, hit{l.id, pos})
			}
		}
	}
	filter.each(data, low, high, func(id, pos int) { got = append(got, hit{id, pos}) })
	order := func(a, b hit) int { return cmp.Or(a.pos-b.pos, a.id-b.id) }
	slices.SortFunc(want, order)
	slices.SortFunc(got, order)
	if !slices.Equal(got, want) {
		t.Errorf("in %.100q[%d:%d], %d bytes: got %v, want %v", data, low, high, len(data), got, want)
	}
}

func lowerASCII(b []byte) []byte {
	out := bytes.Clone(b)
	for i := range out {
		if isUpper(out[i]) {
			out[i] |= 0x20
		}
	}
	return out
}
