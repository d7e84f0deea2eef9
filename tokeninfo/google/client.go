// Package google asks Google what a token is good for. It is one of the few
// packages that open connections, and it opens them to Google's constants or,
// for tests and demonstrations, to a loopback address. A token travels in a
// header or a form body, never in a URL; redirects, cookies and default
// credentials do not exist here; what a server or a transport says in words
// never reaches an error.
package google

import (
	"context"
	"net/http"
	"time"

	"google.golang.org/api/oauth2/v2"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// DefaultTimeout bounds a whole question: all its requests together.
const DefaultTimeout = 10 * time.Second

// Options say whom to ask, and how long to wait.
type Options struct {
	// Endpoint stands in for Google: an http URL of a loopback address, such as
	// "http://127.0.0.1:8080". Anything else is refused. Empty means Google.
	Endpoint string
	// Now is the clock; nil means the system's.
	Now func() time.Time
	// Timeout bounds a whole Lookup; zero means DefaultTimeout, and more than
	// that is not granted.
	Timeout time.Duration
}

var _ tokeninfo.Provider = (*Client)(nil)

// Client asks Google. It implements tokeninfo.Provider and is safe for
// concurrent use.
type Client struct {
	site      site
	transport *http.Transport
	typed     *oauth2.Service
	now       func() time.Time
	timeout   time.Duration
}

// New makes a client without opening a connection. The error is an
// *EndpointError for an endpoint that is not a loopback address.
func New(o Options) (*Client, error) {
	s := pinned()
	if o.Endpoint != "" {
		var err error
		if s, err = loopback(o.Endpoint); err != nil {
			return nil, err
		}
	}
	c := &Client{site: s, transport: wire.NewTransport(s.dial, s.local), now: o.Now, timeout: o.Timeout}
	if c.now == nil {
		c.now = time.Now
	}
	if c.timeout <= 0 || c.timeout > DefaultTimeout {
		c.timeout = DefaultTimeout
	}
	var err error
	if c.typed, err = newTyped(c); err != nil {
		return nil, &wire.Error{Host: wire.Host(s.second), Class: wire.Setup}
	}
	return c, nil
}

// Lookup asks the tokeninfo endpoint and, where that gives a verdict, the older
// oauth2/v2 endpoint for a second one. Trouble on the way, and two verdicts that
// disagree, give Access Unknown and a Reason. A second endpoint that does not
// answer is no disagreement: then the first verdict stands, unconfirmed. The
// error is a *NotAccessToken, for what must not be sent at all; nothing has been
// sent then.
func (c *Client) Lookup(ctx context.Context, access tokeninfo.Secret) (tokeninfo.Grant, error) {
	if err := sendable(access.Reveal()); err != nil {
		return tokeninfo.Grant{Access: tokeninfo.NotAsked}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	asked := c.now()
	v := c.first(ctx, access)
	if v.access != tokeninfo.Unknown {
		v = settle(v, c.second(ctx, access))
	}
	if v.repeats(access.Reveal()) {
		v = unknown("the answer repeats the token")
	}
	return v.grant(asked), nil
}

// first asks the endpoint that the verdict comes from.
func (c *Client) first(ctx context.Context, access tokeninfo.Secret) verdict {
	r, err := c.ask(ctx, c.site.first, access)
	if err != nil {
		return unknown(err.Error())
	}
	v := judge(r, c.now())
	if v.access == tokeninfo.Unknown {
		v.reason = wire.Host(c.site.first) + ": " + v.reason
	}
	return v
}
