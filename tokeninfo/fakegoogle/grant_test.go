package fakegoogle_test

import (
	"maps"
	"net/url"
	"slices"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

func TestRefresh(t *testing.T) {
	c := &clock{}
	s := open(t, c, false)
	access, refresh := obtain(t, s, "scope", readonly+" "+auth+"gmail.send")
	ask := func(changes ...string) (int, map[string]any) {
		return post(t, s.URL()+fakegoogle.TokenPath, refreshed(refresh, changes...))
	}
	c.advance(time.Hour)
	if lives(t, s, access) {
		t.Error("an access token outlives its hour")
	}
	status, f := ask()
	if status != 200 || f["scope"] != readonly+" "+auth+"gmail.send" || f["refresh_token"] != nil || !lives(t, s, f["access_token"].(string)) {
		t.Errorf("%d %v", status, slices.Sorted(maps.Keys(f)))
	}
	if status, f := ask("scope", readonly); status != 200 || f["scope"] != readonly {
		t.Errorf("narrowed: %d %v", status, f["scope"])
	}
	for name, tt := range map[string]struct {
		changes []string
		status  int
		code    string
	}{
		"wider":        {[]string{"scope", fullMail}, 400, "invalid_scope"},
		"other client": {[]string{"client_id", web}, 401, "unauthorized_client"},
		"no token":     {[]string{"refresh_token", ""}, 400, "invalid_request"},
		"invented":     {[]string{"refresh_token", "1//0EXAMPLE"}, 400, "invalid_grant"},
	} {
		if status, f := ask(tt.changes...); status != tt.status || f["error"] != tt.code {
			t.Errorf("%s: %d %v", name, status, f["error"])
		}
	}

	s.Rotate(true)
	status, f = ask()
	next, _ := f["refresh_token"].(string)
	if status != 200 || next == "" || next == refresh {
		t.Fatalf("rotation: %d", status)
	}
	if status, _ := ask(); status != 400 {
		t.Errorf("the old token lives after rotation: %d", status)
	}
	if status, f := ask("refresh_token", next); status != 200 || f["scope"] != readonly+" "+auth+"gmail.send" {
		t.Errorf("the new one: %d %v", status, f["scope"])
	}
}

// The refresh tokens of an app in testing die after seven days.
func TestTestingMode(t *testing.T) {
	c := &clock{}
	s := open(t, c, false)
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	s.Open(cat, fakegoogle.Client{ID: desktop, Secret: tokeninfo.NewSecret(secret), Testing: true})
	_, f := post(t, s.URL()+fakegoogle.TokenPath, exchanged(agree(t, s, question())))
	if f["refresh_token_expires_in"] != 604799.0 {
		t.Errorf("got %v", f["refresh_token_expires_in"])
	}
	refresh := f["refresh_token"].(string)
	for _, day := range []struct {
		by     time.Duration
		status int
	}{{7*24*time.Hour - time.Second, 200}, {time.Second, 400}} {
		c.advance(day.by)
		if status, _ := post(t, s.URL()+fakegoogle.TokenPath, refreshed(refresh)); status != day.status {
			t.Errorf("got %d, want %d", status, day.status)
		}
	}
}

// Either token ends the whole grant of that account for that client, and
// nothing else.
func TestRevocation(t *testing.T) {
	for name, pick := range map[string]func(access, refresh string) string{
		"by refresh token": func(_, refresh string) string { return refresh },
		"by access token":  func(access, _ string) string { return access },
	} {
		c := &clock{}
		s := open(t, c, false)
		access1, refresh1 := obtain(t, s)
		access2, refresh2 := obtain(t, s, "scope", fullMail)
		s.SignIn("teacher@example.com", "10000002")
		access3, refresh3 := obtain(t, s)
		// The same account's grant to another program.
		s.Register(tokeninfo.NewSecret("ya29.OTHER"), fakegoogle.Token{ClientID: web, Account: "student@example.com", UserID: "10000001", Expires: noon().Add(time.Hour)})
		end := func(token string) (int, any) {
			status, f := post(t, s.URL()+fakegoogle.RevokePath, url.Values{"token": {token}})
			return status, f["error"]
		}
		if status, code := end(pick(access1, refresh1)); status != 200 {
			t.Errorf("%s: %d %v", name, status, code)
		}
		for i, wrong := range []bool{lives(t, s, access1), lives(t, s, access2), !lives(t, s, access3), !lives(t, s, "ya29.OTHER")} {
			if wrong {
				t.Errorf("%s: access token %d", name, i+1)
			}
		}
		for refresh, want := range map[string]int{refresh1: 400, refresh2: 400, refresh3: 200} {
			if status, _ := post(t, s.URL()+fakegoogle.TokenPath, refreshed(refresh)); status != want {
				t.Errorf("%s: refresh gives %d, want %d", name, status, want)
			}
		}
		if status, code := end(pick(access1, refresh1)); status != 400 || code != "invalid_token" {
			t.Errorf("%s, again: %d %v", name, status, code)
		}
	}
}

func TestRevocationTakesTime(t *testing.T) {
	c := &clock{}
	s := open(t, c, false)
	s.DelayRevocation(time.Minute)
	access, refresh := obtain(t, s)
	if status, f := post(t, s.URL()+fakegoogle.RevokePath, url.Values{"token": {refresh}}); status != 200 {
		t.Fatalf("%d %v", status, f)
	}
	if c.advance(59 * time.Second); !lives(t, s, access) {
		t.Error("dead before the time")
	}
	if c.advance(time.Second); lives(t, s, access) {
		t.Error("alive after the time")
	}
}
