package objects

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// TestGitParsers holds what is parsed to what git says of the same.
func TestGitParsers(t *testing.T) {
	for _, format := range []Format{SHA1, SHA256} {
		t.Run(format.String(), func(t *testing.T) {
			r := newRepo(t, "--object-format="+format.String())
			r.grow("main", 12, 5, 1)
			r.grow("side", 3, 2, 2)
			merge := r.gitIn("both\n\n\nat once", "commit-tree", "main^{tree}", "-p", "main", "-p", "side")
			r.git("update-ref", "refs/heads/merge", merge)
			r.git("tag", "-a", "-m", "of a commit", "v1", "merge")
			r.git("tag", "-a", "-m", "of a tree", "v2", "main^{tree}")
			s, err := Open(Options{Format: format}, r.folders()...)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			reader := s.NewReader()
			for line := range strings.Lines(r.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")) {
				name := strings.TrimSpace(line)
				id, err := ParseID(format, name)
				if err != nil {
					t.Fatal(err)
				}
				kind, content, err := reader.Get(id)
				if err != nil {
					t.Fatal(err)
				}
				switch kind {
				case TypeCommit:
					c, err := ParseCommit(format, content)
					parents := ""
					for _, p := range c.Parents {
						parents += p.String() + " "
					}
					got := fmt.Sprintf("%s %s%s %s %s %s %s", c.Tree, parents, c.Author.Name, c.Author.Email, c.Author.When.Format(time.RFC3339), c.Committer.When.Format(time.RFC3339), strings.TrimSpace(string(c.Message)))
					want := r.git("log", "-1", "--format=%T %P|%an %ae %aI %cI %B", name)
					want = strings.TrimSpace(strings.Replace(strings.Replace(want, " |", " ", 1), "|", " ", 1))
					if err != nil || got != want {
						t.Errorf("commit %s: %v\n got %q\nwant %q", name, err, got, want)
					}
				case TypeTree:
					var got strings.Builder
					for e, err := range TreeEntries(format, content) {
						if err != nil {
							t.Fatal(err)
						}
						word := "blob"
						if e.IsFolder() {
							word = "tree"
						}
						fmt.Fprintf(&got, "%06o %s %s\t%s\x00", e.Mode, word, e.ID, e.Name)
					}
					if want := r.git("ls-tree", "-z", name); got.String() != want {
						t.Errorf("tree %s:\n got %q\nwant %q", name, got.String(), want)
					}
				case TypeTag:
					tag, err := ParseTag(format, content)
					got := fmt.Sprintf("%s %s %s %s %s", tag.Object, tag.Type, tag.Name, tag.Tagger.When.Format(time.RFC3339), tag.Message)
					want := r.git("for-each-ref", "--format=%(object) %(type) %(tag) %(taggerdate:iso-strict) %(contents)", "refs/tags/"+string(tag.Name))
					if err != nil || strings.TrimSpace(got) != want {
						t.Errorf("tag %s: %v\n got %q\nwant %q", name, err, got, want)
					}
				}
			}
		})
	}
}

func TestGitRefs(t *testing.T) {
	r := newRepo(t)
	r.grow("main", 3, 2, 1)
	r.grow("a/b/c", 3, 2, 2)
	r.git("tag", "-a", "-m", "a tag", "v1", "main")
	r.git("pack-refs", "--all")
	r.grow("main", 2, 2, 3) // loose, and packed with an older one
	r.git("notes", "add", "-m", "a note", "main")
	r.git("symbolic-ref", "refs/heads/link", "refs/heads/a/b/c")
	dir := os.DirFS(r.dir)
	refs := ReadRefs(Extensions{Refs: "files"}, dir, dir)
	if !refs.Known || refs.Head.Target != "refs/heads/main" || refs.Head.ID.String() != r.git("rev-parse", "HEAD") {
		t.Errorf("%+v", refs)
	}
	var got strings.Builder
	for _, ref := range refs.All {
		fmt.Fprintf(&got, "%s %s %s\n", ref.ID, ref.Name, ref.Target)
	}
	if want := r.git("for-each-ref", "--format=%(objectname) %(refname) %(symref)"); strings.TrimSpace(got.String()) != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}

	tree := filepath.Join(t.TempDir(), "beside")
	r.git("worktree", "add", "-q", "--detach", tree, "a/b/c")
	refs = ReadRefs(Extensions{Refs: "files"}, os.DirFS(filepath.Join(r.dir, "worktrees", "beside")), dir)
	if refs.Head.ID.String() != r.git("rev-parse", "a/b/c") || refs.Head.Target != "" {
		t.Errorf("HEAD of the other work tree: %+v", refs.Head)
	}
	if last := refs.All[len(refs.All)-1]; last.Name != "worktrees/beside/HEAD" || last.ID != refs.Head.ID || !refs.Known {
		t.Errorf("last ref %+v, known %t", last, refs.Known)
	}
}

func TestRefsUnknown(t *testing.T) {
	id := strings.Repeat("0123456789", 4)
	files := func(change func(fstest.MapFS)) fstest.MapFS {
		m := fstest.MapFS{
			"HEAD":            {Data: []byte("ref: refs/heads/main\n")},
			"refs/heads/main": {Data: []byte(id + "\n")},
			"packed-refs":     {Data: []byte("# pack-refs with: peeled fully-peeled sorted \n" + id + " refs/tags/v1\n^" + id + "\n")},
		}
		change(m)
		return m
	}
	put := func(name, text string) func(fstest.MapFS) {
		return func(m fstest.MapFS) { m[name] = &fstest.MapFile{Data: []byte(text)} }
	}
	for name, test := range map[string]struct {
		change func(fstest.MapFS)
		known  bool
		refs   int
	}{
		"as it should be": {func(fstest.MapFS) {}, true, 2},
		"no packed refs":  {func(m fstest.MapFS) { delete(m, "packed-refs") }, true, 1},
		"a lock":          {put("refs/heads/main.lock", ""), true, 2},
		"unborn":          {func(m fstest.MapFS) { delete(m, "refs/heads/main") }, true, 1},
		"no HEAD":         {func(m fstest.MapFS) { delete(m, "HEAD") }, false, 2},
		"empty ref":       {put("refs/heads/x", ""), false, 2},
		"other format":    {put("refs/heads/x", strings.Repeat(id, 2)[:64]), false, 2},
		"large ref":       {put("refs/heads/x", id+strings.Repeat(" ", 1<<13)), false, 2},
		"corrupt packed":  {put("packed-refs", "x\n"+id+" refs/heads/y"), false, 2},
		"reftable":        {put("reftable/tables.list", ""), false, 2},
		"circle":          {put("refs/heads/main", "ref: refs/heads/main"), true, 2},
		"deep":            {put("refs/"+strings.Repeat("x/", 40)+"y", id), false, 2},
		"pipe":            {func(m fstest.MapFS) { m["refs/heads/p"] = &fstest.MapFile{Mode: fs.ModeNamedPipe} }, false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			dir := files(test.change)
			if refs := ReadRefs(Extensions{Refs: "files"}, dir, dir); refs.Known != test.known || len(refs.All) != test.refs {
				t.Errorf("known %t, refs %v", refs.Known, refs.All)
			}
		})
	}
	dir := files(func(fstest.MapFS) {})
	if refs := ReadRefs(Extensions{Refs: "reftable"}, dir, dir); refs.Known {
		t.Error("refs of another storage are known")
	}
}

func TestExtensions(t *testing.T) {
	for config, want := range map[string]Extensions{
		"": {SHA1, "files", false},
		"[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n": {SHA256, "files", false},
		"[EXTENSIONS] objectFormat = \"SHA256\" ; so\n":                                  {SHA256, "files", false},
		"[extensions]\n# objectformat = sha256\nrefstorage=reftable":                     {SHA1, "reftable", false},
		"[extensions]\npartialclone = origin":                                            {SHA1, "files", true},
		"[remote \"extensions\"]\nobjectformat = sha256\npromisor = true":                {SHA1, "files", true},
		"[remote \"x\"]\npromisor = false":                                               {SHA1, "files", false},
		"[include]\npath = /etc/passwd\n[broken\n[extensions":                            {SHA1, "files", false},
	} {
		if got, err := ReadExtensions([]byte(config)); err != nil || got != want {
			t.Errorf("%q: %+v, %v", config, got, err)
		}
	}
	if _, err := ReadExtensions([]byte("[extensions]\nobjectformat = md5")); err == nil {
		t.Error("an unknown format is taken")
	}
}

func TestSignatures(t *testing.T) {
	for line, want := range map[string]string{
		"A B <a@b> 0 +0000":                     "A B|a@b|1970-01-01T00:00:00Z",
		"A <a@b> 1700000000 -0730":              "A|a@b|2023-11-14T14:43:20-07:30",
		"A <a@b> 1700000000 +9999":              "A|a@b|2023-11-14T22:13:20Z",
		"A <a@b> 1700000000":                    "A|a@b|2023-11-14T22:13:20Z",
		"A <a@b> 99999999999999999999999 +0000": "A|a@b|0001-01-01T00:00:00Z",
		"A <a@b> -5 +0000":                      "A|a@b|0001-01-01T00:00:00Z",
		"A <a@b>":                               "A|a@b|0001-01-01T00:00:00Z",
		"<>":                                    "||0001-01-01T00:00:00Z",
		"A":                                     "||0001-01-01T00:00:00Z",
		"> <":                                   "||0001-01-01T00:00:00Z",
		"A <a> b> 0 +0000":                      "A|a> b|1970-01-01T00:00:00Z",
	} {
		s := parseSignature([]byte(line))
		if got := fmt.Sprintf("%s|%s|%s", s.Name, s.Email, s.When.Format(time.RFC3339)); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, s := range []string{"", "0", strings.Repeat("0", 39), strings.Repeat("0", 41), strings.Repeat("g", 40), strings.Repeat("0", 64)} {
		if id, err := ParseID(SHA1, s); err == nil {
			t.Errorf("%q is %s", s, id)
		}
	}
	// The names of nothing that everyone knows.
	if got := HashObject(SHA1, TypeBlob, nil).String(); got != "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" {
		t.Error(got)
	}
	if got := HashObject(SHA256, TypeTree, nil).String(); got != "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321" {
		t.Error(got)
	}
}
