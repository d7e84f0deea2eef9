package report

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	// It carries OASIS's schema, which it does not export: what counts is that
	// go.mod pins the copy and go.sum proves it.
	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// officialSchema compiles OASIS's schema for SARIF 2.1.0 with errata 01, read
// from the source of the module that go.mod pins.
func officialSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatalf("find the module with the schema: %v", err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(out)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var source string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && v.Names[0].Name == "schema" {
			if source, err = strconv.Unquote(v.Values[0].(*ast.BasicLit).Value); err != nil {
				t.Fatal(err)
			}
		}
		return true
	})
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	if title := schema.(map[string]any)["title"]; title != "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema" {
		t.Fatalf("the schema calls itself %q", title)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestSARIFSchema(t *testing.T) {
	schema := officialSchema(t)
	reports := map[string]audit.Report{
		"sample": sample(), "clean": clean(), "incomplete": incomplete(), "asked": asked(), "names": names(), "zero": {},
		"many": many(MaxSARIFResults + 7),
	}
	for _, s := range hostile {
		reports[s] = infested(s)
	}
	for name, r := range reports {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(render(t, SARIF, r, Options{}))))
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		checkGitHub(t, name, r)
	}

	// The schema has teeth: each of these breaks it.
	for _, broken := range [][2]string{
		{`"columnKind": "unicodeCodePoints"`, `"columnKind": "runes"`},
		{`"ruleIndex"`, `"rule_index"`},
		{`"startLine": 1`, `"startLine": 0`},
		{`"executionSuccessful": true,`, ``},
	} {
		text := string(render(t, SARIF, sample(), Options{}))
		if !strings.Contains(text, broken[0]) {
			t.Fatalf("the sample has no %s", broken[0])
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(text, broken[0], broken[1], 1)))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(doc) == nil {
			t.Errorf("the schema lets %s pass", broken[1])
		}
	}
}

// many is a report with n findings.
func many(n int) audit.Report {
	r := clean()
	for i := range n {
		f := audit.Finding{
			Rule: rules.GoogleAccessToken, Severity: rules.Severity(i % 5), Confidence: rules.HighConfidence,
			Message: "an access token", Fingerprint: fmt.Sprintf("%032x", i),
			Locations: []rules.Location{{Origin: rules.Tree, Path: fmt.Sprintf("%d.json", i), Line: 1}},
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

// checkGitHub holds a report to what GitHub's code scanning asks beyond the
// schema: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
func checkGitHub(t *testing.T, name string, r audit.Report) {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal(render(t, SARIF, r, Options{}), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%.40q: "+format, append([]any{name}, args...)...)
	}
	filled := func(what, s string, most int) {
		t.Helper()
		if s == "" || most > 0 && utf8.RuneCountInString(s) > most {
			fail("%s has %d characters", what, utf8.RuneCountInString(s))
		}
	}
	if !strings.HasSuffix(string(run.AutomationDetails.ID), "/") || strings.Count(string(run.AutomationDetails.ID), "/") != 2 {
		fail("automationDetails.id %q is no category", run.AutomationDetails.ID)
	}
	seen := make(map[text]bool)
	for _, rule := range run.Tool.Driver.Rules {
		if seen[rule.ID] {
			fail("rule %q is listed twice", rule.ID)
		}
		seen[rule.ID] = true
		filled("id", string(rule.ID), 0)
		filled("shortDescription", rule.ShortDescription.Text, 1024)
		filled("fullDescription", rule.FullDescription.Text, 1024)
		filled("help", rule.Help.Text, 0)
		filled("help.markdown", rule.Help.Markdown, 0)
		if rule.Properties.SecuritySeverity != "" {
			if !slices.Contains(rule.Properties.Tags, "security") {
				fail("rule %q has a score and no tag", rule.ID)
			}
			if n, err := strconv.ParseFloat(rule.Properties.SecuritySeverity, 64); err != nil || n <= 0 || n > 10 {
				fail("rule %q has the score %q", rule.ID, rule.Properties.SecuritySeverity)
			}
		}
	}
	if len(run.Results) > MaxSARIFResults {
		fail("%d results", len(run.Results))
	}
	for _, result := range run.Results {
		if i := result.RuleIndex; i < 0 || i >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[i].ID != result.RuleID {
			fail("result of %q points to rule %d", result.RuleID, i)
		}
		filled("message", string(result.Message.Text), 0)
		if len(result.Locations) != 1 || len(result.Related)+1 > maxSARIFLocations {
			fail("%d locations and %d related ones", len(result.Locations), len(result.Related))
		}
		for _, l := range append(result.Locations, result.Related...) {
			uri := l.Physical.Artifact.URI
			if u, err := url.Parse(uri); err != nil || uri == "" || u.IsAbs() || u.Host != "" || u.RawQuery != "" || u.Fragment != "" || strings.HasPrefix(uri, "/") {
				fail("the URI %q is not a relative path: %v", uri, err)
			}
			if l.Physical.Region.StartLine < 1 {
				fail("a region starts at line %d", l.Physical.Region.StartLine)
			}
		}
	}
}

func TestSARIFCut(t *testing.T) {
	const extra = 7
	var log sarifLog
	if err := json.Unmarshal(render(t, SARIF, many(MaxSARIFResults+extra), Options{}), &log); err != nil {
		t.Fatal(err)
	}
	results := log.Runs[0].Results
	if len(results) != MaxSARIFResults {
		t.Fatalf("%d results, want %d", len(results), MaxSARIFResults)
	}
	last := results[len(results)-1]
	if last.RuleID != text(resultsCut.ID) || !strings.HasPrefix(string(last.Message.Text), fmt.Sprintf("%d more findings, none graver than info,", extra+1)) {
		t.Errorf("the last result is %q: %q", last.RuleID, last.Message.Text)
	}
	if !strings.HasSuffix(string(results[0].RuleID), "/critical") || results[0].Level != "error" {
		t.Errorf("the first result is %q, %q", results[0].RuleID, results[0].Level)
	}
	if log.Runs[0].Properties.Findings != MaxSARIFResults+extra {
		t.Errorf("the counts name %d findings", log.Runs[0].Properties.Findings)
	}
	if err := json.Unmarshal(render(t, SARIF, many(MaxSARIFResults), Options{}), &log); err != nil {
		t.Fatal(err)
	}
	if results := log.Runs[0].Results; len(results) != MaxSARIFResults || results[len(results)-1].RuleID == text(resultsCut.ID) {
		t.Error("a report that fits is cut")
	}
}

func TestSARIFManyPlaces(t *testing.T) {
	r := many(1)
	r.Findings[0].Locations = slices.Repeat(r.Findings[0].Locations, maxSARIFLocations+5)
	checkGitHub(t, "places", r)
	if out := string(render(t, SARIF, r, Options{})); !strings.Contains(out, "It is in 5 more places.") {
		t.Error("the message does not say how many places were left out")
	}
}

func TestSARIFManySkips(t *testing.T) {
	r := clean()
	r.Coverage.Skipped = slices.Repeat([]rules.Skipped{{Path: "link", Reason: "a link", Kind: rules.ByDesign}}, maxSARIFNotices+5)
	r.Coverage.Skipped = append(r.Coverage.Skipped, rules.Skipped{Path: "broken", Reason: "corrupt", Kind: rules.ByFailure})
	notices := invocation(r).Notifications
	if len(notices) != maxSARIFNotices || notices[0].Level != "error" || notices[len(notices)-1].Message.Text != "7 more were not examined" {
		t.Errorf("%d notices, the first %v, the last %v", len(notices), notices[0], notices[len(notices)-1])
	}
}

func TestRegion(t *testing.T) {
	for _, c := range []struct {
		in   rules.Location
		want sarifRegion
	}{
		{rules.Location{}, sarifRegion{StartLine: 1}},
		{rules.Location{Line: 3}, sarifRegion{StartLine: 3}},
		{rules.Location{Line: -3, Column: 2}, sarifRegion{StartLine: 1}},
		{rules.Location{Line: 3, Column: 2}, sarifRegion{StartLine: 3, StartColumn: 2}},
		{rules.Location{Line: 3, Column: 2, EndLine: 3, EndColumn: 9}, sarifRegion{3, 2, 3, 9}},
		{rules.Location{Line: 3, Column: 9, EndLine: 4, EndColumn: 2}, sarifRegion{3, 9, 4, 2}},
		{rules.Location{Line: 3, Column: 9, EndLine: 3, EndColumn: 2}, sarifRegion{StartLine: 3, StartColumn: 9}},
		{rules.Location{Line: 3, Column: 9, EndLine: 2, EndColumn: 20}, sarifRegion{StartLine: 3, StartColumn: 9}},
	} {
		if got := region(c.in); got != c.want {
			t.Errorf("region(%+v) = %+v, want %+v", c.in, got, c.want)
		}
	}
}

func TestSARIFRuleIDs(t *testing.T) {
	r := sample()
	r.Findings = append(r.Findings, audit.Finding{Rule: "not-listed", Severity: rules.Low, Confidence: rules.LowConfidence})
	all := newSARIFRules(r)
	for _, c := range []struct {
		id       rules.ID
		severity rules.Severity
		want     text
	}{
		{rules.ScopeExcess, rules.High, "scope-excess"},
		{rules.ScopeExcess, rules.Medium, "scope-excess/medium"},
		{rules.GoogleClientID, rules.Info, "google-client-id"},
		{"not-listed", rules.Low, "not-listed"},
	} {
		id, index := all.of(c.id, c.severity)
		if id != c.want || all.list[index].ID != c.want {
			t.Errorf("of(%q, %s) = %q, %d", c.id, c.severity, id, index)
		}
	}
}
