package report

import (
	"slices"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// moral is what a program's story comes to.
type moral int

const (
	fits moral = iota // it asks for what it uses
	tooMuch
	tooLittle
	wrongScopes // too much and too little at once
	enough      // no call lacks anything, and no narrower set is proven
	partly      // not all could be followed
	obscure     // no call is known
	asksNowhere // where it asks was not found
)

func (g moral) String() string {
	switch g {
	case fits:
		return "asks for what it uses, and no more"
	case tooMuch:
		return "asks for more than it uses"
	case tooLittle:
		return "asks for too little: Google refuses what it calls"
	case wrongScopes:
		return "asks for more than it uses, and yet too little: Google refuses what it calls"
	case enough:
		return "asks for enough, and nothing narrower is proven to do"
	case partly:
		return "calls what could not be followed: it may need all that it asks for"
	case obscure:
		return "calls nothing that could be followed: what it needs is not known"
	}
	return "calls Google, and what it asks for was not found"
}

// wrong reports whether there is something to mend.
func (g moral) wrong() bool { return g == tooMuch || g == tooLittle || g == wrongScopes }

// moralOf goes by what the inference compared, and compares nothing of its own
// but whether a set that nothing is said against is within a least one.
func moralOf(row audit.ProgramRow, cat *scopes.Catalogue) moral {
	n := row.Needs
	much := slices.ContainsFunc(n.Asked, func(a needs.Asked) bool { return a.Excess || len(audit.Unneeded(n, a, cat)) > 0 })
	little := slices.ContainsFunc(n.Asked, func(a needs.Asked) bool { return len(a.Missing) > 0 })
	switch {
	case much && little:
		return wrongScopes
	case little:
		return tooLittle
	case much:
		return tooMuch
	case string(n.Verdict) == unknown || len(n.Least) == 0:
		return obscure
	case len(n.Requests) == 0:
		return asksNowhere
	case string(n.Verdict) != exact:
		return partly
	case slices.ContainsFunc(n.Asked, func(a needs.Asked) bool { return !leastFor(n, a, cat) }):
		return enough
	}
	return fits
}

// instead is what a program should ask for in place of a set, by what the
// inference says of it: less, where that is enough, and what its calls lack; nil
// where nothing is wrong with the set.
func instead(n needs.Program, a needs.Asked, cat *scopes.Catalogue) []scopes.Scope {
	out := audit.Unneeded(n, a, cat)
	switch {
	case a.Excess:
		return a.Enough
	case len(out) == 0 && (len(a.Missing) == 0 || len(n.Least) == 0):
		return nil
	}
	set := []scopes.Scope{}
	if len(a.Missing) > 0 && len(n.Least) > 0 {
		set = append(set, n.Least[0]...)
	}
	for _, s := range a.Scopes {
		if !slices.Contains(out, s) && !slices.ContainsFunc(set, func(o scopes.Scope) bool { return cat.Covers(o, s) }) {
			set = append(set, s)
		}
	}
	return set
}

// leastFor reports whether a set is within one of the least, sign-in aside.
func leastFor(n needs.Program, a needs.Asked, cat *scopes.Catalogue) bool {
	return slices.ContainsFunc(n.Least, func(least []scopes.Scope) bool {
		return !slices.ContainsFunc(a.Scopes, func(s scopes.Scope) bool {
			info, known := cat.Info(s)
			signIn := known && scopes.Greatest(info.Powers) == scopes.Identity
			return !signIn && !slices.ContainsFunc(least, func(l scopes.Scope) bool { return cat.Covers(l, s) })
		})
	})
}
