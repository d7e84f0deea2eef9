package audit

import (
	"cmp"
	"fmt"
	"slices"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/policies"
	"scopeaudit/tokeninfo"
)

// row describes a credential, with all that is known about each of its scopes.
func (c *check) row(s subject) CredentialRow {
	cred := s.Credential
	row := CredentialRow{
		ID: s.id, Location: s.Location, Kind: cred.Kind, Label: cred.Label,
		ClientID: s.clientID(), PublishedClient: cred.PublishedClient, Server: s.Server, Account: s.account(),
		RefreshToken: cred.RefreshToken.Present(), Refresh: RefreshNone,
		Access: tokeninfo.NoToken, ExpiresAt: cred.Expiry, Claim: cred.Claim,
		Warnings: cred.Warnings, Client: clientRow(cred), Probe: c.probeRow(s),
	}
	if row.RefreshToken {
		row.Refresh = RefreshNotAsked
	}
	if s.Refresh != nil {
		row.Refresh = s.Refresh.State
	}
	own := s.own()
	row.CannotTell = cred.Untold(s.live(), own != nil && own.ExpiresIn > 0, s.tested())
	if !cred.Expiry.IsZero() {
		row.Left = cred.Expiry.Sub(c.evidence.Time)
	}
	switch {
	case own != nil:
		row.Access, row.AccessReason = own.Access, own.Reason
		if own.Access == tokeninfo.Live && own.ExpiresIn > 0 {
			row.ExpiresAt = own.Asked.Add(own.ExpiresIn)
			row.Left = own.ExpiresIn
		}
	case cred.AccessToken.Present():
		row.Access = tokeninfo.NotAsked
	}
	mine := c.belongs(s.id, s.Location)
	for _, scope := range union(s.claimed, s.granted) {
		info, _ := c.cat.Info(scope)
		r := CredentialScope{
			Scope: scope, Short: c.short(scope), Powers: info.Powers, Tier: info.Tier,
			Claimed: slices.Contains(s.claimed, scope),
		}
		if s.Server == "" {
			r.Allowed = c.allowed(scope)
		}
		if s.live() {
			r.Granted = yes(slices.Contains(s.granted, scope))
		}
		var answers []*bool
		for _, i := range mine {
			answers = append(answers, needed(c.programs[i].Needs, scope))
		}
		r.Needed = join(answers)
		row.Scopes = append(row.Scopes, r)
	}
	slices.SortStableFunc(row.Scopes, func(a, b CredentialScope) int { return comparePower(a.Powers, b.Powers) })
	return row
}

// table is the index over all credentials, with the scopes that the policy
// allows beside those that are held: no verdict is drawn from it.
func (c *check) table() []ScopeRow {
	judged := func(row CredentialRow) bool { return row.Client == nil && row.Server == "" }
	if len(c.programs) == 0 && !slices.ContainsFunc(c.rows, judged) {
		return nil // nothing to compare with what is allowed: a client holds no scope
	}
	rows := make(map[scopes.Scope]*ScopeRow)
	get := func(s scopes.Scope) *ScopeRow {
		if rows[s] == nil {
			row := c.scopeRow(s)
			rows[s] = &row
		}
		return rows[s]
	}
	requested, asked := false, false
	for _, cred := range c.rows {
		if cred.Server != "" {
			continue
		}
		requested = requested || cred.Claim != tokeninfo.ClaimNone && cred.Claim != ""
		for _, s := range cred.Scopes {
			row := get(s.Scope)
			if s.Claimed {
				row.Requested = yes(true)
			}
			if s.Granted != nil {
				asked = true
				row.Granted = yes(*s.Granted || row.Granted != nil && *row.Granted)
			}
		}
	}
	for _, p := range c.programs {
		requested = requested || len(p.Needs.Asked) > 0
		for _, s := range askedBy(p.Needs) {
			get(s).Requested = yes(true)
		}
		if len(p.Needs.Least) > 0 {
			for _, s := range p.Needs.Least[0] {
				get(s)
			}
		}
	}
	for _, e := range c.policy.Allowed {
		if e.Note == nil && !implicit(e) {
			get(e.Scope)
		}
	}
	out := make([]ScopeRow, 0, len(rows))
	for _, row := range rows {
		if requested && row.Requested == nil {
			row.Requested = yes(false)
		}
		if asked && row.Granted == nil {
			row.Granted = yes(false)
		}
		var answers []*bool
		for _, p := range c.programs {
			answers = append(answers, needed(p.Needs, row.Scope))
		}
		row.Needed = join(answers)
		out = append(out, *row)
	}
	slices.SortFunc(out, compareRows)
	return out
}

// scopeRow is a row with what the catalogue and the policy say about a scope.
func (c *check) scopeRow(s scopes.Scope) ScopeRow {
	info, _ := c.cat.Info(s)
	return ScopeRow{Scope: s, Short: c.short(s), Powers: info.Powers, Tier: info.Tier, Allowed: c.allowed(s)}
}

func compareRows(a, b ScopeRow) int {
	return cmp.Or(cmp.Compare(verdictOrder(a.Allowed), verdictOrder(b.Allowed)), comparePower(a.Powers, b.Powers), cmp.Compare(a.Scope, b.Scope))
}

// verdictOrder puts what is not allowed first, since that is what a reader looks
// for, and what nobody judges last.
func verdictOrder(allowed *bool) int {
	switch {
	case allowed == nil:
		return 2
	case *allowed:
		return 1
	}
	return 0
}

// implicit entries go without saying: Google adds openid on its own.
func implicit(e policies.Entry) bool { return e.Scope == "openid" }

// allowed is the policy's word on a scope, nil where it does not judge.
func (c *check) allowed(s scopes.Scope) *bool {
	v := c.policy.Judge(s, c.cat)
	if !v.Judged {
		return nil
	}
	info, _ := c.cat.Info(s)
	return yes(v.Allowed && !v.Denied && !c.policy.PowerExceeds(info))
}

// comparePower puts what can do most first.
func comparePower(a, b []scopes.Power) int {
	return cmp.Compare(scopes.Greatest(b).Rank(), scopes.Greatest(a).Rank())
}

func union(a, b []scopes.Scope) []scopes.Scope {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func yes(b bool) *bool { return &b }

// notes are the sentences that a reader needs to judge the report itself.
func (c *check) notes() []string {
	notes := slices.Clone(c.evidence.Notes)
	if c.policy.Source == policies.SourceDefault && len(c.evidence.Credentials)+len(c.programs) > 0 {
		notes = append(notes, fmt.Sprintf("policy %s applied because none was named; choose with --policy NAME|FILE, see `scopeaudit policy list`", c.policy.Name))
	}
	claims, asked, modeless := false, false, false
	for _, held := range c.evidence.Credentials {
		if held.Server != "" {
			notes = append(notes, fmt.Sprintf("policies are about Google's scopes: those of %s were not judged", held.Server))
		}
		modeless = modeless || held.Location.Origin == rules.Tree && !held.State.ModeKnown
		claims = claims || held.Server == "" && held.Grant == nil && len(held.Credential.Scopes) > 0
		asked = asked || held.Server == "" && held.Grant != nil && held.Grant.Access != tokeninfo.NoToken
	}
	if modeless && c.policy.FileMode != 0 {
		notes = append(notes, "who else can read the credential files was not checked: this system gives no permission bits")
	}
	if claims {
		notes = append(notes, "requested scopes are what files claim; only Google knows what was granted: `scopeaudit token FILE` asks")
	}
	if asked {
		notes = append(notes,
			"no token tells who else holds a copy of it, what other grants the account gave, or what domain-wide delegation adds; "+
				"a user sees grants at "+connectionsPage+", an administrator under Security, API controls and in the OAuth log events of the Admin console")
	}
	return notes
}
