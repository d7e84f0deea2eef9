package tree

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"strings"

	"scopeaudit/audit/tree/objects"
)

// inRefs says which refs lead to each object, and which objects each commit, by
// number, brought first. Commits go on what their parents hold, for 64 objects at
// a time.
func (t *tracer) inRefs(ctx context.Context, out []Trace, brought [][]int32) (firsts map[int32][]int32, err error) {
	order, circles := t.parentsFirst()
	tips := t.tips()
	whole := t.history.refs.Known && t.whole(order, circles, tips)
	first := make([]int32, len(out)) // one more than the number of a commit
	reach := make([]uint64, len(t.commits))
	for low := 0; low < len(out); low += 64 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		in := func(numbers []int32) (set uint64) {
			from, _ := slices.BinarySearch(numbers, int32(low))
			for _, n := range numbers[from:] {
				if int(n) >= low+64 {
					break
				}
				set |= 1 << (int(n) - low)
			}
			return set
		}
		for _, i := range order {
			reach[i] = 0
			for _, p := range t.commits[i].parents {
				if at, ok := t.at[p]; ok {
					reach[i] |= reach[at]
				}
			}
			mine := in(brought[i])
			for fresh := mine &^ reach[i]; fresh != 0; fresh &= fresh - 1 {
				n := low + bits.TrailingZeros64(fresh)
				if first[n] == 0 || i+1 < first[n] {
					first[n] = i + 1
				}
			}
			reach[i] |= mine
		}
		var full uint64 // has as many refs as are told
		for _, tip := range tips {
			held := in(tip.objects)
			if tip.commit >= 0 {
				held |= reach[tip.commit]
			}
			for held &^= full; held != 0; held &= held - 1 {
				bit := bits.TrailingZeros64(held)
				at := &out[low+bit]
				if at.Refs = append(at.Refs, tip.name); len(at.Refs) == MaxRefs {
					full |= 1 << bit
				}
			}
		}
	}
	firsts = make(map[int32][]int32)
	for n := range out {
		out[n].RefsKnown = whole
		slices.Sort(out[n].Refs)
		if first[n] > 0 {
			firsts[first[n]-1] = append(firsts[first[n]-1], int32(n))
		}
	}
	return firsts, nil
}

// tip is what a ref leads to: a commit, or what it or a tag names otherwise.
type tip struct {
	name    string
	commit  int32   // -1 for none
	objects []int32 // by number, ascending
	whole   bool    // all that it leads to is here, but for what the commit does
}

// tips gives those of all refs, in the order in which they are told.
func (t *tracer) tips() []tip {
	var tips []tip
	for _, ref := range append([]objects.Ref{t.history.refs.Head}, t.history.refs.All...) {
		if !ref.ID.IsZero() {
			tips = append(tips, t.tip(ref))
		}
	}
	slices.SortStableFunc(tips, func(a, b tip) int {
		return cmp.Or(cmp.Compare(refRank(a.name), refRank(b.name)), strings.Compare(a.name, b.name))
	})
	return tips
}

func (t *tracer) tip(ref objects.Ref) tip {
	p := tip{name: ref.Name, commit: -1}
	id := ref.ID
	for range maxNesting {
		if n, ok := t.number[id]; ok {
			p.objects = append(p.objects, n)
		}
		next, ok := t.tags[id]
		if !ok {
			break
		}
		id = next
	}
	if at, ok := t.at[id]; ok {
		p.commit, p.whole = at, true
	} else {
		p.whole = t.history.store.Has(id) && !t.broken.has(id)
		t.changes(id, nil, func(_ string, n int32) { p.objects = append(p.objects, n) })
	}
	slices.Sort(p.objects)
	return p
}

// refRank puts first what a reader knows the repository by.
func refRank(name string) int {
	for i, prefix := range []string{"HEAD", "refs/heads/", "refs/remotes/", "refs/tags/"} {
		if strings.HasPrefix(name, prefix) {
			return i
		}
	}
	return 4
}

// whole reports whether all that the tips lead to is here, less what a shallow
// clone leaves out, and makes sense.
func (t *tracer) whole(order []int32, circles int, tips []tip) bool {
	lost := make([]bool, len(t.commits))
	for k, i := range order {
		c := &t.commits[i]
		lost[i] = k >= circles || t.broken.has(c.tree)
		for _, p := range c.parents {
			at, ok := t.at[p]
			lost[i] = lost[i] || ok && lost[at] || !ok && !slices.Contains(t.history.refs.Shallow, c.id)
		}
	}
	return !slices.ContainsFunc(tips, func(p tip) bool { return !p.whole || p.commit >= 0 && lost[p.commit] })
}

// parentsFirst orders commits so that parents come before their children. From
// circles on come those of circles, which only a forger makes.
func (t *tracer) parentsFirst() (order []int32, circles int) {
	waits := make([]int32, len(t.commits))
	children := make([][]int32, len(t.commits))
	for i, c := range t.commits {
		for _, p := range c.parents {
			if at, ok := t.at[p]; ok {
				waits[i]++
				children[at] = append(children[at], int32(i))
			}
		}
	}
	order = make([]int32, 0, len(t.commits))
	for i, n := range waits {
		if n == 0 {
			order = append(order, int32(i))
		}
	}
	for k := 0; k < len(order); k++ {
		for _, child := range children[order[k]] {
			if waits[child]--; waits[child] == 0 {
				order = append(order, child)
			}
		}
	}
	circles = len(order)
	for i, n := range waits {
		if n > 0 {
			order = append(order, int32(i))
		}
	}
	return order, circles
}
