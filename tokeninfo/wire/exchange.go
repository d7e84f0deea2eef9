package wire

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"scopeaudit/tokeninfo"
)

// Limits of one answer. They hold against a slow, an endless and a lying server
// alike; how long to wait is the caller's context.
const (
	// maxReply is the largest answer read, in bytes. Google's are below 1 KiB.
	maxReply = 64 << 10
	// maxHeader is the largest response header read, in bytes.
	maxHeader = 64 << 10
)

// UserAgent is what we call ourselves towards servers.
const UserAgent = "scopeaudit"

// Dialer opens connections, as net.Dialer does.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// NewTransport makes a transport for requests to one server. Without
// keep-alives no connection outlives its answer, so nothing arrives later that
// net/http would write to the log. A local server is reached past any proxy.
func NewTransport(dial Dialer, local bool) *http.Transport {
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
	}
	if local {
		t.Proxy = nil
	}
	return t
}

// Request is what to send. Method GET has no body and no secret; all else is a
// POST.
type Request struct {
	Method string
	URL    string
	// Bearer goes into the Authorization header (RFC 6750, section 2.1).
	Bearer tokeninfo.Secret
	// Client authenticates itself in the Authorization header (RFC 6749, section
	// 2.3.1), if it has a secret.
	Client tokeninfo.Client
	// Form is the body. It holds secrets in the clear: hand it over and forget it.
	Form url.Values
}

// Reply is an answer as it came, within our limits.
type Reply struct {
	Status int
	Types  []string // the Content-Type headers
	Body   []byte
}

// Send makes one request. It uses a transport and no http.Client: what is not
// there cannot follow a redirect, keep a cookie or wrap a URL into an error. The
// error is an *Error.
func Send(ctx context.Context, t http.RoundTripper, r Request) (Reply, error) {
	fail := func(class Class) (Reply, error) {
		return Reply{}, &Error{Host: Host(r.URL), Class: class}
	}
	method, body := http.MethodPost, io.Reader(http.NoBody)
	if r.Method == http.MethodGet {
		method = r.Method
	}
	if r.Form != nil {
		body = strings.NewReader(r.Form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, body)
	if err != nil {
		return fail(Setup)
	}
	req.Header.Set("User-Agent", UserAgent)
	req.Header.Set("Accept", "application/json")
	if r.Form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	switch {
	case r.Bearer.Present():
		req.Header.Set("Authorization", "Bearer "+r.Bearer.Reveal())
	case r.Client.Secret.Present():
		req.SetBasicAuth(url.QueryEscape(r.Client.ID), url.QueryEscape(r.Client.Secret.Reveal()))
	}

	res, err := t.RoundTrip(req)
	if err != nil {
		return fail(Classify(err))
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		return fail(Redirect)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxReply+1))
	if err != nil {
		return fail(Classify(err))
	}
	if len(data) > maxReply {
		return fail(Oversize)
	}
	return Reply{Status: res.StatusCode, Types: res.Header.Values("Content-Type"), Body: data}, nil
}

// Host is the host, and the port if there is one, of a URL of ours.
func Host(ours string) string {
	u, err := url.Parse(ours)
	if err != nil {
		return ""
	}
	return u.Host
}
