package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/oidc"
)

// nodePackages names the folder in which npm installed what the tests need.
const nodePackages = "SCOPEAUDIT_NODE_PACKAGES"

// node finds a package of npm's in that folder.
func node(t *testing.T, name string) (folder string) {
	t.Helper()
	folder = os.Getenv(nodePackages)
	_, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(folder, "node_modules", name, "package.json"))
	}
	if folder == "" || err != nil {
		t.Skipf("needs node (Debian: nodejs) and %s (npm install --prefix FOLDER, with the version that .ci/run names, and the folder in %s)", name, nodePackages)
	}
	return folder
}

// startProvider runs npm's oidc-provider until the test ends.
func startProvider(t *testing.T) (issuer string) {
	t.Helper()
	cmd := exec.Command("node", "--no-warnings", filepath.Join("testdata", "oidc_provider.mjs"), node(t, "oidc-provider"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "http://127.0.0.1:") {
			go io.Copy(io.Discard, stdout)
			return lines.Text()
		}
	}
	t.Fatalf("oidc-provider did not start: %s", stderr.String())
	return ""
}

// standardRun is login against oidc-provider.
type standardRun struct {
	t      *testing.T
	issuer string
	folder string
	ticks  []string
	stdout string
	stderr string
	pages  chan string // the last page that the browser showed
}

func (s *standardRun) path(name string) string { return filepath.Join(s.folder, name) }

// browse is a browser in which the user ticks what the test says.
func (s *standardRun) browse(address string) error {
	go func() {
		jar, _ := cookiejar.New(nil)
		browser := &http.Client{Jar: jar}
		res, err := browser.Get(address)
		if err != nil {
			s.t.Error(err)
			return
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if !strings.Contains(res.Request.URL.Path, "/interaction/") {
			s.pages <- string(body)
			return
		}
		res, err = browser.Post(res.Request.URL.String(), "text/plain", strings.NewReader(strings.Join(s.ticks, "\n")))
		if err != nil {
			s.t.Error(err)
			return
		}
		body, _ = io.ReadAll(res.Body)
		res.Body.Close()
		s.pages <- string(body)
	}()
	return nil
}

func (s *standardRun) run(want int, args ...string) {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	env := environment{stdin: strings.NewReader("y\n"), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, browse: s.browse, terminal: true}
	args = append([]string{"login", "--issuer", s.issuer, "--output", s.path("token.json"), "--timeout", "30s"}, args...)
	if got := run(context.Background(), append(args, s.path("client.json")), env); got != want {
		s.t.Fatalf("exit status %d, want %d\n%s%s", got, want, stdout.String(), stderr.String())
	}
	s.stdout, s.stderr = stdout.String(), stderr.String()
}

// asks runs token on the file.
func (s *standardRun) asks(want int, args ...string) {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	env := environment{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }}
	args = append([]string{"token", "--issuer", s.issuer}, args...)
	if got := run(context.Background(), append(args, s.path("token.json")), env); got != want {
		s.t.Errorf("exit status %d, want %d\n%s%s", got, want, stdout.String(), stderr.String())
	}
	s.stdout, s.stderr = stdout.String(), stderr.String()
}

func (s *standardRun) token() tokeninfo.Credential {
	s.t.Helper()
	data, err := os.ReadFile(s.path("token.json"))
	if err != nil {
		s.t.Fatal(err)
	}
	found, err := credfile.Identify(data)
	if err != nil || len(found) != 1 {
		s.t.Fatalf("%+v, %v", found, err)
	}
	for _, secret := range []tokeninfo.Secret{found[0].AccessToken, found[0].RefreshToken} {
		if strings.Contains(s.stdout+s.stderr, secret.Reveal()) {
			s.t.Error("a secret shows")
		}
	}
	return found[0]
}

// TestLoginOnOIDCProvider signs in, uses, renews with rotation, and revokes, at a
// real authorization server, as a public and as a confidential client.
func TestLoginOnOIDCProvider(t *testing.T) {
	issuer := startProvider(t)
	for _, client := range []tokeninfo.Client{{ID: "public"}, {ID: "confidential", Secret: tokeninfo.NewSecret("c:o n/f+1%")}} {
		t.Run(client.ID, func(t *testing.T) {
			s := &standardRun{t: t, issuer: issuer, folder: t.TempDir(), ticks: []string{"openid", "api:read"}, pages: make(chan string, 9)}
			file := map[string]any{"installed": map[string]any{"client_id": client.ID, "token_uri": issuer + "/token", "redirect_uris": []string{"http://127.0.0.1/cb"}}}
			if client.Secret.Present() {
				file["installed"].(map[string]any)["client_secret"] = client.Secret.Reveal()
			}
			data, _ := json.Marshal(file)
			if err := os.WriteFile(s.path("client.json"), data, 0o600); err != nil {
				t.Fatal(err)
			}
			server, err := oidc.New(oidc.Options{Issuer: issuer, Client: client})
			if err != nil {
				t.Fatal(err)
			}
			says := func(token tokeninfo.Secret) tokeninfo.Grant {
				t.Helper()
				g, err := server.Lookup(context.Background(), token)
				if err != nil || g.Access == tokeninfo.Unknown {
					t.Fatalf("%+v, %v", g, err)
				}
				return g
			}

			// One box unticked, then none ticked, then all.
			s.run(1, "--scope", "openid", "--scope", "api:read", "--scope", "api:write")
			if page := <-s.pages; !strings.Contains(page, "Less was granted") || !strings.Contains(s.stderr, "not granted: api:write") {
				t.Errorf("%s\n%s", s.stderr, page)
			}
			s.ticks = nil
			s.run(3, "--scope", "openid", "--scope", "api:read")
			if page := <-s.pages; !strings.Contains(page, "No token") || !strings.Contains(s.stderr, "access_denied") {
				t.Errorf("%s\n%s", s.stderr, page)
			}
			s.ticks = []string{"openid", "api:read"}
			s.run(0, "--scope", "openid", "--scope", "api:read")
			if page := <-s.pages; !strings.Contains(page, "api:read") {
				t.Error(page)
			}
			first := s.token()
			if g := says(first.AccessToken); g.Access != tokeninfo.Live || strings.Join(first.Scopes, " ") != "api:read openid" {
				t.Errorf("%+v, the file says %v", g, first.Scopes)
			}

			// What is there is used; once it has ended, it is renewed, and the
			// refresh token is another.
			s.run(0, "--scope", "openid", "--scope", "api:read")
			if !strings.Contains(s.stdout, "is valid") {
				t.Error(s.stdout, s.stderr)
			}
			stale := first
			stale.Expiry = time.Now().Add(-time.Hour)
			if data, err = credfile.Encode(stale, tokeninfo.GoogleAuth); err == nil {
				err = os.WriteFile(s.path("token.json"), data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			s.run(0, "--scope", "openid", "--scope", "api:read")
			second := s.token()
			if !strings.Contains(s.stdout, "was renewed") || second.RefreshToken.Reveal() == first.RefreshToken.Reveal() || second.AccessToken.Reveal() == first.AccessToken.Reveal() {
				t.Error(s.stdout, s.stderr)
			}

			// Asked about by its refresh token: the server rotates, and the file
			// holds what came, which works.
			s.asks(0)
			if !strings.Contains(s.stdout, "granted  api:read, openid") {
				t.Error(s.stdout)
			}
			s.asks(0, "--refresh")
			third := s.token()
			if !strings.Contains(s.stdout, "live: it makes new access tokens") || third.RefreshToken.Reveal() == second.RefreshToken.Reveal() ||
				third.AccessToken.Reveal() != second.AccessToken.Reveal() {
				t.Error(s.stdout, s.stderr)
			}
			if g := says(third.RefreshToken); g.Access != tokeninfo.Live {
				t.Errorf("%+v", g)
			}

			// Revoked, and a new consent; both old tokens are inactive by the
			// server's own word.
			s.run(0, "--revoke-first", "--scope", "openid")
			<-s.pages
			for _, token := range []tokeninfo.Secret{third.AccessToken, third.RefreshToken} {
				if g := says(token); g.Access != tokeninfo.NotValid {
					t.Errorf("after revocation: %+v", g)
				}
			}
			last := s.token()
			if g := says(last.AccessToken); g.Access != tokeninfo.Live || strings.Join(g.Scopes, " ") != "openid" {
				t.Errorf("%+v", g)
			}

			// A refresh token that was used before is dead, and the server ends
			// what came of it; that is explained, and a consent is asked for.
			stale = last
			stale.RefreshToken, stale.Expiry = first.RefreshToken, time.Now().Add(-time.Hour)
			if data, err = credfile.Encode(stale, tokeninfo.GoogleAuth); err == nil {
				err = os.WriteFile(s.path("token.json"), data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			s.run(0, "--scope", "openid")
			<-s.pages
			if !strings.Contains(s.stderr, "invalid_grant") || !strings.Contains(s.stdout, "saved") {
				t.Error(s.stdout, s.stderr)
			}
		})
	}
}
