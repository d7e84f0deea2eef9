package fakegoogle

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"scopeaudit/audit/scopes"
)

// answer is a status and the fields of a JSON object.
type answer struct {
	status int
	fields map[string]any
}

func (a answer) send(w http.ResponseWriter) { sendJSON(w, a.status, a.body()) }

func (a answer) body() string {
	data, err := json.Marshal(a.fields)
	if err != nil {
		panic(err) // strings, numbers and booleans only
	}
	return string(data)
}

func sendJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte(body))
}

func refusal(code, description string) answer {
	return answer{http.StatusBadRequest, map[string]any{"error": code, "error_description": description}}
}

// The refusals as Google words them; the wording of noToken is assumed.
func invalidToken() answer { return refusal("invalid_token", "Invalid Value") }
func noToken() answer {
	return refusal("invalid_request", "either access_token, id_token, or token_handle required")
}

// honest is what Google would say.
func (q Question) honest() answer {
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
	return answer{http.StatusOK, f}
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
	return answer{http.StatusOK, f}
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

func join(held []scopes.Scope) string {
	names := make([]string, len(held))
	for i, s := range held {
		names[i] = string(s)
	}
	return strings.Join(names, " ")
}
