package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrSpecial is wrapped by a [RootError] whose path names a pipe, a socket or a
// device.
var ErrSpecial = errors.New("neither a file nor a folder")

// RootError says that what the user named cannot be read at all. It wraps
// [fs.ErrNotExist], [fs.ErrPermission], [ErrSpecial] or another cause.
type RootError struct {
	Path string // as the user typed it
	Err  error
}

func (e *RootError) Error() string {
	cause := systemText(e.Err)
	if errors.Is(e.Err, fs.ErrNotExist) {
		cause = "no such file or folder"
	}
	return fmt.Sprintf("cannot read %q: %s", e.Path, cause)
}

func (e *RootError) Unwrap() error { return e.Err }

// systemText is the cause of a failed call without the path that the os package
// puts before it.
func systemText(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}

// named is what the user named: a real folder, and the one file in it that is
// meant or "" for all of it.
type named struct {
	dir, file string
}

// resolve finds out what root names. A link that the user typed is followed;
// nothing is opened, so that a pipe cannot block.
func resolve(root string) (named, error) {
	info, err := os.Stat(root)
	if err != nil {
		return named{}, &RootError{root, err}
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return named{}, &RootError{root, ErrSpecial}
	}
	abs, err := filepath.Abs(root)
	if err != nil {
		return named{}, &RootError{root, err}
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return named{}, &RootError{root, err}
	}
	if info.IsDir() {
		return named{dir: real}, nil
	}
	return named{filepath.Dir(real), filepath.Base(real)}, nil
}
