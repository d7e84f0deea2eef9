package needs

import (
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// requests turns what was recorded into requests, and into the sets that are
// asked for at once.
func (r *recorder) requests() {
	type key struct {
		scope scopes.Scope
		node  *node
		when  string
	}
	seen := map[key]bool{}
	var always []scopes.Scope
	var chosen []Asked
	r.exclude()
	for _, a := range r.asked {
		whens := map[string]bool{}
		for _, s := range a.sets {
			whens[s.when] = true
		}
		for _, s := range a.sets {
			var set []scopes.Scope
			when := s.when
			if len(whens) == 1 {
				when = a.when // of its own it is the same whatever happens
			}
			for _, x := range s.scopes {
				scope, known := r.index.cat.Normalise(x.text)
				set = addScope(set, scope)
				k := key{scope, x.origin, when}
				if seen[k] {
					continue
				}
				seen[k] = true
				q := Request{Scope: scope, Known: known, By: a.by, When: when, Use: a.module.location(int(a.node.pos), int(a.node.end))}
				q.At, q.Text, q.Line = q.Use, a.module.quote(a.node.pos, a.node.end), a.module.whole(a.node.pos)
				if x.origin != nil && x.origin.block != nil {
					o := x.origin.block.fn.module
					q.At, q.Text, q.Line = o.location(int(x.origin.pos), int(x.origin.end)), o.quote(x.origin.pos, x.origin.end), o.whole(x.origin.pos)
				}
				r.program.Requests = append(r.program.Requests, q)
			}
			if len(set) == 0 {
				continue
			}
			if when == "" {
				for _, s := range set {
					always = addScope(always, s)
				}
				continue
			}
			i := slices.IndexFunc(chosen, func(c Asked) bool { return c.When == when })
			if i < 0 {
				chosen = append(chosen, Asked{When: when})
				i = len(chosen) - 1
			}
			for _, s := range set {
				chosen[i].Scopes = addScope(chosen[i].Scopes, s)
			}
		}
	}
	if len(chosen) == 0 && len(always) > 0 {
		chosen = []Asked{{}}
	}
	for i := range chosen {
		for _, s := range always {
			chosen[i].Scopes = addScope(chosen[i].Scopes, s)
		}
		slices.Sort(chosen[i].Scopes)
	}
	slices.SortFunc(chosen, func(a, b Asked) int { return strings.Compare(a.When, b.When) })
	r.program.Asked = chosen
}

// exclude gives conditions to what is asked for in branches of which only one is
// taken, if it is not the same in both.
func (r *recorder) exclude() {
	when := func(a asking) string {
		if a.by == "" || a.node.block == nil {
			return ""
		}
		return condition(a.node.block, nil)
	}
	for i := range r.asked {
		a := &r.asked[i]
		mine := when(*a)
		if mine == "" || len(r.asked) > maxAlternatives {
			continue
		}
		for j := range r.asked {
			b := &r.asked[j]
			if theirs := when(*b); theirs != "" && exclusive(mine, theirs) && !sameScopes(a.sets, b.sets) {
				a.when = mine
			}
		}
	}
}

// maxAlternatives is among how many places branches are looked for.
const maxAlternatives = 256

// exclusive reports whether two conditions cannot both hold: one is the other's
// denial, or they give two values to one thing.
func exclusive(a, b string) bool {
	if not(a) == b || not(b) == a {
		return true
	}
	x, y, found := strings.Cut(a, " is ")
	z, w, also := strings.Cut(b, " is ")
	return found && also && x == z && y != w
}

// sameScopes reports whether the same is asked for at two places.
func sameScopes(a, b []scopeSet) bool {
	flat := func(sets []scopeSet) []string {
		var out []string
		for _, s := range sets {
			for _, x := range s.scopes {
				out = append(out, x.text)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(flat(a), flat(b))
}

func addScope(set []scopes.Scope, s scopes.Scope) []scopes.Scope {
	if slices.Contains(set, s) {
		return set
	}
	return append(set, s)
}
