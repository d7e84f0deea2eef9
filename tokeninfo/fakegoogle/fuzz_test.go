package fakegoogle_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

// Whatever any program on this computer sends, the stand-in answers, calls JSON
// only what is, and names no secret that it knows in what it remembers.
func FuzzRequest(f *testing.F) {
	const refresh = "1//0EXAMPLE"
	q := question().Encode()
	for _, seed := range [][5]string{
		{"GET", fakegoogle.AuthPath, q, "", ""},
		{"POST", fakegoogle.ConsentPath, "", "application/x-www-form-urlencoded", "id=x&scope=y&answer=continue"},
		{"POST", fakegoogle.TokenPath, "", "application/x-www-form-urlencoded", refreshed(refresh).Encode()},
		{"POST", fakegoogle.TokenPath, "", "application/x-www-form-urlencoded; charset=utf-8", exchanged("4/0AEXAMPLE").Encode()},
		{"POST", fakegoogle.RevokePath, "token=" + refresh, "application/x-www-form-urlencoded", "token=" + refresh},
		{"GET", "/gmail/v1/users/me/messages", "q=a&maxResults=1&fields=messages(id,(),resultSizeEstimate", "", ""},
		{"GET", "/gmail/v1/users/me/messages/m1", "format=raw", "", ""},
		{"POST", "/gmail/v1/users/me/messages/send", "", "application/json", `{"raw":"VG86IGEKCmI="}`},
		{"POST", "/gmail/v1/users/me/messages/batchDelete", "", "application/json", `{"ids":["m1",""]}`},
		{"POST", "/gmail/v1/users/me/settings/filters", "", "application/json", `{"criteria":1,"action":[null]}`},
		{"PUT", "/gmail/v1/users/me/settings/language", "", "application/json", `{"displayLanguage":"eo"}`},
		{"POST", "/" + refresh, "access_token=" + access, "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4])
	}
	cat, err := scopes.Load()
	if err != nil {
		f.Fatal(err)
	}
	s, err := fakegoogle.Start(noon)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	f.Fuzz(func(t *testing.T, method, path, query, kind, body string) {
		s.Open(cat, fakegoogle.Client{ID: desktop, Secret: tokeninfo.NewSecret(secret)})
		s.OpenGmail(cat, inbox()...)
		owner := fakegoogle.Token{
			Scopes: []scopes.Scope{fullMail, auth + "gmail.settings.basic"}, ClientID: desktop,
			Account: "student@example.com", UserID: "10000001", Expires: noon().Add(time.Hour),
		}
		s.Register(tokeninfo.NewSecret(access), owner)
		s.RegisterRefresh(tokeninfo.NewSecret(refresh), owner)
		r := &http.Request{
			Method: method, URL: &url.URL{Path: path, RawQuery: query}, RequestURI: path + "?" + query,
			Host: strings.TrimPrefix(s.URL(), "http://"), Body: http.NoBody, Header: http.Header{"Content-Type": {kind}},
		}
		if body != "" {
			r = r.WithContext(t.Context())
			r.Body = httptest.NewRequest("POST", "/", strings.NewReader(body)).Body
		}
		if strings.HasPrefix(path, "/gmail") {
			r.Header.Set("Authorization", "Bearer "+access)
		}
		w := httptest.NewRecorder()
		before := len(s.Unexpected())
		s.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 599 {
			t.Errorf("status %d", w.Code)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && !json.Valid(w.Body.Bytes()) {
			t.Errorf("no JSON: %q", w.Body)
		}
		for _, wrong := range s.Unexpected()[before:] {
			if strings.Contains(wrong, access) || strings.Contains(wrong, refresh) {
				t.Errorf("a secret is remembered: %s", wrong)
			}
		}
	})
}
