package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// wantOnly checks that a folder holds just these files with these contents: no
// temporary file either.
func wantOnly(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, ok := want[e.Name()]
		if !ok {
			t.Errorf("%s was left behind", e.Name())
			continue
		}
		if !e.Type().IsRegular() {
			continue
		}
		if got, err := os.ReadFile(filepath.Join(dir, e.Name())); err != nil || string(got) != content {
			t.Errorf("%s holds %q, %v, want %q", e.Name(), got, err, content)
		}
	}
	if len(entries) != len(want) {
		t.Errorf("got %d entries, want %d", len(entries), len(want))
	}
}

func wantMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode() != want {
		t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "token.json")
	if err := WriteFile(path, []byte("new"), WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	wantOnly(t, dir, map[string]string{"token.json": "new"})
	wantMode(t, path, 0o600)

	err := WriteFile(path, []byte("other"), WriteOptions{})
	wantProblem(t, err, path, Exists)
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	wantOnly(t, dir, map[string]string{"token.json": "new"})

	if err := WriteFile(path, nil, WriteOptions{Replace: true}); err != nil {
		t.Fatal(err)
	}
	wantOnly(t, dir, map[string]string{"token.json": ""})
}

func TestWriteFileRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, path := range []string{"a", "./b"} {
		if err := WriteFile(path, []byte(path), WriteOptions{}); err != nil {
			t.Error(err)
		}
	}
	wantOnly(t, ".", map[string]string{"a": "a", "b": "./b"})
}

// The mode is the wanted one, over a file that all may read too.
func TestWriteFileMode(t *testing.T) {
	dir := t.TempDir()
	path := makeFile(t, filepath.Join(dir, "token.json"), "old", 0o644)
	for _, mode := range []fs.FileMode{0, 0o644, 0o600, 0o640, 0o400, 0o666} {
		if err := WriteFile(path, []byte("new"), WriteOptions{Mode: mode, Replace: true}); err != nil {
			t.Fatal(err)
		}
		if mode == 0 {
			mode = 0o600
		}
		wantMode(t, path, mode)
		wantOnly(t, dir, map[string]string{"token.json": "new"})
	}
}

func TestWriteFileRefuses(t *testing.T) {
	dir := t.TempDir()
	old := makeFile(t, filepath.Join(dir, "old"), "old", 0o644)
	sub := filepath.Join(dir, "sub")
	link, dangling := filepath.Join(dir, "link"), filepath.Join(dir, "dangling")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink("old", link), os.Symlink("nothing", dangling)); err != nil {
		t.Skip("no symbolic links here: " + err.Error())
	}
	for _, replace := range []bool{false, true} {
		for path, want := range map[string]Problem{
			link:                              Link,
			dangling:                          Link,
			sub:                               Folder,
			sub + string(filepath.Separator):  BadName,
			"":                                BadName,
			".":                               BadName,
			filepath.Join(dir, "..") + "/..":  BadName,
			dir + "/a\x00b":                   BadName,
			filepath.Join(dir, "no", "where"): NoFolder,
			filepath.Join(old, "inside"):      Unwritable,
		} {
			wantProblem(t, WriteFile(path, []byte("new"), WriteOptions{Replace: replace}), path, want)
		}
	}
	wantOnly(t, dir, map[string]string{"old": "old", "sub": "", "link": "", "dangling": ""})
	wantMode(t, old, 0o644)
}

// A folder reached through a link is part of the path that the user typed.
func TestWriteFileBelowLinkedFolder(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	if err := os.Mkdir(real, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", link); err != nil {
		t.Skip("no symbolic links here: " + err.Error())
	}
	if err := WriteFile(filepath.Join(link, "file"), []byte("new"), WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	wantOnly(t, real, map[string]string{"file": "new"})
}

// Each step fails in turn: nothing new is there, and the old file is as it was.
func TestWriteFileFailures(t *testing.T) {
	steps := []step{beforeCreate, beforeMode, beforeWrite, beforeSync, beforeClose, beforePublish}
	broken := errors.New("made to fail")
	for _, old := range []bool{false, true} {
		for _, failing := range steps {
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			want := map[string]string{}
			if old {
				makeFile(t, path, "old", 0o644)
				want["file"] = "old"
			}
			var passed []step
			err := writeFile(path, []byte("new"), WriteOptions{Replace: old}, func(s step) error {
				if passed = append(passed, s); s == failing {
					return broken
				}
				return nil
			})
			if fe := wantProblem(t, err, path, Unwritable); !errors.Is(fe, broken) {
				t.Errorf("%s: got %v", failing, err)
			}
			if passed[len(passed)-1] != failing {
				t.Errorf("%s: went on to %q", failing, passed)
			}
			wantOnly(t, dir, want)
			if old {
				wantMode(t, path, 0o644)
			}
		}
	}
}

// Others work in the same folder in the middle of a write.
func TestWriteFileRaces(t *testing.T) {
	t.Run("a file appears", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "file")
		err := writeFile(path, []byte("new"), WriteOptions{}, at(beforePublish, func() { makeFile(t, path, "theirs", 0o644) }))
		wantProblem(t, err, path, Exists)
		wantOnly(t, dir, map[string]string{"file": "theirs"})
	})
	t.Run("a link appears", func(t *testing.T) {
		for _, replace := range []bool{false, true} {
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			theirs := makeFile(t, filepath.Join(dir, "theirs"), "theirs", 0o644)
			var linked error
			err := writeFile(path, []byte("new"), WriteOptions{Replace: replace}, at(beforePublish, func() { linked = os.Symlink(theirs, path) }))
			if linked != nil {
				t.Skip("no symbolic links here: " + linked.Error())
			}
			if got, err := os.ReadFile(theirs); err != nil || string(got) != "theirs" {
				t.Errorf("written through the link: %q, %v", got, err)
			}
			if replace { // the link gives way, its target stays
				if err != nil {
					t.Error(err)
				}
				wantMode(t, path, 0o600)
				wantOnly(t, dir, map[string]string{"file": "new", "theirs": "theirs"})
			} else {
				wantProblem(t, err, path, Exists)
				wantOnly(t, dir, map[string]string{"file": "", "theirs": "theirs"})
			}
		}
	})
	t.Run("a folder appears", func(t *testing.T) {
		for _, replace := range []bool{false, true} {
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			err := writeFile(path, []byte("new"), WriteOptions{Replace: replace}, at(beforePublish, func() { os.Mkdir(path, 0o700) }))
			var fe *FileError
			if !errors.As(err, &fe) {
				t.Errorf("got %v", err)
			}
			wantOnly(t, dir, map[string]string{"file": ""})
		}
	})
	t.Run("the temporary file goes", func(t *testing.T) {
		for _, replace := range []bool{false, true} {
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			want := map[string]string{}
			if replace {
				makeFile(t, path, "old", 0o644)
				want["file"] = "old"
			}
			err := writeFile(path, []byte("new"), WriteOptions{Replace: replace}, at(beforePublish, func() {
				found, _ := filepath.Glob(filepath.Join(dir, ".scopeaudit-*"))
				for _, f := range found {
					os.Remove(f)
				}
			}))
			wantProblem(t, err, path, Unwritable)
			wantOnly(t, dir, want)
		}
	})
}

func at(when step, do func()) func(step) error {
	return func(s step) error {
		if s == when {
			do()
		}
		return nil
	}
}
