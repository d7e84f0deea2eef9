package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/google"
	"scopeaudit/tokeninfo/login"
	"scopeaudit/tokeninfo/store"
)

// early is how long before its end google-auth holds an access token for ended.
const early = 225 * time.Second

// heldToken is what lies where the token is to be kept.
type heldToken struct {
	data       []byte
	credential tokeninfo.Credential
	// worthless says that nothing is lost with it: it is empty, or its tokens
	// are known to be dead.
	worthless bool
	// clientless says that the file names no client: that its tokens are this
	// client's is taken on trust.
	clientless bool
}

// held reads what is there, nil for nothing. What is not of the same client,
// account and kind is not touched without --replace; links, folders and devices
// are not touched at all.
func (s *signIn) held() (*heldToken, error) {
	if info, err := os.Lstat(s.path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err == nil && !info.Mode().IsRegular() {
		return nil, s.writable(true)
	}
	data, info, err := store.ReadFile(s.path, store.MaxCredential)
	if err != nil {
		return nil, inputFailure(err)
	}
	if info.State.ModeKnown && info.State.Mode&0o077 != 0 {
		s.remark("%q can be read by others (%04o); what is written there will be 0600", s.path, info.State.Mode)
	}
	h := &heldToken{data: data}
	if len(bytes.TrimSpace(data)) == 0 {
		h.worthless = true
		return h, nil
	}
	found, err := credfile.Identify(data)
	other := func(what string) (*heldToken, error) {
		if s.replace {
			return h, nil
		}
		return nil, &failure{exitFindings, fmt.Sprintf("%q holds %s, which is not overwritten", s.path, what),
			"choose another file with --output, or say --replace"}
	}
	switch {
	case err != nil:
		return other("no credential that we know")
	case len(found) != 1:
		return other(fmt.Sprintf("%d credentials", len(found)))
	}
	h.credential = found[0]
	name, _ := h.credential.Kind.Describe()
	if same := s.sameKind(h.credential.Kind); !same {
		return other(name)
	}
	if id := h.credential.ClientID; id != "" && id != s.client.ClientID {
		return other("a token of another client")
	}
	if account := h.credential.Account; account != "" && s.hint != "" && !strings.EqualFold(account, s.hint) {
		return other("another account's token")
	}
	if h.credential.ClientID == "" { // Go's files name no client
		h.clientless = true
		h.credential.ClientID, h.credential.ClientSecret = s.client.ClientID, s.client.ClientSecret
	}
	if err := s.provider.Identify(h.credential); err != nil && !s.replace {
		return nil, &failure{exitFindings, fmt.Sprintf("%q: %v", s.path, err), "choose another file with --output, or say --replace"}
	}
	return h, nil
}

// sameKind takes over the kind of the file where --as does not say another.
func (s *signIn) sameKind(kind tokeninfo.Kind) bool {
	if kind == tokeninfo.NodeUser && s.as == "adc" {
		kind = tokeninfo.ADCUser // without an account the two look alike
	}
	if s.as == "" && slices.Contains(credfile.Writable(), kind) && !(s.ephemeral && refreshOnly(kind)) {
		s.kind = kind
	}
	return kind == s.kind
}

// refreshOnly reports whether files of a kind hold no access token.
func refreshOnly(kind tokeninfo.Kind) bool {
	return kind == tokeninfo.NodeUser || kind == tokeninfo.ADCUser
}

// climb tries what is there, in order: to use it, to renew it. It reports
// whether that is enough; else a consent is needed and what is there may be
// overwritten.
func (s *signIn) climb(ctx context.Context, h *heldToken) (done bool, err error) {
	if h == nil || h.worthless || s.replace {
		return false, nil
	}
	if s.revokeFirst {
		if err := s.writable(true); err != nil {
			return false, err
		}
		return false, s.revokeHeld(ctx, h)
	}
	c := h.credential
	if s.ephemeral && c.RefreshToken.Present() {
		return false, &failure{exitFindings, fmt.Sprintf("%q holds a refresh token, and --ephemeral keeps none", s.path),
			"choose another file with --output; --revoke-first ends what is there, --replace overwrites it and leaves it alive"}
	}
	if wide := s.excess(c.Scopes); len(wide) > 0 {
		return false, s.tooWide("claims", wide)
	}
	if c.AccessToken.Present() && (c.Expiry.IsZero() || time.Until(c.Expiry) > early) {
		grant, err := s.provider.Lookup(ctx, c.AccessToken)
		if err == nil && grant.Mute {
			return s.unasked(ctx, h, grant)
		}
		if err := s.sound(ctx, grant, err); err != nil {
			return false, err
		}
		if grant.Access == tokeninfo.Live {
			s.good(h, grant, "is valid and was left as it is")
			return true, nil
		}
	}
	if !c.RefreshToken.Present() {
		h.worthless = true
		s.remark("the access token in %q has ended, and there is no refresh token: a new consent is needed", s.path)
		return false, nil
	}
	return s.renew(ctx, h)
}

// sound says why what the server tells of an access token rules its use out; nil
// too for one that is dead.
func (s *signIn) sound(ctx context.Context, g tokeninfo.Grant, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return unfinished(hintOf(err), "%q: %v", s.path, err)
	case g.Access == tokeninfo.Unknown:
		return unfinished("nothing was asked for; try again later", "what %s says about the token in %q is unknown: %s", s.provider.Name(), s.path, g.Reason)
	case g.Access != tokeninfo.Live:
		return nil
	}
	return s.fits(g)
}

// fits says why a token with this grant will not do.
func (s *signIn) fits(g tokeninfo.Grant) error {
	other := func(whose string) error {
		return &failure{exitFindings, fmt.Sprintf("%q holds %s, which is not overwritten", s.path, whose), "choose another file with --output, or say --replace"}
	}
	if wide := s.excess(g.Scopes); len(wide) > 0 {
		return s.tooWide("was granted", wide)
	}
	if g.ClientID != "" && g.ClientID != s.client.ClientID {
		return other("a token of another client")
	}
	if g.Account != "" && (s.hint != "" && !strings.EqualFold(g.Account, s.hint) || !s.policy.AllowsAccount(g.Account)) {
		return other("another account's token")
	}
	if lacks := login.Compare(s.catalogue, texts(s.asked), g.Scopes).Missing; g.Scopes != nil && s.tooLittle(lacks) {
		return &failure{exitFindings, fmt.Sprintf("the token in %q lacks %s, and a token keeps the scopes it was made with", s.path, some(short(lacks))),
			"--output with another file asks for a second token; --replace overwrites this one and leaves it alive, --revoke-first ends it"}
	}
	return nil
}

// tooLittle reports whether a token that lacks some of what is asked for will not
// do.
func (s *signIn) tooLittle(lacks []scopes.Scope) bool {
	return len(lacks) > 0 && (!s.allowPartial || len(lacks) == len(s.asked))
}

// good says that what is there will do.
func (s *signIn) good(h *heldToken, g tokeninfo.Grant, verdict string) {
	fmt.Fprintln(s.env.stdout, printable(fmt.Sprintf("%q %s", s.path, verdict)))
	var expiry time.Time
	if g.ExpiresIn > 0 {
		expiry = time.Now().Add(g.ExpiresIn)
	}
	s.describe(g.Scopes, g.Account, expiry, h.credential.RefreshToken.Present())
	for _, odd := range h.credential.Warnings {
		s.remark("in %q: %s", s.path, odd)
	}
	s.mindGit()
}

func texts[T ~string](list []T) []string {
	var out []string
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

// tooWide is the end of the ladder for a token that the policy does not allow.
func (s *signIn) tooWide(how string, wide []string) error {
	return &failure{exitFindings, fmt.Sprintf("the token in %q %s %s, which the policy %s does not allow", s.path, how, some(wide), s.policy.Name),
		"--revoke-first ends it and asks for a new one; --output with another file leaves it as it is"}
}

// renew refreshes. What the server gives in the old refresh token's place is
// written before anything else happens.
func (s *signIn) renew(ctx context.Context, h *heldToken) (bool, error) {
	c := h.credential
	if err := s.writable(true); err != nil {
		return false, err
	}
	if s.provider.Rotates() {
		if err := rotatable(s.path, h.data, c); err != nil {
			return false, inputFailure(err)
		}
	}
	before := h.data
	token, err := refreshed(ctx, s.provider, c)
	if token.Refresh.Present() {
		var lost error
		if h.data, lost = keepRotated(s.path, h.data, c, token.Refresh); lost != nil {
			return false, lost
		}
		h.credential.RefreshToken = token.Refresh
	}
	var refusal *tokeninfo.Refusal
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case errors.As(err, &refusal) && refusal.Code == "invalid_grant":
		s.explainDead(refusal)
		if h.clientless {
			// The same is said of a good one that was made for another client (RFC
			// 6749, section 5.2).
			return false, &failure{exitFindings, fmt.Sprintf("%q may hold a token of another client, for it does not say whose: it is not overwritten", s.path), "choose another file with --output, or say --replace"}
		}
		h.worthless = true
		return false, nil
	case err != nil:
		hint := hintOf(err)
		if refusal != nil {
			hint = fmt.Sprintf("`scopeaudit explain %s` says what it means; nothing was changed", refusal.Code)
		}
		return false, unfinished(hint, "the token in %q could not be renewed: %v", s.path, err)
	}
	grant, err := s.provider.Lookup(ctx, token.Access)
	if err == nil && grant.Access == tokeninfo.NotValid {
		grant = tokeninfo.Grant{Access: tokeninfo.Unknown, Reason: "the token that was just made is called invalid"}
	}
	if err == nil && grant.Mute {
		grant = s.unconfirmed(grant, c, token.Scopes)
		grant.ExpiresIn = token.Lifetime
	}
	// Nothing of a token that is too wide goes into the file.
	if err := s.sound(ctx, grant, err); err != nil {
		return false, err
	}
	token.Scopes = nil
	if d := login.Compare(s.catalogue, c.Scopes, grant.Scopes); len(c.Scopes) > 0 && len(d.Missing)+len(d.Extra) > 0 {
		token.Scopes = texts(d.Granted) // the file claims something else
	}
	if h.data, err = keepRenewed(s.path, h.data, c, token); err != nil {
		return false, inputFailure(err)
	}
	verdict := "had ended and was renewed"
	if c.Expiry.IsZero() {
		verdict = "was renewed"
	}
	if bytes.Equal(h.data, before) {
		verdict = "holds a refresh token that works, and was left as it is"
		grant.ExpiresIn = 0 // the new access token was dropped
	}
	s.good(h, grant, verdict)
	return true, nil
}

// explainDead says why a refresh token may be dead, the likeliest cause first.
func (s *signIn) explainDead(refusal *tokeninfo.Refusal) {
	s.remark("%s; the refresh token in %q is dead", refusal.Error(), s.path)
	if s.issuer != "" {
		return
	}
	all := google.Advice()
	i := slices.IndexFunc(all, func(advice rules.Advice) bool { return advice.Explains(cmp.Or(refusal.Subtype, refusal.Code)) })
	if i < 0 {
		return
	}
	for _, cause := range all[i].Causes {
		if strings.Contains(cause, "authorization code") {
			continue // the code answers to other things than a refresh token
		}
		s.remark("  perhaps %s", cause)
	}
}

// revokeHeld ends what is there, after saying what that ends.
func (s *signIn) revokeHeld(ctx context.Context, h *heldToken) error {
	s.warn()
	yes, err := s.asker.confirm(ctx, fmt.Sprintf("Revoke the token in %q now?", s.path))
	if err != nil {
		return err
	}
	if !yes {
		return &failure{exitFindings, "not revoked: nobody said yes, and nothing was changed", "--output with another file leaves the token as it is"}
	}
	if err := s.end(ctx, h.credential); err != nil {
		return err
	}
	h.worthless = true
	s.remark("revoked; what is left in %q is dead", s.path)
	return nil
}

// warn says what revoking ends.
func (s *signIn) warn() {
	for line := range strings.SplitSeq(warning, "\n") {
		s.remark("%s", line)
	}
}

// end revokes a credential and waits, within reason, until it is dead.
func (s *signIn) end(ctx context.Context, c tokeninfo.Credential) error {
	e, err := end(ctx, s.provider, s.clock(), c, s.waiting)
	switch {
	case err != nil:
		return err
	case e.revokedAt.IsZero() && s.issuer != "":
		return unfinished("end the grant where that server shows its grants", "not revoked: %s", e.pending)
	case e.revokedAt.IsZero():
		return unfinished("end the grant by hand: "+connections, "not revoked: %s", e.pending)
	case e.deadAt.IsZero():
		s.remark("that it is dead is not confirmed yet: %s", e.pending)
	}
	return nil
}
