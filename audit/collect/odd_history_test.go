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
