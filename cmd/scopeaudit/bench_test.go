package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkAuditExample is the README's first command without the start of the
// process: loading the catalogue and the policy, the walk, the comparison, the
// report.
func BenchmarkAuditExample(b *testing.B) {
	example := filepath.Join(repository, "testdata", "bailfund")
	for b.Loop() {
		var errs bytes.Buffer
		code := run(context.Background(), []string{"audit", example}, environment{
			stdin: strings.NewReader(""), stdout: io.Discard, stderr: &errs, getenv: func(string) string { return "" },
		})
		if code != 1 {
			b.Fatalf("exit status %d: %s", code, errs.String())
		}
	}
}
