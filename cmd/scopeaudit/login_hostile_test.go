package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo/fakegoogle"
)

// What is of another kind, client or account is not overwritten unsaid.
func TestLoginOverwrites(t *testing.T) {
	other := `{"token": "ya29.EXAMPLE", "refresh_token": "1//0EXAMPLE", "token_uri": "https://oauth2.googleapis.com/token", "client_id": "111111111111-other.apps.googleusercontent.com", "client_secret": "x", "scopes": [], "account": ""}`
	for name, content := range map[string]string{
		"another client":  other,
		"another account": strings.NewReplacer("111111111111-other.apps.googleusercontent.com", loginClient, `"account": ""`, `"account": "other@example.com"`).Replace(other),
		"another kind":    `{"access_token":"ya29.EXAMPLE","token_type":"Bearer","refresh_token":"1//0EXAMPLE","expiry":"2020-01-01T00:00:00Z"}`,
		"a client":        `{"installed": {"client_id": "` + loginClient + `", "redirect_uris": ["http://localhost"]}}`,
		"no credential":   `hello`,
		"a foreign server": strings.NewReplacer("111111111111-other.apps.googleusercontent.com", loginClient,
			"https://oauth2.googleapis.com/token", "https://oauth2.googleapis.com.evil.example/token").Replace(other),
	} {
		t.Run(name, func(t *testing.T) {
			l := newLogin(t)
			l.write("token.json", content)
			l.run(1, "--as", "python", "--login-hint", "student@example.com")
			l.says("--replace")
			if l.read("token.json") != content {
				t.Error("the file was changed")
			}
			if n := len(l.fake.Requests()); n != 0 {
				t.Errorf("%d requests before it was refused", n)
			}
			l.consents(0)
			l.run(0, "--as", "python", "--login-hint", "student@example.com", "--replace")
			l.consents(1)
			l.token("token.json")
		})
	}
	// Nor is the client's own file, whatever is said.
	own := newLogin(t)
	before := own.read("client.json")
	own.run(2, "--replace", "--output", own.path("client.json"))
	if own.read("client.json") != before {
		t.Error("the client's file was changed")
	}
	// An empty file is what scripts leave that open it and then fail.
	l := newLogin(t)
	l.write("token.json", " \n")
	l.run(0)
	l.token("token.json")
}

// Whose token it is, the server says: another account's is neither kept, nor used,
// nor overwritten.
func TestLoginAnotherAccount(t *testing.T) {
	const ask = "--scope=gmail.readonly email"
	l := newLogin(t)
	l.run(1, ask, "--login-hint", "other@example.com")
	l.says("student@example.com signed in instead of other@example.com")
	if l.read("token.json") != "" {
		t.Error("something was saved")
	}
	l.run(0, ask, "--login-hint", "Student@Example.com")
	before := l.read("token.json")
	for range 2 {
		l.run(1, ask, "--login-hint", "other@example.com")
		l.says("another account's token")
		if l.read("token.json") != before {
			t.Error("the file was changed")
		}
		l.later(2 * time.Hour) // and when it is to be renewed
		before = l.read("token.json")
	}
	l.consents(2)
}

func TestLoginBadTargets(t *testing.T) {
	l := newLogin(t)
	l.write("other.json", "{}")
	if err := os.Symlink(l.path("other.json"), l.path("link.json")); err != nil {
		t.Skipf("this system makes no links: %v", err)
	}
	if err := os.WriteFile(l.path("locked.json"), nil, 0o400); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link.json", ".", "locked.json", "none/token.json"} {
		l.run(3, "--output", l.path(name))
		l.consents(0)
	}
	if l.read("other.json") != "{}" {
		t.Error("the link's target was changed")
	}
	l.write("token.json", "")
	os.Chmod(l.path("token.json"), 0o644)
	l.run(0)
	l.says("can be read by others (0644)")
	if info, _ := os.Stat(l.path("token.json")); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

// While the user consents, another program writes the file.
func TestLoginReplacedMeanwhile(t *testing.T) {
	for _, before := range []string{"", " "} {
		l := newLogin(t)
		if before != "" {
			l.write("token.json", before)
		}
		l.grant = func(asked []scopes.Scope) ([]scopes.Scope, bool) {
			l.write("token.json", "theirs")
			return asked, true
		}
		l.run(3)
		if l.read("token.json") != "theirs" {
			t.Errorf("the file holds %q", l.read("token.json"))
		}
	}
}

// The token answer, tokeninfo and the way there misbehave: nothing is saved.
func TestLoginMisled(t *testing.T) {
	elsewhere := 0
	sink := newSink(t, &elsewhere)
	for name, tt := range map[string]struct {
		path string
		how  fakegoogle.Misbehaviour
		want int
	}{
		"HTML":           {fakegoogle.TokenPath, fakegoogle.HTML, 3},
		"500":            {fakegoogle.TokenPath, fakegoogle.Status(500), 3},
		"307":            {fakegoogle.TokenPath, fakegoogle.Redirect(307, sink), 3},
		"302":            {fakegoogle.TokenPath, fakegoogle.Redirect(302, sink), 3},
		"more":           {fakegoogle.TokenPath, fakegoogle.OtherScopes(readonly, fullMail), 3},
		"fewer":          {fakegoogle.TokenPath, fakegoogle.OtherScopes("openid"), 3},
		"no scope":       {fakegoogle.TokenPath, fakegoogle.NoScope, 0},
		"no token":       {fakegoogle.TokenPath, fakegoogle.Without("access_token"), 3},
		"used code":      {fakegoogle.TokenPath, fakegoogle.Body(400, `{"error":"invalid_grant"}`), 3},
		"unknown":        {fakegoogle.Current, fakegoogle.Status(500), 0},
		"dead":           {fakegoogle.Current, fakegoogle.Invalid, 3},
		"another client": {fakegoogle.Current, fakegoogle.OtherClient("9-x.apps.googleusercontent.com"), 3},
		"tokeninfo 307":  {fakegoogle.Current, fakegoogle.Redirect(307, sink), 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLogin(t)
			l.fake.Misbehave(tt.path, tt.how)
			l.run(tt.want)
			if saved := l.read("token.json") != ""; saved != (tt.want == 0) {
				t.Errorf("saved: %v", saved)
			}
		})
	}
	// Neither says what was granted.
	l := newLogin(t)
	l.fake.Misbehave(fakegoogle.TokenPath, fakegoogle.NoScope)
	l.fake.Misbehave(fakegoogle.Current, fakegoogle.NoScope)
	l.run(3)
	l.says("nobody says what was granted")
	if elsewhere > 0 {
		t.Errorf("%d requests went elsewhere", elsewhere)
	}
}

// The browser brings an answer that another server made, or one that another
// server handed on: its code goes nowhere.
func TestLoginMixUp(t *testing.T) {
	for _, iss := range []string{"https://evil.example", "https://accounts.google.com.evil.example", "", "https://accounts.google.com"} {
		l := newLogin(t)
		l.browse = func(address string) error {
			go func() {
				var last string
				client := &http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
					if q := r.URL.Query(); q.Has("code") {
						q.Set("iss", iss)
						r.URL.RawQuery = q.Encode()
						last = r.URL.String()
						return http.ErrUseLastResponse
					}
					return nil
				}}
				if res, err := client.Get(address); err == nil {
					res.Body.Close()
				}
				if res, err := http.Get(last); err == nil {
					res.Body.Close()
				}
			}()
			return nil
		}
		if iss == "https://accounts.google.com" {
			l.run(0)
			continue
		}
		l.run(3)
		l.says("another server", "the code was not used")
		if l.read("token.json") != "" {
			t.Error("something was saved")
		}
		for _, r := range l.fake.Requests() {
			if r.Path == fakegoogle.TokenPath {
				t.Errorf("the code was exchanged in spite of iss=%q", iss)
			}
		}
	}
}

// An interrupt at any step leaves the folder as it was.
func TestLoginInterrupted(t *testing.T) {
	for _, at := range []string{fakegoogle.AuthPath, fakegoogle.TokenPath, fakegoogle.Current, "browser"} {
		t.Run(at, func(t *testing.T) {
			l := newLogin(t)
			ctx, cancel := context.WithCancel(context.Background())
			l.ctx = ctx
			stop := func(w http.ResponseWriter, q fakegoogle.Question) { cancel(); fakegoogle.Slow(w, q) }
			switch at {
			case "browser":
				l.browse = func(string) error { cancel(); return nil }
			case fakegoogle.AuthPath:
				l.grant = func(asked []scopes.Scope) ([]scopes.Scope, bool) { cancel(); return asked, true }
			default:
				l.fake.Misbehave(at, stop)
			}
			l.run(3)
			l.says("interrupted")
			entries, _ := os.ReadDir(l.folder)
			if len(entries) != 1 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
}

// The hostile files make no connection, not even to the stand-in.
func TestLoginHostileClients(t *testing.T) {
	good := newLogin(t).read("client.json")
	for name, content := range map[string]string{
		"token_uri":        strings.Replace(good, "https://oauth2.googleapis.com/token", "https://oauth2.googleapis.com.evil.example/token", 1),
		"auth_uri":         strings.Replace(good, "https://accounts.google.com/o/oauth2/auth", "file:///bin/sh", 1),
		"auth_uri as flag": strings.Replace(good, "https://accounts.google.com/o/oauth2/auth", "--version", 1),
		"user part":        strings.Replace(good, "https://oauth2.googleapis.com/token", "https://oauth2.googleapis.com@evil.example/token", 1),
		"http":             strings.Replace(good, "https://oauth2.googleapis.com/token", "http://oauth2.googleapis.com/token", 1),
		"a token":          `{"token": "ya29.EXAMPLE", "refresh_token": "1//0EXAMPLE", "client_id": "x", "client_secret": "y"}`,
		"web elsewhere":    strings.NewReplacer(`"installed"`, `"web"`, "http://localhost", "https://evil.example/cb").Replace(good),
		"no client ID":     strings.Replace(good, loginClient, "", 1),
		"not JSON":         "{",
	} {
		t.Run(name, func(t *testing.T) {
			l := newLogin(t)
			l.write("client.json", content)
			l.browse = func(string) error { t.Error("a browser was started"); return nil }
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			l.ctx = ctx
			var out bytes.Buffer
			env := environment{stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(string) string { return "" }, browse: l.browse}
			got := run(ctx, []string{"login", "--endpoint", l.fake.URL(), "--output", l.path("token.json"), l.path("client.json")}, env)
			if got != 2 && got != 3 {
				t.Errorf("exit status %d\n%s", got, out.String())
			}
			if n := len(l.fake.Requests()); n != 0 || l.read("token.json") != "" {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// The server misbehaves when an old token is to be renewed: the file stays, and
// nobody is asked for a consent instead.
func TestLoginRenewalMisled(t *testing.T) {
	elsewhere := 0
	sink := newSink(t, &elsewhere)
	for name, tt := range map[string]struct {
		path string
		how  fakegoogle.Misbehaviour
	}{
		"HTML":           {fakegoogle.TokenPath, fakegoogle.HTML},
		"500":            {fakegoogle.TokenPath, fakegoogle.Status(500)},
		"429":            {fakegoogle.TokenPath, fakegoogle.Status(429)},
		"307":            {fakegoogle.TokenPath, fakegoogle.Redirect(307, sink)},
		"invalid_client": {fakegoogle.TokenPath, fakegoogle.Body(401, `{"error":"invalid_client"}`)},
		"no token":       {fakegoogle.TokenPath, fakegoogle.Without("access_token")},
		"cut":            {fakegoogle.TokenPath, fakegoogle.Cut},
		"more":           {fakegoogle.Current, fakegoogle.OtherScopes(readonly, fullMail)},
		"invalid":        {fakegoogle.Current, fakegoogle.Invalid},
		"another client": {fakegoogle.Current, fakegoogle.OtherClient("9-x.apps.googleusercontent.com")},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLogin(t)
			l.run(0)
			l.later(2 * time.Hour)
			before := l.read("token.json")
			l.fake.Misbehave(tt.path, tt.how)
			l.run(3)
			if l.read("token.json") != before {
				t.Error("the file was changed")
			}
			l.consents(1)
		})
	}
	if elsewhere > 0 {
		t.Errorf("%d requests went elsewhere", elsewhere)
	}
}

// A rotated token whose file changed meanwhile is not written over it.
func TestLoginRenewalReplacedMeanwhile(t *testing.T) {
	l := newLogin(t)
	l.run(0)
	l.later(2 * time.Hour)
	l.fake.Misbehave(fakegoogle.Current, func(w http.ResponseWriter, q fakegoogle.Question) {
		l.write("token.json", "theirs")
		fakegoogle.Slow(w, q)
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	l.ctx = ctx
	time.AfterFunc(time.Second, cancel)
	l.run(3)
	if l.read("token.json") != "theirs" {
		t.Error("the other program's file was overwritten")
	}
}
