package needs

import (
	"slices"

	"scopeaudit/audit/scopes"
)

// sharedConsent takes back what is said of programs that ask on behalf of others:
// a script that signs the user in once, for all that lie under one manifest. Who
// asks for the same, or for nothing, may use the token that it leaves.
func sharedConsent(programs []Program, roots []string) {
	for i := range programs {
		for k := range programs[i].Asked {
			a := &programs[i].Asked[k]
			if !a.Excess && len(a.Unneeded) == 0 {
				continue
			}
			for j, other := range programs {
				if j == i || roots[j] != roots[i] || len(other.Asked) > 0 && !asksSame(other, a.Scopes) {
					continue
				}
				a.spare(other)
			}
		}
	}
}

// root is the place that a program shares with those beside it: what a manifest
// marks, or else its folder.
func (o Options) root(g group) string {
	if slices.ContainsFunc(o.Manifests, func(f string) bool { return rootBy(f) == g.root }) {
		return g.root + "/"
	}
	return folderOf(g.modules[0].path)
}

// asksSame reports whether a program asks for some scopes and no others.
func asksSame(p Program, set []scopes.Scope) bool {
	return slices.ContainsFunc(p.Asked, func(a Asked) bool {
		return len(a.Scopes) == len(set) && !slices.ContainsFunc(set, func(s scopes.Scope) bool { return !slices.Contains(a.Scopes, s) })
	})
}

// spare takes back what is said of scopes that the calls of another program need.
func (a *Asked) spare(other Program) {
	for _, c := range other.Calls {
		if c.State != Live {
			continue
		}
		permits := func(s scopes.Scope) bool { return slices.Contains(c.Permitted, s) }
		if !slices.ContainsFunc(a.Scopes, permits) {
			continue // it has a token of another
		}
		kept := func(s scopes.Scope) bool { return permits(s) && !slices.Contains(a.Unneeded, s) }
		if !slices.ContainsFunc(a.Scopes, kept) {
			a.Unneeded = slices.DeleteFunc(slices.Clone(a.Unneeded), permits)
		}
		if a.Excess && !slices.ContainsFunc(a.Enough, permits) {
			a.Excess, a.Enough = false, nil
		}
	}
}
