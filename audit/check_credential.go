package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/policies"
	"scopeaudit/tokeninfo"
)

// subject is one credential while it is being judged.
type subject struct {
	Held
	id      string
	claimed []scopes.Scope // normalised, sorted
	granted []scopes.Scope // only while live
	// held is what is judged: Google's answer where there is one, else the claim.
	held []scopes.Scope
}

// live reports whether Google has said what the token grants.
func (s subject) live() bool { return s.Grant != nil && s.Grant.Access == tokeninfo.Live }

// tested reports whether the server said what the refresh token is good for.
func (s subject) tested() bool {
	return s.Refresh != nil && (s.Refresh.State == RefreshLive || s.Refresh.State == RefreshDead)
}

// server is what to call the server in a sentence.
func (s subject) server() string { return cmp.Or(s.Server, "Google") }

// own is what the server said about the access token in the file, nil if it was not
// asked.
func (s subject) own() *tokeninfo.Grant {
	if s.Refresh != nil {
		return s.Refresh.Own
	}
	return s.Grant
}

// name is how messages call the credential: by its place.
func (s subject) name() string {
	if s.Credential.Label != "" {
		return fmt.Sprintf("%s (%s)", s.Location.Path, s.Credential.Label)
	}
	return s.Location.Path
}

// words names the credential in fingerprints, by what does not change.
func (s subject) words() []string { return []string{string(s.Credential.Kind), s.Credential.ClientID} }

// clientID is Google's answer where there is one, else what the file says.
func (s subject) clientID() string {
	if s.live() && s.Grant.ClientID != "" {
		return s.Grant.ClientID
	}
	return s.Credential.ClientID
}

// account likewise; empty if nobody says.
func (s subject) account() string {
	if s.live() && s.Grant.Account != "" {
		return s.Grant.Account
	}
	return s.Credential.Account
}

// credential judges one credential and gives it a row.
func (c *check) credential(id string, held Held) {
	s := subject{Held: held, id: id, claimed: c.normalise(held.Credential.Scopes)}
	s.held = s.claimed
	if s.live() {
		s.granted = c.normalise(s.Grant.Scopes)
		s.held = s.granted
	}
	c.rows = append(c.rows, c.row(s))
	c.scopes(s)
	c.claim(s)
	c.holder(s)
	c.redirects(s)
	c.tokens(s)
	c.probe(s)
	c.file(s)
}

// normalise makes a sorted set of scopes as files write them.
func (c *check) normalise(written []string) []scopes.Scope {
	var out []scopes.Scope
	for _, w := range written {
		if s, _ := c.cat.Normalise(w); s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// holder judges client and account against the policy's patterns.
func (c *check) holder(s subject) {
	if id := s.clientID(); id != "" && !c.policy.AllowsClient(id) {
		f := c.finding(rules.ClientNotAllowed, s.Location)
		f.Message = fmt.Sprintf("client %s is none that the policy allows", published(id, s.Credential.PublishedClient))
		f.Subject.Credential = s.id
		c.add(f, s.words()...)
	}
	if account := s.account(); account != "" && len(c.policy.Accounts) > 0 {
		message := ""
		switch {
		case !c.policy.AllowsAccount(account):
			message = fmt.Sprintf("account %s is none that the policy allows", account)
		case s.live() && s.Grant.Account != "" && !s.Grant.AccountVerified:
			message = fmt.Sprintf("the policy allows %s, and nobody has proved that this account owns the address", account)
		}
		if message != "" {
			f := c.finding(rules.AccountNotAllowed, s.Location)
			f.Message = message
			f.Subject.Credential = s.id
			c.add(f, append(s.words(), account)...)
		}
	}
	for _, e := range s.Credential.Endpoints {
		if !e.Foreign || s.Server != "" {
			continue // or on the server that the user named, or it would not have been asked
		}
		f := c.finding(rules.ForeignEndpoint, s.Location)
		f.Message = fmt.Sprintf("%s is %q, which is not Google's; nothing was sent there", e.Field, e.Value)
		f.Subject.Credential = s.id
		c.add(f, append(s.words(), e.Field, e.Value)...)
	}
}

// published adds the name of a well-known program to its client ID.
func published(id, program string) string {
	if program == "" {
		return id
	}
	return fmt.Sprintf("%s (%s, a published client)", id, program)
}

// tokens judges what the credential is made of: its refresh token, how long its
// access token lives, and what Google said.
func (c *check) tokens(s subject) {
	cred := s.Credential
	if cred.RefreshToken.Present() && c.policy.RefreshToken == policies.Forbidden {
		f := c.finding(rules.RefreshTokenPresent, s.Location)
		f.Message = "the policy allows no refresh token, and there is one"
		f.Subject.Credential = s.id
		c.add(f, s.words()...)
	}
	if left, ok := s.lifetime(c.evidence.Time); ok && c.policy.MaxLifetime > 0 && left > c.policy.MaxLifetime {
		f := c.finding(rules.LifetimeExcess, s.Location)
		f.Message = fmt.Sprintf("the access token lives for another %s, the policy allows %s", roundDuration(left), roundDuration(c.policy.MaxLifetime))
		f.Subject.Credential = s.id
		c.add(f, s.words()...)
	}
	if unknownPower(cred.Kind) {
		f := c.finding(rules.PowerUnknown, s.Location)
		f.Message = "what this credential may do is unknown from this file"
		if len(cred.CannotTell) > 0 {
			f.Message += ": " + cred.CannotTell[0]
		}
		f.Subject.Credential = s.id
		c.add(f, s.words()...)
	}
	own := s.own()
	if own == nil {
		return
	}
	// Where the refresh token was tested, nothing that matters is left out.
	tested := s.tested()
	if tested && s.Refresh.State == RefreshDead && own.Access != tokeninfo.Live && own.Access != tokeninfo.Unknown {
		f := c.finding(rules.TokenNotValid, s.Location)
		f.Message = s.server() + " accepts the refresh token no more (" + s.Refresh.Code + "), and there is no access token that it accepts"
		f.Subject.Credential = s.id
		c.add(f, s.words()...)
		return
	}
	// An Unknown is no finding but a gap in the run: Coverage has it.
	switch own.Access {
	case tokeninfo.NotValid:
		if tested {
			return
		}
		if cred.RefreshToken.Present() {
			c.notTested(s, "the access token is not valid now, and the refresh token beside it was not tested")
			return
		}
		f := c.finding(rules.TokenNotValid, s.Location)
		f.Message = s.server() + " does not accept the access token now: expired, revoked or never valid"
		f.Subject.Credential = s.id
		c.add(f, s.words()...)
	case tokeninfo.NoToken:
		if cred.RefreshToken.Present() && !tested {
			c.notTested(s, "there is no access token to ask about, and the refresh token was not tested")
		}
	}
}

func (c *check) notTested(s subject, why string) {
	f := c.finding(rules.TokenNotTested, s.Location)
	f.Message = "the part that matters was not tested: " + why
	f.Subject.Credential = s.id
	c.add(f, s.words()...)
}

// lifetime is how long the access token still lives, as Google or else the file
// says.
func (s subject) lifetime(now time.Time) (time.Duration, bool) {
	if own := s.own(); own != nil && own.Access == tokeninfo.Live && own.ExpiresIn > 0 {
		return own.ExpiresIn, true
	}
	if s.Credential.Expiry.IsZero() || !s.Credential.AccessToken.Present() {
		return 0, false
	}
	left := s.Credential.Expiry.Sub(now)
	return left, left > 0
}

// unknownPower lists the kinds whose power something outside the file decides.
func unknownPower(k tokeninfo.Kind) bool {
	switch k {
	case tokeninfo.ServiceAccount, tokeninfo.GAMService, tokeninfo.ExternalAccount,
		tokeninfo.ImpersonatedAccount, tokeninfo.GDCHAccount:
		return true
	}
	return false
}

// roundDuration writes a duration as people say it: 59m, 2h, 7 days.
func roundDuration(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", int(d/day))
	case d >= time.Hour:
		text := d.Round(time.Minute).String()
		return strings.TrimSuffix(strings.TrimSuffix(text, "0s"), "0m")
	default:
		return d.Round(time.Second).String()
	}
}
