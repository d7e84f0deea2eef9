package collect_test

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
)

// packInto puts the files of a folder into an archive of the kind that its name says.
func packInto(t *testing.T, archive, folder string) {
	t.Helper()
	out, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var add func(name string, info fs.FileInfo) (io.Writer, error)
	var closers []io.Closer
	if strings.HasSuffix(archive, ".zip") {
		w := zip.NewWriter(out)
		closers = append(closers, w)
		stored := strings.HasSuffix(archive, "stored.zip")
		add = func(name string, _ fs.FileInfo) (io.Writer, error) {
			if stored {
				return w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
			}
			return w.Create(name)
		}
	} else {
		var to io.Writer = out
		if strings.HasSuffix(archive, "gz") {
			z := gzip.NewWriter(out)
			closers = append(closers, z)
			to = z
		}
		w := tar.NewWriter(to)
		closers = append(closers, w)
		add = func(name string, info fs.FileInfo) (io.Writer, error) {
			return w, w.WriteHeader(&tar.Header{Name: "./" + name, Mode: 0o644, Size: info.Size()})
		}
	}
	err = filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(folder, p)
		if err != nil {
			return err
		}
		w, err := add(filepath.ToSlash(rel), info)
		if err != nil {
			return err
		}
		f, err := os.Open(p)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range slices.Backward(closers) {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func gather(t *testing.T, mode collect.HistoryMode, paths ...string) audit.Evidence {
	t.Helper()
	e, err := collect.Run(t.Context(), collect.Sources{Paths: paths}, collect.Options{Key: secrets.Key{1}, History: mode})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// homework makes a folder as a student hands it in: a repository whose history
// holds a secret that its files no longer do, packed and not.
func homework(t *testing.T) (folder, commit string) {
	r := newRepository(t)
	r.write("old.py", "TOKEN = '"+planted("packed away")+"'\n")
	commit = r.commit("first")
	r.git("rm", "-q", "old.py")
	r.write("main.py", "print(1)\n")
	r.commit("second")
	r.git("gc", "-q")
	r.write("sub/later.py", "TOKEN = '"+planted("loose")+"'\n")
	r.commit("third")
	r.write("sub/later.py", "TOKEN = None\n")
	r.commit("fourth")
	folder = t.TempDir()
	if err := os.Rename(r.dir, filepath.Join(folder, "work")); err != nil {
		t.Fatal(err)
	}
	return folder, commit
}

func TestArchiveWithHistory(t *testing.T) {
	folder, commit := homework(t)
	bare := t.TempDir()
	if err := os.CopyFS(filepath.Join(bare, "repo.git"), os.DirFS(filepath.Join(folder, "work/.git"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.zip", "stored.zip", "a.tar", "a.tar.gz", "a.tgz"} {
		for _, top := range []struct{ from, member string }{
			{folder, "work/"}, {filepath.Join(folder, "work"), ""},
			{bare, "repo.git/"}, {filepath.Join(bare, "repo.git"), ""},
		} {
			file := filepath.Join(t.TempDir(), name)
			packInto(t, file, top.from)
			for _, mode := range []collect.HistoryMode{collect.HistoryOfTop, collect.HistoryAll, collect.HistoryOnly} {
				e := gather(t, mode, file)
				for place, want := range map[string]rules.Location{
					"packed away": {Member: top.member + "old.py", Commit: commit},
					"loose":       {Member: top.member + "sub/later.py"},
				} {
					at := found(e, place)
					if len(at) != 1 {
						t.Errorf("%s of %s, %s: %d places: %v", name, top.member, place, len(at), at)
						continue
					}
					got := at[0]
					if got.Path != name || got.Member != want.Member || got.Origin != rules.History || got.Line != 1 ||
						got.Blob == "" || want.Commit != "" && got.Commit != want.Commit || got.InHead == nil || *got.InHead ||
						!slices.Equal(got.Refs, []string{"HEAD", "refs/heads/main"}) {
						t.Errorf("%s, %s: at %+v", name, place, got)
					}
				}
				if e.Coverage.Failed() || e.Coverage.Blobs != 8 || mode == collect.HistoryOnly != (e.Coverage.Files == 0) {
					t.Errorf("%s: coverage %+v", name, e.Coverage)
				}
			}
			e := gather(t, collect.NoHistory, file)
			if n := len(found(e, "loose")); n > 0 || e.Coverage.Blobs > 0 || !skippedGit(e, name+"!") {
				t.Errorf("%s: %d places without its history, %+v", name, n, e.Coverage)
			}
		}
	}
}

// skippedGit reports whether a git directory is said not to have been read.
func skippedGit(e audit.Evidence, prefix string) bool {
	return slices.ContainsFunc(e.Coverage.Skipped, func(s rules.Skipped) bool {
		return s.Reason == tree.SkipGit && s.Kind == rules.ByDesign && strings.HasPrefix(s.Path, prefix)
	})
}

// TestArchivesInAFolder leaves what is in the archives of a folder to --history,
// and says so.
func TestArchivesInAFolder(t *testing.T) {
	folder, _ := homework(t)
	class := t.TempDir()
	packInto(t, filepath.Join(class, "ann.zip"), folder)
	if err := os.Mkdir(filepath.Join(class, "bob"), 0o755); err != nil {
		t.Fatal(err)
	}
	packInto(t, filepath.Join(class, "bob/work.tar.gz"), folder)
	e := gather(t, collect.HistoryOfTop, class)
	if n := len(found(e, "loose")); n > 0 || !skippedGit(e, "ann.zip!work/.git") || !skippedGit(e, "bob/work.tar.gz!work/.git") {
		t.Errorf("%d places, skipped %v", n, e.Coverage.Skipped)
	}
	if !slices.ContainsFunc(e.Notes, func(s string) bool { return strings.Contains(s, "--history") }) {
		t.Errorf("notes %q", e.Notes)
	}
	e = gather(t, collect.HistoryAll, class)
	at := found(e, "loose")
	if len(at) != 2 || at[0].Path != "ann.zip" || at[1].Path != "bob/work.tar.gz" || at[1].Member != "work/sub/later.py" || e.Coverage.Failed() {
		t.Errorf("%+v, skipped %v", at, e.Coverage.Skipped)
	}
}

// TestArchiveOfDamagedHistory reads what there is, and says what is not.
func TestArchiveOfDamagedHistory(t *testing.T) {
	folder, _ := homework(t)
	git := filepath.Join(folder, "work/.git")
	packs, err := filepath.Glob(filepath.Join(git, "objects/pack/*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatal(packs, err)
	}
	if err := os.Remove(packs[0]); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(git, "objects/info/alternates"), []byte(other+"\n../../../../x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.zip")
	packInto(t, file, folder)
	e := gather(t, collect.HistoryOfTop, file)
	if len(found(e, "loose")) != 1 || len(found(e, "packed away")) != 0 || !e.Coverage.Failed() {
		t.Errorf("%+v", e.Coverage)
	}
	refused := 0
	for _, s := range e.Coverage.Skipped {
		if s.Reason == tree.SkipStore && s.Path == "a.zip!work/.git/objects/info/alternates" {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("%d stores refused: %v", refused, e.Coverage.Skipped)
	}
}

// TestArchiveOnStandardInput says that the history in it was not read.
func TestArchiveOnStandardInput(t *testing.T) {
	folder, _ := homework(t)
	file := filepath.Join(t.TempDir(), "a.zip")
	packInto(t, file, folder)
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	e, err := collect.Run(t.Context(), collect.Sources{Stdin: in}, collect.Options{Key: secrets.Key{1}})
	if err != nil || !skippedGit(e, "-!work/.git") {
		t.Errorf("%v, %+v", err, e.Coverage)
	}
}

// TestArchiveOfLargeHistory says of what is too large to be held that it was not
// read, and how it can be; what lies in the archive as it is has no such limit.
func TestArchiveOfLargeHistory(t *testing.T) {
	folder, _ := homework(t)
	// Nothing of git's, but as large, and zeros: only where it is asked how large.
	pack := filepath.Join(folder, "work/.git/objects/pack/pack-0000.pack")
	if err := os.WriteFile(pack, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(pack, 200<<20); err != nil {
		t.Fatal(err)
	}
	for name, large := range map[string]bool{"a.tar.gz": true, "a.zip": true, "a.tar": false} {
		file := filepath.Join(t.TempDir(), name)
		packInto(t, file, folder)
		e := gather(t, collect.HistoryOnly, file)
		said := slices.ContainsFunc(e.Coverage.Skipped, func(s rules.Skipped) bool {
			return s.Kind == rules.ByFailure && s.Path == name+"!work/.git" && strings.Contains(s.Reason, "unpack it")
		})
		at := found(e, "loose") // which refs lead to it, the files behind the large one say
		if said != large || len(at) != 1 || len(at[0].Refs) == 0 || len(found(e, "packed away")) != 1 {
			t.Errorf("%s: said %t, %v", name, said, e.Coverage.Skipped)
		}
	}
}

// TestArchiveWithSubmodules names what a submodule's history holds as a folder's
// is named.
func TestArchiveWithSubmodules(t *testing.T) {
	lib := leaky(t, "lib")
	gone := leaky(t, "gone")
	super := leaky(t, "super")
	super.submodule(lib, "third/lib", "third/lib")
	super.submodule(gone, "gone", "gone")
	super.git("rm", "-q", "-f", "gone")
	super.commit("with one")
	for _, top := range []string{"", "work/"} {
		folder := super.dir
		if top != "" {
			folder = t.TempDir()
			if err := os.CopyFS(filepath.Join(folder, top), os.DirFS(super.dir)); err != nil {
				t.Fatal(err)
			}
		}
		file := filepath.Join(t.TempDir(), "a.zip")
		packInto(t, file, folder)
		e := gather(t, collect.HistoryOfTop, file)
		for place, member := range map[string]string{"super": "s.py", "lib": "third/lib/s.py", "gone": ".git/modules/gone/s.py"} {
			if at := found(e, place); len(at) != 1 || at[0].Member != top+member {
				t.Errorf("%s: %+v", place, at)
			}
		}
	}
}
