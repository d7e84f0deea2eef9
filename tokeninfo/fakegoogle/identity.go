package fakegoogle

import (
	"encoding/base64"
	"encoding/json"
	"time"
)

// identityLife is how long Google's identity tokens are good.
const identityLife = time.Hour

// identityToken is what Google adds to an answer where a sign-in scope is held: a
// JWT about the user, in its shape. The signature is no signature, so that whoever
// checks it takes the token for nobody's; scopeaudit never reads one, and writes
// none down.
func (t Token) identityToken(now time.Time) string {
	claims := map[string]any{
		"iss": issuer, "azp": t.ClientID, "aud": t.ClientID, "sub": t.UserID,
		"iat": now.Unix(), "exp": now.Add(identityLife).Unix(),
	}
	if email(t.Scopes) {
		claims["email"], claims["email_verified"] = t.Account, !t.Unverified
	}
	return segment(map[string]any{"alg": "RS256", "kid": "stand-in", "typ": "JWT"}) + "." + segment(claims) + "." + random("", 342)
}

// segment is a part of a JWT (RFC 7515 §3).
func segment(fields map[string]any) string {
	data, err := json.Marshal(fields)
	if err != nil {
		panic(err) // strings, numbers and booleans only
	}
	return base64.RawURLEncoding.EncodeToString(data)
}
