package needs

import (
	"slices"
	"testing"
)

// TestSpringScopes reads the scopes of registrations in the forms that they are
// written in.
func TestSpringScopes(t *testing.T) {
	const drive = "https://www.googleapis.com/auth/drive"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"application.yml", "spring.security.oauth2.client.registration.google.scope: openid," + drive + "\n", []string{"openid", drive}},
		{"application.yml", "spring.security:\n  oauth2.client.registration:\n    google:\n      scope: [openid, '" + drive + "']\n", []string{"openid", drive}},
		{"application-dev.yaml", "security:\n  oauth2.client.registration:\n    mine: # by another name\n      scope:\n      - " + drive + "\n      client-name: x\n    other:\n      scope:\n      - repo\n", []string{drive}},
		{"application.yml", "oauth2:\n  client:\n    registration:\n      google:\n        scope:\n\n          # all\n          - " + drive + "\r\n          -\n", []string{drive}},
		{"application.yml", "scope:\n  - " + drive + "\n", nil},
		{"application.properties", "a.oauth2.client.registration.google.scope : openid \\\r\n  " + drive + "\nb=" + drive + "\n", []string{"openid", drive}},
		{"application.properties", "a.oauth2.client.registration.google.scope=\\\n\n" + drive, nil},
	} {
		var got []string
		for _, n := range springScopes(c.name, []byte(c.text)) {
			if c.text[n.pos:n.end] != n.text {
				t.Errorf("%q: %q does not stand at %d", c.text, n.text, n.pos)
			}
			got = append(got, n.text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}
