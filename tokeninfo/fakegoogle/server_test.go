package fakegoogle_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

const access = "ya29.EXAMPLE"

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

func start(t *testing.T, held ...scopes.Scope) *fakegoogle.Server {
	t.Helper()
	s, err := fakegoogle.Start(noon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Register(tokeninfo.NewSecret(access), fakegoogle.Token{
		Scopes: held, ClientID: "000000000000-example.apps.googleusercontent.com",
		Account: "student@example.com", UserID: "10000001", Expires: noon().Add(time.Minute),
	})
	return s
}

// send makes one request as net/http's own client does.
func send(t *testing.T, method, target, header, form string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, target, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	if header != "" {
		req.Header.Set("Authorization", "Bearer "+header)
	}
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestShapes(t *testing.T) {
	const mail = "https://mail.google.com/"
	for _, tt := range []struct {
		path string
		held []scopes.Scope
		want string
	}{
		{fakegoogle.Current, []scopes.Scope{mail},
			`{"access_type":"online","aud":"000000000000-example.apps.googleusercontent.com","azp":"000000000000-example.apps.googleusercontent.com","exp":"1795435260","expires_in":"60","scope":"https://mail.google.com/"}`},
		{fakegoogle.Current, []scopes.Scope{"openid", "email"},
			`{"access_type":"online","aud":"000000000000-example.apps.googleusercontent.com","azp":"000000000000-example.apps.googleusercontent.com","email":"student@example.com","email_verified":"true","exp":"1795435260","expires_in":"60","scope":"openid email","sub":"10000001"}`},
		{fakegoogle.V2, []scopes.Scope{mail},
			`{"audience":"000000000000-example.apps.googleusercontent.com","expires_in":60,"issued_to":"000000000000-example.apps.googleusercontent.com","scope":"https://mail.google.com/"}`},
		{fakegoogle.V2, []scopes.Scope{"https://www.googleapis.com/auth/userinfo.email"},
			`{"audience":"000000000000-example.apps.googleusercontent.com","email":"student@example.com","expires_in":60,"issued_to":"000000000000-example.apps.googleusercontent.com","scope":"https://www.googleapis.com/auth/userinfo.email","user_id":"10000001","verified_email":true}`},
	} {
		s := start(t, tt.held...)
		for name, get := range map[string]func() (int, string){
			"header": func() (int, string) { return send(t, "POST", s.URL()+tt.path, access, "") },
			"form": func() (int, string) {
				return send(t, "POST", s.URL()+tt.path, "", url.Values{"access_token": {access}}.Encode())
			},
		} {
			if status, body := get(); status != 200 || body != tt.want {
				t.Errorf("%s %s: got %d %s", name, tt.path, status, body)
			}
		}
		if u := s.Unexpected(); len(u) > 0 {
			t.Errorf("unexpected: %q", u)
		}
	}
}

func TestRefusals(t *testing.T) {
	s := start(t, "openid")
	dead := "ya29.DEAD"
	s.Register(tokeninfo.NewSecret(dead), fakegoogle.Token{Scopes: []scopes.Scope{"openid"}, Expires: noon()})
	for _, path := range []string{fakegoogle.Current, fakegoogle.V2} {
		for token, want := range map[string]string{
			dead:           `{"error":"invalid_token","error_description":"Invalid Value"}`,
			"ya29.STRANGE": `{"error":"invalid_token","error_description":"Invalid Value"}`,
			"":             `{"error":"invalid_request","error_description":"either access_token, id_token, or token_handle required"}`,
		} {
			if status, body := send(t, "POST", s.URL()+path, token, ""); status != 400 || body != want {
				t.Errorf("%q: got %d %s", token, status, body)
			}
		}
	}
}

// What nobody should send is remembered, in words that hold no token.
func TestUnexpected(t *testing.T) {
	for name, tt := range map[string]struct {
		method, path, header, form, want string
	}{
		"other path":     {"POST", "/token", access, "", `"POST" "/token": no such path`},
		"metadata":       {"GET", "/computeMetadata/v1/", "", "", `"GET" "/computeMetadata/v1/": no such path`},
		"token in path":  {"POST", "/tokeninfo/" + access, access, "", `"POST" "/tokeninfo/…": no such path`},
		"token in query": {"POST", fakegoogle.Current + "?access_token=" + access, "", "", `"POST" "/tokeninfo": a token in the URL`},
		"and in another": {"POST", fakegoogle.Current + "?x=" + access, access, "", `"POST" "/tokeninfo": a token in the URL`},
		"GET":            {"GET", fakegoogle.Current, access, "", `"GET" "/tokeninfo": not a POST`},
		"no token":       {"POST", fakegoogle.Current, "", "", `"POST" "/tokeninfo": no token`},
		"both":           {"POST", fakegoogle.Current, access, "access_token=x", `"POST" "/tokeninfo": a body beside the header`},
	} {
		s := start(t, "openid")
		send(t, tt.method, s.URL()+tt.path, tt.header, tt.form)
		if got := s.Unexpected(); !slices.Equal(got, []string{tt.want}) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
		if r := s.Requests(); len(r) != 1 || r[0].TokenInURL != strings.Contains(tt.path, access) {
			t.Errorf("%s: got %+v", name, r)
		}
	}
}

// Closing ends what misbehaves for ever.
func TestCloseEndsSlowAnswers(t *testing.T) {
	for _, how := range []fakegoogle.Misbehaviour{fakegoogle.Slow, fakegoogle.Drip, fakegoogle.Endless} {
		s := start(t, "openid")
		s.Misbehave(fakegoogle.Current, how)
		done := make(chan struct{})
		go func() {
			defer close(done)
			req, err := http.NewRequest("POST", s.URL()+fakegoogle.Current, nil)
			if err != nil {
				return
			}
			req.Header.Set("Authorization", "Bearer "+access)
			if res, err := http.DefaultClient.Do(req); err == nil {
				io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
		}()
		for len(s.Requests()) == 0 {
			time.Sleep(time.Millisecond)
		}
		s.Close()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			t.Fatal("still answering")
		}
	}
}
