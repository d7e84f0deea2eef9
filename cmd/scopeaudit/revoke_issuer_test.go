package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/oidc"
)

// standard is a server of RFC 7009 and RFC 7662 that knows some tokens.
type standard struct {
	mu     sync.Mutex
	live   map[string]bool
	kept   bool // it says that it revokes, and does not
	asked  []string
	url    string
	on     func(path string) // called before an answer
	client string            // that asked last
	more   map[string]any    // in the metadata
	scope  string            // that its token endpoint says was granted; empty: it is silent
	refuse int               // the status with which it refuses to introspect; 0: it answers
}

func (s *standard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.URL.Path)
	if s.on != nil {
		s.on(r.URL.Path)
	}
	w.Header().Set("Content-Type", "application/json")
	token := r.PostFormValue("token")
	if id, _, ok := r.BasicAuth(); ok {
		s.client = id
	}
	var answer any = map[string]any{}
	switch r.URL.Path {
	case "/revoke":
		if !s.kept {
			clear(s.live) // the grant
		}
	case "/auth":
		q := r.URL.Query()
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {"x"}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
		return
	case "/token": // a refresh token is good for one use: refresh-2 comes in its place
		made := map[string]any{"access_token": "access-2", "refresh_token": "refresh-2", "token_type": "Bearer", "expires_in": 3600}
		if s.scope != "" {
			made["scope"] = s.scope
		}
		answer = made
		if r.PostFormValue("grant_type") == "authorization_code" {
			break
		}
		if !s.live[r.PostFormValue("refresh_token")] {
			w.WriteHeader(http.StatusBadRequest)
			answer = map[string]any{"error": "invalid_grant"}
			break
		}
		delete(s.live, r.PostFormValue("refresh_token"))
		s.live["access-2"], s.live["refresh-2"] = true, true
	case "/introspect":
		if s.refuse != 0 {
			w.WriteHeader(s.refuse)
		} else if s.live[token] {
			answer = map[string]any{"active": true, "scope": "openid api:read", "client_id": "app", "username": "kim"}
		} else {
			answer = map[string]any{"active": false}
		}
	default:
		metadata := map[string]any{
			"issuer": s.url, "token_endpoint": s.url + "/token", "authorization_endpoint": s.url + "/auth",
			"revocation_endpoint": s.url + "/revoke", "introspection_endpoint": s.url + "/introspect",
			"response_types_supported": []string{"code"}, "code_challenge_methods_supported": []string{"S256"},
		}
		maps.Copy(metadata, s.more)
		answer = metadata
	}
	json.NewEncoder(w).Encode(answer)
}

// At a standard server that the user names, both tokens are inactive by its own
// introspection afterwards, or revoke does not say so.
func TestRevokeAtStandardServer(t *testing.T) {
	for _, kept := range []bool{false, true} {
		s := &standard{live: map[string]bool{"access-1": true, "refresh-1": true}, kept: kept}
		server := httptest.NewServer(s)
		defer server.Close()
		s.url = server.URL
		file := filepath.Join(t.TempDir(), "token.json")
		content := fmt.Sprintf(`{"token": "access-1", "refresh_token": "refresh-1", "token_uri": "%s/token", "client_id": "app", "client_secret": "x", "scopes": ["api:read"]}`, server.URL)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		env := environment{
			stdin: strings.NewReader("y\n"), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, clock: &standstill{}, terminal: true,
		}
		env.clock.(*standstill).now = env.clock.Now().AddDate(2026, 0, 0)
		code := run(context.Background(), []string{"revoke", "--issuer", server.URL, file}, env)
		want := exitClean
		if kept {
			want = exitUnfinished
		}
		if exitCode(code) != want || len(s.live) > 0 != kept || strings.Contains(stdout.String(), "dead since") == kept ||
			!strings.Contains(stdout.String(), "granted  openid, api:read") || strings.Contains(stdout.String(), "Google ") {
			t.Errorf("kept %v: exit status %d\n%s%s", kept, code, stdout.String(), stderr.String())
		}
		if !slices.Contains(s.asked, "/revoke") {
			t.Errorf("asked %q", s.asked)
		}
	}
}

// At a real authorization server, both tokens are inactive afterwards by its own
// introspection, and a second time is success too; the file is as it was.
func TestRevokeOnOIDCProvider(t *testing.T) {
	issuer := startProvider(t)
	s := &standardRun{t: t, issuer: issuer, folder: t.TempDir(), ticks: []string{"openid", "api:read"}, pages: make(chan string, 9)}
	client := tokeninfo.Client{ID: "confidential", Secret: tokeninfo.NewSecret("c:o n/f+1%")}
	file, err := json.Marshal(map[string]any{"installed": map[string]any{
		"client_id": client.ID, "client_secret": client.Secret.Reveal(), "token_uri": issuer + "/token", "redirect_uris": []string{"http://127.0.0.1/cb"},
	}})
	if err == nil {
		err = os.WriteFile(s.path("client.json"), file, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.run(0, "--scope", "openid", "--scope", "api:read")
	held := s.token()
	before, _ := os.ReadFile(s.path("token.json"))
	server, err := oidc.New(oidc.Options{Issuer: issuer, Client: client})
	if err != nil {
		t.Fatal(err)
	}
	says := func(want tokeninfo.Access) {
		t.Helper()
		for _, token := range []tokeninfo.Secret{held.AccessToken, held.RefreshToken} {
			if g, err := server.Lookup(t.Context(), token); err != nil || g.Access != want {
				t.Errorf("the server says %+v, %v", g, err)
			}
		}
	}
	says(tokeninfo.Live)
	for range 2 {
		var stdout, stderr bytes.Buffer
		env := environment{stdin: strings.NewReader("y\n"), stdout: &stdout, stderr: &stderr, getenv: wide, terminal: true}
		code := run(t.Context(), []string{"revoke", "--issuer", issuer, s.path("token.json")}, env)
		if code != int(exitClean) || !strings.Contains(stdout.String(), "✓ dead since") || strings.Contains(stdout.String()+stderr.String(), held.RefreshToken.Reveal()) {
			t.Errorf("exit status %d\n%s%s", code, stdout.String(), stderr.String())
		}
		says(tokeninfo.NotValid)
	}
	if after, err := os.ReadFile(s.path("token.json")); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file was changed: %v", err)
	}
}

func TestRevokeNeverMixesServers(t *testing.T) {
	s := newStage(t)
	file := s.write("token.json", s.token("student@example.com"))
	other := &standard{live: map[string]bool{}}
	server := httptest.NewServer(other)
	defer server.Close()
	other.url = server.URL
	for _, args := range [][]string{{"revoke", "--issuer", server.URL, file}, {"revoke", "--issuer", server.URL, "--leak", file + ":1"}} {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), args, environment{
			stdin: strings.NewReader("y\n"), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, clock: s.clock, terminal: true,
		})
		if code != int(exitUsage) || len(other.asked) > 0 {
			t.Errorf("%q: exit status %d, asked %q\n%s", args, code, other.asked, stderr.String())
		}
	}
}
