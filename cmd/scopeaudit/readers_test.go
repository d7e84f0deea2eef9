package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo/fakegoogle"
)

// TestGoReadsOurToken gives the file of --as go to the package that Go's
// quickstarts use. It takes the token, renews it with the client that stands
// elsewhere, and writes the same bytes for the same grant.
func TestGoReadsOurToken(t *testing.T) {
	l := newLogin(t)
	l.run(0, "--as", "go")
	written := l.read("token.json")
	var token oauth2.Token
	if err := json.Unmarshal([]byte(written), &token); err != nil || !token.Valid() {
		t.Fatalf("%+v, %v", token, err)
	}
	var again bytes.Buffer
	if err := json.NewEncoder(&again).Encode(&token); err != nil || again.String() != written {
		t.Errorf("Go writes %s, we wrote %s", again.String(), written)
	}
	config := oauth2.Config{ClientID: loginClient, ClientSecret: loginSecret().Reveal(), Endpoint: oauth2.Endpoint{
		AuthURL: l.fake.URL() + fakegoogle.AuthPath, TokenURL: l.fake.URL() + fakegoogle.TokenPath, AuthStyle: oauth2.AuthStyleInParams}}
	token.Expiry = time.Now().Add(-time.Hour)
	renewed, err := config.TokenSource(context.Background(), &token).Token()
	if err != nil || !renewed.Valid() || renewed.AccessToken == token.AccessToken || renewed.RefreshToken != token.RefreshToken {
		t.Fatalf("renewed: %v", err)
	}
	// What Go keeps after an exchange of its own is of the same make, and login
	// takes it up.
	again.Reset()
	if err := json.NewEncoder(&again).Encode(exchange(t, l, config)); err != nil {
		t.Fatal(err)
	}
	l.write("token.json", again.String())
	if got, want := blotted(written), blotted(again.String()); got != want {
		t.Errorf("we write %s, Go writes %s", got, want)
	}
	l.run(0)
	l.says("is valid")
}

// TestNodeReadsOurToken gives the files of --as node and --as adc to the library
// that Node's quickstart uses: it renews the token and reads with it, and cannot
// write.
func TestNodeReadsOurToken(t *testing.T) {
	folder := node(t, "google-auth-library")
	l := newLogin(t)
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	l.fake.OpenGmail(cat, fakegoogle.Message{From: "ann@example.com", Subject: "One"}, fakegoogle.Message{From: "bob@example.com", Subject: "Two"})
	for _, as := range []string{"node", "adc"} {
		l.run(0, "--as", as, "--replace")
		var stderr bytes.Buffer
		cmd := exec.Command("node", filepath.Join("testdata", "node_reads.mjs"), folder, l.path("token.json"), l.fake.URL())
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", as, err, stderr.String())
		}
		var got struct {
			Same, Valid       bool
			Messages, Trashed int
		}
		if err := json.Unmarshal(out, &got); err != nil || !got.Valid || got.Messages != 2 || got.Trashed != 403 || got.Same != (as == "node") {
			t.Errorf("%s: %s, %v", as, out, err)
		}
	}
}

// exchange signs in as a program in Go does.
func exchange(t *testing.T, l *loginRun, config oauth2.Config) *oauth2.Token {
	t.Helper()
	config.RedirectURL, config.Scopes = "http://127.0.0.1:1/", []string{readonly}
	verifier := oauth2.GenerateVerifier()
	res, err := (&http.Transport{}).RoundTrip(must(http.NewRequest("GET", config.AuthCodeURL("state", oauth2.S256ChallengeOption(verifier)), nil)))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	token, err := config.Exchange(context.Background(), back.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// blotted is a token file without the values that no two grants share.
func blotted(file string) string {
	return regexp.MustCompile(`("(?:access_|refresh_)?token"|"expiry"): ?"[^"]+"`).ReplaceAllString(file, "$1…")
}
