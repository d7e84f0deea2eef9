package audit

import (
	"fmt"

	"scopeaudit/audit/rules"
	"scopeaudit/policies"
)

// exceptions silences what the policy excuses, and reports those exceptions that
// have expired or excuse nothing. It returns how many findings it silenced.
func (c *check) exceptions() int {
	suppressed := 0
	used := make([]bool, len(c.policy.Exceptions))
	for i := range c.findings {
		if c.excuse(&c.findings[i], used) {
			suppressed++
		}
	}
	for i, e := range c.policy.Exceptions {
		at := rules.Location{Origin: rules.Policy, Path: e.File, Line: e.Line, Column: e.Column}
		switch {
		case e.Expired(c.evidence.Time):
			f := c.finding(rules.ExceptionExpired, at)
			f.Message = fmt.Sprintf("the exception for %s on %s was good until %s (owner %s: %s)", e.Rule, target(e), e.Until.Format("2006-01-02"), e.Owner, e.Reason)
			c.add(f, string(e.Rule), target(e))
		// Without a tree there is nothing that a path could match.
		case !used[i] && c.evidence.TreeExamined:
			f := c.finding(rules.ExceptionUnused, at)
			f.Message = fmt.Sprintf("the exception for %s on %s matches no finding", e.Rule, target(e))
			c.add(f, string(e.Rule), target(e))
		}
	}
	return suppressed
}

// excuse suppresses a finding if exceptions that still hold cover every place it
// is at: a new place of an old secret is news.
func (c *check) excuse(f *Finding, used []bool) bool {
	if len(f.Locations) == 0 {
		return false
	}
	var by policies.Exception
	for _, at := range f.Locations {
		match := -1
		for i, e := range c.policy.Exceptions {
			if e.Matches(f.Rule, at.Path, f.Fingerprint) {
				used[i] = true
				if !e.Expired(c.evidence.Time) {
					match = i
					break
				}
			}
		}
		if match < 0 {
			return false
		}
		by = c.policy.Exceptions[match]
	}
	f.Suppressed = &Suppression{
		By:       "policy",
		Reason:   by.Reason + " (" + by.Owner + ")",
		Location: rules.Location{Origin: rules.Policy, Path: by.File, Line: by.Line, Column: by.Column},
		Until:    by.Until,
	}
	return true
}

func target(e policies.Exception) string {
	if e.Fingerprint != "" {
		return e.Fingerprint
	}
	return e.Path
}
