package tree

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scopeaudit/audit/tree/objects"
)

// repository opens what is asked for changes.
func (r gitRepo) repository(t testing.TB) *History {
	t.Helper()
	h, skipped := open(t, r.dir).Repository()
	if h == nil || len(skipped) > 0 {
		t.Fatalf("no repository: %v", skipped)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// listed gives what is new as "TYPE ID PATH", sorted.
func listed(c *Change) []string {
	var all []string
	for _, o := range c.Objects {
		name := fmt.Sprintf("%s %s", o.Type, o.ID)
		if o.Type == objects.TypeBlob {
			name += " " + strings.Join(append(o.Trace.Paths, o.Trace.Staged...), ",")
		}
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// objectsOnly leaves out paths.
func objectsOnly(all []string) []string {
	var out []string
	for _, s := range all {
		f := strings.Fields(s)
		out = append(out, f[0]+" "+f[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// tangle makes commits c0 to cN-1, branches of these names, with merges of two
// and three, renames of files and folders, and dates that may lie.
func tangle(t *testing.T, r gitRepo, commits int, seed uint64, lie bool) {
	random := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	files := make([]map[string]int, commits) // what each commit holds
	blob := 0
	for i := range commits {
		var parents []int
		if i > 0 && random.IntN(15) > 0 {
			for range 1 + max(0, random.IntN(8)-5) {
				if p := max(0, i-1-random.IntN(6)); !slices.Contains(parents, p) {
					parents = append(parents, p)
				}
			}
		}
		when := 1_700_000_000 + i*60
		if lie {
			when = 1_700_000_000 + random.IntN(commits*60)
		}
		fmt.Fprintf(&b, "commit refs/heads/c%d\nmark :%d\ncommitter a <a@example.com> %d +0000\ndata 2\nm%d\n", i, i+1, when, i%10)
		files[i] = make(map[string]int)
		for n, p := range parents {
			word := "merge"
			if n == 0 {
				word = "from"
				for f, id := range files[p] {
					files[i][f] = id
				}
			}
			fmt.Fprintf(&b, "%s :%d\n", word, p+1)
		}
		write := func(name string) {
			blob++
			files[i][name] = blob
			text := fmt.Sprintf("blob %d of %d\n", blob, seed)
			fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s", name, len(text), text)
		}
		for range 1 + random.IntN(3) {
			write(fmt.Sprintf("d%d/e%d/f%d", random.IntN(3), random.IntN(3), random.IntN(5)))
		}
		if names := slices.Sorted(func(yield func(string) bool) {
			for f := range files[i] {
				if !yield(f) {
					return
				}
			}
		}); len(names) > 0 {
			name := names[random.IntN(len(names))]
			switch random.IntN(4) {
			case 0:
				fmt.Fprintf(&b, "D %s\n", name)
				delete(files[i], name)
			case 1:
				to := fmt.Sprintf("moved/%d/%s", i, filepath.Base(name))
				fmt.Fprintf(&b, "R %s %s\n", name, to)
				files[i][to] = files[i][name]
				delete(files[i], name)
			}
		}
		b.WriteString("\n")
	}
	r.gitIn(b.String(), "fast-import", "--quiet")
}

// TestRangeIsWhatGitLists holds what is new on one side of tangled histories to
// what git says.
func TestRangeIsWhatGitLists(t *testing.T) {
	for _, lie := range []bool{false, true} {
		for seed := range uint64(4) {
			r := newRepo(t)
			const commits = 60
			tangle(t, r, commits, seed, lie)
			if seed%2 == 0 {
				r.git("repack", "-q", "-a", "-d", "--depth=20")
			}
			h := r.repository(t)
			random := rand.New(rand.NewPCG(seed, 2))
			for range 12 {
				from, to := fmt.Sprintf("c%d", random.IntN(commits)), fmt.Sprintf("c%d", random.IntN(commits))
				c, err := h.Range(t.Context(), from, to, nil)
				if err != nil {
					t.Fatal(err)
				}
				if len(c.Skipped) > 0 || c.Cut {
					t.Errorf("%s..%s: skipped %v, cut %v", from, to, c.Skipped, c.Cut)
				}
				var want []string
				for _, line := range r.lines("", "rev-list", "--objects", "--in-commit-order", to, "^"+from) {
					name, _, _ := strings.Cut(line, " ")
					if kind := strings.TrimSpace(r.git("cat-file", "-t", name)); kind != "tree" {
						want = append(want, kind+" "+name)
					}
				}
				slices.Sort(want)
				got := objectsOnly(listed(c))
				missed := slices.DeleteFunc(slices.Clone(want), func(s string) bool { return slices.Contains(got, s) })
				more := slices.DeleteFunc(slices.Clone(got), func(s string) bool { return slices.Contains(want, s) })
				if len(missed) > 0 || len(more) > 0 && !lie {
					t.Errorf("seed %d, lie %v, %s..%s: %d of git's %d objects missed %v, %d more %v", seed, lie, from, to, len(missed), len(want), missed, len(more), more)
				}
			}
		}
	}
}

// TestStagedIsWhatGitLists holds what the index has and HEAD has not to what git
// says, with and without the trees that the index keeps.
func TestStagedIsWhatGitLists(t *testing.T) {
	r := newRepo(t)
	random := rand.New(rand.NewPCG(5, 5))
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(r.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h := r.repository(t)
	check := func(what string, want ...string) {
		t.Helper()
		c, err := h.Staged(t.Context(), "", nil)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		var got []string
		for _, o := range c.Objects {
			got = append(got, o.Trace.Staged...)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || len(c.Skipped) > 0 {
			t.Errorf("%s: staged %q, want %q; skipped %v", what, got, want, c.Skipped)
		}
	}
	check("an empty repository")
	for i := range 200 {
		write(fmt.Sprintf("d%d/e%d/f%d", i%4, i%7, i), fmt.Sprint("content ", i))
	}
	write("top", "top\n")
	r.git("add", "d1/e1/f1")
	check("before the first commit", "d1/e1/f1")
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "all")
	check("after a commit")
	r.git("rm", "-q", "-r", "d2")
	check("deletions only")
	r.git("mv", "d1", "else")
	check("renames")
	write("top", "other\n")
	write("new/a", "new\n")
	check("what is not staged")
	r.git("add", "top", "new/a")
	check("a change and a file", "top", "new/a")
	write("later", "what git add -N leaves\n")
	r.git("add", "-N", "later")
	check("what is only meant to be added", "top", "new/a")
	r.git("rm", "-q", "-f", "--cached", "later")
	r.git("commit", "-q", "-m", "more")
	check("after another commit")

	// A conflict has up to three stages of a path.
	r.git("checkout", "-q", "-b", "side", "HEAD~1")
	write("top", "theirs\n")
	r.git("commit", "-q", "-am", "theirs")
	r.git("checkout", "-q", "-")
	if out, err := r.command("merge", "side").CombinedOutput(); err == nil {
		t.Fatalf("no conflict: %s", out)
	}
	check("a conflict", "top", "top")
	r.git("reset", "-q", "--hard")

	for _, version := range []string{"2", "3", "4"} {
		r.git("update-index", "--index-version", version)
		for round := range 6 {
			for range 3 {
				write(fmt.Sprintf("d%d/e%d/f%d", random.IntN(4), random.IntN(7), random.IntN(400)), fmt.Sprint(version, round, random.Uint64()))
			}
			r.git("add", "-A")
			var want []string
			for _, line := range r.lines("", "diff", "--cached", "--name-status", "--no-renames") {
				if name, ok := strings.CutPrefix(line, "D\t"); !ok {
					want = append(want, strings.TrimSpace(name[1:]))
				}
			}
			check("version "+version, want...)
			r.git("commit", "-q", "-m", "x")
			if round%2 == 0 {
				r.git("read-tree", "HEAD") // fills the trees of the index anew
			}
		}
	}

	// Another index is read where it lies in the git directory.
	write("other", "in another index\n")
	for name, want := range map[string]error{
		filepath.Join(r.dir, ".git", "next-index-1.lock"): nil,
		filepath.Join(t.TempDir(), "index"):               ErrIndexElsewhere,
		filepath.Join(r.dir, ".git", "none"):              ErrNoIndex,
	} {
		if want != ErrNoIndex {
			cmd := r.command("add", "other")
			cmd.Env = append(cmd.Env, "GIT_INDEX_FILE="+name)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("git add: %v\n%s", err, out)
			}
		}
		c, err := h.Staged(t.Context(), name, nil)
		if err != want || err == nil && !strings.Contains(strings.Join(listed(c), "\n"), " other") {
			t.Errorf("the index %s: %v, want %v", name, err, want)
		}
	}
}

// TestRevisions resolves what git does, to the same.
func TestRevisions(t *testing.T) {
	r := newRepo(t, "-b", "main")
	tangle(t, r, 12, 3, false)
	r.git("checkout", "-q", "c11")
	r.git("tag", "-a", "-m", "x", "v1", "c5")
	r.git("tag", "-a", "-m", "x", "v1-again", "v1")
	r.git("tag", "light", "c6")
	r.git("branch", "sub/branch", "c7")
	r.git("update-ref", "refs/remotes/origin/main", "c8")
	r.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	r.git("tag", "c9", "c2") // tags go before branches
	full := strings.TrimSpace(r.git("rev-parse", "c4"))
	for _, packed := range []bool{false, true} {
		if packed {
			r.git("pack-refs", "--all")
			r.git("repack", "-q", "-a", "-d")
		}
		h := r.repository(t)
		for _, rev := range []string{"HEAD", "@", "HEAD~1", "HEAD~", "HEAD^", "HEAD^0", "HEAD~0", "HEAD~2", "c11~1^", "v1", "v1^{}", "v1-again", "v1~1", "light", "sub/branch",
			"heads/c3", "refs/heads/c3", "tags/v1", "origin/main", "origin", "refs/remotes/origin/main", "c9", full, full[:7], full[:12], strings.ToUpper(full[:9]), full[:8] + "^{commit}"} {
			out, err := r.command("rev-parse", "--verify", "-q", rev+"^{commit}").Output()
			want := strings.TrimSpace(string(out))
			got, _, fault := h.resolve(h.Reader(), rev)
			if (err != nil) != (fault != nil) || err == nil && got.String() != want {
				t.Errorf("packed %v, %s: %s, %v; git says %s, %v", packed, rev, got, fault, want, err)
			}
		}
		for _, rev := range []string{"", "nothing", "HEAD~900", "HEAD^9", "HEAD:file", "HEAD@{1}", "c1 c2", "c1^!", "c1^x", full[:6], "deadbeefdeadbeef", "../HEAD", "refs/../HEAD", "HEAD^{tree}", "HEAD~99999999999999999999"} {
			if id, _, err := h.resolve(h.Reader(), rev); err == nil {
				t.Errorf("%q is resolved to %s", rev, id)
			}
		}
	}
}

// TestRangeOfAShallowClone tells what is new as far as the clone goes, and says
// where it ends.
func TestRangeOfAShallowClone(t *testing.T) {
	r := newRepo(t, "-b", "main")
	tangle(t, r, 20, 9, false)
	r.git("checkout", "-q", "-B", "main", "c19")
	clone := gitRepo{t, filepath.Join(t.TempDir(), "clone")}
	r.git("clone", "-q", "--depth=1", "--no-single-branch", "file://"+filepath.ToSlash(r.dir), clone.dir)
	h := clone.repository(t)
	var unknown *RevisionError
	if _, err := h.Range(t.Context(), "HEAD~1", "HEAD", nil); !errors.As(err, &unknown) || !unknown.Shallow {
		t.Errorf("a parent that is not here: %v", err)
	}
	c, err := h.Range(t.Context(), "origin/c12", "HEAD", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Skipped) > 0 || !c.Cut {
		t.Errorf("skipped %v, cut %v", c.Skipped, c.Cut)
	}
	var want []string
	for _, line := range clone.lines("", "diff", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=d", "origin/c12", "HEAD") {
		want = append(want, "blob "+strings.Fields(line)[3])
	}
	want = append(want, "commit "+strings.TrimSpace(clone.git("rev-parse", "HEAD")))
	var moved []string // not told as new
	for _, line := range clone.lines("", "diff", "--raw", "--no-abbrev", "-M100%", "--diff-filter=R", "origin/c12", "HEAD") {
		moved = append(moved, "blob "+strings.Fields(line)[3])
	}
	want = slices.DeleteFunc(want, func(s string) bool { return slices.Contains(moved, s) })
	slices.Sort(want)
	if got := objectsOnly(listed(c)); !slices.Equal(got, want) {
		t.Errorf("new: %q, want %q", got, want)
	}
}
