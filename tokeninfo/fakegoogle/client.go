package fakegoogle

import (
	"net/netip"
	"net/url"
	"slices"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
)

// Client is an OAuth client as its owner registered it.
type Client struct {
	ID     string
	Secret tokeninfo.Secret
	Name   string // what the consent page calls the app
	// RedirectURIs are those of a web client; none means an installed app, which
	// may use any port and path of the loopback interface (RFC 8252 §7.3).
	RedirectURIs []string
	// Testing is the publishing status in which refresh tokens live for seven
	// days.
	Testing bool
	// Deleted says that the client is gone from the console.
	Deleted bool
}

// testingLife is how long the refresh tokens of an app in testing live.
const testingLife = 7 * 24 * time.Hour

// user is who sits at the browser.
type user struct{ account, id string }

// Open starts the authorization server for these clients: the authorization
// endpoint with its consent page, the token endpoint and revocation. More
// clients may be added later, and known ones changed.
func (s *Server) Open(catalogue *scopes.Catalogue, clients ...Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catalogue = catalogue
	for _, c := range clients {
		c.RedirectURIs = slices.Clone(c.RedirectURIs)
		s.clients[c.ID] = c
	}
}

// SignIn says who sits at the browser from now on; at first it is
// student@example.com.
func (s *Server) SignIn(account, userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user = user{account, userID}
}

// Consent is what the user is asked.
type Consent struct {
	ClientID string
	Account  string
	Asked    []scopes.Scope
}

// AnswerConsent answers in the user's place from now on, without a page: with
// the scopes to grant, or false to refuse. It may grant others than were asked
// for, as Google does when it joins an earlier grant. Nil brings the page back.
func (s *Server) AnswerConsent(answer func(Consent) ([]scopes.Scope, bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.consent = answer
}

// Rotate makes every refresh give a new refresh token and end the old one.
// Google does not; other servers do.
func (s *Server) Rotate(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rotate = on
}

// DelayRevocation makes revoked access tokens live on for a while: Google says
// that the full effect may take some time.
func (s *Server) DelayRevocation(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
}

// mayRedirect reports whether the client registered a redirect URI.
func (c Client) mayRedirect(uri string) bool {
	if len(c.RedirectURIs) > 0 {
		return slices.Contains(c.RedirectURIs, uri)
	}
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" || u.User != nil || u.Fragment != "" {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}
