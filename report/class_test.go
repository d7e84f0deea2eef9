package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo"
)

// students is a folder of n student repositories that all made the same mistakes,
// the last of them one more.
func students(n int) audit.Report {
	r := clean()
	r.Scopes, r.Credentials, r.Findings = nil, nil, nil
	r.Coverage = rules.Coverage{Files: n, Bytes: int64(1000 * n)}
	for i := range n {
		at := rules.Location{Origin: rules.Tree, Path: fmt.Sprintf("class/student%02d/token.json", i+1), Line: 1, Column: 1, Git: rules.GitTracked}
		print := fmt.Sprintf("%032x", i+1)
		r.Credentials = append(r.Credentials, audit.CredentialRow{
			ID: fmt.Sprintf("c%d", i+1), Location: at, Kind: tokeninfo.GoogleAuth, RefreshToken: true,
			Access: tokeninfo.NotAsked, Refresh: audit.RefreshNotAsked, Claim: tokeninfo.ClaimRequested,
			Scopes:     []audit.CredentialScope{{Scope: fullMail, Short: "mail.google.com", Claimed: true, Allowed: no()}},
			CannotTell: []string{"Who else holds a copy."},
		})
		r.Findings = append(r.Findings, audit.Finding{
			Rule: rules.GoogleRefreshToken, Severity: rules.Critical, Confidence: rules.HighConfidence,
			Message: "a refresh token", Remedy: "revoke it", Masked: "1//0…(103)…x7Qk", Secret: fmt.Sprintf("s%d", i+1),
			Fingerprint: print, Locations: []rules.Location{at},
		})
	}
	worst := r.Findings[n-1]
	worst.Rule, worst.Message, worst.Severity, worst.Fingerprint = rules.ScopeExcess, "too wide", rules.High, strings.Repeat("f", 32)
	worst.Masked, worst.Secret, worst.Remedy = "", "", "ask for less"
	r.Credentials[n-1].Warnings = []string{"token_uri is not Google's"}
	r.Findings = append(r.Findings, worst)
	return r
}

// Over a class, text says first who is worst off, says a remedy once, and
// leaves nobody out.
func TestClassReport(t *testing.T) {
	for _, n := range []int{4, 12, 300} {
		out := string(render(t, Text, students(n), Options{}))
		for i := range n {
			if path := fmt.Sprintf("class/student%02d/token.json:1:1", i+1); !strings.Contains(out, path) {
				t.Fatalf("of %d, %s is not there:\n%s", n, path, out)
			}
		}
		want := 1
		if n <= maxAlike {
			want = n
		}
		if got := strings.Count(out, "mend  revoke it"); got != want {
			t.Errorf("of %d, the remedy is there %d times, want %d", n, got, want)
		}
		if got := strings.Contains(out, "Folders"); got != (n > maxAlike) {
			t.Errorf("of %d, there is a table of folders: %v", n, got)
		}
		if !strings.Contains(out, "token_uri is not Google's") || n > maxCredentialsShown && strings.Count(out, "Who else holds a copy.") != 1 {
			t.Errorf("of %d, a warning is gone, or what is unknown is not there once:\n%s", n, out)
		}
	}
}

func TestByFolder(t *testing.T) {
	find := func(severity rules.Severity, paths ...string) audit.Finding {
		f := audit.Finding{Rule: rules.JWT, Severity: severity}
		for _, path := range paths {
			f.Locations = append(f.Locations, rules.Location{Origin: rules.Tree, Path: path})
		}
		return f
	}
	suppressed := find(rules.Critical, "top/d/x")
	suppressed.Suppressed = &audit.Suppression{By: "policy"}
	stdin := find(rules.Low, "-")
	stdin.Locations[0].Origin = rules.Stdin
	for _, tt := range []struct {
		name     string
		findings []audit.Finding
		want     []string
	}{
		{"none", nil, nil},
		{"the worst first, then by name", []audit.Finding{
			find(rules.Low, "b/x"), find(rules.Low, "a/x"), find(rules.High, "c/deep/x"), find(rules.Low, "c/x"),
		}, []string{"c 2", "a 1", "b 1"}},
		{"below the folder above them all", []audit.Finding{find(rules.Low, "top/a/x", "top/a/y"), find(rules.Low, "top/b/c/x")}, []string{"top/a 1", "top/b 1"}},
		{"a secret in two folders counts in each", []audit.Finding{find(rules.Low, "a/x", "b/x")}, []string{"a 1", "b 1"}},
		{"beside the folders", []audit.Finding{find(rules.Low, "a/x"), find(rules.Low, "x")}, []string{". 1", "a 1"}},
		{"beside the folders, further down", []audit.Finding{find(rules.Low, "t/a/x"), find(rules.Low, "t/x")}, []string{"t 1", "t/a 1"}},
		{"names that begin alike", []audit.Finding{find(rules.Low, "ab/x"), find(rules.Low, "a/x")}, []string{"a 1", "ab 1"}},
		{"what is suppressed or in no file", []audit.Finding{suppressed, stdin}, nil},
	} {
		var got []string
		for _, f := range byFolder(tt.findings) {
			got = append(got, fmt.Sprintf("%s %d", f.name, f.count.total))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
