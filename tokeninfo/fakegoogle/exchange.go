package fakegoogle

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"time"

	"scopeaudit/audit/scopes"
)

// accessLife is how long an access token lives, in the seconds that Google
// gives.
const accessLife = 3599 * time.Second

// exchange is the token endpoint: codes and refresh tokens for access tokens.
func (s *Server) exchange(q Question) answer {
	if q.Method != http.MethodPost {
		return answer{status: http.StatusNotFound}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	client, known := s.clients[q.form.Get("client_id")]
	switch {
	case !q.form.Has("client_id"):
		return refusal("invalid_request", "Could not determine client ID from request.")
	case !known:
		return unauthorized("invalid_client", "The OAuth client was not found.")
	case client.Deleted:
		return unauthorized("deleted_client", "The OAuth client was deleted.")
	case q.form.Has("client_secret") && !equal(q.form.Get("client_secret"), client.Secret.Reveal()):
		return unauthorized("invalid_client", "The provided client secret is invalid.")
	case !q.form.Has("client_secret") && len(client.RedirectURIs) > 0:
		return refusal("invalid_request", "client_secret is missing.")
	}
	switch q.GrantType {
	case "authorization_code":
		return s.redeem(q, client)
	case "refresh_token":
		return s.refresh(q, client)
	}
	return refusal("unsupported_grant_type", "Invalid grant_type: "+q.GrantType)
}

// redeem exchanges an authorization code, once: whatever is wrong with the
// request, the code is used up, and whoever comes with it again ends what it gave
// (RFC 6749 §4.1.2; of Google the second is not known).
func (s *Server) redeem(q Question, client Client) answer {
	value := q.form.Get("code")
	c, found := s.codes[value]
	if found && c.used {
		s.endGiven(value, q.now)
		return refusal("invalid_grant", "Bad Request")
	}
	if found {
		c.used = true
		s.codes[value] = c
	}
	verifier := q.form.Get("code_verifier")
	switch {
	case value == "":
		return refusal("invalid_request", "Missing required parameter: code")
	case !found || c.client.ID != client.ID:
		return refusal("invalid_grant", "Malformed auth code.")
	case !q.now.Before(c.expires):
		return refusal("invalid_grant", "Bad Request")
	case q.form.Get("redirect_uri") != c.redirect:
		return refusal("redirect_uri_mismatch", "Bad Request")
	case c.challenge != "" && verifier == "":
		return refusal("invalid_grant", "Missing code verifier.")
	case c.challenge != "" && !proves(verifier, c.pending):
		return refusal("invalid_grant", "Invalid code verifier.")
	case c.challenge == "" && verifier != "":
		return refusal("invalid_grant", "code_verifier or verifier is not needed.")
	}
	t := c.token(c.granted)
	t.code = value
	fields := s.mint(q, t)
	if c.offline {
		s.lasting(q, t, client, fields)
	}
	return ok(fields)
}

// endGiven ends the tokens that a code gave, and those made of them. The lock is
// held.
func (s *Server) endGiven(code string, now time.Time) {
	maps.DeleteFunc(s.refreshes, func(_ string, t Token) bool { return t.code == code })
	for value, t := range s.tokens {
		if t.code == code && now.Before(t.Expires) {
			t.Expires = now
			s.tokens[value] = t
		}
	}
}

// proves checks a verifier against the challenge that came with the request
// (RFC 7636 §4.6).
func proves(verifier string, p pending) bool {
	if len(verifier) < 43 || len(verifier) > 128 {
		return false
	}
	if !p.plain {
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return equal(verifier, p.challenge)
}

// refresh makes a new access token. A narrower scope narrows it, as RFC 6749 §6
// has it; of Google both is told.
func (s *Server) refresh(q Question, client Client) answer {
	value := q.form.Get("refresh_token")
	t, found := s.refreshes[value]
	switch {
	case value == "":
		return refusal("invalid_request", "Missing required parameter: refresh_token")
	case !found || !t.Expires.IsZero() && !q.now.Before(t.Expires):
		return refusal("invalid_grant", "Token has been expired or revoked.")
	case t.ClientID != client.ID:
		return unauthorized("unauthorized_client", "Unauthorized")
	}
	narrowed := t
	narrowed.Offline = true
	if wanted := q.form.Get("scope"); wanted != "" {
		narrowed.Scopes = nil
		for _, name := range scopes.Split(wanted) {
			scope, _ := s.catalogue.Normalise(name)
			if !slices.Contains(t.Scopes, scope) {
				return refusal("invalid_scope", "Bad Request")
			}
			narrowed.Scopes = append(narrowed.Scopes, scope)
		}
	}
	fields := s.mint(q, narrowed)
	if s.rotate {
		delete(s.refreshes, value)
		s.lasting(q, t, client, fields)
	}
	return ok(fields)
}

// mint makes an access token and the answer that carries it. The lock is held.
func (s *Server) mint(q Question, t Token) map[string]any {
	t.Expires = q.now.Add(accessLife)
	value := random("ya29"+"."+"a0", 210)
	s.tokens[value] = t
	fields := map[string]any{
		"access_token": value, "token_type": "Bearer",
		"expires_in": int64(accessLife / time.Second), "scope": join(t.Scopes),
	}
	if identity(t.Scopes) {
		fields["id_token"] = t.identityToken(q.now)
	}
	return fields
}

// lasting makes a refresh token and puts it into the answer. The lock is held.
func (s *Server) lasting(q Question, t Token, client Client, fields map[string]any) {
	t.Expires = time.Time{}
	if client.Testing {
		t.Expires = q.now.Add(testingLife)
		fields["refresh_token_expires_in"] = int64(testingLife/time.Second) - 1
	}
	value := random("1//"+"0", 12) + random("CgYIARAAG", 78) // 103 characters, as most are
	s.refreshes[value] = t
	fields["refresh_token"] = value
}

// revoke ends the whole grant that a token belongs to: all tokens of that
// account for that client.
func (s *Server) revoke(q Question) answer {
	if q.Method != http.MethodPost {
		return answer{status: http.StatusNotFound}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	value := q.form.Get("token")
	t, found := s.refreshes[value]
	if !found {
		if t, found = s.tokens[value]; found && !q.now.Before(t.Expires) {
			found = false
		}
	}
	switch {
	case value == "":
		return refusal("invalid_request", "Missing required parameter: token")
	case !found:
		return refusal("invalid_token", "Token expired or revoked")
	}
	for value, other := range s.refreshes {
		if other.sameGrant(t) {
			delete(s.refreshes, value)
		}
	}
	for value, other := range s.tokens {
		if end := q.now.Add(s.delay); other.sameGrant(t) && end.Before(other.Expires) {
			other.Expires = end
			s.tokens[value] = other
		}
	}
	return ok(map[string]any{})
}

// random is head and n characters that nobody can guess.
func random(head string, n int) string {
	data := make([]byte, n)
	rand.Read(data) // never fails: it ends the program instead
	return head + base64.RawURLEncoding.EncodeToString(data)[:n]
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
