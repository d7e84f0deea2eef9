package google

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"
)

// Google's endpoints. They are constants on purpose: no file, no server and no
// environment variable names another. The universe domain is Google's own for
// the same reason.
const (
	firstURL       = "https://oauth2.googleapis.com/tokeninfo"
	secondBase     = "https://www.googleapis.com/"
	secondPath     = "oauth2/v2/tokeninfo"
	universeDomain = "googleapis.com"
)

// site is where one client sends its questions.
type site struct {
	first      string // the URL of tokeninfo
	secondBase string // what the typed client puts before its path
	second     string // the URL of oauth2/v2's tokeninfo
	local      bool   // on this machine, in the clear, past any proxy
	dial       func(ctx context.Context, network, address string) (net.Conn, error)
}

func pinned() site {
	return site{
		first:      firstURL,
		secondBase: secondBase,
		second:     secondBase + secondPath,
		dial:       (&net.Dialer{}).DialContext,
	}
}

// EndpointError says why an endpoint is refused. It does not repeat the
// endpoint, which may hold something that was pasted by mistake.
type EndpointError struct{ Why string }

func (e *EndpointError) Error() string { return "endpoint refused: " + e.Why }

// Hint says what would be accepted.
func (e *EndpointError) Hint() string {
	return "an endpoint may only be an http URL of a loopback address, such as http://127.0.0.1:8080; leave it out to ask Google"
}

// loopback reads an endpoint on this machine. The address must be a literal, or
// the word localhost, which we do not look up: the resolver might say anything.
func loopback(endpoint string) (site, error) {
	refuse := func(why string) (site, error) { return site{}, &EndpointError{Why: why} }
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Opaque != "" || u.Host == "":
		return refuse("it is no URL of a server")
	case u.Scheme != "http":
		return refuse("its scheme is not http")
	case u.User != nil:
		return refuse("it holds a user name")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return refuse("it has more than a host and a port")
	}
	port := u.Port()
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return refuse("it has no port number")
	}
	var addrs []string
	if name := u.Hostname(); name == "localhost" {
		addrs = []string{net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("::1", port)}
	} else {
		ip, err := netip.ParseAddr(name)
		if err != nil || !ip.IsLoopback() || ip.Is4In6() || ip.Zone() != "" {
			return refuse("its host is not a loopback address")
		}
		addrs = []string{net.JoinHostPort(ip.String(), port)}
	}
	base := "http://" + addrs[0] + "/"
	return site{
		first:      base + "tokeninfo",
		secondBase: base,
		second:     base + secondPath,
		local:      true,
		dial:       dialOnly(addrs),
	}, nil
}

// dialOnly dials the given addresses in turn, whatever it is asked for.
func dialOnly(addrs []string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (conn net.Conn, err error) {
		d := net.Dialer{Timeout: time.Second}
		for _, a := range addrs {
			if conn, err = d.DialContext(ctx, "tcp", a); err == nil {
				return conn, nil
			}
		}
		return nil, err
	}
}

// host is the host, and the port if there is one, of a URL of ours.
func host(ours string) string {
	u, err := url.Parse(ours)
	if err != nil {
		return ""
	}
	return u.Host
}
