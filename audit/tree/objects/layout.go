package objects

import (
	"errors"
	"math/bits"
	"slices"
	"sync"
)

var errCycle = errors.New("delta whose base is made of it")

// none stands for no rank.
const none = 1<<32 - 1

// layout is a pack's objects as a forest: each delta below its base. Objects go
// by their rank, their place in the order of offsets. Its memory is 28 bytes an
// object.
type layout struct {
	offsets []uint64
	pos     []uint32 // of the object in the index
	// base is none for a whole object, for a delta whose base is not in this
	// pack, and for one that cannot be read: the walk finds out.
	base        []uint32
	first, next []uint32 // of the deltas of a base: a list that ascends
	weight      []uint32 // how many objects are asked for in the tree from here down
	roots       []uint32
	lost        []uint32 // no root leads to them: deltas in a circle
}

// minPacked is the least that an object takes in a pack: a header, and a stream
// of nothing.
const minPacked = 1 + 8

// layOut makes the forest. Asked tells which objects, by their position in the
// index, count; workers is how many goroutines read headers.
func (p *pack) layOut(asked func(int) bool, workers int) (*layout, error) {
	n := p.idx.count
	if uint64(n)*minPacked > p.end {
		return nil, errIndex
	}
	l := &layout{}
	if err := l.sort(p); err != nil {
		return nil, err
	}
	l.base = make([]uint32, n)
	chunk := max(1<<12, (n+workers-1)/workers)
	var wg sync.WaitGroup
	errs := make([]error, (n+chunk-1)/chunk)
	refs := make([]bool, len(errs))
	for i := range errs {
		wg.Go(func() {
			errs[i] = guard(func() error {
				refs[i] = l.findBases(p, i*chunk, min(n, (i+1)*chunk))
				return nil
			})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}

	l.first, l.next, l.weight = make([]uint32, n), make([]uint32, n), make([]uint32, n)
	for r := range n {
		l.first[r] = none
	}
	for r := n - 1; r >= 0; r-- {
		if b := l.base[r]; b != none {
			l.next[r] = l.first[b]
			l.first[b] = uint32(r)
		} else {
			l.roots = append(l.roots, uint32(r))
		}
	}
	slices.Reverse(l.roots)
	for r := range n {
		if asked(int(l.pos[r])) {
			l.weight[r] = 1
		}
	}
	if !slices.Contains(refs, true) {
		// A base stands before its deltas.
		for r := n - 1; r >= 0; r-- {
			if b := l.base[r]; b != none {
				l.weight[b] += l.weight[r]
			}
		}
		return l, nil
	}
	order := slices.Clone(l.roots)
	for i := 0; i < len(order); i++ {
		for c := l.first[order[i]]; c != none; c = l.next[c] {
			order = append(order, c)
		}
	}
	for _, r := range slices.Backward(order) {
		if b := l.base[r]; b != none {
			l.weight[b] += l.weight[r]
		}
	}
	if len(order) < n {
		var reached bitmap = make([]uint64, n/64+1)
		for _, r := range order {
			reached.set(int(r))
		}
		for r := range n {
			if !reached.has(r) {
				l.lost = append(l.lost, uint32(r))
			}
		}
	}
	return l, nil
}

// sort orders the objects by offset: a radix sort of the offsets, with the
// positions in their low bits.
func (l *layout) sort(p *pack) error {
	n := p.idx.count
	low := bits.Len(uint(n))
	if low+bits.Len64(p.end) > 64 {
		return ErrTooLarge
	}
	keys, spare := make([]uint64, n), make([]uint64, n)
	err := guard(func() error {
		for i := range keys {
			off, ok := p.idx.offset(i)
			if !ok || off < packHeader || off >= p.end {
				off = p.end // the walk finds no object there
			}
			keys[i] = off<<low | uint64(i)
		}
		return nil
	})
	if err != nil {
		return err
	}
	const digit = 11
	for shift := low; shift < low+bits.Len64(p.end); shift += digit {
		var start [1<<digit + 1]int
		for _, k := range keys {
			start[k>>shift&(1<<digit-1)+1]++
		}
		for i := range 1 << digit {
			start[i+1] += start[i]
		}
		for _, k := range keys {
			d := k >> shift & (1<<digit - 1)
			spare[start[d]] = k
			start[d]++
		}
		keys, spare = spare, keys
	}
	l.pos = make([]uint32, n)
	for i, k := range keys {
		l.pos[i] = uint32(k & (1<<low - 1))
		keys[i] = k >> low
	}
	l.offsets = keys
	return nil
}

// findBases fills base for the ranks from from to to, and reports whether one of
// them names its base, which then may stand behind it.
func (l *layout) findBases(p *pack, from, to int) (refs bool) {
	var scratch []byte
	for r := from; r < to; r++ {
		l.base[r] = none
		e, next, err := p.entry(l.offsets[r], scratch)
		scratch = next
		if err != nil {
			continue
		}
		base := e.base
		switch e.kind {
		default:
			continue
		case offsetDelta:
		case refDelta:
			i, ok := p.idx.find(e.baseID)
			if !ok {
				continue
			}
			if base, ok = p.idx.offset(i); !ok {
				continue
			}
			refs = true
		}
		if i, ok := slices.BinarySearch(l.offsets, base); ok {
			l.base[r] = uint32(i)
		}
	}
	return refs
}
