package audit

import (
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// Fix is how the files of a program come to ask for no more than is enough, and
// what of that cannot be done for its author.
type Fix struct {
	Program string
	Files   []FixedFile
	Left    []Left
}

// Left is what is left as it is: all, or one of the sets that a program chooses
// from.
type Left struct {
	When string // the condition of the set; empty: all
	Why  string // lower case, no full stop
}

func (l Left) String() string {
	if l.When == "" {
		return l.Why
	}
	return "where " + l.When + ": " + l.Why
}

// NewFixes narrows what the programs of a report ask for, where each request is a
// literal and all is known of the calls. Programs that ask for no more than is
// enough have no fix. Each fix is proven: what it makes of the files is read
// again, and asks for what was meant. Read gives a file by the path that reports
// call it; what it gives must be what was examined.
func NewFixes(r Report, cat *scopes.Catalogue, read func(path string) ([]byte, error)) []Fix {
	c := &check{cat: cat}
	var fixes []Fix
	var index *needs.Index
	for _, row := range r.Programs {
		if !slices.ContainsFunc(row.Needs.Asked, isWide) {
			continue
		}
		if index == nil {
			index = needs.NewIndex(cat)
		}
		fixes = append(fixes, c.fix(row.Needs, index, read))
	}
	return fixes
}

func isWide(a needs.Asked) bool { return a.Excess || len(a.Unneeded) > 0 }

func (c *check) fix(p needs.Program, x *needs.Index, read func(string) ([]byte, error)) Fix {
	f := Fix{Program: p.Path}
	if p.Verdict != needs.Exact {
		f.Left = []Left{{Why: "not all of its calls are known: " + strings.Join(p.Why, "; ")}}
		return f
	}
	plan := c.plan(p)
	sites := c.sites(p, read)
	files := c.apply(p, plan, sites)
	f.Left = plan.left(p)
	if len(files) == 0 {
		return f
	}
	if why := prove(p, plan, files, x, read); why != "" {
		f.Left = append(f.Left, Left{Why: why})
		return f
	}
	f.Files = files
	return f
}

// narrowing says of the scopes of one set that go what takes their place:
// nothing, or others.
type narrowing map[scopes.Scope][]scopes.Scope

// fixPlan has for each set that a program asks for how it is narrowed, or why it
// is not.
type fixPlan struct {
	sets []narrowing
	why  []string
}

func (c *check) plan(p needs.Program) *fixPlan {
	plan := &fixPlan{sets: make([]narrowing, len(p.Asked)), why: make([]string, len(p.Asked))}
	for i, a := range p.Asked {
		switch {
		case !isWide(a):
		case len(a.Missing) > 0:
			call := p.Calls[a.Missing[0]]
			plan.why[i] = fmt.Sprintf("nothing that it asks for permits %s at %s: mend that first", call.Method, call.At)
		default:
			plan.sets[i] = c.narrowing(a)
		}
	}
	return plan
}

// narrowing lets each scope that is enough take the place of the narrowest one
// that covers it.
func (c *check) narrowing(a needs.Asked) narrowing {
	n := narrowing{}
	for _, s := range a.Unneeded {
		n[s] = nil
	}
	wide := c.cat.LeastFirst(c.replaced(a))
	for _, s := range wide {
		n[s] = nil
	}
	if !a.Excess {
		return n
	}
	for _, s := range a.Enough {
		if slices.Contains(a.Scopes, s) {
			continue
		}
		for _, w := range wide {
			if c.cat.Covers(w, s) {
				n[w] = append(n[w], s)
				break
			}
		}
	}
	return n
}

// appliesTo reports whether a request is one of those of a set.
func appliesTo(r needs.Request, a needs.Asked) bool { return r.When == "" || r.When == a.When }

// agree gives up the sets of which a request is no literal or is shared with one
// that is not narrowed in the same way, and those that would leave nothing to ask
// for at a place; it reports whether there were any.
func (plan *fixPlan) agree(p needs.Program, sites []site) bool {
	for i, a := range p.Asked {
		if len(plan.sets[i]) == 0 {
			continue
		}
		left := map[string]int{} // by what they are passed to
		for _, r := range p.Requests {
			if !appliesTo(r, a) {
				continue
			}
			if to, goes := plan.sets[i][r.Scope]; goes {
				left[r.Use.String()] += len(to)
			} else {
				left[r.Use.String()]++
			}
		}
		for _, r := range p.Requests {
			if appliesTo(r, a) && left[r.Use.String()] == 0 {
				return plan.refuse(i, fmt.Sprintf("no scope would be left of what is asked for at %s", r.At))
			}
		}
	}
	for _, s := range sites {
		for _, scope := range s.scopes {
			for i := range p.Asked {
				if !s.in(p, scope, i) || len(plan.sets[i]) == 0 {
					continue
				}
				if s.why != "" {
					return plan.refuse(i, s.why)
				}
				to, goes := plan.sets[i][scope]
				for j := range p.Asked {
					other, also := plan.sets[j][scope]
					if s.in(p, scope, j) && (goes != also || !slices.Equal(to, other)) {
						return plan.refuse(i, fmt.Sprintf("what is asked for at %s is asked for where %s too", s.at, p.Asked[j].When))
					}
				}
			}
		}
	}
	return false
}

func (plan *fixPlan) refuse(i int, why string) bool {
	plan.sets[i], plan.why[i] = nil, why
	return true
}

// left are the sets that are given up, with why.
func (plan *fixPlan) left(p needs.Program) []Left {
	var all []Left
	for i, why := range plan.why {
		if why != "" {
			all = append(all, Left{When: p.Asked[i].When, Why: why})
		}
	}
	return all
}

// becomes is what a site's scope is narrowed to; false: it stays.
func (plan *fixPlan) becomes(p needs.Program, s site, scope scopes.Scope) ([]scopes.Scope, bool) {
	for i := range p.Asked {
		if s.in(p, scope, i) {
			if to, goes := plan.sets[i][scope]; goes {
				return to, true
			}
		}
	}
	return nil, false
}
