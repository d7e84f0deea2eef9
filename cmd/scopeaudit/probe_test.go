package main

import (
	"strings"
	"testing"

	"scopeaudit/audit/scopes"
)

// With --refresh the token that tells the full grant is the one that is tried, so
// that what it opens is compared with its own scopes, and nothing else's.
func TestProbeOfRefreshed(t *testing.T) {
	const labels = "https://www.googleapis.com/auth/gmail.labels"
	for _, own := range []string{labels, ""} {
		l := refreshRun(t, own, readonly)
		catalogue, err := scopes.Load()
		if err != nil {
			t.Fatal(err)
		}
		l.fake.OpenGmail(catalogue)
		l.tokens(0, "--probe", "--exit-zero")
		if !strings.Contains(l.stdout, "✓ messages.list (a search)") || strings.Contains(l.stdout, "probe-differs") || strings.Contains(l.stdout, "nothing was probed") {
			t.Errorf("own token with %q:\n%s", own, l.stdout)
		}
	}
	l := refreshRun(t, labels, "")
	catalogue, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	l.fake.OpenGmail(catalogue)
	l.tokens(0, "--probe", "--exit-zero")
	if !strings.Contains(l.stdout, "✗ messages.list") || !strings.Contains(l.stdout, "✓ labels.list") || strings.Contains(l.stdout, "probe-differs") {
		t.Errorf("a dead refresh token beside a live access token:\n%s", l.stdout)
	}
}
