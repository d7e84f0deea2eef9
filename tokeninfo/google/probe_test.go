package google

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// mailbox answers a probe's calls, or refuses them, and objects to all others.
type mailbox struct {
	t      *testing.T
	answer func(path string, search bool) (status int, body string)

	mu    sync.Mutex
	asked []string
}

func (m *mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path, ours := strings.CutPrefix(r.URL.Path, "/gmail/v1/users/me/")
	if r.Method != http.MethodGet || !ours || len(body) > 0 || r.Header.Get("Authorization") != "Bearer "+planted() || r.UserAgent() != wire.UserAgent {
		m.t.Errorf("%s %s with %d bytes", r.Method, r.URL.Path, len(body))
	}
	mustNotLeak(m.t, "the URL", r.RequestURI)
	m.mu.Lock()
	m.asked = append(m.asked, path+"?"+r.URL.Query().Get("fields"))
	m.mu.Unlock()
	status, answer := m.answer(path, r.URL.Query().Has("q"))
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Location", "http://127.0.0.1:1/")
	w.WriteHeader(status)
	io.WriteString(w, answer)
}

func apiRefusal(code int, reason string) string {
	return fmt.Sprintf(`{"error":{"code":%d,"message":"for %s","errors":[{"reason":%q,"message":"x"}]}}`, code, planted(), reason)
}

// outcomes writes a probe's outcomes as one letter each.
func outcomes(p tokeninfo.Probe) string {
	var b strings.Builder
	for _, call := range p.Calls {
		b.WriteString(map[tokeninfo.Outcome]string{tokeninfo.Opened: "O", tokeninfo.Refused: "-", tokeninfo.NotProven: "?"}[call.Outcome])
	}
	return b.String()
}

func TestProbe(t *testing.T) {
	ok := func(string, bool) (int, string) { return 200, `{"emailAddress":"` + account + `"}` }
	always := func(status int, body string) func(string, bool) (int, string) {
		return func(string, bool) (int, string) { return status, body }
	}
	for name, tt := range map[string]struct {
		answer func(string, bool) (int, string)
		want   string
		reason string
	}{
		"reads":        {ok, "OOOOO", ""},
		"no scope":     {always(403, apiRefusal(403, "insufficientPermissions")), "-----", ""},
		"newer form":   {always(403, `{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}`), "-----", ""},
		"dead":         {always(401, apiRefusal(401, "authError")), "?????", "not valid now"},
		"switched off": {always(403, apiRefusal(403, "accessNotConfigured")), "?????", "not switched on"},
		"no mailbox":   {always(400, apiRefusal(400, "failedPrecondition")), "?????", "no mailbox"},
		"policy":       {always(403, apiRefusal(403, "domainPolicy")), "?????", "administrator"},
		"too often":    {always(403, apiRefusal(403, "userRateLimitExceeded")), "?????", "too often"},
		"429":          {always(429, apiRefusal(429, "rateLimitExceeded")), "?????", "too often"},
		"500":          {always(500, apiRefusal(500, "backendError")), "?????", "in trouble"},
		"404":          {always(404, apiRefusal(404, "insufficientPermissions")), "?????", "says nothing"},
		"html":         {always(200, "<html>"), "?????", "no usable answer"},
		"redirect":     {always(307, ""), "?????", "redirects elsewhere"},
		"huge":         {always(200, `{"a":"`+strings.Repeat("a", 70_000)+`"}`), "?????", "too large"},
		"metadata": {func(_ string, search bool) (int, string) {
			if search {
				return 403, apiRefusal(403, "forbidden")
			}
			return 200, "{}"
		}, "OOO-O", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := &mailbox{t: t, answer: tt.answer}
			server := httptest.NewServer(m)
			defer server.Close()
			c, err := New(Options{Endpoint: server.URL, Now: noon})
			if err != nil {
				t.Fatal(err)
			}
			p, err := c.Probe(context.Background(), tokeninfo.NewSecret(planted()), false)
			if err != nil || outcomes(p) != tt.want || !p.Asked.Equal(noon()) || p.Account != "" {
				t.Errorf("got %+v, %v, want %s", p, err, tt.want)
			}
			for _, call := range p.Calls {
				if !strings.Contains(call.Reason, tt.reason) || (call.Reason == "") != (call.Outcome != tokeninfo.NotProven) {
					t.Errorf("%s: reason %q, want %q", call.Method, call.Reason, tt.reason)
				}
			}
			mustNotLeak(t, "the probe", fmt.Sprintf("%+v", p))
			if want := []string{"profile?historyId", "labels?labels/color", "messages?resultSizeEstimate", "messages?resultSizeEstimate", "settings/language?"}; !slices.Equal(m.asked, want) {
				t.Errorf("asked %q", m.asked)
			}
		})
	}
}

// The address comes only if it was asked for, and a server that sends the token
// in its place is not repeated.
func TestProbeAccount(t *testing.T) {
	for address, want := range map[string]string{account: account, "x" + planted(): ""} {
		server := httptest.NewServer(&mailbox{t: t, answer: func(string, bool) (int, string) {
			return 200, fmt.Sprintf(`{"emailAddress":%q}`, address)
		}})
		c, err := New(Options{Endpoint: server.URL, Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		for _, asked := range []bool{true, false} {
			p, err := c.Probe(context.Background(), tokeninfo.NewSecret(planted()), asked)
			if err != nil || p.Account != map[bool]string{true: want}[asked] {
				t.Errorf("asked %v: account %q, %v", asked, p.Account, err)
			}
		}
		server.Close()
	}
}

func TestProbeSendsNoOtherSecret(t *testing.T) {
	c, err := New(Options{Endpoint: "http://" + sink(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{plantedRefresh(), "GOCSPX-EXAMPLE", "", "ya29.a b"} {
		if p, err := c.Probe(context.Background(), tokeninfo.NewSecret(value), true); err == nil || len(p.Calls) > 0 {
			t.Errorf("%d characters: %+v, %v", len(value), p, err)
		}
	}
}

// The library below a probe goes to one constant, and writes nothing.
func TestProbeInHostileEnvironment(t *testing.T) {
	elsewhere := sink(t)
	adc := filepath.Join(t.TempDir(), "adc")
	if err := os.WriteFile(adc, []byte(`{"type":"authorized_user","client_id":"x","client_secret":"x","refresh_token":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOOGLE_CLOUD_UNIVERSE_DOMAIN", elsewhere)
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", adc)
	t.Setenv("GCE_METADATA_HOST", elsewhere)
	t.Setenv("GOOGLE_API_USE_MTLS_ENDPOINT", "always")
	t.Setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "stray")
	t.Setenv("GOOGLE_SDK_GO_LOGGING_LEVEL", "debug")
	m := &mailbox{t: t, answer: func(string, bool) (int, string) { return 200, "{}" }}
	var dialled func() []string
	written := capture(t, func() {
		var c *Client
		c, dialled = inGooglesPlace(t, m, []string{"gmail.googleapis.com"}, 0, 0)
		p, err := c.Probe(context.Background(), tokeninfo.NewSecret(planted()), false)
		if err != nil || outcomes(p) != "OOOOO" {
			t.Errorf("got %+v, %v", p, err)
		}
	})
	if written != "" {
		t.Errorf("something was logged: %q", written)
	}
	for _, address := range dialled() {
		if address != "gmail.googleapis.com:443" {
			t.Errorf("dialled %q", address)
		}
	}
	if len(dialled()) != 5 {
		t.Errorf("dialled %d times", len(dialled()))
	}
}

// Nothing but a probe's own calls leaves through its transport.
func TestProbeCarriesNothingElse(t *testing.T) {
	address := sink(t)
	c, err := New(Options{Endpoint: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range [][2]string{
		{"POST", "/gmail/v1/users/me/profile"}, {"DELETE", "/gmail/v1/users/me/messages/1"}, {"GET", "/gmail/v1/users/me/messages/1"},
		{"POST", "/gmail/v1/users/me/messages/send"}, {"PUT", "/gmail/v1/users/me/settings/language"}, {"GET", "/gmail/v1/users/other/profile"},
		{"GET", "/tokeninfo"}, {"GET", "/gmail/v1/users/me/../me/profile"},
	} {
		req, err := http.NewRequest(what[0], "http://"+address+what[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (reader{c, tokeninfo.NewSecret(planted())}).RoundTrip(req); err == nil {
			t.Errorf("%s %s was carried", what[0], what[1])
		}
	}
	req, err := http.NewRequest("GET", "http://127.0.0.1:1/gmail/v1/users/me/profile", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (reader{c, tokeninfo.NewSecret(planted())}).RoundTrip(req); err == nil {
		t.Error("another host was asked")
	}
}
