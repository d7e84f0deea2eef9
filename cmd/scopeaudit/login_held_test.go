package main

import (
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/fakegoogle"
)

// A file that claims what was not granted is put right when it is renewed.
func TestLoginRenewsClaims(t *testing.T) {
	l := newLogin(t)
	l.run(0)
	l.write("token.json", strings.Replace(l.read("token.json"), `["`+readonly+`"]`, `["`+readonly+`", "email"]`, 1))
	l.later(2 * time.Hour)
	l.run(0)
	if c := l.token("token.json"); strings.Join(c.Scopes, " ") != readonly {
		t.Errorf("the file claims %v", c.Scopes)
	}
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
	l.says("invalid_grant", "dead", "seven days", "password", "100 refresh tokens", "six months", "saved")
	if strings.Contains(l.stderr, "authorization code") {
		t.Errorf("causes of another refusal are told:\n%s", l.stderr)
	}
	l.consents(2)
}

// Go's files name no client, and a good refresh token of another one is refused in
// the same words.
func TestLoginDeadWithoutClient(t *testing.T) {
	l := newLogin(t)
	const dead = `{"access_token":"","token_type":"Bearer","refresh_token":"1//0EXAMPLE","expiry":"2020-01-01T00:00:00Z"}`
	l.write("token.json", dead)
	l.run(1)
	l.says("invalid_grant", "may hold a token of another client", "--replace")
	if l.read("token.json") != dead {
		t.Error("the file was changed")
	}
	l.run(0, "--replace", "--as", "go")
	l.consents(1)
}

func TestLoginForms(t *testing.T) {
	for as, kind := range map[string]tokeninfo.Kind{"go": tokeninfo.GoToken, "node": tokeninfo.NodeUser, "adc": tokeninfo.ADCUser} {
		l := newLogin(t)
		l.run(0, "--as", as)
		c := l.token("token.json")
		if c.Kind != kind && as != "node" || !c.RefreshToken.Present() {
			t.Errorf("%s: got %+v", as, c)
		}
		if strings.Contains(l.stdout, "access token ends") != c.AccessToken.Present() {
			t.Errorf("%s: what the file does not hold is told:\n%s", as, l.stdout)
		}
		// Again, without saying so: the kind is the file's, and it is used. Of a
		// format without an access token nothing can be renewed.
		before := l.read("token.json")
		l.run(0)
		if l.says(map[bool]string{true: "is valid", false: "holds a refresh token that works"}[as == "go"]); l.read("token.json") != before {
			t.Errorf("%s: the file was changed", as)
		}
		l.consents(1)
	}
}

// A refresh token that is there is not passed by in silence.
func TestLoginEphemeralOverKept(t *testing.T) {
	l := newLogin(t)
	l.run(0)
	before := l.read("token.json")
	l.run(1, "--ephemeral")
	l.says("holds a refresh token", "--revoke-first")
	if l.read("token.json") != before {
		t.Error("the file was changed")
	}
	// Node's files hold nothing but one, so that kind is not taken over.
	l.run(0, "--as", "node", "--replace")
	l.run(0, "--ephemeral", "--replace")
	if c := l.token("token.json"); c.Kind != tokeninfo.GoogleAuth || c.RefreshToken.Present() || !c.AccessToken.Present() {
		t.Errorf("got %+v", c)
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
