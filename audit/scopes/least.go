package scopes

import (
	"cmp"
	"fmt"
	"slices"
)

// Bounds of Least. Real programs call a few methods, and after the candidates
// that are wider for nothing are dropped one or two sets remain; the bounds
// hold for made-up lists.
const (
	maxSteps = 4096 // of the search
	maxFound = 64   // sets compared with each other
	maxLeast = 16   // sets given
)

// Least gives the least sets of scopes that permit all the methods, best first:
// the first is preferred, the rest are alternatives that cannot be compared
// with it. In each no scope is redundant, and none could be replaced by one
// that it covers. The order is: the mildest class of the gravest scope, then
// the fewest writing methods, the mildest classes of the others, the fewest
// methods and the fewest scopes.
//
// Scopes that serve only a part of what their methods touch are left out (see
// LeastWith), as long as every method has another. Methods that need no OAuth
// scope ask for nothing: for them alone the one answer is the empty set. An
// unknown method is an error.
func (c *Catalogue) Least(methods []string) ([][]Scope, error) { return c.LeastWith(methods) }

// LeastWith is Least with evidence: it also considers the named scopes, which
// Least leaves out because they serve a part only: gmail.metadata where no call
// passes q or wants a body, drive.file where a program opens only files that it
// made, drive.appdata where it names that space.
func (c *Catalogue) LeastWith(methods []string, evident ...Scope) ([][]Scope, error) {
	needs, err := c.needs(methods, evident)
	if err != nil {
		return nil, err
	}
	s := &search{needs: needs, chosen: make([]bool, len(c.known)), excluded: make([]bool, len(c.known))}
	s.step(0)
	found := s.found
	if len(found) == 0 { // out of steps among sets with a redundant scope
		found = [][]uint16{s.trim()}
	}
	found = slices.DeleteFunc(slices.Clone(found), func(a []uint16) bool {
		return slices.ContainsFunc(found, func(b []uint16) bool { return c.narrower(b, a) })
	})
	excesses := map[string]excess{}
	slices.SortFunc(found, func(a, b []uint16) int {
		return c.excessOf(a, excesses).compare(c.excessOf(b, excesses))
	})
	var least [][]Scope
	for _, set := range found[:min(len(found), maxLeast)] {
		least = append(least, append([]Scope{}, c.names(set)...))
	}
	return least, nil
}

// needs gives for each distinct demand of the methods the candidates that meet
// it, best first, without demands that follow from others and without
// candidates for which a narrower one would do.
func (c *Catalogue) needs(methods []string, evident []Scope) ([][]uint16, error) {
	var sets []uint16
	for _, id := range methods {
		i, found := c.find(id)
		if !found {
			return nil, fmt.Errorf("unknown method %q", id)
		}
		if set := c.methods[i].set; len(c.sets[set].scopes) > 0 {
			sets = append(sets, set)
		}
	}
	slices.Sort(sets)
	sets = slices.Compact(sets)

	candidate := make([]bool, len(c.known))
	for _, set := range sets {
		any := false
		for _, n := range c.sets[set].scopes {
			k := &c.known[n]
			if slices.Contains(evident, k.name) || !c.narrow(k.name) {
				candidate[n], any = true, true
			}
		}
		for _, n := range c.sets[set].scopes {
			candidate[n] = candidate[n] || !any
		}
	}
	var needs [][]uint16
	for _, set := range sets {
		needs = append(needs, slices.DeleteFunc(slices.Clone(c.sets[set].scopes), func(n uint16) bool { return !candidate[n] }))
	}
	slices.SortFunc(needs, func(a, b []uint16) int { return cmp.Or(cmp.Compare(len(a), len(b)), slices.Compare(a, b)) })
	var essential [][]uint16
	for _, need := range needs { // those that imply others come first
		if !slices.ContainsFunc(essential, func(e []uint16) bool { return subset(e, need) }) {
			essential = append(essential, need)
		}
	}
	return c.dropWider(essential), nil
}

// dropWider removes each candidate that strictly covers another which meets the
// same demands: whatever set holds the wider one is wider than it need be.
func (c *Catalogue) dropWider(needs [][]uint16) [][]uint16 {
	meets := map[uint16][]uint16{}
	for i, need := range needs {
		for _, n := range need {
			meets[n] = append(meets[n], uint16(i))
		}
	}
	excesses := map[string]excess{}
	var kept [][]uint16
	for _, need := range needs {
		k := slices.DeleteFunc(slices.Clone(need), func(wide uint16) bool {
			return slices.ContainsFunc(need, func(n uint16) bool {
				return subset(meets[wide], meets[n]) && c.narrower([]uint16{n}, []uint16{wide})
			})
		})
		slices.SortFunc(k, func(a, b uint16) int {
			return c.excessOf([]uint16{a}, excesses).compare(c.excessOf([]uint16{b}, excesses))
		})
		kept = append(kept, k)
	}
	return kept
}

// narrower reports whether the set a allows strictly less than b: b covers all
// of a, and a not all of b.
func (c *Catalogue) narrower(a, b []uint16) bool {
	within := func(a, b []uint16) bool {
		for _, n := range a {
			if slices.Contains(b, n) {
				continue
			}
			if !slices.ContainsFunc(b, func(m uint16) bool { return c.covers(&c.known[m], &c.known[n]) }) {
				return false
			}
		}
		return true
	}
	return within(a, b) && !within(b, a)
}

// search enumerates the sets that meet all needs and hold no redundant scope.
type search struct {
	needs    [][]uint16
	chosen   []bool // by the branch at hand
	excluded []bool // candidates that an earlier branch has dealt with
	steps    int
	first    []uint16 // that met all needs, redundant or not
	found    [][]uint16
}

// step meets the first open need from number from on, in every way.
func (s *search) step(from int) {
	for from < len(s.needs) && slices.ContainsFunc(s.needs[from], s.isChosen) {
		from++
	}
	if from == len(s.needs) {
		s.keep()
		return
	}
	var tried []uint16
	for _, n := range s.needs[from] {
		s.steps++
		if s.excluded[n] || s.steps > maxSteps || len(s.found) == maxFound {
			continue
		}
		s.chosen[n] = true
		s.step(from + 1)
		s.chosen[n] = false
		s.excluded[n] = true
		tried = append(tried, n)
	}
	for _, n := range tried {
		s.excluded[n] = false
	}
}

func (s *search) isChosen(n uint16) bool { return s.chosen[n] }

// keep notes what is chosen, unless a scope of it could be left out.
func (s *search) keep() {
	var set []uint16
	for n, chosen := range s.chosen {
		if chosen {
			set = append(set, uint16(n))
		}
	}
	if s.first == nil {
		s.first = set
	}
	if s.redundant(set) < 0 {
		s.found = append(s.found, set)
	}
}

// redundant gives the place of a scope in set, which is what is chosen, that no
// need rests on alone; -1 if there is none.
func (s *search) redundant(set []uint16) int {
	alone := map[uint16]bool{}
	for _, need := range s.needs {
		if i := slices.IndexFunc(need, s.isChosen); !slices.ContainsFunc(need[i+1:], s.isChosen) {
			alone[need[i]] = true
		}
	}
	return slices.IndexFunc(set, func(n uint16) bool { return !alone[n] })
}

// trim takes the redundant scopes out of the first set that met all needs.
func (s *search) trim() []uint16 {
	set := s.first
	for _, n := range set {
		s.chosen[n] = true
	}
	for i := s.redundant(set); i >= 0; i = s.redundant(set) {
		s.chosen[set[i]] = false
		set = slices.Delete(set, i, i+1)
	}
	return set
}

// excess is what a set of scopes is judged by. It counts what the set opens in
// all: that which is called is the same for every set.
type excess struct {
	tiers           []int // of each scope, the gravest first
	writes, methods int
	set             []uint16
}

func (a excess) compare(b excess) int {
	return cmp.Or(
		slices.Compare(a.tiers[:min(len(a.tiers), 1)], b.tiers[:min(len(b.tiers), 1)]),
		cmp.Compare(a.writes, b.writes),
		slices.Compare(a.tiers, b.tiers),
		cmp.Compare(a.methods, b.methods),
		cmp.Compare(len(a.set), len(b.set)),
		slices.Compare(a.set, b.set))
}

// excessOf measures a set, once: known remembers.
func (c *Catalogue) excessOf(scopes []uint16, known map[string]excess) excess {
	key := fmt.Sprint(scopes)
	if e, found := known[key]; found {
		return e
	}
	e := excess{set: scopes}
	opened := make([]bool, len(c.sets))
	for _, n := range scopes {
		tier := Unclassed
		if r := c.known[n].row; r != nil {
			tier = r.tier
		}
		e.tiers = append(e.tiers, tier.rank())
		for _, set := range c.known[n].sets {
			if !opened[set] {
				opened[set] = true
				e.methods += c.sets[set].methods
				e.writes += c.sets[set].writes
			}
		}
	}
	slices.SortFunc(e.tiers, func(a, b int) int { return b - a })
	known[key] = e
	return e
}
