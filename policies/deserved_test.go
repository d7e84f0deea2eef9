package policies

import (
	"strings"
	"testing"
	"testing/fstest"

	"scopeaudit/audit/scopes"
)

// Whatever code is called, the policy that it deserves is one that its own reader
// takes, and that allows just what was asked for.
func TestDeserved(t *testing.T) {
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, why := range []string{
		"gmail.users.messages.list at app.py:3", "", "evil\x1b[2J: \"x\"\n- scope: drive", strings.Repeat("x", 5000), "# no comment", "\u202e",
	} {
		data, err := Deserved(DeservedOptions{
			Catalogue: cat, Beware: []string{why},
			Needs: []Need{{"https://mail.google.com/", why}, {"https://www.googleapis.com/auth/gmail.settings.basic", why}},
		})
		if err != nil {
			t.Fatalf("%q: %v", why, err)
		}
		p, err := Decode(fstest.MapFS{"p.yaml": {Data: data}}, "p.yaml", Options{Catalogue: cat})
		if err != nil {
			t.Fatalf("%q: %v\n%s", why, err, data)
		}
		if len(p.Allowed) != 2 || p.MaxPower != scopes.Settings {
			t.Errorf("%q: it allows %v, up to %s", why, p.Allowed, p.MaxPower)
		}
	}
}
