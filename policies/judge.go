package policies

import (
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// Verdict is what a policy says about one scope.
type Verdict struct {
	Judged  bool // the scope's API is one that the policy judges
	Allowed bool // listed, or covered by one listed scope, and not denied
	Denied  bool
	By      scopes.Scope    // the listed scope that decided, if one did
	Why     string          // the policy's own reason
	Note    *rules.Severity // see Entry.Note
}

// Judge says what the policy has to say about one normalised scope.
//
// A scope is allowed if it is listed, or if one listed scope covers it: who may
// read all mail may also read its labels. Several listed scopes never add up to
// a third. With AllowAny, every known scope within MaxPower is allowed too.
//
// A scope is denied if it is listed so, or if it covers a scope that is: full
// mail holds the power to send. Deny wins over allow.
//
// A scope that neither a list nor a known API connects to the policy is judged,
// and not allowed: what nobody knows is not harmless. MaxPower is another
// question than what is listed; ask PowerExceeds.
func (p *Policy) Judge(s scopes.Scope, cat *scopes.Catalogue) Verdict {
	info, known := cat.Info(s)
	v := Verdict{Judged: !known || p.judges(info)}
	if e, ok := find(p.Denied, s, func(denied scopes.Scope) bool { return cat.Covers(s, denied) }); ok {
		v.Judged, v.Denied, v.By, v.Why = true, true, e.Scope, e.Why
		return v
	}
	if e, ok := find(p.Allowed, s, func(allowed scopes.Scope) bool { return cat.Covers(allowed, s) }); ok {
		v.Judged, v.Allowed, v.By, v.Why, v.Note = true, true, e.Scope, e.Why, e.Note
		return v
	}
	if v.Judged && known && p.AllowAny && p.MaxPower != "" && !p.PowerExceeds(info) {
		v.Allowed, v.Why = true, fmt.Sprintf("the policy allows any scope whose greatest power is %s", p.MaxPower)
	}
	return v
}

// find gives the entry for the scope itself, else the first that fits.
func find(entries []Entry, s scopes.Scope, fits func(scopes.Scope) bool) (Entry, bool) {
	for _, e := range entries {
		if e.Scope == s {
			return e, true
		}
	}
	for _, e := range entries {
		if fits(e.Scope) {
			return e, true
		}
	}
	return Entry{}, false
}

func (p *Policy) judges(info scopes.Info) bool {
	return len(p.APIs) == 0 || overlap(info.APIs, p.APIs)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// PowerExceeds reports whether the scope can do more than the policy's greatest
// power.
func (p *Policy) PowerExceeds(info scopes.Info) bool {
	return p.MaxPower != "" && scopes.Greatest(info.Powers).Rank() > p.MaxPower.Rank()
}

// AllowsClient reports whether a token of this OAuth client may exist.
func (p *Policy) AllowsClient(id string) bool {
	return len(p.Clients) == 0 || slices.ContainsFunc(p.Clients, func(pattern string) bool {
		return MatchPattern(pattern, id)
	})
}

// AllowsAccount reports whether a token for this account, an e-mail address,
// may exist. Case does not count: Google's addresses have none.
func (p *Policy) AllowsAccount(email string) bool {
	return len(p.Accounts) == 0 || slices.ContainsFunc(p.Accounts, func(pattern string) bool {
		return MatchPattern(strings.ToLower(pattern), strings.ToLower(email))
	})
}
