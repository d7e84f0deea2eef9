package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scopeaudit/audit/rules"
)

func TestStateAgreesWithGit(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		for _, version := range []string{"2", "3", "4"} {
			t.Run(format+" index v"+version, func(t *testing.T) {
				r := newRepo(t, "--object-format="+format)
				r.populate()
				if version == "3" {
					r.git("add", "-N", "local") // needs the extended flags, and so version 3
				} else {
					r.git("update-index", "--index-version", version)
				}
				index, err := os.ReadFile(filepath.Join(r.dir, ".git", "index"))
				if err != nil || fmt.Sprint(index[7]) != version {
					t.Fatalf("git wrote version %d, %v", index[7], err)
				}
				r.agree(t)

				// As index.skipHash writes it.
				size := map[string]int{"sha1": 20, "sha256": 32}[format]
				clear(index[len(index)-size:])
				if err := os.WriteFile(filepath.Join(r.dir, ".git", "index"), index, 0o644); err != nil {
					t.Fatal(err)
				}
				r.agree(t)

				r.git("add", "-A")
				r.git("commit", "-q", "-m", "all, with the tree extension")
				r.agree(t)
			})
		}
	}
}

func TestStateBeforeTheFirstAdd(t *testing.T) {
	r := newRepo(t)
	write(t, r.dir, map[string]string{"token.json": "", "a.log": "", ".gitignore": "*.log\n"})
	g := open(t, r.dir)
	wantState(t, g, "token.json", rules.GitUntracked)
	wantState(t, g, "a.log", rules.GitIgnored)
}

func TestStateFromAFolderInside(t *testing.T) {
	r := newRepo(t)
	r.populate()
	g := open(t, filepath.Join(r.dir, "sub", "deeper"))
	real, err := filepath.EvalSymlinks(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	if g.Top() != real {
		t.Errorf("top %q, want %q", g.Top(), real)
	}
	wantState(t, g, "sub/deeper/tracked", rules.GitTracked)
	wantState(t, g, "sub/deeper/new", rules.GitUntracked)
	wantState(t, g, "sub/deeper/new.log", rules.GitIgnored)
	wantState(t, g, "sub/deeper/build", rules.GitIgnored)
	wantState(t, g, ".git/config", rules.GitNone)
	for _, bad := range []string{"", ".", "..", "../x", "sub/../../x", "sub/"} {
		wantState(t, g, bad, rules.GitUnknown)
	}
	g = open(t, filepath.Join(r.dir, "sub", "deeper", "tracked"))
	wantState(t, g, "sub/deeper/tracked", rules.GitTracked)
}

func TestPath(t *testing.T) {
	around := t.TempDir()
	write(t, around, map[string]string{
		"outside.json":           "",
		"top/.git/HEAD":          "",
		"top/.git/objects/empty": "",
		"top/.git/refs/empty":    "",
		"top/token.json":         "",
		"top/sub/deep/key.json":  "",
		"plain/sub/token.json":   "",
	})
	at := func(p string) string { return filepath.Join(around, filepath.FromSlash(p)) }
	for _, test := range []struct{ named, file, want string }{
		{"top", "top/token.json", "token.json"},
		{"top", "top/sub/deep/key.json", "sub/deep/key.json"},
		{"top", "top/sub", "sub"},
		{"top", "top", ""},
		{"top", "outside.json", "../outside.json"},
		// From the top of the work tree, not from the folder.
		{"top/sub", "top/sub/deep/key.json", "sub/deep/key.json"},
		{"top/sub", "top/token.json", "token.json"},
		// A single file.
		{"top/sub/deep/key.json", "top/sub/deep/key.json", "sub/deep/key.json"},
		{"plain/sub/token.json", "plain/sub/token.json", "token.json"},
		// Without a work tree, from the folder.
		{"plain", "plain/sub/token.json", "sub/token.json"},
		{"plain", "outside.json", "../outside.json"},
	} {
		g := open(t, at(test.named))
		if got, err := g.Path(at(test.file)); err != nil || got != test.want {
			t.Errorf("from %s, %s is %q, %v, want %q", test.named, test.file, got, err, test.want)
		}
	}
	g := open(t, at("top"))
	wantState(t, g, "../outside.json", rules.GitUnknown)
	var root *RootError
	if got, err := g.Path(at("missing")); !errors.As(err, &root) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file is %q, %v, want a RootError", got, err)
	}
}

func TestStateWithoutRepository(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{".gitignore": "*\n", "f": "", "not/.git/config": ""})
	g := open(t, dir)
	if g.Top() != "" {
		t.Errorf("top %q", g.Top())
	}
	wantState(t, g, "f", rules.GitNone)
	wantState(t, g, "not/f", rules.GitNone)
	g.Close()
	wantState(t, g, "unread/f", rules.GitUnknown)
}

// A folder of repositories, as a class hands them in, and a repository inside
// another: each speaks for its own files.
func TestStateInNestedRepositories(t *testing.T) {
	needGit(t)
	dir := t.TempDir()
	for _, name := range []string{"alice", "bob", "bob/inner"} {
		r := gitRepo{t, filepath.Join(dir, name)}
		write(t, r.dir, map[string]string{"tracked": "", "token.json": "", ".gitignore": "*.json\n"})
		r.git("init", "-q")
		r.git("add", "tracked")
	}
	g := open(t, dir)
	wantState(t, g, "loose", rules.GitNone)
	for _, in := range []string{"alice/", "bob/", "bob/inner/"} {
		wantState(t, g, in+"tracked", rules.GitTracked)
		wantState(t, g, in+"token.json", rules.GitIgnored)
		wantState(t, g, in+"other", rules.GitUntracked)
	}
	wantState(t, g, "bob/inner2/tracked", rules.GitUntracked)
}

func TestStateInLinkedWorkTrees(t *testing.T) {
	r := newRepo(t, "main")
	main := gitRepo{t, filepath.Join(r.dir, "main")}
	write(t, main.dir, map[string]string{".gitignore": "*.log\n", "file": "", ".git/info/exclude": "excluded\n"})
	main.git("add", ".")
	main.git("commit", "-q", "-m", "first")
	linked := gitRepo{t, filepath.Join(r.dir, "linked")}
	main.git("worktree", "add", "-q", linked.dir)
	check := func(g *Git, in string, excluded rules.GitState) {
		t.Helper()
		wantState(t, g, in+"file", rules.GitTracked)
		wantState(t, g, in+"x.log", map[bool]rules.GitState{true: rules.GitIgnored, false: rules.GitUnknown}[excluded == rules.GitIgnored])
		wantState(t, g, in+"excluded", excluded)
	}
	// Its directory points back, although it lies outside what is named.
	check(open(t, linked.dir), "", rules.GitIgnored)
	// It lies in what is named.
	check(open(t, r.dir), "linked/", rules.GitIgnored)

	// Shared parts elsewhere than where they belong are not followed.
	common := filepath.Join(main.dir, ".git", "worktrees", "linked", "commondir")
	write(t, r.dir, map[string]string{"main/.git/worktrees/linked/commondir": "../../../somewhere\n"})
	check(open(t, linked.dir), "", rules.GitUnknown)
	if err := os.Remove(common); err != nil {
		t.Fatal(err)
	}
	check(open(t, linked.dir), "", rules.GitUnknown)

	// A directory that points elsewhere is someone else's.
	write(t, r.dir, map[string]string{
		"main/.git/worktrees/linked/commondir": "../..\n",
		"main/.git/worktrees/linked/gitdir":    filepath.Join(r.dir, "victim", ".git") + "\n",
	})
	wantState(t, open(t, linked.dir), "file", rules.GitUnknown)
	wantState(t, open(t, linked.dir), "new", rules.GitUnknown)
}

func TestStateOfHostileGitFiles(t *testing.T) {
	needGit(t)
	outer := t.TempDir()
	victim := gitRepo{t, filepath.Join(outer, "victim")}
	write(t, victim.dir, map[string]string{"token.json": ""})
	victim.git("init", "-q")
	victim.git("add", "token.json")
	for _, text := range []string{
		"gitdir: ../victim/.git\n", "gitdir: " + filepath.Join(victim.dir, ".git") + "\n",
		"", "gitdir: ", "gitdir: \n", "gitdir: ../..\n", "gitdir: .\n", "gitdir: .git\n", "gitdir: a\nb\n", "gitdir: a\x00b",
		"gitdir: /dev/zero\n", "gitdir: /proc/self\n", "gitdir: worktrees/x\n", "nonsense", strings.Repeat("x", maxPointerFile+1),
		`gitdir: \\server\share\worktrees\x`,
	} {
		dir := filepath.Join(outer, "hostile")
		write(t, dir, map[string]string{".git": text, "token.json": ""})
		g := open(t, dir)
		if g.Top() == "" {
			t.Errorf("%q is no top", text)
		}
		wantState(t, g, "token.json", rules.GitUnknown)
	}
}

func TestStateInSubmodules(t *testing.T) {
	r := newRepo(t, "super")
	lib := gitRepo{t, filepath.Join(r.dir, "lib")}
	write(t, lib.dir, map[string]string{"file": ""})
	lib.git("init", "-q")
	lib.git("add", ".")
	lib.git("commit", "-q", "-m", "first")
	super := gitRepo{t, filepath.Join(r.dir, "super")}
	super.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", lib.dir, "module")
	g := open(t, super.dir)
	wantState(t, g, "module/file", rules.GitTracked)
	wantState(t, g, "module/new", rules.GitUntracked)
	wantState(t, g, ".gitmodules", rules.GitTracked)
	// Named alone, its directory lies outside, and does not point back.
	wantState(t, open(t, filepath.Join(super.dir, "module")), "file", rules.GitUnknown)
	// Not checked out, git would not take up what lies there.
	if err := os.Remove(filepath.Join(super.dir, "module", ".git")); err != nil {
		t.Fatal(err)
	}
	wantState(t, open(t, super.dir), "module/new", rules.GitUnknown)
}

func TestStateUnknown(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, r gitRepo){
		"split index": func(t *testing.T, r gitRepo) { r.git("update-index", "--split-index") },
		"cut index": func(t *testing.T, r gitRepo) {
			if err := os.Truncate(filepath.Join(r.dir, ".git", "index"), 100); err != nil {
				t.Fatal(err)
			}
		},
		"flipped bit": func(t *testing.T, r gitRepo) {
			name := filepath.Join(r.dir, ".git", "index")
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			data[bytes.Index(data, []byte("tracked"))] ^= 1
			if err := os.WriteFile(name, data, 0o644); err != nil {
				t.Fatal(err)
			}
		},
		"huge index": func(t *testing.T, r gitRepo) {
			if err := os.Truncate(filepath.Join(r.dir, ".git", "index"), maxIndexFile+1); err != nil {
				t.Fatal(err)
			}
		},
		"index is a folder": func(t *testing.T, r gitRepo) {
			name := filepath.Join(r.dir, ".git", "index")
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
			write(t, name, map[string]string{"x": ""})
		},
		"index is a link": func(t *testing.T, r gitRepo) { replaceByLink(t, filepath.Join(r.dir, ".git", "index")) },
		".git is a link":  func(t *testing.T, r gitRepo) { replaceByLink(t, filepath.Join(r.dir, ".git")) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			r.populate()
			spoil(t, r)
			g := open(t, r.dir)
			if g.Top() == "" {
				t.Error("no work tree found")
			}
			for _, p := range []string{"tracked", "a.log", "sub/only-top"} {
				wantState(t, g, p, rules.GitUnknown)
			}
		})
	}
}

// replaceByLink moves what is at name aside and links to it.
func replaceByLink(t *testing.T, name string) {
	t.Helper()
	if err := os.Rename(name, name+"-real"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Base(name)+"-real", name); err != nil {
		t.Skip("links cannot be made: ", err)
	}
}

// What an ignore file that cannot be read would have said is not known.
func TestStateBelowUnreadIgnoreFiles(t *testing.T) {
	r := newRepo(t)
	r.populate()
	write(t, r.dir, map[string]string{
		"sub/.gitignore": strings.Repeat("#", maxIgnoreFile) + "\n", "linked/.gitignore-real": "*\n", "linked/f": "",
	})
	if err := os.Symlink(".gitignore-real", filepath.Join(r.dir, "linked", ".gitignore")); err != nil {
		t.Skip("links cannot be made: ", err)
	}
	g := open(t, r.dir)
	wantState(t, g, "sub/deeper/tracked", rules.GitTracked)
	wantState(t, g, "sub/deeper/new", rules.GitUnknown)
	wantState(t, g, "new", rules.GitUntracked)
	wantState(t, g, "linked/f", rules.GitUntracked) // git passes over such a link
}

func TestStateWithSparseCheckout(t *testing.T) {
	for _, index := range []string{"--no-sparse-index", "--sparse-index"} {
		t.Run(index, func(t *testing.T) {
			r := newRepo(t)
			write(t, r.dir, map[string]string{"in/f": "", "out/.gitignore": "*.json\n", "out/f": "", "out/deep/f": "", "f": ""})
			r.git("add", ".")
			r.git("commit", "-q", "-m", "first")
			r.git("sparse-checkout", "init", "--cone", index)
			r.git("sparse-checkout", "set", "in")
			if _, err := os.Stat(filepath.Join(r.dir, "out")); !os.IsNotExist(err) {
				t.Fatalf("the folder is still there: %v", err)
			}
			g := open(t, r.dir)
			wantState(t, g, "in/f", rules.GitTracked)
			wantState(t, g, "in/new", rules.GitUntracked)
			wantState(t, g, "f", rules.GitTracked)
			// The ignore file there is one that only git can read.
			wantState(t, g, "out/new.json", rules.GitUnknown)
		})
	}
}

func TestStateWhereCaseIsNotTold(t *testing.T) {
	r := newRepo(t)
	write(t, r.dir, map[string]string{"Tracked": "", ".gitignore": "*.LOG\n"})
	r.git("add", ".")
	for fold, want := range map[bool][4]rules.GitState{
		false: {rules.GitTracked, rules.GitUntracked, rules.GitIgnored, rules.GitUntracked},
		true:  {rules.GitTracked, rules.GitUnknown, rules.GitIgnored, rules.GitUnknown},
	} {
		g := open(t, r.dir)
		g.fold = fold
		for i, p := range []string{"Tracked", "tracked", "a.LOG", "a.log"} {
			wantState(t, g, p, want[i])
		}
	}
}

// A repository whose configuration would run programs: reading it runs none.
func TestArmedRepository(t *testing.T) {
	r := newRepo(t)
	r.populate()
	marker := filepath.Join(t.TempDir(), "marker")
	script := filepath.Join(r.dir, "armed.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho ran >> '"+marker+"'\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, r.dir, map[string]string{".gitattributes": "* filter=x diff=x merge=x\n"})
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.alternateRefsCommand", "diff.external",
		"diff.x.textconv", "diff.x.command", "filter.x.clean", "filter.x.smudge", "filter.x.process", "merge.x.driver",
		"gpg.program", "credential.helper", "pager.status",
	} {
		r.git("config", key, script)
	}
	for _, hook := range []string{"post-index-change", "pre-commit", "fsmonitor-watchman", "reference-transaction"} {
		name := filepath.Join(r.dir, ".git", "hooks", hook)
		if err := os.WriteFile(name, []byte("#!/bin/sh\necho ran >> '"+marker+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	if _, err := Walk(t.Context(), r.dir, Options{}, func(f File) error {
		if f.State().Git == rules.GitTracked {
			n++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n < 5 {
		t.Errorf("%d tracked files", n)
	}
	if _, err := os.Stat(marker); !os.IsNotExist(err) {
		t.Errorf("a program ran: %v", err)
	}
	// The traps do work.
	if out, err := r.command("status", "--short").CombinedOutput(); err != nil {
		t.Logf("git status: %v\n%s", err, out)
	}
	if _, err := os.Stat(marker); err != nil {
		t.Errorf("git itself ran none of them: %v", err)
	}
}
