//go:build unix

package store

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// None of these may be opened, or the test would hang.
func TestNeverBlocks(t *testing.T) {
	dir, err := os.MkdirTemp("", "s") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	fifo, link, sock := filepath.Join(dir, "fifo"), filepath.Join(dir, "link"), filepath.Join(dir, "sock")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(fifo, link); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, path := range []string{fifo, link, sock, "/dev/null", "/dev/zero", "/dev/random", "/dev/tty"} {
		_, _, err := ReadFile(path, 100) // one that blocks never returns
		wantProblem(t, err, path, NotRegular)
	}
}

// The name changed hands after it was looked at: the flags of the descriptor
// hold against a pipe and a link alike.
func TestOpenFileHolds(t *testing.T) {
	dir := t.TempDir()
	fifo, link := filepath.Join(dir, "fifo"), filepath.Join(dir, "link")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f, err := openFile(fifo)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		if info, err := f.Stat(); err != nil || notRegular(info.Mode()) != NotRegular {
			t.Errorf("got %v, %v", info, err)
		}
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("the open of a pipe waits for its other end")
	}
	if err := os.Symlink(makeFile(t, filepath.Join(dir, "real"), "x", 0o600), link); err != nil {
		t.Fatal(err)
	}
	if f, err := openFile(link); err == nil {
		f.Close()
		t.Error("a link was followed")
	}
}
