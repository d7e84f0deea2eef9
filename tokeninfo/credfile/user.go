package credfile

import (
	"strings"
	"time"

	"scopeaudit/tokeninfo"
)

// hintNoRefresh is for files that come close to a token file.
const hintNoRefresh = "no reader loads it: " + hintAgain

// readJSON recognises a whole JSON document. The order of the questions is what
// keeps the formats apart, since many share their keys.
func readJSON(doc value) ([]tokeninfo.Credential, error) {
	switch doc.kind {
	case list:
		if creds := readGWS(doc); len(creds) > 0 {
			return creds, nil
		}
		return nil, notCredential("a JSON list without credentials", "")
	case text:
		if startsJSON([]byte(doc.str)) {
			return nil, notCredential("JSON inside a JSON text", "the text was encoded twice: write what to_json() gives as it is")
		}
		return nil, notCredential("a JSON text", "")
	case object:
		var warnings []string
		f := fieldsOf(doc, &warnings)
		creds, err := readObject(f)
		for i := range creds {
			creds[i].Warnings = append(warnings[:len(warnings):len(warnings)], creds[i].Warnings...)
		}
		return creds, err
	}
	return nil, notCredential("a JSON value without keys", "")
}

func readObject(f fields) ([]tokeninfo.Credential, error) {
	if len(f.index) == 0 {
		return nil, notCredential("an empty JSON object", hintEmpty)
	}
	var near *NotCredential
	for _, read := range []func(fields) ([]tokeninfo.Credential, *NotCredential){
		readTyped, readClientSecrets, readOAuth2Client, readClasp, readTokens,
		readMultistore, readOAuth2L, readMutt, readGAM, readUser, readTokenOnly,
	} {
		creds, not := read(f)
		if len(creds) > 0 {
			return creds, nil
		}
		if near == nil {
			near = not
		}
	}
	if near != nil {
		return nil, near
	}
	return nil, notCredential("JSON without credential keys", "")
}

// one is the usual result of a reader.
func one(c tokeninfo.Credential) ([]tokeninfo.Credential, *NotCredential) {
	return []tokeninfo.Credential{c}, nil
}

// user fills in what the formats of a user's grant have in common.
func (f fields) user(k tokeninfo.Kind) tokeninfo.Credential {
	c := tokeninfo.Credential{
		Kind:      k,
		ClientID:  f.name("client_id"),
		Account:   f.name("account"),
		ProjectID: f.name("quota_project_id"),
		Endpoints: f.endpoints(),
	}
	// A public client has no secret, and google-auth loads no file without the two
	// keys: beside a client they may be empty.
	client := c.ClientID != ""
	c.ClientSecret = f.secretOr("client_secret", client)
	c.RefreshToken = f.secretOr("refresh_token", client && k == tokeninfo.GoogleAuth)
	if f.get("id_token").kind == text { // an object where a library has decoded it
		c.IDToken = tokeninfo.NewSecret(f.text("id_token"))
	}
	return c
}

// scopes reads a list or a string of scopes into c.
func (f fields) scopes(c *tokeninfo.Credential, key string, claim tokeninfo.Claim) {
	if got := f.scopesOf(key); len(got) > 0 {
		c.Scopes, c.Claim = got, claim
	}
}

func (f fields) scopesOf(key string) []string {
	var out []string
	switch v := f.get(key); v.kind {
	case text:
		out = splitScopes(v.str)
		if strings.Contains(v.str, ",") {
			f.warn("%s has commas: google-auth does not split there", key)
		}
		if strings.Contains(v.str, "  ") {
			f.warn("%s has two spaces in a row: google-auth makes an empty scope of it", key)
		}
		if v.str == "" && key == "scopes" {
			f.warn("scopes is an empty text: google-auth makes an empty scope of it")
		}
	case list:
		for _, item := range v.items {
			if item.kind != text {
				f.warn("%s holds something that is not text", key)
				continue
			}
			if strings.ContainsAny(item.str, " ,") {
				f.warn("%s holds several scopes in one text", key)
			}
			out = append(out, splitScopes(item.str)...)
		}
	case null:
		if f.has(key) {
			f.warn("%s is present but empty", key)
		}
	default:
		f.warn("%s is neither a list nor a text", key)
	}
	kept := out[:0]
	for _, s := range out {
		if looksSecret(s) != "" || strings.HasPrefix(s, refreshPrefix) {
			f.warn("%s holds what looks like a secret", key)
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// splitScopes splits as people mean it: at any space and any comma.
func splitScopes(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r'
	})
}

// readUser reads the files of google-auth (row 1) and google-oauthlib-tool
// (row 24). google-auth wants three keys and takes them even when empty; a file
// without client_secret is read all the same, since public clients have none.
func readUser(f fields) ([]tokeninfo.Credential, *NotCredential) {
	if f.has("registration", "authflow") {
		return nil, nil // readMutt has judged it
	}
	if !f.has("refresh_token", "client_id") {
		for _, pair := range [][2]string{{"refresh_token", "client_id"}, {"client_id", "refresh_token"}} {
			if f.has(pair[0]) && f.has("token_uri", "client_secret") {
				return nil, notCredential("a token file without "+pair[1], hintNoRefresh)
			}
		}
		return nil, nil
	}
	k := tokeninfo.OAuthlibTool
	if f.has("token") || f.has("expiry") {
		k = tokeninfo.GoogleAuth
	}
	c := f.user(k)
	if !f.has("client_secret") {
		f.warn("client_secret is missing: google-auth refuses the file")
	}
	if f.has("type") {
		f.warn("type is not one that we know for this format: google-auth ignores it")
	}
	c.AccessToken = tokeninfo.NewSecret(f.text("token"))
	if !f.has("token") {
		c.AccessToken = tokeninfo.NewSecret(f.text("access_token"))
	}
	f.scopes(&c, "scopes", tokeninfo.ClaimRequested)
	c.Expiry = f.expiryOf("expiry")
	return one(c)
}

// readTokenOnly reads the formats that hold tokens and no client (rows 4, 5, 18
// and 28); how the end of the token is spelt tells them apart.
func readTokenOnly(f fields) ([]tokeninfo.Credential, *NotCredential) {
	if !f.has("access_token") {
		if f.has("error") {
			return nil, notCredential("a token endpoint's error answer", hintAgain)
		}
		if f.has("token") && (f.has("scopes") || f.has("token_uri")) {
			return nil, notCredential("a token file without refresh_token and client_id", hintNoRefresh)
		}
		if f.has("refresh_token") {
			return nil, notCredential("JSON with a refresh token and without its client", hintNoRefresh)
		}
		if f.has("client_id", "client_secret") {
			return nil, notCredential("a client without the outer key installed or web", hintClient)
		}
		return nil, nil
	}
	c := f.user("")
	c.AccessToken = f.secret("access_token")
	if !c.AccessToken.Present() && !c.RefreshToken.Present() {
		return nil, notCredential("a token file with empty tokens", hintAgain)
	}
	switch {
	case f.has("exprity_date"):
		c.Kind, c.ClientID = tokeninfo.ClaspGlobal, claspClient
		c.Expiry = f.expiryOf("exprity_date")
	case f.has("expiry_date"):
		c.Kind, c.Expiry = tokeninfo.NodeCredentials, f.expiryOf("expiry_date")
	case f.has("expiry"):
		c.Kind, c.Expiry = tokeninfo.GoToken, f.goExpiry("expiry")
	case f.has("token_type"), f.has("expires_in"), f.has("scope"):
		c.Kind = tokeninfo.TokenResponse
	default:
		return nil, notCredential("JSON with an access token and nothing that says whose", hintBare)
	}
	if !strings.HasPrefix(c.AccessToken.Reveal(), accessPrefix) && !strings.HasPrefix(c.RefreshToken.Reveal(), "1/") {
		f.warn("the tokens do not begin as Google's do: they may be another provider's")
	}
	f.scopes(&c, "scope", tokeninfo.ClaimGranted)
	return one(c)
}

// goExpiry reads Go's time, where an offset is as good as any and the zero time
// means that the token does not end.
func (f fields) goExpiry(key string) time.Time {
	t, note := parseTime(f.text(key))
	if t.IsZero() && note != "" {
		f.warn("%s %s", key, note)
	}
	return t
}
