package audit

import (
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
)

// gmailMetadata takes searching away even beside a scope that permits it.
const gmailMetadata scopes.Scope = "https://www.googleapis.com/auth/gmail.metadata"

// probe compares what a token opened with what its scopes permit.
func (c *check) probe(s subject) {
	if s.Probe == nil || !s.live() {
		return
	}
	for _, call := range s.Probe.Calls {
		permitted := c.opens(s.granted, call)
		if call.Outcome == tokeninfo.NotProven || permitted == (call.Outcome == tokeninfo.Opened) {
			continue
		}
		f := c.finding(rules.ProbeDiffers, s.Location)
		f.Message = fmt.Sprintf("Gmail opened %s, which none of the granted scopes permits", callName(call))
		if permitted {
			f.Message = fmt.Sprintf("Gmail refused %s, which the granted scopes permit", callName(call))
		}
		f.Subject = Subject{Credential: s.id, Method: call.Method}
		c.add(f, append(s.words(), callName(call))...)
	}
}

// callName is how messages call a call.
func callName(call tokeninfo.ProbedCall) string {
	if call.Search {
		return call.Method + " with a search"
	}
	return call.Method
}

// opens says whether a token with these scopes may make the call.
func (c *check) opens(held []scopes.Scope, call tokeninfo.ProbedCall) bool {
	if call.Search && slices.Contains(held, gmailMetadata) {
		return false
	}
	permitting := c.cat.Permitting(call.Method)
	return slices.ContainsFunc(held, func(s scopes.Scope) bool { return slices.Contains(permitting, s) })
}

// probeRow says what was tried and what follows from it alone.
func (c *check) probeRow(s subject) *ProbeRow {
	if s.Probe == nil {
		return nil
	}
	row := &ProbeRow{Probe: *s.Probe}
	if slices.ContainsFunc(s.Probe.Calls, func(call tokeninfo.ProbedCall) bool { return call.Outcome == tokeninfo.NotProven }) {
		row.Follows = append(row.Follows, "not every call was answered, so little follows")
	} else {
		row.Follows = c.follows(s.Probe.Calls)
	}
	row.Follows = append(row.Follows, "whether it may send, change or delete was not tried and follows from the granted scopes alone")
	return row
}

// follows says what answers to all calls of a probe mean, whatever tokeninfo
// says: which scopes would have opened just these.
func (c *check) follows(calls []tokeninfo.ProbedCall) []string {
	opened, search, refusedSearch := 0, false, false
	for _, call := range calls {
		if call.Outcome == tokeninfo.Opened {
			opened++
			search = search || call.Search
		}
		refusedSearch = refusedSearch || call.Search && call.Outcome == tokeninfo.Refused
	}
	listed := slices.ContainsFunc(calls, func(call tokeninfo.ProbedCall) bool {
		return call.Method == "gmail.users.messages.list" && !call.Search && call.Outcome == tokeninfo.Opened
	})
	alone := c.alone(calls)
	switch {
	case opened == 0:
		return []string{"it reads nothing of Gmail; what it could write, if anything, does not show here"}
	case listed && refusedSearch:
		return []string{"gmail.metadata is held, alone or beside a wider scope: messages are listed, and searching is refused only because of it"}
	case len(alone) == 0:
		return []string{"no single scope of Gmail opens just these: several are held"}
	}
	text := "it reads"
	if search {
		text += " and searches mail"
	} else {
		text += " no mail"
	}
	return []string{text + "; alone, each of these would open the same, so success names no single scope: " + strings.Join(alone, ", ")}
}

// alone lists Gmail's scopes of which each by itself would have had the same
// answers.
func (c *check) alone(calls []tokeninfo.ProbedCall) []string {
	var names []string
	for _, s := range c.cat.All() {
		info, _ := c.cat.Info(s)
		if !slices.Contains(info.APIs, "gmail") {
			continue
		}
		same := !slices.ContainsFunc(calls, func(call tokeninfo.ProbedCall) bool {
			return c.opens([]scopes.Scope{s}, call) != (call.Outcome == tokeninfo.Opened)
		})
		if same {
			names = append(names, c.short(s))
		}
	}
	return names
}
