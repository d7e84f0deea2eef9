package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scopeaudit/audit"
)

// TestBaselineOfAnySize holds that a file which cannot be a list of findings is
// refused before it is read.
func TestBaselineOfAnySize(t *testing.T) {
	huge := filepath.Join(t.TempDir(), "huge.json")
	if err := os.WriteFile(huge, []byte("["), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(huge, audit.MaxBaseline+1); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := run(context.Background(), []string{"scan", "--baseline", huge, t.TempDir()}, environment{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
	})
	if code != int(exitUsage) || !strings.Contains(errs.String(), "is too big") || !strings.Contains(errs.String(), "hint: "+baselineKinds) {
		t.Errorf("exit status %d: %s", code, errs.String())
	}
}
