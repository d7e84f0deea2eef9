package login

import (
	"slices"

	"scopeaudit/audit/scopes"
)

// Difference is how a grant differs from what was asked for. All are normalised
// and sorted.
type Difference struct {
	Granted []scopes.Scope
	Missing []scopes.Scope // asked for and not granted: a box left unticked
	Extra   []scopes.Scope // granted and not asked for
}

// Compare sets a grant beside what was asked for. Order, repetition and the
// spellings of one scope are no differences, nor is openid, which Google adds
// without being asked.
func Compare(cat *scopes.Catalogue, asked, granted []string) Difference {
	a, g := set(cat, asked), set(cat, granted)
	d := Difference{Granted: g}
	for _, s := range a {
		if !slices.Contains(g, s) {
			d.Missing = append(d.Missing, s)
		}
	}
	for _, s := range g {
		if s != "openid" && !slices.Contains(a, s) {
			d.Extra = append(d.Extra, s)
		}
	}
	return d
}

func set(cat *scopes.Catalogue, texts []string) []scopes.Scope {
	var out []scopes.Scope
	for _, text := range texts {
		s, _ := cat.Normalise(text)
		out = append(out, s)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
