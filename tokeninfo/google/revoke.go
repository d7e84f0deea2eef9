package google

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// Revoke ends a refresh or an access token, and with either the account's whole
// grant to the client (Google's page on OAuth for installed apps). Google takes
// anybody's word for it: the client does not identify itself. Full effect may
// take a while; ask Lookup afterwards. The error is a *NotAccessToken, for what
// is neither kind of token; nothing has been sent then.
func (c *Client) Revoke(ctx context.Context, _ tokeninfo.Client, token tokeninfo.Secret) (tokeninfo.Revocation, error) {
	failed := func(why string) tokeninfo.Revocation {
		return tokeninfo.Revocation{Ended: tokeninfo.RevokeFailed, Reason: why}
	}
	if err := revocable(token.Reveal()); err != nil {
		return failed("it was not sent"), err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r, err := wire.Send(ctx, c.transport, wire.Request{URL: c.site.revoke, Form: url.Values{"token": {token.Reveal()}}})
	if err != nil {
		return failed(err.Error()), nil
	}
	at := wire.Host(c.site.revoke) + ": "
	switch {
	case r.Status == http.StatusOK:
		// The answer is an empty object; what stands in it says nothing more.
		if _, err := wire.Object(r); err != nil {
			return failed(at + err.Error()), nil
		}
		return tokeninfo.Revocation{Ended: tokeninfo.Revoked}, nil
	case r.Status == http.StatusBadRequest:
		fields, err := wire.Object(r)
		if err != nil {
			return failed(at + err.Error()), nil
		}
		// RFC 7009 has 200 for a token that the server does not know; Google
		// has 400 invalid_token.
		switch code, _ := wire.Text(fields, "error"); code {
		case "invalid_token":
			return tokeninfo.Revocation{Ended: tokeninfo.AlreadyDead}, nil
		case "invalid_request", "unsupported_token_type":
			return tokeninfo.Revocation{Ended: tokeninfo.NotRevocable, Reason: at + "tokens of this kind are not revoked there"}, nil
		}
	case r.Status == http.StatusTooManyRequests:
		return failed(at + string(wire.Busy)), nil
	case r.Status >= 500:
		return failed(at + string(wire.Trouble)), nil
	}
	return failed(fmt.Sprintf("%sthe request was refused (%d)", at, r.Status)), nil
}

// revocable refuses what is neither a refresh nor an access token.
func revocable(value string) error {
	if err := sendable(value); err != nil && !isRefresh(value) {
		return err
	}
	return nil
}
