package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// secret is what must show nowhere.
func secret() tokeninfo.Secret { return tokeninfo.NewSecret("sEcReT-" + strings.Repeat("x9_", 12)) }

func me() tokeninfo.Client { return tokeninfo.Client{ID: "me", Secret: tokeninfo.NewSecret("p:w d")} }

// server is a standard server whose answers a test sets.
type server struct {
	*httptest.Server
	metadata map[string]any
	answer   func(w http.ResponseWriter, r *http.Request)
	asked    atomic.Int64 // at the endpoints
	total    atomic.Int64
	form     url.Values
	basic    string
}

func start(t *testing.T, change func(*server)) (*server, *Client) {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.total.Add(1)
		if r.URL.Path == "/.well-known/openid-configuration" {
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(s.metadata)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/.well-known/") {
			http.NotFound(w, r)
			return
		}
		s.asked.Add(1)
		r.ParseForm()
		user, password, _ := r.BasicAuth()
		s.form, s.basic = r.PostForm, user+" "+password
		s.answer(w, r)
	}))
	t.Cleanup(s.Close)
	s.metadata = map[string]any{
		"issuer": s.URL, "authorization_endpoint": s.URL + "/auth", "token_endpoint": s.URL + "/token",
		"introspection_endpoint": s.URL + "/introspect", "revocation_endpoint": s.URL + "/revoke",
		"code_challenge_methods_supported": []string{"S256"},
	}
	if change != nil {
		change(s)
	}
	c, err := New(Options{Issuer: s.URL, Client: me(), Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func says(status int, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

func TestIssuers(t *testing.T) {
	for _, issuer := range []string{"https://login.example.org", "https://login.example.org:8443/tenant", "http://127.0.0.1:9", "http://[::1]:9/x", "http://localhost:9"} {
		if _, err := New(Options{Issuer: issuer}); err != nil {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	for _, issuer := range []string{
		"", "login.example.org", "http://login.example.org", "http://127.0.0.1", "http://127.0.0.1.evil.example:9", "https://u:p@login.example.org",
		"https://login.example.org?x", "https://login.example.org#x", "ftp://login.example.org", "https:", "http://[::ffff:127.0.0.1]:9",
		"https://accounts.google.com", "https://ACCOUNTS.google.com.", "https://oauth2.googleapis.com/token",
	} {
		var refused *IssuerError
		if _, err := New(Options{Issuer: issuer}); !errors.As(err, &refused) || refused.Hint() == "" || strings.Contains(err.Error(), "u:p") {
			t.Errorf("%s: %v", issuer, err)
		}
	}
}

// Metadata that does not fit is refused before anything secret is sent.
func TestMetadata(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"another issuer":        func(m map[string]any) { m["issuer"] = "https://evil.example" },
		"a slash more":          func(m map[string]any) { m["issuer"] = m["issuer"].(string) + "/" },
		"no issuer":             func(m map[string]any) { delete(m, "issuer") },
		"issuer of a type":      func(m map[string]any) { m["issuer"] = []string{"x"} },
		"no token endpoint":     func(m map[string]any) { delete(m, "token_endpoint") },
		"foreign token":         func(m map[string]any) { m["token_endpoint"] = "https://evil.example/token" },
		"foreign revocation":    func(m map[string]any) { m["revocation_endpoint"] = "https://evil.example/revoke" },
		"foreign introspection": func(m map[string]any) { m["introspection_endpoint"] = "http://127.0.0.1:1/" },
		"look-alike": func(m map[string]any) {
			m["token_endpoint"] = strings.Replace(m["issuer"].(string), "http://", "http://x@", 1) + "/token"
		},
		// It is shown to the user, as the address of the consent page is.
		"turned about": func(m map[string]any) { m["token_endpoint"] = m["issuer"].(string) + "/\u202enekot" },
		"an escape":    func(m map[string]any) { m["authorization_endpoint"] = m["issuer"].(string) + "/\u009b31m" },
		"relative":     func(m map[string]any) { m["token_endpoint"] = "/token" },
		"a number":     func(m map[string]any) { m["token_endpoint"] = 7 },
		"iss":          func(m map[string]any) { m["authorization_response_iss_parameter_supported"] = 1 },
		"methods":      func(m map[string]any) { m["token_endpoint_auth_methods_supported"] = "client_secret_basic" },
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, func(s *server) { change(s.metadata) })
			_, err := c.Refresh(context.Background(), me(), secret())
			var wrong *MetadataError
			if !errors.As(err, &wrong) || wrong.Hint() == "" || s.asked.Load() != 0 || strings.Contains(err.Error(), "evil") {
				t.Errorf("got %v after %d requests", err, s.asked.Load())
			}
		})
	}
	for name, h := range map[string]http.HandlerFunc{
		"none": http.NotFound,
		"HTML": func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		},
	} {
		s := httptest.NewServer(h)
		c, err := New(Options{Issuer: s.URL})
		if err != nil {
			t.Fatal(err)
		}
		if g, err := c.Lookup(context.Background(), secret()); err != nil || g.Access != tokeninfo.Unknown || g.Reason == "" {
			t.Errorf("%s: %+v, %v", name, g, err)
		}
		s.Close()
	}
}

func TestAuthorize(t *testing.T) {
	a := tokeninfo.Authorization{Client: me(), RedirectURI: "http://127.0.0.1:9/cb", Scopes: []string{"openid"}, State: "s", Verifier: secret()}
	s, c := start(t, nil)
	got, err := c.Authorize(context.Background(), a)
	if err != nil || !strings.Contains(got.URL, "code_challenge_method=S256") || strings.Contains(got.URL, "access_type") || strings.Contains(got.URL, "p%3Aw") ||
		got.Issuer != s.URL || got.NamesItself {
		t.Errorf("%+v, %v", got, err)
	}
	_, c = start(t, func(s *server) { s.metadata["authorization_response_iss_parameter_supported"] = true })
	if got, err := c.Authorize(context.Background(), a); err != nil || !got.NamesItself {
		t.Errorf("%+v, %v", got, err)
	}
	for _, gone := range []string{"code_challenge_methods_supported", "authorization_endpoint"} {
		_, c := start(t, func(s *server) { delete(s.metadata, gone) })
		var wrong *MetadataError
		if _, err := c.Authorize(context.Background(), a); !errors.As(err, &wrong) {
			t.Errorf("without %s: %v", gone, err)
		}
	}
}

func TestLookup(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		want   tokeninfo.Access
	}{
		"live":            {200, `{"active":true,"scope":"a b","client_id":"me","sub":"7","username":"ann","exp":` + fmt.Sprint(noon().Unix()+60) + `}`, tokeninfo.Live},
		"dead":            {200, `{"active":false}`, tokeninfo.NotValid},
		"no verdict":      {200, `{"scope":"a"}`, tokeninfo.Unknown},
		"null":            {200, `{"active":null,"scope":"a"}`, tokeninfo.Unknown},
		"a word":          {200, `{"active":"true","scope":"a"}`, tokeninfo.Unknown},
		"no scope":        {200, `{"active":true}`, tokeninfo.Unknown},
		"twice":           {200, `{"active":true,"active":false,"scope":"a"}`, tokeninfo.Unknown},
		"echo":            {200, `{"active":true,"scope":"` + secret().Reveal() + `"}`, tokeninfo.Unknown},
		"echo of ours":    {200, `{"active":true,"scope":"a","username":"p:w d"}`, tokeninfo.Unknown},
		"for ever":        {200, `{"active":true,"scope":"a","exp":99999999999999}`, tokeninfo.Unknown},
		"unauthenticated": {401, `{"error":"invalid_client"}`, tokeninfo.Unknown},
		"trouble":         {500, `{"active":false}`, tokeninfo.Unknown},
		"redirect":        {307, ``, tokeninfo.Unknown},
		"HTML":            {200, `<html>`, tokeninfo.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, func(s *server) { s.answer = says(tt.status, tt.body) })
			g, err := c.Lookup(context.Background(), secret())
			if err != nil || g.Access != tt.want || (g.Reason != "") != (tt.want == tokeninfo.Unknown) || !g.Asked.Equal(noon()) {
				t.Errorf("got %+v, %v", g, err)
			}
			if g.Access == tokeninfo.Live && (strings.Join(g.Scopes, " ") != "a b" || g.ClientID != "me" || g.Account != "ann" || g.UserID != "7" || g.ExpiresIn != time.Minute) {
				t.Errorf("got %+v", g)
			}
			if strings.Contains(fmt.Sprintf("%+v", g), secret().Reveal()) {
				t.Errorf("the token shows: %+v", g)
			}
			if s.form.Get("token") != secret().Reveal() || s.basic != "me p%3Aw+d" {
				t.Errorf("sent %v, %q", s.form, s.basic)
			}
		})
	}
	_, c := start(t, func(s *server) { delete(s.metadata, "introspection_endpoint") })
	if g, _ := c.Lookup(context.Background(), secret()); g.Access != tokeninfo.Unknown {
		t.Errorf("got %+v", g)
	}
}

func TestRevoke(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		want   tokeninfo.Ended
	}{
		{200, "", tokeninfo.Revoked},
		{400, `{"error":"unsupported_token_type"}`, tokeninfo.NotRevocable},
		{400, `{"error":"invalid_request"}`, tokeninfo.RevokeFailed},
		{401, `{"error":"invalid_client"}`, tokeninfo.RevokeFailed},
		{503, "", tokeninfo.RevokeFailed},
		{307, "", tokeninfo.RevokeFailed},
	} {
		s, c := start(t, func(s *server) {
			s.answer = says(tt.status, tt.body)
			s.metadata["token_endpoint_auth_methods_supported"] = []string{"client_secret_post"}
		})
		got, err := c.Revoke(context.Background(), me(), secret())
		if err != nil || got.Ended != tt.want || s.form.Get("client_secret") != "p:w d" {
			t.Errorf("%d %s: %+v, %v", tt.status, tt.body, got, err)
		}
	}
}

// A rotated refresh token comes back, with the client in the header or the form.
func TestRefresh(t *testing.T) {
	body := `{"access_token":"new","refresh_token":"next","token_type":"bearer","expires_in":60,"scope":"a"}`
	for basic, want := range map[bool]string{true: "me p%3Aw+d", false: " "} {
		s, c := start(t, func(s *server) {
			s.answer = says(200, body)
			if !basic {
				s.metadata["token_endpoint_auth_methods_supported"] = []string{"client_secret_post", "none"}
			}
		})
		got, err := c.Refresh(context.Background(), me(), secret())
		if err != nil || got.Refresh.Reveal() != "next" || got.Access.Reveal() != "new" || s.basic != want || s.form.Has("scope") || s.form.Has("client_secret") == basic {
			t.Errorf("%+v, %v; sent %v, %q", got, err, s.form, s.basic)
		}
		if _, err := c.Refresh(context.Background(), me(), secret()); err != nil || s.total.Load() != 4 {
			t.Errorf("%d requests: the metadata is fetched once", s.total.Load())
		}
	}
}

// What is Google's, or another server's, makes no connection at all.
func TestGooglesStaysHere(t *testing.T) {
	s, c := start(t, func(s *server) { s.answer = says(200, "{}") })
	ctx := context.Background()
	googles := tokeninfo.Client{ID: "0-x.apps.googleusercontent.com"}
	for name, err := range map[string]error{
		"refresh token": second(c.Refresh(ctx, me(), tokeninfo.NewSecret("1//0EXAMPLE"))),
		"old token":     second(c.Refresh(ctx, me(), tokeninfo.NewSecret("1/"+strings.Repeat("x", 43)))),
		"old client":    second(c.Refresh(ctx, tokeninfo.Client{ID: "0.project.googleusercontent.com"}, secret())),
		"refreshing":    second(c.Refresh(ctx, googles, secret())),
		"access token":  second(c.Lookup(ctx, tokeninfo.NewSecret("ya29.EXAMPLE"))),
		"code":          second(c.Exchange(ctx, tokeninfo.Code{Client: me(), Value: tokeninfo.NewSecret("4/0AEXAMPLE")})),
		"exchanging":    second(c.Exchange(ctx, tokeninfo.Code{Client: googles, Value: secret()})),
		"consent":       second(c.Authorize(ctx, tokeninfo.Authorization{Client: googles})),
		"revoking":      second(c.Revoke(ctx, googles, secret())),
		"client secret": second(c.Revoke(ctx, tokeninfo.Client{ID: "me", Secret: tokeninfo.NewSecret("GOCSPX-EXAMPLE")}, secret())),
		"kind":          c.Identify(tokeninfo.Credential{ClientID: "32555940559", PublishedClient: "gcloud"}),
		"key":           c.Identify(tokeninfo.Credential{PrivateKey: secret()}),
		"token_uri":     c.Identify(tokeninfo.Credential{Endpoints: []tokeninfo.Endpoint{{Field: "token_uri", Value: "https://oauth2.googleapis.com/token"}}}),
		"near":          c.Identify(tokeninfo.Credential{Endpoints: []tokeninfo.Endpoint{{Field: "token_uri", Value: "http://oauth2.googleapis.com/token", Foreign: true}}}),
	} {
		var googles *GooglesSecret
		if !errors.As(err, &googles) || googles.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	var other *OtherServer
	foreign := tokeninfo.Credential{Endpoints: []tokeninfo.Endpoint{{Field: "token_uri", Value: "https://evil.example/token", Foreign: true}}}
	if err := c.Identify(foreign); !errors.As(err, &other) || other.Hint() == "" {
		t.Error(err)
	}
	own := tokeninfo.Credential{ClientID: "me", RefreshToken: secret(), AccessToken: tokeninfo.NewSecret("1/2"), Endpoints: []tokeninfo.Endpoint{
		{Field: "token_uri", Value: s.URL + "/token", Foreign: true}, {Field: "universe_domain", Value: "googleapis.com"}}}
	if err := c.Identify(own); err != nil {
		t.Error(err)
	}
	if n := s.total.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func second[T any](_ T, err error) error { return err }

// The whole is bounded in time, whoever is slow.
func TestSlow(t *testing.T) {
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
	defer s.Close()
	defer close(stop)
	c, err := New(Options{Issuer: s.URL, Timeout: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Refresh(context.Background(), tokeninfo.Client{ID: "me"}, secret())
	var trouble *wire.Error
	if !errors.As(err, &trouble) || trouble.Class != wire.Timeout {
		t.Errorf("got %v", err)
	}
}

// Whatever the metadata holds, an endpoint that is used lies at the issuer.
func FuzzMetadata(f *testing.F) {
	good := map[string]any{"issuer": "https://a.example", "token_endpoint": "https://a.example/t", "code_challenge_methods_supported": []string{"S256"}}
	for _, value := range []string{"https://a.example/t", "https://a.example@b.example/", "https://a.example:443/", "//b.example", "https://a.example\\@b.example/", "HTTPS://a.example/"} {
		m := maps.Clone(good)
		m["token_endpoint"] = value
		data, _ := json.Marshal(m)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := New(Options{Issuer: "https://a.example"})
		if err != nil {
			t.Fatal(err)
		}
		m, err := c.read(wire.Reply{Status: 200, Types: []string{"application/json"}, Body: data})
		if err != nil {
			return
		}
		for _, where := range []string{m.authorize, m.token, m.introspect, m.revoke} {
			if u, err := url.Parse(where); where != "" && (err != nil || u.Host != "a.example" || u.User != nil || u.Scheme != "https") {
				t.Errorf("%q", where)
			}
		}
	})
}
