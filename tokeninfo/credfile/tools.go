package credfile

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"scopeaudit/tokeninfo"
)

// readOAuth2Client reads a storage file of the retired Python library (row 7).
func readOAuth2Client(f fields) ([]tokeninfo.Credential, *NotCredential) {
	if !f.has("_class") {
		return nil, nil
	}
	if !f.has("refresh_token") && !f.has("access_token") {
		return nil, notCredential("an object of oauth2client without tokens", hintAgain)
	}
	c := f.user(tokeninfo.OAuth2Client)
	c.AccessToken = tokeninfo.NewSecret(f.text("access_token"))
	if jwt := f.text("id_token_jwt"); jwt != "" {
		c.IDToken = tokeninfo.NewSecret(jwt)
	}
	c.Expiry = f.goExpiry("token_expiry")
	f.scopes(&c, "scopes", tokeninfo.ClaimRequested)
	if answer, ok := f.inner("token_response"); ok {
		if granted := answer.scopesOf("scope"); len(granted) > 0 {
			c.Requested, c.Scopes, c.Claim = c.Scopes, granted, tokeninfo.ClaimGranted
		}
	}
	if f.get("invalid").str == "true" {
		f.warn("the library has marked this credential as invalid")
	}
	return one(c)
}

// readMultistore reads several of those in one file (row 8, assumed).
func readMultistore(f fields) ([]tokeninfo.Credential, *NotCredential) {
	data := f.get("data")
	if data.kind != list || !f.has("file_version") {
		return nil, nil
	}
	var out []tokeninfo.Credential
	for _, item := range data.items[:min(len(data.items), maxCredentials)] {
		entry := fieldsOf(item, f.warnings)
		inner := entry.get("credential")
		if inner.kind == text {
			inner, _, _ = parseJSON([]byte(inner.str))
		}
		creds, _ := readOAuth2Client(fieldsOf(inner, f.warnings))
		for _, c := range creds {
			c.Kind = tokeninfo.OAuth2ClientMultistore
			key, _ := entry.inner("key")
			c.Label = fmt.Sprintf("entry %d", len(out)+1)
			if account := key.name("account"); account != "" {
				c.Account = account
			}
			if c.ClientID == "" {
				c.ClientID = key.name("clientId")
			}
			if len(c.Scopes) == 0 && key.has("scope") {
				key.scopes(&c, "scope", tokeninfo.ClaimRequested)
			}
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil, notCredential("a multistore of oauth2client without entries", hintAgain)
	}
	return out, nil
}

// readClasp reads clasp's file beside a project (row 17).
func readClasp(f fields) ([]tokeninfo.Credential, *NotCredential) {
	client, ok := f.inner("oauth2ClientSettings")
	if !ok {
		return nil, nil
	}
	token, ok := f.inner("token")
	if !ok || !token.has("access_token") && !token.has("refresh_token") {
		return nil, notCredential("a clasp login file without a token", "sign in again with clasp login")
	}
	c := token.user(tokeninfo.ClaspLocal)
	c.AccessToken = tokeninfo.NewSecret(token.text("access_token"))
	c.ClientID = client.name("clientId")
	c.ClientSecret = client.secret("clientSecret")
	if uri := client.text("redirectUri"); uri != "" {
		c.RedirectURIs = []string{uri}
	}
	c.Expiry = token.expiryOf("expiry_date")
	if token.has("exprity_date") {
		c.Expiry = token.expiryOf("exprity_date")
	}
	token.scopes(&c, "scope", tokeninfo.ClaimGranted)
	return one(c)
}

// readTokens reads the two formats with a key "tokens": clasp 3, a login for
// each user (row 19), and firebase-tools, one login (row 27).
func readTokens(f fields) ([]tokeninfo.Credential, *NotCredential) {
	v := f.get("tokens")
	if v.kind != object {
		return nil, nil
	}
	tokens := fieldsOf(v, f.warnings)
	if tokens.get("refresh_token").kind == text || tokens.get("access_token").kind == text {
		return readFirebase(f, tokens)
	}
	var out []tokeninfo.Credential
	for i, user := range v.keys[:min(len(v.keys), maxCredentials)] {
		login := fieldsOf(v.items[i], f.warnings)
		if !login.has("refresh_token") || !login.has("client_id") && !login.has("type") {
			continue
		}
		c := login.user(tokeninfo.ClaspV3)
		if looksSecret(user) == "" {
			c.Label = user
		}
		c.AccessToken = tokeninfo.NewSecret(login.text("access_token"))
		c.Expiry = login.expiryOf("expiry_date")
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, notCredential("a file of logins without a refresh token", "sign in again with the program that writes it")
	}
	return out, nil
}

func readFirebase(f, tokens fields) ([]tokeninfo.Credential, *NotCredential) {
	c := tokens.user(tokeninfo.FirebaseTools)
	c.AccessToken = tokeninfo.NewSecret(tokens.text("access_token"))
	if !c.AccessToken.Present() && !c.RefreshToken.Present() {
		return nil, notCredential("a login file of firebase-tools with empty tokens", "sign in again with firebase login")
	}
	if c.ClientID == "" {
		c.ClientID = firebaseClient
	}
	c.Expiry = tokens.expiryOf("expires_at")
	if user, ok := f.inner("user"); ok {
		c.Account = user.name("email")
	}
	if tokens.has("scopes") {
		tokens.scopes(&c, "scopes", tokeninfo.ClaimRequested)
	}
	if tokens.has("scope") {
		if granted := tokens.scopesOf("scope"); len(granted) > 0 {
			c.Requested, c.Scopes, c.Claim = c.Scopes, granted, tokeninfo.ClaimGranted
		}
	}
	return one(c)
}

// readOAuth2L reads oauth2l's cache (row 23): the key of each entry is JSON that
// says who asked for what, the value base64 of the token that came.
func readOAuth2L(f fields) ([]tokeninfo.Credential, *NotCredential) {
	var out []tokeninfo.Credential
	keys := make([]string, 0, len(f.index))
	for key := range f.index {
		if strings.HasPrefix(key, "{") && strings.Contains(key, "CredentialsJSON") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys[:min(len(keys), maxCredentials)] {
		doc, _, err := parseJSON([]byte(key))
		if err != nil || doc.kind != object {
			continue
		}
		out = append(out, oauth2lEntry(fieldsOf(doc, f.warnings), f.index[key], f))
	}
	if len(out) == 0 {
		if len(keys) > 0 {
			return nil, notCredential("a cache of oauth2l whose keys are damaged", "oauth2l reset empties it")
		}
		return nil, nil
	}
	if len(out) > 1 {
		for i := range out {
			out[i].Label = "entry " + strconv.Itoa(i+1)
		}
	}
	return out, nil
}

func oauth2lEntry(asked fields, answer value, f fields) tokeninfo.Credential {
	c := tokeninfo.Credential{Kind: tokeninfo.OAuth2L}
	if client, _, err := parseJSON([]byte(asked.text("CredentialsJSON"))); err == nil && client.kind == object {
		if creds, _ := readObject(fieldsOf(client, f.warnings)); len(creds) > 0 {
			c = creds[0]
			c.Kind, c.Scopes, c.Claim = tokeninfo.OAuth2L, nil, ""
		}
	}
	asked.scopes(&c, "Scope", tokeninfo.ClaimRequested)
	raw, err := base64.StdEncoding.DecodeString(answer.str)
	if err != nil {
		f.warn("an entry's value is not base64")
		return c
	}
	token, _, bad := parseJSON(raw)
	if bad != nil || token.kind != object {
		f.warn("an entry's value holds no token")
		return c
	}
	t := fieldsOf(token, f.warnings)
	c.AccessToken = tokeninfo.NewSecret(t.text("access_token"))
	if refresh := t.text("refresh_token"); refresh != "" {
		c.RefreshToken = tokeninfo.NewSecret(refresh)
	}
	c.IDToken = tokeninfo.NewSecret(t.text("id_token"))
	c.Expiry = t.goExpiry("expiry")
	if t.has("scope") {
		if granted := t.scopesOf("scope"); len(granted) > 0 {
			c.Requested, c.Scopes, c.Claim = c.Scopes, granted, tokeninfo.ClaimGranted
		}
	}
	return c
}

// readMutt reads the token file of mutt_oauth2.py (row 25). Its scopes are not
// written down, but the script always asks for the whole mail.
func readMutt(f fields) ([]tokeninfo.Credential, *NotCredential) {
	if !f.has("registration", "authflow") {
		return nil, nil
	}
	if registration := f.text("registration"); registration != "" && registration != "google" {
		return nil, notCredential("a token file of mutt_oauth2 for another provider", "")
	}
	c := f.user(tokeninfo.MuttOAuth2)
	c.AccessToken = tokeninfo.NewSecret(f.text("access_token"))
	if !c.AccessToken.Present() && !c.RefreshToken.Present() {
		return nil, notCredential("a token file of mutt_oauth2 with empty tokens", "run mutt_oauth2.py with --authorize again")
	}
	c.Account = f.name("email")
	c.Expiry = f.goExpiry("access_token_expiration")
	c.CannotTell = []string{"Which scopes were asked for is not written here; mutt_oauth2 always asks for https://mail.google.com/."}
	return one(c)
}

// readGAM reads GAM's oauth2.txt (row 21).
func readGAM(f fields) ([]tokeninfo.Credential, *NotCredential) {
	if !f.has("decoded_id_token") {
		return nil, nil
	}
	if !f.has("refresh_token", "client_id") {
		return nil, notCredential("GAM's OAuth file without refresh_token or client_id", "sign in again with gam oauth create")
	}
	c := f.user(tokeninfo.GAMOAuth2)
	c.AccessToken = tokeninfo.NewSecret(f.text("token"))
	c.Expiry = f.goExpiry("token_expiry")
	f.scopes(&c, "scopes", tokeninfo.ClaimRequested)
	if id, ok := f.inner("decoded_id_token"); ok {
		c.Account = id.name("email")
	}
	return one(c)
}

// readGWS reads the token cache of gws (row 26): a list of tokens, each with the
// scopes that it was asked for with.
func readGWS(doc value) []tokeninfo.Credential {
	var out []tokeninfo.Credential
	for _, item := range doc.items {
		if len(out) == maxCredentials {
			break
		}
		var warnings []string
		entry := fieldsOf(item, &warnings)
		token, ok := entry.inner("token")
		if item.kind != object || !ok || !entry.has("scopes") || !token.has("access_token") {
			continue
		}
		c := token.user(tokeninfo.GWSCache)
		c.AccessToken = token.secret("access_token")
		c.Expiry = token.ordinalTime("expires_at")
		entry.scopes(&c, "scopes", tokeninfo.ClaimRequested)
		c.Warnings = warnings
		out = append(out, c)
	}
	if len(out) > 1 {
		for i := range out {
			out[i].Label = "entry " + strconv.Itoa(i+1)
		}
	}
	return out
}

// ordinalTime reads the form that Rust's time crate writes: year, day of the
// year, hour, minute, second, and more that does not matter here (assumed).
func (f fields) ordinalTime(key string) time.Time {
	var n [5]int
	items := f.get(key).items
	if len(items) < len(n) {
		return time.Time{}
	}
	for i := range n {
		v, err := strconv.Atoi(items[i].str)
		if err != nil || v < 0 || v > 9999 {
			return time.Time{}
		}
		n[i] = v
	}
	return time.Date(n[0], time.January, n[1], n[2], n[3], n[4], 0, time.UTC)
}
