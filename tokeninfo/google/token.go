package google

import (
	"strings"
)

// maxToken is the longest access token that we send, in bytes. Google's page on
// OAuth names 2048 as the size to make room for, and keeps the right to more.
const maxToken = 4096

// NotAccessToken says why a value is not sent to Google. It holds nothing of
// the value.
type NotAccessToken struct {
	Looks string // what it is, or looks like: "a refresh token"
	hint  string
}

func (e *NotAccessToken) Error() string {
	return "not sent to Google: this is " + e.Looks + ", not an access token"
}

// Hint says what to do instead.
func (e *NotAccessToken) Hint() string { return e.hint }

// shapes are the prefixes of Google's other secrets, in the order they are
// looked for. Sending one of them would hand it to a log for nothing: tokeninfo
// knows access tokens only.
func shapes() []struct{ prefix, looks, hint string } {
	return []struct{ prefix, looks, hint string }{
		{"1//", "a refresh token", "refresh tokens cannot be looked up; give the access token that was made from it"},
		{"1/", "a refresh token of the old kind", "refresh tokens cannot be looked up; give the access token that was made from it"},
		{"4/", "an authorization code", "exchange it for a token first; a code is good for one use within minutes"},
		{"GOCSPX-", "a client secret", "a client secret holds no scopes; give the token file"},
		{"AIza", "an API key", "an API key is not OAuth and holds no scopes"},
		{"AQ.", "an API key", "an API key is not OAuth and holds no scopes"},
	}
}

// sendable refuses what is not an access token: the other secrets by their
// shape, and what RFC 6750 section 2.1 does not allow after "Bearer ".
func sendable(value string) error {
	if value == "" {
		return &NotAccessToken{"empty", "give an access token, or a file that holds one"}
	}
	for _, s := range shapes() {
		if strings.HasPrefix(value, s.prefix) {
			return &NotAccessToken{s.looks, s.hint}
		}
	}
	switch {
	case strings.HasPrefix(value, "eyJ") && strings.Count(value, ".") == 2:
		return &NotAccessToken{"a signed JSON web token, such as an ID token",
			"an ID token says who the user is and opens nothing; give the access token beside it"}
	case strings.HasSuffix(value, ".apps.googleusercontent.com"):
		return &NotAccessToken{"a client ID", "a client ID is no secret and holds no scopes; give the token file"}
	case len(value) > maxToken:
		return &NotAccessToken{"longer than any access token", "give the access token alone"}
	case !bearer(value):
		return &NotAccessToken{"text with characters that no token has",
			"give the access token alone: no quotes, spaces or line ends"}
	}
	return nil
}

// bearer reports whether value is a b64token of RFC 6750, section 2.1.
func bearer(value string) bool {
	body := strings.TrimRight(value, "=")
	if body == "" {
		return false
	}
	for _, b := range []byte(body) {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9',
			strings.IndexByte("-._~+/", b) >= 0:
		default:
			return false
		}
	}
	return true
}
