package audit

import (
	"fmt"

	"scopeaudit/audit/rules"
	"scopeaudit/policies"
)

// exceptions reports those of the policy's exceptions that have expired or excuse
// nothing.
func (c *check) exceptions() {
	for i, e := range c.policy.Exceptions {
		at := rules.Location{Origin: rules.Policy, Path: e.File, Line: e.Line, Column: e.Column}
		switch {
		case e.Expired(c.evidence.Time):
			f := c.finding(rules.ExceptionExpired, at)
			f.Message = fmt.Sprintf("the exception for %s on %s was good until %s (owner %s: %s)", e.Rule, target(e), e.Until.Format("2006-01-02"), e.Owner, e.Reason)
			c.add(f, string(e.Rule), target(e))
		// Without a tree there is nothing that a path could match.
		case !c.excuses[i] && c.evidence.TreeExamined:
			f := c.finding(rules.ExceptionUnused, at)
			f.Message = fmt.Sprintf("the exception for %s on %s matches no finding", e.Rule, target(e))
			c.add(f, string(e.Rule), target(e))
		}
	}
}

// excused says whether an exception that still holds covers the place n of a
// finding.
func (c *check) excused(f Finding, n int) (Suppression, bool) {
	for i, e := range c.policy.Exceptions {
		if !e.Matches(f.Rule, f.Locations[n].Path, f.fingerprintAt(n)) {
			continue
		}
		c.excuses[i] = true
		if !e.Expired(c.evidence.Time) {
			return Suppression{
				By:       byPolicy,
				Reason:   e.Reason + " (" + e.Owner + ")",
				Location: rules.Location{Origin: rules.Policy, Path: e.File, Line: e.Line, Column: e.Column},
				Until:    e.Until,
			}, true
		}
	}
	return Suppression{}, false
}

func target(e policies.Exception) string {
	if e.Fingerprint != "" {
		return e.Fingerprint
	}
	return e.Path
}
