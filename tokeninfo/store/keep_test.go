package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func problemIs(err error, p Problem) bool {
	var f *FileError
	return errors.As(err, &f) && f.Problem == p && f.Hint() != ""
}

// A file that another program changed after it was read stays as that program
// left it.
func TestReplacedMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token.json")
	for _, now := range []string{"other", "longer than before", ""} {
		if err := os.WriteFile(path, []byte(now), 0o600); err != nil {
			t.Fatal(err)
		}
		err := WriteFile(path, []byte("new"), WriteOptions{Replace: true, Was: []byte("first")})
		if got, _ := os.ReadFile(path); !problemIs(err, Changed) || string(got) != now {
			t.Errorf("%q: %v, the file holds %q", now, err, got)
		}
	}
	os.Remove(path)
	if err := WriteFile(path, []byte("new"), WriteOptions{Replace: true, Was: []byte("first")}); !problemIs(err, Changed) {
		t.Errorf("removed meanwhile: %v", err)
	}
	os.WriteFile(path, []byte("first"), 0o600)
	if err := WriteFile(path, []byte("new"), WriteOptions{Replace: true, Was: []byte("first")}); err != nil {
		t.Error(err)
	}
	entries, _ := os.ReadDir(filepath.Dir(path))
	if len(entries) != 1 {
		t.Errorf("%d files", len(entries))
	}
}

func TestCanWrite(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "token.json")
	os.WriteFile(file, []byte("old"), 0o644)
	locked := filepath.Join(folder, "locked.json")
	os.WriteFile(locked, []byte("old"), 0o444)
	link := filepath.Join(folder, "link.json")
	if err := os.Symlink(file, link); err != nil {
		t.Skipf("this system makes no links: %v", err)
	}
	for _, tt := range []struct {
		path    string
		replace bool
		want    Problem
	}{
		{filepath.Join(folder, "new.json"), false, ""},
		{file, true, ""},
		{file, false, Exists},
		{locked, true, ReadOnly},
		{link, true, Link},
		{folder, true, Folder},
		{filepath.Join(folder, "none", "x.json"), true, NoFolder},
		{folder + "/..", true, BadName},
	} {
		err := CanWrite(tt.path, tt.replace)
		if (err == nil) != (tt.want == "") || err != nil && !problemIs(err, tt.want) {
			t.Errorf("%s: %v, want %q", tt.path, err, tt.want)
		}
	}
	if got, _ := os.ReadFile(file); !bytes.Equal(got, []byte("old")) {
		t.Errorf("the file holds %q", got)
	}
	entries, _ := os.ReadDir(folder)
	if len(entries) != 3 {
		t.Errorf("%d files are left", len(entries))
	}
}
