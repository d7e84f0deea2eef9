package tree

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree/objects"
)

// contents are all objects that a store gives.
func contents(t *testing.T, s *objects.Store) map[objects.ID]string {
	t.Helper()
	var mu sync.Mutex
	all := make(map[objects.ID]string)
	stats, err := s.Each(t.Context(), objects.Pass{Workers: 2}, func(_ int, o *objects.Object) error {
		data := o.Data
		if o.Stream != nil {
			var err error
			if data, err = io.ReadAll(o.Stream); err != nil {
				return err
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if _, twice := all[o.ID]; twice {
			t.Errorf("%s: given twice", o.ID)
		}
		all[o.ID] = fmt.Sprintf("%s %d %x", o.Type, o.Size, sha256.Sum256(data))
		return nil
	})
	if err != nil || stats.Failed > 0 || int(stats.Objects) != len(all) {
		t.Fatalf("%v, %+v", err, stats)
	}
	return all
}

// grown makes a repository with objects of all types, packed and loose.
func grown(t *testing.T, args ...string) gitRepo {
	r := newRepo(t, append([]string{"-b", "main"}, args...)...)
	text := strings.Repeat("some text that is long enough\n", 200)
	for i := range 5 {
		write(t, r.dir, map[string]string{"a/b.txt": text[i*30:] + fmt.Sprint(i), "large": strings.Repeat(fmt.Sprint("large ", i), 100_000)})
		r.git("add", ".")
		r.git("commit", "-q", "-m", fmt.Sprint("commit ", i))
	}
	r.git("tag", "-a", "-m", "a tag", "v1")
	r.git("gc", "-q")
	write(t, r.dir, map[string]string{"later.txt": "later\n", "empty": ""})
	r.git("add", ".")
	r.git("commit", "-q", "-m", "loose")
	return r
}

func theGit(t *testing.T) string {
	t.Helper()
	git, err := installedGit()
	if err != nil {
		t.Skip("needs git (Debian: git)")
	}
	return git
}

// TestFallbackReadsWhatGitReads holds what git gives to what is read natively.
func TestFallbackReadsWhatGitReads(t *testing.T) {
	for _, format := range []objects.Format{objects.SHA1, objects.SHA256} {
		r := grown(t, "--object-format="+format.String())
		store := filepath.Join(real(t, r.dir), ".git", "objects")
		g, err := startGit(theGit(t), store, format.String())
		if err != nil {
			t.Fatal(err)
		}
		native, err := objects.Open(objects.Options{Format: format}, os.DirFS(store))
		if err != nil {
			t.Fatal(err)
		}
		small := objects.Limits{Base: 100_000}
		other, err := objects.Open(objects.Options{Format: format, Elsewhere: g, Limits: small}, &Archived{})
		if err != nil {
			t.Fatal(err)
		}
		want, got := contents(t, native), contents(t, other)
		if !maps.Equal(got, want) || len(got) < 20 || other.Len() != len(want) {
			t.Errorf("%s: %d objects from git, %d natively", format, len(got), len(want))
		}
		reader, same := other.NewReader(), native.NewReader()
		for id := range want {
			kind, data, err := reader.Get(id)
			wantKind, wantData, wantErr := same.Get(id)
			if err != nil || wantErr != nil || kind != wantKind || string(data) != string(wantData) || !other.Has(id) {
				t.Errorf("%s: %v, %v", id, err, wantErr)
			}
		}
		if _, _, err := reader.Get(objects.HashObject(format, objects.TypeBlob, []byte("none"))); !errors.Is(err, objects.ErrMissing) {
			t.Errorf("what does not exist: %v", err)
		}
		// What a callback leaves unread does not disturb what comes next.
		stop := errors.New("stop")
		if _, err := other.Each(t.Context(), objects.Pass{}, func(int, *objects.Object) error { return stop }); err != stop {
			t.Errorf("%v, want the error of the callback", err)
		}
		for id := range want {
			if err := g.Read(id, func(objects.Type, int64, io.Reader) error { return stop }); !errors.Is(err, stop) {
				t.Errorf("%v, want the error of the callback", err)
			}
		}
		if again := contents(t, other); !maps.Equal(again, want) {
			t.Error("not the same once more")
		}
		native.Close()
		if err := g.close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(g.shadow); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("what was made is still there: %v", err)
		}
	}
}

func real(t *testing.T, dir string) string {
	t.Helper()
	path, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// newerGit puts a git into the path that knows a format of tomorrow, by reading
// what is at store as what it is today.
func newerGit(t *testing.T, format, store string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	bin := t.TempDir()
	script := "#!/bin/sh\nprintf '[core]\\n\\trepositoryFormatVersion = 1\\n[extensions]\\n\\tobjectFormat = " + format + "\\n' >\"$GIT_DIR/config\"\n" +
		"GIT_OBJECT_DIRECTORY='" + store + "' exec '" + theGit(t) + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
}

// TestFallbackForNewFormats reads with the help of a git that is newer.
func TestFallbackForNewFormats(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		r := grown(t, "--object-format="+format)
		blob, err := objects.ParseID(map[string]objects.Format{"sha1": objects.SHA1, "sha256": objects.SHA256}[format], strings.TrimSpace(r.git("rev-parse", "HEAD~2:a/b.txt")))
		if err != nil {
			t.Fatal(err)
		}
		brought := strings.TrimSpace(r.git("rev-parse", "HEAD~2"))
		here := strings.TrimSpace(r.git("rev-list", "--count", "--all"))
		copied := filepath.Join(t.TempDir(), "objects")
		if err := os.CopyFS(copied, os.DirFS(filepath.Join(r.dir, ".git/objects"))); err != nil {
			t.Fatal(err)
		}
		packs, err := filepath.Glob(filepath.Join(r.dir, ".git/objects/pack/*.pack"))
		if err != nil || len(packs) != 1 {
			t.Fatal(packs, err)
		}
		pack, err := os.ReadFile(packs[0])
		if err != nil {
			t.Fatal(err)
		}
		os.Remove(packs[0])
		pack[7] = 4
		for what, config := range map[string]string{
			"pack":  "[extensions]\n\tobjectFormat = " + format + "\n",
			"names": "[extensions]\n\tobjectFormat = \"new-3\"\n",
		} {
			t.Run(format+" "+what, func(t *testing.T) {
				r.t = t
				write(t, r.dir, map[string]string{".git/config": "[core]\n\trepositoryformatversion = 1\n" + config})
				if err := os.WriteFile(packs[0], pack, 0o644); err != nil {
					t.Fatal(err)
				}
				unread := func(want string) {
					t.Helper()
					g := open(t, r.dir)
					h, skipped := g.History(false)
					if h != nil {
						defer h.Close()
						skipped = h.Skipped
					}
					if len(skipped) != 1 || skipped[0].Reason != want || skipped[0].Kind != rules.ByFailure || (h == nil) != (what == "names") {
						t.Errorf("history %t, skipped %v, want %q", h != nil, skipped, want)
					}
				}
				unread(SkipOldGit)
				t.Run("no git", func(t *testing.T) { t.Setenv("PATH", t.TempDir()); unread(SkipNoGit) })
				t.Run("one in the tree", func(t *testing.T) {
					write(t, r.dir, map[string]string{"bin/git": "#!/bin/sh\n"})
					os.Chmod(filepath.Join(r.dir, "bin/git"), 0o755)
					t.Setenv("PATH", filepath.Join(r.dir, "bin"))
					if runtime.GOOS != "windows" {
						unread(SkipNoGit)
					}
				})

				newerGit(t, format, copied)
				g := open(t, r.dir)
				h, skipped := g.History(false)
				if h == nil || len(h.Skipped) > 0 {
					t.Fatalf("skipped %v, %+v", skipped, h)
				}
				commits := 0
				stats, err := h.Each(t.Context(), 1, func(_ int, o *objects.Object) error {
					if o.Type == objects.TypeCommit {
						commits++
					}
					return nil
				})
				if err != nil || stats.Failed > 0 || fmt.Sprint(commits) != here {
					t.Errorf("%d commits, want %s: %v, %+v", commits, here, err, stats)
				}
				traces, err := h.Trace(t.Context(), []objects.ID{blob}, 2)
				if at := traces[blob]; err != nil || !slices.Equal(at.Paths, []string{"a/b.txt"}) || at.Commit.String() != brought ||
					!slices.Contains(at.Refs, "refs/heads/main") || !at.HeadKnown || len(at.Head) > 0 {
					t.Errorf("%v: %+v", err, at)
				}
				h.Close()

				// Git would follow where links and borrowed stores lead to.
				alternates := ".git/objects/info/alternates"
				write(t, r.dir, map[string]string{alternates: "\"" + copied + "\"\n"})
				if what == "names" {
					unread(SkipUnsafeGit)
				}
				os.Remove(filepath.Join(r.dir, alternates))
				if err := os.Symlink(copied, filepath.Join(r.dir, ".git/objects/link")); err != nil {
					t.Fatal(err)
				}
				unread(SkipUnsafeGit)
				os.Remove(filepath.Join(r.dir, ".git/objects/link"))
				os.Remove(packs[0])
			})
		}
	}
}

// TestFallbackOfArmedRepository lets git at a repository all of whose settings run
// something: nothing is.
func TestFallbackOfArmedRepository(t *testing.T) {
	r := grown(t)
	old, instead := strings.TrimSpace(r.git("rev-parse", "HEAD:later.txt")), strings.TrimSpace(r.git("rev-parse", "HEAD:large"))
	r.git("replace", old, instead)
	marker := filepath.Join(t.TempDir(), "marker")
	run := "touch " + marker
	config := "[core]\n\tfsmonitor = " + run + "\n\tpager = " + run + "\n\tsshCommand = " + run + "\n\talternateRefsCommand = " + run + "\n" +
		"[remote \"origin\"]\n\turl = ext::" + run + "\n\tpromisor = true\n\tuploadpack = " + run + "\n[extensions]\n\tpartialClone = origin\n" +
		"[alias]\n\tcat-file = !" + run + "\n[filter \"x\"]\n\tsmudge = " + run + "\n[diff \"x\"]\n\ttextconv = " + run + "\n[protocol]\n\tallow = always\n"
	write(t, r.dir, map[string]string{".git/config": config, ".git/info/attributes": "* filter=x diff=x\n"})
	for _, env := range []string{"GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_EXEC_PATH"} {
		t.Setenv(env, filepath.Join(t.TempDir(), "elsewhere"))
	}
	t.Setenv("GIT_TRACE", marker)
	g, err := startGit(theGit(t), filepath.Join(real(t, r.dir), ".git", "objects"), "sha1")
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	id, err := objects.ParseID(objects.SHA1, old)
	if err != nil {
		t.Fatal(err)
	}
	err = g.Read(id, func(kind objects.Type, size int64, content io.Reader) error {
		if data, err := io.ReadAll(content); string(data) != "later\n" || kind != objects.TypeBlob || size != 6 {
			t.Errorf("%s of %d bytes: %q, %v", kind, size, data, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	missing, err := objects.ParseID(objects.SHA1, strings.Repeat("12", 20))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Read(missing, func(objects.Type, int64, io.Reader) error { return nil }); !errors.Is(err, objects.ErrMissing) {
		t.Errorf("a promised object: %v", err)
	}
	if _, err := os.Stat(marker); !errors.Is(err, fs.ErrNotExist) {
		t.Error("something was run")
	}
}

// TestFallbackWithOddGit makes an error of whatever a program says that is called
// git.
func TestFallbackWithOddGit(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil || runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	store := filepath.Join(real(t, t.TempDir()), "objects")
	if err := os.Mkdir(store, 0o755); err != nil {
		t.Fatal(err)
	}
	id := strings.Repeat("12", 20)
	parsed, err := objects.ParseID(objects.SHA1, id)
	if err != nil {
		t.Fatal(err)
	}
	for what, test := range map[string]struct {
		list, answer string
		starts       bool
	}{
		"nothing known":     {"exit 1", "", false},
		"complaints":        {"echo hm >&2", "", false},
		"no names":          {"echo hello", "", false},
		"mixed names":       {"echo " + id + " blob; echo " + id + id[:24] + " blob", "", false},
		"unread":            {"echo " + id + " missing", "", false},
		"dies":              {"echo " + id + " blob", "exit", true},
		"another":           {"echo " + id + " blob", "echo " + strings.Repeat("34", 20) + " blob 0; echo", true},
		"odd type":          {"echo " + id + " blob", "echo " + id + " thing 0; echo", true},
		"negative size":     {"echo " + id + " blob", "echo " + id + " blob -1; echo", true},
		"huge size":         {"echo " + id + " blob", "echo " + id + " blob 99999999999999999999; echo", true},
		"less than it says": {"echo " + id + " blob", "echo " + id + " blob 100; echo abc", true},
		"more than it says": {"echo " + id + " blob", "echo " + id + " blob 1; echo abc", true},
		"a long line":       {"echo " + id + " blob", "printf '%0200000d'", true},
	} {
		git := filepath.Join(t.TempDir(), "git")
		script := "#!/bin/sh\ncase \"$*\" in\n*all-objects*) " + test.list + " ;;\n*) read x\n" + test.answer + " ;;\nesac\n"
		if err := os.WriteFile(git, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		g, err := startGit(git, store, "sha1")
		if (err == nil) != test.starts {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil {
			continue
		}
		s, err := objects.Open(objects.Options{Elsewhere: g}, &Archived{})
		if err != nil {
			t.Fatal(err)
		}
		stats, err := s.Each(context.Background(), objects.Pass{}, func(int, *objects.Object) error { return nil })
		if err != nil || stats.Failed != 1 {
			t.Errorf("%s: %v, %+v", what, err, stats)
		}
		if _, _, err := s.NewReader().Get(parsed); err == nil {
			t.Errorf("%s: read later", what)
		}
		g.close()
	}
	for _, format := range []string{"", "sha1\n[core]\n\tpager = x", "SHA1", strings.Repeat("x", 100)} {
		if g, err := startGit("/bin/true", store, format); err == nil {
			g.close()
			t.Errorf("format %q is taken", format)
		}
	}
}
