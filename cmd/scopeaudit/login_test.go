package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

func TestLogin(t *testing.T) {
	l := newLogin(t)
	l.run(0)
	c := l.token("token.json")
	if c.Kind != tokeninfo.GoogleAuth || !c.AccessToken.Present() || !c.RefreshToken.Present() || c.ClientID != loginClient || strings.Join(c.Scopes, " ") != readonly {
		t.Errorf("got %+v", c)
	}
	if info, err := os.Stat(l.path("token.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	l.says("gmail.readonly: read", "saved")
	// Again: what is there is used, and nobody is asked.
	before := l.read("token.json")
	l.run(0)
	l.says("is valid")
	if l.read("token.json") != before {
		t.Error("the file was changed")
	}
	// It ends: it is renewed, and the refresh token stays.
	l.later(2 * time.Hour)
	l.run(0)
	l.says("was renewed")
	renewed := l.token("token.json")
	if renewed.RefreshToken.Reveal() != c.RefreshToken.Reveal() || renewed.AccessToken.Reveal() == c.AccessToken.Reveal() || time.Until(renewed.Expiry) < 50*time.Minute {
		t.Errorf("got %+v", renewed)
	}
	l.consents(1)
}

// By default nothing that writes can be obtained.
func TestLoginAsksForWhatIsAllowed(t *testing.T) {
	for _, tt := range []struct {
		args []string
		says []string
	}{
		{[]string{"--scope", fullMail}, []string{"does not allow", "gmail.readonly is narrower"}},
		{[]string{"--scope", "gmail.modify"}, []string{"gmail.readonly"}},
		{[]string{"--scope", "gmail.readonly", "--scope", "gmail.send"}, []string{"gmail.send", "does not allow"}},
		{[]string{"--scope", "calendar.readonly"}, []string{"does not allow"}},
		{[]string{"--scope", "gmail.readnly"}, []string{"no scope", "gmail.readonly"}},
		{[]string{"--scope", " "}, []string{"no scope"}},
		{[]string{"--policy", "any-readonly"}, []string{"--scope"}},
		{[]string{"--policy", "any-readonly", "--scope", "drive"}, []string{"does not allow"}},
		{[]string{"--as", "perl"}, []string{"python, go, node or adc"}},
		{[]string{"--as", "node", "--ephemeral"}, []string{"refresh token"}},
		{[]string{"--revoke-at-end"}, []string{"--ephemeral"}},
		{[]string{"--offline"}, []string{"--offline"}},
		{[]string{"--output", "-"}, []string{"a file"}},
		{[]string{"--format", "json"}, []string{"--format"}},
		{[]string{"--write-baseline", "x"}, []string{"no meaning for login"}},
		{[]string{"--credential", "x"}, []string{"no meaning for login"}},
		{[]string{"--revoke-first", "--replace"}, []string{"--revoke-first"}},
		{[]string{"--timeout", "0s"}, []string{"--timeout"}},
		{[]string{"--issuer", "https://accounts.google.com"}, []string{"--issuer"}},
	} {
		l := newLogin(t)
		l.run(2, tt.args...)
		l.says(tt.says...)
		l.consents(0)
	}
	l := newLogin(t)
	l.run(0, "--policy", "any-readonly", "--scope", "drive.readonly", "--scope", "gmail.readonly,openid")
	if len(l.asked) != 1 || len(l.asked[0].Asked) != 3 {
		t.Errorf("asked for %v", l.asked)
	}
}

// The help of login names no flag that it refuses, and says what --output is to it.
func TestLoginHelp(t *testing.T) {
	for _, args := range [][]string{{"login", "--help"}, {"help", "login"}} {
		var out bytes.Buffer
		run(context.Background(), args, environment{stdout: &out, stderr: &out, getenv: func(string) string { return "" }})
		for _, want := range []string{"keep the token in FILE", "--policy NAME", "--scope SCOPE"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q: without %q:\n%s", args, want, out.String())
			}
		}
		for _, idle := range []string{"report to FILE", "--baseline", "--strict", "--offline"} {
			if strings.Contains(out.String(), idle) {
				t.Errorf("%q: with %q:\n%s", args, idle, out.String())
			}
		}
	}
}

// The order, the spellings and openid are no differences.
func TestLoginGrantedAsAsked(t *testing.T) {
	l := newLogin(t)
	l.grant = granting("openid", "https://www.googleapis.com/auth/userinfo.email", readonly)
	l.run(0, "--scope", "email gmail.readonly")
	l.says("account student@example.com")
}

func TestLoginFewer(t *testing.T) {
	l := newLogin(t)
	l.grant = granting("openid", readonly)
	l.run(1, "--scope", "gmail.readonly", "--scope", "email")
	l.says("not granted: userinfo.email", "--allow-partial")
	if l.read("token.json") != "" {
		t.Error("something was saved")
	}
	l.run(0, "--scope", "gmail.readonly", "--scope", "email", "--allow-partial")
	l.says("not granted: userinfo.email; kept")
	if c := l.token("token.json"); strings.Join(c.Scopes, " ") != readonly+" openid" {
		t.Errorf("saved %v", c.Scopes)
	}
	// Again: what was kept then is good enough now, and no more is asked for.
	l.run(0, "--scope", "gmail.readonly", "--scope", "email", "--allow-partial")
	l.says("is valid")
	l.run(1, "--scope", "gmail.readonly", "--scope", "email")
	l.says("lacks userinfo.email")
	l.consents(2)
	// Nothing of what was asked for is not a part of it.
	l = newLogin(t)
	l.grant = granting("openid")
	l.run(1, "--scope", "gmail.readonly", "--scope", "email", "--allow-partial")
	l.says("nothing that was asked for was granted")
	if l.read("token.json") != "" {
		t.Error("something was saved")
	}
}

func TestLoginMore(t *testing.T) {
	l := newLogin(t)
	l.grant = granting(readonly, fullMail)
	l.run(1)
	l.says("not asked for: https://mail.google.com/", "--revoke-extra", "myaccount.google.com/connections")
	l.run(1, "--revoke-extra")
	l.says("and revoked", "logged out too")
	if l.read("token.json") != "" {
		t.Error("something was saved")
	}
	if n := slices.IndexFunc(l.fake.Requests(), func(r fakegoogle.Request) bool { return r.Path == fakegoogle.RevokePath }); n < 0 {
		t.Error("nothing was revoked")
	}
	// What was granted before is gone, and the next time all is well.
	l.grant = func(asked []scopes.Scope) ([]scopes.Scope, bool) { return asked, true }
	l.run(0, "--exit-zero")
}

func TestLoginRefusedByUser(t *testing.T) {
	l := newLogin(t)
	l.grant = func([]scopes.Scope) ([]scopes.Scope, bool) { return nil, false }
	l.run(3)
	l.says("access_denied", "scopeaudit explain access_denied")
}

func TestLoginEphemeral(t *testing.T) {
	l := newLogin(t)
	l.run(0, "--ephemeral")
	l.says("was dropped and not revoked: the grant lives on")
	if c := l.token("token.json"); c.RefreshToken.Present() || !c.AccessToken.Present() {
		t.Errorf("got %+v", c)
	}
	for _, r := range l.fake.Requests() {
		if r.Path == fakegoogle.RevokePath {
			t.Error("revoked unsaid")
		}
	}
	l.later(2 * time.Hour)
	l.stdin = strings.NewReader("\n")
	l.run(0, "--ephemeral", "--revoke-at-end")
	l.says("until you press Enter", "logged out too", "revoked")
	l.consents(2)
	var out bytes.Buffer
	run(context.Background(), []string{"token", "--endpoint", l.fake.URL(), l.path("token.json")}, environment{stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(string) string { return "" }})
	if !strings.Contains(out.String(), "not valid") {
		t.Errorf("the token lives:\n%s", out.String())
	}
}

// A browser that cannot be started, or no screen for one: the address is shown,
// and that of the last page can be pasted.
func TestLoginWithoutBrowser(t *testing.T) {
	l := newLogin(t)
	l.browse = func(string) error { return errors.New("none") }
	ctx, cancel := context.WithCancel(context.Background())
	l.ctx = ctx
	time.AfterFunc(300*time.Millisecond, cancel)
	l.run(3)
	l.says("no browser could be started", l.fake.URL()+fakegoogle.AuthPath, "interrupted")
	if strings.Contains(l.stderr, "include_granted_scopes") {
		t.Error("earlier scopes are asked for again")
	}

	for _, args := range [][]string{{"--no-browser"}, nil} {
		l := newLogin(t)
		if args == nil {
			l.browse = nil // and neither DISPLAY nor WAYLAND_DISPLAY
		}
		in, typed := io.Pipe()
		l.stdin = in
		errs := &watched{found: make(chan string, 1), want: l.fake.URL() + fakegoogle.AuthPath}
		go func() {
			consent := <-errs.found
			client := &http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
				if r.URL.Query().Has("code") {
					return http.ErrUseLastResponse // here the browser fails: it runs elsewhere
				}
				return nil
			}}
			res, err := client.Get(consent)
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
			fmt.Fprintln(typed, "not an address")
			fmt.Fprintln(typed, res.Header.Get("Location"))
		}()
		var stdout bytes.Buffer
		env := environment{stdin: l.stdin, stdout: &stdout, stderr: errs, getenv: func(string) string { return "" }, browse: l.browse}
		all := append([]string{"login", "--endpoint", l.fake.URL(), "--output", l.path("token.json"), l.path("client.json")}, args...)
		if got := run(context.Background(), all, env); got != 0 {
			t.Errorf("exit status %d\n%s", got, errs.String())
		}
		l.stdout, l.stderr = stdout.String(), errs.String()
		l.holdsNoSecret()
		l.says("that was not the address", "saved")
	}
}

// Git would take the file along: that is said.
func TestLoginMindsGit(t *testing.T) {
	l := newLogin(t)
	for _, dir := range []string{".git/objects", ".git/refs"} {
		os.MkdirAll(l.path(dir), 0o755)
	}
	l.write(".git/HEAD", "ref: refs/heads/main\n")
	l.run(0)
	l.says("does not ignore", ".gitignore")
	l.write(".gitignore", "token.json\n")
	l.run(0, "--replace")
	if strings.Contains(l.stderr, ".gitignore") {
		t.Error(l.stderr)
	}
}

func TestLoginTimeout(t *testing.T) {
	l := newLogin(t)
	l.browse = func(string) error { return nil }
	l.run(3, "--timeout", "20ms")
	l.says("nobody consented within 20ms")
}

// A web client returns to its registered address on this machine, and to no
// other.
func TestLoginWebClient(t *testing.T) {
	for _, host := range []string{"localhost", "127.0.0.1"} {
		l := newLogin(t)
		port := l.web(host, "/oauth2/callback")
		// Somebody else has the port.
		l.run(3)
		l.says(fmt.Sprint("port ", port.Addr().(*net.TCPAddr).Port), "Desktop app")
		port.Close()
		l.run(0)
		l.consents(1)
	}
}
