package collect_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
)

// TestShallowAndPartialClones reads what is there, counts what is missing by
// design, and is complete all the same.
func TestShallowAndPartialClones(t *testing.T) {
	r := newRepository(t)
	for _, place := range []string{"first", "second", "third"} {
		r.write("s.py", "TOKEN = '"+planted(place)+"'\n"+strings.Repeat("pass\n", 50))
		r.commit(place)
	}
	r.write("s.py", "TOKEN = None\n")
	r.commit("last, after " + planted("message"))
	r.git("config", "uploadpack.allowFilter", "true")
	clone := func(args ...string) string {
		dir := filepath.Join(t.TempDir(), "clone")
		r.git(append(append([]string{"clone", "-q", "--bare"}, args...), "file://"+filepath.ToSlash(r.dir), dir)...)
		return dir
	}
	for what, test := range map[string]struct {
		dir    string
		found  []string
		absent string // how many objects
	}{
		"shallow":          {clone("--depth=2"), []string{"third", "message"}, "1"},
		"without blobs":    {clone("--filter=blob:none"), []string{"message"}, "4"},
		"without trees":    {clone("--filter=tree:0"), []string{"message"}, "4"},
		"without large":    {clone("--filter=blob:limit=100"), []string{"message"}, "3"},
		"shallow, partial": {clone("--depth=1", "--filter=blob:none"), []string{"message"}, "2"},
	} {
		e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{test.dir}}, collect.Options{Key: secrets.Key{1}})
		if err != nil {
			t.Fatal(err)
		}
		for _, place := range []string{"first", "second", "third", "message"} {
			if at := found(e, place); len(at) > 0 != slices.Contains(test.found, place) {
				t.Errorf("%s: the secret of the %s is found at %v", what, place, at)
			}
		}
		missing := rules.Skipped{Path: "objects", Reason: test.absent + " " + tree.SkipMissing, Kind: rules.ByDesign}
		if e.Coverage.Failed() || e.Coverage.Blobs == 0 || !slices.Contains(e.Coverage.Skipped, missing) {
			t.Errorf("%s: %+v", what, e.Coverage)
		}
	}
	if e := r.scan(collect.HistoryOfTop); len(e.Coverage.Skipped) > 0 {
		t.Errorf("of a whole repository: %+v", e.Coverage)
	}
}

// TestMissingObjects counts what is missing where nothing may be: a clone that is
// neither partial nor shallow, or one that is shallow further down. It is no whole
// history then.
func TestMissingObjects(t *testing.T) {
	for _, test := range []struct{ what, object, clone string }{
		{"a file", "HEAD~1:s.py", ""},
		{"a folder", "HEAD~1:sub", ""},
		{"a commit", "HEAD~1", ""},
		{"a file of a shallow clone", "HEAD:s.py", "--depth=2"},
	} {
		t.Run(test.what, func(t *testing.T) {
			r := newRepository(t)
			for _, place := range []string{"first", "second", "third"} {
				r.write("s.py", "TOKEN = '"+planted(place)+"'\n")
				r.write("sub/x.py", place)
				r.commit(place)
			}
			if test.clone != "" {
				dir := filepath.Join(t.TempDir(), "clone")
				r.git("clone", "-q", test.clone, "file://"+filepath.ToSlash(r.dir), dir)
				r.dir = dir
				r.unpack()
			}
			id := r.git("rev-parse", test.object)
			if err := os.Remove(filepath.Join(r.dir, ".git/objects", id[:2], id[2:])); err != nil {
				t.Fatal(err)
			}
			e := r.scan(collect.HistoryOfTop)
			lost := rules.Skipped{Path: ".git/objects", Reason: "1 object " + tree.SkipLost, Kind: rules.ByFailure}
			if !slices.Contains(e.Coverage.Skipped, lost) {
				t.Errorf("%+v", e.Coverage.Skipped)
			}
		})
	}
}

// unpack makes files of the objects of the one pack that a clone has.
func (r *repository) unpack() {
	r.Helper()
	files, err := filepath.Glob(filepath.Join(r.dir, ".git/objects/pack/*"))
	if err != nil {
		r.Fatal(err)
	}
	pack := ""
	for _, file := range files {
		if strings.HasSuffix(file, ".pack") {
			data, err := os.ReadFile(file)
			if err != nil {
				r.Fatal(err)
			}
			pack = string(data)
		}
		if err := os.Remove(file); err != nil {
			r.Fatal(err)
		}
	}
	r.pipe(pack, "unpack-objects", "-q")
}

// TestNothingMissing counts no object that git itself does without: the tree of
// nothing, which it knows by heart, and what lies in a store that is borrowed from
// and was not read, which is told already.
func TestNothingMissing(t *testing.T) {
	r := newRepository(t)
	empty := r.git("hash-object", "-t", "tree", os.DevNull) // named, and not written
	r.git("update-ref", "refs/heads/main", r.git("commit-tree", "-m", "empty", empty))
	if e := r.scan(collect.HistoryOfTop); len(e.Coverage.Skipped) > 0 {
		t.Errorf("of a commit without files: %+v", e.Coverage.Skipped)
	}
	r.write("s.py", "pass\n")
	r.commit("a file")
	dir := filepath.Join(t.TempDir(), "clone")
	r.git("clone", "-q", "--shared", r.dir, dir)
	r.dir = dir
	r.write("t.py", "pass\n")
	r.commit("beside what is borrowed")
	if e := r.scan(collect.HistoryOfTop); e.Coverage.Failed() || len(e.Coverage.Skipped) != 1 || e.Coverage.Skipped[0].Reason != tree.SkipStore {
		t.Errorf("of a clone that borrows: %+v", e.Coverage.Skipped)
	}
}

// TestReplacedAndGrafted finds what replace refs and grafts hide, and does not
// believe what they say of parents.
func TestReplacedAndGrafted(t *testing.T) {
	r := newRepository(t)
	r.write("s.py", "TOKEN = '"+planted("replaced")+"'\n")
	first := r.commit("first")
	r.write("s.py", "TOKEN = None\n")
	second := r.commit("second")
	r.write("t.py", "TOKEN = '"+planted("grafted")+"'\n")
	third := r.commit("third")
	r.git("rm", "-q", "t.py")
	r.commit("fourth")
	r.git("replace", first+":s.py", second+":s.py")
	r.git("replace", "--graft", third)
	if err := os.MkdirAll(filepath.Join(r.dir, ".git/info"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, ".git/info/grafts"), []byte(second+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	check := func(e audit.Evidence) {
		t.Helper()
		for place, commit := range map[string]string{"replaced": first, "grafted": third} {
			at := found(e, place)
			if len(at) != 1 || at[0].Commit != commit || !slices.Contains(at[0].Refs, "refs/heads/main") {
				t.Errorf("%s: %+v", place, at)
			}
		}
		if e.Coverage.Failed() {
			t.Errorf("%+v", e.Coverage)
		}
	}
	check(r.scan(collect.HistoryOfTop))
	r.git("gc", "-q")
	check(r.scan(collect.HistoryOfTop))
}
