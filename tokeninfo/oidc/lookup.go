package oidc

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// maxLife is the longest life of an access token that we believe.
const maxLife = 366 * 24 * time.Hour

// Lookup introspects an access token (RFC 7662) in the name of the client that
// New was given. The error is a *GooglesSecret; nothing has been sent then.
func (c *Client) Lookup(ctx context.Context, access tokeninfo.Secret) (tokeninfo.Grant, error) {
	if err := refuse(c.asker.ID, c.asker.Secret, access); err != nil {
		return tokeninfo.Grant{Access: tokeninfo.NotAsked}, err
	}
	asked := c.now()
	g := c.introspect(ctx, access)
	g.Asked = asked
	return g, nil
}

func (c *Client) introspect(ctx context.Context, access tokeninfo.Secret) tokeninfo.Grant {
	unknown := func(why string) tokeninfo.Grant { return tokeninfo.Grant{Access: tokeninfo.Unknown, Reason: why} }
	m, cancel, err := c.discover(&ctx)
	defer cancel()
	if err != nil {
		return unknown(err.Error())
	}
	mute := func(why string) tokeninfo.Grant {
		return tokeninfo.Grant{Access: tokeninfo.Unknown, Reason: why, Mute: true}
	}
	if m.introspect == "" {
		return mute(c.issuer + " offers no introspection")
	}
	r, err := wire.Send(ctx, c.transport, authenticated(wire.Request{URL: m.introspect,
		Form: url.Values{"token": {access.Reveal()}, "token_type_hint": {"access_token"}}}, c.asker, m.basic))
	if err != nil {
		return unknown(err.Error())
	}
	at := wire.Host(m.introspect) + ": "
	if r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden {
		// So are public clients mostly answered (RFC 7662, section 2.3).
		return mute(fmt.Sprintf("%sit tells this client nothing about tokens (%d)", at, r.Status))
	}
	if r.Status != http.StatusOK {
		return unknown(fmt.Sprintf("%sour question was refused (%d), which says nothing about the token", at, r.Status))
	}
	g, why := c.live(r)
	if why != "" {
		return unknown(at + why)
	}
	for _, text := range append([]string{g.ClientID, g.Account, g.UserID}, g.Scopes...) {
		if wire.Repeats(text, []tokeninfo.Secret{access, c.asker.Secret}) {
			return unknown(at + "the answer repeats a secret")
		}
	}
	return g
}

// live reads the answer (RFC 7662, section 2.2), or says what is wrong with it.
func (c *Client) live(r wire.Reply) (g tokeninfo.Grant, why string) {
	fields, err := wire.Object(r)
	if err != nil {
		return g, err.Error()
	}
	var active bool
	if raw, ok := fields["active"]; !ok || string(raw) == "null" || json.Unmarshal(raw, &active) != nil {
		return g, "the answer does not say whether the token is active"
	}
	if !active {
		return tokeninfo.Grant{Access: tokeninfo.NotValid}, ""
	}
	scope, err1 := wire.Text(fields, "scope")
	client, err2 := wire.Text(fields, "client_id")
	user, err3 := wire.Text(fields, "sub")
	name, err4 := wire.Text(fields, "username")
	exp, known, err5 := wire.Whole(fields, "exp")
	if cmp.Or(err1, err2, err3, err4, err5) != nil {
		return g, "the answer has a field of the wrong type"
	}
	g = tokeninfo.Grant{Access: tokeninfo.Live, Scopes: strings.Fields(scope), ClientID: client, UserID: user, Account: name}
	if len(g.Scopes) == 0 {
		return g, "the answer names no scope, so it is no answer"
	}
	if known {
		left := exp - c.now().Unix()
		if left > int64(maxLife/time.Second) {
			return g, "the answer names a lifetime that no access token has"
		}
		g.ExpiresIn = time.Duration(max(0, left)) * time.Second
	}
	return g, ""
}

// Revoke ends a token (RFC 7009). A standard server says the same of a token
// that it never knew. The error is a *GooglesSecret; nothing has been sent then.
func (c *Client) Revoke(ctx context.Context, client tokeninfo.Client, token tokeninfo.Secret) (tokeninfo.Revocation, error) {
	failed := func(why string) tokeninfo.Revocation {
		return tokeninfo.Revocation{Ended: tokeninfo.RevokeFailed, Reason: why}
	}
	if err := refuse(client.ID, client.Secret, token); err != nil {
		return failed("it was not sent"), err
	}
	m, cancel, err := c.discover(&ctx)
	defer cancel()
	if err != nil {
		return failed(err.Error()), nil
	}
	if m.revoke == "" {
		return failed(c.issuer + " offers no revocation"), nil
	}
	r, err := wire.Send(ctx, c.transport, authenticated(wire.Request{URL: m.revoke,
		Form: url.Values{"token": {token.Reveal()}}}, client, m.basic))
	if err != nil {
		return failed(err.Error()), nil
	}
	at := wire.Host(m.revoke) + ": "
	switch {
	case r.Status == http.StatusOK:
		return tokeninfo.Revocation{Ended: tokeninfo.Revoked}, nil
	case r.Status == http.StatusBadRequest:
		if fields, err := wire.Object(r); err == nil {
			if code, _ := wire.Text(fields, "error"); code == "unsupported_token_type" {
				return tokeninfo.Revocation{Ended: tokeninfo.NotRevocable, Reason: at + "tokens of this kind are not revoked there"}, nil
			}
		}
	}
	return failed(fmt.Sprintf("%sthe request was refused (%d)", at, r.Status)), nil
}
