package collect

import "slices"

// bounded keeps the first of many things in their order, the same ones on every
// run, whatever the order in which they come.
type bounded[T any] struct {
	limit   int
	compare func(a, b T) int
	kept    []T
	dropped int
	last    *T // what comes behind it is not kept
}

// add takes in things of one file, in their order, and says whether any of them
// may be kept.
func (b *bounded[T]) add(things []T) bool {
	before := len(b.kept)
	for _, t := range things {
		if b.last != nil && b.compare(t, *b.last) > 0 {
			b.dropped++
			continue
		}
		b.kept = append(b.kept, t)
	}
	any := len(b.kept) > before
	// Cutting only at twice the limit makes the sorting cost little.
	if len(b.kept) >= 2*b.limit {
		b.cut()
	}
	return any
}

func (b *bounded[T]) cut() {
	slices.SortStableFunc(b.kept, b.compare)
	if n := len(b.kept) - b.limit; n > 0 {
		b.dropped += n
		clear(b.kept[b.limit:])
		b.kept = b.kept[:b.limit]
		last := b.kept[b.limit-1]
		b.last = &last
	}
}

// list gives what is kept, in order, and how many are not.
func (b *bounded[T]) list() ([]T, int) {
	b.cut()
	return b.kept, b.dropped
}
