package google

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/wire"
)

// Whatever a server sends, the verdict is one of three, a reason is ours, and a
// live token has scopes that the answer really names.
func FuzzJudge(f *testing.F) {
	for _, body := range []string{
		`{"azp":"c","aud":"c","scope":"openid email","exp":"1795435210","expires_in":"3599","email":"a@b","email_verified":"true","access_type":"online"}`,
		`{"scope":"openid","expires_in":3599,"email_verified":true}`,
		`{"error":"invalid_token","error_description":"Invalid Value"}`,
		`{"error_description":"Invalid Value"}`,
		`{"error":{"code":401,"status":"UNAUTHENTICATED"}}`,
		`{"scope":"openid","scope":"email"}`, `{"scope":`, `[]`, `{}x`, ``, "\ufeff{}", strings.Repeat(`{"a":`, 2000),
	} {
		for _, status := range []int{200, 400, 401, 500} {
			f.Add(status, "application/json; charset=utf-8", []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, kind string, body []byte) {
		r := wire.Reply{Status: status, Types: []string{kind}, Body: body}
		v := judge(r, noon())
		switch v.access {
		case tokeninfo.Live:
			var fields map[string]any
			if err := json.Unmarshal(body, &fields); err != nil || status != 200 {
				t.Fatalf("live by an answer %d that encoding/json refuses: %v", status, err)
			}
			scope, _ := fields["scope"].(string)
			if len(v.scopes) == 0 || !strings.Contains(scope, v.scopes[0]) || v.expiresIn < 0 || v.expiresIn > maxLifetime {
				t.Fatalf("live as %+v", v)
			}
		case tokeninfo.NotValid:
			if status != 400 && status != 401 {
				t.Fatalf("not valid by a %d", status)
			}
		case tokeninfo.Unknown:
			if v.reason == "" || v.scopes != nil || len(v.reason) > 100 {
				t.Fatalf("unknown as %+v", v)
			}
		default:
			t.Fatalf("got %+v", v)
		}
		if tokenUnseen(r) && v.access == tokeninfo.Live {
			t.Fatal("a refusal that is live")
		}
	})
}

// object believes what encoding/json believes, or refuses.
func FuzzObject(f *testing.F) {
	for _, body := range []string{`{"a":1,"b":"x"}`, `{"a":1,"A":2}`, `{"a":1,}`, `{"a" 1}`, `{} {}`, `{"\u0061":1,"a":2}`, `{"a":{"b":[1]}}`, "{\"a\":\"\xff\"}"} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := wire.Object(wire.Reply{Types: []string{"application/json"}, Body: body})
		if err != nil {
			return
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("taken, but encoding/json says %v", err)
		}
		if !maps.EqualFunc(got, want, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestTwoContentTypes(t *testing.T) {
	for _, types := range [][]string{nil, {"application/json", "text/html"}, {"application/json", "application/json"}, {""}} {
		if _, err := wire.Object(wire.Reply{Types: types, Body: []byte("{}")}); err == nil {
			t.Errorf("%q was taken", types)
		}
	}
}

// A token that is sent is a token by RFC 6750, and none of the other secrets.
func FuzzSendable(f *testing.F) {
	for _, s := range []string{"", "ya29.EXAMPLE", "1//0EXAMPLE", "GOCSPX-EXAMPLE", "a b", "a\r\nb", "=", "a==", "a=b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if sendable(s) != nil {
			return
		}
		if s == "" || len(s) > maxToken || strings.HasPrefix(s, "1/") || strings.HasPrefix(s, "GOCSPX-") {
			t.Fatalf("%q would be sent", s)
		}
		for _, b := range []byte(s) {
			if b <= ' ' || b >= 0x7f || b == '"' || b == '{' {
				t.Fatalf("%q would be sent", s)
			}
		}
	})
}
