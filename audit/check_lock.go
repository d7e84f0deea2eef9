package audit

import (
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// locked compares what the programs need with the lock.
func (c *check) locked() {
	lock := c.evidence.Lock
	if lock == nil {
		return
	}
	var gone []LockedProgram
	for _, p := range lock.Programs {
		if examined(p.Path, c.evidence.Roots) && !slices.ContainsFunc(c.programs, func(row ProgramRow) bool { return row.Path == p.Path }) {
			gone = append(gone, p)
		}
	}
	var elsewhere []string
	for _, row := range c.programs {
		if p := lock.find(row.Path); p != nil {
			c.compareLocked(row.Needs, *p)
		} else if was, moved := c.moved(row.Needs, gone); moved {
			elsewhere = append(elsewhere, was...)
			c.lockNote("program %q needs no more than %s did, which %s gone", row.Path, quoted(was), map[bool]string{true: "is", false: "are"}[len(was) == 1])
		} else {
			c.raised(row.Needs, nil)
		}
	}
	for _, p := range gone {
		if slices.Contains(elsewhere, p.Path) {
			continue
		}
		c.lockNote("it has a program %q, which was not found", p.Path)
	}
}

// moved finds those programs of the lock that are gone and had what a program
// needs that the lock does not have: it was renamed, or put together from them.
func (c *check) moved(p needs.Program, gone []LockedProgram) (from []string, moved bool) {
	unresolved := 0
	verdict := needs.Exact
	for _, g := range gone {
		if g.Verdict != needs.Exact {
			verdict = g.Verdict
		}
		unresolved += g.Unresolved
	}
	if weaker(p, verdict, unresolved) {
		return nil, false
	}
	for _, call := range counted(p) {
		i := slices.IndexFunc(gone, func(g LockedProgram) bool { return g.permits(call) })
		if i < 0 {
			return nil, false
		}
		if !slices.Contains(from, gone[i].Path) {
			from = append(from, gone[i].Path)
		}
	}
	return from, len(from) > 0
}

// counted are the calls of a program that need a scope.
func counted(p needs.Program) []needs.Call {
	return slices.DeleteFunc(slices.Clone(p.Calls), func(c needs.Call) bool { return c.State != needs.Live || len(c.Permitted) == 0 })
}

// permits reports whether what was locked is enough for a call.
func (l LockedProgram) permits(call needs.Call) bool {
	return slices.ContainsFunc(call.Permitted, func(s scopes.Scope) bool { return slices.Contains(l.Scopes, s) })
}

// weaker reports whether less is known of a program than was.
func weaker(p needs.Program, verdict needs.Verdict, unresolved int) bool {
	order := []needs.Verdict{needs.Exact, needs.LowerBound, needs.Unknown}
	return slices.Index(order, p.Verdict) > slices.Index(order, verdict) || len(p.Unresolved) > unresolved
}

// compareLocked compares a program with what the lock has for it.
func (c *check) compareLocked(p needs.Program, locked LockedProgram) {
	if c.raised(p, &locked) {
		return
	}
	if len(p.Least) > 0 && p.Verdict == needs.Exact && c.within(p.Least[0], locked.Scopes) && !c.within(locked.Scopes, p.Least[0]) {
		c.lockNote("program %q needs less than it has", p.Path)
	}
}

// raised finds what a program needs and the lock does not have for it; nil: the
// lock does not have the program. It reports whether there is anything.
func (c *check) raised(p needs.Program, locked *LockedProgram) bool {
	has := c.evidence.Lock.Name + " does not have this program"
	if locked != nil {
		has = c.evidence.Lock.Name + " has " + c.askedFor(locked.Scopes)
	}
	beyond := slices.DeleteFunc(counted(p), func(call needs.Call) bool { return locked != nil && locked.permits(call) })
	for _, m := range byMethod(beyond) {
		f := c.finding(rules.PriceRaised, m.at...)
		f.Message = fmt.Sprintf("%s raises what the program needs: it takes %s, and %s", m.method, c.shorts(c.fewest(m.permitted), " or "), has)
		f.Subject = Subject{Program: p.Path, Method: m.method}
		c.add(f, "program", p.Path, m.method)
	}
	return len(beyond) > 0 || c.obscured(p, locked, has)
}

// obscured finds that less is known of a program than its lock knew.
func (c *check) obscured(p needs.Program, locked *LockedProgram, has string) bool {
	message := "not all is known of what the program needs, and " + has
	switch {
	case locked == nil && p.Verdict == needs.Exact:
		return false
	case locked != nil && !weaker(p, locked.Verdict, locked.Unresolved):
		return false
	case locked != nil:
		message = fmt.Sprintf("less is known of what the program needs than when %s was written", c.evidence.Lock.Name)
	}
	var places []rules.Location
	for _, u := range p.Unresolved {
		places = append(places, u.At)
	}
	if places == nil {
		places = sites(p, "", true, askedBy(p)...)
	}
	f := c.finding(rules.PriceRaised, places...)
	f.Message = message + ": " + strings.Join(p.Why, "; ")
	f.Subject = Subject{Program: p.Path}
	c.add(f, "program", p.Path, "verdict")
	return true
}

// lockNote says something of the lock that is no reason to fail.
func (c *check) lockNote(format string, args ...any) {
	c.locking = append(c.locking, c.evidence.Lock.Name+": "+fmt.Sprintf(format, args...)+"; `scopeaudit needs --lock` writes it anew")
}

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(out, " and ")
}
