package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// asNobody runs f with the file rights of an ordinary user, also where the
// tests run as root, whom no permission bit stops.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	const nobody = 65534
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if err := unix.Setfsuid(nobody); err != nil {
			t.Error(err)
			return
		}
		f()
	}()
	<-done
}

// openTempDir is a temporary folder that everybody may reach.
func openTempDir(t *testing.T, mode fs.FileMode) string {
	t.Helper()
	dir := t.TempDir()
	for d, m := range map[string]fs.FileMode{filepath.Dir(dir): 0o755, dir: mode} {
		if err := os.Chmod(d, m); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestUnreadableFile(t *testing.T) {
	dir := openTempDir(t, 0o755)
	closed := makeFile(t, filepath.Join(dir, "closed"), "secret", 0)
	open := makeFile(t, filepath.Join(dir, "open"), "content", 0o644)
	asNobody(t, func() {
		if _, _, err := ReadFile(open, 100); err != nil {
			t.Error(err)
		}
		_, _, err := ReadFile(closed, 100)
		fe := wantProblem(t, err, closed, Unreadable)
		if want := `"` + closed + `" cannot be read: permission denied`; fe.Error() != want || !errors.Is(fe, fs.ErrPermission) {
			t.Errorf("got %q, want %q", fe.Error(), want)
		}
	})
}

func TestReadOnlyFolder(t *testing.T) {
	dir := openTempDir(t, 0o777)
	asNobody(t, func() {
		if err := WriteFile(filepath.Join(dir, "first"), []byte("new"), WriteOptions{}); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o755)
	asNobody(t, func() {
		for _, name := range []string{"first", "second"} {
			path := filepath.Join(dir, name)
			err := WriteFile(path, []byte("other"), WriteOptions{Replace: true})
			if fe := wantProblem(t, err, path, Unwritable); !errors.Is(fe, fs.ErrPermission) {
				t.Errorf("got %v", err)
			}
		}
	})
	wantOnly(t, dir, map[string]string{"first": "new"})
}
