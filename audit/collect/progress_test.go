package collect_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"scopeaudit/audit/collect"
)

// countdown is a context that is cancelled when it was asked often enough.
type countdown struct {
	context.Context
	left *atomic.Int64
}

func (c countdown) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// TestInterruptWithinAFile: a run ends within a file that is too large to hold,
// and not after it, and what it found by then is no result.
func TestInterruptWithinAFile(t *testing.T) {
	const size = 64 << 20
	folder := t.TempDir()
	file := filepath.Join(folder, "large")
	if err := os.WriteFile(file, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, size); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "small"), []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	var progress collect.Progress
	e, err := collect.Run(context.Background(), collect.Sources{Paths: []string{folder}}, collect.Options{Progress: &progress})
	if err != nil || len(e.Coverage.Skipped) > 0 {
		t.Fatal(err, e.Coverage)
	}
	// The beginning is read more than once, to see what the file is.
	if n := progress.Bytes(); progress.Files() != 2 || n < size || n > size+8<<20 {
		t.Errorf("counted %d files and %d bytes", progress.Files(), n)
	}

	var left atomic.Int64
	left.Store(8)
	progress = collect.Progress{}
	_, err = collect.Run(countdown{context.Background(), &left}, collect.Sources{Paths: []string{folder}}, collect.Options{Progress: &progress, Workers: 1})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := progress.Bytes(); n > size/2 {
		t.Errorf("%d bytes were read after the interrupt", n)
	}
}
