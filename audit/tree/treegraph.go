package tree

import (
	"encoding/binary"

	"scopeaudit/audit/tree/objects"
)

// treeGraph is which trees stand in which others, for all trees of a repository.
// Terraform's 275,000 have four million links: they are held in blocks, since one
// slice that grows is held twice, and as numbers, which need no sorting.
type treeGraph struct {
	number  map[short]uint32
	present []bool   // by number: trees that can be read
	direct  []uint32 // trees that hold an object themselves
	blocks  [][]link
	// The trees that hold tree n are holders[starts[n]:starts[n+1]], once it is
	// closed.
	starts, holders []uint32
}

// short is the beginning of a tree's ID: enough to choose which trees to read
// again, where the whole ID decides.
type short uint64

func shorten(id objects.ID) short { return short(binary.BigEndian.Uint64(id.Bytes())) }

type link struct{ holder, held uint32 }

// linkBlock is how many links a block has.
const linkBlock = 64 << 10

// of gives the number of a tree, present or not.
func (g *treeGraph) of(tree short) uint32 {
	n, ok := g.number[tree]
	if !ok {
		if g.number == nil {
			g.number = make(map[short]uint32)
		}
		n = uint32(len(g.present))
		g.number[tree] = n
		g.present = append(g.present, false)
	}
	return n
}

// add puts in a tree that was read, and the folders in it.
func (g *treeGraph) add(tree short, folders []short, direct bool) {
	n := g.of(tree)
	g.present[n] = true
	if direct {
		g.direct = append(g.direct, n)
	}
	for _, f := range folders {
		last := len(g.blocks) - 1
		if last < 0 || len(g.blocks[last]) == linkBlock {
			g.blocks = append(g.blocks, make([]link, 0, linkBlock))
			last++
		}
		g.blocks[last] = append(g.blocks[last], link{n, g.of(f)})
	}
}

// close is called once all trees are in.
func (g *treeGraph) close() {
	g.starts = make([]uint32, len(g.present)+1)
	for _, b := range g.blocks {
		for _, l := range b {
			g.starts[l.held]++
		}
	}
	var sum uint32
	for n := range g.starts {
		sum += g.starts[n]
		g.starts[n] = sum // the end, from which on it is filled backwards
	}
	g.holders = make([]uint32, sum)
	for _, b := range g.blocks {
		for _, l := range b {
			g.starts[l.held]--
			g.holders[g.starts[l.held]] = l.holder
		}
	}
	g.blocks = nil
}

// absent gives the trees that something names and that cannot be read, as in a
// partial clone, or one that is damaged.
func (g *treeGraph) absent() []uint32 {
	var absent []uint32
	for n, here := range g.present {
		if !here {
			absent = append(absent, uint32(n))
		}
	}
	return absent
}

// above gives the trees that are given and all that lead to them.
func (g *treeGraph) above(next []uint32) treeSet {
	in := make([]bool, len(g.present))
	for len(next) > 0 {
		n := next[len(next)-1]
		next = next[:len(next)-1]
		if !in[n] {
			in[n] = true
			next = append(next, g.holders[g.starts[n]:g.starts[n+1]]...)
		}
	}
	return treeSet{g.number, in}
}

// treeSet is a set of trees.
type treeSet struct {
	number map[short]uint32
	in     []bool
}

func (s treeSet) has(tree objects.ID) bool {
	n, ok := s.number[shorten(tree)]
	return ok && int(n) < len(s.in) && s.in[n]
}
