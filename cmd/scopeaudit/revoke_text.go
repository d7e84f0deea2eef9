package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/google"
)

// show says what is to end.
func show(out *plainText, cat *scopes.Catalogue, t target) {
	kind, _ := t.Kind.Describe()
	if t.masked != "" {
		kind += ", " + t.masked
	}
	out.line("%s: %s", t.name, kind)
	account, client := t.Account, t.ClientID
	if t.live() {
		account, client = cmp.Or(t.grant.Account, account), cmp.Or(t.grant.ClientID, client)
	}
	out.field("  ", 7, "account", "%s", cmp.Or(account, "not known"))
	if t.PublishedClient != "" {
		client += " (the published client of " + t.PublishedClient + ")"
	}
	out.field("  ", 7, "client", "%s", cmp.Or(client, "not known"))
	switch {
	case t.live():
		out.field("  ", 7, "granted", "%s", t.scopeWords(cat, t.grant.Scopes))
	case len(t.Scopes) > 0:
		out.field("  ", 7, "claims", "%s (what the file says)", t.scopeWords(cat, t.Scopes))
	default:
		out.field("  ", 7, "scopes", "not known from this file")
	}
	var tokens []string
	if t.RefreshToken.Present() {
		tokens = append(tokens, "a refresh token, which makes access tokens until it is revoked")
	}
	if t.AccessToken.Present() {
		text := "an access token"
		if t.grant != nil {
			switch t.grant.Access {
			case tokeninfo.Live:
				text += ", live"
			case tokeninfo.NotValid:
				text += ", not valid now"
			default:
				text += " (" + cmp.Or(t.grant.Reason, "not asked about") + ")"
			}
		}
		tokens = append(tokens, text)
	}
	out.field("  ", 7, "holds", "%s", strings.Join(tokens, "; "))
}

// google reports whether the target is Google's: of other servers nothing more is
// known than what they say.
func (t target) google() bool {
	_, ok := t.server.(*google.Client)
	return ok
}

// scopeWords names scopes together with what they let their holder do.
func (t target) scopeWords(cat *scopes.Catalogue, written []string) string {
	if !t.google() {
		return some(written)
	}
	var words []string
	for _, w := range written {
		s, _ := cat.Normalise(w)
		info, _ := cat.Info(s)
		var powers []string
		for _, p := range info.Powers {
			powers = append(powers, string(p))
		}
		if text := fmt.Sprintf("%s (%s)", clipped(info.Short), strings.Join(powers, ", ")); !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	return some(words)
}

// told says what became of it. What Google never knew is not called dead.
func told(out *plainText, t target, e *ended) {
	out.line("")
	for _, token := range []struct {
		name string
		said tokeninfo.Revocation
		dead bool
	}{{"refresh token", e.refresh, e.refreshDead}, {"access token", e.access, e.accessDead}} {
		text := ""
		switch token.said.Ended {
		case "":
			continue
		case tokeninfo.Revoked:
			text = "revoked"
		case tokeninfo.AlreadyDead:
			text = "was dead already"
		case tokeninfo.NotRevocable:
			text = "not revoked by itself: " + token.said.Reason
		default:
			text = "not revoked: " + token.said.Reason
		}
		mark := "!"
		switch {
		case token.dead:
			mark = "✓"
			text += "; asked again, " + t.server.Name() + " does not know it any more"
		case token.said.Done():
			text += "; that it is dead is not confirmed"
		}
		out.line("%s %s: %s", mark, token.name, text)
	}
	if t.google() && e.allDeadBefore() && !fullShape(t.Credential) {
		e.deadAt, e.pending = time.Time{}, "it looks cut short, and names no token"
		out.line("! It looks cut short, and Google knows no such token. If the whole of it was ever shared, it may be alive: end the grant at %s", connections)
		return
	}
	switch {
	case !e.deadAt.IsZero():
		out.line("✓ dead since %s at the latest", moment(e.deadAt))
	case !e.revokedAt.IsZero() && e.mute:
		out.line("! %s took it, and cannot be asked whether it is dead: %s", t.server.Name(), e.pending)
	case !e.revokedAt.IsZero():
		out.line("! pending: %s", cmp.Or(e.pending, "not asked"))
		out.line("  The full effect may take a while; revoke again later to see: dead already is success.")
	case t.google():
		out.line("! still alive, as far as is known; end it at %s", connections)
	default:
		out.line("! still alive, as far as is known")
	}
}

// fullShape reports whether a credential has a token of full shape.
func fullShape(c tokeninfo.Credential) bool {
	for _, token := range []tokeninfo.Secret{c.RefreshToken, c.AccessToken} {
		spot, err := collect.ReadSpot([]byte("token = '"+token.Reveal()+"'\n"), rules.Location{}, collect.Options{})
		if err == nil && slices.ContainsFunc(spot.Leaks, audit.Revocable) {
			return true
		}
	}
	return false
}

// googlesToken reports whether a token has the beginning of Google's.
func googlesToken(c tokeninfo.Credential) bool {
	return strings.HasPrefix(c.RefreshToken.Reveal(), "1//") || strings.HasPrefix(c.AccessToken.Reveal(), "ya29.")
}

// leftOver says what revoking does not do.
func leftOver(t target, dead bool) string {
	lines := []string{"What this did not do:"}
	switch {
	case t.found:
		lines = append(lines, "- the places where it stands, and history, hold it still: `git rm` takes nothing out of history")
	case t.name != "-" && !strings.HasPrefix(t.name, "$"):
		state := "; its tokens may be alive"
		if dead {
			state = ", with nothing but dead tokens in it"
		}
		lines = append(lines, "- "+t.name+" is left where it is"+state)
	}
	lines = append(lines, "- the client secret stays as it was: if the client's file got out too, reset it where it was made")
	if t.google() {
		lines = append(lines,
			"- copies of the file stay where they are, and so do other grants of the account: "+connections+" shows and ends them all")
	}
	return strings.Join(lines, "\n")
}
