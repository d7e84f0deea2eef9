package google

import (
	"context"
	"net/url"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// ask sends a token to one of our endpoints, in the Authorization header with
// an empty body, as Google's Node library does. Where the answer may mean that
// the server saw no token, it asks once more with a form body, which every
// server reads (RFC 6750, sections 2.1 and 2.2).
func (c *Client) ask(ctx context.Context, endpoint string, token tokeninfo.Secret) (wire.Reply, error) {
	r, err := wire.Send(ctx, c.transport, wire.Request{URL: endpoint, Bearer: token})
	if err == nil && tokenUnseen(r) {
		r, err = wire.Send(ctx, c.transport, wire.Request{URL: endpoint, Form: url.Values{"access_token": {token.Reveal()}}})
	}
	return r, err
}
