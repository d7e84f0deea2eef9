package fakegoogle

import (
	"slices"
	"strconv"
	"time"

	"scopeaudit/audit/scopes"
)

// Token is what the stand-in knows about one access or refresh token.
type Token struct {
	Scopes   []scopes.Scope
	ClientID string
	// Account is the user's e-mail address and UserID the number that Google
	// knows the user by; they show only where the scopes let them.
	Account string
	UserID  string
	// Unverified says that nobody proved that Account is the user's.
	Unverified bool
	// Offline says that a refresh token was made along with it.
	Offline bool
	// Expires is when the token dies.
	Expires time.Time

	code string // that it was given for; empty for one that was registered
}

// sameGrant reports whether two tokens end together: Google revokes all that
// one account has granted to one client.
func (t Token) sameGrant(other Token) bool {
	return t.ClientID == other.ClientID && t.Account == other.Account && t.UserID == other.UserID
}

// The refusals as Google words them; the wording of noToken is assumed.
func invalidToken() answer { return refusal("invalid_token", "Invalid Value") }
func noToken() answer {
	return refusal("invalid_request", "either access_token, id_token, or token_handle required")
}

// tokeninfo is what Google says about an access token.
func (q Question) tokeninfo() answer {
	switch {
	case q.access == "":
		return noToken()
	case !q.known:
		return invalidToken()
	case q.Path == V2:
		return q.v2()
	}
	return q.current()
}

// current is the shape of oauth2.googleapis.com: numbers and truth values are
// strings.
func (q Question) current() answer {
	t := q.token
	f := map[string]any{
		"azp": t.ClientID, "aud": t.ClientID,
		"scope":       join(t.Scopes),
		"exp":         strconv.FormatInt(t.Expires.Unix(), 10),
		"expires_in":  strconv.FormatInt(q.left(), 10),
		"access_type": map[bool]string{true: "offline", false: "online"}[t.Offline],
	}
	if identity(t.Scopes) {
		f["sub"] = t.UserID
	}
	if email(t.Scopes) {
		f["email"] = t.Account
		f["email_verified"] = strconv.FormatBool(!t.Unverified)
	}
	return ok(f)
}

// v2 is the shape of www.googleapis.com/oauth2/v2, as its discovery document
// has it.
func (q Question) v2() answer {
	t := q.token
	f := map[string]any{
		"issued_to": t.ClientID, "audience": t.ClientID,
		"scope":      join(t.Scopes),
		"expires_in": q.left(),
	}
	if identity(t.Scopes) {
		f["user_id"] = t.UserID
	}
	if email(t.Scopes) {
		f["email"] = t.Account
		f["verified_email"] = !t.Unverified
	}
	return ok(f)
}

// left is how many whole seconds the token has.
func (q Question) left() int64 { return int64(q.token.Expires.Sub(q.now) / time.Second) }

const (
	emailScope   = "https://www.googleapis.com/auth/userinfo.email"
	profileScope = "https://www.googleapis.com/auth/userinfo.profile"
)

func email(held []scopes.Scope) bool {
	return slices.Contains(held, emailScope) || slices.Contains(held, "email")
}

func identity(held []scopes.Scope) bool {
	return email(held) || slices.Contains(held, "openid") ||
		slices.Contains(held, profileScope) || slices.Contains(held, "profile")
}
