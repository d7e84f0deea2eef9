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
	"path/filepath"
	"slices"
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

// run signs in and wants an exit status. Whatever was printed, and whatever the
// browser was started with, holds no secret.
func (l *loginRun) run(want int, args ...string) {
	l.t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"login", "--timeout", "1m", "--endpoint", l.fake.URL(), "--output", l.path("token.json")}, args...)
	env := environment{stdin: l.stdin, stdout: &stdout, stderr: &stderr, getenv: func(s string) string { return l.variable[s] }, browse: l.browse, terminal: l.terminal}
	if got := run(l.ctx, append(args, l.path("client.json")), env); got != want {
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
		{[]string{"--format", "json"}, []string{"--format"}},
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
	if c := l.token("token.json"); strings.Join(c.Scopes, " ") != readonly+" openid" {
		t.Errorf("saved %v", c.Scopes)
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

// A token that the policy does not allow is no token to go on with.
func TestLoginTooWide(t *testing.T) {
	l := newLogin(t)
	wide := func(claimed, granted string) {
		access, refresh := "ya29"+"."+strings.Repeat("wIdE4", 12), "1//"+"0"+strings.Repeat("wIdE7", 18)
		l.fake.Register(tokeninfo.NewSecret(access), fakegoogle.Token{Scopes: []scopes.Scope{scopes.Scope(granted)}, ClientID: loginClient, Account: "student@example.com", UserID: "1", Offline: true, Expires: time.Now().Add(time.Hour)})
		l.fake.RegisterRefresh(tokeninfo.NewSecret(refresh), fakegoogle.Token{Scopes: []scopes.Scope{scopes.Scope(granted)}, ClientID: loginClient, Account: "student@example.com", UserID: "1", Offline: true, Expires: time.Now().Add(time.Hour)})
		data, _ := credfile.Encode(tokeninfo.Credential{AccessToken: tokeninfo.NewSecret(access), RefreshToken: tokeninfo.NewSecret(refresh),
			ClientID: loginClient, ClientSecret: loginSecret(), Scopes: []string{claimed}, Expiry: time.Now().Add(time.Hour)}, tokeninfo.GoogleAuth)
		l.write("token.json", string(data))
	}
	for _, claimed := range []string{fullMail, readonly} {
		wide(claimed, fullMail)
		before := l.read("token.json")
		l.run(1)
		l.says("https://mail.google.com/", "--revoke-first", "--output")
		if l.read("token.json") != before {
			t.Error("the file was changed")
		}
		l.consents(0)
	}
	// Where nobody could answer, nothing is begun; a no changes nothing, nor does
	// silence.
	l.run(2, "--revoke-first")
	l.terminal = true
	for _, said := range []string{"n\n", "\n", "", "yes please\n"} {
		l.stdin = strings.NewReader(said)
		l.run(1, "--revoke-first")
	}
	l.consents(0)
	l.stdin = strings.NewReader("y\n")
	l.run(0, "--revoke-first")
	if strings.Contains(l.stderr, "not confirmed") {
		t.Error("it is not known to be dead")
	}
	l.says("logged out too", "revoked", "saved")
	l.consents(1)
	if c := l.token("token.json"); strings.Join(c.Scopes, " ") != readonly {
		t.Errorf("saved %v", c.Scopes)
	}
}

// A dead refresh token is explained, and then a new consent is asked for.
func TestLoginDeadRefreshToken(t *testing.T) {
	l := newLogin(t)
	l.run(0)
	l.later(2 * time.Hour)
	c := l.token("token.json")
	c.RefreshToken = tokeninfo.NewSecret("1//" + "0" + strings.Repeat("dEaD5", 18))
	data, _ := credfile.Encode(c, tokeninfo.GoogleAuth)
	l.write("token.json", string(data))
	l.run(0)
	l.says("invalid_grant", "dead", "seven days", "saved")
	l.consents(2)
}

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
			l.consents(0)
			l.run(0, "--as", "python", "--login-hint", "student@example.com", "--replace")
			l.consents(1)
			l.token("token.json")
		})
	}
	// An empty file is what scripts leave that open it and then fail.
	l := newLogin(t)
	l.write("token.json", " \n")
	l.run(0)
	l.token("token.json")
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

func newSink(t *testing.T, n *int) string {
	t.Helper()
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { *n++ })}
	l := listen(t)
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return "http://" + l.Addr().String() + "/"
}

func TestLoginForms(t *testing.T) {
	for as, kind := range map[string]tokeninfo.Kind{"go": tokeninfo.GoToken, "node": tokeninfo.NodeUser, "adc": tokeninfo.ADCUser} {
		l := newLogin(t)
		l.run(0, "--as", as)
		c := l.token("token.json")
		if c.Kind != kind && as != "node" || !c.RefreshToken.Present() {
			t.Errorf("%s: got %+v", as, c)
		}
		// Again, without saying so: the kind is the file's, and it is used.
		l.run(0)
		l.consents(1)
	}
}

func TestLoginEphemeral(t *testing.T) {
	l := newLogin(t)
	l.run(0, "--ephemeral")
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
		l.stdout, l.stderr = stdout.String(), strings.ReplaceAll(errs.String(), "", "")
		l.holdsNoSecret()
		l.says("that was not the address", "saved")
	}
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

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A web client returns to its registered address on this machine, and to no
// other.
func TestLoginWebClient(t *testing.T) {
	for _, host := range []string{"localhost", "127.0.0.1"} {
		free := listen(t)
		_, port, _ := net.SplitHostPort(free.Addr().String())
		l := newLogin(t)
		redirect := "http://" + host + ":" + port + "/oauth2/callback"
		cat, _ := scopes.Load()
		l.fake.Open(cat, fakegoogle.Client{ID: loginClient, Secret: loginSecret(), RedirectURIs: []string{redirect}})
		l.write("client.json", strings.NewReplacer(`"installed"`, `"web"`, "http://localhost", redirect).Replace(l.read("client.json")))
		// Somebody else has the port.
		l.run(3)
		l.says("port "+port, "Desktop app")
		free.Close()
		l.run(0)
		l.consents(1)
	}
}

// Should Google ever rotate, the new refresh token is kept.
func TestLoginKeepsARotatedToken(t *testing.T) {
	l := newLogin(t)
	l.run(0)
	first := l.token("token.json")
	l.later(2 * time.Hour)
	l.fake.Rotate(true)
	l.run(0)
	if second := l.token("token.json"); second.RefreshToken.Reveal() == first.RefreshToken.Reveal() || !second.RefreshToken.Present() {
		t.Error("the old refresh token is still there")
	}
	// Also where what follows fails: the old one is dead by then.
	second := l.token("token.json")
	l.later(2 * time.Hour)
	l.fake.Misbehave(fakegoogle.Current, fakegoogle.Status(500))
	l.run(3)
	if third := l.token("token.json"); third.RefreshToken.Reveal() == second.RefreshToken.Reveal() {
		t.Error("the rotated refresh token was lost")
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
