package google

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
	"scopeaudit/tokeninfo/wire"
)

const (
	readonly = "https://www.googleapis.com/auth/gmail.readonly"
	mailAll  = "https://mail.google.com/"
	email    = "https://www.googleapis.com/auth/userinfo.email"
	client   = "000000000000-example.apps.googleusercontent.com"
	account  = "student@example.com"
)

// noon is the clock of the tests.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// planted is an access token of full shape, put together here so that no file
// holds one. It has all the characters whose escaped forms differ.
func planted() string { return "ya29" + "." + strings.Repeat("pLaNtEd_-0+/", 4) }

func student() fakegoogle.Token {
	return fakegoogle.Token{
		Scopes:   []scopes.Scope{readonly, email, "openid"},
		ClientID: client, Account: account, UserID: "10000001",
		Offline: true, Expires: noon().Add(3599 * time.Second),
	}
}

// fake starts the stand-in with the planted token, and ends the test by looking
// that nothing was asked that should not have been.
func fake(t *testing.T) *fakegoogle.Server {
	t.Helper()
	s, err := fakegoogle.Start(noon)
	if err != nil {
		t.Fatal(err)
	}
	s.Register(tokeninfo.NewSecret(planted()), student())
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		for _, u := range s.Unexpected() {
			t.Errorf("unexpected request: %s", u)
		}
		for _, r := range s.Requests() {
			if r.TokenInURL || r.UserAgent != wire.UserAgent {
				t.Errorf("request %+v", r)
			}
		}
	})
	return s
}

func ask(t *testing.T, endpoint string, timeout time.Duration) tokeninfo.Grant {
	t.Helper()
	c, err := New(Options{Endpoint: endpoint, Now: noon, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	g, err := c.Lookup(context.Background(), tokeninfo.NewSecret(planted()))
	if err != nil {
		t.Fatal(err)
	}
	if !g.Asked.Equal(noon()) {
		t.Errorf("asked at %v", g.Asked)
	}
	return g
}

// tracesOf lists the forms under which a secret could slip into text.
func tracesOf(secret string) []string {
	forms := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret),
		hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
		secret[:len(secret)/2], secret[len(secret)/2:],
	}
	for skip := range 3 { // the three ways to fall on base64's groups
		whole := []byte(secret[skip:])
		whole = whole[:len(whole)/3*3]
		forms = append(forms, base64.StdEncoding.EncodeToString(whole), base64.URLEncoding.EncodeToString(whole))
	}
	return forms
}

func mustNotLeak(t *testing.T, where, text string) {
	t.Helper()
	for _, form := range tracesOf(planted()) {
		if strings.Contains(text, form) {
			t.Errorf("%s holds the token as %q: %q", where, form, text)
		}
	}
}

// sink is a listener that nobody may reach.
func sink(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var reached atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		if n := reached.Load(); n > 0 {
			t.Errorf("the sink was reached %d times", n)
		}
	})
	return l.Addr().String()
}
