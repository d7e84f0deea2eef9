package objects

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGitBranches(t *testing.T) {
	for _, format := range []Format{SHA1, SHA256} {
		t.Run(format.String(), func(t *testing.T) {
			r := newRepo(t, "--object-format="+format.String())
			r.grow("main", 60, 6, 1)
			for i := range 4 {
				r.grow(fmt.Sprintf("branch%d", i), 10, 3, uint64(i)+10)
			}
			tree := r.git("rev-parse", "main^{tree}")
			octopus := r.gitIn("four at once\n", "commit-tree", tree, "-p", "main", "-p", "branch0", "-p", "branch1", "-p", "branch2")
			r.git("update-ref", "refs/heads/octopus", octopus)
			r.git("tag", "-a", "-m", "a tag of\n\nsome lines", "v1", octopus)
			r.git("tag", "-a", "-m", "a tag of a tag", "v2", "v1")
			r.git("notes", "add", "-m", "a note", "main")
			r.gitIn("commit refs/heads/main\ncommitter a <a@example.com> 1700000001 +0000\ndata 7\nrename\nfrom refs/heads/main^0\nR folder0 moved\nC folder1 copied\n\n", "fast-import", "--quiet")
			dangling := r.gitIn("no ref leads here", "hash-object", "-w", "--stdin")
			want := r.all(format)
			if _, err := ParseID(format, dangling); err != nil {
				t.Fatal(err)
			}
			compare(t, want, format, r.folders()...)
			t.Run("packed", func(t *testing.T) {
				r := gitRepo{t, r.dir}
				r.git("repack", "-q", "-a", "-d", "-f", "--depth=200", "--window=50", "-k")
				compare(t, r.all(format), format, r.folders()...)
			})
			t.Run("aggressive", func(t *testing.T) {
				r := gitRepo{t, r.dir}
				r.git("-c", "gc.aggressiveDepth=200", "gc", "-q", "--aggressive", "--prune=now")
				compare(t, r.all(format), format, r.folders()...)
			})
			t.Run("bases by name", func(t *testing.T) {
				r := gitRepo{t, r.dir}
				r.git("-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-a", "-d", "-f", "--depth=200")
				compare(t, r.all(format), format, r.folders()...)
			})
			t.Run("no index", func(t *testing.T) {
				for _, offsets := range []string{"true", "false"} {
					r := gitRepo{t, r.dir}
					r.git("-c", "repack.useDeltaBaseOffset="+offsets, "repack", "-q", "-a", "-d", "-f", "--depth=200")
					want := r.all(format)
					got, _ := gather(t, Options{Format: format, Index: true}, Pass{}, withoutIndex{r.folders()[0]})
					if !maps.Equal(got, want) {
						t.Errorf("%d objects, git has %d", len(got), len(want))
					}
					_, _, skips := read(t, Options{Format: format}, Pass{}, withoutIndex{r.folders()[0]})
					if len(skips) != 1 {
						t.Errorf("skipped %v", skips)
					}
				}
			})
			t.Run("old index", func(t *testing.T) {
				if format == SHA256 {
					return // has none
				}
				r := gitRepo{t, r.dir}
				r.git("-c", "pack.indexVersion=1", "repack", "-q", "-a", "-d", "-f")
				compare(t, r.all(format), format, r.folders()...)
			})
		})
	}
}

func TestGitPacks(t *testing.T) {
	r := newRepo(t)
	for i := range 4 {
		r.grow(fmt.Sprintf("branch%d", i), 20, 3, 5) // the same files: copies
		r.grow("main", 15, 4, uint64(i))
		r.git("repack", "-q", "-d")
	}
	r.grow("loose", 5, 2, 9)
	if files := r.looseOf("branch0"); len(files) < 20 {
		t.Fatalf("%d loose objects", len(files))
	}
	compare(t, r.all(SHA1), SHA1, r.folders()...)
	r.git("multi-pack-index", "write")
	t.Run("multi-pack-index", func(t *testing.T) { compare(t, r.all(SHA1), SHA1, r.folders()...) })

	borrower := gitRepo{t, t.TempDir()}
	borrower.git("clone", "-q", "--shared", "--bare", r.dir, ".")
	borrower.grow("own", 10, 2, 77)
	alternates, err := Alternates(borrower.folders()[0])
	if err != nil || len(alternates) != 1 || alternates[0] != filepath.Join(r.dir, "objects") {
		t.Errorf("alternates: %q, %v", alternates, err)
	}
	t.Run("alternates", func(t *testing.T) { compare(t, borrower.all(SHA1), SHA1, borrower.folders(r)...) })
}

// looseOf writes what a branch needs as loose objects, and gives their files.
func (r gitRepo) looseOf(branch string) []string {
	r.t.Helper()
	var files []string
	for line := range strings.Lines(r.git("rev-list", "--objects", branch)) {
		id, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		kind := r.git("cat-file", "-t", id)
		cmd := r.command("cat-file", kind, id)
		content, err := cmd.Output()
		if err != nil {
			r.t.Fatal(err)
		}
		// Git writes no object that a pack has; so it is written aside.
		aside := gitRepo{r.t, filepath.Join(r.dir, "aside")}
		if _, err := os.Stat(aside.dir); err != nil {
			r.git("init", "-q", "--bare", aside.dir)
		}
		aside.gitIn(string(content), "hash-object", "-t", kind, "-w", "--stdin", "--literally")
		from := filepath.Join(aside.dir, "objects", id[:2], id[2:])
		to := filepath.Join(r.dir, "objects", id[:2], id[2:])
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			r.t.Fatal(err)
		}
		if err := os.Rename(from, to); err != nil && !os.IsPermission(err) {
			r.t.Fatal(err)
		}
		files = append(files, to)
	}
	return files
}

func TestGitShallowAndPartial(t *testing.T) {
	r := newRepo(t)
	r.grow("main", 30, 4, 3)
	r.git("config", "uploadpack.allowFilter", "true")

	shallow := gitRepo{t, t.TempDir()}
	shallow.git("clone", "-q", "--bare", "--depth=3", "file://"+filepath.ToSlash(r.dir), ".")
	t.Run("shallow", func(t *testing.T) {
		compare(t, shallow.all(SHA1), SHA1, shallow.folders()...)
		if refs := ReadRefs(Extensions{Refs: "files"}, os.DirFS(shallow.dir), os.DirFS(shallow.dir)); len(refs.Shallow) != 1 {
			t.Errorf("shallow at %v", refs.Shallow)
		}
	})
	partial := gitRepo{t, t.TempDir()}
	partial.git("clone", "-q", "--bare", "--filter=blob:none", "file://"+filepath.ToSlash(r.dir), ".")
	t.Run("partial", func(t *testing.T) {
		want := partial.all(SHA1)
		for id, w := range want {
			if w.t == TypeBlob {
				t.Fatalf("the clone has blob %s", id)
			}
		}
		compare(t, want, SHA1, partial.folders()...)
		config, err := os.ReadFile(filepath.Join(partial.dir, "config"))
		if err != nil {
			t.Fatal(err)
		}
		if e, err := ReadExtensions(config); err != nil || !e.Partial || e.Objects != SHA1 {
			t.Errorf("extensions %+v, %v", e, err)
		}
	})
}
