package audit

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/audit/secrets"
)

// CodeRow says of the code as a whole what was looked at, and the weakest
// verdict on its programs.
type CodeRow struct {
	Verdict needs.Verdict
	// Read is the number of sources that were read; Dependencies and Generated
	// are those that say nothing about this code and were left out.
	Read, Dependencies, Generated int
}

// ProgramRow is one program in the report.
type ProgramRow struct {
	Path string // of its folder, or file; "." is the top
	// Credentials are the IDs of those that lie with it.
	Credentials []string
	// Scopes are those that it asks for, needs, or that its credentials hold.
	Scopes []ScopeRow
	// Others are those that are only in alternatives.
	Others []ScopeRow
	// Needs is what is known of it. The first of the least sets is preferred: it
	// is within the policy if any is, and asked for already if any of those is.
	Needs needs.Program
	// Price is what its calls cost, where that was asked.
	Price []PriceStep
}

// takePrograms takes over what was inferred, by the light of the policy.
func (c *check) takePrograms() {
	if c.evidence.Needs == nil {
		return
	}
	for _, p := range c.evidence.Needs.Programs {
		p.Asked = slices.Clone(p.Asked)
		c.prefer(&p)
		c.hush(&p)
		row := ProgramRow{Path: p.Path, Needs: p}
		if c.evidence.Index != nil {
			row.Price = c.price(p)
		}
		c.programs = append(c.programs, row)
	}
}

// preferred puts that least set first which the policy allows, then one that the
// program asks for already: listing labels under gmail.readonly is healthy,
// though gmail.labels would do.
func (c *check) preferred(p needs.Program, sets [][]scopes.Scope) [][]scopes.Scope {
	asked := askedBy(p)
	rank := func(set []scopes.Scope) int {
		n := 0
		for _, s := range set {
			if allowed := c.allowed(s); allowed != nil && !*allowed {
				n |= 2
			}
			if !slices.Contains(asked, s) {
				n |= 1
			}
		}
		return n
	}
	return slices.SortedStableFunc(slices.Values(sets), func(a, b []scopes.Scope) int { return cmp.Compare(rank(a), rank(b)) })
}

// prefer goes by the preferred set in what is said to be enough.
func (c *check) prefer(p *needs.Program) {
	p.Least = c.preferred(*p, p.Least)
	for i := range p.Asked {
		a := &p.Asked[i]
		if !a.Excess {
			continue
		}
		for _, least := range p.Least {
			if c.within(least, a.Scopes) && !c.within(c.withPower(a.Scopes), least) {
				a.Enough = least
				break
			}
		}
	}
}

// withPower leaves out what only says who the user is.
func (c *check) withPower(set []scopes.Scope) []scopes.Scope {
	var out []scopes.Scope
	for _, s := range set {
		if info, _ := c.cat.Info(s); scopes.Greatest(info.Powers) != scopes.Identity {
			out = append(out, s)
		}
	}
	return out
}

// within reports whether each of some scopes is covered by one of others.
func (c *check) within(some, others []scopes.Scope) bool {
	return !slices.ContainsFunc(some, func(s scopes.Scope) bool {
		return !slices.ContainsFunc(others, func(o scopes.Scope) bool { return c.cat.Covers(o, s) })
	})
}

// askedBy are all scopes that a program asks for, whatever it chooses.
func askedBy(p needs.Program) []scopes.Scope {
	var all []scopes.Scope
	for _, a := range p.Asked {
		all = append(all, a.Scopes...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// hush takes quotations of source out where a secret stands on their lines.
func (c *check) hush(p *needs.Program) {
	if len(c.evidence.Leaks) == 0 {
		return
	}
	p.Requests, p.Calls, p.Unresolved, p.Own = slices.Clone(p.Requests), slices.Clone(p.Calls), slices.Clone(p.Unresolved), slices.Clone(p.Own)
	for i := range p.Requests {
		if c.leaky(p.Requests[i].At) {
			p.Requests[i].Line = ""
		}
	}
	for i := range p.Calls {
		if c.leaky(p.Calls[i].At) {
			p.Calls[i].Text = callee(p.Calls[i].Text)
		}
	}
	for i := range p.Unresolved {
		if c.leaky(p.Unresolved[i].At) {
			p.Unresolved[i].Text = callee(p.Unresolved[i].Text)
		}
	}
	for i := range p.Own {
		if c.leaky(p.Own[i].At) {
			p.Own[i].Text = callee(p.Own[i].Text)
		}
	}
}

// leaky reports whether a secret stands on the lines of a place.
func (c *check) leaky(at rules.Location) bool {
	return slices.ContainsFunc(c.evidence.Leaks, func(l secrets.Leak) bool {
		return l.Location.Path == at.Path && l.Location.Member == at.Member &&
			l.Location.Line <= max(at.EndLine, at.Line) && at.Line <= max(l.Location.EndLine, l.Location.Line)
	})
}

// callee is what is called, without its arguments.
func callee(text string) string {
	before, _, found := strings.Cut(text, "(")
	if !found {
		return ""
	}
	return before + "(…)"
}

// needed says whether a program needs a scope; nil where that is not known.
func needed(p needs.Program, s scopes.Scope) *bool {
	switch {
	case len(p.Least) == 0:
		return nil
	case slices.Contains(p.Least[0], s):
		return yes(true)
	case p.Verdict == needs.Exact:
		return yes(false)
	}
	return nil
}

// join makes one answer of those for several programs: yes if any says so, no if
// all do.
func join(answers []*bool) *bool {
	var out *bool
	unknown := false
	for _, a := range answers {
		switch {
		case a == nil:
			unknown = true
		case *a:
			return a
		default:
			out = a
		}
	}
	if unknown {
		return nil
	}
	return out
}

// belongs gives each credential that lies in the tree to the programs that it
// lies with: those of the nearest folder above it that has any, else the one
// below its own.
func (c *check) belongs(id string, at rules.Location) []int {
	if at.Origin != rules.Tree || len(c.programs) == 0 {
		return nil
	}
	folder := path.Dir(at.Path)
	var mine []int
	best := -1
	for i, p := range c.programs {
		home := p.home()
		if home != "." && folder != home && !strings.HasPrefix(folder, home+"/") {
			continue
		}
		if n := len(strings.TrimSuffix(home, ".")); n > best {
			best, mine = n, nil
			mine = append(mine, i)
		} else if n == best {
			mine = append(mine, i)
		}
	}
	if mine == nil {
		for i, p := range c.programs {
			if folder == "." || strings.HasPrefix(p.home(), folder+"/") {
				mine = append(mine, i)
			}
		}
		if len(mine) > 1 {
			return nil
		}
	}
	for _, i := range mine {
		c.programs[i].Credentials = append(c.programs[i].Credentials, id)
	}
	return mine
}

// home is the folder of a program.
func (p ProgramRow) home() string {
	if slices.Contains(p.Needs.Files, p.Path) {
		return path.Dir(p.Path)
	}
	return p.Path
}

// rowsOf gives each program its table, once the credentials are known.
func (c *check) rowsOf() {
	for i := range c.programs {
		p := &c.programs[i]
		asked := askedBy(p.Needs)
		all := slices.Clone(asked)
		if len(p.Needs.Least) > 0 {
			all = append(all, p.Needs.Least[0]...)
		}
		granted := map[scopes.Scope]bool{}
		known := false
		for _, row := range c.rows {
			if !slices.Contains(p.Credentials, row.ID) {
				continue
			}
			for _, s := range row.Scopes {
				all = append(all, s.Scope)
				known = known || s.Granted != nil
				granted[s.Scope] = granted[s.Scope] || s.Granted != nil && *s.Granted
			}
		}
		slices.Sort(all)
		for _, s := range slices.Compact(all) {
			row := c.scopeRow(s)
			row.Requested, row.Needed = yes(slices.Contains(asked, s)), needed(p.Needs, s)
			if known {
				row.Granted = yes(granted[s])
			}
			p.Scopes = append(p.Scopes, row)
		}
		slices.SortStableFunc(p.Scopes, compareRows)
		for _, set := range p.Needs.Least {
			for _, s := range set {
				if !slices.Contains(all, s) {
					all = append(all, s)
					p.Others = append(p.Others, c.scopeRow(s))
				}
			}
		}
	}
}

// code is the row of the code as a whole; nil where none was looked at.
func (c *check) code() *CodeRow {
	r := c.evidence.Needs
	if r == nil {
		return nil
	}
	return &CodeRow{Verdict: r.Verdict(), Read: r.Read, Dependencies: r.Dependencies, Generated: r.Generated}
}
