package secrets

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// TestRangesGiveWhatIsNew changes files without secrets as deltas do, and holds
// what is found in the changed ranges to what is found in the whole, be it
// encoded or not. (What is made of a file with secrets is searched as a whole.)
func TestRangesGiveWhatIsNew(t *testing.T) {
	s, parts, source := NewScanner(Key{2}), pieces(t), sourceLike(200<<10)
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		part := func() []byte {
			piece := parts[rng.IntN(len(parts))]
			if rng.IntN(2) == 0 {
				piece = hide(rng, piece)
			}
			return []byte(piece)
		}
		from := rng.IntN(len(source))
		old := bytes.Clone(source[from:min(len(source), from+1+rng.IntN(60<<10))])
		for range rng.IntN(4) {
			half := part()
			old = slices.Insert(old, rng.IntN(len(old)+1), half[:rng.IntN(len(half)+1)]...)
		}
		if _, met := everyView(t, s, old, nil); met {
			return
		}
		data, ranges := changed(rng, old, part)
		key := func(l Leak) string { return fmt.Sprintf("%s %x %s", l.Rule, l.Tag, l.Masked) }
		known := map[string]bool{}
		changes, _ := everyView(t, s, data, ranges)
		for _, l := range changes {
			known[key(l)] = true
		}
		all, _ := everyView(t, s, data, nil)
		for _, l := range all {
			// That is told by whoever then looks at the whole.
			if composite := len(l.Parts) > 0; !known[key(l)] && !composite {
				t.Fatalf("%s (%s) at %s is new, and is not found in the ranges %v of %d bytes:\n%.700q", l.Rule, l.Masked, l.Location, ranges, len(data), data[max(0, ranges[0].Start-100):])
			}
		}
	})
}

// changed inserts, replaces and takes out parts of a file, and gives the result
// with the ranges of it that the file does not have.
func changed(rng *rand.Rand, old []byte, part func() []byte) (data []byte, ranges []decode.Range) {
	ranges = []decode.Range{}
	for pos := 0; ; {
		next := min(len(old), pos+rng.IntN(len(old)+1))
		data = append(data, old[pos:next]...)
		if pos = next; pos == len(old) {
			return data, ranges
		}
		start := len(data)
		if rng.IntN(3) > 0 {
			data = append(data, part()...)
		}
		if rng.IntN(3) > 0 {
			pos = min(len(old), pos+1+rng.IntN(200))
		}
		if n := len(ranges); n > 0 && ranges[n-1].End == start {
			ranges[n-1].End = len(data)
		} else {
			ranges = append(ranges, decode.Range{Start: start, End: len(data)})
		}
	}
}

// everyView scans data and what is encoded in it, or what is new of that.
func everyView(t fataler, s *Scanner, data []byte, ranges []decode.Range) (leaks []Leak, met bool) {
	t.Helper()
	_, err := new(decode.Space).EachIn(data, ranges, decode.Limits{}, func(_ decode.Member, views iter.Seq[decode.View]) error {
		p := s.Begin(rules.Location{Path: "f"})
		for v := range views {
			p.Scan(v)
		}
		leaks = append(leaks, p.End()...)
		met = met || p.Met()
		return nil
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return leaks, met
}
