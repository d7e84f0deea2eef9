package audit

import (
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
)

// flow lists what goes wrong in how a program obtains and keeps its token, by
// rule.
func (c *check) flow(h holder, p needs.Program) {
	at := map[rules.ID][]needs.Flow{}
	var order []rules.ID
	for _, spot := range p.Flow {
		id := flowRule(spot.Kind)
		if id == "" {
			continue
		}
		if at[id] == nil {
			order = append(order, id)
		}
		at[id] = append(at[id], spot)
	}
	for _, id := range order {
		f := c.finding(id)
		f.Message = c.rules[id].Title
		for _, spot := range at[id] {
			f.Locations = append(f.Locations, spot.At)
		}
		if first := at[id][0]; !c.leaky(first.At) {
			if first.Text != "" && first.Instead != "" && !strings.Contains(first.Text+first.Instead, "`") {
				f.Remedy = "write `" + first.Instead + "` instead of `" + first.Text + "`. " + f.Remedy
			}
		}
		f.Subject = h.subject
		c.add(f, h.words...)
	}
}

// flowRule is the rule that a kind of finding goes by.
func flowRule(kind needs.FlowKind) rules.ID {
	switch kind {
	case needs.OutOfBand:
		return rules.FlowOutOfBand
	case needs.AsksAgain:
		return rules.FlowNeverRefreshes
	case needs.IncludeGranted:
		return rules.FlowIncludedScopes
	case needs.ScopeString:
		return rules.FlowScopesAsText
	case needs.LoaderScopes:
		return rules.FlowLoaderScopes
	case needs.TokenMode:
		return rules.FlowTokenMode
	case needs.NoState:
		return rules.FlowWithoutState
	case needs.NoPKCE:
		return rules.FlowWithoutPKCE
	}
	return ""
}
