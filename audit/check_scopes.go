package audit

import (
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
)

// holder is whoever holds scopes, or asks for them: a credential or a program.
type holder struct {
	verb    string // "the file claims"
	at      func(scopes.Scope) []rules.Location
	subject Subject
	words   []string // that name it in fingerprints
	// remedy is the act that mends a scope which should not be there.
	remedy func(scopes.Info) string
	// drop is the act that does without a scope; nil: the rule has it.
	drop func(scopes.Scope) string
}

// scopes judges each scope that a credential holds, or claims to hold.
func (c *check) scopes(s subject) {
	if s.Server != "" {
		return
	}
	h := holder{
		verb: s.verb(), subject: Subject{Credential: s.id}, words: s.words(), remedy: c.narrower,
		at: func(scopes.Scope) []rules.Location { return []rules.Location{s.Location} },
	}
	for _, scope := range s.held {
		c.scope(h, scope)
	}
	c.conflicts(h, c.cat.Conflicts(s.held))
	c.required(s)
}

// conflicts lists the pairs of scopes that spoil each other.
func (c *check) conflicts(h holder, all []scopes.Conflict) {
	for _, conflict := range all {
		f := c.finding(rules.ScopeConflict, h.at(conflict.Scope)...)
		f.Message = fmt.Sprintf("%s beside %s: %s", c.short(conflict.Scope), c.short(conflict.With), conflict.Why)
		if h.drop != nil {
			f.Remedy = h.drop(conflict.Scope)
		}
		f.Subject = h.subject
		f.Subject.Scope = conflict.Scope
		c.add(f, append(h.words, string(conflict.Scope), string(conflict.With))...)
	}
}

// scope judges one scope.
func (c *check) scope(h holder, scope scopes.Scope) {
	info, known := c.cat.Info(scope)
	verdict := c.policy.Judge(scope, c.cat)
	id, message := rules.ID(""), ""
	switch {
	case verdict.Denied:
		id = rules.ScopeDenied
		message = fmt.Sprintf("%s %s, which the policy denies%s", h.verb, c.describe(info), because(verdict.Why))
		if verdict.By != "" && verdict.By != scope {
			message = fmt.Sprintf("%s %s, which covers %s, and the policy denies that%s", h.verb, c.describe(info), c.short(verdict.By), because(verdict.Why))
		}
	case !known && !verdict.Allowed:
		id = rules.ScopeUnknown
		message = fmt.Sprintf("%s %q, which no Google API documents", h.verb, string(scope))
		if meant, ok := c.cat.Suggest(string(scope)); ok {
			message += fmt.Sprintf("; did you mean %s?", c.short(meant))
		}
	case !verdict.Judged:
		id = rules.ScopeNotJudged
		message = fmt.Sprintf("%s %s, which the default policy %s does not judge", h.verb, c.describe(info), c.policy.Name)
	case c.policy.PowerExceeds(info) && (verdict.Allowed || c.policy.AllowAny):
		id = rules.PowerExcess
		message = fmt.Sprintf("%s %s, and the policy's greatest power is %s", h.verb, c.describe(info), c.policy.MaxPower)
	case !verdict.Allowed:
		id = rules.ScopeExcess
		message = fmt.Sprintf("%s %s, which the policy does not allow", h.verb, c.describe(info))
	case verdict.Note != nil:
		id = rules.ScopeNoted
		message = fmt.Sprintf("%s %s: allowed%s", h.verb, c.describe(info), because(verdict.Why))
	default:
		return
	}
	f := c.finding(id, h.at(scope)...)
	f.Message = message
	f.Subject = h.subject
	f.Subject.Scope = scope
	switch id {
	case rules.ScopeExcess:
		f.Severity = excessSeverity(info.Powers)
		f.Remedy = h.remedy(info)
	case rules.ScopeNoted:
		f.Severity = *verdict.Note
	}
	c.add(f, append(h.words, string(scope))...)
}

// verb is the honest word for how we know: Google's answer or the file's claim.
func (s subject) verb() string {
	switch {
	case s.live():
		return "the token holds"
	case s.Credential.Claim == tokeninfo.ClaimDelegation:
		return "the file plans to use, by delegation,"
	default:
		return "the file claims"
	}
}

// describe is a scope with what it lets its holder do.
func (c *check) describe(info scopes.Info) string {
	return fmt.Sprintf("%s (%s)", c.short(info.Scope), joinPowers(info.Powers))
}

func joinPowers(powers []scopes.Power) string {
	words := make([]string, len(powers))
	for i, p := range powers {
		words[i] = string(p)
	}
	return strings.Join(words, ", ")
}

// short is the name of a scope as people write it.
func (c *check) short(s scopes.Scope) string {
	if info, ok := c.cat.Info(s); ok && info.Short != "" {
		return info.Short
	}
	return string(s)
}

func because(why string) string {
	if why = strings.TrimSuffix(strings.TrimSpace(why), "."); why == "" {
		return ""
	}
	return " (" + why + ")"
}

// excessSeverity grades a scope that should not be there by what it lets its
// holder do.
func excessSeverity(powers []scopes.Power) rules.Severity {
	switch greatest := scopes.Greatest(powers); {
	case greatest.Rank() > scopes.Read.Rank():
		return rules.High
	case greatest == scopes.Read:
		return rules.Medium
	default:
		return rules.Low
	}
}

// narrower says which allowed scope to ask for instead of one that is not: those
// of the same API that it covers, or else all that the policy allows there.
func (c *check) narrower(info scopes.Info) string {
	var covered []string
	for _, entry := range c.policy.Allowed {
		if entry.Note != nil || entry.Scope == "openid" || entry.Scope == info.Scope {
			continue
		}
		if c.cat.Covers(info.Scope, entry.Scope) {
			covered = append(covered, c.short(entry.Scope))
		}
	}
	const again = "remove the old grant at " + connectionsPage + " and sign in again; a token keeps the scopes it was made with"
	if len(covered) == 0 {
		return fmt.Sprintf("take %s out of the scopes the program asks for, %s", c.short(info.Scope), again)
	}
	return fmt.Sprintf("ask for %s instead of %s, %s", strings.Join(covered, " or "), c.short(info.Scope), again)
}

// required looks for what the policy demands and the credential lacks. A file
// that claims nothing is not judged: it may hold anything.
func (c *check) required(s subject) {
	if !s.live() && (s.Credential.Claim == tokeninfo.ClaimNone || s.Credential.Claim == "") {
		return
	}
	for _, entry := range c.policy.Required {
		if slices.ContainsFunc(s.held, func(have scopes.Scope) bool { return c.cat.Covers(have, entry.Scope) }) {
			continue
		}
		f := c.finding(rules.ScopeRequired, s.Location)
		f.Message = fmt.Sprintf("the policy requires %s, and %s nothing that covers it%s", c.short(entry.Scope), s.verb(), because(entry.Why))
		f.Subject = Subject{Scope: entry.Scope, Credential: s.id}
		c.add(f, append(s.words(), string(entry.Scope))...)
	}
}

// claim compares what the file says with what the server says.
func (c *check) claim(s subject) {
	if !s.live() {
		return
	}
	var differences []string
	if s.Credential.Claim == tokeninfo.ClaimRequested || s.Credential.Claim == tokeninfo.ClaimGranted {
		if extra := c.minus(s.granted, s.claimed); len(extra) > 0 {
			differences = append(differences, s.server()+" granted "+strings.Join(extra, ", ")+", which the file does not mention")
		}
		if missing := c.minus(s.claimed, s.granted); len(missing) > 0 {
			differences = append(differences, "the file claims "+strings.Join(missing, ", ")+", which "+s.server()+" did not grant")
		}
	}
	if file, server := s.Credential.ClientID, s.Grant.ClientID; file != "" && server != "" && file != server {
		differences = append(differences, fmt.Sprintf("the file names client %s, the token belongs to %s", file, server))
	}
	if len(differences) == 0 {
		return
	}
	f := c.finding(rules.ClaimDiffers, s.Location)
	f.Message = strings.Join(differences, "; ")
	f.Subject.Credential = s.id
	c.add(f, s.words()...)
}

// minus is what a holds and b does not, by short name. Google adds openid on its
// own, so it is no difference.
func (c *check) minus(a, b []scopes.Scope) []string {
	var out []string
	for _, s := range a {
		if s != "openid" && !slices.Contains(b, s) {
			out = append(out, c.short(s))
		}
	}
	return out
}
