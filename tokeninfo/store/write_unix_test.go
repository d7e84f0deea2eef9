//go:build unix

package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestWriteFileUmask(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o077, 0o777} {
		for _, mode := range []fs.FileMode{0o600, 0o644} {
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			before := syscall.Umask(mask)
			err := WriteFile(path, []byte("new"), WriteOptions{Mode: mode})
			syscall.Umask(before)
			if err != nil {
				t.Fatalf("umask %04o: %v", mask, err)
			}
			wantMode(t, path, mode)
		}
	}
}

// Until it is finished, nobody else can read what is written.
func TestWriteFileIsNeverOpenToOthers(t *testing.T) {
	dir := t.TempDir()
	defer syscall.Umask(syscall.Umask(0))
	err := writeFile(filepath.Join(dir, "file"), []byte("new"), WriteOptions{}, func(s step) error {
		found, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			return err
		}
		hidden, err := filepath.Glob(filepath.Join(dir, ".*"))
		for _, f := range append(found, hidden...) {
			wantMode(t, f, 0o600)
		}
		if n := len(found) + len(hidden); (n == 0) != (s == beforeCreate) {
			t.Errorf("before %s there are %d files", s, n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWriteFileRefusesDevices(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, "/dev/null"} {
		wantProblem(t, WriteFile(path, []byte("new"), WriteOptions{Replace: true}), path, NotRegular)
	}
	wantOnly(t, dir, map[string]string{"fifo": ""})
}

// The name is as long as the system allows; the temporary file's is our own.
func TestWriteFileLongName(t *testing.T) {
	dir := t.TempDir()
	name := strings.Repeat("n", 255)
	if err := WriteFile(filepath.Join(dir, name), []byte("new"), WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	wantOnly(t, dir, map[string]string{name: "new"})
	path := filepath.Join(dir, name+"n")
	wantProblem(t, WriteFile(path, []byte("new"), WriteOptions{}), path, Unwritable)
	wantOnly(t, dir, map[string]string{name: "new"})
}

// Another hard link of a replaced file keeps the old content.
func TestWriteFileHardLink(t *testing.T) {
	dir := t.TempDir()
	path := makeFile(t, filepath.Join(dir, "file"), "old", 0o644)
	if err := os.Link(path, filepath.Join(dir, "twin")); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("new"), WriteOptions{Replace: true}); err != nil {
		t.Fatal(err)
	}
	wantOnly(t, dir, map[string]string{"file": "new", "twin": "old"})
}
