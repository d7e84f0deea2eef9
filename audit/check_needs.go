package audit

import (
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// program judges what a program asks for: by the policy, and by its own calls.
func (c *check) program(row ProgramRow) {
	p := row.Needs
	h := holder{
		verb: "the program asks for", subject: Subject{Program: p.Path}, words: []string{"program", p.Path},
		at:     func(s scopes.Scope) []rules.Location { return sites(p, "", true, s) },
		remedy: func(info scopes.Info) string { return c.instead(p, info) },
	}
	for _, s := range askedBy(p) {
		c.scope(h, s)
	}
	for _, a := range p.Asked {
		h.drop = func(s scopes.Scope) string { return c.takeOut(p, a, s) }
		c.conflicts(h, a.Conflicts)
		c.unneeded(h, p, a)
		c.excess(h, p, a)
		c.missing(h, p, a)
	}
	c.unresolved(h, p)
	c.flow(h, p)
}

// sites are the places where some scopes are asked for, under a condition or
// under any.
func sites(p needs.Program, when string, any bool, of ...scopes.Scope) []rules.Location {
	var at []rules.Location
	for _, r := range p.Requests {
		if slices.Contains(of, r.Scope) && (any || r.When == "" || r.When == when) {
			at = append(at, r.At)
		}
	}
	slices.SortFunc(at, rules.Location.Compare)
	return slices.CompactFunc(at, func(a, b rules.Location) bool { return a.Compare(b) == 0 })
}

// confidence is that of what is said of a program.
func confidence(p needs.Program) rules.Confidence {
	if p.Verdict == needs.Exact {
		return rules.HighConfidence
	}
	return rules.MediumConfidence
}

// Unneeded are the scopes of a set that a program can simply leave out. One that
// no call needs is not among them where it is part of what the program lacks:
// that takes its place.
func Unneeded(p needs.Program, a needs.Asked, cat *scopes.Catalogue) []scopes.Scope {
	if len(a.Missing) == 0 || len(p.Least) == 0 {
		return a.Unneeded
	}
	return slices.DeleteFunc(slices.Clone(a.Unneeded), func(s scopes.Scope) bool {
		return slices.ContainsFunc(p.Least[0], func(l scopes.Scope) bool { return cat.Covers(l, s) })
	})
}

// unneeded lists the scopes of a set that no call needs.
func (c *check) unneeded(h holder, p needs.Program, a needs.Asked) {
	for _, s := range Unneeded(p, a, c.cat) {
		info, _ := c.cat.Info(s)
		f := c.finding(rules.ScopeUnneeded, sites(p, a.When, false, s)...)
		f.Confidence = confidence(p)
		f.Message = fmt.Sprintf("the program asks for %s%s, and none of its calls needs it", c.describe(info), where(a.When))
		f.Remedy = c.takeOut(p, a, s)
		f.Subject = h.subject
		f.Subject.Scope = s
		c.add(f, append(h.words, string(s), a.When)...)
	}
}

// SignInAgain is how a narrower request takes effect.
const SignInAgain = "remove the old grant at " + connectionsPage + " and sign in again; a token keeps the scopes it was made with"

// takeOut says how to do without a scope.
func (c *check) takeOut(p needs.Program, a needs.Asked, s scopes.Scope) string {
	return fmt.Sprintf("take %s out%s, %s", c.short(s), c.rewritten(p, a, narrowing{s: nil}), SignInAgain)
}

// excess says that a set is wider than the calls need.
func (c *check) excess(h holder, p needs.Program, a needs.Asked) {
	wide := c.replaced(a)
	if len(wide) == 0 {
		return
	}
	f := c.finding(rules.ScopeNarrower, sites(p, a.When, false, wide...)...)
	f.Confidence = confidence(p)
	f.Message = fmt.Sprintf("the program asks for %s%s, and %s is enough for its calls: %s",
		c.describeAll(wide), where(a.When), c.describeAll(a.Enough), c.methods(p, func(needs.Call) bool { return true }))
	f.Remedy = fmt.Sprintf("ask for %s instead%s, %s", c.shorts(a.Enough, " and "), c.corrected(p, a, wide), SignInAgain)
	f.Subject = h.subject
	f.Subject.Scope = wide[0]
	words := h.words
	for _, s := range wide {
		words = append(words, string(s))
	}
	c.add(f, append(words, a.When)...)
}

// replaced are the scopes of a set that narrower ones can stand in for.
func (c *check) replaced(a needs.Asked) []scopes.Scope {
	if !a.Excess {
		return nil
	}
	return slices.DeleteFunc(c.withPower(a.Scopes), func(s scopes.Scope) bool {
		return slices.Contains(a.Enough, s) || slices.Contains(a.Unneeded, s)
	})
}

// missing lists the calls that nothing asked for permits, by method.
func (c *check) missing(h holder, p needs.Program, a needs.Asked) {
	var calls []needs.Call
	for _, i := range a.Missing {
		calls = append(calls, p.Calls[i])
	}
	for _, m := range byMethod(calls) {
		f := c.finding(rules.ScopeMissing, m.at...)
		f.Confidence = confidence(p)
		f.Message = fmt.Sprintf("%s needs %s, and the program asks for %s%s: Google answers 403 insufficientPermissions",
			m.method, c.shorts(c.fewest(m.permitted), " or "), c.askedFor(a.Scopes), where(a.When))
		if len(p.Least) > 0 {
			f.Remedy = fmt.Sprintf("ask for %s, %s", c.added(p, a), SignInAgain)
			permits := slices.DeleteFunc(slices.Clone(p.Least[0]), func(s scopes.Scope) bool { return !slices.Contains(m.permitted, s) })
			if refused := c.refused(permits); len(refused) > 0 {
				f.Remedy = fmt.Sprintf("do without the call, for the policy does not allow %s, or name a policy that does", c.shorts(refused, " and "))
			}
		}
		f.Subject = h.subject
		f.Subject.Method = m.method
		c.add(f, append(h.words, m.method, a.When)...)
	}
}

// sameMethod are calls of one method.
type sameMethod struct {
	method    string
	permitted []scopes.Scope // by the first
	at        []rules.Location
}

// byMethod puts calls together, in the order in which their methods are first
// called.
func byMethod(calls []needs.Call) []sameMethod {
	var all []sameMethod
	for _, call := range calls {
		i := slices.IndexFunc(all, func(m sameMethod) bool { return m.method == call.Method })
		if i < 0 {
			i = len(all)
			all = append(all, sameMethod{method: call.Method, permitted: call.Permitted})
		}
		all[i].at = append(all[i].at, call.At)
	}
	return all
}

// refused are those of some scopes that the policy does not allow.
func (c *check) refused(set []scopes.Scope) []scopes.Scope {
	return slices.DeleteFunc(slices.Clone(set), func(s scopes.Scope) bool {
		allowed := c.allowed(s)
		return allowed == nil || *allowed
	})
}

// maxNamed is how many scopes or methods a sentence names.
const maxNamed = 4

// fewest are the scopes with the least power among those that permit a method.
func (c *check) fewest(permitted []scopes.Scope) []scopes.Scope {
	sorted := c.cat.LeastFirst(permitted)
	return sorted[:min(len(sorted), maxNamed)]
}

func (c *check) askedFor(set []scopes.Scope) string {
	if len(set) == 0 {
		return "nothing"
	}
	return c.shorts(set, ", ")
}

// unresolved lists the calls that could not be followed, by reason.
func (c *check) unresolved(h holder, p needs.Program) {
	at := map[string][]rules.Location{}
	var order []string
	for _, u := range p.Unresolved {
		if at[u.Why] == nil {
			order = append(order, u.Why)
		}
		at[u.Why] = append(at[u.Why], u.At)
	}
	for _, why := range order {
		f := c.finding(rules.CallUnresolved, at[why]...)
		f.Message = fmt.Sprintf("this call could not be followed: %s", why)
		if n := len(at[why]); n > 1 {
			f.Message = fmt.Sprintf("%d calls could not be followed: %s", n, why)
		}
		f.Subject = h.subject
		c.add(f, append(h.words, why)...)
	}
}

func where(when string) string {
	if when == "" {
		return ""
	}
	return " where " + when
}

func (c *check) shorts(set []scopes.Scope, between string) string {
	names := make([]string, len(set))
	for i, s := range set {
		names[i] = c.short(s)
	}
	return strings.Join(names, between)
}

func (c *check) describeAll(set []scopes.Scope) string {
	names := make([]string, len(set))
	for i, s := range set {
		info, _ := c.cat.Info(s)
		names[i] = c.describe(info)
	}
	return strings.Join(names, " and ")
}

// methods names the live calls of a program, each once.
func (c *check) methods(p needs.Program, of func(needs.Call) bool) string {
	var names []string
	for _, call := range p.Calls {
		if call.State == needs.Live && of(call) && !slices.Contains(names, call.Method) {
			names = append(names, call.Method)
		}
	}
	slices.Sort(names)
	if more := len(names) - maxNamed; more > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), more)
	}
	return strings.Join(names, ", ")
}

// instead says what to do about a scope that the policy does not allow: ask for
// what the calls need, where that is less, or else part with the calls.
func (c *check) instead(p needs.Program, info scopes.Info) string {
	for _, a := range p.Asked {
		wide := c.replaced(a)
		switch {
		case slices.Contains(a.Unneeded, info.Scope):
			return c.takeOut(p, a, info.Scope)
		case slices.Contains(wide, info.Scope):
			return fmt.Sprintf("ask for %s instead%s, %s", c.shorts(a.Enough, " and "), c.corrected(p, a, wide), SignInAgain)
		}
	}
	users := c.methods(p, func(call needs.Call) bool {
		return slices.Contains(call.Permitted, info.Scope) && len(c.refused(call.Permitted)) == len(call.Permitted)
	})
	if p.Verdict != needs.Exact || users == "" {
		return c.narrower(info)
	}
	return fmt.Sprintf("do without the calls that need it (%s), or name a policy that allows them", users)
}
