package secrets

import (
	"strings"
	"testing"

	"scopeaudit/audit/rules"
)

// TestFinderInEveryPlace takes the matrix of kinds and places from the scanner: a
// copy is found wherever a secret is, once, and also where base64 has no head to
// be known by.
func TestFinderInEveryPlace(t *testing.T) {
	wantedKind := map[rules.ID]Kind{
		rules.GoogleAccessToken: AccessToken, rules.GoogleRefreshToken: RefreshToken, rules.GoogleClientSecret: ClientSecret,
		rules.GoogleServiceAccountKey: PrivateKeyText,
	}
	for name, p := range places() {
		for kind, k := range plantedKinds(2) {
			if k.parts > 0 {
				continue // of a composite each part is a secret by itself
			}
			t.Run(name+"/"+kind, func(t *testing.T) {
				value := k.fields[k.at][1]
				if strings.HasPrefix(name, "pickle") {
					k = p.pickled(k)
				}
				s := NewFinder(Key{5}, wanted(wantedKind[k.rule], value))
				text := unmarked(p.text(k))
				data := []byte(text)
				if p.pack != nil {
					data = p.pack(t, text)
				}
				leaks := scanAll(t, s, p.path, data)
				if len(leaks) != 1 || leaks[0].Confidence != rules.HighConfidence || leaks[0].Tag != s.tag([]byte(value)) ||
					leaks[0].Location.Cell != p.cell || leaks[0].Location.Output != p.output || leaks[0].Location.Member != p.member {
					t.Errorf("want one copy, found %s", describe(leaks))
				}
			})
		}
	}
}
