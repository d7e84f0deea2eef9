package secrets

import (
	"bytes"
	"cmp"
	"slices"
	"testing"
)

type hit struct{ id, pos int }

func FuzzPrefilter(f *testing.F) {
	literals := []literal{{"ya29.", false, 0}, {"secret", true, 1}, {"AAAA", false, 2}, {"1//0", false, 3}, {"refresh", true, 4}, {"ecre", false, 5}, {"1//", false, 6}, {"cre", true, 7}}
	filter := newPrefilter(literals)
	f.Add([]byte("ya29.1//0 SeCrEtAAAAAArefresh_SECRET"), uint8(0), uint8(255))
	f.Add([]byte("1//CRE1//0"), uint8(3), uint8(9))
	f.Add([]byte("cre"), uint8(0), uint8(3))
	f.Add([]byte("AAAAAAAAAA"), uint8(2), uint8(5))
	f.Fuzz(func(t *testing.T, data []byte, from, to uint8) {
		low := min(int(from), len(data))
		high := max(min(int(to), len(data)), low)
		var want []hit
		for _, l := range literals {
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
		var got []hit
		filter.each(data, low, high, func(id, pos int) { got = append(got, hit{id, pos}) })
		order := func(a, b hit) int { return cmp.Or(a.pos-b.pos, a.id-b.id) }
		slices.SortFunc(want, order)
		slices.SortFunc(got, order)
		if !slices.Equal(got, want) {
			t.Errorf("in %q[%d:%d]: got %v, want %v", data, low, high, got, want)
		}
	})
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
