package report

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit"
)

// documentKeys is the promise of format version 1: every name, where it stands,
// in order. It changes only together with the version.
const documentKeys = `
version
tool
complete
sandbox
coverage
coverage.files
coverage.bytes
coverage.blobs
coverage.changed_files
coverage.suppressed
coverage.skipped
coverage.skipped.path
coverage.skipped.reason
coverage.skipped.kind
policy
policy.name
policy.source
policy.digest
scopes
scopes.scope
scopes.power
scopes.tier
scopes.allowed
scopes.requested
scopes.granted
scopes.needed
credentials
credentials.id
credentials.location
credentials.location.origin
credentials.location.path
credentials.location.member
credentials.location.line
credentials.location.column
credentials.location.end_line
credentials.location.end_column
credentials.location.cell
credentials.location.output
credentials.location.blob
credentials.location.commit
credentials.location.commit_date
credentials.location.in_head
credentials.location.refs
credentials.location.git
credentials.kind
credentials.client_id
credentials.account
credentials.refresh_token
credentials.access
credentials.refresh
credentials.expires_at
credentials.scopes
credentials.scopes.scope
credentials.scopes.claimed
credentials.scopes.granted
credentials.scopes.allowed
credentials.scopes.needed
credentials.client
credentials.probe
needs
programs
findings
findings.rule
findings.severity
findings.confidence
findings.message
findings.remedy
findings.in_git
findings.masked
findings.fingerprint
findings.secret
findings.subject
findings.subject.scope
findings.subject.credential
findings.subject.program
findings.subject.method
findings.locations
findings.locations.origin
findings.locations.path
findings.locations.member
findings.locations.line
findings.locations.column
findings.locations.end_line
findings.locations.end_column
findings.locations.cell
findings.locations.output
findings.locations.blob
findings.locations.commit
findings.locations.commit_date
findings.locations.in_head
findings.locations.refs
findings.locations.git
findings.parts
findings.suppressed
findings.suppressed.by
findings.suppressed.reason
findings.suppressed.location
findings.suppressed.location.origin
findings.suppressed.location.path
findings.suppressed.location.member
findings.suppressed.location.line
findings.suppressed.location.column
findings.suppressed.location.end_line
findings.suppressed.location.end_column
findings.suppressed.location.cell
findings.suppressed.location.output
findings.suppressed.location.blob
findings.suppressed.location.commit
findings.suppressed.location.commit_date
findings.suppressed.location.in_head
findings.suppressed.location.refs
findings.suppressed.location.git
findings.suppressed.until
findings.lowered
findings.lowered.from
findings.lowered.marker
findings.lowered.location
findings.lowered.location.origin
findings.lowered.location.path
findings.lowered.location.member
findings.lowered.location.line
findings.lowered.location.column
findings.lowered.location.end_line
findings.lowered.location.end_column
findings.lowered.location.cell
findings.lowered.location.output
findings.lowered.location.blob
findings.lowered.location.commit
findings.lowered.location.commit_date
findings.lowered.location.in_head
findings.lowered.location.refs
findings.lowered.location.git
baselines
baselines.name
baselines.format
baselines.entries
baselines.matched
baselines.outside
baselines.unmatched
baselines.unmatched.line
baselines.unmatched.rule
baselines.unmatched.path
baselines.unmatched.path_line
baselines.unmatched.commit
baselines.unmatched.fingerprint
baselines.unmatched.reason
advice
notes
`

// keys lists the names of a document in the order of their first appearance,
// each with its path; list elements do not count as a step.
func keys(t *testing.T, doc string) []string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(doc))
	var all []string
	seen := make(map[string]bool)
	var value func(path string)
	value = func(path string) {
		tok, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch tok {
		case json.Delim('{'):
			for d.More() {
				key, err := d.Token()
				if err != nil {
					t.Fatal(err)
				}
				inner := strings.TrimPrefix(path+"."+key.(string), ".")
				if !seen[inner] {
					seen[inner] = true
					all = append(all, inner)
				}
				value(inner)
			}
			_, _ = d.Token()
		case json.Delim('['):
			for d.More() {
				value(path)
			}
			_, _ = d.Token()
		}
	}
	value("")
	return all
}

func TestJSONKeys(t *testing.T) {
	r := sample()
	// A suppressed finding comes first, so that all names appear in order.
	last := slices.IndexFunc(r.Findings, func(f audit.Finding) bool { return f.Suppressed != nil })
	r.Findings[0], r.Findings[last] = r.Findings[last], r.Findings[0]
	r.Findings[0].Parts = []string{"a"}
	want := strings.Fields(documentKeys)
	if diff := cmp.Diff(want, keys(t, string(render(t, JSON, r, Options{})))); diff != "" {
		t.Errorf("the names of the document changed:\n%s", diff)
	}
}

// TestJSONUnknown holds every list to [] and all that is not known to null.
func TestJSONUnknown(t *testing.T) {
	r := audit.Report{
		Scopes:      []audit.ScopeRow{{}},
		Credentials: []audit.CredentialRow{{Scopes: []audit.CredentialScope{{}}}},
		Findings:    []audit.Finding{{Suppressed: &audit.Suppression{}}},
	}
	var got map[string]any
	if err := json.Unmarshal(render(t, JSON, r, Options{}), &got); err != nil {
		t.Fatal(err)
	}
	finding := got["findings"].([]any)[0].(map[string]any)
	credential := got["credentials"].([]any)[0].(map[string]any)
	scope := got["scopes"].([]any)[0].(map[string]any)
	place := credential["location"].(map[string]any)
	for _, c := range []struct {
		in   map[string]any
		want map[string]any
	}{
		{got, map[string]any{"version": 1.0, "needs": nil, "programs": []any{}, "notes": []any{}}},
		{got["coverage"].(map[string]any), map[string]any{"changed_files": nil, "skipped": []any{}}},
		{scope, map[string]any{"power": []any{}, "allowed": nil, "requested": nil, "granted": nil, "needed": nil}},
		{credential, map[string]any{"expires_at": nil, "account": ""}},
		{credential["scopes"].([]any)[0].(map[string]any), map[string]any{"claimed": false, "granted": nil, "allowed": nil, "needed": nil}},
		{place, map[string]any{"line": nil, "column": nil, "cell": nil, "output": false, "in_head": nil, "refs": []any{}}},
		{finding, map[string]any{"locations": []any{}, "parts": []any{}, "secret": ""}},
		{finding["suppressed"].(map[string]any), map[string]any{"location": nil, "until": nil}},
	} {
		for key, want := range c.want {
			value, ok := c.in[key]
			if !ok || !reflect.DeepEqual(value, want) {
				t.Errorf("%s is %v, want %v", key, value, want)
			}
		}
	}
	if out := string(render(t, JSON, audit.Report{}, Options{})); !strings.HasSuffix(out, "}\n") || strings.Count(out, "null") != 2 {
		t.Errorf("the empty report is\n%s", out)
	}
}
