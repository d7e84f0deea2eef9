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
	"scopeaudit/audit/tree"
)

// leaky makes a repository whose history holds a planted secret in s.py.
func leaky(t *testing.T, place string) *repository {
	r := newRepository(t)
	r.write("s.py", "TOKEN = '"+planted(place)+"'\n")
	r.commit("one")
	r.write("s.py", "TOKEN = None\n")
	r.commit("two")
	return r
}

func (r *repository) submodule(from *repository, name, path string) {
	r.Helper()
	r.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "--name", name, from.dir, path)
}

// wantAt holds where a planted secret is found.
func wantAt(t *testing.T, e audit.Evidence, place string, want ...string) {
	t.Helper()
	var got []string
	for _, l := range found(e, place) {
		got = append(got, l.Path)
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("%s: found at %q, want %q; skipped %v", place, got, want, e.Coverage.Skipped)
	}
}

func refused(e audit.Evidence) []string {
	var paths []string
	for _, s := range e.Coverage.Skipped {
		if s.Reason == tree.SkipStore && s.Kind == rules.ByDesign {
			paths = append(paths, s.Path)
		}
	}
	return paths
}

// TestSubmoduleStores reads what is kept of submodules: of those that are checked
// out, those under another path than their name, within each other, and gone.
func TestSubmoduleStores(t *testing.T) {
	inner := leaky(t, "inner")
	lib := leaky(t, "lib")
	lib.submodule(inner, "deps/inner", "deps/inner")
	lib.commit("with one")
	moved := leaky(t, "moved")
	gone := leaky(t, "gone")
	super := leaky(t, "super")
	super.submodule(lib, "third/lib", "third/lib")
	super.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "--recursive")
	super.submodule(moved, "called", "elsewhere")
	super.submodule(gone, "gone", "gone")
	super.commit("with three")
	super.git("rm", "-q", "-f", "gone")
	super.commit("with two")
	for _, mode := range []collect.HistoryMode{collect.HistoryOfTop, collect.HistoryAll, collect.HistoryOnly} {
		e := super.scan(mode)
		wantAt(t, e, "super", "s.py")
		wantAt(t, e, "lib", "third/lib/s.py")
		wantAt(t, e, "inner", "third/lib/deps/inner/s.py")
		wantAt(t, e, "moved", ".git/modules/called/s.py")
		wantAt(t, e, "gone", ".git/modules/gone/s.py")
		if e.Coverage.Failed() || len(refused(e)) > 0 || strings.Contains(strings.Join(e.Notes, "\n"), "--history") {
			t.Errorf("mode %d: %v, notes %q", mode, e.Coverage.Skipped, e.Notes)
		}
	}
	wantAt(t, super.scan(collect.NoHistory), "lib")

	// A store that lies elsewhere by a link is not read.
	store := filepath.Join(super.dir, ".git/modules/called")
	away := filepath.Join(t.TempDir(), "away")
	if err := os.Rename(store, away); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(away, store); err != nil {
		t.Skipf("needs symbolic links: %v", err)
	}
	e := super.scan(collect.HistoryAll)
	wantAt(t, e, "moved")
	if got := refused(e); !slices.Contains(got, ".git/modules/called") || e.Coverage.Failed() {
		t.Errorf("refused %q", got)
	}
	modules := filepath.Join(super.dir, ".git/modules")
	other := filepath.Join(t.TempDir(), "modules")
	if err := os.Rename(modules, other); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, modules); err != nil {
		t.Fatal(err)
	}
	e = super.scan(collect.HistoryAll)
	wantAt(t, e, "lib")
	if got := refused(e); !slices.Contains(got, ".git/modules") || e.Coverage.Failed() {
		t.Errorf("refused %q", got)
	}
}

// TestLinkedWorkTrees reads the store that work trees share once, whichever of
// them is named, and none that does not know of who points to it.
func TestLinkedWorkTrees(t *testing.T) {
	class := t.TempDir()
	main := leaky(t, "shared")
	home := filepath.Join(class, "main")
	if err := os.Rename(main.dir, home); err != nil {
		t.Fatal(err)
	}
	main.dir = home
	linked := filepath.Join(class, "linked")
	main.git("worktree", "add", "-q", "-b", "other", linked)

	wantAt(t, gather(t, collect.HistoryOfTop, linked), "shared", "s.py")
	wantAt(t, gather(t, collect.HistoryAll, class), "shared", "main/s.py")
	wantAt(t, gather(t, collect.HistoryOnly, class), "shared", "main/s.py")
	e := gather(t, collect.HistoryOfTop, class)
	wantAt(t, e, "shared")
	if !skippedGit(e, "linked/.git") || !skippedGit(e, "main/.git") {
		t.Errorf("skipped %v", e.Coverage.Skipped)
	}

	// With the main one elsewhere, it is reached because it points back.
	apart := filepath.Join(t.TempDir(), "apart")
	if err := os.Mkdir(apart, 0o755); err != nil {
		t.Fatal(err)
	}
	main.git("worktree", "move", linked, filepath.Join(apart, "linked"))
	wantAt(t, gather(t, collect.HistoryAll, apart), "shared", "linked/s.py")

	// Someone else's is not.
	thief := filepath.Join(apart, "thief")
	if err := os.Mkdir(thief, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(thief, ".git"), []byte("gitdir: "+filepath.ToSlash(home)+"/.git\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(apart, "linked")); err != nil {
		t.Fatal(err)
	}
	for _, paths := range []string{apart, thief} {
		e := gather(t, collect.HistoryAll, paths)
		wantAt(t, e, "shared")
		if len(refused(e)) != 1 || e.Coverage.Blobs > 0 {
			t.Errorf("%s: refused %q, %d objects", paths, refused(e), e.Coverage.Blobs)
		}
	}
}

// TestBorrowedStores follows an alternate as far as it lies in what was named.
func TestBorrowedStores(t *testing.T) {
	class := t.TempDir()
	lender := leaky(t, "lent")
	home := filepath.Join(class, "lender")
	if err := os.Rename(lender.dir, home); err != nil {
		t.Fatal(err)
	}
	lender.dir = home
	borrower := filepath.Join(class, "borrower")
	lender.git("clone", "-q", "--shared", "--bare", ".", borrower)

	e := gather(t, collect.HistoryAll, class)
	wantAt(t, e, "lent", "borrower/s.py", "lender/s.py")
	if len(refused(e)) > 0 || e.Coverage.Failed() {
		t.Errorf("refused %q: %v", refused(e), e.Coverage.Skipped)
	}
	e = gather(t, collect.HistoryOfTop, borrower)
	wantAt(t, e, "lent")
	if got := refused(e); !slices.Equal(got, []string{"objects/info/alternates"}) || e.Coverage.Failed() {
		t.Errorf("refused %q: %v", got, e.Coverage.Skipped)
	}
}
