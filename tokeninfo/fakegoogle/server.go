// Package fakegoogle is a stand-in for Google on a loopback address, for tests
// and for demonstrations without an account: both tokeninfo endpoints and, once
// they are opened, the authorization server with its consent page and a Gmail
// with a toy mailbox. It answers as the reference describes, misbehaves on
// request, and remembers what it was asked: a request that nobody expects, or a
// secret in a URL, is held against the caller.
package fakegoogle

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
)

// The paths that the stand-in serves, beside those of Gmail.
const (
	Current       = "/tokeninfo"           // as on oauth2.googleapis.com
	V2            = "/oauth2/v2/tokeninfo" // as on www.googleapis.com
	AuthPath      = "/o/oauth2/v2/auth"    // as on accounts.google.com
	ConsentPath   = "/signin/oauth/consent"
	TokenPath     = "/token"  // as on oauth2.googleapis.com
	RevokePath    = "/revoke" // the same
	faviconPath   = "/favicon.ico"
	gmailPrefix   = "/gmail/v1/"
	issuer        = "https://accounts.google.com"
	maxBody       = 64 << 10 // the largest request body read, in bytes
	headerTimeout = 10 * time.Second
)

// Carrier is how a token reached the server.
type Carrier string

// The ways to carry a token.
const (
	None   Carrier = "none"
	Header Carrier = "header"
	Form   Carrier = "form"
	Query  Carrier = "query" // as nobody should
)

// Request is one request as it came.
type Request struct {
	Method, Path string
	Carrier      Carrier
	TokenInURL   bool
	// Length is the Content-Length header as sent, empty for none.
	Length    string
	UserAgent string
	Cookie    bool // a cookie came along
	// Fields are the names of the form fields in the body, sorted.
	Fields []string
	// GrantType is what was asked of the token endpoint.
	GrantType string
	// Call is the Gmail method that was called: "gmail.users.messages.list".
	Call string
}

// Server is a running stand-in. Its methods are safe for concurrent use.
type Server struct {
	now      func() time.Time
	listener net.Listener
	http     *http.Server

	mu         sync.Mutex
	tokens     map[string]Token // access tokens
	refreshes  map[string]Token // refresh tokens; no Expires means never
	codes      map[string]code
	pending    map[string]pending // consents that wait for the user
	clients    map[string]Client
	catalogue  *scopes.Catalogue
	user       user
	consent    func(Consent) ([]scopes.Scope, bool)
	rotate     bool
	delay      time.Duration
	mailbox    *mailbox
	calls      []scopes.Method // of Gmail
	mischief   map[string]Misbehaviour
	requests   []Request
	unexpected []string
}

// Start serves on a free port of 127.0.0.1 until Close. The clock decides when
// tokens die.
func Start(now func() time.Time) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("no loopback port for the stand-in: %w", err)
	}
	s := &Server{
		now: now, listener: listener,
		tokens:    make(map[string]Token),
		refreshes: make(map[string]Token),
		codes:     make(map[string]code),
		pending:   make(map[string]pending),
		clients:   make(map[string]Client),
		user:      user{"student@example.com", "10000001"},
		mischief:  make(map[string]Misbehaviour),
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: headerTimeout}
	go s.http.Serve(listener)
	return s, nil
}

// URL is what to give as an endpoint: "http://127.0.0.1:PORT".
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close stops serving and cuts what is open.
func (s *Server) Close() error {
	if err := s.http.Close(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Misbehave changes how a path answers; nil makes it honest again.
func (s *Server) Misbehave(path string, m Misbehaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mischief[path] = m
}

// Requests lists what was asked so far, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Unexpected lists, in words, the requests that no caller should have made.
// A test that uses the stand-in ends by looking that there are none. It holds
// no secret that the stand-in knows.
func (s *Server) Unexpected() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.unexpected)
}

// ServeHTTP answers one request; it is there so that the stand-in can also
// serve behind a listener of the caller's, such as one with TLS.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := read(r)
	q.server, q.now = s, s.now()
	s.mu.Lock()
	q.hide(s.tokens)
	q.hide(s.refreshes)
	end := s.endpoint(&q)
	s.requests = append(s.requests, q.Request)
	if wrong := end.wrong(q); wrong != "" {
		s.object(q, wrong)
	}
	q.token, q.known = s.tokens[q.access]
	q.known = q.known && q.now.Before(q.token.Expires)
	m := s.mischief[r.URL.Path]
	s.mu.Unlock()

	q.answer = end.answer
	switch {
	case end.answer == nil:
		http.NotFound(w, r)
	case m != nil:
		m(w, q)
	default:
		q.honest().send(w)
	}
}

// object holds a request against the caller. The lock is held.
func (s *Server) object(q Question, wrong string) {
	s.unexpected = append(s.unexpected, fmt.Sprintf("%q %q: %s", q.Method, q.Path, wrong))
}

// endpoint is what answers at a path.
type endpoint struct {
	wrong  func(Question) string // what nobody should have sent; empty for a proper request
	answer func(Question) answer // what Google would say; nil where there is nothing
}

// endpoint finds who answers. Only tokeninfo is there from the start: a test
// that opens no more than it expects is told of everything else.
func (s *Server) endpoint(q *Question) endpoint {
	open := len(s.clients) > 0
	switch {
	case q.Path == Current || q.Path == V2:
		return endpoint{wrongLookup, Question.tokeninfo}
	case open && q.Path == AuthPath:
		return endpoint{wrongAuthorization, s.authorize}
	case open && q.Path == ConsentPath:
		return endpoint{wrongConsent, s.consented}
	case open && q.Path == TokenPath:
		return endpoint{wrongForm, s.exchange}
	case open && q.Path == RevokePath:
		return endpoint{wrongForm, s.revoke}
	case open && q.Path == faviconPath:
		return endpoint{func(Question) string { return "" }, func(Question) answer { return answer{status: http.StatusNoContent} }}
	case s.mailbox != nil && strings.HasPrefix(q.Path, gmailPrefix):
		if call, ok := s.call(q); ok {
			return endpoint{wrongCall, func(q Question) answer { return s.gmail(q, call) }}
		}
	}
	return endpoint{wrong: func(Question) string { return "no such path" }}
}

// Register makes an access token known, or changes it.
func (s *Server) Register(access tokeninfo.Secret, t Token) { s.register(s.tokens, access, t) }

// RegisterRefresh makes a refresh token known, or changes it. It dies when
// Expires says; a zero time means never.
func (s *Server) RegisterRefresh(refresh tokeninfo.Secret, t Token) {
	s.register(s.refreshes, refresh, t)
}

func (s *Server) register(known map[string]Token, value tokeninfo.Secret, t Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.Scopes = slices.Clone(t.Scopes)
	known[value.Reveal()] = t
}
