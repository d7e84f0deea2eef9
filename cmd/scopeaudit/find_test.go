package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFindShowsNoSecret looks for every kind of secret in every place that is
// read, in every format, and searches what was printed for it: also where a file
// is called as the secret is, and where the secret has a shape that nobody knows.
func TestFindShowsNoSecret(t *testing.T) {
	planted := plantSecrets()
	planted["nobody's"] = "correct-horse-battery-staple"
	files := secretFiles(planted)
	files["named/"+planted["nobody's"]] = "x = '" + planted["nobody's"] + "'\n"
	// One file holds them all, so that each has a copy.
	all, _ := json.Marshal(planted)
	files["all.json"] = string(all)
	given, wanted := t.TempDir(), t.TempDir()
	for name, content := range files {
		file := filepath.Join(given, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for kind, secret := range planted {
		file := filepath.Join(wanted, "wanted")
		if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"--format", "text"}, {"--format", "json"}, {"--format", "sarif"}, {"--quiet"}, {"--strict"}, {"--rules", file}, {"--only", "google-*"},
		} {
			var stdout, stderr bytes.Buffer
			code := run(context.Background(), append([]string{"scan", "--find", file, given}, args...), environment{
				stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" },
			})
			want := exitFindings
			switch args[0] {
			case "--rules":
				want = exitUsage
			case "--only": // nothing is left, and what was skipped by design is no failure
				want = exitClean
			}
			if code != int(want) {
				t.Errorf("%s, %q: exit status %d, want %d\n%s", kind, args, code, want, stderr.String())
			}
			for form, value := range givenAway(secret) {
				if strings.Contains(stdout.String()+stderr.String(), value) {
					t.Errorf("%s, %q: shown (%s)", kind, args, form)
				}
			}
		}
	}
}
