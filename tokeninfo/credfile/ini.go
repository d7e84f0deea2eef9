package credfile

import (
	"bytes"
	"strings"

	"scopeaudit/tokeninfo"
)

// rcloneSealed opens an encrypted rclone.conf (assumed).
const rcloneSealed = "RCLONE_ENCRYPT_V0:"

// readRclone reads the Google remotes of an rclone.conf (row 20).
func readRclone(data []byte) []tokeninfo.Credential {
	var out []tokeninfo.Credential
	section, keys, line := "", map[string]string(nil), 0
	flush := func() {
		if c, ok := remote(section, keys); ok && len(out) < maxCredentials {
			c.Place.Line = line
			out = append(out, c)
		}
	}
	n := 0
	for raw := range bytes.Lines(data) {
		n++
		s := strings.TrimSpace(string(raw))
		switch {
		case s == "" || s[0] == '#' || s[0] == ';':
			// A comment. The seal comes after one that names rclone.
		case strings.HasPrefix(s, rcloneSealed) && keys == nil:
			c := tokeninfo.Credential{
				Kind:       tokeninfo.Rclone,
				CannotTell: []string{"The file is encrypted: which remotes it holds and what they may do is unknown without its password."},
			}
			c.Place.Line = n
			return []tokeninfo.Credential{c}
		case s[0] == '[' && s[len(s)-1] == ']':
			flush()
			section, keys, line = s[1:len(s)-1], map[string]string{}, n
		case keys == nil:
			return nil // a key outside every section: no rclone.conf
		default:
			if key, val, ok := strings.Cut(s, "="); ok {
				keys[strings.TrimSpace(key)] = strings.TrimSpace(val)
			}
		}
	}
	flush()
	return out
}

// isRclone knows a configuration by the key that every remote has.
func isRclone(data []byte) bool {
	for _, drive := range []string{"\ntype = drive", "\ntype=drive", "\ntype = google ", "\ntype=google "} {
		if bytes.Contains(data, []byte(drive)) {
			return true
		}
	}
	return false
}

func remote(section string, keys map[string]string) (tokeninfo.Credential, bool) {
	var none tokeninfo.Credential
	switch keys["type"] {
	case "drive", "google photos", "google cloud storage":
	default:
		return none, false
	}
	c := tokeninfo.Credential{Kind: tokeninfo.Rclone, Label: section}
	if looksSecret(section) != "" {
		c.Label = ""
	}
	settings := value{kind: object}
	for _, key := range []string{"client_id", "client_secret", "scope", "token_url", "auth_url"} {
		if v, ok := keys[key]; ok && v != "" {
			settings.keys = append(settings.keys, key)
			settings.items = append(settings.items, value{kind: text, str: v})
		}
	}
	f := fieldsOf(settings, &c.Warnings)
	if f.has("client_secret") {
		c.ClientSecret = f.secret("client_secret")
	}
	// Each of rclone's kinds of remote has a published client of its own; of
	// them we know the one for Drive.
	if c.ClientID = f.name("client_id"); c.ClientID == "" && keys["type"] == "drive" {
		c.ClientID = rcloneClient
	}
	for _, key := range splitScopes(f.text("scope")) {
		if looksSecret(key) == "" {
			c.Scopes, c.Claim = append(c.Scopes, key), tokeninfo.ClaimRequested
		}
	}
	for _, uri := range []struct{ key, as string }{{"token_url", "token_uri"}, {"auth_url", "auth_uri"}} {
		if v := f.text(uri.key); v != "" {
			e := judge(uri.as, v)
			e.Field = uri.key
			c.Endpoints = append(c.Endpoints, e)
		}
	}
	doc, _, err := parseJSON([]byte(keys["token"]))
	if err == nil && doc.kind == object {
		t := fieldsOf(doc, &c.Warnings)
		c.AccessToken = tokeninfo.NewSecret(t.text("access_token"))
		c.RefreshToken = tokeninfo.NewSecret(t.text("refresh_token"))
		c.Expiry = t.goExpiry("expiry")
		return c, c.AccessToken.Present() || c.RefreshToken.Present()
	}
	// A remote may stand on a service-account key instead.
	doc, _, err = parseJSON([]byte(keys["service_account_credentials"]))
	if err != nil || doc.kind != object {
		return none, false
	}
	creds, _ := readTyped(fieldsOf(doc, &c.Warnings))
	if len(creds) == 0 {
		return none, false
	}
	c.ClientID, c.PrivateKey, c.Account = creds[0].ClientID, creds[0].PrivateKey, creds[0].Account
	return c, c.PrivateKey.Present()
}
