package fakegoogle

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"scopeaudit/audit/scopes"
)

// codeLife is how long an authorization code can be exchanged. RFC 6749 §4.1.2
// recommends ten minutes at most.
const codeLife = 10 * time.Minute

// maxPending is how many consents may wait for the user at once.
const maxPending = 64

// pending is a consent that waits for the user.
type pending struct {
	client    Client
	user      user
	asked     []scopes.Scope
	redirect  string
	state     string
	challenge string
	plain     bool // the challenge is the verifier itself
	offline   bool // a refresh token is asked for
}

// code is what an authorization code stands for.
type code struct {
	pending
	granted []scopes.Scope
	expires time.Time
	used    bool
}

// wrongAuthorization says what a careful client does not send a browser to.
func wrongAuthorization(q Question) string {
	wrong := q.wrongAnywhere()
	query := q.http.URL.Query()
	switch {
	case wrong != "":
		return wrong
	case q.Method != http.MethodGet:
		return "not a GET"
	case query.Has("include_granted_scopes"):
		return "include_granted_scopes, which joins what was granted before"
	case query.Get("state") == "":
		return "no state"
	case query.Get("code_challenge") == "":
		return "no code_challenge"
	case query.Get("code_challenge_method") != "S256":
		return "another code_challenge_method than S256"
	}
	for _, values := range query {
		if len(values) > 1 {
			return "a parameter given twice" // RFC 6749 §3.1
		}
	}
	return ""
}

// authorize is the authorization endpoint. What is wrong with the client or its
// redirect URI is shown to the user and never sent there.
func (s *Server) authorize(q Question) answer {
	if foreign := s.foreign(q); foreign != "" {
		return s.blocked(http.StatusForbidden, "invalid_request", foreign)
	}
	p, refused := s.request(q)
	if refused != nil {
		return *refused
	}
	s.mu.Lock()
	consent := s.consent
	s.mu.Unlock()
	if consent != nil {
		granted, yes := consent(Consent{p.client.ID, p.user.account, slices.Clone(p.asked)})
		return s.redirect(q, p, granted, yes)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) >= maxPending {
		return answer{status: http.StatusTooManyRequests}
	}
	id := random("", 43)
	s.pending[id] = p
	return s.consentPage(id, p)
}

// request reads and checks an authorization request.
func (s *Server) request(q Question) (pending, *answer) {
	query := q.http.URL.Query()
	refuse := func(status int, code, why string) (pending, *answer) {
		a := s.blocked(status, code, why)
		return pending{}, &a
	}
	s.mu.Lock()
	client, known := s.clients[query.Get("client_id")]
	p := pending{
		client: client, user: s.user, redirect: query.Get("redirect_uri"), state: query.Get("state"),
		challenge: query.Get("code_challenge"), plain: query.Get("code_challenge_method") != "S256",
		offline: len(client.RedirectURIs) == 0 || query.Get("access_type") == "offline",
	}
	s.mu.Unlock()
	switch {
	case !known:
		return refuse(http.StatusUnauthorized, "invalid_client", "The OAuth client was not found.")
	case client.Deleted:
		return refuse(http.StatusUnauthorized, "deleted_client", "The OAuth client was deleted.")
	case strings.HasPrefix(p.redirect, "urn:ietf:wg:oauth:2.0:oob"):
		return refuse(http.StatusBadRequest, "invalid_request", "The out-of-band flow was blocked.")
	case !client.mayRedirect(p.redirect):
		return refuse(http.StatusBadRequest, "redirect_uri_mismatch", "The redirect URI of the request is not one that this client may use.")
	case query.Get("response_type") != "code":
		return refuse(http.StatusBadRequest, "unsupported_response_type", "This server gives authorization codes only.")
	case query.Get("scope") == "":
		return refuse(http.StatusBadRequest, "invalid_request", "Missing required parameter: scope")
	}
	for _, name := range scopes.Split(query.Get("scope")) {
		scope, known := s.catalogue.Normalise(name)
		if !known || name != string(scope) && name != "email" && name != "profile" {
			return refuse(http.StatusBadRequest, "invalid_scope", "Some requested scopes were invalid.")
		}
		p.asked = append(p.asked, scope)
	}
	if query.Get("include_granted_scopes") == "true" {
		p.asked = append(p.asked, s.grantedBefore(p)...)
	}
	p.asked = set(p.asked)
	return p, nil
}

// grantedBefore is what the account has granted to the client and not revoked.
func (s *Server) grantedBefore(p pending) (held []scopes.Scope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.refreshes {
		if t.sameGrant(p.token(nil)) {
			held = append(held, t.Scopes...)
		}
	}
	return held
}

// token is a token of the consent's client and user.
func (p pending) token(granted []scopes.Scope) Token {
	return Token{Scopes: granted, ClientID: p.client.ID, Account: p.user.account, UserID: p.user.id, Offline: p.offline}
}

// redirect ends a consent: the browser goes back to the client, with a code or
// with what the user refused.
func (s *Server) redirect(q Question, p pending, granted []scopes.Scope, yes bool) answer {
	target, err := url.Parse(p.redirect)
	if err != nil {
		return s.blocked(http.StatusBadRequest, "redirect_uri_mismatch", "The redirect URI is no URI.")
	}
	back := target.Query()
	back.Set("state", p.state)
	back.Set("iss", issuer) // RFC 9207
	if granted = set(granted); yes && len(granted) > 0 {
		value := random("4/0A", 69)
		s.mu.Lock()
		s.codes[value] = code{pending: p, granted: granted, expires: q.now.Add(codeLife)}
		s.mu.Unlock()
		back.Set("code", value)
		back.Set("scope", join(granted))
		back.Set("authuser", "0")
		back.Set("prompt", "consent")
	} else {
		back.Set("error", "access_denied")
	}
	target.RawQuery = back.Encode()
	return answer{status: http.StatusFound, location: target.String()}
}

// set is what a list of scopes comes to: each once, in their order, and with
// openid where a sign-in scope is, since Google adds it.
func set(list []scopes.Scope) []scopes.Scope {
	var out []scopes.Scope
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if identity(out) && !slices.Contains(out, "openid") {
		out = append(out, "openid")
	}
	return out
}

// foreign says why a page is not shown: a name that was bound to this address
// (DNS rebinding), or a form on somebody else's page. Empty means it is ours.
func (s *Server) foreign(q Question) string {
	own := s.listener.Addr().String()
	if q.http.Host != own {
		return "This address goes by another name."
	}
	if origin := q.http.Header.Get("Origin"); origin != "" && origin != "http://"+own {
		return "Another page sent this."
	}
	return ""
}
