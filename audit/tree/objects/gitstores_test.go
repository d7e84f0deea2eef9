package objects

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// matching gives the files of a repository's objects that match a pattern.
func (r gitRepo) matching(pattern string) []string {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.dir, "objects", pattern))
	if err != nil {
		r.t.Fatal(err)
	}
	return files
}

// TestGitOddStores reads stores with what git puts beside packs: none of it makes
// an object be missed, or be given twice.
func TestGitOddStores(t *testing.T) {
	r := newRepo(t)
	r.grow("main", 40, 4, 1)
	r.grow("gone", 30, 4, 2)
	r.git("repack", "-q", "-a", "-d")
	r.git("update-ref", "-d", "refs/heads/gone")
	want := r.all(SHA1)
	check := func(t *testing.T, pattern string) {
		t.Helper()
		r := gitRepo{t, r.dir}
		if len(r.matching(pattern)) == 0 {
			t.Fatalf("git made no %s", pattern)
		}
		if now := r.all(SHA1); !maps.Equal(now, want) {
			t.Fatalf("git itself reads %d objects, and did %d", len(now), len(want))
		}
		compare(t, want, SHA1, r.folders()...)
	}
	t.Run("cruft", func(t *testing.T) {
		r := gitRepo{t, r.dir}
		r.git("repack", "-q", "--cruft", "-d", "--cruft-expiration=never")
		check(t, "pack/*.mtimes")
	})
	t.Run("kept", func(t *testing.T) {
		r := gitRepo{t, r.dir}
		for _, pack := range r.matching("pack/*.pack") {
			if err := os.WriteFile(strings.TrimSuffix(pack, ".pack")+".keep", nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		r.git("repack", "-q", "-a", "-d")
		check(t, "pack/*.keep")
	})
	t.Run("promised", func(t *testing.T) {
		r := gitRepo{t, r.dir}
		for _, pack := range r.matching("pack/*.pack") {
			if err := os.WriteFile(strings.TrimSuffix(pack, ".pack")+".promisor", nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		check(t, "pack/*.promisor")
	})
	t.Run("commit graph", func(t *testing.T) {
		r := gitRepo{t, r.dir}
		r.git("commit-graph", "write", "--reachable", "--changed-paths")
		check(t, "info/commit-graph")
	})
	t.Run("bitmaps and other indexes", func(t *testing.T) {
		r := gitRepo{t, r.dir}
		r.git("multi-pack-index", "write", "--bitmap")
		check(t, "pack/multi-pack-index*")
		for _, name := range r.matching("pack/*.rev") {
			os.Remove(name)
		}
		check(t, "pack/*.idx")
	})
	t.Run("index of several packs alone", func(t *testing.T) {
		for _, idx := range (gitRepo{t, r.dir}).matching("pack/*.idx") {
			if err := os.Remove(idx); err != nil {
				t.Fatal(err)
			}
		}
		got, _ := gather(t, Options{Index: true}, Pass{}, gitRepo{t, r.dir}.folders()...)
		if !maps.Equal(got, want) {
			t.Errorf("%d objects, want %d", len(got), len(want))
		}
	})
}

// TestGitReplaced gives objects as they are, whatever refs or files put in their
// place.
func TestGitReplaced(t *testing.T) {
	r := newRepo(t)
	r.grow("main", 30, 2, 1)
	r.git("repack", "-q", "-a", "-d", "-f")
	second := r.git("rev-parse", "main~2")
	r.git("replace", "main:empty", "main:folder0/file0")
	r.git("replace", "--graft", "main~1")
	if err := os.MkdirAll(filepath.Join(r.dir, "info"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "info", "grafts"), []byte(second+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	compare(t, r.all(SHA1), SHA1, r.folders()...)
}

// TestGitManyBranches reads a store of many branches with merges of many parents,
// in many packs and loose.
func TestGitManyBranches(t *testing.T) {
	r := newRepo(t)
	r.grow("main", 10, 3, 1)
	var in strings.Builder
	main := r.git("rev-parse", "main")
	for i := range 300 {
		fmt.Fprintf(&in, "create refs/heads/b/%d/%s%d %s\n", i%7, strings.Repeat("long", i%50), i, main)
	}
	r.gitIn(in.String(), "update-ref", "--stdin")
	parents := []string{"commit-tree", "main^{tree}", "-m", "octopus"}
	for i := range 12 {
		branch := "side" + string(rune('a'+i))
		r.grow(branch, 3, 2, uint64(100+i))
		parents = append(parents, "-p", branch)
		if i%3 == 0 {
			r.git("repack", "-q", "-d")
		}
	}
	r.git("update-ref", "refs/heads/octopus", r.git(parents...))
	r.git("gc", "-q", "--keep-largest-pack")
	r.grow("late", 3, 2, 7)
	compare(t, r.all(SHA1), SHA1, r.folders()...)
	dir := os.DirFS(r.dir)
	if refs := ReadRefs(Extensions{Refs: "files"}, dir, dir); !refs.Known || len(refs.All) != 300+1+12+2 {
		t.Errorf("%d refs, known %t", len(refs.All), refs.Known)
	}
}

// TestTreeEntriesIn gives of a tree that is a delta each entry that its base has
// not, and leaves others out.
func TestTreeEntriesIn(t *testing.T) {
	r := newRepo(t)
	var in strings.Builder
	for c := range 60 {
		fmt.Fprintf(&in, "commit refs/heads/main\ncommitter a <a@example.com> %d +0200\ndata 1\nx\n", 1_600_000_000+c)
		for f := range 100 {
			if c == 0 || f*31%60 == c {
				fmt.Fprintf(&in, "M 100644 inline folder/file%d\ndata <<end\n%d %d\nend\n", f, f, c)
			}
			if f*17%60 == c {
				fmt.Fprintf(&in, "D folder/file%d\n", f)
			}
		}
		in.WriteString("\n")
	}
	r.gitIn(in.String(), "fast-import", "--quiet")
	r.git("repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=50")
	s, err := Open(Options{}, r.folders()...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, given, deltas := 0, 0, 0
	if _, err := s.Each(t.Context(), Pass{Workers: 1, Types: []Type{TypeTree}}, func(_ int, o *Object) error {
		mine := make(map[string]bool)
		for e, err := range TreeEntries(SHA1, o.Data) {
			if err != nil {
				t.Error(err)
			}
			mine[string(e.Name)+e.ID.String()] = true
		}
		o.Carry = mine
		base, ok := o.FromBase.(map[string]bool)
		if !ok {
			return nil
		}
		deltas++
		got := make(map[string]bool)
		for e, err := range TreeEntriesIn(SHA1, o.Data, o.Inserted) {
			if err != nil {
				t.Error(err)
			}
			got[string(e.Name)+e.ID.String()] = true
		}
		for e := range mine {
			if !got[e] && !base[e] {
				t.Errorf("%s: no %q, which is new", o.ID, e)
			}
		}
		all += len(mine)
		given += len(got)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if deltas < 20 || given > all/4 {
		t.Errorf("%d of %d entries of %d deltas", given, all, deltas)
	}
}
