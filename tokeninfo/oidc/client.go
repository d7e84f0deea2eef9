// Package oidc speaks to a standard authorization server that the user names:
// discovery by RFC 8414, introspection by RFC 7662, revocation by RFC 7009. It
// opens connections to the origin of that name and to nothing else, follows no
// redirect, and never sends it what is Google's.
package oidc

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// DefaultTimeout bounds a whole question: all its requests together.
const DefaultTimeout = 10 * time.Second

// Options name the server.
type Options struct {
	// Issuer is the server's issuer identifier (RFC 8414, section 2): an https
	// URL, or an http URL of a loopback address. It comes from the user, never
	// from a file.
	Issuer string
	// Client is in whose name Lookup asks; the other methods are given one.
	Client tokeninfo.Client
	// Now is the clock; nil means the system's.
	Now func() time.Time
	// Timeout bounds a whole question; zero means DefaultTimeout, and more than
	// that is not granted.
	Timeout time.Duration
}

// Client asks one authorization server. It is safe for concurrent use.
type Client struct {
	issuer    string
	origin    string // scheme and host of issuer
	asker     tokeninfo.Client
	transport *http.Transport
	now       func() time.Time
	timeout   time.Duration

	mu    sync.Mutex
	known *metadata // nil until discovered
}

var _ tokeninfo.Provider = (*Client)(nil)

// IssuerError says why an issuer is refused. It does not repeat the name, which
// may hold something that was pasted by mistake.
type IssuerError struct{ Why string }

func (e *IssuerError) Error() string { return "issuer refused: " + e.Why }

// Hint says what would be accepted.
func (e *IssuerError) Hint() string {
	return "an issuer is the https URL by which the server names itself, such as https://login.example.org; http is for loopback addresses alone"
}

// New makes a client without opening a connection. The error is an *IssuerError.
func New(o Options) (*Client, error) {
	refuse := func(why string) (*Client, error) { return nil, &IssuerError{why} }
	u, err := url.Parse(o.Issuer)
	switch {
	case err != nil || u.Opaque != "" || u.Host == "" || u.Hostname() == "":
		return refuse("it is no URL of a server")
	case u.User != nil:
		return refuse("it holds a user name")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return refuse("it has a query or a fragment")
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("its scheme is not https")
	}
	dial, local := wire.Dialer((&net.Dialer{}).DialContext), false
	if u.Scheme == "http" {
		addrs := wire.Loopback(u)
		if addrs == nil {
			return refuse("http is only for a loopback address with a port")
		}
		dial, local = wire.DialOnly(addrs), true
	}
	if isGoogles(u.Hostname()) {
		return refuse("this is Google, which is asked without --issuer")
	}
	c := &Client{
		issuer: o.Issuer, origin: u.Scheme + "://" + u.Host, asker: o.Client,
		transport: wire.NewTransport(dial, local), now: o.Now, timeout: o.Timeout,
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.timeout <= 0 || c.timeout > DefaultTimeout {
		c.timeout = DefaultTimeout
	}
	return c, nil
}

func isGoogles(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, name := range []string{"google.com", "googleapis.com"} {
		if host == name || strings.HasSuffix(host, "."+name) {
			return true
		}
	}
	return false
}

// Name is the issuer.
func (c *Client) Name() string { return c.issuer }

// Rotates is true: a standard server may end a refresh token at its use (RFC
// 9700, section 4.14).
func (c *Client) Rotates() bool { return true }

// Authorize says where the server's consent page is. A server that does
// not say that it knows S256 gets no consent to ask for.
func (c *Client) Authorize(ctx context.Context, a tokeninfo.Authorization) (tokeninfo.Consent, error) {
	none := tokeninfo.Consent{}
	if err := refuse(a.Client.ID, a.Client.Secret); err != nil {
		return none, err
	}
	m, cancel, err := c.discover(&ctx)
	defer cancel()
	switch {
	case err != nil:
		return none, err
	case m.authorize == "":
		return none, &MetadataError{c.issuer, "names no authorization_endpoint"}
	case !m.s256:
		return none, &MetadataError{c.issuer, "does not say that it supports PKCE with S256"}
	}
	return tokeninfo.Consent{URL: c.server(m).Authorize(a), Issuer: c.issuer, NamesItself: m.namesItself}, nil
}

// Exchange redeems an authorization code.
func (c *Client) Exchange(ctx context.Context, code tokeninfo.Code) (tokeninfo.Token, error) {
	if err := refuse(code.Client.ID, code.Client.Secret, code.Value); err != nil {
		return tokeninfo.Token{}, err
	}
	m, cancel, err := c.discover(&ctx)
	defer cancel()
	if err != nil {
		return tokeninfo.Token{}, err
	}
	return c.server(m).Exchange(ctx, code)
}

// Refresh makes a new access token of the full grant; the refresh token may be
// dead afterwards, and another in its place.
func (c *Client) Refresh(ctx context.Context, client tokeninfo.Client, token tokeninfo.Secret) (tokeninfo.Token, error) {
	if err := refuse(client.ID, client.Secret, token); err != nil {
		return tokeninfo.Token{}, err
	}
	m, cancel, err := c.discover(&ctx)
	defer cancel()
	if err != nil {
		return tokeninfo.Token{}, err
	}
	return c.server(m).Refresh(ctx, client, token)
}

func (c *Client) server(m *metadata) wire.Server {
	return wire.Server{AuthURL: m.authorize, TokenURL: m.token, Basic: m.basic, Transport: c.transport, Now: c.now}
}

// authenticated adds the client to a request, the way the server takes it.
func authenticated(r wire.Request, client tokeninfo.Client, basic bool) wire.Request {
	if client.Secret.Present() && basic {
		r.Client = client
		return r
	}
	if client.ID != "" {
		r.Form.Set("client_id", client.ID)
	}
	if client.Secret.Present() {
		r.Form.Set("client_secret", client.Secret.Reveal())
	}
	return r
}
