package scopes

import (
	"cmp"
	"slices"
	"strings"
)

// LeastFirst sorts scopes by what they let their holder do: by the gravest
// power, then by how many methods change something, and by how many there are.
func (c *Catalogue) LeastFirst(list []Scope) []Scope {
	type measured struct {
		scope           Scope
		rank            int
		writes, methods int
	}
	all := make([]measured, len(list))
	for i, s := range list {
		all[i].scope = s
		n, known := c.number(s)
		if !known {
			continue
		}
		k := &c.known[n]
		all[i].rank = Greatest(k.powers.list()).Rank()
		for _, set := range k.sets {
			all[i].writes += c.sets[set].writes
			all[i].methods += c.sets[set].methods
		}
	}
	slices.SortFunc(all, func(a, b measured) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.writes, b.writes), cmp.Compare(a.methods, b.methods),
			strings.Compare(string(a.scope), string(b.scope)))
	})
	out := make([]Scope, len(all))
	for i, m := range all {
		out[i] = m.scope
	}
	return out
}
