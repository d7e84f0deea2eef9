package google

import (
	"context"
	"strings"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// Name is what to call the server.
func (c *Client) Name() string { return "Google" }

// Rotates is false: Google leaves a refresh token as it is (observed).
func (c *Client) Rotates() bool { return false }

func (c *Client) server() wire.Server {
	return wire.Server{AuthURL: c.site.auth, TokenURL: c.site.token, Transport: c.transport, Now: c.now}
}

// Authorize gives the address of Google's consent page. It never asks for scopes
// granted earlier to be included: that merges old write scopes into a token that
// was meant to read only.
func (c *Client) Authorize(_ context.Context, a tokeninfo.Authorization) (tokeninfo.Consent, error) {
	// Installed apps always get a refresh token; a web client needs to ask.
	return tokeninfo.Consent{URL: c.server().Authorize(a, "access_type", "offline"), Issuer: issuer}, nil
}

// Exchange redeems an authorization code.
func (c *Client) Exchange(ctx context.Context, code tokeninfo.Code) (tokeninfo.Token, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.server().Exchange(ctx, code)
}

// Refresh mints a new access token of the full grant. The error may also be a
// *NotRefreshToken, for what must not be sent at all.
func (c *Client) Refresh(ctx context.Context, client tokeninfo.Client, refresh tokeninfo.Secret) (tokeninfo.Token, error) {
	if !isRefresh(refresh.Reveal()) {
		return tokeninfo.Token{}, &NotRefreshToken{}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.server().Refresh(ctx, client, refresh)
}

// NotRefreshToken says that a value is not sent to Google's token endpoint.
type NotRefreshToken struct{}

func (*NotRefreshToken) Error() string {
	return "not sent to Google: this does not look like a refresh token of Google's"
}

// Hint says what to do instead.
func (*NotRefreshToken) Hint() string {
	return "Google's refresh tokens begin with 1//; obtain a new one with `scopeaudit login`"
}

// isRefresh reports whether a value has the shape of a refresh token: 1// now,
// 1/ in the past.
func isRefresh(value string) bool {
	return strings.HasPrefix(value, "1/") && len(value) <= maxToken && bearer(value)
}
