package needs

import (
	"slices"

	"scopeaudit/audit/scopes"
)

// apart makes a program of each script of a group, with what it imports, where
// several share modules and no manifest says that they are one: each asks for what
// it asks for, and none for what another does.
func (d *division) apart(groups []group) []group {
	if d.marked {
		return groups
	}
	at := map[*module]int{}
	for i, m := range d.modules {
		at[m] = i
	}
	var out []group
	for _, g := range groups {
		scripts := d.scripts(g, at)
		if len(scripts) < 2 {
			out = append(out, g)
			continue
		}
		used := map[*module]bool{}
		for _, s := range scripts {
			part := group{path: d.modules[s].path, root: g.root}
			for _, i := range d.reached(s) {
				m := d.modules[i]
				if used[m] {
					m = m.again()
				}
				used[d.modules[i]] = true
				part.modules = append(part.modules, m)
			}
			out = append(out, part)
		}
	}
	return out
}

// scripts are the modules of a group that none of it imports; nil unless each
// names scopes and calls methods itself, for what they ask for together cannot be
// told apart.
func (d *division) scripts(g group, at map[*module]int) []int {
	imported := map[int]bool{}
	for _, m := range g.modules {
		for _, j := range d.imports[at[m]] {
			imported[j] = true
		}
	}
	var out []int
	all := map[int]bool{}
	for _, m := range g.modules {
		if imported[at[m]] {
			continue
		}
		if m.notebook || m.language != python && m.language != script || !d.mayCall(m) || !d.namesScopes(m) {
			return nil
		}
		out = append(out, at[m])
		for _, i := range d.reached(at[m]) {
			all[i] = true
		}
	}
	if len(all) < len(g.modules) { // some import each other only
		return nil
	}
	return out
}

// namesScopes reports whether scopes are written in a module.
func (d *division) namesScopes(m *module) bool {
	return slices.ContainsFunc(m.strings, func(n *node) bool {
		return slices.ContainsFunc(scopes.Split(n.text), func(part string) bool { return isScopeURL(d.x.cat, part) })
	})
}

// reached are a module and all that it imports, in the order of their paths.
func (d *division) reached(from int) []int {
	seen := map[int]bool{from: true}
	out := []int{from}
	for i := 0; i < len(out); i++ {
		for _, j := range d.imports[out[i]] {
			if !seen[j] {
				seen[j] = true
				out = append(out, j)
			}
		}
	}
	slices.Sort(out)
	return out
}

// again is the module read anew, for another program that it is part of: what is
// known of its nodes holds for one.
func (m *module) again() *module {
	fresh := &module{source: m.source, language: m.language}
	fresh.read()
	return fresh
}
