package tree

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAt(t *testing.T) {
	r := newRepo(t)
	if err := os.MkdirAll(filepath.Join(r.dir, "a", "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"top": "one", "a/b/deep": "two"} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r.git("add", ".")
	r.git("commit", "-q", "-m", "first")
	r.git("rm", "-q", "-r", "a")
	r.git("commit", "-q", "-m", "second")
	h, skipped := open(t, r.dir).History(false)
	if h == nil {
		t.Fatal(skipped)
	}
	defer h.Close()
	for _, tt := range []struct{ revision, path, want string }{
		{"HEAD", "top", "one"}, {"HEAD~1", "a/b/deep", "two"}, {r.git("rev-parse", "HEAD^")[:10], "top", "one"},
	} {
		id, data, err := h.At(tt.revision, tt.path)
		if err != nil || string(data) != tt.want || id.IsZero() {
			t.Errorf("%s:%s: %q, %v", tt.revision, tt.path, data, err)
		}
	}
	for _, tt := range []struct{ revision, path string }{
		{"HEAD", "a/b/deep"}, {"HEAD~1", "a"}, {"HEAD~1", "a/b/deep/er"}, {"HEAD", ""}, {"HEAD", "/top"}, {"HEAD", "../top"}, {"HEAD", "a//b"},
	} {
		if _, data, err := h.At(tt.revision, tt.path); !errors.Is(err, ErrNoFile) || data != nil && err == nil {
			t.Errorf("%s:%s: %q, %v", tt.revision, tt.path, data, err)
		}
	}
	for folder, want := range map[string]string{".": "top", "a/b": "deep"} {
		if names, err := h.Folder("HEAD~1", folder); err != nil || strings.Join(names, " ") != want {
			t.Errorf("the files in %s: %q, %v", folder, names, err)
		}
	}
	for _, folder := range []string{"top", "none", ""} {
		if names, err := h.Folder("HEAD~1", folder); !errors.Is(err, ErrNoFile) {
			t.Errorf("the files in %q: %q, %v", folder, names, err)
		}
	}
	var wrong *RevisionError
	if _, _, err := h.At("nowhere", "top"); !errors.As(err, &wrong) {
		t.Errorf("a branch that is not there: %v", err)
	}
}
