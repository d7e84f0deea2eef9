package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scopeaudit/audit"
)

// threeFixes are three files below a root, each to be narrowed.
func threeFixes(t *testing.T) (root string, f fixer, files []audit.FixedFile) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f = fixer{evidence: audit.Evidence{Roots: []audit.Root{{Real: root}}, Sources: map[string]audit.SourceFile{}}, states: map[string]fs.FileMode{}}
	for _, name := range []string{"a/x.py", "b/x.py", "c/x.py"} {
		lies := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(lies), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(lies, []byte("wide\n"), 0o640); err != nil {
			t.Fatal(err)
		}
		f.evidence.Sources[name] = audit.SourceFile{Lies: lies, Sum: sha256.Sum256([]byte("wide\n"))}
		files = append(files, audit.FixedFile{Path: name, Old: []byte("wide\n"), New: []byte("narrow\n")})
	}
	return root, f, files
}

// Where the second of three files cannot be written, none is, and nothing is left
// behind.
func TestWriteFixesAllOrNone(t *testing.T) {
	for _, c := range []struct {
		about  string
		hinder func(path string) error
		want   string
	}{
		{"a file that is protected", func(p string) error { return os.Chmod(p, 0o440) }, "protected against writing"},
		{"a file that changed", func(p string) error { return os.WriteFile(p, []byte("other\n"), 0o640) }, "changed since"},
		{"no file", os.Remove, "does not lie in"},
		{"a link", func(p string) error {
			return errors.Join(os.Rename(p, p+".real"), os.Symlink(p+".real", p))
		}, "changed since"},
		{"a folder", func(p string) error { return errors.Join(os.Remove(p), os.Mkdir(p, 0o755)) }, "is a folder"},
		{"a folder that is a link", func(p string) error {
			dir := filepath.Dir(p)
			away := filepath.Join(t.TempDir(), "away")
			return errors.Join(os.Rename(dir, away), os.Symlink(away, dir))
		}, "does not lie in"},
	} {
		t.Run(c.about, func(t *testing.T) { noneIsWritten(t, c.about, c.hinder, c.want) })
	}
}

// noneIsWritten hinders the second of three writes.
func noneIsWritten(t *testing.T, about string, hinder func(path string) error, want string) {
	t.Helper()
	root, f, files := threeFixes(t)
	if err := hinder(filepath.Join(root, "b", "x.py")); err != nil {
		t.Skipf("needs a system that can make %s: %v", about, err)
	}
	var stdout bytes.Buffer
	a := &app{env: environment{stdout: &stdout, stderr: &stdout}}
	err := a.writeFixes(f, files)
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "b/x.py") && !strings.Contains(err.Error(), filepath.Join("b", "x.py")) {
		t.Errorf("got %v, want %q", err, want)
	}
	for _, name := range []string{"a/x.py", "c/x.py"} {
		if data, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(data) != "wide\n" {
			t.Errorf("%s holds %q, %v", name, data, err)
		}
	}
	if stdout.Len() > 0 {
		t.Errorf("it says %q", stdout.String())
	}
	if left, _ := filepath.Glob(filepath.Join(root, "*", ".scopeaudit-*")); left != nil {
		t.Errorf("left behind: %q", left)
	}
}

// Modes stay, and each file that is written is named.
func TestWriteFixes(t *testing.T) {
	root, f, files := threeFixes(t)
	if err := os.Chmod(filepath.Join(root, "c", "x.py"), 0o755); err != nil {
		t.Fatal(err)
	}
	var stdout bytes.Buffer
	a := &app{env: environment{stdout: &stdout, stderr: &stdout}}
	if err := a.writeFixes(f, files); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]fs.FileMode{"a/x.py": 0o640, "b/x.py": 0o640, "c/x.py": 0o755} {
		path := filepath.Join(root, name)
		data, err := os.ReadFile(path)
		info, _ := os.Stat(path)
		if err != nil || string(data) != "narrow\n" || info.Mode().Perm() != mode && mode != 0 && os.PathSeparator == '/' {
			t.Errorf("%s holds %q with mode %v, %v", name, data, info.Mode(), err)
		}
		if !strings.Contains(stdout.String(), "narrowed what "+name+" asks for") {
			t.Errorf("%s is not named: %q", name, stdout.String())
		}
	}
}

// A file that changes between the check and its turn is left as it is, and so is
// what comes behind; what was written before is named.
func TestWriteFixesRace(t *testing.T) {
	root, f, files := threeFixes(t)
	b := filepath.Join(root, "b", "x.py")
	var stdout bytes.Buffer
	a := &app{env: environment{stderr: &stdout, stdout: writerFunc(func(p []byte) (int, error) {
		if err := os.WriteFile(b, []byte("theirs\n"), 0o640); err != nil {
			t.Error(err)
		}
		return stdout.Write(p)
	})}}
	if err := a.writeFixes(f, files); err == nil || !strings.Contains(err.Error(), "changed by another program") {
		t.Errorf("got %v", err)
	}
	for name, want := range map[string]string{"a/x.py": "narrow\n", "b/x.py": "theirs\n", "c/x.py": "wide\n"} {
		if data, _ := os.ReadFile(filepath.Join(root, name)); string(data) != want {
			t.Errorf("%s holds %q, want %q", name, data, want)
		}
	}
	if got := stdout.String(); !strings.Contains(got, "a/x.py") || strings.Contains(got, "b/x.py") {
		t.Errorf("it says %q", got)
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
