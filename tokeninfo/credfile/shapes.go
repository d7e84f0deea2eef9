package credfile

import (
	"strings"
)

// shape is a way in which a secret begins. Google documents sizes, not shapes;
// these are observed in its clients and published samples.
type shape struct{ prefix, what string }

func shapes() []shape {
	return []shape{
		{accessPrefix, "an access token"},
		{refreshPrefix, "a refresh token"},
		{"GOCSPX-", "a client secret"},
		{"AIza", apiKey},
		{"AQ.Ab8R", apiKey},
		{"4/0A", "an authorization code"},
		{"-----BEGIN ", "a PEM key or certificate"},
	}
}

const (
	accessPrefix  = "ya29."
	refreshPrefix = "1//"
	clientSuffix  = ".apps.googleusercontent.com"
)

// looksSecret names the secret that a text looks like, and is empty for a text
// that may be printed.
func looksSecret(s string) string {
	for _, sh := range shapes() {
		if strings.HasPrefix(s, sh.prefix) {
			return sh.what
		}
	}
	if isJWT(s) {
		return "a signed token (JWT)"
	}
	// Inside a longer text: a URL's query, a list of scopes.
	for _, inside := range []string{accessPrefix, "GOCSPX-", "-----BEGIN "} {
		if strings.Contains(s, inside) {
			return "a text with a secret inside"
		}
	}
	return ""
}

func isJWT(s string) bool {
	return strings.HasPrefix(s, "ey") && strings.Count(s, ".") == 2 && len(s) > 30 &&
		strings.IndexFunc(s, func(r rune) bool { return !isURL64(r) && r != '.' }) < 0
}

// isURL64 reports whether r belongs to the alphabet of tokens.
func isURL64(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-'
}
