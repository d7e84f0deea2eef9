package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

// standstill is a clock that moves only when somebody sleeps.
type standstill struct {
	now   time.Time
	slept []time.Duration
	wake  func() // called on each sleep
}

func (s *standstill) Now() time.Time { return s.now }

func (s *standstill) Sleep(ctx context.Context, d time.Duration) error {
	s.slept = append(s.slept, d)
	s.now = s.now.Add(d)
	if s.wake != nil {
		s.wake()
	}
	return ctx.Err()
}

// dying is a server in whose hands tokens die after some questions.
type dying struct {
	tokeninfo.Provider
	refresh, access []tokeninfo.Ended  // the answers to revocation, the last for ever
	lookups         []tokeninfo.Access // likewise
	asked           []string
	on              func(asked int)
}

func (d *dying) note(what string) {
	d.asked = append(d.asked, what)
	if d.on != nil {
		d.on(len(d.asked))
	}
}

func next[T any](list *[]T) T {
	first := (*list)[0]
	if len(*list) > 1 {
		*list = (*list)[1:]
	}
	return first
}

func (d *dying) Revoke(_ context.Context, _ tokeninfo.Client, token tokeninfo.Secret) (tokeninfo.Revocation, error) {
	d.note("revoke " + token.Reveal())
	answers := &d.access
	if token.Reveal() == "refresh" {
		answers = &d.refresh
	}
	r := tokeninfo.Revocation{Ended: next(answers)}
	if r.Ended == "" {
		return tokeninfo.Revocation{Ended: tokeninfo.RevokeFailed}, errors.New("it is no token")
	}
	if !r.Done() {
		r.Reason = "made to fail"
	}
	return r, nil
}

func (d *dying) Lookup(_ context.Context, token tokeninfo.Secret) (tokeninfo.Grant, error) {
	if token.Reveal() == "refresh" {
		return tokeninfo.Grant{}, errors.New("not sent: Google cannot look up refresh tokens")
	}
	d.note("lookup")
	return tokeninfo.Grant{Access: next(&d.lookups), Reason: "made to fail"}, nil
}

const (
	revoked = tokeninfo.Revoked
	dead    = tokeninfo.AlreadyDead
	fails   = tokeninfo.RevokeFailed
)

func whole() tokeninfo.Credential {
	return tokeninfo.Credential{RefreshToken: tokeninfo.NewSecret("refresh"), AccessToken: tokeninfo.NewSecret("access")}
}

func TestEnd(t *testing.T) {
	type ends = []tokeninfo.Ended
	type says = []tokeninfo.Access
	for name, tt := range map[string]struct {
		server  dying
		change  func(*tokeninfo.Credential)
		dead    bool
		pending string
		slept   time.Duration
		asked   string
	}{
		"at once": {
			server: dying{refresh: ends{revoked, dead}, access: ends{dead}, lookups: says{tokeninfo.NotValid}},
			dead:   true, asked: "revoke refresh, revoke access, lookup, revoke refresh",
		},
		"dead before": {
			server: dying{refresh: ends{dead}, access: ends{dead}, lookups: says{tokeninfo.NotValid}},
			dead:   true, asked: "revoke refresh, revoke access, lookup",
		},
		"after a while": {
			server: dying{refresh: ends{revoked, dead}, access: ends{dead}, lookups: says{tokeninfo.Live, tokeninfo.Live, tokeninfo.Unknown, tokeninfo.NotValid}},
			dead:   true, slept: 7 * time.Second, asked: "revoke refresh, revoke access, lookup, revoke refresh, lookup, lookup, lookup",
		},
		"never": {
			server:  dying{refresh: ends{revoked, dead}, access: ends{revoked}, lookups: says{tokeninfo.Live}},
			pending: "still accepted", slept: time.Minute,
		},
		"no answer": {
			server:  dying{refresh: ends{revoked, dead}, access: ends{revoked}, lookups: says{tokeninfo.Unknown}},
			pending: "made to fail", slept: time.Minute,
		},
		"refresh token still known": {
			server:  dying{refresh: ends{revoked}, access: ends{revoked}, lookups: says{tokeninfo.NotValid}},
			pending: "still known", slept: time.Minute,
		},
		"not taken": {
			server:  dying{refresh: ends{fails}, access: ends{fails}},
			pending: "made to fail", asked: "revoke refresh, revoke access",
		},
		"ended by the access token": {
			server: dying{refresh: ends{fails, dead}, access: ends{revoked}, lookups: says{tokeninfo.NotValid}},
			dead:   true, asked: "revoke refresh, revoke access, lookup, revoke refresh",
		},
		"access token not revocable": {
			server: dying{refresh: ends{revoked, dead}, access: ends{tokeninfo.NotRevocable}, lookups: says{tokeninfo.NotValid}},
			dead:   true, asked: "revoke refresh, revoke access, lookup, revoke refresh",
		},
		"access token of somebody else": {
			server: dying{refresh: ends{revoked, dead}, access: ends{""}},
			dead:   true, asked: "revoke refresh, revoke access, revoke refresh",
		},
		"no access token": {
			server: dying{refresh: ends{revoked, dead}},
			change: func(c *tokeninfo.Credential) { c.AccessToken = tokeninfo.Secret{} },
			dead:   true, asked: "revoke refresh, revoke refresh",
		},
		"no refresh token": {
			server: dying{access: ends{revoked}, lookups: says{tokeninfo.NotValid}},
			change: func(c *tokeninfo.Credential) { c.RefreshToken = tokeninfo.Secret{} },
			dead:   true, asked: "revoke access, lookup",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := whole()
			if tt.change != nil {
				tt.change(&c)
			}
			at := &standstill{now: time.Unix(1_800_000_000, 0)}
			told := 0
			e, err := end(context.Background(), &tt.server, at, c, func(why string) {
				if told++; why == "" {
					t.Error("it waits, and does not say why")
				}
			})
			if told != boolToInt(tt.slept > 0) {
				t.Errorf("told %d times that it waits", told)
			}
			var slept time.Duration
			for _, d := range at.slept {
				slept += d
			}
			if err != nil || e.deadAt.IsZero() == tt.dead || !strings.Contains(e.pending, tt.pending) || (e.pending == "") != tt.dead || slept != tt.slept {
				t.Errorf("got %+v, %v after %v", e, err, slept)
			}
			if asked := strings.Join(tt.server.asked, ", "); tt.asked != "" && asked != tt.asked {
				t.Errorf("asked: %s", asked)
			}
		})
	}
}

// An interrupt after any question and during any wait ends the watching, and
// what was done until then is told.
func TestEndInterrupted(t *testing.T) {
	for step := 1; step <= 5; step++ {
		ctx, interrupt := context.WithCancel(context.Background())
		server := &dying{
			refresh: []tokeninfo.Ended{revoked}, access: []tokeninfo.Ended{revoked}, lookups: []tokeninfo.Access{tokeninfo.Live},
			on: func(asked int) {
				if asked == step {
					interrupt()
				}
			},
		}
		at := &standstill{now: time.Unix(1_800_000_000, 0), wake: func() {
			if step == 5 {
				interrupt()
			}
		}}
		e, err := end(ctx, server, at, whole(), nil)
		interrupt()
		if !errors.Is(err, context.Canceled) || len(server.asked) > step || e.refresh.Ended != revoked || !e.deadAt.IsZero() {
			t.Errorf("interrupted at %d: %+v, %v after %q", step, e, err, server.asked)
		}
	}
}

// stage is a stand-in with a token in a file, and what a person at the terminal
// meets.
type stage struct {
	t     *testing.T
	fake  *fakegoogle.Server
	dir   string
	clock *standstill
	// secrets are what must be in no output.
	secrets []string
}

const mailScope = "https://mail.google.com/"

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir(), clock: &standstill{now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}}
	fake, err := fakegoogle.Start(s.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		fake.Close()
		for _, wrong := range fake.Unexpected() {
			t.Errorf("request that nobody should make: %s", wrong)
		}
	})
	catalogue, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	fake.Open(catalogue, fakegoogle.Client{ID: storyClient})
	fake.OpenGmail(catalogue)
	s.fake = fake
	return s
}

// token makes a grant, known to the stand-in, and gives its file's content.
func (s *stage) token(account string) string {
	planted := plantSecrets()
	name, _, _ := strings.Cut(account, "@")
	for kind, head := range map[string]int{"access token": len("ya29.a"), "refresh token": len("1//0a"), "client secret": len("GOCSPX-")} {
		planted[kind] = planted[kind][:head] + name + planted[kind][head+len(name):]
	}
	access, refresh := planted["access token"], planted["refresh token"]
	grant := fakegoogle.Token{
		Scopes: []scopes.Scope{mailScope}, ClientID: storyClient, Account: account, UserID: account, Expires: s.clock.now.Add(time.Hour),
	}
	s.fake.Register(tokeninfo.NewSecret(access), grant)
	grant.Expires = time.Time{}
	s.fake.RegisterRefresh(tokeninfo.NewSecret(refresh), grant)
	s.secrets = append(s.secrets, access, refresh, planted["client secret"])
	return fmt.Sprintf(`{"token": %q, "refresh_token": %q, "token_uri": "https://oauth2.googleapis.com/token", "client_id": %q, "client_secret": %q, "scopes": [%q]}`,
		access, refresh, storyClient, planted["client secret"], mailScope)
}

func (s *stage) write(name, content string) string {
	s.t.Helper()
	file := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return file
}

// wide is the environment of a terminal that breaks no line.
func wide(name string) string { return map[string]string{"COLUMNS": "1000"}[name] }

// run runs the program with a person who types the answers.
func (s *stage) run(ctx context.Context, answers io.Reader, args ...string) (code int, stdout, stderr string) {
	s.t.Helper()
	var out, errs bytes.Buffer
	code = run(ctx, append(args, "--endpoint", s.fake.URL()), environment{
		stdin: answers, stdout: &out, stderr: &errs, getenv: wide, clock: s.clock, terminal: true,
	})
	for _, secret := range s.secrets {
		for how, form := range givenAway(secret) {
			if strings.Contains(out.String()+errs.String(), form) {
				s.t.Errorf("%q prints a secret (%s)", args, how)
			}
		}
	}
	return code, out.String(), errs.String()
}

func TestRevokeAsks(t *testing.T) {
	for answer, want := range map[string]struct {
		code    exitCode
		revoked bool
	}{
		"y\n": {exitClean, true}, "YES \n": {exitClean, true}, "n\n": {exitUnfinished, false}, "\n": {exitUnfinished, false}, "": {exitUnfinished, false},
		"yes please\n": {exitUnfinished, false}, "y": {exitClean, true},
	} {
		s := newStage(t)
		file := s.write("token.json", s.token("student@example.com"))
		code, stdout, stderr := s.run(context.Background(), strings.NewReader(answer), "revoke", file)
		asked := slices.ContainsFunc(s.fake.Requests(), func(r fakegoogle.Request) bool { return r.Path == fakegoogle.RevokePath })
		if exitCode(code) != want.code || asked != want.revoked || !strings.Contains(stdout, "for everyone who shares") || !strings.Contains(stderr, "Revoke it now? [y/N]") {
			t.Errorf("answer %q: exit status %d, revoked %v\n%s%s", answer, code, asked, stdout, stderr)
		}
	}
}

// Google takes its time: the check afterwards is patient, and no test waits.
func TestRevokeIsPatient(t *testing.T) {
	for delay, want := range map[time.Duration]exitCode{0: exitClean, 20 * time.Second: exitClean, 10 * time.Minute: exitUnfinished} {
		s := newStage(t)
		s.fake.DelayRevocation(delay)
		file := s.write("token.json", s.token("student@example.com"))
		code, stdout, stderr := s.run(context.Background(), strings.NewReader("y\n"), "revoke", file)
		if waits := strings.Contains(stderr, "still accepted: asking again"); waits != (delay > 0) {
			t.Errorf("after %v: %s", delay, stderr)
		}
		if exitCode(code) != want || strings.Contains(stdout, "pending") != (want != exitClean) || strings.Contains(stdout, "dead since") != (want == exitClean) {
			t.Errorf("after %v: exit status %d\n%s", delay, code, stdout)
		}
	}
}

// A file may hold several credentials: what is left of it is told at the end, and
// of all of them.
func TestRevokeSeveral(t *testing.T) {
	for answers, want := range map[string]struct {
		code exitCode
		says string
	}{
		"y y": {exitClean, "token.json is left where it is, with nothing but dead tokens in it"},
		"y n": {exitUnfinished, "token.json is left where it is; its tokens may be alive"},
		"n n": {exitUnfinished, ""},
	} {
		s := newStage(t)
		var users []string
		for _, account := range []string{"student@example.com", "other@example.com"} {
			var held map[string]any
			if err := json.Unmarshal([]byte(s.token(account)), &held); err != nil {
				t.Fatal(err)
			}
			users = append(users, fmt.Sprintf(`%q: {"type": "authorized_user", "client_id": %q, "client_secret": %q, "refresh_token": %q, "access_token": %q}`,
				account, held["client_id"], held["client_secret"], held["refresh_token"], held["token"]))
		}
		file := s.write("token.json", `{"tokens": {`+strings.Join(users, ", ")+`}}`)
		code, stdout, stderr := s.run(context.Background(), strings.NewReader(strings.ReplaceAll(answers, " ", "\n")+"\n"), "revoke", file)
		if code != int(want.code) || !strings.Contains(stdout, want.says) || strings.Count(stdout, "What this did not do") != boolToInt(want.says != "") {
			t.Errorf("answers %q: exit status %d\n%s%s", answers, code, stdout, stderr)
		}
	}
}

// A refresh token alone, from standard input, is enough to end it.
func TestRevokeBareRefreshToken(t *testing.T) {
	s := newStage(t)
	s.token("student@example.com")
	code, stdout, stderr := s.run(context.Background(), strings.NewReader(s.secrets[1]+"\n"), "revoke", "--yes", "-")
	if code != int(exitClean) || !strings.Contains(stdout, "✓ refresh token: revoked") || s.revocations() == 0 {
		t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
	file := s.write("token.txt", s.secrets[1])
	if code, _, stderr := s.run(context.Background(), strings.NewReader(""), "token", "--offline", "--output", file, file); code != int(exitUsage) || !strings.Contains(stderr, "is not overwritten") {
		t.Errorf("exit status %d: %s", code, stderr)
	}
}

// What Google does not know is called dead only if it was a whole token.
func TestRevokeCutShort(t *testing.T) {
	s := newStage(t)
	cut := s.write("token.json", `{"token": "ya29.EXAMPLE", "refresh_token": "1//0EXAMPLE", "client_id": "`+storyClient+`", "client_secret": "x"}`)
	code, stdout, stderr := s.run(context.Background(), strings.NewReader("y\n"), "revoke", cut)
	if code != int(exitUnfinished) || strings.Contains(stdout, "✓ dead since") || !strings.Contains(stdout, "It looks cut short") || strings.Contains(stdout, "nothing but dead tokens") {
		t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
}

// No file's name is a command to whoever reads the output.
func TestRevokeHostileName(t *testing.T) {
	s := newStage(t)
	for _, name := range []string{"::error::token.json", "##[error]token.json", "a\n::stop-commands::x\n", "\x1b[31mred", "\u202eexe"} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(s.token("student@example.com")), 0o600); err != nil {
			continue // a name that the system does not have
		}
		t.Chdir(s.dir)
		for _, args := range [][]string{{"revoke", name}, {"revoke", "--leak", name + ":1"}, {"sos", name}} {
			_, stdout, stderr := s.run(context.Background(), strings.NewReader(yes(9)), args...)
			for line := range strings.Lines(stdout + stderr) {
				if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") || strings.ContainsAny(line, "\x1b\u202e") {
					t.Errorf("%q prints %q", args, line)
				}
			}
		}
	}
}

// However much a file claims, what is asked and what is warned of stay on a page.
func TestRevokeLongClaims(t *testing.T) {
	s := newStage(t)
	var many []string
	for i := range 2000 {
		many = append(many, fmt.Sprintf("https://www.googleapis.com/auth/s%d", i))
	}
	for _, claims := range []string{strings.Join(many, `", "`), "https://www.googleapis.com/auth/" + strings.Repeat("x", 50000)} {
		content := strings.Replace(s.token("student@example.com"), `["`+mailScope+`"]`, `["`+claims+`"]`, 1)
		content = strings.Replace(content, `"token": "ya29.`, `"token": "ya29.other`, 1) // which the server does not know
		file := s.write("token.json", content)
		if _, stdout, _ := s.run(context.Background(), strings.NewReader("n\n"), "revoke", file); len(stdout) > 4000 || !strings.Contains(stdout, "Nothing was revoked") {
			t.Errorf("%d bytes are printed", len(stdout))
		}
	}
}

// An interrupt at the question sends nothing more and changes nothing.
func TestRevokeInterrupted(t *testing.T) {
	s := newStage(t)
	content := s.token("student@example.com")
	file := s.write("token.json", content)
	ctx, interrupt := context.WithCancel(context.Background())
	waiting, keep := io.Pipe()
	defer keep.Close()
	code, _, stderr := s.run(ctx, &interrupting{waiting, interrupt}, "revoke", file)
	if exitCode(code) != exitUnfinished || !strings.Contains(stderr, "interrupted") || !strings.Contains(stderr, "nothing was revoked") {
		t.Errorf("exit status %d: %s", code, stderr)
	}
	for _, r := range s.fake.Requests() {
		if r.Path == fakegoogle.RevokePath {
			t.Error("a revocation was sent")
		}
	}
	if left, err := os.ReadFile(file); err != nil || string(left) != content {
		t.Errorf("the file changed: %v", err)
	}
}

// interrupting interrupts the program as soon as it waits for an answer.
type interrupting struct {
	io.Reader
	interrupt func()
}

func (i *interrupting) Read(p []byte) (int, error) {
	i.interrupt()
	return i.Reader.Read(p)
}
