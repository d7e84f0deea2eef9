package objects

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

var errThin = errors.New("pack without index, and bases that are not in it")

// scanned is an object of a pack without index.
type scanned struct {
	entry
	off   uint64
	id    ID
	named bool
}

// scan makes the index of a pack that has none, version 2, by reading all of it:
// what git-index-pack(1) does.
func (p *pack) scan(count int, limits Limits) ([]byte, error) {
	if uint64(count)*minPacked > p.end {
		return nil, errPack
	}
	if count > limits.Objects {
		return nil, ErrTooLarge
	}
	z := newInflater(false)
	var buf, raw []byte
	all := make([]scanned, 0, min(count, 1<<16))
	off := uint64(packHeader)
	for range count {
		e, next, err := p.entry(off, raw)
		raw = next
		if err != nil {
			return nil, err
		}
		if e.size > limits.Whole {
			return nil, ErrTooLarge
		}
		if buf, raw, err = p.inflate(z, e, buf, raw); err != nil {
			return nil, err
		}
		o := scanned{entry: e, off: off}
		if e.kind < offsetDelta {
			o.id, o.named = HashObject(p.format, Type(e.kind), buf), true
		}
		all = append(all, o)
		off = e.data + uint64(z.used)
	}
	if off != p.end {
		return nil, errPack
	}
	if err := p.nameDeltas(all, z, limits); err != nil {
		return nil, err
	}
	return indexOf(all, p.format), nil
}

// nameDeltas finds the names of deltas, from their bases on.
func (p *pack) nameDeltas(all []scanned, z *inflater, limits Limits) error {
	byOffset, byName := make(map[uint64][]int), make(map[ID][]int)
	for i, o := range all {
		switch o.kind {
		case offsetDelta:
			byOffset[o.base] = append(byOffset[o.base], i)
		case refDelta:
			byName[o.baseID] = append(byName[o.baseID], i)
		}
	}
	type frame struct {
		data   []byte
		deltas []int
	}
	deltas := func(o scanned) []int { return slices.Concat(byOffset[o.off], byName[o.id]) }
	var delta, raw []byte
	for _, root := range all {
		if root.kind >= offsetDelta || len(deltas(root)) == 0 {
			continue
		}
		data, next, err := p.inflate(z, root.entry, nil, raw)
		raw = next
		if err != nil {
			return err
		}
		held := int64(len(data))
		for stack := []frame{{data, deltas(root)}}; len(stack) > 0; {
			f := &stack[len(stack)-1]
			base, o := f.data, &all[f.deltas[0]]
			if f.deltas = f.deltas[1:]; len(f.deltas) == 0 {
				held -= int64(len(base))
				stack = stack[:len(stack)-1]
			}
			if o.named {
				continue // the same object twice
			}
			if delta, raw, err = p.inflate(z, o.entry, delta, raw); err != nil {
				return err
			}
			baseSize, size, rest, err := deltaSizes(delta)
			switch {
			case err != nil:
				return err
			case baseSize != int64(len(base)) || !deltaMakes(size, rest):
				return errDelta
			case size+held > limits.Whole:
				return ErrTooLarge
			}
			data := make([]byte, size)
			if _, err := applyDelta(data, base, rest, nil); err != nil {
				return err
			}
			o.id, o.named = HashObject(p.format, Type(root.kind), data), true
			if more := deltas(*o); len(more) > 0 {
				held += size
				stack = append(stack, frame{data, more})
			}
		}
	}
	for _, o := range all {
		if !o.named {
			return errThin
		}
	}
	return nil
}

// indexOf writes an index of version 2, whose checksums no one here looks at.
func indexOf(all []scanned, format Format) []byte {
	slices.SortFunc(all, func(a, b scanned) int { return a.id.Compare(b.id) })
	b := []byte("\xfftOc\x00\x00\x00\x02")
	n := 0
	for first := range 256 {
		for n < len(all) && int(all[n].id.sum[0]) <= first {
			n++
		}
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	for _, o := range all {
		b = append(b, o.id.sum[:format.Size()]...)
	}
	b = append(b, bytes.Repeat([]byte{0}, 4*len(all))...)
	var large []byte
	for _, o := range all {
		if o.off < 1<<31 {
			b = binary.BigEndian.AppendUint32(b, uint32(o.off))
			continue
		}
		b = binary.BigEndian.AppendUint32(b, 1<<31|uint32(len(large)/8))
		large = binary.BigEndian.AppendUint64(large, o.off)
	}
	return append(append(b, large...), make([]byte, 2*format.Size())...)
}
