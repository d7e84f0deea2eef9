package audit

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestPlainAndForeign(t *testing.T) {
	for uri, want := range map[string]bool{
		"http://localhost":                  false,
		"http://localhost:8080/":            false,
		"HTTP://LOCALHOST/":                 false,
		"http://127.0.0.1:8080/callback":    false,
		"http://127.9.9.9":                  false,
		"http://[::1]:8080/callback":        false,
		"http://[::1]/":                     false,
		"https://inbox.example.org/":        false,
		"com.example.inbox:/oauth2redirect": false,
		"postmessage":                       false,
		"":                                  false,
		"http://inbox.example.org/":         true,
		"Http://inbox.example.org":          true,
		"http://localhost.example.org/":     true,
		"http://127.0.0.1.example.org/":     true,
		"http://localhost@example.org/":     true,
		"http://127.0.0.1:80@example.org/":  true,
		`http://example.org\@localhost/`:    true,
		"http:example.org":                  true,
		"http://192.0.2.7:8080/":            true,
		"http://[2001:db8::7]/":             true,
		"http://0.0.0.0:8080/":              true,
		"http://localhost.":                 true,
		"http://":                           true,
	} {
		if got := plainAndForeign(uri); got != want {
			t.Errorf("plainAndForeign(%q) = %v, want %v", uri, got, want)
		}
	}
}

// Whatever a reader of URLs takes for http to another computer, we do too.
func FuzzPlainAndForeign(f *testing.F) {
	for _, uri := range []string{
		"http://localhost:8080/", "http://127.0.0.1@example.org/", `http://example.org\@localhost/`, "http://[::1%25eth0]:80/x", "HTTP://Example.org",
		"http://localhost:80:90/", "http://user:p@ss@localhost/", "http:///localhost", "http://1.2.3.4:5",
	} {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		u, err := url.Parse(uri)
		if err != nil || u.Scheme != "http" || u.Hostname() == "" {
			plainAndForeign(uri) // no panic
			return
		}
		name := u.Hostname()
		addr, err := netip.ParseAddr(name)
		home := err == nil && addr.IsLoopback() || strings.EqualFold(name, "localhost")
		if !home && !plainAndForeign(uri) {
			t.Errorf("%q leads to %q", uri, name)
		}
	})
}
