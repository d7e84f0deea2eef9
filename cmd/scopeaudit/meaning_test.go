package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// printed runs the program and gives what it printed and its exit status.
func printed(t *testing.T, args ...string) (string, int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, environment{
		stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" },
	})
	if stderr.Len() > 0 {
		t.Errorf("%q: %s", args, stderr.String())
	}
	return stdout.String(), code
}

// project writes a folder with a credential and a source file that leaks another.
func project(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := plantSecrets()
	for name, content := range map[string]string{
		"token.json": secretFiles(s)["token.json"],
		"main.py":    fmt.Sprintf("key = %q\n", s["API key"]),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// fingerprints maps those of an audit's JSON report to their rules.
func fingerprints(t *testing.T, args ...string) map[string]string {
	t.Helper()
	out, _ := printed(t, append([]string{"audit", "--format", "json"}, args...)...)
	var report struct {
		Findings []struct{ Rule, Fingerprint string }
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	for _, f := range report.Findings {
		found[f.Fingerprint] = f.Rule
	}
	if len(found) != len(report.Findings) || len(found) == 0 {
		t.Fatalf("%d findings with %d fingerprints", len(report.Findings), len(found))
	}
	return found
}

// TestFingerprintsStay holds a finding's name through what does not change it,
// and an exception by that name to what it promises.
func TestFingerprintsStay(t *testing.T) {
	dir := project(t)
	want := fmt.Sprint(fingerprints(t, dir))
	t.Chdir(dir)
	if got := fmt.Sprint(fingerprints(t, ".")); got != want {
		t.Errorf("from inside:\n%s\nwant\n%s", got, want)
	}
	source, err := os.ReadFile("main.py")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("main.py", append([]byte("# a line\n# more\n"), source...), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(fingerprints(t, dir)); got != want {
		t.Errorf("after lines were added above:\n%s\nwant\n%s", got, want)
	}

	policy := "version: 1\nallow:\n  - {scope: gmail.readonly, why: the report reads the inbox}\nexceptions:\n"
	for fingerprint, rule := range fingerprints(t, dir) {
		policy += fmt.Sprintf("  - {rule: %s, fingerprint: %q, reason: made up for class, owner: kim, until: 2099-01-01}\n", rule, fingerprint)
	}
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := printed(t, "audit", "--policy", file, "--fail-on", "info", dir); code != 0 {
		t.Errorf("all findings are excused: exit status %d\n%s", code, out)
	}
}

// TestBarePath: `scopeaudit PATH` is `scopeaudit audit PATH`, with every flag,
// and equal input gives equal bytes.
func TestBarePath(t *testing.T) {
	dir := project(t)
	for _, flags := range [][]string{
		nil, {"--format", "json"}, {"--format", "sarif"}, {"--quiet"}, {"--strict"}, {"--exit-zero"}, {"--fail-on", "critical"},
		{"--only", "scope-*"}, {"--skip", "google-full-credential"}, {"--policy", "gmail-modify"}, {"--offline", "--credential", filepath.Join(dir, "token.json")},
	} {
		want, code := printed(t, append(append([]string{"audit"}, flags...), dir)...)
		for range 3 {
			got, gotCode := printed(t, append(append([]string{}, flags...), dir)...)
			if got != want || gotCode != code {
				t.Errorf("%q: exit status %d, want %d, or another report", flags, gotCode, code)
			}
		}
	}
}

// TestFirstPolicyHolds: what `policy init` writes judges no scope of the
// credentials that it was made from.
func TestFirstPolicyHolds(t *testing.T) {
	dir := project(t)
	text, code := printed(t, "policy", "init", dir)
	if code != 0 {
		t.Fatalf("exit status %d", code)
	}
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, rule := range fingerprints(t, "--policy", file, dir) {
		if strings.HasPrefix(rule, "scope-") || rule == "power-excess" || rule == "refresh-token-present" || rule == "client-not-allowed" {
			t.Errorf("%s under a policy made from the same credential", rule)
		}
	}
}
