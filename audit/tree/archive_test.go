package tree

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"scopeaudit/audit/tree/objects"
)

func TestArchivedIsAFileSystem(t *testing.T) {
	var a Archived
	files := map[string]string{"a/b/c": "one", "a/d": "", "e": "three"}
	for name, content := range files {
		if !a.Add(name, bytes.NewReader([]byte(content))) {
			t.Errorf("%s is not taken", name)
		}
	}
	for _, name := range []string{"", ".", "/x", "../x", "a//x", "x/", "a/d", "a", "a/d/x", "e/x/y"} {
		if a.Add(name, strings.NewReader("x")) {
			t.Errorf("%q is taken", name)
		}
	}
	for name, content := range files {
		if data, err := fs.ReadFile(&a, name); err != nil || string(data) != content {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if err := fstest.TestFS(&a, "a/b/c", "a/d", "e"); err != nil {
		t.Error(err)
	}
}

// FuzzArchivedHistory opens what any names and contents make.
func FuzzArchivedHistory(f *testing.F) {
	id := strings.Repeat("12", 20)
	f.Add("x/.git", ".git/HEAD\nobjects/pack/p.pack\nobjects/pack/p.idx\nrefs/heads/main\nobjects/info/alternates", "ref: refs/heads/main\n")
	f.Add(".", "HEAD\nrefs/heads/main\nobjects/12/12\nconfig\nworktrees/x/HEAD", id+"\n")
	f.Add("r", "r/HEAD\nr/reftable/tables.list\nr/config\nr/objects/info/alternates", "[extensions]\nrefstorage = reftable\n")
	f.Fuzz(func(t *testing.T, dir, names, content string) {
		var a Archived
		for _, name := range strings.Split(names, "\n") {
			a.Add(name, strings.NewReader(content))
			a.Add(dir+"/"+name, strings.NewReader(content))
		}
		h, skipped := ArchivedHistory(&a, dir)
		if h == nil {
			if len(skipped) == 0 {
				t.Error("neither read nor skipped")
			}
			return
		}
		defer h.Close()
		if _, err := h.Each(t.Context(), 1, func(int, *objects.Object) error { return nil }); err != nil {
			t.Error(err)
		}
	})
}
