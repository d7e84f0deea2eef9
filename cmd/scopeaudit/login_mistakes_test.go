package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scopeaudit/tokeninfo/fakegoogle"
)

// What people mix up on the command line is called by its name, and the hint is a
// way on.
func TestLoginMistakes(t *testing.T) {
	l := newLogin(t)
	l.run(0)
	common := []string{"login", "--timeout", "1s", "--endpoint", l.fake.URL()}
	for _, test := range []struct {
		want int
		args []string
		says string
		hint string
	}{
		{2, []string{"--output", l.path("token.json"), l.path("token.json")}, "this is a token file of google-auth for Python", "download its JSON"},
		{2, []string{"--output", l.path("client.json"), l.path("client.json")}, "is the client's file", "--output"},
		{2, []string{"-"}, "not read from standard input", "name the file"},
		{3, []string{"--output", os.DevNull, l.path("client.json")}, "is a pipe, socket or device", "a token is kept in a file"},
	} {
		l.verb(test.want, append(common, test.args...)...)
		l.says(test.says, test.hint)
		if strings.Contains(l.stderr, "use -") {
			t.Errorf("%q: the hint leads nowhere:\n%s", test.args, l.stderr)
		}
	}
	l.consents(1)
}

// A token that fits is used where its file cannot be written, too; what would have
// to be written is not asked for.
func TestLoginProtectedFile(t *testing.T) {
	l := newLogin(t)
	l.run(0)
	protect := func() {
		if err := os.Chmod(l.path("token.json"), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	protect()
	l.run(0)
	l.says("is valid and was left as it is")
	if err := os.Chmod(l.path("token.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.later(2 * time.Hour)
	protect()
	asked := len(l.fake.Requests())
	l.run(3)
	l.says("is protected against writing")
	l.terminal, l.stdin = true, strings.NewReader("y\n")
	l.run(3, "--revoke-first")
	l.says("is protected against writing")
	l.run(3, "--replace")
	if more := len(l.fake.Requests()) - asked; more > 0 {
		t.Errorf("%d requests", more)
	}
}

// A list that a hostile file or server made is not repeated in full.
func TestLoginLongLists(t *testing.T) {
	var many []string
	for i := range 3000 {
		many = append(many, fmt.Sprintf("%q", fmt.Sprintf("s:%d", i)))
	}
	l := newLogin(t)
	l.run(0)
	l.write("token.json", strings.Replace(l.read("token.json"), `["`+readonly+`"]`, "["+strings.Join(many, ", ")+"]", 1))
	l.run(1)
	if l.says("s:1", "and 2990 more"); len(l.stderr) > 1000 {
		t.Errorf("%d bytes", len(l.stderr))
	}
}

// Whom a token belongs to is told only by some scopes. Without them, the account
// that was asked for was not compared with anything, and that is said.
func TestLoginHintUncompared(t *testing.T) {
	l := newLogin(t)
	for range 2 {
		l.run(0, "--login-hint", "student@example.com")
		l.says("whose token it is cannot be told", "student@example.com")
	}
	l.run(0, "--replace", "--policy", "any-readonly", "--scope", "gmail.readonly openid email", "--login-hint", "student@example.com")
	if strings.Contains(l.stderr, "cannot be told") {
		t.Error(l.stderr)
	}
}

// What went wrong on the way has a hint, whatever it was.
func TestLoginTroubleHasAHint(t *testing.T) {
	for name, how := range map[string]fakegoogle.Misbehaviour{
		"redirect": fakegoogle.Redirect(302, "https://evil.example/"), "trouble": fakegoogle.Status(503), "too often": fakegoogle.Status(429),
		"a portal": fakegoogle.HTML, "endless": fakegoogle.Endless,
	} {
		l := newLogin(t)
		l.fake.Misbehave(fakegoogle.TokenPath, how)
		if l.run(3); !strings.Contains(l.stderr, "hint: ") {
			t.Errorf("%s: no hint:\n%s", name, l.stderr)
		}
		_, exchange, _ := strings.Cut(l.stderr, "hint: ")
		// It is the same where a token is renewed.
		l.fake.Misbehave(fakegoogle.TokenPath, nil)
		l.run(0)
		l.later(2 * time.Hour)
		l.fake.Misbehave(fakegoogle.TokenPath, how)
		if l.run(3); !strings.Contains(l.stderr, "could not be renewed") || !strings.Contains(l.stderr, strings.TrimSpace(exchange)) {
			t.Errorf("%s: other hints:\n%s", name, l.stderr)
		}
	}
}

// A refusal other than that of a dead token is named, with where it is explained.
func TestLoginRenewalRefused(t *testing.T) {
	l := newLogin(t)
	l.run(0)
	l.later(2 * time.Hour)
	l.fake.Misbehave(fakegoogle.TokenPath, fakegoogle.Body(401, `{"error":"deleted_client"}`))
	l.run(3)
	l.says("refused: deleted_client", "`scopeaudit explain deleted_client`", "nothing was changed")
}

// After an interrupt, people are told what to do now, and not about reports.
func TestLoginInterruptHint(t *testing.T) {
	l := newLogin(t)
	var stop context.CancelFunc
	l.ctx, stop = context.WithCancel(context.Background())
	l.browse = func(string) error { stop(); return nil }
	l.run(3)
	l.says("interrupted", "run the command again")
	if strings.Contains(l.stderr, "report") {
		t.Error(l.stderr)
	}
}

// More than was asked for, at another server than Google: what lives on is not at
// Google's page.
func TestLoginMoreAtStandardServer(t *testing.T) {
	u := mute(newIssuerRun(t), 0)
	u.server.scope = "openid api:read api:write"
	if err := os.Remove(u.file); err != nil {
		t.Fatal(err)
	}
	u.login(exitFindings, "--scope", "openid api:read")
	u.says("granted, and not asked for: api:write", "--revoke-extra", "where that server shows its grants")
	if strings.Contains(u.out, "google") {
		t.Error(u.out)
	}
}

// The reminder to keep a token out of git comes each time until it is heeded.
func TestLoginMindsGitEachTime(t *testing.T) {
	l := newLogin(t)
	l.run(0)
	for _, name := range []string{"objects", "refs"} {
		if err := os.MkdirAll(filepath.Join(l.path(".git"), name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	l.write(".git/HEAD", "ref: refs/heads/main\n")
	l.run(0)
	l.says("is valid", "git does not ignore")
	l.write(".gitignore", "token.json\n")
	if l.run(0); strings.Contains(l.stderr, "git") {
		t.Error(l.stderr)
	}
}

// Scopes of which one spoils the other are asked for if that is wanted, and not in
// silence: the token would search less than either of its users thinks.
func TestLoginConflict(t *testing.T) {
	l := newLogin(t)
	l.run(0, "--policy", "any-readonly", "--scope", "gmail.readonly", "--scope", "gmail.metadata")
	l.says("gmail.metadata beside gmail.readonly", "blocks search")
}

// Who wanted an address pasted does not take the Enter that ends the token: one is
// enough.
func TestLoginOneEnterEnds(t *testing.T) {
	l := newLogin(t)
	in, typed := io.Pipe()
	defer typed.Close()
	told := &watched{found: make(chan string, 1), want: l.fake.URL() + fakegoogle.AuthPath}
	ended := make(chan int, 1)
	env := environment{stdin: in, stdout: io.Discard, stderr: told, getenv: func(string) string { return "" }}
	go func() {
		ended <- run(context.Background(), []string{"login", "--endpoint", l.fake.URL(), "--no-browser", "--ephemeral", "--revoke-at-end", "--output", l.path("token.json"), l.path("client.json")}, env)
	}()
	res, err := http.Get(<-told.found)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	io.WriteString(typed, "\n")
	select {
	case code := <-ended:
		if code != int(exitClean) {
			t.Errorf("exit status %d", code)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("one Enter was not enough")
	}
}

// A file that we can read and its own program cannot is called good for nothing but
// its refresh token, and what is odd about it is told.
func TestLoginOddFile(t *testing.T) {
	l := newLogin(t)
	l.run(0)
	l.later(2 * time.Hour)
	l.write("token.json", "\ufeff"+l.read("token.json"))
	before := l.read("token.json")
	l.run(0)
	l.says("holds a refresh token that works, and was left as it is", "byte-order mark")
	if l.read("token.json") != before || strings.Contains(l.stdout, "access token ends") {
		t.Errorf("what is not in the file is told:\n%s", l.stdout)
	}
}
