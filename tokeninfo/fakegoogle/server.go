// Package fakegoogle is a stand-in for Google's two tokeninfo endpoints on a
// loopback address, for tests and for demonstrations without an account. It
// answers as the reference describes, misbehaves on request, and remembers what
// it was asked: a request that nobody expects, or a token in a URL, is held
// against the caller.
package fakegoogle

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
)

// The paths that the stand-in serves.
const (
	Current = "/tokeninfo"           // as on oauth2.googleapis.com
	V2      = "/oauth2/v2/tokeninfo" // as on www.googleapis.com
)

// maxBody is the largest request body read, in bytes.
const maxBody = 16 << 10

// Token is what the stand-in knows about one access token.
type Token struct {
	Scopes   []scopes.Scope
	ClientID string
	// Account is the user's e-mail address and UserID the number that Google
	// knows the user by; they show only where the scopes let them.
	Account string
	UserID  string
	// Unverified says that nobody proved that Account is the user's.
	Unverified bool
	// Offline says that a refresh token was made along with it.
	Offline bool
	// Expires is when the token dies.
	Expires time.Time
}

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
}

// Server is a running stand-in. Its methods are safe for concurrent use.
type Server struct {
	now      func() time.Time
	listener net.Listener
	http     *http.Server

	mu         sync.Mutex
	tokens     map[string]Token
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
		tokens:   make(map[string]Token),
		mischief: make(map[string]Misbehaviour),
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
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

// Register makes a token known, or changes it.
func (s *Server) Register(access tokeninfo.Secret, t Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.Scopes = slices.Clone(t.Scopes)
	s.tokens[access.Reveal()] = t
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
// no token.
func (s *Server) Unexpected() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.unexpected)
}

// ServeHTTP answers one request; it is there so that the stand-in can also
// serve behind a listener of the caller's, such as one with TLS.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := read(r)
	s.mu.Lock()
	s.requests = append(s.requests, q.Request)
	if wrong := q.wrong(); wrong != "" {
		s.unexpected = append(s.unexpected, fmt.Sprintf("%q %q: %s", q.Method, q.Path, wrong))
	}
	q.token, q.known = s.tokens[q.access]
	m := s.mischief[r.URL.Path]
	s.mu.Unlock()

	q.now = s.now()
	q.known = q.known && q.now.Before(q.token.Expires)
	switch {
	case q.Path != Current && q.Path != V2:
		http.NotFound(w, r)
	case m != nil:
		m(w, q)
	default:
		q.honest().send(w)
	}
}
