package main

import (
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scopeaudit/audit"
)

// What is rewritten is what was examined, in what was named, and no link.
func TestFixerKeepsToWhatWasExamined(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root, other := filepath.Join(dir, "root"), filepath.Join(dir, "other")
	for _, d := range []string{root, other} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d, "app.py"), []byte("x = 1\n"), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	source := func(lies string) map[string]audit.SourceFile {
		return map[string]audit.SourceFile{"app.py": {Lies: lies, Sum: sha256.Sum256([]byte("x = 1\n"))}}
	}
	open := func(lies string) fixer {
		return fixer{evidence: audit.Evidence{Roots: []audit.Root{{Real: root}}, Sources: source(lies)}, states: map[string]fs.FileMode{}}
	}
	good := open(filepath.Join(root, "app.py"))
	if data, err := good.read("app.py"); err != nil || string(data) != "x = 1\n" {
		t.Fatalf("%q, %v", data, err)
	}
	if _, err := good.read("else.py"); err == nil || !strings.Contains(err.Error(), "not a file that was examined") {
		t.Errorf("a file that nobody examined: %v", err)
	}
	if _, err := open(filepath.Join(other, "app.py")).read("app.py"); err == nil || !strings.Contains(err.Error(), "does not lie in") {
		t.Errorf("a file beside what was named: %v", err)
	}
	fixed := audit.FixedFile{Path: "app.py", Old: []byte("x = 1\n"), New: []byte("x = 2\n")}
	if err := os.WriteFile(filepath.Join(root, "app.py"), []byte("x = 3\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := good.read("app.py"); err == nil || !strings.Contains(err.Error(), "changed since") {
		t.Errorf("a file that changed: %v", err)
	}
	if err := good.write(fixed); err == nil {
		t.Error("a file that changed is written over")
	}
	if err := os.WriteFile(filepath.Join(root, "app.py"), []byte("x = 1\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := good.write(fixed); err != nil {
		t.Error(err)
	}
	if data, _ := os.ReadFile(filepath.Join(root, "app.py")); string(data) != "x = 2\n" {
		t.Errorf("it holds %q", data)
	}
	// A folder on the way that became a link leads out.
	link := filepath.Join(root, "sub")
	if err := os.Symlink(other, link); err != nil {
		t.Skipf("needs symbolic links: %v", err)
	}
	if _, err := open(filepath.Join(link, "app.py")).read("app.py"); err == nil || !strings.Contains(err.Error(), "does not lie in") {
		t.Errorf("a file behind a link: %v", err)
	}
}
