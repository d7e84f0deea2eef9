package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// signs runs login at the standard server with a client's file, in a browser that
// must not be needed.
func (r *issuerRun) signs(want exitCode, client string) {
	r.t.Helper()
	file, token := r.file+".client", r.file+".new"
	if err := os.WriteFile(file, []byte(client), 0o600); err != nil {
		r.t.Fatal(err)
	}
	var out bytes.Buffer
	env := environment{stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(string) string { return "" },
		browse: func(string) error { r.t.Error("a browser was started"); return nil }}
	args := []string{"login", "--issuer", r.server.url, "--scope", "openid", "--timeout", "1s", "--output", token, file}
	if got := run(context.Background(), args, env); got != int(want) {
		r.t.Errorf("exit status %d, want %d\n%s", got, want, out.String())
	}
	r.out = out.String()
	if exists(token) {
		r.t.Error("something was saved")
	}
}

// A client of Google's, or of another server than the one that the user names,
// opens no connection.
func TestLoginNeverMixesServers(t *testing.T) {
	const good = `{"installed": {"client_id": "app", "client_secret": "x", "token_uri": "ISSUER/token", "auth_uri": "ISSUER/auth", "redirect_uris": ["http://127.0.0.1/cb"]}}`
	for name, change := range map[string][2]string{
		"client":        {`"app"`, `"` + loginClient + `"`},
		"client secret": {`"x"`, `"GOCSPX-EXAMPLE"`},
		"token_uri":     {"ISSUER/token", "https://oauth2.googleapis.com/token"},
		"auth_uri":      {"ISSUER/auth", "https://evil.example/auth"},
		"a user part":   {"http://", "http://x@"},
		"look-alike":    {"ISSUER/token", "ISSUER.evil.example/token"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newIssuerRun(t)
			at := strings.NewReplacer("ISSUER", r.server.url)
			r.signs(exitUsage, strings.Replace(at.Replace(good), at.Replace(change[0]), at.Replace(change[1]), 1))
			if n := r.connections.Load(); n != 0 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// Metadata that leads elsewhere is refused before a browser is started, and
// nothing goes there.
func TestLoginMetadataElsewhere(t *testing.T) {
	elsewhere := 0
	sink := newSink(t, &elsewhere)
	for name, more := range map[string]map[string]any{
		"consent page":    {"authorization_endpoint": sink + "auth"},
		"token endpoint":  {"token_endpoint": sink + "token"},
		"introspection":   {"introspection_endpoint": sink + "introspect"},
		"issuer":          {"issuer": strings.TrimSuffix(sink, "/")},
		"no PKCE":         {"code_challenge_methods_supported": []string{"plain"}},
		"no consent page": {"authorization_endpoint": ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newIssuerRun(t)
			r.server.more = more
			r.signs(exitUnfinished, `{"installed": {"client_id": "app", "redirect_uris": ["http://127.0.0.1/cb"]}}`)
			r.says("the metadata of " + r.server.url)
		})
	}
	if elsewhere > 0 {
		t.Errorf("%d requests went elsewhere", elsewhere)
	}
}
