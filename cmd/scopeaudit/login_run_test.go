package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/fakegoogle"
)

const (
	loginClient = "000000000000-example.apps.googleusercontent.com"
	readonly    = "https://www.googleapis.com/auth/gmail.readonly"
	fullMail    = "https://mail.google.com/"
)

// loginRun is a folder with a client's file, a stand-in for Google, and a user
// who consents.
type loginRun struct {
	t      *testing.T
	folder string
	fake   *fakegoogle.Server
	now    time.Time // the server's clock

	mu       sync.Mutex
	asked    []fakegoogle.Consent
	grant    func(asked []scopes.Scope) ([]scopes.Scope, bool)
	browse   func(string) error
	stdin    io.Reader
	terminal bool
	opened   []string // what the browser was started with
	stdout   string
	stderr   string
	ctx      context.Context
	variable map[string]string
}

func loginSecret() tokeninfo.Secret {
	return tokeninfo.NewSecret("GOCSPX" + "-" + strings.Repeat("sEcReT7", 4))
}

func newLogin(t *testing.T) *loginRun {
	t.Helper()
	l := &loginRun{t: t, folder: t.TempDir(), now: time.Now(), stdin: strings.NewReader(""), ctx: context.Background()}
	var err error
	if l.fake, err = fakegoogle.Start(func() time.Time { l.mu.Lock(); defer l.mu.Unlock(); return l.now }); err != nil {
		t.Fatal(err)
	}
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	l.fake.Open(cat, fakegoogle.Client{ID: loginClient, Secret: loginSecret(), Name: "Inbox"})
	l.grant = func(asked []scopes.Scope) ([]scopes.Scope, bool) { return asked, true }
	l.fake.AnswerConsent(func(c fakegoogle.Consent) ([]scopes.Scope, bool) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.asked = append(l.asked, c)
		return l.grant(c.Asked)
	})
	l.browse = func(address string) error {
		l.opened = append(l.opened, address)
		go func() {
			if res, err := http.Get(address); err == nil {
				io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
		}()
		return nil
	}
	l.write("client.json", `{"installed": {"client_id": "`+loginClient+`", "project_id": "example", "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": "https://oauth2.googleapis.com/token", "client_secret": "`+loginSecret().Reveal()+`", "redirect_uris": ["http://localhost"]}}`)
	t.Cleanup(func() {
		l.fake.Close()
		for _, wrong := range l.fake.Unexpected() {
			t.Error("unexpected request:", wrong)
		}
	})
	return l
}

func (l *loginRun) path(name string) string { return filepath.Join(l.folder, name) }

func (l *loginRun) write(name, content string) {
	l.t.Helper()
	if err := os.WriteFile(l.path(name), []byte(content), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

func (l *loginRun) read(name string) string {
	data, err := os.ReadFile(l.path(name))
	if err != nil {
		return ""
	}
	return string(data)
}

func (l *loginRun) token(name string) tokeninfo.Credential {
	l.t.Helper()
	found, err := credfile.Identify([]byte(l.read(name)))
	if err != nil || len(found) != 1 {
		l.t.Fatalf("%s: %+v, %v", name, found, err)
	}
	return found[0]
}

// web makes the client one of the type web, which returns to one port of this
// machine: that of the listener.
func (l *loginRun) web(host, path string) net.Listener {
	l.t.Helper()
	free := listen(l.t)
	_, port, _ := net.SplitHostPort(free.Addr().String())
	redirect := "http://" + host + ":" + port + path
	cat, err := scopes.Load()
	if err != nil {
		l.t.Fatal(err)
	}
	l.fake.Open(cat, fakegoogle.Client{ID: loginClient, Secret: loginSecret(), RedirectURIs: []string{redirect}})
	l.write("client.json", strings.NewReplacer(`"installed"`, `"web"`, "http://localhost", redirect).Replace(l.read("client.json")))
	return free
}

// run signs in and wants an exit status.
func (l *loginRun) run(want int, args ...string) {
	l.t.Helper()
	args = append([]string{"login", "--timeout", "1m", "--endpoint", l.fake.URL(), "--output", l.path("token.json")}, args...)
	l.verb(want, append(args, l.path("client.json"))...)
}

// verb runs any verb. Whatever was printed, and whatever the browser was started
// with, holds no secret.
func (l *loginRun) verb(want int, args ...string) {
	l.t.Helper()
	var stdout, stderr bytes.Buffer
	env := environment{stdin: l.stdin, stdout: &stdout, stderr: &stderr, getenv: func(s string) string { return l.variable[s] }, browse: l.browse, terminal: l.terminal}
	if got := run(l.ctx, args, env); got != want {
		l.t.Errorf("exit status %d, want %d\n%s%s", got, want, stdout.String(), stderr.String())
	}
	l.stdout, l.stderr = stdout.String(), stderr.String()
	l.holdsNoSecret()
}

func (l *loginRun) holdsNoSecret() {
	l.t.Helper()
	secrets := []string{loginSecret().Reveal()}
	if found, err := credfile.Identify([]byte(l.read("token.json"))); err == nil {
		for _, c := range found {
			secrets = append(secrets, c.AccessToken.Reveal(), c.RefreshToken.Reveal())
		}
	}
	for _, secret := range secrets {
		if len(secret) < 16 {
			continue
		}
		for form, value := range forms(secret) {
			if strings.Contains(l.stdout+l.stderr+fmt.Sprint(l.opened), value) {
				l.t.Errorf("a secret shows (%s):\n%s%s", form, l.stdout, l.stderr)
			}
		}
	}
	for _, opened := range l.opened {
		if strings.Contains(opened, "state") || strings.Contains(opened, "client_id") {
			l.t.Errorf("the browser was started with %s", opened)
		}
	}
}

func (l *loginRun) says(want ...string) {
	l.t.Helper()
	for _, w := range want {
		if !strings.Contains(l.stdout+l.stderr, w) {
			l.t.Errorf("%q is not said:\n%s%s", w, l.stdout, l.stderr)
		}
	}
}

func (l *loginRun) consents(want int) {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.asked) != want {
		l.t.Errorf("%d consents, want %d", len(l.asked), want)
	}
}

// later moves the server's clock on. The file's own end of the token is moved
// back by as much, for the program has the true clock.
func (l *loginRun) later(d time.Duration) {
	l.mu.Lock()
	l.now = l.now.Add(d)
	l.mu.Unlock()
	c := l.token("token.json")
	c.Expiry = c.Expiry.Add(-d)
	data, err := credfile.Encode(c, tokeninfo.GoogleAuth)
	if err != nil {
		l.t.Fatal(err)
	}
	l.write("token.json", string(data))
}

func granting(list ...scopes.Scope) func([]scopes.Scope) ([]scopes.Scope, bool) {
	return func([]scopes.Scope) ([]scopes.Scope, bool) { return list, true }
}

func newSink(t *testing.T, n *int) string {
	t.Helper()
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { *n++ })}
	l := listen(t)
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return "http://" + l.Addr().String() + "/"
}

// watched is a stream that says when an address appears on it.
type watched struct {
	bytes.Buffer
	want  string
	found chan string
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if i := strings.Index(string(p), w.want); i >= 0 {
		w.found <- strings.Fields(string(p)[i:])[0]
	}
	return n, err
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
