package fakegoogle_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

func inbox() []fakegoogle.Message {
	return []fakegoogle.Message{
		{ID: "m1", From: "court@example.org", Subject: "Hearing moved", Text: "The hearing is on Friday.", Date: noon()},
		{ID: "m2", From: "bank@example.com", Subject: "Your code", Text: "Your code is 000000.", Date: noon()},
	}
}

// bearer sends a token with every request.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// holding is Google's own client with a token for the scopes.
func holding(t *testing.T, s *fakegoogle.Server, held ...scopes.Scope) *gmail.UsersService {
	t.Helper()
	s.Register(tokeninfo.NewSecret(access), fakegoogle.Token{
		Scopes: held, ClientID: desktop, Account: "student@example.com", UserID: "10000001", Expires: noon().Add(time.Hour),
	})
	service, err := gmail.NewService(context.Background(), option.WithHTTPClient(&http.Client{Transport: bearer(access)}), option.WithEndpoint(s.URL()))
	if err != nil {
		t.Fatal(err)
	}
	return service.Users
}

// letters name the scopes in calls, as the reference does.
func letters() map[rune]scopes.Scope {
	return map[rune]scopes.Scope{
		'F': fullMail, 'M': auth + "gmail.modify", 'R': readonly, 'D': auth + "gmail.metadata", 'C': auth + "gmail.compose",
		'S': auth + "gmail.send", 'I': auth + "gmail.insert", 'L': auth + "gmail.labels",
		'B': auth + "gmail.settings.basic", 'H': auth + "gmail.settings.sharing",
	}
}

// calls are the methods that the stand-in serves, and which scopes open them by
// Google's documentation.
func calls() map[string]struct {
	open string
	do   func(*gmail.UsersService) error
} {
	last := func(_ any, err error) error { return err }
	raw := base64.URLEncoding.EncodeToString([]byte("To: a@example.net\r\nSubject: hi\r\n\r\nhello"))
	return map[string]struct {
		open string
		do   func(*gmail.UsersService) error
	}{
		"profile": {"FMRDC", func(u *gmail.UsersService) error { return last(u.GetProfile("me").Do()) }},
		"labels":  {"FMRDL", func(u *gmail.UsersService) error { return last(u.Labels.List("me").Do()) }},
		"list":    {"FMRD", func(u *gmail.UsersService) error { return last(u.Messages.List("me").Do()) }},
		"search":  {"FMR", func(u *gmail.UsersService) error { return last(u.Messages.List("me").Q("code").Do()) }},
		"headers": {"FMRD", func(u *gmail.UsersService) error { return last(u.Messages.Get("me", "m1").Format("metadata").Do()) }},
		"read":    {"FMR", func(u *gmail.UsersService) error { return last(u.Messages.Get("me", "m1").Do()) }},
		"raw":     {"FMR", func(u *gmail.UsersService) error { return last(u.Messages.Get("me", "m1").Format("raw").Do()) }},
		"send":    {"FMCS", func(u *gmail.UsersService) error { return last(u.Messages.Send("me", &gmail.Message{Raw: raw}).Do()) }},
		"trash":   {"FM", func(u *gmail.UsersService) error { return last(u.Messages.Trash("me", "m1").Do()) }},
		"untrash": {"FM", func(u *gmail.UsersService) error { return last(u.Messages.Untrash("me", "m1").Do()) }},
		"delete":  {"F", func(u *gmail.UsersService) error { return u.Messages.Delete("me", "m1").Do() }},
		"batchDelete": {"F", func(u *gmail.UsersService) error {
			return u.Messages.BatchDelete("me", &gmail.BatchDeleteMessagesRequest{Ids: []string{"m1"}}).Do()
		}},
		"filters": {"FMRB", func(u *gmail.UsersService) error { return last(u.Settings.Filters.List("me").Do()) }},
		"new filter": {"B", func(u *gmail.UsersService) error {
			return last(u.Settings.Filters.Create("me", &gmail.Filter{Criteria: &gmail.FilterCriteria{From: "bank"}, Action: &gmail.FilterAction{AddLabelIds: []string{"TRASH"}}}).Do())
		}},
		"language": {"FMRB", func(u *gmail.UsersService) error { return last(u.Settings.GetLanguage("me").Do()) }},
		"set language": {"B", func(u *gmail.UsersService) error {
			return last(u.Settings.UpdateLanguage("me", &gmail.LanguageSettings{DisplayLanguage: "eo"}).Do())
		}},
	}
}

// Every served call is open to exactly the scopes that Google documents.
func TestScopesAreEnforced(t *testing.T) {
	s := open(t, &clock{}, false)
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	for letter, scope := range letters() {
		for name, c := range calls() {
			s.OpenGmail(cat, inbox()...)
			got := c.do(holding(t, s, scope))
			var api *googleapi.Error
			switch want := strings.ContainsRune(c.open, letter); {
			case want && got != nil:
				t.Errorf("%s with %s: %v", name, scope.Short(), got)
			case !want && (!errors.As(got, &api) || api.Code != 403):
				t.Errorf("%s with %s: got %v, want a 403", name, scope.Short(), got)
			}
		}
	}
}

// Metadata held beside a wider scope takes away what that allows.
func TestMetadataSubtracts(t *testing.T) {
	s := open(t, &clock{}, false)
	u := holding(t, s, readonly, auth+"gmail.metadata")
	for name, want := range map[string]string{
		"search":  "Metadata scope does not support 'q' parameter",
		"read":    "Metadata scope doesn't allow format FULL",
		"raw":     "Metadata scope doesn't allow format RAW",
		"headers": "", "list": "", "filters": "",
	} {
		err := calls()[name].do(u)
		var api *googleapi.Error
		if want == "" && err != nil || want != "" && (!errors.As(err, &api) || api.Message != want || api.Errors[0].Reason != "forbidden") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := u.Messages.List("me").Q("").Do(); err == nil {
		t.Error("an empty q passes") // the parameter itself is refused
	}
	m, err := u.Messages.Get("me", "m1").Format("metadata").Do()
	if err != nil || m.Snippet != "" || m.Payload.Body != nil || m.Payload.Headers[0].Value != "court@example.org" {
		t.Errorf("got %+v, %v", m, err)
	}
}

// The refusals are Google's, word by word.
func TestGmailErrors(t *testing.T) {
	s := open(t, &clock{}, true)
	holding(t, s, auth+"gmail.modify")
	const expected = " Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
	const none = `{"error":{"code":401,"message":"Request is missing required authentication credential.` + expected + `","errors":[{"message":"Login Required.","domain":"global","reason":"required","location":"Authorization","locationType":"header"}],"status":"UNAUTHENTICATED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"CREDENTIALS_MISSING","domain":"googleapis.com","metadata":{"service":"gmail.googleapis.com","method":"caribou.api.proto.MailboxService.GetProfile"}}]}}`
	for name, tt := range map[string]struct {
		method, path, token string
		status              int
		want                string
	}{
		"no scope": {"POST", "/gmail/v1/users/me/messages/batchDelete", access, 403,
			`{"error":{"code":403,"message":"Request had insufficient authentication scopes.","errors":[{"message":"Insufficient Permission","domain":"global","reason":"insufficientPermissions"}],"status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT","domain":"googleapis.com","metadata":{"service":"gmail.googleapis.com","method":"caribou.api.proto.MailboxService.BatchDeleteMessages"}}]}}`},
		"dead": {"GET", "/gmail/v1/users/me/profile", "ya29.DEAD", 401,
			`{"error":{"code":401,"message":"Request had invalid authentication credentials.` + expected + `","errors":[{"message":"Invalid Credentials","domain":"global","reason":"authError","location":"Authorization","locationType":"header"}],"status":"UNAUTHENTICATED"}}`},
		"no token":      {"GET", "/gmail/v1/users/me/profile", "", 401, none},
		"someone else":  {"GET", "/gmail/v1/users/teacher@example.com/profile", access, 403, `{"error":{"code":403,"message":"Delegation denied for student@example.com","errors":[{"message":"Delegation denied for student@example.com","domain":"global","reason":"forbidden"}],"status":"PERMISSION_DENIED"}}`},
		"no such":       {"GET", "/gmail/v1/users/me/messages/m9", access, 404, `{"error":{"code":404,"message":"Requested entity was not found.","errors":[{"message":"Requested entity was not found.","domain":"global","reason":"notFound"}],"status":"NOT_FOUND"}}`},
		"no such path":  {"GET", "/gmail/v1/users/me/treasures", access, 404, "404 page not found\n"},
		"colon in path": {"POST", "/gmail/v1/users/me/settings/cse/keypairs/k:disable", access, 403, ""},
	} {
		status, body := send(t, tt.method, s.URL()+tt.path, tt.token, "")
		if status != tt.status || tt.want != "" && body != tt.want {
			t.Errorf("%s: got %d %s", name, status, body)
		}
	}
	want := []string{`"GET" "/gmail/v1/users/me/profile": no token in the header`, `"GET" "/gmail/v1/users/me/treasures": no such path`}
	if got := slices.Sorted(slices.Values(s.Unexpected())); !slices.Equal(got, want) {
		t.Errorf("unexpected: %q", got)
	}
}

// What the stand-in does not serve is a failing test, not a quiet error.
func TestUnservedCall(t *testing.T) {
	s := open(t, &clock{}, true)
	u := holding(t, s, readonly)
	if _, err := u.Threads.List("me").Do(); err == nil {
		t.Error("served")
	}
	if u := s.Unexpected(); len(u) != 1 || !strings.Contains(u[0], "gmail.users.threads.list") {
		t.Errorf("got %q", u)
	}
}

// The calls do what they say.
func TestMailbox(t *testing.T) {
	s := open(t, &clock{}, false)
	u := holding(t, s, fullMail, auth+"gmail.settings.basic")
	ids := func(q string) (out []string) {
		t.Helper()
		l, err := u.Messages.List("me").Q(q).Do()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range l.Messages {
			out = append(out, m.Id)
		}
		return out
	}
	try := func(names ...string) {
		t.Helper()
		for _, name := range names {
			if err := calls()[name].do(u); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	if got := ids("code your"); !slices.Equal(got, []string{"m2"}) {
		t.Errorf("search finds %q", got)
	}
	l, err := u.Messages.List("me").MaxResults(1).Fields("resultSizeEstimate").Do()
	if err != nil || l.ResultSizeEstimate != 2 || l.Messages != nil {
		t.Errorf("fields: %+v, %v", l, err)
	}
	m, err := u.Messages.Get("me", "m1").Do()
	if err != nil {
		t.Fatal(err)
	}
	if text, err := base64.URLEncoding.DecodeString(m.Payload.Body.Data); err != nil || string(text) != "The hearing is on Friday." {
		t.Errorf("read %q, %v", text, err)
	}
	try("trash")
	if got := ids("hearing"); got != nil {
		t.Errorf("trashed and still listed: %q", got)
	}
	try("untrash", "batchDelete", "send", "new filter", "set language")
	mail := s.Mail()
	if len(mail) != 2 || mail[0].ID != "m2" || mail[1].To != "a@example.net" || mail[1].Text != "hello" || mail[1].Labels[0] != "SENT" {
		t.Errorf("got %+v", mail)
	}
	f, err := u.Settings.Filters.List("me").Do()
	if err != nil || len(f.Filter) != 1 || f.Filter[0].Criteria.From != "bank" || f.Filter[0].Id == "" {
		t.Errorf("filters %+v, %v", f, err)
	}
	if lang, err := u.Settings.GetLanguage("me").Do(); err != nil || lang.DisplayLanguage != "eo" {
		t.Errorf("language %+v, %v", lang, err)
	}
	for body, want := range map[string]int{`{"raw":"!"}`: 400, `{}`: 400, `x`: 400, `{"raw":"` + base64.URLEncoding.EncodeToString([]byte("Subject: x\r\n\r\n")) + `"}`: 400} {
		req, err := http.NewRequest("POST", s.URL()+"/gmail/v1/users/me/messages/send", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+access)
		if res, answer := browse(t, req); res.StatusCode != want || !json.Valid([]byte(answer)) {
			t.Errorf("%s: %d %s", body, res.StatusCode, answer)
		}
	}
}

// The log says which method was called.
func TestCallsAreLogged(t *testing.T) {
	s := open(t, &clock{}, false)
	u := holding(t, s, fullMail)
	for _, name := range []string{"profile", "delete"} {
		if err := calls()[name].do(u); err != nil {
			t.Fatal(err)
		}
	}
	got := make(map[string]fakegoogle.Carrier)
	for _, r := range s.Requests() {
		got[r.Call] = r.Carrier
	}
	if want := map[string]fakegoogle.Carrier{"gmail.users.getProfile": fakegoogle.Header, "gmail.users.messages.delete": fakegoogle.Header}; !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
