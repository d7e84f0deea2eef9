package collect

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The first are kept and the others counted, in whatever order they come.
func TestBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.IntRange(0, 50)).Draw(t, "all")
		limit := rapid.IntRange(1, 20).Draw(t, "limit")
		sorted := slices.Sorted(slices.Values(all))
		seed := rapid.Uint64().Draw(t, "seed")
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		b := bounded[int]{limit: limit, compare: cmp.Compare[int]}
		for part := range slices.Chunk(all, rapid.IntRange(1, 7).Draw(t, "part")) {
			b.add(part)
			if len(b.kept) >= 2*limit+7 {
				t.Fatalf("holds %d", len(b.kept))
			}
		}
		kept, dropped := b.list()
		if want := sorted[:min(limit, len(sorted))]; !slices.Equal(kept, want) || dropped != len(all)-len(want) {
			t.Fatalf("kept %v, dropped %d; want %v of %v", kept, dropped, want, sorted)
		}
	})
}
