package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/rules"
)

// makeFile writes a file with exactly the given mode.
func makeFile(t *testing.T, path, content string, mode fs.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// wantProblem checks that err is a *FileError about path, of one line, with a
// hint and without a second naming of the path.
func wantProblem(t *testing.T, err error, path string, want Problem) *FileError {
	t.Helper()
	var fe *FileError
	if !errors.As(err, &fe) {
		t.Fatalf("got %v, want a *FileError: %s", err, want)
	}
	text := fe.Error()
	if fe.Problem != want || fe.Path != path || fe.Hint() == "" {
		t.Errorf("got %+v, want %q: %s", fe, path, want)
	}
	if strings.Contains(text, "\n") || len(path) > 4 && strings.Count(text, path) > 1 {
		t.Errorf("error text %q", text)
	}
	return fe
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	for _, mode := range []fs.FileMode{0o600, 0o644, 0o640, 0o400} {
		path := makeFile(t, filepath.Join(dir, mode.String()), "content", mode)
		data, info, err := ReadFile(path, 7)
		if err != nil || string(data) != "content" {
			t.Fatalf("got %q, %v", data, err)
		}
		want := FileInfo{State: rules.FileState{Mode: uint32(mode), ModeKnown: true}, Size: 7}
		if runtime.GOOS == "windows" {
			want.State = rules.FileState{}
		}
		if info != want {
			t.Errorf("got %+v, want %+v", info, want)
		}
	}
	empty := makeFile(t, filepath.Join(dir, "empty"), "", 0o600)
	if data, info, err := ReadFile(empty, 7); err != nil || len(data) != 0 || info.Size != 0 {
		t.Errorf("empty: got %q, %+v, %v", data, info, err)
	}
}

func TestReadFileProblems(t *testing.T) {
	dir := t.TempDir()
	big := makeFile(t, filepath.Join(dir, "big"), "12345678", 0o600)
	loop := filepath.Join(dir, "loop")
	dangling := filepath.Join(dir, "dangling")
	for name, to := range map[string]string{loop: loop, dangling: filepath.Join(dir, "nothing")} {
		if err := os.Symlink(to, name); err != nil {
			t.Skip("no symbolic links here: " + err.Error())
		}
	}
	for path, want := range map[string]Problem{
		filepath.Join(dir, "nothing"):   Missing,
		filepath.Join(dir, "a\x1b[31m"): Missing,
		filepath.Join(big, "inside"):    Unreadable,
		"":                              Missing,
		dir:                             Folder,
		big:                             TooBig,
		loop:                            Unreadable,
		dangling:                        Missing,
		"a\x00b":                        Unreadable,
	} {
		if path == filepath.Join(big, "inside") && runtime.GOOS == "windows" {
			want = Missing
		}
		data, info, err := ReadFile(path, 7)
		fe := wantProblem(t, err, path, want)
		if data != nil || info != (FileInfo{}) {
			t.Errorf("%q: got %q, %+v beside %v", path, data, info, err)
		}
		if strings.ContainsAny(fe.Error(), "\x1b\x00") {
			t.Errorf("%q: control characters in %q", path, fe.Error())
		}
	}
	if _, _, err := ReadFile(filepath.Join(dir, "nothing"), 7); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestReadFileThroughLink(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	real := makeFile(t, filepath.Join(dir, "real"), "content", 0o644)
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	if err := errors.Join(os.Symlink("real", one), os.Symlink("one", two)); err != nil {
		t.Skip("no symbolic links here: " + err.Error())
	}
	for _, path := range []string{one, two} {
		data, info, err := ReadFile(path, 100)
		if err != nil || string(data) != "content" || info.Link != real {
			t.Errorf("%s: got %q, %+v, %v", path, data, info, err)
		}
	}
	if err := os.Symlink(dir, filepath.Join(dir, "folder")); err != nil {
		t.Fatal(err)
	}
	_, _, err = ReadFile(filepath.Join(dir, "folder"), 100)
	wantProblem(t, err, filepath.Join(dir, "folder"), Folder)
	// A link above the file is part of the path that was typed, no link itself.
	if _, info, err := ReadFile(filepath.Join(dir, "folder", "real"), 100); err != nil || info.Link != "" {
		t.Errorf("got %+v, %v", info, err)
	}
}

// A descriptor that gives nothing and does not end is left after a while, and
// one that gives more than the system said is cut.
func TestReadAllEnds(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if runtime.GOOS != "windows" { // whose pipes take no deadline
		if _, err := readAll(r, 100, 20*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	}
	go w.Write(bytes.Repeat([]byte("x"), 101))
	if _, err := readAll(r, 100, 5*time.Second); !errors.Is(err, errTooBig) {
		t.Errorf("got %v", err)
	}
	text := (&FileError{Path: "p", Problem: Unreadable, err: &fs.PathError{Op: "read", Path: "p", Err: os.ErrDeadlineExceeded}}).Error()
	if want := `"p" cannot be read: it gives no data and no end`; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := makeFile(t, filepath.Join(dir, "token.json"),
		`{"type":"authorized_user","client_id":"000000000000-example.apps.googleusercontent.com","client_secret":"GOCSPX-EXAMPLE","refresh_token":"1//0EXAMPLE"}`, 0o644)
	found, state, err := Load(path)
	if err != nil || len(found) != 1 || !found[0].RefreshToken.Present() {
		t.Errorf("got %+v, %v", found, err)
	}
	if runtime.GOOS != "windows" && state != (rules.FileState{Mode: 0o644, ModeKnown: true}) {
		t.Errorf("got %+v", state)
	}
	_, _, err = Load(dir)
	wantProblem(t, err, dir, Folder)

	// What is in the file is credfile's to judge; the state is known anyway.
	hopeless := makeFile(t, filepath.Join(dir, "hopeless"), "GOCSPX-\x00", 0o640)
	found, state, err = Load(hopeless)
	var fe *FileError
	if err == nil || errors.As(err, &fe) || len(found) > 0 || runtime.GOOS != "windows" && state.Mode != 0o640 {
		t.Errorf("got %+v, %+v, %v", found, state, err)
	}
}
