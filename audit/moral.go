package audit

import (
	"slices"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// Moral is what a comparison of what a program asks for with what it calls comes
// to.
type Moral int

// The morals.
const (
	Fits      Moral = iota // it asks for what it uses
	TooMuch                // for more than that
	TooLittle              // for less: Google refuses some of its calls
	Otherwise              // for more, and yet for less
	Enough                 // no call lacks anything, and no narrower set is proven
	Partly                 // not all of its calls could be followed
	NoCall                 // none could
	NoRequest              // where it asks was not found
)

// Wrong reports whether there is something to mend.
func (m Moral) Wrong() bool { return m == TooMuch || m == TooLittle || m == Otherwise }

// MoralOf goes by what was inferred of a program, and compares nothing of its own
// but whether a set that nothing is said against is within a least one.
func MoralOf(p needs.Program, cat *scopes.Catalogue) Moral {
	much := slices.ContainsFunc(p.Asked, func(a needs.Asked) bool { return a.Excess || len(Unneeded(p, a, cat)) > 0 })
	little := slices.ContainsFunc(p.Asked, func(a needs.Asked) bool { return len(a.Missing) > 0 })
	switch {
	case much && little:
		return Otherwise
	case little:
		return TooLittle
	case much:
		return TooMuch
	case p.Verdict == needs.Unknown || len(p.Least) == 0:
		return NoCall
	case len(p.Requests) == 0:
		return NoRequest
	case p.Verdict != needs.Exact:
		return Partly
	case slices.ContainsFunc(p.Asked, func(a needs.Asked) bool { return !leastFor(p, a, cat) }):
		return Enough
	}
	return Fits
}

// Instead is what a program should ask for in place of a set, by what was inferred:
// less, where that is enough, and what its calls lack; nil where nothing is wrong
// with the set.
func Instead(p needs.Program, a needs.Asked, cat *scopes.Catalogue) []scopes.Scope {
	out := Unneeded(p, a, cat)
	switch {
	case a.Excess:
		return a.Enough
	case len(out) == 0 && (len(a.Missing) == 0 || len(p.Least) == 0):
		return nil
	}
	set := []scopes.Scope{}
	if len(a.Missing) > 0 && len(p.Least) > 0 {
		set = append(set, p.Least[0]...)
	}
	for _, s := range a.Scopes {
		if !slices.Contains(out, s) && !slices.ContainsFunc(set, func(o scopes.Scope) bool { return cat.Covers(o, s) }) {
			set = append(set, s)
		}
	}
	return set
}

// leastFor reports whether a set is within one of the least, sign-in aside.
func leastFor(p needs.Program, a needs.Asked, cat *scopes.Catalogue) bool {
	return slices.ContainsFunc(p.Least, func(least []scopes.Scope) bool {
		return !slices.ContainsFunc(a.Scopes, func(s scopes.Scope) bool {
			info, known := cat.Info(s)
			signIn := known && scopes.Greatest(info.Powers) == scopes.Identity
			return !signIn && !slices.ContainsFunc(least, func(l scopes.Scope) bool { return cat.Covers(l, s) })
		})
	})
}
