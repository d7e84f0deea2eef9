package tree

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"scopeaudit/audit/tree/objects"
)

// forged are objects under names of the test's own choice: what stands under a
// name need not be what it is the hash of.
type forged struct {
	testing.TB
	files fstest.MapFS
	refs  objects.Refs
}

func newForged(t testing.TB) *forged {
	return &forged{TB: t, files: make(fstest.MapFS), refs: objects.Refs{Known: true}}
}

// id is the name of the object of that number.
func (f *forged) id(n int) objects.ID {
	return mustID(f, objects.SHA1, fmt.Sprintf("%08x%032x", uint32(n)*0x01010101, n+1))
}

func (f *forged) put(n int, kind, content string) {
	f.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	fmt.Fprintf(z, "%s %d\x00%s", kind, len(content), content)
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	name := f.id(n).String()
	f.files[name[:2]+"/"+name[2:]] = &fstest.MapFile{Data: b.Bytes()}
}

// tree puts a tree of entries such as "40000 name" in the place of number n, with
// the number of what each names.
func (f *forged) tree(n int, entries ...any) {
	f.Helper()
	var b strings.Builder
	for i := 0; i < len(entries); i += 2 {
		fmt.Fprintf(&b, "%s\x00%s", entries[i], f.id(entries[i+1].(int)).Bytes())
	}
	f.put(n, "tree", b.String())
}

func (f *forged) commit(n, date, tree int, parents ...int) {
	f.Helper()
	text := fmt.Sprintf("tree %s\n", f.id(tree))
	for _, p := range parents {
		text += fmt.Sprintf("parent %s\n", f.id(p))
	}
	f.put(n, "commit", text+fmt.Sprintf("author a <a> %d +0000\ncommitter c <c> %d +0000\n\nm\n", date, date))
}

func (f *forged) ref(name string, n int) {
	r := objects.Ref{Name: name, ID: f.id(n)}
	if name == "HEAD" {
		f.refs.Head = r
		return
	}
	f.refs.All = append(f.refs.All, r)
}

// traces finds the traces of the objects of these numbers.
func (f *forged) traces(workers int, numbers ...int) map[int]Trace {
	f.Helper()
	store, err := objects.Open(objects.Options{}, f.files)
	if err != nil {
		f.Fatal(err)
	}
	defer store.Close()
	var ids []objects.ID
	for _, n := range numbers {
		ids = append(ids, f.id(n))
	}
	found, err := (&History{store: store, refs: f.refs}).Trace(f.Context(), ids, workers)
	if err != nil {
		f.Fatal(err)
	}
	out := make(map[int]Trace)
	for _, n := range numbers {
		out[n] = found[f.id(n)]
	}
	return out
}

// TestTraceOfBombs holds that what stands for more folders than there are atoms
// is traced as fast as it was read, and truly.
func TestTraceOfBombs(t *testing.T) {
	const blob, other, commit, later = 100, 101, 200, 201
	names := func(mode string, to int) []any {
		var all []any
		for c := 'a'; c <= 'j'; c++ {
			all = append(all, mode+" "+string(c), to)
		}
		return all
	}
	t.Run("ten folders in ten folders", func(t *testing.T) {
		f := newForged(t)
		for from, leaf := range map[int]int{0: blob, 50: other} {
			f.tree(from, names("100644", leaf)...)
			for i := 1; i < 40; i++ {
				f.tree(from+i, names("40000", from+i-1)...)
			}
		}
		f.put(blob, "blob", "x")
		f.put(other, "blob", "y")
		f.commit(commit, 1, 39)
		f.commit(later, 2, 89, commit)
		f.ref("HEAD", later)
		got := f.traces(1, blob, other)
		for n, want := range map[int]int{blob: commit, other: later} {
			if g := got[n]; len(g.Paths) != MaxPaths || g.Commit != f.id(want) || strings.Count(g.Path, "/") != 39 || !slices.Equal(g.Refs, []string{"HEAD"}) {
				t.Errorf("%d: %+v", n, g)
			}
		}
		if len(got[blob].Head) != 0 || len(got[other].Head) != MaxPaths || !got[blob].HeadKnown {
			t.Errorf("in HEAD: %d and %d paths", len(got[blob].Head), len(got[other].Head))
		}
	})
	t.Run("a folder in itself", func(t *testing.T) {
		f := newForged(t)
		f.tree(0, append(names("40000", 0), "100644 x", blob)...)
		f.put(blob, "blob", "x")
		f.commit(commit, 1, 0)
		f.ref("HEAD", commit)
		f.ref("refs/heads/tree", 0)
		got := f.traces(1, blob)[blob]
		if !slices.Contains(got.Paths, "a/x") || got.Commit != f.id(commit) || len(got.Head) == 0 || len(got.Refs) != 2 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("one name many times", func(t *testing.T) {
		f := newForged(t)
		var many, more []any
		for i := range 300 {
			many, more = append(many, "40000 a", i), append(more, "40000 a", i+300)
			f.tree(i, "40000 a", 1000, "40000 a", 1001)
			f.tree(i+300, "40000 a", 1001, "40000 a", 1000)
		}
		f.tree(1000, many...)
		f.tree(1001, append(more, "100644 x", 5000)...)
		f.put(5000, "blob", "x")
		f.commit(6000, 1, 1000)
		f.commit(6001, 2, 1001, 6000)
		f.ref("HEAD", 6001)
		if got := f.traces(1, 5000)[5000]; len(got.Paths) == 0 || len(got.Head) == 0 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("commits and tags in a circle", func(t *testing.T) {
		f := newForged(t)
		f.tree(0, "100644 x", blob)
		f.put(blob, "blob", "x")
		f.tree(7, "100644 y", blob)
		f.commit(1, 5, 0, 2)
		f.commit(2, 4, 7, 1)
		f.commit(3, 3, 0, 3, 3, 3)
		f.put(4, "tag", fmt.Sprintf("object %s\ntype tag\ntag t\n\nm\n", f.id(5)))
		f.put(5, "tag", fmt.Sprintf("object %s\ntype tag\ntag t\n\nm\n", f.id(4)))
		f.ref("HEAD", 3)
		f.ref("refs/heads/a", 1)
		f.ref("refs/tags/t", 4)
		got := f.traces(2, blob, 1, 4, 5)
		if g := got[blob]; !slices.Equal(g.Paths, []string{"x", "y"}) || !slices.Equal(g.Head, []string{"x"}) || g.RefsKnown {
			t.Errorf("%+v", g)
		}
		if !slices.Equal(got[5].Refs, []string{"refs/tags/t"}) || !slices.Contains(got[1].Refs, "refs/heads/a") {
			t.Errorf("a tag and a commit: %v, %v", got[5].Refs, got[1].Refs)
		}
	})
}

// TestTraceOfManyRefs tells of the branches before the rest where there are more
// refs than anyone reads.
func TestTraceOfManyRefs(t *testing.T) {
	f := newForged(t)
	f.tree(0, "100644 x", 1)
	f.put(1, "blob", "x")
	f.commit(2, 1, 0)
	for i := range 1000 {
		f.ref(fmt.Sprintf("refs/changes/%04d", i), 2)
	}
	f.ref("HEAD", 2)
	f.ref("refs/heads/main", 2)
	f.ref("refs/tags/v1", 2)
	got := f.traces(1, 1)[1].Refs
	if len(got) != MaxRefs || !slices.Contains(got, "HEAD") || !slices.Contains(got, "refs/heads/main") || !slices.Contains(got, "refs/tags/v1") || !slices.IsSorted(got) {
		t.Errorf("refs %v", got)
	}
}

// TestTraceWithoutAll says that it does not know where a part of what HEAD and
// the refs lead to is not here, and only there.
func TestTraceWithoutAll(t *testing.T) {
	const lost, blob, staged = 90, 91, 92
	for name, test := range map[string]struct {
		change      func(*forged)
		head, known bool
	}{
		"all":                    {func(*forged) {}, true, true},
		"shallow":                {func(f *forged) { f.commit(10, 1, 0, lost); f.refs.Shallow = append(f.refs.Shallow, f.id(10)) }, true, true},
		"a dangling tree":        {func(f *forged) { f.commit(20, 1, lost) }, true, true},
		"HEAD's folder":          {func(f *forged) { f.tree(0, "100644 a", blob, "40000 b", lost) }, false, false},
		"HEAD's tree":            {func(f *forged) { f.commit(10, 1, lost) }, false, false},
		"a parent's folder":      {func(f *forged) { f.commit(10, 1, 0, 11); f.commit(11, 1, 5); f.tree(5, "40000 b", lost) }, true, false},
		"a parent":               {func(f *forged) { f.commit(10, 1, 0, lost) }, true, false},
		"what another ref names": {func(f *forged) { f.ref("refs/heads/b", lost) }, true, false},
		"what a tag names": {func(f *forged) {
			f.put(6, "tag", fmt.Sprintf("object %s\ntype commit\ntag t\n\nm\n", f.id(lost)))
			f.ref("refs/tags/t", 6)
		}, true, false},
		"a tree that is cut": {func(f *forged) { f.put(0, "tree", "100644 a\x00"+string(f.id(blob).Bytes())+"100644 b\x00short") }, false, false},
		"what HEAD names":    {func(f *forged) { f.ref("HEAD", lost) }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newForged(t)
			f.put(blob, "blob", "x")
			f.put(staged, "blob", "y")
			f.tree(0, "100644 a", blob)
			f.commit(10, 1, 0)
			f.ref("HEAD", 10)
			test.change(f)
			got := f.traces(1, blob, staged)
			if g := got[staged]; g.HeadKnown != test.head || g.RefsKnown != test.known || len(g.Head)+len(g.Refs) > 0 {
				t.Errorf("of what nothing holds: %+v", g)
			}
			if g := got[blob]; test.head && (!g.HeadKnown || len(g.Head) != 1) {
				t.Errorf("of what HEAD holds: %+v", g)
			}
		})
	}
}

// FuzzTrace traces through commits, trees and tags of any kind, in circles too:
// it ends, twice with the same result, and what it says of a path is so.
func FuzzTrace(f *testing.F) {
	f.Add([]byte("\x02\x03\x01\x00\x05\x01\x00\x02\x01\x00\x01\x00\x00"))
	f.Add([]byte{2, 0, 8, 1, 2, 0, 7, 0, 1, 0, 0, 1, 3, 3, 1, 4, 4, 2, 2, 2, 0, 1, 0, 1, 1, 3, 0})
	f.Add(bytes.Repeat([]byte{2, 0, 1, 2, 3, 1, 0, 4}, 20))
	f.Fuzz(func(t *testing.T, program []byte) {
		next := func() int {
			if len(program) == 0 {
				return 0
			}
			b := program[0]
			program = program[1:]
			return int(b)
		}
		const most = 24
		modes := []string{"40000", "40000", "100644", "120000", "160000", "40755", "0"}
		names := []string{"a", "b", "a\nb", "\x1b[31m", "..", ".git", "\xff", "a b", "\u202e", "a"}
		s := newForged(t)
		files := make(map[int]map[string]int) // what each tree names first, by "mode name"
		trees := make(map[int]int)            // of each commit
		for n := 0; n < most && len(program) > 0; n++ {
			switch next() % 4 {
			case 0:
				s.put(n, "blob", "x")
			case 1:
				trees[n] = next() % most
				parents := make([]int, next()%4)
				for i := range parents {
					parents[i] = next() % most
				}
				s.commit(n, next()-10, trees[n], parents...)
			case 2:
				files[n] = make(map[string]int)
				var entries []any
				for range next() % 8 {
					mode, name, to := modes[next()%len(modes)], names[next()%len(names)], next()%most
					entries = append(entries, mode+" "+name, to)
					files[n][fmt.Sprint(mode == "40000" || mode == "40755", " ", name, " ", to)] = to
				}
				s.tree(n, entries...)
			case 3:
				s.put(n, "tag", fmt.Sprintf("object %s\ntype commit\ntag t\n\nm\n", s.id(next()%most)))
			}
		}
		s.ref("HEAD", next()%most)
		s.ref("refs/heads/a", next()%most)
		var numbers []int
		for n := range most {
			numbers = append(numbers, n)
		}
		one, two := s.traces(1, numbers...), s.traces(2, numbers...)
		for n, g := range one {
			if fmt.Sprint(g) != fmt.Sprint(two[n]) {
				t.Errorf("%d: once %+v, then %+v", n, g, two[n])
			}
			if len(g.Paths) > MaxPaths || len(g.Head) > MaxPaths || len(g.Refs) > MaxRefs || !slices.IsSorted(g.Paths) ||
				len(slices.Compact(slices.Clone(g.Paths))) != len(g.Paths) {
				t.Errorf("%d: %+v", n, g)
			}
			if g.Path == "" || len(g.Path) > 200 {
				continue
			}
			// Whether it leads there: names may be there several times.
			at := map[int]bool{}
			for c, tree := range trees {
				at[tree] = at[tree] || s.id(c) == g.Commit
			}
			parts := strings.Split(g.Path, "/")
			for i, part := range parts {
				below := make(map[int]bool)
				for tree, here := range at {
					for key, to := range files[tree] {
						if here && key == fmt.Sprint(i < len(parts)-1, " ", part, " ", to) {
							below[to] = true
						}
					}
				}
				at = below
			}
			if !at[n] {
				t.Errorf("%d does not stand at %q of %s", n, g.Path, g.Commit)
			}
		}
	})
}

// TestTraceOfPartialClone clones without trees: git itself would fetch them.
func TestTraceOfPartialClone(t *testing.T) {
	r := newRepo(t)
	write(t, r.dir, map[string]string{"a/x": "one", "b": "two"})
	r.git("add", ".")
	r.git("commit", "-q", "-m", "m")
	r.git("config", "uploadpack.allowFilter", "true")
	for filter, known := range map[string]bool{"tree:0": false, "blob:none": true} {
		partial := gitRepo{t, filepath.Join(t.TempDir(), "clone")}
		r.git("clone", "-q", "--no-checkout", "--filter="+filter, "file://"+filepath.ToSlash(r.dir), partial.dir)
		write(t, partial.dir, map[string]string{"new": "three"})
		blob := strings.TrimSpace(partial.git("hash-object", "-w", "new"))
		h := partial.history(t)
		if !h.Partial {
			t.Fatalf("%s: not a partial clone", filter)
		}
		id := mustID(t, h.store.Format(), blob)
		got, err := h.Trace(t.Context(), []objects.ID{id}, 1)
		if g := got[id]; err != nil || g.HeadKnown != known || g.RefsKnown != known {
			t.Errorf("%s: %+v, %v", filter, g, err)
		}
	}
}
