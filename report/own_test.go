package report

import (
	"bytes"
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// What a script needs a scope for itself is told in the place of calls, in the
// report and in the reasons for a review.
func TestOwnScopes(t *testing.T) {
	const storage = scopes.Scope("https://www.googleapis.com/auth/script.storage")
	at := rules.Location{Path: "Code.gs", Line: 4}
	r := audit.Report{Programs: []audit.ProgramRow{{Path: ".", Needs: needs.Program{
		Verdict: needs.Exact, Least: [][]scopes.Scope{{storage}}, Requests: []needs.Request{{Scope: storage, At: rules.Location{Path: "appsscript.json", Line: 2}}},
		Own: []needs.Own{{Scope: storage, At: at, Text: "PropertiesService.getUserProperties()"}},
	}}}}
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	var reasons bytes.Buffer
	if err := Justification(&reasons, r, cat, Options{}); err != nil {
		t.Fatal(err)
	}
	p := newPage(Options{})
	lines := strings.Join(p.requests(r.Programs[0]), "\n")
	for _, c := range []struct{ text, want string }{
		{reasons.String(), "The script itself needs it, for PropertiesService.getUserProperties() (Code.gs:4)"},
		{strings.ReplaceAll(lines, tie, " "), "the script itself needs it, at Code.gs:4"},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("%q lacks %q", c.text, c.want)
		}
	}
}
