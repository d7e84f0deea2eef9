package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

// story is what one script has beside its folder: a stand-in for Google, and the
// secrets that were planted.
type story struct {
	fake    *fakegoogle.Server
	planted []string
	random  *rand.Rand
}

type storyKey struct{}

func setupStory(env *testscript.Env) error {
	fake, err := fakegoogle.Start(time.Now)
	if err != nil {
		return err
	}
	s := &story{fake: fake, random: rand.New(rand.NewPCG(1, 2))}
	env.Defer(func() {
		for _, wrong := range fake.Unexpected() {
			env.T().Log("request that nobody should make:", wrong)
			env.T().FailNow()
		}
		fake.Close()
	})
	env.Values[storyKey{}] = s
	repository, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	env.Setenv("FAKE", fake.URL())
	env.Setenv("BAILFUND", filepath.Join(repository, "testdata", "bailfund"))
	env.Setenv("NO_COLOR", "1")
	env.Setenv("COLUMNS", "")
	// Git must find neither the user's settings nor a repository above.
	env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	return nil
}

func of(ts *testscript.TestScript) *story { return ts.Value(storyKey{}).(*story) }

// exits N COMMAND…: runs it, wants exactly that exit status, and searches all
// that it printed for planted secrets. It is the one way these scripts run
// scopeaudit.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARG…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s did not run: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d\nstdout:\n%s\nstderr:\n%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
	for _, stream := range []string{"stdout", "stderr"} {
		of(ts).search(ts, stream, ts.ReadFile(stream))
	}
	// Reports in files, too.
	for _, arg := range args[2:] {
		_, file, ok := strings.Cut(arg, "=")
		if info, err := os.Stat(ts.MkAbs(file)); !ok || err != nil || !info.Mode().IsRegular() {
			continue // a pipe would hold the test up
		}
		of(ts).search(ts, file, ts.ReadFile(file))
	}
}

// search looks for every planted secret in its plain, base64, hex and URL forms.
func (s *story) search(ts *testscript.TestScript, where, text string) {
	for _, secret := range s.planted {
		for form, value := range forms(secret) {
			if strings.Contains(text, value) {
				ts.Fatalf("%s holds a planted secret (%s)", where, form)
			}
		}
	}
}

func forms(secret string) map[string]string {
	return map[string]string{
		"plain":      secret,
		"base64":     strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="),
		"base64 URL": strings.TrimRight(base64.URLEncoding.EncodeToString([]byte(secret)), "="),
		"hex":        hex.EncodeToString([]byte(secret)),
		"URL":        url.QueryEscape(secret),
		"half":       secret[:len(secret)/2+4],
	}
}

const urlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// secret makes a value of full length and remembers it.
func (s *story) secret(head string, n int) string {
	var b strings.Builder
	b.WriteString(head)
	for range n {
		b.WriteByte(urlSafe[s.random.IntN(len(urlSafe))])
	}
	s.planted = append(s.planted, b.String())
	return b.String()
}

// storyClient is the client of the stories' tokens.
const storyClient = "518274930165-story.apps.googleusercontent.com"

// tokenfile FILE [claimed=SCOPES] [granted=SCOPES] [format=google-auth|bare|node|adc]
// [client=ID]: writes a credential with secrets of full length. With granted= the
// stand-in knows its tokens. Scopes are joined by commas.
func tokenfile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: tokenfile FILE [claimed=…] [granted=…] [format=…] [client=…]")
	}
	s := of(ts)
	options := map[string]string{"format": "google-auth", "client": storyClient}
	for _, arg := range args[1:] {
		key, value, _ := strings.Cut(arg, "=")
		options[key] = value
	}
	access := s.secret("ya29"+".", 140)
	if granted, ok := options["granted"]; ok {
		s.fake.Register(tokeninfo.NewSecret(access), fakegoogle.Token{
			Scopes: list[scopes.Scope](granted), ClientID: options["client"], Account: "student@example.com",
			UserID: "1000", Expires: time.Now().Add(50 * time.Minute),
		})
	}
	refresh := func() string {
		value := s.secret("1//"+"0", 98)
		if granted, ok := options["granted"]; ok {
			s.fake.RegisterRefresh(tokeninfo.NewSecret(value), fakegoogle.Token{
				Scopes: list[scopes.Scope](granted), ClientID: options["client"], Account: "student@example.com", UserID: "1000",
			})
		}
		return value
	}
	var value any
	switch options["format"] {
	case "bare":
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(access+"\n"), 0o600))
		return
	case "node":
		value = map[string]any{
			"access_token": access, "refresh_token": refresh(), "token_type": "Bearer",
			"scope": strings.Join(list[string](options["claimed"]), " "), "expiry_date": 4070908800000,
		}
	case "adc":
		value = map[string]any{
			"type": "authorized_user", "client_id": options["client"], "client_secret": s.secret("GOCSPX"+"-", 28),
			"refresh_token": refresh(),
		}
	default:
		value = map[string]any{
			"token": access, "refresh_token": refresh(), "token_uri": "https://oauth2.googleapis.com/token",
			"client_id": options["client"], "client_secret": s.secret("GOCSPX"+"-", 28),
			"scopes": list[string](options["claimed"]), "universe_domain": "googleapis.com", "account": "",
			"expiry": time.Now().UTC().Add(50 * time.Minute).Format("2006-01-02T15:04:05.000000Z"),
		}
	}
	data, err := json.Marshal(value)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

func list[S ~string](joined string) []S {
	out := []S{}
	for _, s := range strings.FieldsFunc(joined, func(r rune) bool { return r == ',' }) {
		out = append(out, S(s))
	}
	return out
}

// plant NAME HEAD LENGTH: puts a secret of full length into the variable NAME.
func plant(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: plant NAME HEAD LENGTH")
	}
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Setenv(args[0], of(ts).secret(args[1], n))
}

// serve WHAT…: opens what the stand-in does not serve from the start: gmail, with
// an empty mailbox, and oauth, the endpoints that make and end tokens.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	catalogue, err := scopes.Load()
	ts.Check(err)
	for _, what := range args {
		switch what {
		case "gmail":
			of(ts).fake.OpenGmail(catalogue)
		case "oauth":
			of(ts).fake.Open(catalogue, fakegoogle.Client{ID: storyClient})
		default:
			ts.Fatalf("usage: serve gmail|oauth")
		}
	}
}

// misbehave PATH HOW: makes the stand-in answer as no honest server would.
func misbehave(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: misbehave current|v2|profile|revoke HOW")
	}
	path := map[string]string{
		"current": fakegoogle.Current, "v2": fakegoogle.V2, "profile": "/gmail/v1/users/me/profile", "revoke": fakegoogle.RevokePath,
	}[args[0]]
	how := map[string]fakegoogle.Misbehaviour{
		"html": fakegoogle.HTML, "endless": fakegoogle.Endless, "500": fakegoogle.Status(500), "429": fakegoogle.Status(429),
		"redirect": fakegoogle.Redirect(307, "http://127.0.0.1:9/elsewhere"), "noscope": fakegoogle.NoScope,
		"notjson": fakegoogle.NotJSON, "otherscopes": fakegoogle.OtherScopes("https://mail.google.com/"),
		"echo": fakegoogle.Echo, "cut": fakegoogle.Cut, "text": fakegoogle.ContentType("text/plain"),
	}[args[1]]
	if path == "" || how == nil {
		ts.Fatalf("no such misbehaviour: %v", args)
	}
	of(ts).fake.Misbehave(path, how)
}

// requests N: the stand-in was asked that often, and never with a token in a URL.
func requests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: requests N")
	}
	asked := of(ts).fake.Requests()
	if fmt.Sprint(len(asked)) != args[0] {
		ts.Fatalf("the stand-in was asked %d times, want %s", len(asked), args[0])
	}
	for _, r := range asked {
		if r.TokenInURL {
			ts.Fatalf("a token travelled in the URL of %s", r.Path)
		}
	}
}
