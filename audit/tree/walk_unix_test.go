//go:build unix

package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"scopeaudit/audit/rules"
)

func symlink(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func TestWalkHostileTree(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, map[string]string{"secret": "outside"})
	dir := t.TempDir()
	write(t, dir, map[string]string{"file": "inside", "sub/file": "inside"})
	in := func(name string) string { return filepath.Join(dir, name) }
	symlink(t, filepath.Join(outside, "secret"), in("link-out-file"))
	symlink(t, outside, in("link-out-folder"))
	symlink(t, "..", in("sub/link-up"))
	symlink(t, "file", in("link-inner"))
	symlink(t, "loop-b", in("loop-a"))
	symlink(t, "loop-a", in("loop-b"))
	symlink(t, "/dev/zero", in("link-device"))
	symlink(t, "gone", in("link-dangling"))
	if err := unix.Mkfifo(in("pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	// A socket's path may be too short for the folder of a test, so it is bound
	// by its relative name.
	t.Chdir(dir)
	l, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var want []rules.Skipped
	for _, s := range [][2]string{
		{"link-dangling", SkipLink}, {"link-device", SkipLink}, {"link-inner", SkipLink},
		{"link-out-file", SkipLink}, {"link-out-folder", SkipLink}, {"loop-a", SkipLink}, {"loop-b", SkipLink},
		{"pipe", SkipPipe}, {"socket", SkipSocket}, {"sub/link-up", SkipLink},
	} {
		want = append(want, rules.Skipped{Path: s[0], Reason: s[1], Kind: rules.ByDesign})
	}
	// Making devices is not allowed everywhere; where it is, one that never ends.
	if unix.Mknod(in("zero"), unix.S_IFCHR|0o600, int(unix.Mkdev(1, 5))) == nil {
		want = append(want, rules.Skipped{Path: "zero", Reason: SkipDevice, Kind: rules.ByDesign})
	}

	for _, workers := range []int{1, 3} {
		w := walk(t, dir, Options{Workers: workers}) // a walk that blocks never returns
		wantPaths(t, w, "file", "sub/file")
		wantSkips(t, w, want...)
		if w.Failed() {
			t.Error("skips by design leave a report complete")
		}
	}
}

// A .git file may name anything; what it names is opened only where that cannot
// block.
func TestGitFileToAPipe(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"named/.git": "gitdir: ../pipe/worktrees/x\n", "named/f": ""})
	if err := unix.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	wantState(t, open(t, filepath.Join(dir, "named")), "f", rules.GitUnknown)
	for _, name := range []string{"gitdir", "index", "HEAD"} {
		in := filepath.Join(dir, "store", "worktrees", "x")
		if err := os.MkdirAll(in, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := unix.Mkfifo(filepath.Join(in, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, map[string]string{"named/.git": "gitdir: ../store/worktrees/x\n"})
	wantState(t, open(t, filepath.Join(dir, "named")), "f", rules.GitUnknown)
	wantState(t, open(t, dir), "named/f", rules.GitUnknown)
}

func TestWalkNamedLinks(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"real/file": "1"})
	symlink(t, "real", filepath.Join(dir, "to-folder"))
	symlink(t, "real/file", filepath.Join(dir, "to-file"))
	symlink(t, "me", filepath.Join(dir, "me"))
	wantPaths(t, walk(t, filepath.Join(dir, "to-folder"), Options{}), "file")
	wantPaths(t, walk(t, filepath.Join(dir, "to-file"), Options{}), "file")
	_, err := Walk(t.Context(), filepath.Join(dir, "me"), Options{}, nil)
	var root *RootError
	if !errors.As(err, &root) || strings.Contains(root.Error(), "stat ") {
		t.Errorf("a link to itself: %v", err)
	}
}

// A path is that of the file a link leads to, also when the folders differ.
func TestPathFollowsLinks(t *testing.T) {
	around := t.TempDir()
	write(t, around, map[string]string{"top/real/token.json": "", "elsewhere/key.json": ""})
	top := filepath.Join(around, "top")
	symlink(t, "real/token.json", filepath.Join(top, "link.json"))
	symlink(t, "top", filepath.Join(around, "alias"))
	symlink(t, "../elsewhere/key.json", filepath.Join(top, "out.json"))
	for _, named := range []string{top, filepath.Join(around, "alias")} {
		g := open(t, named)
		for file, want := range map[string]string{
			"link.json":       "real/token.json",
			"real/token.json": "real/token.json",
			"out.json":        "../elsewhere/key.json",
		} {
			if got, err := g.Path(filepath.Join(named, file)); err != nil || got != want {
				t.Errorf("%s of %s is %q, %v, want %q", file, filepath.Base(named), got, err, want)
			}
		}
	}
}

func TestWalkSpecialRoots(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, "/dev/null", "/dev/zero"} {
		_, err := Walk(t.Context(), name, Options{}, nil)
		if !errors.Is(err, ErrSpecial) || !errors.As(err, new(*RootError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Between listing a folder and opening what is in it, anything may have taken
// an entry's place.
func TestOpenEntryOfAnotherKind(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"file": "x"})
	symlink(t, "file", filepath.Join(dir, "link"))
	if err := unix.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	top, err := openFolder(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	w := &walker{git: openGit(named{dir: dir}), limits: Limits{}.orDefaults(), fn: func(File) error {
		t.Error("read")
		return nil
	}}
	defer w.git.Close()
	w.skips.limit = 10
	w.queue.init(".")
	f := &folder{root: root, rel: ".", dir: top}
	f.refs.Store(1)
	w.files(f, []string{"link", "pipe", "gone"}, new(reader))
	f.release()
	if _, err := openFolder(root, "pipe"); err == nil {
		t.Error("a pipe was opened as a folder")
	}
	want := []rules.Skipped{
		{Path: "gone", Reason: "no such file or directory", Kind: rules.ByFailure},
		{Path: "link", Reason: SkipLink, Kind: rules.ByDesign},
		{Path: "pipe", Reason: SkipIrregular, Kind: rules.ByDesign},
	}
	if got := w.skips.list(); !slices.Equal(got, want) {
		t.Errorf("skipped %v", got)
	}
}

func TestWalkHostileNames(t *testing.T) {
	dir := t.TempDir()
	names := []string{
		"new\nline", "\x1b[31mred", "\u202egpj.exe", "bell\a", "quote\"'`$(x)", " ", "-rf", "..x", "...", "back\\slash", "%00",
		"::set-output name=x::y",
	}
	if runtime.GOOS == "linux" { // others insist on UTF-8
		names = append(names, "bad\xff\xfeutf8")
	}
	files := make(map[string]string)
	for _, n := range names {
		files[n+"/"+n] = n
	}
	write(t, dir, files)
	w := walk(t, dir, Options{})
	for name, content := range files {
		if w.files[name] != content {
			t.Errorf("%q holds %q", name, w.files[name])
		}
	}
	if len(w.files) != len(files) {
		t.Errorf("read %q", w.paths())
	}
	wantSkips(t, w)
}

// A path of 500 folders is longer than the system takes in one call.
func TestWalkDeepTree(t *testing.T) {
	const depth = 500
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	at := root
	for range depth {
		if err := at.Mkdir("a-folder-name", 0o755); err != nil {
			t.Fatal(err)
		}
		next, err := at.OpenRoot("a-folder-name")
		if err != nil {
			t.Fatal(err)
		}
		if at != root {
			at.Close()
		}
		at = next
	}
	defer at.Close()
	if err := at.WriteFile("leaf", []byte("found"), 0o644); err != nil {
		t.Fatal(err)
	}
	var state rules.FileState
	c, err := Walk(t.Context(), root.Name(), Options{Workers: 2}, func(f File) error {
		if f.Path != strings.Repeat("a-folder-name/", depth)+"leaf" || string(f.Bytes()) != "found" {
			t.Errorf("a path of %d bytes holds %q", len(f.Path), f.Bytes())
		}
		state = f.State()
		return nil
	})
	if err != nil || c.Files != 1 || len(c.Skipped) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if state.Git != rules.GitNone {
		t.Errorf("state %v", state)
	}
}

func TestWalkModes(t *testing.T) {
	dir := t.TempDir()
	modes := map[string]fs.FileMode{"private": 0o600, "open": 0o644, "all": 0o666}
	for name, mode := range modes {
		write(t, dir, map[string]string{name: "x"})
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Walk(t.Context(), dir, Options{}, func(f File) error {
		if s := f.State(); !s.ModeKnown || s.Mode != uint32(modes[f.Rel]) {
			t.Errorf("%s: %+v", f.Rel, s)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// helper runs this test binary again as another process, in which the named
// helper test does its work.
func helper(t *testing.T, name, dir string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^"+name+"$", "-test.v")
	cmd.Env = append(os.Environ(), "TREE_HELPER_DIR="+dir)
	return cmd
}

func TestWalkWithFewOpenFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"file": "x"})
	for i := range 9_999 {
		sub := filepath.Join(dir, fmt.Sprint(i%7), fmt.Sprint(i%130))
		if i < 7*130 {
			if err := os.MkdirAll(sub, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Link(filepath.Join(dir, "file"), filepath.Join(sub, fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	out, err := helper(t, "TestHelperFewOpenFiles", dir).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "read 10000 files") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestHelperFewOpenFiles(t *testing.T) {
	dir := os.Getenv("TREE_HELPER_DIR")
	if dir == "" {
		t.Skip("run by TestWalkWithFewOpenFiles in a process of its own")
	}
	limit := unix.Rlimit{Cur: 64, Max: 64}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	c, err := Walk(context.Background(), dir, Options{Workers: 64}, func(File) error { return nil })
	if err != nil || len(c.Skipped) > 0 {
		t.Fatalf("%v, %v", c.Skipped, err)
	}
	fmt.Println("read", c.Files, "files")
}

func TestWalkUnreadable(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"file": "x", "folder/file": "x", "fine": "x"})
	for _, name := range []string{"file", "folder"} {
		p := filepath.Join(dir, name)
		if err := os.Chmod(p, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(p, 0o755) })
	}
	// The test's own folder is closed to other users.
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := helper(t, "TestHelperUnreadable", dir).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "walked as an ordinary user") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestHelperUnreadable(t *testing.T) {
	dir := os.Getenv("TREE_HELPER_DIR")
	if dir == "" {
		t.Skip("run by TestWalkUnreadable in a process of its own")
	}
	if os.Geteuid() == 0 { // whom no permission stops
		if err := syscall.Setuid(65534); err != nil {
			t.Fatal(err)
		}
	}
	w := walk(t, dir, Options{})
	wantPaths(t, w, "fine")
	wantSkips(t, w,
		rules.Skipped{Path: "file", Reason: "permission denied", Kind: rules.ByFailure},
		rules.Skipped{Path: "folder", Reason: "permission denied", Kind: rules.ByFailure})
	for _, name := range []string{"file", "folder"} {
		_, err := Walk(t.Context(), filepath.Join(dir, name), Options{}, nil)
		if !errors.Is(err, fs.ErrPermission) || !errors.As(err, new(*RootError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	fmt.Println("walked as an ordinary user")
}
