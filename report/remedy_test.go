package report

import (
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// What mends several findings is said once, unless it is short; and each still
// says that something does.
func TestRemedyIsSaidOnce(t *testing.T) {
	long := "ask for gmail.readonly instead, remove the old grant at https://myaccount.google.com/connections and sign in again"
	r := clean()
	for i, f := range []struct {
		rule   rules.ID
		remedy string
	}{
		{rules.ScopeExcess, long}, {rules.ScopeExcess, long}, {rules.ScopeNarrower, long}, {rules.FlowTokenMode, "Create it with mode 0600."}, {rules.FileReadable, "Create it with mode 0600."},
	} {
		r.Findings = append(r.Findings, audit.Finding{Rule: f.rule, Severity: rules.High, Confidence: rules.HighConfidence, Message: "it is wrong", Remedy: f.remedy, Fingerprint: string(rune('a' + i))})
	}
	text := strings.Join(strings.Fields(string(render(t, Text, r, Options{Quiet: true}))), " ")
	for words, times := range map[string]int{
		"mend " + long: 1, "mend as above": 1, "mend as for scope-excess above": 1, "mend Create it with mode 0600.": 2,
	} {
		if n := strings.Count(text, words); n != times {
			t.Errorf("%q stands %d times, want %d:\n%s", words, n, times, text)
		}
	}
}
