package fakegoogle_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

const (
	fullMail = "https://mail.google.com/"
	auth     = "https://www.googleapis.com/auth/"
	readonly = auth + "gmail.readonly"
	desktop  = "000000000000-desktop.apps.googleusercontent.com"
	web      = "000000000000-web.apps.googleusercontent.com"
	gone     = "000000000000-gone.apps.googleusercontent.com"
	secret   = "GOCSPX-EXAMPLE"
	redirect = "http://127.0.0.1:4711/cb"
	verifier = "a-verifier-of-at-least-forty-three-characters"
)

// clock is a time that only tests move.
type clock struct{ passed atomic.Int64 }

func (c *clock) now() time.Time           { return noon().Add(time.Duration(c.passed.Load())) }
func (c *clock) advance(by time.Duration) { c.passed.Add(int64(by)) }

// open starts a stand-in with an authorization server and Gmail. It fails the
// test on a request that nobody expects, unless wrong is set.
func open(t *testing.T, c *clock, wrong bool) *fakegoogle.Server {
	t.Helper()
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := fakegoogle.Start(c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if u := s.Unexpected(); len(u) > 0 && !wrong {
			t.Errorf("unexpected: %q", u)
		}
	})
	s.Open(cat,
		fakegoogle.Client{ID: desktop, Secret: tokeninfo.NewSecret(secret), Name: "Bail fund <inbox>"},
		fakegoogle.Client{ID: web, Secret: tokeninfo.NewSecret(secret), RedirectURIs: []string{"https://app.example/cb"}},
		fakegoogle.Client{ID: gone, Deleted: true},
	)
	s.OpenGmail(cat, inbox()...)
	return s
}

// question is a proper authorization request, with changes.
func question(changes ...string) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"client_id": {desktop}, "redirect_uri": {redirect}, "response_type": {"code"}, "scope": {readonly},
		"state": {"a state"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	return change(q, changes)
}

// change sets and, where the value is empty, removes parameters.
func change(q url.Values, changes []string) url.Values {
	for pair := range slices.Chunk(changes, 2) {
		if q.Set(pair[0], pair[1]); pair[1] == "" {
			q.Del(pair[0])
		}
	}
	return q
}

// browse makes a request and follows no redirect.
func browse(t *testing.T, req *http.Request) (*http.Response, string) {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func visit(t *testing.T, s *fakegoogle.Server, q url.Values) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest("GET", s.URL()+fakegoogle.AuthPath+"?"+q.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return browse(t, req)
}

// post sends a form and reads the JSON of the answer, if there is any.
func post(t *testing.T, target string, form url.Values) (int, map[string]any) {
	t.Helper()
	status, body := send(t, "POST", target, "", form.Encode())
	var fields map[string]any
	if err := json.Unmarshal([]byte(body), &fields); err != nil && body != "" {
		t.Fatalf("%d %s: %v", status, body, err)
	}
	return status, fields
}

// agree grants all that is asked, and obtains a code.
func agree(t *testing.T, s *fakegoogle.Server, q url.Values) string {
	t.Helper()
	s.AnswerConsent(func(c fakegoogle.Consent) ([]scopes.Scope, bool) { return c.Asked, true })
	res, body := visit(t, s, q)
	back, err := res.Location()
	if err != nil {
		t.Fatalf("%d, %v: %s", res.StatusCode, err, body)
	}
	return back.Query().Get("code")
}

// exchanged is a proper token request, with changes.
func exchanged(code string, changes ...string) url.Values {
	return change(url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirect},
		"client_id": {desktop}, "client_secret": {secret}, "code_verifier": {verifier},
	}, changes)
}

// obtain goes all the way to a pair of tokens.
func obtain(t *testing.T, s *fakegoogle.Server, changes ...string) (access, refresh string) {
	t.Helper()
	status, f := post(t, s.URL()+fakegoogle.TokenPath, exchanged(agree(t, s, question(changes...))))
	if status != 200 {
		t.Fatalf("%d %v", status, f)
	}
	return f["access_token"].(string), f["refresh_token"].(string)
}

func refreshed(refresh string, changes ...string) url.Values {
	return change(url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {desktop}, "client_secret": {secret},
	}, changes)
}

// lives asks tokeninfo.
func lives(t *testing.T, s *fakegoogle.Server, access string) bool {
	t.Helper()
	status, _ := send(t, "POST", s.URL()+fakegoogle.Current, access, "")
	return status == 200
}

// The user ticks one of two boxes; that is what the code, the token and
// tokeninfo then say.
func TestConsentPage(t *testing.T) {
	s := open(t, &clock{}, false)
	res, page := visit(t, s, question("scope", "email "+readonly+" "+auth+"gmail.send"))
	if res.StatusCode != 200 || strings.Count(page, `type="checkbox"`) != 2 || strings.Contains(page, "checked") {
		t.Fatalf("%d %s", res.StatusCode, page)
	}
	for _, want := range []string{"Bail fund &lt;inbox&gt;", "student@example.com", "View your email messages and settings", "Send email on your behalf", "userinfo.email"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	csp := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'self' http://127.0.0.1:4711") {
		t.Errorf("policy %q", csp)
	}
	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(page)[1]

	answer := url.Values{"id": {id}, "scope": {readonly}, "answer": {"continue"}}
	consent := func(origin string) *http.Response {
		req, err := http.NewRequest("POST", s.URL()+fakegoogle.ConsentPath, strings.NewReader(answer.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", origin)
		res, _ := browse(t, req)
		return res
	}
	if res := consent("http://evil.example"); res.StatusCode != 403 {
		t.Errorf("a foreign page may answer: %d", res.StatusCode)
	}
	back, err := consent(s.URL()).Location()
	if err != nil {
		t.Fatal(err)
	}
	q := back.Query()
	if got := back.Scheme + "://" + back.Host + back.Path; got != redirect || q.Get("state") != "a state" || q.Get("iss") != "https://accounts.google.com" {
		t.Errorf("back to %s", back)
	}
	const granted = "https://www.googleapis.com/auth/userinfo.email " + readonly + " openid"
	if q.Get("scope") != granted {
		t.Errorf("granted %q", q.Get("scope"))
	}
	if res := consent(s.URL()); res.StatusCode != 400 {
		t.Errorf("the same question is answered twice: %d", res.StatusCode)
	}

	status, f := post(t, s.URL()+fakegoogle.TokenPath, exchanged(q.Get("code")))
	if status != 200 || f["scope"] != granted || f["expires_in"] != 3599.0 || f["token_type"] != "Bearer" {
		t.Errorf("%d %v", status, slices.Sorted(maps.Keys(f)))
	}
	if n := len(f["refresh_token"].(string)); n != 103 {
		t.Errorf("a refresh token of %d characters", n)
	}
	_, info := send(t, "POST", s.URL()+fakegoogle.Current, f["access_token"].(string), "")
	if !strings.Contains(info, `"scope":"`+granted+`"`) || !strings.Contains(info, `"email":"student@example.com"`) {
		t.Errorf("tokeninfo: %s", info)
	}
}

// To its pages a browser sends the cookies of whatever else serves on this
// address; a client sends none.
func TestCookies(t *testing.T) {
	s := open(t, &clock{}, true)
	for path, want := range map[string]int{
		fakegoogle.AuthPath + "?" + question().Encode(): 0, fakegoogle.TokenPath: 1, "/gmail/v1/users/me/profile": 1, fakegoogle.Current: 1,
	} {
		before := len(s.Unexpected())
		method := map[bool]string{true: "GET", false: "POST"}[want == 0 || strings.HasPrefix(path, "/gmail")]
		req, err := http.NewRequest(method, s.URL()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Cookie", "_xsrf=notebook")
		browse(t, req)
		if got := s.Unexpected()[before:]; len(got) != want || want > 0 && !strings.HasSuffix(got[0], "a cookie") {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func TestConsentRefused(t *testing.T) {
	s := open(t, &clock{}, false)
	for name, answer := range map[string]func(fakegoogle.Consent) ([]scopes.Scope, bool){
		"cancelled": func(c fakegoogle.Consent) ([]scopes.Scope, bool) { return c.Asked, false },
		"no box":    func(fakegoogle.Consent) ([]scopes.Scope, bool) { return nil, true },
	} {
		s.AnswerConsent(answer)
		res, _ := visit(t, s, question())
		back, err := res.Location()
		if err != nil {
			t.Fatal(err)
		}
		if q := back.Query(); q.Get("error") != "access_denied" || q.Get("state") != "a state" || q.Has("code") {
			t.Errorf("%s: back to %s", name, back)
		}
	}
}

// What is wrong with the client or where it wants to be answered stays with the
// user: nothing is sent there.
func TestAuthorizationBlocked(t *testing.T) {
	for name, tt := range map[string]struct {
		changes []string
		status  int
		code    string
	}{
		"unknown client":    {[]string{"client_id", "nobody"}, 401, "invalid_client"},
		"deleted client":    {[]string{"client_id", gone}, 401, "deleted_client"},
		"out of band":       {[]string{"redirect_uri", "urn:ietf:wg:oauth:2.0:oob"}, 400, "invalid_request"},
		"foreign redirect":  {[]string{"redirect_uri", "http://evil.example/cb"}, 400, "redirect_uri_mismatch"},
		"userinfo trick":    {[]string{"redirect_uri", "http://127.0.0.1:1@evil.example/"}, 400, "redirect_uri_mismatch"},
		"https on loopback": {[]string{"redirect_uri", "https://127.0.0.1:1/"}, 400, "redirect_uri_mismatch"},
		"web on loopback":   {[]string{"client_id", web}, 400, "redirect_uri_mismatch"},
		"no redirect":       {[]string{"redirect_uri", ""}, 400, "redirect_uri_mismatch"},
		"implicit":          {[]string{"response_type", "token"}, 400, "unsupported_response_type"},
		"no scope":          {[]string{"scope", ""}, 400, "invalid_request"},
		"letters":           {[]string{"scope", "h t t p"}, 400, "invalid_scope"},
		"short name":        {[]string{"scope", "gmail.readonly"}, 400, "invalid_scope"},
	} {
		s := open(t, &clock{}, false)
		res, body := visit(t, s, question(tt.changes...))
		if res.StatusCode != tt.status || !strings.Contains(body, tt.code) || res.Header.Get("Location") != "" {
			t.Errorf("%s: got %d, %s", name, res.StatusCode, body)
		}
	}
}

// A name bound to the loopback address is not answered with a page.
func TestRebinding(t *testing.T) {
	s := open(t, &clock{}, false)
	req, err := http.NewRequest("GET", s.URL()+fakegoogle.AuthPath+"?"+question().Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example"
	if res, body := browse(t, req); res.StatusCode != 403 || strings.Contains(body, "<form") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestExchangeRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		changes []string
		after   time.Duration
		status  int
		code    string
	}{
		"wrong verifier":  {[]string{"code_verifier", strings.Repeat("x", 43)}, 0, 400, "invalid_grant"},
		"short verifier":  {[]string{"code_verifier", "x"}, 0, 400, "invalid_grant"},
		"no verifier":     {[]string{"code_verifier", ""}, 0, 400, "invalid_grant"},
		"other redirect":  {[]string{"redirect_uri", redirect + "x"}, 0, 400, "redirect_uri_mismatch"},
		"other client":    {[]string{"client_id", web}, 0, 400, "invalid_grant"},
		"unknown client":  {[]string{"client_id", "nobody"}, 0, 401, "invalid_client"},
		"deleted client":  {[]string{"client_id", gone}, 0, 401, "deleted_client"},
		"no client":       {[]string{"client_id", ""}, 0, 400, "invalid_request"},
		"wrong secret":    {[]string{"client_secret", "x"}, 0, 401, "invalid_client"},
		"invented code":   {[]string{"code", "4/0AEXAMPLE"}, 0, 400, "invalid_grant"},
		"no code":         {[]string{"code", ""}, 0, 400, "invalid_request"},
		"other grant":     {[]string{"grant_type", "password"}, 0, 400, "unsupported_grant_type"},
		"code too old":    {nil, 10 * time.Minute, 400, "invalid_grant"},
		"web, no secret":  {[]string{"client_id", web, "client_secret", ""}, 0, 400, "invalid_request"},
		"not yet too old": {nil, 10*time.Minute - time.Second, 200, ""},
		"without secret":  {[]string{"client_secret", ""}, 0, 200, ""},
	} {
		c := &clock{}
		s := open(t, c, false)
		form := exchanged(agree(t, s, question()), tt.changes...)
		c.advance(tt.after)
		status, f := post(t, s.URL()+fakegoogle.TokenPath, form)
		if code, _ := f["error"].(string); status != tt.status || code != tt.code {
			t.Errorf("%s: got %d %v", name, status, f["error"])
		}
	}
}

// A code is good for one use, and a failed one is a use.
func TestCodeIsUsedOnce(t *testing.T) {
	s := open(t, &clock{}, false)
	for _, first := range [][]string{nil, {"code_verifier", strings.Repeat("x", 43)}} {
		code := agree(t, s, question())
		post(t, s.URL()+fakegoogle.TokenPath, exchanged(code, first...))
		if status, f := post(t, s.URL()+fakegoogle.TokenPath, exchanged(code)); status != 400 || f["error"] != "invalid_grant" {
			t.Errorf("after %q: %d %v", first, status, f["error"])
		}
	}
}

// Whoever uses a code that was used ends what it gave, also what was made of that
// since; other codes' tokens live on.
func TestUsedCodeEndsItsTokens(t *testing.T) {
	s := open(t, &clock{}, false)
	code := agree(t, s, question())
	_, f := post(t, s.URL()+fakegoogle.TokenPath, exchanged(code))
	access, refresh := f["access_token"].(string), f["refresh_token"].(string)
	_, f = post(t, s.URL()+fakegoogle.TokenPath, refreshed(refresh))
	made := f["access_token"].(string)
	other, _ := obtain(t, s)
	if !lives(t, s, access) || !lives(t, s, made) {
		t.Fatal("they do not live")
	}
	if status, f := post(t, s.URL()+fakegoogle.TokenPath, exchanged(code)); status != 400 || f["error"] != "invalid_grant" {
		t.Errorf("again: %d %v", status, f)
	}
	if lives(t, s, access) || lives(t, s, made) || !lives(t, s, other) {
		t.Errorf("access token %v, one made of the refresh token %v, another code's %v", lives(t, s, access), lives(t, s, made), lives(t, s, other))
	}
	if status, f := post(t, s.URL()+fakegoogle.TokenPath, refreshed(refresh)); status != 400 || f["error"] != "invalid_grant" {
		t.Errorf("the refresh token: %d %v", status, f)
	}
}

// Who signs in gets an identity token too, with what the scopes let it tell.
func TestIdentityToken(t *testing.T) {
	s := open(t, &clock{}, false)
	for scope, want := range map[string]map[string]any{
		readonly:                                 nil,
		readonly + " openid":                     {"sub": "10000001"},
		readonly + " " + auth + "userinfo.email": {"sub": "10000001", "email": "student@example.com", "email_verified": true},
	} {
		_, f := post(t, s.URL()+fakegoogle.TokenPath, exchanged(agree(t, s, question("scope", scope))))
		_, again := post(t, s.URL()+fakegoogle.TokenPath, refreshed(f["refresh_token"].(string)))
		for _, answer := range []map[string]any{f, again} {
			token, _ := answer["id_token"].(string)
			if want == nil {
				if token != "" {
					t.Errorf("%s: an identity token", scope)
				}
				continue
			}
			parts := strings.Split(token, ".")
			if len(parts) != 3 {
				t.Fatalf("%s: %d parts", scope, len(parts))
			}
			payload, err := base64.RawURLEncoding.DecodeString(parts[1])
			var claims map[string]any
			if err == nil {
				err = json.Unmarshal(payload, &claims)
			}
			for name, value := range map[string]any{
				"iss": "https://accounts.google.com", "aud": desktop, "azp": desktop,
				"iat": float64(noon().Unix()), "exp": float64(noon().Add(time.Hour).Unix()),
				"sub": want["sub"], "email": want["email"], "email_verified": want["email_verified"],
			} {
				if err != nil || claims[name] != value {
					t.Errorf("%s: %s is %v, want %v, %v", scope, name, claims[name], value, err)
				}
			}
		}
	}
}

// What a careful client never does is held against it, in words without the
// secret.
func TestUnexpectedOfOAuth(t *testing.T) {
	for name, tt := range map[string]struct {
		do   func(t *testing.T, s *fakegoogle.Server, refresh string)
		want string
	}{
		"earlier scopes": {func(t *testing.T, s *fakegoogle.Server, _ string) {
			visit(t, s, question("include_granted_scopes", "true"))
		}, "include_granted_scopes"},
		"no state": {func(t *testing.T, s *fakegoogle.Server, _ string) { visit(t, s, question("state", "")) }, "no state"},
		"no PKCE":  {func(t *testing.T, s *fakegoogle.Server, _ string) { visit(t, s, question("code_challenge", "")) }, "no code_challenge"},
		"plain PKCE": {func(t *testing.T, s *fakegoogle.Server, _ string) {
			visit(t, s, question("code_challenge_method", "plain"))
		}, "S256"},
		"revoke by GET": {func(t *testing.T, s *fakegoogle.Server, refresh string) {
			if status, _ := send(t, "GET", s.URL()+fakegoogle.RevokePath+"?token="+refresh, "", ""); status != 404 {
				t.Errorf("status %d", status)
			}
		}, "a token in the URL"},
		"refresh in the path": {func(t *testing.T, s *fakegoogle.Server, refresh string) {
			send(t, "POST", s.URL()+"/"+refresh, "", "")
		}, "no such path"},
		"secret in the URL": {func(t *testing.T, s *fakegoogle.Server, refresh string) {
			post(t, s.URL()+fakegoogle.TokenPath+"?client_secret="+secret, refreshed(refresh))
		}, "a token in the URL"},
		"no form": {func(t *testing.T, s *fakegoogle.Server, _ string) {
			send(t, "POST", s.URL()+fakegoogle.TokenPath, "", "")
		}, "no form"},
		"client in the header": {func(t *testing.T, s *fakegoogle.Server, refresh string) {
			send(t, "POST", s.URL()+fakegoogle.TokenPath, "x", refreshed(refresh).Encode())
		}, "an Authorization header"},
		"twice": {func(t *testing.T, s *fakegoogle.Server, refresh string) {
			form := refreshed(refresh)
			form.Add("client_id", desktop)
			post(t, s.URL()+fakegoogle.TokenPath, form)
		}, "a field given twice"},
	} {
		s := open(t, &clock{}, true)
		_, refresh := obtain(t, s)
		tt.do(t, s, refresh)
		if u := s.Unexpected(); len(u) != 1 || !strings.Contains(u[0], tt.want) || strings.Contains(u[0], refresh) {
			t.Errorf("%s: got %q", name, u)
		}
	}
}

// include_granted_scopes gives more than was asked, as was seen at Google.
func TestEarlierScopesAreJoined(t *testing.T) {
	s := open(t, &clock{}, true)
	obtain(t, s, "scope", fullMail)
	code := agree(t, s, question("include_granted_scopes", "true"))
	if _, f := post(t, s.URL()+fakegoogle.TokenPath, exchanged(code)); f["scope"] != readonly+" "+fullMail {
		t.Errorf("got %v", f["scope"])
	}
}

// The token endpoint misbehaves like the others.
func TestTokenEndpointMisbehaves(t *testing.T) {
	s := open(t, &clock{}, false)
	s.Misbehave(fakegoogle.TokenPath, fakegoogle.Without("scope"))
	status, f := post(t, s.URL()+fakegoogle.TokenPath, exchanged(agree(t, s, question())))
	if _, has := f["scope"]; status != 200 || has || f["access_token"] == nil {
		t.Errorf("%d %v", status, slices.Sorted(maps.Keys(f)))
	}
	if r := s.Requests(); r[len(r)-1].GrantType != "authorization_code" || !slices.Contains(r[len(r)-1].Fields, "code_verifier") {
		t.Errorf("got %+v", r[len(r)-1])
	}
}
