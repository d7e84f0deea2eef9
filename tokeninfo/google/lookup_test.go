package google

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
	"scopeaudit/tokeninfo/wire"
)

func TestLiveToken(t *testing.T) {
	s := fake(t)
	got := ask(t, s.URL(), 0)
	want := tokeninfo.Grant{
		Access: tokeninfo.Live, Scopes: []string{readonly, email, "openid"},
		ClientID: client, Account: account, AccountVerified: true, UserID: "10000001",
		ExpiresIn: 3599 * time.Second, AccessType: "offline", Confirmed: true, Asked: noon(),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	requests := []fakegoogle.Request{
		{Method: "POST", Path: fakegoogle.Current, Carrier: fakegoogle.Header, Length: "0", UserAgent: wire.UserAgent},
		{Method: "POST", Path: fakegoogle.V2, Carrier: fakegoogle.Header, Length: "0", UserAgent: wire.UserAgent},
	}
	if d := cmp.Diff(requests, s.Requests()); d != "" {
		t.Error(d)
	}
}

// Each row of the reference's table of answers, and each way to be no answer.
func TestVerdictOfTheFirst(t *testing.T) {
	body := fakegoogle.Body
	with := func(name string, value any) fakegoogle.Misbehaviour { return fakegoogle.With(name, value) }
	tests := map[string]struct {
		how    fakegoogle.Misbehaviour
		want   tokeninfo.Access
		reason string // a part of it
	}{
		"honest":              {nil, tokeninfo.Live, ""},
		"no header seen":      {fakegoogle.HeaderUnseen, tokeninfo.Live, ""},
		"charset in any case": {fakegoogle.ContentType("Application/JSON;charset=UTF-8"), tokeninfo.Live, ""},
		"number for a string": {with("expires_in", 3599), tokeninfo.Live, ""},
		"bool for a string":   {with("email_verified", true), tokeninfo.Live, ""},
		"unknown key":         {with("new_in_2031", []int{1}), tokeninfo.Live, ""},
		"null is absent":      {with("email", nil), tokeninfo.Live, ""},
		"no expiry":           {fakegoogle.Without("expires_in", "exp"), tokeninfo.Live, ""},
		"almost too large":    {fakegoogle.Oversize(60 << 10), tokeninfo.Live, ""},

		"invalid token":           {body(400, `{"error":"invalid_token","error_description":"Invalid Value"}`), tokeninfo.NotValid, ""},
		"invalid token, 401":      {body(401, `{"error":"invalid_token"}`), tokeninfo.NotValid, ""},
		"invalid, other words":    {body(400, `{"error":"invalid_token","error_description":"all is well"}`), tokeninfo.NotValid, ""},
		"description alone":       {body(400, `{"error_description":"Invalid Value"}`), tokeninfo.NotValid, ""},
		"description alone, 401":  {body(401, `{"error_description":"Invalid Value"}`), tokeninfo.NotValid, ""},
		"other error, same words": {body(400, `{"error":"invalid_client","error_description":"Invalid Value"}`), tokeninfo.Unknown, "our request was refused (400)"},
		"token never seen":        {body(400, `{"error":"invalid_request"}`), tokeninfo.Unknown, "our request was refused (400)"},
		"error is an object":      {fakegoogle.Status(400), tokeninfo.Unknown, "our request was refused (400)"},
		"empty object":            {body(400, `{}`), tokeninfo.Unknown, "our request was refused (400)"},
		"400 without JSON":        {body(400, `Invalid Value`), tokeninfo.Unknown, "not a JSON object"},
		"403 invalid_token":       {body(403, `{"error":"invalid_token"}`), tokeninfo.Unknown, "our request was refused (403)"},
		"404":                     {fakegoogle.Status(404), tokeninfo.Unknown, "our request was refused (404)"},
		"429":                     {fakegoogle.Status(429), tokeninfo.Unknown, "too often"},
		"500":                     {fakegoogle.Status(500), tokeninfo.Unknown, "in trouble itself (500)"},
		"503 invalid_token":       {body(503, `{"error":"invalid_token"}`), tokeninfo.Unknown, "in trouble itself (503)"},
		"201":                     {body(201, `{"scope":"openid"}`), tokeninfo.Unknown, "(201)"},

		"no scope":           {fakegoogle.NoScope, tokeninfo.Unknown, "names no scope"},
		"blank scope":        {with("scope", " \t"), tokeninfo.Unknown, "names no scope"},
		"null scope":         {with("scope", nil), tokeninfo.Unknown, "names no scope"},
		"scope is a list":    {with("scope", []string{readonly}), tokeninfo.Unknown, "wrong type"},
		"expiry is negative": {with("expires_in", "-1"), tokeninfo.Unknown, "wrong type"},
		"expiry is prose":    {with("expires_in", "soon"), tokeninfo.Unknown, "wrong type"},
		"expiry is huge":     {with("expires_in", "9223372036854775807"), tokeninfo.Unknown, "lifetime"},
		"exp is huge":        {fakegoogle.Body(200, `{"scope":"openid","exp":9223372036854775807}`), tokeninfo.Unknown, "lifetime"},
		"verified is prose":  {with("email_verified", "yes"), tokeninfo.Unknown, "wrong type"},
		"not JSON":           {fakegoogle.NotJSON, tokeninfo.Unknown, "not a JSON object"},
		"an array":           {body(200, `[]`), tokeninfo.Unknown, "not a JSON object"},
		"two objects":        {body(200, `{"scope":"openid"}{}`), tokeninfo.Unknown, "not a JSON object"},
		"bad UTF-8":          {body(200, "{\"scope\":\"openid\xff\"}"), tokeninfo.Unknown, "not a JSON object"},
		"byte order mark":    {body(200, "\ufeff{\"scope\":\"openid\"}"), tokeninfo.Unknown, "not a JSON object"},
		"empty":              {body(200, ``), tokeninfo.Unknown, "not a JSON object"},
		"one key twice":      {fakegoogle.DuplicateKeys, tokeninfo.Unknown, "twice"},
		"twice, other case":  {body(200, `{"scope":"openid","SCOPE":"email"}`), tokeninfo.Unknown, "twice"},
		"HTML":               {fakegoogle.HTML, tokeninfo.Unknown, "does not say that it is JSON"},
		"lying type":         {fakegoogle.ContentType("text/plain"), tokeninfo.Unknown, "does not say that it is JSON"},
		"other charset":      {fakegoogle.ContentType("application/json; charset=utf-16"), tokeninfo.Unknown, "does not say that it is JSON"},
		"type is no type":    {fakegoogle.ContentType(";;"), tokeninfo.Unknown, "does not say that it is JSON"},
		"too large":          {fakegoogle.Oversize(64 << 10), tokeninfo.Unknown, string(wire.Oversize)},
		"endless":            {fakegoogle.Endless, tokeninfo.Unknown, string(wire.Oversize)},
		"302":                {fakegoogle.Redirect(302, "http://127.0.0.1:1/"), tokeninfo.Unknown, string(wire.Redirect)},
		"308":                {fakegoogle.Redirect(308, "http://127.0.0.1:1/"), tokeninfo.Unknown, string(wire.Redirect)},
		"304":                {fakegoogle.Redirect(304, ""), tokeninfo.Unknown, string(wire.Redirect)},
		"slow":               {fakegoogle.Slow, tokeninfo.Unknown, string(wire.Timeout)},
		"drip":               {fakegoogle.Drip, tokeninfo.Unknown, string(wire.Timeout)},
		"cut":                {fakegoogle.Cut, tokeninfo.Unknown, string(wire.Reset)},
		"reset":              {fakegoogle.Reset, tokeninfo.Unknown, string(wire.Reset)},
		"not HTTP":           {fakegoogle.BadStatusLine, tokeninfo.Unknown, string(wire.Else)},
		"echo":               {fakegoogle.Echo, tokeninfo.Unknown, "our request was refused (400)"},
		"live echo":          {fakegoogle.EchoLive, tokeninfo.Unknown, "repeats the token"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fake(t)
			if tt.how != nil {
				s.Misbehave(fakegoogle.Current, tt.how)
			}
			// The second keeps silent here: its verdict has a test of its own.
			s.Misbehave(fakegoogle.V2, fakegoogle.Status(503))
			timeout := 5 * time.Second
			if tt.reason == string(wire.Timeout) {
				timeout = 150 * time.Millisecond
			}
			got := ask(t, s.URL(), timeout)
			if got.Access != tt.want || !strings.Contains(got.Reason, tt.reason) || (tt.reason == "") != (got.Reason == "") {
				t.Errorf("got %q (%q), want %q (%q)", got.Access, got.Reason, tt.want, tt.reason)
			}
			if got.Access != tokeninfo.Live && (got.Scopes != nil || got.ClientID != "" || got.Account != "" || got.ExpiresIn != 0) {
				t.Errorf("a token that is not live has %+v", got)
			}
			if got.Confirmed {
				t.Error("confirmed by nobody")
			}
		})
	}
}

func TestExpired(t *testing.T) {
	s := fake(t)
	old := student()
	old.Expires = noon()
	s.Register(tokeninfo.NewSecret(planted()), old)
	got := ask(t, s.URL(), 0)
	if want := (tokeninfo.Grant{Access: tokeninfo.NotValid, Confirmed: true, Asked: noon()}); !cmp.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// Where a description stands alone, the form settles what it means.
func TestDescriptionAlone(t *testing.T) {
	for _, known := range []bool{true, false} {
		s := fake(t)
		s.Misbehave(fakegoogle.Current, fakegoogle.DescriptionAlone)
		s.Misbehave(fakegoogle.V2, fakegoogle.DescriptionAlone)
		want, asked := tokeninfo.Live, 2
		if !known {
			s.Register(tokeninfo.NewSecret(planted()), fakegoogle.Token{})
			want, asked = tokeninfo.NotValid, 4
		}
		got := ask(t, s.URL(), 0)
		if got.Access != want || !got.Confirmed || len(s.Requests()) != asked {
			t.Errorf("known %v: got %+v after %d requests", known, got, len(s.Requests()))
		}
	}
}

func TestFormIsTheFallback(t *testing.T) {
	s := fake(t)
	s.Misbehave(fakegoogle.Current, fakegoogle.HeaderUnseen)
	s.Misbehave(fakegoogle.V2, fakegoogle.HeaderUnseen)
	if got := ask(t, s.URL(), 0); got.Access != tokeninfo.Live || !got.Confirmed {
		t.Errorf("got %+v", got)
	}
	var how []fakegoogle.Carrier
	for _, r := range s.Requests() {
		how = append(how, r.Carrier)
	}
	want := []fakegoogle.Carrier{fakegoogle.Header, fakegoogle.Form, fakegoogle.Header, fakegoogle.Form}
	if d := cmp.Diff(want, how); d != "" {
		t.Error(d)
	}
}

func TestExpiry(t *testing.T) {
	s := fake(t)
	s.Misbehave(fakegoogle.V2, fakegoogle.Status(500))
	for body, want := range map[string]time.Duration{
		`{"scope":"openid","expires_in":"7"}`:                   7 * time.Second,
		`{"scope":"openid","expires_in":7,"exp":"1"}`:           7 * time.Second,
		`{"scope":"openid","exp":"1795435210"}`:                 10 * time.Second,
		`{"scope":"openid","exp":1795435210}`:                   10 * time.Second,
		`{"scope":"openid","exp":1}`:                            0, // clocks differ; Google says it lives
		`{"scope":"openid"}`:                                    0,
		`{"scope":"openid","expires_in":null,"exp":1795435210}`: 10 * time.Second,
		`{"scope":"openid","expires_in":"0"}`:                   0,
	} {
		s.Misbehave(fakegoogle.Current, fakegoogle.Body(200, body))
		if got := ask(t, s.URL(), 0); got.Access != tokeninfo.Live || got.ExpiresIn != want {
			t.Errorf("%s: got %q, %v, want %v", body, got.Access, got.ExpiresIn, want)
		}
	}
}

func TestCancelled(t *testing.T) {
	s := fake(t)
	s.Misbehave(fakegoogle.Current, fakegoogle.Slow)
	c, err := New(Options{Endpoint: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	g, err := c.Lookup(ctx, tokeninfo.NewSecret(planted()))
	if err != nil || g.Access != tokeninfo.Unknown || !strings.Contains(g.Reason, string(wire.Canceled)) {
		t.Errorf("got %+v, %v", g, err)
	}
}

// One deadline holds for all requests together, and a first verdict is not
// lost because the second used up the time.
func TestOneDeadline(t *testing.T) {
	s := fake(t)
	s.Misbehave(fakegoogle.V2, fakegoogle.Slow)
	// Slow never answers: without the deadline this would not return.
	if got := ask(t, s.URL(), 300*time.Millisecond); got.Access != tokeninfo.Live || got.Confirmed {
		t.Errorf("got %+v", got)
	}
	c, err := New(Options{Timeout: time.Hour})
	if err != nil || c.timeout != DefaultTimeout {
		t.Errorf("an hour was granted: %v, %v", c.timeout, err)
	}
}

func TestNotSent(t *testing.T) {
	s := fake(t)
	c, err := New(Options{Endpoint: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 30)
	for value, looks := range map[string]string{
		"":                                  "empty",
		"1//0" + long:                       "a refresh token",
		"1/" + long:                         "a refresh token of the old kind",
		"4/0A" + long:                       "an authorization code",
		"GOCSPX-" + long:                    "a client secret",
		"AIza" + long:                       "an API key",
		"AQ." + long:                        "an API key",
		"eyJ" + long + ".e30.c2ln":          "a signed JSON web token, such as an ID token",
		client:                              "a client ID",
		"ya29." + strings.Repeat("x", 5000): "longer than any access token",
		"ya29." + long + "\n":               "text with characters that no token has",
		"ya29." + long + "\r\nX-Evil: 1":    "text with characters that no token has",
		" ya29." + long:                     "text with characters that no token has",
		"ya29." + long + "\x00":             "text with characters that no token has",
		"ya29." + long + "ü":                "text with characters that no token has",
		`{"token":"ya29.` + long + `"}`:     "text with characters that no token has",
		"====":                              "text with characters that no token has",
	} {
		g, err := c.Lookup(context.Background(), tokeninfo.NewSecret(value))
		var refused *NotAccessToken
		if !errors.As(err, &refused) || refused.Looks != looks || refused.Hint() == "" || g.Access != tokeninfo.NotAsked {
			t.Errorf("%q: got %+v, %v", value, g, err)
			continue
		}
		if value != "" && strings.Contains(err.Error()+refused.Hint(), long) {
			t.Errorf("%q is repeated by %q", value, err)
		}
	}
	if n := len(s.Requests()); n > 0 {
		t.Errorf("%d requests were made", n)
	}
	for _, good := range []string{"ya29.EXAMPLE", "ya29.c.b0AXv~+/x==", planted()} {
		if err := sendable(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}
