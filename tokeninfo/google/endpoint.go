package google

import (
	"net"
	"net/url"

	"scopeaudit/tokeninfo/wire"
)

// Google's endpoints. They are constants on purpose: no file, no server and no
// environment variable names another. The universe domain is Google's own for
// the same reason.
const (
	authURL        = "https://accounts.google.com/o/oauth2/v2/auth"
	tokenURL       = "https://oauth2.googleapis.com/token"
	revokeURL      = "https://oauth2.googleapis.com/revoke"
	firstURL       = "https://oauth2.googleapis.com/tokeninfo"
	secondBase     = "https://www.googleapis.com/"
	secondPath     = "oauth2/v2/tokeninfo"
	universeDomain = "googleapis.com"
)

// issuer is what Google calls itself in the answer to an authorization request.
// That it sends iss is observed, and that the value is the issuer of its OpenID
// configuration is observed by others: one sign-in there shows both. Its
// configuration promises nothing, so an answer without iss is taken.
const issuer = "https://accounts.google.com"

// site is where one client sends its questions.
type site struct {
	auth       string // the URL of the consent page
	token      string // the URL of the token endpoint
	revoke     string // the URL of the revocation endpoint
	first      string // the URL of tokeninfo
	secondBase string // what the typed client puts before its path
	second     string // the URL of oauth2/v2's tokeninfo
	gmail      string // what stands before the paths of Gmail's API
	local      bool   // on this machine, in the clear, past any proxy
	dial       wire.Dialer
}

func pinned() site {
	return site{
		auth:       authURL,
		token:      tokenURL,
		revoke:     revokeURL,
		first:      firstURL,
		secondBase: secondBase,
		second:     secondBase + secondPath,
		gmail:      gmailBase,
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
	if u.Port() == "" {
		return refuse("it has no port number")
	}
	addrs := wire.Loopback(u)
	if addrs == nil {
		return refuse("its host is not a loopback address")
	}
	base := "http://" + addrs[0] + "/"
	return site{
		auth:       base + "o/oauth2/v2/auth",
		token:      base + "token",
		revoke:     base + "revoke",
		first:      base + "tokeninfo",
		secondBase: base,
		second:     base + secondPath,
		gmail:      base,
		local:      true,
		dial:       wire.DialOnly(addrs),
	}, nil
}
