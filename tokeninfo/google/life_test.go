package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// plantedRefresh is a refresh token of full shape, put together here.
func plantedRefresh() string { return "1//" + "0" + strings.Repeat("gReFrEsH_-", 9) }

// stand answers every POST to a path with one body, and remembers the forms.
type stand struct {
	status int
	body   string
	kind   string
	paths  []string
	forms  []url.Values
}

func (s *stand) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	s.paths = append(s.paths, r.URL.RequestURI())
	s.forms = append(s.forms, r.PostForm)
	kind := s.kind
	if kind == "" {
		kind = "application/json"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Location", "http://127.0.0.1:1/")
	w.WriteHeader(s.status)
	w.Write([]byte(s.body))
}

func standing(t *testing.T, status int, body string) (*Client, *stand) {
	t.Helper()
	s := &stand{status: status, body: body}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c, err := New(Options{Endpoint: server.URL, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

func TestRevoke(t *testing.T) {
	tests := map[string]struct {
		status int
		body   string
		want   tokeninfo.Ended
	}{
		"done":            {200, `{}`, tokeninfo.Revoked},
		"dead before":     {400, `{"error":"invalid_token","error_description":"Token expired or revoked"}`, tokeninfo.AlreadyDead},
		"not revocable":   {400, `{"error":"invalid_request","error_description":"Token is not revocable."}`, tokeninfo.NotRevocable},
		"unknown refusal": {400, `{"error":"something_else"}`, tokeninfo.RevokeFailed},
		"forbidden":       {403, `{"error":"invalid_token"}`, tokeninfo.RevokeFailed},
		"busy":            {429, `{}`, tokeninfo.RevokeFailed},
		"trouble":         {503, `{}`, tokeninfo.RevokeFailed},
		"portal":          {200, `<html>`, tokeninfo.RevokeFailed},
		"redirect":        {307, ``, tokeninfo.RevokeFailed},
		"huge":            {200, `{"a":"` + strings.Repeat("a", 70000) + `"}`, tokeninfo.RevokeFailed},
	}
	for name, tt := range tests {
		for _, token := range []string{plantedRefresh(), planted()} {
			t.Run(name, func(t *testing.T) {
				c, s := standing(t, tt.status, tt.body)
				got, err := c.Revoke(context.Background(), tokeninfo.Client{}, tokeninfo.NewSecret(token))
				if err != nil || got.Ended != tt.want || got.Done() != (tt.want == tokeninfo.Revoked || tt.want == tokeninfo.AlreadyDead) {
					t.Errorf("got %+v, %v, want %s", got, err, tt.want)
				}
				if (got.Reason == "") != got.Done() || strings.Contains(got.Reason, token) {
					t.Errorf("reason %q", got.Reason)
				}
				if len(s.paths) != 1 || s.paths[0] != "/revoke" || s.forms[0].Get("token") != token || len(s.forms[0]) != 1 {
					t.Errorf("asked %q", s.paths)
				}
			})
		}
	}
}

func TestRevokeSendsTokensOnly(t *testing.T) {
	for _, value := range []string{"", "4/0AEXAMPLE", "GOCSPX-EXAMPLE", "AIzaEXAMPLE", "two words", "1//0 EXAMPLE", strings.Repeat("a", maxToken+1)} {
		c, s := standing(t, 200, `{}`)
		got, err := c.Revoke(context.Background(), tokeninfo.Client{}, tokeninfo.NewSecret(value))
		var not *NotAccessToken
		if !errors.As(err, &not) || got.Done() || len(s.paths) != 0 {
			t.Errorf("%d bytes: got %+v, %v after %d requests", len(value), got, err, len(s.paths))
		}
	}
}

func TestRefresh(t *testing.T) {
	c, s := standing(t, 200, `{"access_token":"`+planted()+`","expires_in":3599,"scope":"openid  `+readonly+`","token_type":"Bearer","refresh_token_expires_in":604799}`)
	me := tokeninfo.Client{ID: client, Secret: tokeninfo.NewSecret("EXAMPLE")}
	got, err := c.Refresh(context.Background(), me, tokeninfo.NewSecret(plantedRefresh()))
	if err != nil {
		t.Fatal(err)
	}
	if got.Access.Reveal() != planted() || got.Refresh.Present() || strings.Join(got.Scopes, " ") != "openid "+readonly ||
		!got.Expiry.Equal(noon().Add(3599*time.Second)) || !got.RefreshExpiry.Equal(noon().Add(604799*time.Second)) {
		t.Errorf("got %+v", got)
	}
	want := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {plantedRefresh()}, "client_id": {client}, "client_secret": {"EXAMPLE"}}
	if s.paths[0] != "/token" || s.forms[0].Encode() != want.Encode() {
		t.Errorf("%q: sent %v", s.paths[0], s.forms[0])
	}
}

// What is no token answer gives no token; what is a refusal keeps its code; and
// neither repeats what was sent.
func TestRefreshRefused(t *testing.T) {
	refusal := func(code, sub string) string { return (&tokeninfo.Refusal{Code: code, Subtype: sub}).Error() }
	tests := map[string]struct {
		status int
		body   string
		want   string
	}{
		"dead":             {400, `{"error":"invalid_grant","error_description":"x"}`, refusal("invalid_grant", "")},
		"sign in again":    {400, `{"error":"invalid_grant","error_subtype":"invalid_rapt"}`, refusal("invalid_grant", "invalid_rapt")},
		"client":           {401, `{"error":"invalid_client"}`, refusal("invalid_client", "")},
		"echo":             {400, `{"error":"` + plantedRefresh() + `"}`, string(wire.Else)},
		"odd code":         {400, `{"error":"Not A Code"}`, string(wire.Else)},
		"long code":        {400, `{"error":"` + strings.Repeat("a", 65) + `"}`, string(wire.Else)},
		"HTML":             {400, `<html>`, string(wire.Else)},
		"no token":         {200, `{"token_type":"Bearer"}`, string(wire.Else)},
		"no type":          {200, `{"access_token":"` + planted() + `"}`, string(wire.Else)},
		"other type":       {200, `{"access_token":"` + planted() + `","token_type":"mac"}`, string(wire.Else)},
		"two tokens":       {200, `{"access_token":"` + planted() + `","access_token":"x","token_type":"Bearer"}`, string(wire.Else)},
		"echo in scope":    {200, `{"access_token":"` + planted() + `","token_type":"Bearer","scope":"` + plantedRefresh() + `"}`, string(wire.Else)},
		"endless life":     {200, `{"access_token":"` + planted() + `","token_type":"Bearer","expires_in":99999999999}`, string(wire.Else)},
		"negative life":    {200, `{"access_token":"` + planted() + `","token_type":"Bearer","expires_in":-1}`, string(wire.Else)},
		"error in success": {200, `{"error":"invalid_grant"}`, string(wire.Else)},
		"trouble":          {500, `{"error":"invalid_grant"}`, string(wire.Trouble)},
		"busy":             {429, `{"error":"invalid_grant"}`, string(wire.Busy)},
		"redirect":         {307, ``, string(wire.Redirect)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, s := standing(t, tt.status, tt.body)
			got, err := c.Refresh(context.Background(), tokeninfo.Client{ID: client}, tokeninfo.NewSecret(plantedRefresh()))
			if err == nil || !strings.HasSuffix(err.Error(), strings.TrimPrefix(tt.want, " ")) || got.Access.Present() {
				t.Errorf("got %+v, %v, want %q", got, err, tt.want)
			}
			for ; err != nil; err = unwrap(err) {
				text := fmt.Sprintf("%v %+v %#v", err, err, err)
				if mustNotLeak(t, "the error", text); strings.Contains(text, plantedRefresh()) {
					t.Errorf("the error holds the refresh token: %s", text)
				}
			}
			if len(s.paths) != 1 {
				t.Errorf("asked %q", s.paths)
			}
		})
	}
}

func TestRefreshSendsRefreshTokensOnly(t *testing.T) {
	for _, value := range []string{"", planted(), "GOCSPX-EXAMPLE", "1//0 EXAMPLE", "1/" + strings.Repeat("a", maxToken)} {
		c, s := standing(t, 200, `{}`)
		_, err := c.Refresh(context.Background(), tokeninfo.Client{ID: client}, tokeninfo.NewSecret(value))
		var not *NotRefreshToken
		if !errors.As(err, &not) || len(s.paths) != 0 {
			t.Errorf("%d bytes: got %v after %d requests", len(value), err, len(s.paths))
		}
	}
}

func TestExchange(t *testing.T) {
	c, s := standing(t, 200, `{"access_token":"`+planted()+`","refresh_token":"`+plantedRefresh()+`","token_type":"Bearer"}`)
	got, err := c.Exchange(context.Background(), tokeninfo.Code{
		Client: tokeninfo.Client{ID: client}, Value: tokeninfo.NewSecret("4/0AEXAMPLE"),
		RedirectURI: "http://127.0.0.1:9/x", Verifier: tokeninfo.NewSecret("EXAMPLEVERIFIER"),
	})
	if err != nil || got.Refresh.Reveal() != plantedRefresh() || got.Scopes != nil || !got.Expiry.IsZero() {
		t.Errorf("got %+v, %v", got, err)
	}
	want := url.Values{"grant_type": {"authorization_code"}, "code": {"4/0AEXAMPLE"}, "client_id": {client},
		"redirect_uri": {"http://127.0.0.1:9/x"}, "code_verifier": {"EXAMPLEVERIFIER"}}
	if s.forms[0].Encode() != want.Encode() {
		t.Errorf("sent %v", s.forms[0])
	}
}

func TestAuthorize(t *testing.T) {
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	verifier := strings.Repeat("v", 43)
	got, err := c.Authorize(context.Background(), tokeninfo.Authorization{
		Client: tokeninfo.Client{ID: client, Secret: tokeninfo.NewSecret("EXAMPLESECRET")}, RedirectURI: "http://127.0.0.1:9/x",
		Scopes: []string{readonly, "openid"}, State: "s", Verifier: tokeninfo.NewSecret(verifier), LoginHint: account,
	})
	if err != nil || got.Issuer != "https://accounts.google.com" || strings.Contains(got.URL, verifier) || strings.Contains(got.URL, "EXAMPLESECRET") {
		t.Fatalf("got %+v, %v", got, err)
	}
	u, err := url.Parse(got.URL)
	if err != nil || u.Scheme != "https" || u.Host != "accounts.google.com" || u.Path != "/o/oauth2/v2/auth" {
		t.Errorf("got %+v, %v", got, err)
	}
	q := u.Query()
	q.Del("code_challenge")
	want := url.Values{"response_type": {"code"}, "client_id": {client}, "redirect_uri": {"http://127.0.0.1:9/x"},
		"scope": {readonly + " openid"}, "state": {"s"}, "code_challenge_method": {"S256"},
		"access_type": {"offline"}, "login_hint": {account}}
	if q.Encode() != want.Encode() {
		t.Errorf("got %v", q)
	}
}

func TestIdentify(t *testing.T) {
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	fine := tokeninfo.Credential{Kind: tokeninfo.GoogleAuth, RefreshToken: tokeninfo.NewSecret("1//0EXAMPLE"),
		Endpoints: []tokeninfo.Endpoint{{Field: "token_uri", Value: tokenURL}}}
	if err := c.Identify(fine); err != nil {
		t.Error(err)
	}
	foreign := fine
	foreign.Endpoints = []tokeninfo.Endpoint{{Field: "token_uri", Value: "https://oauth2.googleapis.com.evil/token", Foreign: true}}
	for _, held := range []tokeninfo.Credential{foreign, {Kind: tokeninfo.ExternalUser}, {Kind: tokeninfo.ServiceAccount}} {
		var not *NotGoogles
		if err := c.Identify(held); !errors.As(err, &not) || not.Hint() == "" {
			t.Errorf("%s: got %v", held.Kind, err)
		}
	}
}

// For the real Google every request of a token's life goes to its one host, and
// what Identify would refuse is not looked at: no file says where.
func TestLifeInGooglesPlace(t *testing.T) {
	s := &stand{status: 200, body: `{"access_token":"` + planted() + `","token_type":"Bearer"}`}
	c, dialled := inGooglesPlace(t, s, []string{"oauth2.googleapis.com", "www.googleapis.com"}, 0, 0)
	ctx := context.Background()
	me := tokeninfo.Client{ID: client}
	_, err1 := c.Refresh(ctx, me, tokeninfo.NewSecret(plantedRefresh()))
	_, err2 := c.Exchange(ctx, tokeninfo.Code{Client: me, Value: tokeninfo.NewSecret("4/0AEXAMPLE")})
	r, err3 := c.Revoke(ctx, me, tokeninfo.NewSecret(plantedRefresh()))
	if err := errors.Join(err1, err2, err3); err != nil || !r.Done() {
		t.Errorf("%+v, %v", r, err)
	}
	if want := "/token /token /revoke"; strings.Join(s.paths, " ") != want {
		t.Errorf("asked %q", s.paths)
	}
	for _, address := range dialled() {
		if address != "oauth2.googleapis.com:443" {
			t.Errorf("dialled %q", address)
		}
	}
}
