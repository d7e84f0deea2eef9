package objects

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// gitRepo is a repository that git itself made.
type gitRepo struct {
	t   testing.TB
	dir string
}

// newRepo makes a bare repository in a fresh folder; args go to git init.
func newRepo(t testing.TB, args ...string) gitRepo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git (Debian: git)")
	}
	r := gitRepo{t, t.TempDir()}
	r.git(append([]string{"init", "-q", "--bare", "-b", "main"}, args...)...)
	return r
}

func (r gitRepo) command(args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "LC_ALL=C", "GIT_CONFIG_COUNT=0",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
		"GIT_AUTHOR_DATE=1700000000 +0130", "GIT_COMMITTER_DATE=1700000000 +0130", "GIT_NO_LAZY_FETCH=1")
	return cmd
}

func (r gitRepo) git(args ...string) string { return r.gitIn("", args...) }

func (r gitRepo) gitIn(input string, args ...string) string {
	r.t.Helper()
	cmd := r.command(args...)
	cmd.Stdin = strings.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git %q: %v\n%s", args, err, stderr.Bytes())
	}
	return strings.TrimSpace(string(out))
}

// grow adds commits to a branch, each of which changes some of the files.
func (r gitRepo) grow(branch string, commits, files int, seed uint64) {
	r.t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 1))
	word := func() string {
		return []string{"alpha", "beta", "gamma", "delta", "return", "import", "value", "\t", "\r", "é"}[rnd.IntN(10)] + fmt.Sprint(rnd.IntN(1000))
	}
	lines := make([][]string, files)
	for f := range lines {
		for range 20 + rnd.IntN(200) {
			lines[f] = append(lines[f], word()+" "+word()+" "+word())
		}
	}
	var in strings.Builder
	for c := range commits {
		message := fmt.Sprintf("commit %d of %s\n\nwith a body\n", c, branch)
		fmt.Fprintf(&in, "commit refs/heads/%s\ncommitter a <a@example.com> %d +0200\ndata %d\n%s", branch, 1_600_000_000+c, len(message), message)
		if c == 0 {
			fmt.Fprintf(&in, "M 100644 inline empty\ndata 0\n\n")
		}
		for range 1 + rnd.IntN(3) {
			f := rnd.IntN(files)
			switch at := rnd.IntN(len(lines[f])); rnd.IntN(5) {
			case 0:
				lines[f] = append(lines[f][:at], lines[f][min(len(lines[f]), at+len(lines[f])/20):]...)
				lines[f] = append(lines[f], word())
			case 1:
				lines[f] = append(lines[f][at:len(lines[f]):len(lines[f])], lines[f][:at]...)
			default:
				lines[f][at] = word()
			}
			text := strings.Join(lines[f], "\n")
			fmt.Fprintf(&in, "M 100644 inline folder%d/file%d\ndata %d\n%s\n", f%3, f, len(text), text)
		}
		in.WriteString("\n")
	}
	r.gitIn(in.String(), "fast-import", "--quiet", "--force")
}

// what is what a test compares of an object.
type what struct {
	t    Type
	size int64
	hash [sha256.Size]byte
}

// all is what git reads.
func (r gitRepo) all(format Format) map[ID]what {
	r.t.Helper()
	cmd := r.command("cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git cat-file: %v\n%s", err, stderr.Bytes())
	}
	all := make(map[ID]what)
	for in := bufio.NewReader(bytes.NewReader(out)); ; {
		var name, kind string
		var size int64
		line, err := in.ReadString('\n')
		if err == io.EOF {
			return all
		}
		if _, err := fmt.Sscanf(line, "%s %s %d", &name, &kind, &size); err != nil {
			r.t.Fatalf("git cat-file: %q", line)
		}
		content := make([]byte, size+1)
		if _, err := io.ReadFull(in, content); err != nil {
			r.t.Fatal(err)
		}
		id, err := ParseID(format, name)
		if err != nil {
			r.t.Fatal(err)
		}
		all[id] = what{parseType(kind), size, sha256.Sum256(content[:size])}
	}
}

// folders are the object directory of a repository and those that it borrows
// from.
func (r gitRepo) folders(more ...gitRepo) []fs.FS {
	r.t.Helper()
	var all []fs.FS
	for _, repo := range append([]gitRepo{r}, more...) {
		dir := repo.dir
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			dir = filepath.Join(dir, ".git")
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			r.t.Fatal(err)
		}
		r.t.Cleanup(func() { root.Close() })
		all = append(all, Folder(root, "objects"))
	}
	return all
}

// tally is how many objects were given in a way.
type tally struct{ ranges, streams int }

// gather reads all objects, and holds what is said of ranges to their bases.
func gather(t testing.TB, o Options, how Pass, dirs ...fs.FS) (map[ID]what, tally) {
	t.Helper()
	s, err := Open(o, dirs...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, skip := range s.Skips {
		t.Errorf("skipped %s: %v", skip.File, skip.Err)
	}
	var mu sync.Mutex
	all := make(map[ID]what)
	var count tally
	stats, err := s.Each(context.Background(), how, func(worker int, o *Object) error {
		data := o.Data
		if o.Stream != nil {
			if o.Data != nil {
				t.Errorf("%s: both a stream and data", o.ID)
			}
			var err error
			if data, err = io.ReadAll(o.Stream); err != nil {
				t.Errorf("%s: %v", o.ID, err)
			}
		}
		if int64(len(data)) != o.Size {
			t.Errorf("%s: %d of %d bytes", o.ID, len(data), o.Size)
		}
		if o.Inserted != nil {
			base, ok := o.FromBase.([]byte)
			if !ok {
				t.Errorf("%s: ranges without what the base left", o.ID)
			}
			checkRanges(t, o, base)
		} else if o.FromBase != nil {
			t.Errorf("%s: from a base that it has nothing of", o.ID)
		}
		o.Carry = bytes.Clone(data)
		mu.Lock()
		defer mu.Unlock()
		if _, twice := all[o.ID]; twice {
			t.Errorf("%s: given twice", o.ID)
		}
		if o.Stream != nil {
			count.streams++
		}
		if o.Inserted != nil {
			count.ranges++
		}
		all[o.ID] = what{o.Type, o.Size, sha256.Sum256(data)}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, skip := range stats.Skips {
		t.Errorf("skipped %s %s: %v", skip.File, skip.ID, skip.Err)
	}
	if stats.Objects != int64(len(all)) {
		t.Errorf("%d objects counted, %d given", stats.Objects, len(all))
	}
	if how.Only == nil && how.Types == nil && s.Len() != len(all) {
		t.Errorf("%d objects by the indexes, %d given", s.Len(), len(all))
	}
	return all, count
}

// checkRanges holds that ranges ascend apart, and that each stretch between them
// is a stretch of the base.
func checkRanges(t testing.TB, o *Object, base []byte) {
	t.Helper()
	last := 0
	stretch := func(to int) {
		if to < last || !bytes.Contains(base, o.Data[last:to]) {
			t.Errorf("%s: bytes %d to %d are not in the base", o.ID, last, to)
		}
	}
	for i, r := range o.Inserted {
		if r.Start < last || i > 0 && r.Start == last || r.End < r.Start || r.End > len(o.Data) {
			t.Errorf("%s: ranges %v of %d bytes", o.ID, o.Inserted, len(o.Data))
			return
		}
		stretch(r.Start)
		last = r.End
	}
	stretch(len(o.Data))
	if len(o.Inserted) == 0 && !bytes.Equal(base, o.Data) {
		t.Errorf("%s: differs from its base, and nothing is said to", o.ID)
	}
}

// tight are limits at which nearly nothing is kept and much is streamed.
var tight = Limits{Base: 2000, Whole: 1 << 20, Kept: 3000, Working: 1 << 20}

// compare holds what is read here, in several ways, to what git reads.
func compare(t *testing.T, want map[ID]what, format Format, dirs ...fs.FS) {
	t.Helper()
	if len(want) == 0 {
		t.Fatal("git reads nothing")
	}
	differ := func(t *testing.T, got map[ID]what) {
		t.Helper()
		for id, w := range want {
			if g, ok := got[id]; g != w {
				t.Errorf("%s: %s of %d bytes; read: %t, %s of %d", id, w.t, w.size, ok, g.t, g.size)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d objects, git has %d", len(got), len(want))
		}
	}
	t.Run("verified", func(t *testing.T) {
		got, _ := gather(t, Options{Format: format, Verify: true}, Pass{Workers: 1}, dirs...)
		differ(t, got)
	})
	t.Run("parallel", func(t *testing.T) {
		got, count := gather(t, Options{Format: format}, Pass{Workers: 5}, dirs...)
		differ(t, got)
		if least := len(want) / 20; count.ranges < least {
			t.Errorf("%d of %d objects are given with ranges", count.ranges, len(want))
		}
	})
	t.Run("tight", func(t *testing.T) {
		got, count := gather(t, Options{Format: format, Limits: tight}, Pass{Workers: 3}, dirs...)
		differ(t, got)
		large := false
		for _, w := range want {
			large = large || w.size > 2*tight.Base
		}
		if count.streams == 0 && large {
			t.Error("nothing was streamed")
		}
	})
	t.Run("unmapped", func(t *testing.T) {
		var files, streams []fs.FS
		for _, d := range dirs {
			files, streams = append(files, unmapped{d, true}), append(streams, unmapped{d, false})
		}
		got, _ := gather(t, Options{Format: format}, Pass{Workers: 2}, files...)
		differ(t, got)
		got, _ = gather(t, Options{Format: format, Limits: tight}, Pass{}, streams...)
		differ(t, got)
	})
	t.Run("one by one", func(t *testing.T) {
		s, err := Open(Options{Format: format, Verify: true}, dirs...)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		got := make(map[ID]what)
		r := s.NewReader()
		for id := range want {
			kind, data, err := r.Get(id)
			if err != nil || !s.Has(id) {
				t.Errorf("%s: %v", id, err)
			}
			got[id] = what{kind, int64(len(data)), sha256.Sum256(data)}
		}
		differ(t, got)
		if _, _, err := r.Get(makeID(format, bytes.Repeat([]byte{7}, 32))); !errors.Is(err, ErrMissing) {
			t.Errorf("an object that does not exist: %v", err)
		}
	})
	t.Run("some", func(t *testing.T) {
		got, _ := gather(t, Options{Format: format}, Pass{Workers: 2, Types: []Type{TypeCommit, TypeTag}}, dirs...)
		only, _ := gather(t, Options{Format: format}, Pass{Workers: 2, Only: func(id ID) bool { return id.sum[3]&3 == 0 }}, dirs...)
		for id, w := range want {
			if g, ok := got[id]; ok != (w.t == TypeCommit || w.t == TypeTag) || ok && g != w {
				t.Errorf("%s, %s: given %t, only commits and tags asked for", id, w.t, ok)
			}
			if g, ok := only[id]; ok != (id.sum[3]&3 == 0) || ok && g != w {
				t.Errorf("%s, %s: given %t, not as asked", id, w.t, ok)
			}
		}
	})
}

// unmapped hides that files are those of the system, and whether they can be
// read at will.
type unmapped struct {
	fs.FS
	at bool
}

func (u unmapped) Open(name string) (fs.File, error) {
	f, err := u.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if d, ok := f.(fs.ReadDirFile); ok && !u.at {
		return struct{ fs.ReadDirFile }{d}, nil
	}
	return struct {
		fs.ReadDirFile
		io.ReaderAt
	}{f.(fs.ReadDirFile), f.(io.ReaderAt)}, nil
}

// withoutIndex hides the indexes of packs.
type withoutIndex struct{ fs.FS }

func (w withoutIndex) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".idx") {
		return nil, fs.ErrNotExist
	}
	return w.FS.Open(name)
}

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
