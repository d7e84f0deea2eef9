package oidc

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"scopeaudit/tokeninfo/wire"
)

// metadata is what we use of a server's metadata (RFC 8414, section 2). Every
// address in it is on the issuer's origin.
type metadata struct {
	authorize, token, introspect, revoke string
	basic                                bool // the client's secret goes into the header
	s256                                 bool
	namesItself                          bool // in each authorization response (RFC 9207)
}

// MetadataError says what is wrong with what a server says about itself.
type MetadataError struct{ issuer, why string }

func (e *MetadataError) Error() string { return "the metadata of " + e.issuer + " " + e.why }

// Hint says what to do about it.
func (e *MetadataError) Hint() string {
	return "give --issuer exactly as the server names itself; its endpoints must lie at the same place"
}

// discover fetches the metadata once and bounds the caller's context.
func (c *Client) discover(ctx *context.Context) (*metadata, context.CancelFunc, error) {
	bounded, cancel := context.WithTimeout(*ctx, c.timeout)
	*ctx = bounded
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known != nil {
		return c.known, cancel, nil
	}
	r, err := c.fetch(bounded)
	if err != nil {
		return nil, cancel, err
	}
	m, err := c.read(r)
	if err != nil {
		return nil, cancel, err
	}
	c.known = m
	return m, cancel, nil
}

// fetch asks where RFC 8414 puts metadata and, where there is none, where OpenID
// Connect Discovery does (RFC 8414, section 5).
func (c *Client) fetch(ctx context.Context) (wire.Reply, error) {
	path := strings.TrimSuffix(strings.TrimPrefix(c.issuer, c.origin), "/")
	r, err := wire.Send(ctx, c.transport, wire.Request{
		Method: http.MethodGet, URL: c.origin + "/.well-known/oauth-authorization-server" + path,
	})
	if err == nil && r.Status != http.StatusOK {
		r, err = wire.Send(ctx, c.transport, wire.Request{
			Method: http.MethodGet, URL: c.origin + path + "/.well-known/openid-configuration",
		})
	}
	if err == nil && r.Status != http.StatusOK {
		err = &MetadataError{c.issuer, "is at neither of the two places where a server has it"}
	}
	return r, err
}

func (c *Client) read(r wire.Reply) (*metadata, error) {
	wrong := func(why string) (*metadata, error) { return nil, &MetadataError{c.issuer, why} }
	fields, err := wire.Object(r)
	if err != nil {
		return wrong("cannot be read: " + err.Error())
	}
	issuer, err := wire.Text(fields, "issuer")
	if err != nil || issuer != c.issuer {
		// A trailing slash, another case or another port is another issuer.
		return wrong("names another issuer than the one that was asked for")
	}
	m := &metadata{}
	for name, where := range map[string]*string{
		"authorization_endpoint": &m.authorize, "token_endpoint": &m.token,
		"introspection_endpoint": &m.introspect, "revocation_endpoint": &m.revoke,
	} {
		if *where, err = wire.Text(fields, name); err != nil || *where != "" && !c.here(*where) {
			return wrong("names an " + name + " at another place")
		}
	}
	if m.token == "" {
		return wrong("names no token_endpoint")
	}
	// Without the list, client_secret_basic is meant (RFC 8414, section 2).
	ways, err := list(fields, "token_endpoint_auth_methods_supported")
	challenges, err2 := list(fields, "code_challenge_methods_supported")
	namesItself, err3 := wire.Flag(fields, "authorization_response_iss_parameter_supported")
	if cmp.Or(err, err2, err3) != nil {
		return wrong("has a field of the wrong type")
	}
	m.basic = ways == nil || slices.Contains(ways, "client_secret_basic")
	m.s256 = slices.Contains(challenges, "S256")
	m.namesItself = namesItself
	return m, nil
}

// here reports whether an address is on the issuer's origin, and of the characters
// that a URI has (RFC 3986, section 2): what else it held would be shown to the user.
func (c *Client) here(address string) bool {
	u, err := url.Parse(address)
	plain := strings.IndexFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
	return plain && err == nil && u.Opaque == "" && u.User == nil && u.Fragment == "" && u.Scheme+"://"+u.Host == c.origin
}

func list(fields wire.Fields, name string) (out []string, err error) {
	if raw, ok := fields[name]; ok {
		err = json.Unmarshal(raw, &out)
	}
	return out, err
}

// TokenEndpoint is the server's own token endpoint, for a file that is to name
// where its refresh token is good.
func (c *Client) TokenEndpoint(ctx context.Context) (string, error) {
	m, cancel, err := c.discover(&ctx)
	defer cancel()
	if err != nil {
		return "", err
	}
	return m.token, nil
}
