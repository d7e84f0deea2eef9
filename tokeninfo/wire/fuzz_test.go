package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"scopeaudit/tokeninfo"
)

// Whatever a token endpoint answers: a token with an end that is believable, or
// an error that repeats nothing.
func FuzzReadToken(f *testing.F) {
	sent := "1//" + "0" + strings.Repeat("sEnT", 10)
	for _, body := range []string{
		`{"access_token":"a","token_type":"Bearer","expires_in":3599,"scope":"x y","refresh_token":"r","id_token":"i"}`,
		`{"error":"invalid_grant","error_subtype":"invalid_rapt"}`, `{"error":"` + sent + `"}`, `{"error":{"code":500}}`,
		`{"access_token":"a","token_type":"Bearer","expires_in":"60"}`, `{"access_token":null}`, `[]`, `{`, "\xff", `{"expires_in":1e99}`,
	} {
		f.Add(200, []byte(body))
		f.Add(400, []byte(body))
	}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		token, err := readToken("host", Reply{Status: status, Types: []string{"application/json"}, Body: body}, []tokeninfo.Secret{tokeninfo.NewSecret(sent)}, now)
		switch {
		case err == nil && (!token.Access.Present() || status != 200 || token.Expiry.After(now.Add(maxLife))):
			t.Errorf("%d %q gave %+v", status, body, token)
		case err != nil && (token.Access.Present() || token.Refresh.Present()):
			t.Errorf("an error and a token: %v", err)
		case err != nil && (strings.Contains(err.Error(), sent) || len(err.Error()) > 300):
			t.Errorf("%v", err)
		}
	})
}

// The order of an object's reading is the standard library's, the strictness
// ours: no panic, and no key twice.
func FuzzObject(f *testing.F) {
	f.Add([]byte(`{"a":1,"A":2}`))
	f.Add([]byte(`{"a":{"a":1}} `))
	f.Add([]byte("{}\v"))
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := Object(Reply{Types: []string{"application/json"}, Body: body})
		if err == nil && !json.Valid(body) {
			t.Errorf("%q is read", body)
		}
		seen := map[string]bool{}
		for key := range fields {
			if folded := strings.ToLower(key); err == nil && seen[folded] {
				t.Errorf("%q twice", key)
			} else {
				seen[folded] = true
			}
		}
	})
}
