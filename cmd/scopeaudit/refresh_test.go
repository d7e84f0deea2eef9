package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/fakegoogle"
)

// refreshRun puts a token file into the folder of a loginRun: an access token
// with some scopes (none: dead), and a refresh token with others (none: dead).
func refreshRun(t *testing.T, access, refresh string) *loginRun {
	l := newLogin(t)
	c := tokeninfo.Credential{
		AccessToken:  tokeninfo.NewSecret("ya29" + "." + strings.Repeat("aCcEsS4", 8)),
		RefreshToken: tokeninfo.NewSecret("1//" + "0" + strings.Repeat("rEfReSh7", 12)),
		ClientID:     loginClient, ClientSecret: loginSecret(), Scopes: []string{readonly},
	}
	held := func(scope string) fakegoogle.Token {
		return fakegoogle.Token{Scopes: []scopes.Scope{scopes.Scope(scope)}, ClientID: loginClient, Account: "student@example.com",
			UserID: "1", Offline: true, Expires: time.Now().Add(time.Hour)}
	}
	if access != "" {
		l.fake.Register(c.AccessToken, held(access))
	}
	if refresh != "" {
		l.fake.RegisterRefresh(c.RefreshToken, held(refresh))
	}
	data, err := credfile.Encode(c, tokeninfo.GoogleAuth)
	if err != nil {
		t.Fatal(err)
	}
	l.write("token.json", string(data))
	return l
}

// tokens runs `token --refresh` and sees that the file stays as it is.
func (l *loginRun) tokens(want int, args ...string) {
	l.t.Helper()
	before := l.read("token.json")
	l.verb(want, append([]string{"token", "--refresh", "--endpoint", l.fake.URL(), l.path("token.json")}, args...)...)
	if l.read("token.json") != before {
		l.t.Error("the file was changed")
	}
}

func (l *loginRun) refreshed() int {
	n := 0
	for _, r := range l.fake.Requests() {
		if r.Path == fakegoogle.TokenPath {
			n++
			if slices.Contains(r.Fields, "scope") {
				l.t.Error("a scope was sent")
			}
		}
	}
	return n
}

// The refresh token holds more than the access token beside it.
func TestRefreshTellsTheFullGrant(t *testing.T) {
	l := refreshRun(t, readonly, fullMail)
	l.tokens(1)
	l.says("scope-excess", "https://mail.google.com/", "live: it makes new access tokens", "makes a live access token")
	// What was told is not called unknown.
	if flat := strings.Join(strings.Fields(l.stdout), " "); strings.Contains(flat, "unknown until it is used") || strings.Contains(flat, "granted is unknown") {
		t.Error(l.stdout)
	}
	l.tokens(1, "--format", "json")
	l.says(`"refresh": "live"`, `"access": "live"`)
	if l.refreshed() != 2 {
		t.Errorf("%d refreshes", l.refreshed())
	}
}

// The access token is dead, and that says nothing about the refresh token.
func TestRefreshOfDeadAccessToken(t *testing.T) {
	l := refreshRun(t, "", readonly)
	l.tokens(0)
	l.says("live: it makes new access tokens", "gmail.readonly")
	if strings.Contains(l.stdout, "not tested") {
		t.Error(l.stdout)
	}
	l = refreshRun(t, "", fullMail)
	l.tokens(1, "--format", "json")
	l.says(`"access": "not_valid"`, `"refresh": "live"`, `"granted": true`)
}

func TestRefreshDead(t *testing.T) {
	l := refreshRun(t, "", "")
	l.tokens(0, "--format", "json")
	l.says(`"refresh": "dead"`, "invalid_grant", "token-not-valid")
	l = refreshRun(t, readonly, "")
	l.tokens(0)
	l.says("dead: Google no longer accepts")
}

// Go's files name no client: the user does.
func TestRefreshInTheNameOfAClient(t *testing.T) {
	l := newLogin(t)
	l.run(0, "--as", "go")
	l.tokens(3)
	l.says("names no client", "--client")
	l.tokens(0, "--client", l.path("client.json"))
	l.says("live: it makes new access tokens", "client  "+loginClient)
	if l.refreshed() != 2 { // the exchange is one
		t.Errorf("%d requests", l.refreshed())
	}
	// Not in that of another, nor of one that leads elsewhere, nor of a token.
	good := l.read("client.json")
	l.write("client.json", strings.Replace(good, "https://oauth2.googleapis.com/token", "https://evil.example/token", 1))
	l.tokens(1, "--client", l.path("client.json"))
	l.says("nothing was sent")
	l.tokens(2, "--client", l.path("token.json"))
	l.write("client.json", good)
	l.run(0, "--as", "python", "--replace")
	l.write("client.json", strings.Replace(good, loginClient, "111111111111-other.apps.googleusercontent.com", 1))
	l.tokens(2, "--client", l.path("client.json"))
	l.says("another client")
	if l.refreshed() != 3 {
		t.Errorf("%d requests", l.refreshed())
	}
}

// No answer is no verdict, and a foreign server is never dialled.
func TestRefreshUnknown(t *testing.T) {
	for name, how := range map[string]fakegoogle.Misbehaviour{
		"500": fakegoogle.Status(500), "HTML": fakegoogle.HTML, "client": fakegoogle.Body(401, `{"error":"invalid_client"}`),
		"307": fakegoogle.Redirect(307, "http://127.0.0.1:1/"), "echo": fakegoogle.Body(400, `{"error":"`+"1//"+"0"+strings.Repeat("rEfReSh7", 12)+`"}`),
	} {
		t.Run(name, func(t *testing.T) {
			l := refreshRun(t, readonly, readonly)
			l.fake.Misbehave(fakegoogle.TokenPath, how)
			l.tokens(3, "--format", "json")
			l.says(`"refresh": "unknown"`)
		})
	}
	l := refreshRun(t, readonly, readonly)
	l.write("token.json", strings.Replace(l.read("token.json"), "https://oauth2.googleapis.com/token", "https://oauth2.googleapis.com@evil.example/token", 1))
	l.tokens(1)
	l.says("nothing was sent", "foreign-endpoint")
	l.write("token.json", `{"access_token":"ya29.EXAMPLE","token_type":"Bearer","refresh_token":"1//0EXAMPLE","expiry":"2099-01-01T00:00:00Z"}`)
	l.tokens(1) // for what was not tested
	l.says("names no client", "token-not-tested")
	if l.refreshed() != 0 {
		t.Error("something was sent")
	}
	l.run(2, "--offline")
}

// A token that does not look like Google's, in a file that names another server,
// is not sent to Google.
func TestTokenOfAnotherServer(t *testing.T) {
	l := newLogin(t)
	file := `{"token": "opaque-1", "refresh_token": "opaque-2", "client_id": "app", "client_secret": "opaque-3", "token_uri": "https://login.example.org/token", "scopes": ["api:read"]}`
	l.write("token.json", file)
	l.verb(1, "token", "--endpoint", l.fake.URL(), l.path("token.json"))
	l.says("foreign-endpoint", "nothing was sent", "login.example.org")
	if n := len(l.fake.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	// One of Google's is: what the file says of servers is another matter.
	l = refreshRun(t, readonly, readonly)
	l.write("token.json", strings.Replace(l.read("token.json"), "https://oauth2.googleapis.com/token", "https://login.example.org/token", 1))
	l.verb(1, "token", "--endpoint", l.fake.URL(), l.path("token.json"))
	l.says("foreign-endpoint", "live: Google accepts")
}
