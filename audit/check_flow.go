package audit

import (
	"regexp"
	"slices"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
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
			if with := instead(p, first); with != "" {
				f.Remedy = "write `" + with + "` instead of `" + first.Text + "`. " + f.Remedy
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

// instead is what to write in place of what was found; empty where that cannot be
// told from it alone.
func instead(p needs.Program, f needs.Flow) string {
	text := f.Text
	if text == "" || strings.HasSuffix(text, "…") || strings.Contains(text, "`") {
		return ""
	}
	with := text
	switch f.Kind {
	case needs.ScopeString:
		with = asList(p, f)
	case needs.OutOfBand:
		if before, _, found := strings.Cut(text, "run_console("); found {
			with = before + "run_local_server(port=0)"
		}
	case needs.NoPKCE:
		with = strings.Replace(text, "autogenerate_code_verifier=False", "autogenerate_code_verifier=True", 1)
	case needs.IncludeGranted:
		with = regexp.MustCompile(`(include_granted_scopes['"]?\s*[=:]\s*['"]?)([tT])rue`).ReplaceAllStringFunc(text, func(m string) string {
			return strings.NewReplacer("true", "false", "True", "False").Replace(m)
		})
	case needs.LoaderScopes:
		if end := strings.LastIndex(text, ","); end > 0 && slices.Equal([]int{strings.Count(text, "("), strings.Count(text, ",")}, []int{1, 1}) {
			with = text[:end] + ")"
		}
	}
	if with == text {
		return ""
	}
	return with
}

// asList is a text of scopes as the list that is meant: it is taken apart where
// it holds several.
func asList(p needs.Program, f needs.Flow) string {
	for _, r := range p.Requests {
		if r.Use.Path != f.At.Path || r.Use.Line > f.At.Line || f.At.Line > r.Use.EndLine || len(scopes.Split(r.Text)) < 2 {
			continue
		}
		if strings.Contains(r.Text, ",") {
			return f.Text + ".split(',')"
		}
		return f.Text + ".split()"
	}
	return "[" + f.Text + "]"
}
