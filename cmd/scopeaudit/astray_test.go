package main

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"scopeaudit/tokeninfo/fakegoogle"
)

// TestNothingGoesAstray: neither what a hostile file names nor a server that
// redirects makes a connection anywhere but to the provider. A second listener,
// which all of them name, must not be reached; and the proxy of the environment
// is the same listener.
func TestNothingGoesAstray(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var reached atomic.Int64
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			conn.Close()
		}
	}()
	elsewhere := "http://" + listener.Addr().String()
	for _, variable := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(variable, elsewhere)
	}
	t.Setenv("GOOGLE_CLOUD_UNIVERSE_DOMAIN", listener.Addr().String())

	s := newStage(t)
	var uris strings.Builder
	for _, key := range []string{"token_uri", "auth_uri", "revoke_uri", "token_info_uri", "auth_provider_x509_cert_url", "token_url", "revoke_url", "universe_domain"} {
		fmt.Fprintf(&uris, `, %q: "%s/%s"`, key, elsewhere, key)
	}
	honest := s.token("student@example.com")
	hostile := strings.TrimSuffix(strings.Replace(honest, `"token_uri": "https://oauth2.googleapis.com/token", `, "", 1), "}") + uris.String() + "}"
	files := map[string]string{
		"hostile/token.json": hostile,
		"hostile/client.json": fmt.Sprintf(`{"installed": {"client_id": %q, "client_secret": "GOCSPX-EXAMPLE", "redirect_uris": ["%s/"]%s}}`,
			storyClient, elsewhere, uris.String()),
		"hostile/account.json": fmt.Sprintf(`{"type": "external_account", "audience": "x", "subject_token_type": "x", "credential_source": {"url": "%s/"}%s}`,
			elsewhere, uris.String()),
		"honest/token.json": honest,
	}
	for name, content := range files {
		s.write(name, content)
	}
	commands := func(file string) [][]string {
		return [][]string{
			{"token", file}, {"token", "--probe", file}, {"client", file}, {"audit", "--credential", file, s.dir}, {"revoke", "--yes", file},
			{"revoke", "--yes", "--leak", file + ":1"}, {"sos", filepath.Dir(file)},
		}
	}
	for name := range files {
		if strings.HasPrefix(name, "hostile/") {
			for _, args := range commands(filepath.Join(s.dir, filepath.FromSlash(name))) {
				s.run(context.Background(), strings.NewReader(yes(9)), args...)
			}
		}
	}
	// A file that names another server is refused before anything is sent to end
	// it; that its access token is asked about is what token is for.
	if n := s.revocations(); n > 0 {
		t.Errorf("%d revocations for a file that names another server", n)
	}
	for _, path := range []string{fakegoogle.Current, fakegoogle.V2, fakegoogle.RevokePath, "/gmail/v1/users/me/profile"} {
		for _, status := range []int{301, 302, 307, 308} {
			s.fake.Misbehave(path, fakegoogle.Redirect(status, elsewhere+"/"))
			for _, args := range commands(filepath.Join(s.dir, "honest", "token.json")) {
				s.run(context.Background(), strings.NewReader(yes(9)), args...)
			}
		}
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("%d connections went elsewhere", n)
	}
	if len(s.fake.Requests()) == 0 {
		t.Error("nothing was asked at all")
	}
}
