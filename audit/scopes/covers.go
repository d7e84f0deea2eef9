package scopes

import "slices"

// Covers reports whether have allows everything that want allows: it permits
// every method that want permits, reaches all that want reaches, and has all of
// its powers. The three are orders, and so is Covers: reflexive and transitive.
//
// Each corrects the others. By methods alone drive.file would cover
// drive.metadata, though it sees only its own files; by methods and reach alone
// source.read_only would cover source.read_write, of which discovery lists only
// the reads. A scope that spoils another when held beside it (gmail.metadata)
// may still be covered by it: see Conflicts.
//
// An unknown scope covers itself and is covered by itself alone.
func (c *Catalogue) Covers(have, want Scope) bool {
	if have == want {
		return true
	}
	h, known := c.number(have)
	w, alsoKnown := c.number(want)
	return known && alsoKnown && c.covers(&c.known[h], &c.known[w])
}

func (c *Catalogue) covers(have, want *scope) bool {
	return have.reach.holds(want.reach) && have.powers.includes(want.powers) && subset(want.sets, have.sets)
}

// subset reports whether every number of a is in b. Both are in order. A method
// belongs to one set, so sets stand for the methods that accept them.
func subset(a, b []uint16) bool {
	for _, n := range a {
		i, found := slices.BinarySearch(b, n)
		if !found {
			return false
		}
		b = b[i+1:]
	}
	return true
}
