package google

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"scopeaudit/tokeninfo"
)

// reply is an answer as it came, within our limits.
type reply struct {
	status int
	types  []string // the Content-Type headers
	body   []byte
}

// ask sends a token to one of our endpoints, in the Authorization header with
// an empty body, as Google's Node library does. Where the answer may mean that
// the server saw no token, it asks once more with a form body, which every
// server reads (RFC 6750, sections 2.1 and 2.2).
func (c *Client) ask(ctx context.Context, endpoint string, token tokeninfo.Secret) (reply, error) {
	r, err := c.post(ctx, endpoint, token, false)
	if err == nil && tokenUnseen(r) {
		r, err = c.post(ctx, endpoint, token, true)
	}
	return r, err
}

// post makes one request. It uses the transport and no http.Client: what is not
// there cannot follow a redirect, keep a cookie or wrap a URL into an error.
func (c *Client) post(ctx context.Context, endpoint string, token tokeninfo.Secret, form bool) (reply, error) {
	fail := func(class Class) (reply, error) {
		return reply{}, &Error{Host: host(endpoint), Class: class}
	}
	var body io.Reader = http.NoBody
	if form {
		body = strings.NewReader(url.Values{"access_token": {token.Reveal()}}.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, body)
	if err != nil {
		return fail(classSetup)
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "application/json")
	if form {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else {
		req.Header.Set("Authorization", "Bearer "+token.Reveal())
	}

	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return fail(classify(err))
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		return fail(classRedirect)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxReply+1))
	if err != nil {
		return fail(classify(err))
	}
	if len(data) > maxReply {
		return fail(classOversize)
	}
	return reply{status: res.StatusCode, types: res.Header.Values("Content-Type"), body: data}, nil
}
