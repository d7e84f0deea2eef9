package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// TestInterrupt: an interrupt ends a wait for standard input that never ends, and
// no report is printed as if the run had been whole.
func TestInterrupt(t *testing.T) {
	for _, args := range [][]string{{"token", "-"}, {"audit", "--credential", "-", t.TempDir()}} {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		interrupted, interrupt := context.WithCancel(context.Background())
		context.AfterFunc(ctx, interrupt)
		stdin, keep := io.Pipe()
		var stdout, stderr bytes.Buffer
		done := make(chan int, 1)
		go func() {
			done <- run(interrupted, args, environment{stdin: stdin, stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }})
		}()
		select {
		case code := <-done:
			if code != int(exitUnfinished) || stdout.Len() > 0 || !strings.Contains(stderr.String(), "interrupted") {
				t.Errorf("%q: exit status %d, printed %q and %q", args, code, stdout.String(), stderr.String())
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%q: still waits for standard input", args)
		}
		cancel()
		keep.Close()
	}
}
