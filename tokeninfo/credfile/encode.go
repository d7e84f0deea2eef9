package credfile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"scopeaudit/tokeninfo"
)

// googleTokenURI is what google-auth writes and, when it reads, ignores.
const googleTokenURI = "https://oauth2.googleapis.com/token"

// Writable lists the kinds that Encode writes.
func Writable() []tokeninfo.Kind {
	return []tokeninfo.Kind{tokeninfo.GoogleAuth, tokeninfo.GoToken, tokeninfo.NodeUser, tokeninfo.ADCUser}
}

// Encode writes a credential byte for byte as its own client writes it: google-auth's
// to_json(), the encoder of Go's package, JSON.stringify in the Node quickstart,
// gcloud. Nothing is added. What a reader insists on and the credential lacks,
// a refresh token or a client secret, is written empty. The error is for other
// kinds.
func Encode(c tokeninfo.Credential, as tokeninfo.Kind) ([]byte, error) {
	switch as {
	case tokeninfo.GoogleAuth:
		return encodeGoogleAuth(c), nil
	case tokeninfo.GoToken:
		return encodeGo(c)
	case tokeninfo.NodeUser:
		return encodeNode(c)
	case tokeninfo.ADCUser:
		return encodeADC(c), nil
	}
	return nil, fmt.Errorf("files of the kind %s are not written", as)
}

// encodeGoogleAuth writes as json.dumps does: one line, a space after each comma
// and colon, everything beyond ASCII escaped, no final line end.
func encodeGoogleAuth(c tokeninfo.Credential) []byte {
	tokenURI, universe := googleTokenURI, "googleapis.com"
	for _, e := range c.Endpoints {
		switch e.Field {
		case "token_uri":
			tokenURI = e.Value
		case "universe_domain":
			universe = e.Value
		}
	}
	fields := []string{
		pyString("token"), pyString(c.AccessToken.Reveal()),
		pyString("refresh_token"), pyString(c.RefreshToken.Reveal()),
		pyString("token_uri"), pyString(tokenURI),
		pyString("client_id"), pyString(c.ClientID),
		pyString("client_secret"), pyString(c.ClientSecret.Reveal()),
		pyString("scopes"), pyList(c.Scopes),
		pyString("universe_domain"), pyString(universe),
		pyString("account"), pyString(c.Account),
	}
	if !c.Expiry.IsZero() {
		fields = append(fields, pyString("expiry"), pyString(pyTime(c.Expiry)))
	}
	var b strings.Builder
	for i := 0; i < len(fields); i += 2 {
		b.WriteString(map[bool]string{true: "{", false: ", "}[i == 0])
		b.WriteString(fields[i] + ": " + fields[i+1])
	}
	b.WriteByte('}')
	return []byte(b.String())
}

// pyTime is Python's isoformat() of a naive UTC time, with a Z behind it: six
// digits of a second, or none if they are zero.
func pyTime(t time.Time) string {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000000Z")
}

// pyList is a list of strings as Python's json writes it.
func pyList(texts []string) string {
	var items []string
	for _, s := range texts {
		items = append(items, pyString(s))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// pyString is a JSON string as Python's json writes it with ensure_ascii.
func pyString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\f':
			b.WriteString(`\f`)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

// encodeGo writes as json.NewEncoder(f).Encode(token) does in Google's Go
// quickstarts, keys in the order of oauth2.Token.
func encodeGo(c tokeninfo.Credential) ([]byte, error) {
	var b bytes.Buffer
	err := json.NewEncoder(&b).Encode(struct {
		Access  string    `json:"access_token"`
		Type    string    `json:"token_type,omitempty"`
		Refresh string    `json:"refresh_token,omitempty"`
		Expiry  time.Time `json:"expiry"` // zero too
		Life    int64     `json:"expires_in,omitempty"`
	}{c.AccessToken.Reveal(), "Bearer", c.RefreshToken.Reveal(), c.Expiry, int64(c.Lifetime / time.Second)})
	return b.Bytes(), err
}

// encodeNode writes as the Node quickstart does: JSON.stringify of four keys.
func encodeNode(c tokeninfo.Credential) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Type    string `json:"type"`
		ID      string `json:"client_id"`
		Secret  string `json:"client_secret"`
		Refresh string `json:"refresh_token"`
	}{"authorized_user", c.ClientID, c.ClientSecret.Reveal(), c.RefreshToken.Reveal()})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// encodeADC writes as gcloud does: sorted keys, one a line, two spaces before
// each.
func encodeADC(c tokeninfo.Credential) []byte {
	fields := [][2]string{
		{"account", c.Account}, {"client_id", c.ClientID}, {"client_secret", c.ClientSecret.Reveal()},
		{"quota_project_id", c.ProjectID}, {"refresh_token", c.RefreshToken.Reveal()},
		{"type", "authorized_user"}, {"universe_domain", "googleapis.com"},
	}
	var lines []string
	for _, f := range fields {
		if f[0] == "quota_project_id" && f[1] == "" {
			continue
		}
		lines = append(lines, "  "+pyString(f[0])+": "+pyString(f[1]))
	}
	return []byte("{\n" + strings.Join(lines, ",\n") + "\n}")
}

// Renew puts a refreshed token into the text of a credential file and leaves
// every other byte of it as it is: unknown keys, their order, the layout. A token
// that is absent, such as a rotated one where the server gave none, leaves the
// file's own, and so do scopes that are nil. It reports whether
// the file can hold what is new: of the formats with several credentials none,
// nor what is not UTF-8. An unchanged text means that there is nothing new to
// hold.
func Renew(old []byte, held tokeninfo.Credential, t tokeninfo.Token) ([]byte, bool) {
	values := map[string]string{}
	secret := func(key string, value tokeninfo.Secret) {
		if value.Present() {
			values[key] = pyString(value.Reveal())
		}
	}
	expiry := func(key, value string) {
		if !t.Expiry.IsZero() {
			values[key] = value
		}
	}
	secret("refresh_token", t.Refresh)
	switch held.Kind {
	case tokeninfo.GoogleAuth:
		if t.Scopes != nil {
			values["scopes"] = pyList(t.Scopes)
		}
		secret("token", t.Access)
		expiry("expiry", pyString(pyTime(t.Expiry)))
	case tokeninfo.GoToken:
		secret("access_token", t.Access)
		expiry("expiry", pyString(t.Expiry.Format(time.RFC3339Nano)))
	case tokeninfo.NodeCredentials:
		if t.Scopes != nil {
			values["scope"] = pyString(strings.Join(t.Scopes, " "))
		}
		secret("access_token", t.Access)
		expiry("expiry_date", strconv.FormatInt(t.Expiry.UnixMilli(), 10))
	case tokeninfo.NodeUser, tokeninfo.ADCUser, tokeninfo.OAuthlibTool:
	default:
		return nil, false
	}
	return splice(old, values)
}

// splice replaces the values of top-level keys of a JSON object and adds those
// that it lacks at its end.
func splice(old []byte, values map[string]string) ([]byte, bool) {
	dec := json.NewDecoder(bytes.NewReader(old))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	var out bytes.Buffer
	from, seen, any := int64(0), map[string]bool{}, false
	for dec.More() {
		t, err := dec.Token()
		key, ok := t.(string)
		if err != nil || !ok || seen[key] {
			return nil, false // of a key that stands twice nobody knows which counts
		}
		seen[key], any = true, true
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return nil, false
		}
		if value, ok := values[key]; ok {
			end := dec.InputOffset()
			out.Write(old[from : end-int64(len(raw))])
			out.WriteString(value)
			from = end
		}
	}
	last := dec.InputOffset()
	if t, err := dec.Token(); err != nil || t != json.Delim('}') || len(bytes.Trim(old[dec.InputOffset():], " \t\r\n")) > 0 {
		return nil, false
	}
	out.Write(old[from:last])
	for _, key := range []string{"token", "access_token", "refresh_token", "scopes", "scope", "expiry", "expiry_date"} {
		if value, ok := values[key]; ok && !seen[key] {
			out.WriteString(map[bool]string{true: ", ", false: ""}[any] + pyString(key) + ": " + value)
			any = true
		}
	}
	out.Write(old[last:])
	return out.Bytes(), true
}

// KindName finds the kind that Encode is asked for by a word: python, go, node
// or adc.
func KindName(word string) (tokeninfo.Kind, bool) {
	kind := map[string]tokeninfo.Kind{
		"python": tokeninfo.GoogleAuth, "go": tokeninfo.GoToken,
		"node": tokeninfo.NodeUser, "adc": tokeninfo.ADCUser,
	}[cmp.Or(word, "python")]
	return kind, kind != ""
}
