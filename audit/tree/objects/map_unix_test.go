//go:build unix

package objects

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPipes would wait for ever if a pipe were opened to be read.
func TestPipes(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "pack"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "ab"), 0o777); err != nil {
		t.Fatal(err)
	}
	id := HashObject(SHA1, TypeBlob, []byte("x")).String()
	for _, name := range []string{"pack/p.pack", "pack/p.idx", "ab/" + id[2:], "zz"} {
		if err := unix.Mkfifo(filepath.Join(dir, name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	got, stats, skips := read(t, Options{}, Pass{}, Folder(root, "."))
	if len(got) != 0 || len(skips) != 1 || stats.Failed != 1 {
		t.Errorf("%d objects, %+v, skipped %v", len(got), stats, skips)
	}
}
