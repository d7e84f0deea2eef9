package login

import (
	"fmt"
	"testing"

	"scopeaudit/audit/scopes"
)

func TestCompare(t *testing.T) {
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	const google = "https://www.googleapis.com/auth/"
	for _, tt := range []struct{ asked, granted, missing, extra string }{
		{"gmail.readonly openid email", "openid " + google + "userinfo.email " + google + "gmail.readonly", "[]", "[]"},
		{"gmail.readonly", "openid " + google + "gmail.readonly", "[]", "[]"},
		{"gmail.readonly openid", google + "gmail.readonly", "[openid]", "[]"},
		{"gmail.readonly gmail.readonly", google + "gmail.readonly", "[]", "[]"},
		{"gmail.readonly", "https://mail.google.com/", "[" + google + "gmail.readonly]", "[https://mail.google.com/]"},
		{"gmail.readonly", google + "gmail.readonly " + google + "gmail.labels email", "[]", "[" + google + "gmail.labels " + google + "userinfo.email]"},
		{"gmail.readonly gmail.labels", google + "gmail.labels", "[" + google + "gmail.readonly]", "[]"},
		{"api:read", "api:read api:write", "[]", "[api:write]"},
	} {
		d := Compare(cat, scopes.Split(tt.asked), scopes.Split(tt.granted))
		if fmt.Sprint(d.Missing) != tt.missing || fmt.Sprint(d.Extra) != tt.extra {
			t.Errorf("asked %s, granted %s: missing %v, extra %v", tt.asked, tt.granted, d.Missing, d.Extra)
		}
	}
}
