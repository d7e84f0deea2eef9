package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"scopeaudit/testdata/bench/manifest"
)

// finding is one place that a scanner reported.
type finding struct {
	rule, file    string
	line, endLine int // zero: not told
	cell          int
	masked        string
	harmless      bool // reported for information, which is no alarm
	fits          func(finding, manifest.Value) bool
}

// covers says whether f is v: in its file and, unless v can only be asked for by
// file, at its place.
func (f finding) covers(v manifest.Value) bool {
	return (f.file == v.File || v.Also != "" && f.file == v.Also) && f.fits(f, v)
}

// overlaps says whether f's lines meet v's.
func (f finding) overlaps(v manifest.Value) bool {
	return v.Line == 0 || f.line <= v.EndLine && max(f.line, f.endLine) >= v.Line
}

// fitting is which of our rules may find a value of a kind.
var fitting = map[manifest.Kind][]string{
	manifest.AccessToken:        {"google-access-token"},
	manifest.RefreshToken:       {"google-refresh-token"},
	manifest.LegacyRefreshToken: {"google-refresh-token-legacy"},
	manifest.ClientSecret:       {"google-client-secret"},
	manifest.LegacyClientSecret: {"google-client-secret-legacy"},
	manifest.APIKey:             {"google-api-key"},
	manifest.ExpressKey:         {"google-express-key"},
	manifest.ServiceAccountKey:  {"google-service-account-key"},
	manifest.AuthorizationCode:  {"google-authorization-code"},
	manifest.FCMKey:             {"google-fcm-server-key"},
	manifest.StorageHMAC:        {"google-storage-hmac"},
	manifest.CutShort:           {"google-token-cut-short"},
	manifest.OAuthClient:        {"google-oauth-client"},
	manifest.FullCredential:     {"google-full-credential"},
}

// fitsOurs is strict: a fitting rule, the place, and where the report shows the
// value's last characters, those too.
func fitsOurs(f finding, v manifest.Value) bool {
	_, tail, shown := strings.Cut(f.masked, ")…")
	switch {
	case !slices.Contains(fitting[v.Kind], f.rule):
		return false
	case shown && v.Tail != "" && tail != v.Tail:
		return false
	case v.Cell > 0 && f.cell > 0:
		return f.cell == v.Cell
	case v.Member != "":
		return true // the line, if any, may be the archive's
	}
	return f.overlaps(v)
}

// fitsOthers is generous to scanners that have other rules: anything at the
// place counts, and anything in the file where the value is encoded.
func fitsOthers(f finding, v manifest.Value) bool { return v.Encoded || f.overlaps(v) }

func scopeaudit(bin, dir string, more []string) ([]finding, error) {
	var report struct {
		Findings []struct {
			Rule, Severity, Masked, Secret string
			Locations                      []struct {
				Path    string
				Line    int
				EndLine int `json:"end_line"`
				Cell    int
			}
		}
	}
	args := append([]string{"audit", "--offline", "--exit-zero", "--format", "json"}, more...)
	// 3 is "not all could be read": what it did find counts.
	if err := output(bin, append(args, dir), &report, 0, 3); err != nil {
		return nil, err
	}
	var out []finding
	for _, f := range report.Findings {
		if f.Secret == "" {
			continue // about scopes or files, not about a secret
		}
		for _, l := range f.Locations {
			out = append(out, finding{f.Rule, l.Path, l.Line, l.EndLine, l.Cell, f.Masked, f.Severity == "info", fitsOurs})
		}
	}
	return out, nil
}

func gitleaks(bin, dir string, more []string) ([]finding, error) {
	var report []struct {
		RuleID, File       string
		StartLine, EndLine int
	}
	args := append([]string{"dir", "--no-banner", "--log-level", "fatal", "--exit-code", "0", "--redact",
		"--report-format", "json", "--report-path", "-"}, more...)
	if err := output(bin, append(args, dir), &report, 0); err != nil {
		return nil, err
	}
	var out []finding
	for _, f := range report {
		name, _, _ := strings.Cut(f.File, "!") // a member follows its archive
		file, err := filepath.Rel(dir, name)
		if err != nil {
			return nil, err
		}
		out = append(out, finding{rule: f.RuleID, file: filepath.ToSlash(file), line: f.StartLine, endLine: f.EndLine, fits: fitsOthers})
	}
	return out, nil
}

// output runs a program and decodes the JSON that it prints.
func output(bin string, args []string, into any, ok ...int) error {
	cmd := exec.Command(bin, args...)
	cmd.Stderr = os.Stderr
	data, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && slices.Contains(ok, exit.ExitCode())) {
		return fmt.Errorf("%s: %w", bin, err)
	}
	return json.Unmarshal(data, into)
}
