package tree

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/tree/objects"
)

// gitIn is git with something on its standard input.
func (r gitRepo) gitIn(input string, args ...string) string {
	r.t.Helper()
	cmd := r.command(args...)
	cmd.Stdin = strings.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git %q: %v\n%s", args, err, &stderr)
	}
	return string(out)
}

// lines are those of git's answer.
func (r gitRepo) lines(input string, args ...string) []string {
	r.t.Helper()
	return strings.FieldsFunc(r.gitIn(input, args...), func(c rune) bool { return c == '\n' })
}

// byType gives the names of all objects of the store, by type.
func (r gitRepo) byType() map[string][]string {
	r.t.Helper()
	all := make(map[string][]string)
	for _, line := range r.lines("", "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)") {
		kind, name, _ := strings.Cut(line, " ")
		all[kind] = append(all[kind], name)
	}
	return all
}

// history opens the history of a repository.
func (r gitRepo) history(t testing.TB) *History {
	t.Helper()
	h, skipped := open(t, r.dir).History(false)
	if h == nil || len(skipped) > 0 {
		t.Fatalf("no history: %v", skipped)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// mustID parses the name of an object.
func mustID(t testing.TB, f objects.Format, name string) objects.ID {
	t.Helper()
	id, err := objects.ParseID(f, name)
	if err != nil {
		t.Fatalf("%q: %v", name, err)
	}
	return id
}

// drawHistory is the input of git fast-import for a history drawn from seed:
// merges of two and more, several roots, files that come, go, come back, move
// and are copied from one branch to another, and dates that are equal or wrong.
func drawHistory(seed uint64) string {
	random := rand.New(rand.NewPCG(seed, 7))
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	var in strings.Builder
	texts := 4 + random.IntN(12)
	for i := range texts {
		text := fmt.Sprintf("text %d of %d\n", i, seed)
		fmt.Fprintf(&in, "blob\nmark :%d\ndata %d\n%s\n", 1000+i, len(text), text)
	}
	place := func() string {
		return pick("", "a/", "b/", "a/b/", "a/b/c/", "ab/", "a b/", "x/") + pick("x", "y", "x.py", "ü", "z\tz")
	}
	skewed := seed%3 != 0
	trees := make([]map[string]string, 8+random.IntN(25)) // of each commit, from path to mode and mark
	for i := range trees {
		var parents []int
		if i > 0 && random.IntN(12) > 0 {
			parents = []int{max(0, i-1-random.IntN(3))}
			for random.IntN(3) == 0 && len(parents) < 6 {
				if p := random.IntN(i); !slices.Contains(parents, p) {
					parents = append(parents, p)
				}
			}
		}
		tree := make(map[string]string)
		if len(parents) > 0 {
			maps.Copy(tree, trees[parents[random.IntN(len(parents))]])
			for _, p := range parents[1:] {
				if random.IntN(2) == 0 {
					maps.Copy(tree, trees[p])
				}
			}
		}
		for range random.IntN(4) {
			switch old := slices.Sorted(maps.Keys(tree)); {
			case len(old) == 0 || i == 0 || random.IntN(3) == 0:
				tree[place()] = fmt.Sprintf("%s :%d", pick("100644", "100644", "100755", "120000"), 1000+random.IntN(texts))
			case random.IntN(3) == 0:
				delete(tree, pick(old...))
			case random.IntN(2) == 0:
				from := pick(old...)
				tree[place()] = tree[from]
				delete(tree, from)
			default: // what another commit had
				if other := trees[random.IntN(i)]; len(other) > 0 {
					from := pick(slices.Sorted(maps.Keys(other))...)
					tree[from] = other[from]
				}
			}
		}
		if random.IntN(10) == 0 && i > 0 {
			tree["module"] = fmt.Sprintf("160000 :%d", 1+random.IntN(i))
		}
		trees[i] = tree
		date := 1_000_000 + 1000*i
		if skewed {
			date += 1000 * (random.IntN(2*len(trees)) - len(trees))
		}
		if random.IntN(3) == 0 {
			date = 1_005_000
		}
		message := fmt.Sprintf("commit %d", i)
		fmt.Fprintf(&in, "reset refs/made/%d\ncommit refs/made/%d\nmark :%d\ncommitter c <c@example.com> %d +0%d00\ndata %d\n%s\n",
			i, i, 1+i, date, random.IntN(10), len(message), message)
		for k, p := range parents {
			fmt.Fprintf(&in, "%s :%d\n", []string{"from", "merge", "merge", "merge", "merge", "merge"}[k], 1+p)
		}
		in.WriteString("deleteall\n")
		for _, name := range slices.Sorted(maps.Keys(tree)) {
			fmt.Fprintf(&in, "M %s %s\n", tree[name], name)
		}
		in.WriteString("\n")
	}
	for i := range 3 {
		fmt.Fprintf(&in, "reset refs/heads/b%d\nfrom :%d\n\n", i, 1+random.IntN(len(trees)))
		fmt.Fprintf(&in, "tag t%d\nfrom :%d\ntagger c <c@example.com> 1 +0000\ndata 3\ntag\n", i, pickMark(random, len(trees), texts))
	}
	return in.String()
}

// pickMark is of a commit, or of a blob at times.
func pickMark(random *rand.Rand, commits, texts int) int {
	if random.IntN(4) == 0 {
		return 1000 + random.IntN(texts)
	}
	return 1 + random.IntN(commits)
}

// TestTraceAgreesWithGit draws histories and asks git itself about every object:
// by which paths commits hold it, which refs lead to it, whether HEAD has it, and
// which commit was the first. That is the earliest of those that brought it,
// where none of their ancestors had: what the dates say of a parent and its child
// does not count.
func TestTraceAgreesWithGit(t *testing.T) {
	seeds := 24
	if testing.Short() {
		seeds = 6
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			var format []string
			if seed%5 == 4 {
				format = []string{"--object-format=sha256"}
			}
			r := newRepo(t, format...)
			r.gitIn(drawHistory(seed), "fast-import", "--quiet", "--date-format=raw-permissive")
			// What no ref leads to any more is dangling.
			for _, ref := range r.lines("", "for-each-ref", "--format=delete %(refname)", "refs/made") {
				r.gitIn(ref+"\n", "update-ref", "--stdin")
			}
			trees := r.byType()["tree"]
			r.gitIn("", "tag", "tree", trees[int(seed)%len(trees)])
			r.gitIn("", "tag", "-a", "-m", "of a tag", "tag", "t1")
			if seed%2 == 0 {
				r.gitIn("", "symbolic-ref", "HEAD", "refs/heads/b0")
			} else {
				r.gitIn("", "update-ref", "--no-deref", "HEAD", r.byType()["commit"][0])
			}
			if seed%4 == 0 {
				r.gitIn("", "pack-refs", "--all")
				r.gitIn("", "repack", "-q", "-a", "-d", "-f", "--depth=200", "-k")
			}
			r.agreeOnTraces(t)
		})
	}
}

// agreeOnTraces holds the traces of all objects to git.
func (r gitRepo) agreeOnTraces(t *testing.T) {
	t.Helper()
	h := r.history(t)
	format := h.store.Format()
	all := r.byType()
	want := make(map[objects.ID]Trace)
	for _, kind := range []string{"blob", "commit", "tag"} {
		for _, name := range all[kind] {
			want[mustID(t, format, name)] = Trace{HeadKnown: true, RefsKnown: true}
		}
	}
	none := mustID(t, format, strings.Repeat("12", format.Size()))
	want[none] = Trace{HeadKnown: true, RefsKnown: true}
	set := func(name string, change func(*Trace)) {
		if id := mustID(t, format, name); want[id].HeadKnown { // not a tree
			w := want[id]
			change(&w)
			want[id] = w
		}
	}

	// The paths, as git log tells them of each parent.
	paths := make(map[string]map[string]bool)
	for _, field := range strings.Split(r.gitIn(strings.Join(all["commit"], "\n"), "log", "--no-walk", "--stdin",
		"--format=", "--raw", "-m", "--no-renames", "--root", "--no-abbrev", "-z", "-t"), "\x00:") {
		head, path, ok := strings.Cut(strings.TrimPrefix(field, ":"), "\x00")
		if parts := strings.Fields(head); ok && len(parts) == 5 && !strings.HasPrefix(parts[1], "16") {
			if paths[parts[3]] == nil {
				paths[parts[3]] = make(map[string]bool)
			}
			paths[parts[3]][strings.Trim(path, "\x00")] = true
		}
	}
	for name, found := range paths {
		if strings.Trim(name, "0") != "" {
			set(name, func(w *Trace) { w.Paths = slices.Sorted(maps.Keys(found)) })
		}
	}

	for _, line := range strings.Split(strings.Trim(r.gitIn("", "ls-tree", "-r", "-z", "HEAD"), "\x00"), "\x00") {
		head, path, _ := strings.Cut(line, "\t")
		if parts := strings.Fields(head); len(parts) == 3 && parts[1] == "blob" {
			set(parts[2], func(w *Trace) { w.Head = append(w.Head, path) })
		}
	}

	for _, ref := range append([]string{"HEAD"}, r.lines("", "for-each-ref", "--format=%(refname)")...) {
		for _, line := range r.lines("", "rev-list", "--objects", "--no-object-names", ref) {
			set(line, func(w *Trace) { w.Refs = append(w.Refs, ref) })
		}
	}

	for name, first := range r.firsts(all["commit"]) {
		set(name, func(w *Trace) {
			w.Commit, w.Path, w.When = mustID(t, format, first.commit), first.path, time.Unix(first.when, 0)
		})
	}

	got, err := h.Trace(t.Context(), slices.SortedFunc(maps.Keys(want), objects.ID.Compare), 2)
	if err != nil {
		t.Fatal(err)
	}
	for id, w := range want {
		g := got[id]
		if !slices.Equal(g.Paths, w.Paths) || !slices.Equal(g.Head, w.Head) || !slices.Equal(g.Refs, w.Refs) ||
			g.Commit != w.Commit || g.Path != w.Path || !w.Commit.IsZero() && !g.When.Equal(w.When) ||
			g.HeadKnown != w.HeadKnown || g.RefsKnown != w.RefsKnown {
			t.Errorf("%s\n got %+v\nwant %+v", id, g, w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d traces, want %d", len(got), len(want))
	}
}

// first is what git says of a commit that brought an object.
type first struct {
	commit, path string
	when         int64
}

// firsts finds the commit that brought each object first, from the whole list of
// files of each commit.
func (r gitRepo) firsts(commits []string) map[string]first {
	r.t.Helper()
	type node struct {
		first
		parents []string
		files   map[string]string // by path
		brings  map[string]string // the first path of each object
	}
	nodes := make(map[string]*node)
	for _, line := range r.lines(strings.Join(commits, "\n"), "log", "--no-walk", "--stdin", "--format=%H %ct %P") {
		parts := strings.Fields(line)
		n := &node{parents: parts[2:], files: make(map[string]string), brings: make(map[string]string)}
		n.commit = parts[0]
		fmt.Sscan(parts[1], &n.when)
		for _, line := range strings.Split(strings.Trim(r.gitIn("", "ls-tree", "-r", "-z", n.commit), "\x00"), "\x00") {
			head, path, _ := strings.Cut(line, "\t")
			if parts := strings.Fields(head); len(parts) == 3 && parts[1] == "blob" {
				n.files[path] = parts[2]
			}
		}
		nodes[n.commit] = n
	}
	for _, n := range nodes {
		for _, path := range slices.Backward(slices.SortedFunc(maps.Keys(n.files), cmp.Compare)) {
			old := slices.ContainsFunc(n.parents, func(p string) bool { return nodes[p] != nil && nodes[p].files[path] == n.files[path] })
			if !old {
				n.brings[n.files[path]] = path
			}
		}
		n.brings[n.commit] = ""
	}
	above := func(n *node) map[*node]bool {
		seen := make(map[*node]bool)
		next := []*node{n}
		for len(next) > 0 {
			at := next[len(next)-1]
			next = next[:len(next)-1]
			for _, p := range at.parents {
				if up := nodes[p]; up != nil && !seen[up] {
					seen[up] = true
					next = append(next, up)
				}
			}
		}
		return seen
	}
	out := make(map[string]first)
	for _, n := range nodes {
		ancestors := above(n)
	objects:
		for object, path := range n.brings {
			for up := range ancestors {
				if _, had := up.brings[object]; had {
					continue objects
				}
			}
			found := first{n.commit, path, n.when}
			if before, ok := out[object]; !ok || cmp.Or(cmp.Compare(found.when, before.when), cmp.Compare(found.commit, before.commit)) < 0 {
				out[object] = found
			}
		}
	}
	return out
}
