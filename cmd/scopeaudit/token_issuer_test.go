package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// issuerRun is `token --issuer` with a token file and a standard server that
// knows its tokens.
type issuerRun struct {
	t           *testing.T
	server      *standard
	connections atomic.Int64
	file        string
	stdin       string
	out         string // all that was printed
}

func newIssuerRun(t *testing.T) *issuerRun {
	r := &issuerRun{t: t, server: &standard{live: map[string]bool{"access-1": true, "refresh-1": true}}, file: filepath.Join(t.TempDir(), "token.json")}
	s := httptest.NewUnstartedServer(r.server)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			r.connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	r.server.url = s.URL
	r.write(fmt.Sprintf(`{"token": "access-1", "refresh_token": "refresh-1", "token_uri": "%s/token", "client_id": "app", "client_secret": "x", "scopes": ["openid", "api:read"], "mine": 1}`, s.URL))
	return r
}

func (r *issuerRun) write(content string) {
	r.t.Helper()
	if err := os.WriteFile(r.file, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *issuerRun) read() string {
	data, _ := os.ReadFile(r.file)
	return string(data)
}

func (r *issuerRun) run(want exitCode, args ...string) {
	r.t.Helper()
	var out bytes.Buffer
	env := environment{stdin: strings.NewReader(r.stdin), stdout: &out, stderr: &out, getenv: func(string) string { return "" }}
	if got := run(context.Background(), append([]string{"token", "--issuer", r.server.url}, args...), env); got != int(want) {
		r.t.Errorf("%q: exit status %d, want %d\n%s", args, got, want, out.String())
	}
	r.out = out.String()
	for _, secret := range []string{"access-", "refresh-1", "refresh-2"} {
		if strings.Contains(r.out, secret) {
			r.t.Errorf("a secret shows:\n%s", r.out)
		}
	}
}

func (r *issuerRun) says(want ...string) {
	r.t.Helper()
	for _, w := range want {
		if !strings.Contains(r.out, w) {
			r.t.Errorf("%q is not said:\n%s", w, r.out)
		}
	}
}

// The server that the user names tells what a token grants, in its own name;
// policies are about Google's scopes, and judge none of its.
func TestTokenAtStandardServer(t *testing.T) {
	r := newIssuerRun(t)
	r.run(exitClean, r.file)
	r.says("server", "live: "+r.server.url+" accepts the access token", "granted  api:read, openid", "account  kim", "policies are about Google's scopes")
	if strings.Contains(r.out, "Google grant") || strings.Contains(r.out, "Google acc") || strings.Contains(r.out, "foreign-endpoint") {
		t.Errorf("what is Google's is said:\n%s", r.out)
	}
	if r.server.client != "app" {
		t.Errorf("%q asked", r.server.client)
	}
	r.run(exitClean, "--format", "json", r.file)
	r.says(`"server": "`+r.server.url+`"`, `"access": "live"`, `"granted": true`, `"allowed": null`)

	r.stdin = `{"access_token": "access-1", "token_type": "Bearer"}`
	r.run(exitClean, "-")
	r.says("granted  api:read, openid")

	r.write(strings.Replace(r.read(), `"api:read"`, `"api:write"`, 1))
	r.run(exitFindings, r.file)
	r.says("claim-differs", r.server.url+" granted api:read")

	r.server.live = map[string]bool{}
	r.run(exitFindings, r.file) // for the refresh token, which was not tested
	r.says("not valid now", "token-not-tested")
	r.run(exitClean, "--refresh", r.file)
	r.says("dead: "+r.server.url+" no longer accepts", "invalid_grant")

	for _, args := range [][]string{{"--probe"}, {"--offline"}, {"--endpoint", "http://127.0.0.1:1"}} {
		before := r.connections.Load()
		r.run(exitUsage, append(args, r.file)...)
		if r.connections.Load() != before {
			t.Errorf("%q: somebody was asked", args)
		}
	}
}

// A refresh token that comes in the old one's place is in the file before
// anything else is asked; the rest of the file stays.
func TestTokenRefreshKeepsWhatRotates(t *testing.T) {
	r := newIssuerRun(t)
	want := strings.Replace(r.read(), "refresh-1", "refresh-2", 1)
	used := false
	r.server.on = func(path string) {
		if used && r.read() != want {
			t.Errorf("when %s is asked, the file holds %s", path, r.read())
		}
		used = used || path == "/token"
	}
	r.run(exitClean, "--refresh", r.file)
	r.says("live: it makes new access tokens", "another refresh token came in answer")
	if !used || r.read() != want {
		t.Errorf("the file holds %s, want %s", r.read(), want)
	}
	// Also where what follows fails.
	r.server.live["refresh-1"] = true
	r.write(strings.Replace(want, "refresh-2", "refresh-1", 1))
	used = false
	r.server.on = func(path string) {
		if used {
			panic(http.ErrAbortHandler)
		}
		used = path == "/token"
	}
	r.run(exitUnfinished, "--refresh", r.file)
	if r.read() != want {
		t.Errorf("the file holds %s, want %s", r.read(), want)
	}
}

// Where what comes could not be kept, nothing is sent.
func TestTokenRefreshRefusedUnsent(t *testing.T) {
	for name, spoil := range map[string]func(*issuerRun) (source string){
		"standard input": func(r *issuerRun) string { r.stdin = r.read(); return "-" },
		"a link": func(r *issuerRun) string {
			if err := os.Symlink(r.file, r.file+".link"); err != nil {
				t.Skipf("this system makes no links: %v", err)
			}
			return r.file + ".link"
		},
		"protected": func(r *issuerRun) string { os.Chmod(r.file, 0o400); return r.file },
		"key twice": func(r *issuerRun) string {
			r.write(strings.Replace(r.read(), `"mine": 1`, `"refresh_token": "refresh-1"`, 1))
			return r.file
		},
		"another format": func(r *issuerRun) string {
			r.write(`{"_class": "OAuth2Credentials", "_module": "oauth2client.client", "access_token": "access-1", "refresh_token": "refresh-1", "client_id": "app", "token_uri": "` + r.server.url + `/token"}`)
			return r.file
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newIssuerRun(t)
			source := spoil(r)
			before := r.read()
			r.run(exitUnfinished, "--refresh", source)
			r.says("not sent")
			if slices.Contains(r.server.asked, "/token") || r.read() != before {
				t.Errorf("asked %q, the file holds %s", r.server.asked, r.read())
			}
		})
	}
}

// Another program writes the file while the server answers: its content stays,
// and what was lost is said.
func TestTokenRefreshReplacedMeanwhile(t *testing.T) {
	r := newIssuerRun(t)
	r.server.on = func(path string) {
		if path == "/token" {
			r.write("theirs")
		}
	}
	r.run(exitUnfinished, "--refresh", r.file)
	r.says("could not be kept", "was changed by another program", "sign in again")
	if r.read() != "theirs" {
		t.Errorf("the file holds %q", r.read())
	}
}

// An interrupt while a server that rotates answers does not lose what comes, in
// token and in login.
func TestRotationOutlivesInterrupt(t *testing.T) {
	for _, verb := range []string{"token", "login"} {
		r := newIssuerRun(t)
		r.write(strings.Replace(r.read(), `"mine": 1`, `"expiry": "2020-01-01T00:00:00Z"`, 1))
		want := strings.Replace(r.read(), "refresh-1", "refresh-2", 1)
		ctx, interrupt := context.WithCancel(context.Background())
		r.server.on = func(path string) {
			if path == "/token" {
				interrupt()
			}
		}
		client := r.file + ".client"
		if err := os.WriteFile(client, []byte(`{"installed": {"client_id": "app", "client_secret": "x", "redirect_uris": ["http://127.0.0.1/cb"]}}`), 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"token", "--refresh", "--issuer", r.server.url, r.file}
		if verb == "login" {
			args = []string{"login", "--issuer", r.server.url, "--scope", "openid", "--output", r.file, client}
		}
		var out bytes.Buffer
		env := environment{stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(string) string { return "" }}
		if got := run(ctx, args, env); got != int(exitUnfinished) || !strings.Contains(out.String(), "interrupted") || r.read() != want {
			t.Errorf("%s: exit status %d, the file holds %s\n%s", verb, got, r.read(), out.String())
		}
	}
}

// What is Google's, and what names another server, opens no connection.
func TestTokenNeverMixesServers(t *testing.T) {
	for name, change := range map[string][2]string{
		"access token":     {`"access-1"`, `"ya29.EXAMPLE"`},
		"refresh token":    {`"refresh-1"`, `"1//0EXAMPLE"`},
		"client secret":    {`"x"`, `"GOCSPX-EXAMPLE"`},
		"client":           {`"app"`, `"` + loginClient + `"`},
		"published client": {`"app"`, `"32555940559.apps.googleusercontent.com"`},
		"token_uri":        {"ISSUER/token", "https://oauth2.googleapis.com/token"},
		"another server":   {"ISSUER/token", "https://evil.example/token"},
		"a user part":      {"http://", "http://x@"},
		"another path":     {"ISSUER/token", "ISSUER.evil.example/token"},
		"private key":      {`"mine": 1`, `"type": "service_account", "client_email": "a@example.iam.gserviceaccount.com", "private_key": "EXAMPLE"`},
	} {
		t.Run(name, func(t *testing.T) {
			r := newIssuerRun(t)
			from, to := strings.ReplaceAll(change[0], "ISSUER", r.server.url), strings.ReplaceAll(change[1], "ISSUER", r.server.url)
			r.write(strings.Replace(r.read(), from, to, 1))
			for _, args := range [][]string{{r.file}, {"--refresh", r.file}} {
				if r.run(exitUsage, args...); r.connections.Load() != 0 {
					t.Errorf("%d connections", r.connections.Load())
				}
			}
		})
	}
}
