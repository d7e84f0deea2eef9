package audit

import (
	"slices"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// PriceStep is what some calls of a program cost: with them Before is needed, and
// without them, and without those of the steps before, Without is enough.
type PriceStep struct {
	Calls []int // indexes into the program's calls
	// Risks are what somebody else could do with a token for Before and not with
	// one for Without, mildest first, and Costs the powers of these; empty where
	// it is more of the same.
	Risks           []scopes.Risk
	Costs           []scopes.Power
	Before, Without []scopes.Scope
}

// price puts a program's calls in the order of what they cost, dearest first,
// and says what would be enough without the one after the other. The last step
// leaves nothing but what no call needs.
func (c *check) price(p needs.Program) []PriceStep {
	type group struct {
		own   []scopes.Scope
		calls []int
	}
	var groups []group
	var all []scopes.Scope
	left := map[int]bool{}
	for i, call := range p.Calls {
		if call.State != needs.Live || len(call.Permitted) == 0 {
			continue
		}
		left[i] = true
		own := c.least(p, []needs.Call{call})
		n := slices.IndexFunc(groups, func(g group) bool { return slices.Equal(g.own, own) })
		if n < 0 {
			n = len(groups)
			groups = append(groups, group{own: own})
			all = append(all, own...)
		}
		groups[n].calls = append(groups[n].calls, i)
	}
	order := c.cat.LeastFirst(all)
	weight := func(g group) int {
		w := -1
		for _, s := range g.own {
			w = max(w, slices.Index(order, s))
		}
		return w
	}
	slices.SortStableFunc(groups, func(a, b group) int { return weight(b) - weight(a) })

	var steps []PriceStep
	before := c.least(p, p.Calls)
	var step PriceStep
	for _, g := range groups {
		for _, i := range g.calls {
			delete(left, i)
		}
		step.Calls = append(step.Calls, g.calls...)
		var rest []needs.Call
		for i, call := range p.Calls {
			if left[i] {
				rest = append(rest, call)
			}
		}
		without := c.least(p, rest)
		if len(left) > 0 && slices.Equal(without, before) {
			continue // it takes the next ones too
		}
		step.Before, step.Without = before, without
		step.Risks = c.cat.Spared(before, without)
		for _, r := range step.Risks {
			if !slices.Contains(step.Costs, r.Power) {
				step.Costs = append(step.Costs, r.Power)
			}
		}
		steps = append(steps, step)
		step, before = PriceStep{}, without
	}
	return steps
}

// least is the preferred least set for some calls of a program, with what it needs
// for none.
func (c *check) least(p needs.Program, calls []needs.Call) []scopes.Scope {
	sets, _ := c.evidence.Index.Least(calls)
	var least []scopes.Scope
	if sets = c.preferred(p, sets); len(sets) > 0 {
		least = slices.Clone(sets[0])
	}
	for _, own := range p.Own {
		least = append(least, own.Scope)
	}
	slices.Sort(least)
	return slices.Compact(least)
}
