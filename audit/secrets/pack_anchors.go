package secrets

import (
	"slices"
	"strings"
)

// anchorFilter finds where the anchors of packs end, in one pass over the bytes
// (Aho and Corasick, as a table of transitions over classes of bytes). Packs
// have hundreds of anchors, many of them of two or three bytes and in either
// case ("key", "api", "sk"): a search that jumps, as the one for the built-in
// rules does, would hardly jump at all.
type anchorFilter struct {
	class  [256]uint8
	stride int
	// next holds, by state and class, the state that follows times two times
	// stride; its lowest bit says that anchors end there.
	next []uint32
	ends [][]target // by state
}

// target is a pack's rule that hangs on an anchor.
type target struct {
	rule int
	anchorText
}

// maxAnchor is how much of an anchor is looked for, in bytes: its end.
const maxAnchor = 16

func newAnchorFilter(targets []target) *anchorFilter {
	f := &anchorFilter{}
	words := map[string][]target{}
	classes := 1
	for _, t := range targets {
		t.text = t.text[max(0, len(t.text)-maxAnchor):]
		folded := string(lower(t.text))
		if !slices.Contains(words[folded], t) {
			words[folded] = append(words[folded], t)
		}
		for i := range len(folded) {
			if b := folded[i]; f.class[b] == 0 {
				f.class[b] = uint8(classes)
				classes++
			}
		}
	}
	for b := byte('a'); b <= 'z'; b++ {
		f.class[b&^0x20] = f.class[b]
	}
	f.stride = 1
	for f.stride < classes {
		f.stride *= 2
	}
	f.build(words)
	return f
}

// build makes the trie, and then turns it, breadth first, into transitions.
func (f *anchorFilter) build(words map[string][]target) {
	sorted := make([]string, 0, len(words))
	for w := range words {
		sorted = append(sorted, w)
	}
	slices.Sort(sorted)
	trie := [][]uint32{make([]uint32, f.stride)}
	f.ends = [][]target{nil}
	for _, w := range sorted {
		state := uint32(0)
		for i := range len(w) {
			c := f.class[w[i]]
			if trie[state][c] == 0 {
				trie[state][c] = uint32(len(trie))
				trie = append(trie, make([]uint32, f.stride))
				f.ends = append(f.ends, nil)
			}
			state = trie[state][c]
		}
		f.ends[state] = words[w]
	}
	fail := make([]uint32, len(trie))
	queue := []uint32{0}
	for n := 0; n < len(queue); n++ {
		state := queue[n]
		for c, to := range trie[state] {
			back := trie[fail[state]][c]
			switch {
			case to == 0:
				trie[state][c] = back
				continue
			case state != 0:
				fail[to] = back
				f.ends[to] = append(slices.Clone(f.ends[to]), f.ends[back]...)
			}
			queue = append(queue, to)
		}
	}
	f.next = make([]uint32, 0, len(trie)*f.stride)
	for _, row := range trie {
		for _, to := range row {
			t := to * uint32(f.stride) * 2
			if len(f.ends[to]) > 0 {
				t |= 1
			}
			f.next = append(f.next, t)
		}
	}
}

// each calls hit with the rule of every anchor whose last byte is in
// data[from:to], and where the anchor ends, in ascending order of that.
func (f *anchorFilter) each(data []byte, from, to int, hit func(rule, end int)) {
	state := uint32(0)
	next := f.next
	for i := max(0, from-maxAnchor); i < to; i++ {
		state = next[int(state>>1)+int(f.class[data[i]])]
		if state&1 == 0 || i < from {
			continue
		}
		for _, t := range f.ends[int(state>>1)/f.stride] {
			if t.fold || strings.HasSuffix(string(data[i+1-len(t.text):i+1]), t.text) {
				hit(t.rule, i+1)
			}
		}
	}
}
