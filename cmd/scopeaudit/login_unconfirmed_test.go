package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// unasked is login at a standard server that cannot be asked about tokens.
type unasked struct {
	*issuerRun
	client   string
	consents int
	page     chan string // that the browser showed last
}

// mute makes the server one without introspection, or with one that is not for
// this client.
func mute(r *issuerRun, refuse int) *unasked {
	if r.server.refuse = refuse; refuse == 0 {
		r.server.more = map[string]any{"introspection_endpoint": nil}
	}
	u := &unasked{issuerRun: r, client: r.file + ".client", page: make(chan string, 9)}
	content := `{"installed": {"client_id": "app", "client_secret": "x", "redirect_uris": ["http://127.0.0.1/cb"]}}`
	if err := os.WriteFile(u.client, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return u
}

// holds writes the token file.
func (u *unasked) holds(expiry time.Time, refresh string) {
	end := ""
	if !expiry.IsZero() {
		end = expiry.UTC().Format(time.RFC3339)
	}
	u.write(fmt.Sprintf(`{"token": "access-1", "refresh_token": %q, "token_uri": "%s/token", "client_id": "app", "client_secret": "x", "scopes": ["openid", "api:read"], "expiry": %q}`, refresh, u.server.url, end))
}

func (u *unasked) login(want exitCode, args ...string) {
	u.t.Helper()
	u.consents = 0
	var out bytes.Buffer
	env := environment{stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(string) string { return "" }, browse: func(address string) error {
		u.consents++
		go func() {
			if res, err := http.Get(address); err == nil {
				page, _ := io.ReadAll(res.Body)
				res.Body.Close()
				u.page <- string(page)
			}
		}()
		return nil
	}}
	args = append([]string{"login", "--issuer", u.server.url, "--timeout", "30s", "--output", u.file}, args...)
	if got := run(context.Background(), append(args, u.client), env); got != int(want) {
		u.t.Errorf("%q: exit status %d, want %d\n%s", args, got, want, out.String())
	}
	u.out = out.String()
}

// A token of a server that cannot be asked about it is used until it ends, and
// renewed then, and every time that is said.
func TestLoginUnconfirmed(t *testing.T) {
	for name, refuse := range map[string]int{"no introspection": 0, "not for this client": http.StatusUnauthorized, "forbidden": http.StatusForbidden} {
		t.Run(name, func(t *testing.T) {
			u := mute(newIssuerRun(t), refuse)
			const asked = "openid api:read"
			u.holds(time.Now().Add(time.Hour), "refresh-1")
			before := u.read()
			u.login(exitClean, "--scope", asked)
			u.says("has not ended by what it says, and was left as it is", "not confirmed by the server", "api:read", "the access token ends at")
			if u.read() != before {
				t.Error("the file was changed")
			}
			u.login(exitFindings, "--scope", "openid api:read api:write")
			u.says("lacks api:write")

			// Ended, or nobody knows when: the refresh token tells.
			for _, expiry := range []time.Time{time.Now().Add(-time.Hour), {}} {
				u.server.live["refresh-1"] = true
				u.holds(expiry, "refresh-1")
				u.login(exitClean, "--scope", asked)
				u.says("was renewed", "not confirmed by the server", "api:read")
				if got := u.read(); !strings.Contains(got, `"access-2"`) || !strings.Contains(got, `"refresh-2"`) || !strings.Contains(got, "api:read") {
					t.Errorf("the file holds %s", got)
				}
			}
			// What the server says of the new one counts.
			u.server.live["refresh-1"], u.server.scope = true, "openid"
			u.holds(time.Now().Add(-time.Hour), "refresh-1")
			u.login(exitFindings, "--scope", asked)
			u.says("lacks api:read")
			u.server.scope = ""

			// Without a refresh token there is nothing to tell by.
			u.holds(time.Time{}, "")
			u.login(exitClean, "--scope", asked)
			u.says("whether it still works is not known", "not confirmed by the server")

			// Go's files name no scopes; what nobody says is not claimed.
			u.write(fmt.Sprintf(`{"access_token": "access-1", "token_type": "Bearer", "expiry": %q}`, time.Now().Add(time.Hour).Format(time.RFC3339)))
			u.login(exitClean, "--scope", asked)
			if u.says("which scopes the token holds is not known", "was left as it is"); strings.Contains(u.out, "api:read") {
				t.Error(u.out)
			}

			// A dead refresh token leads to a consent; a server that names no scope
			// has granted what was asked for.
			u.server.live = map[string]bool{}
			u.holds(time.Now().Add(-time.Hour), "refresh-1")
			u.login(exitClean, "--scope", asked)
			u.says("invalid_grant", "saved", "not confirmed by the server", "named no scope")
			if u.consents != 1 || !strings.Contains(u.read(), "api:read") {
				t.Errorf("%d consents, the file holds %s", u.consents, u.read())
			}
			if page := <-u.page; strings.Contains(page, "nothing else") || !strings.Contains(page, "not confirmed") {
				t.Errorf("the browser shows\n%s", page)
			}
		})
	}
}

// A server that is in trouble is another thing: it may answer later.
func TestLoginUnconfirmedInTrouble(t *testing.T) {
	u := mute(newIssuerRun(t), http.StatusInternalServerError)
	u.holds(time.Now().Add(time.Hour), "refresh-1")
	before := u.read()
	u.login(exitUnfinished, "--scope", "openid api:read")
	if u.says("is unknown"); u.read() != before {
		t.Error("the file was changed")
	}
}

// Revoking there is not waited for: asking again would tell no more.
func TestRevokeUnconfirmed(t *testing.T) {
	u := mute(newIssuerRun(t), 0)
	clock := &standstill{now: time.Now()}
	var out bytes.Buffer
	env := environment{stdin: strings.NewReader("y\n"), stdout: &out, stderr: &out, getenv: func(string) string { return "" }, clock: clock, terminal: true}
	before := clock.Now()
	if got := run(context.Background(), []string{"revoke", "--issuer", u.server.url, u.file}, env); got != int(exitUnfinished) {
		t.Errorf("exit status %d\n%s", got, out.String())
	}
	u.out = out.String()
	u.says("! refresh token: revoked; that it is dead is not confirmed", "cannot be asked whether it is dead")
	if clock.Now() != before || strings.Contains(u.out, "still known") || strings.Contains(u.out, "revoke again later") {
		t.Errorf("it was waited for\n%s", u.out)
	}
}
