package scopes

import "slices"

// derivedPowers stands among the sources of powers that no row of our table
// states.
const derivedPowers = "powers derived from the scope's methods, name and consent text"

// discoverySource is where methods and consent texts come from.
const discoverySource = "https://pkg.go.dev/google.golang.org/api"

// Info describes a scope. For an unknown scope it says false and holds the
// scope and the powers that its name suggests, at worst all.
func (c *Catalogue) Info(s Scope) (Info, bool) {
	n, known := c.number(s)
	if !known {
		return Info{Scope: s, Short: s.Short(), Powers: suggestedPowers(s).list(), Derived: true, Tier: Unclassed}, false
	}
	k := c.known[n]
	info := Info{
		Scope:   s,
		Short:   s.Short(),
		Text:    k.consent,
		APIs:    slices.Clone(k.apis),
		Powers:  k.powers.list(),
		Derived: k.row == nil,
		Tier:    Unclassed,
		Caveats: c.caveatsOf(s),
	}
	if k.row == nil {
		info.Sources = []string{discoverySource, derivedPowers}
		return info, true
	}
	info.Tier = k.row.tier
	info.Dead = k.row.dead
	info.Sources = slices.Clone(k.row.sources)
	info.Assumed = k.row.assumed
	return info, true
}

// rank is the position of a class, mildest first. A scope without a class may
// be anything but restricted, so it counts as sensitive.
func (t Tier) rank() int {
	switch t {
	case NonSensitive:
		return 0
	case Restricted:
		return 2
	}
	return 1
}
