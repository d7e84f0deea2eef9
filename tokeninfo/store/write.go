package store

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// WriteOptions say how WriteFile writes.
type WriteOptions struct {
	// Mode is the permission bits of the new file, whatever the umask and
	// whatever an old file had; zero means 0600.
	Mode fs.FileMode
	// Replace allows an existing regular file to be replaced.
	Replace bool
	// Was, if not nil, is what the file to be replaced held when it was read. A
	// file that holds something else by now is left as it is; what happens
	// between that last look and the rename is beyond every file system.
	Was []byte
}

// WriteFile writes a whole file or nothing: to a temporary file in the same
// folder, synced, then put in its place in one step. It never writes through a
// symbolic link, into a device or over a folder, and over a file only with
// Replace. After an error no temporary file remains, and an old file is as it
// was. The error is a *FileError.
//
// A replaced file is a new one: it belongs to the user who runs, and other hard
// links keep the old content.
func WriteFile(path string, data []byte, o WriteOptions) error {
	return writeFile(path, data, o, func(step) error { return nil })
}

// step names a moment in writeFile, so that tests can fail or interfere there.
type step string

const (
	beforeCreate  step = "create"
	beforeMode    step = "mode"
	beforeWrite   step = "write"
	beforeSync    step = "sync"
	beforeClose   step = "close"
	beforePublish step = "publish"
)

func writeFile(path string, data []byte, o WriteOptions, before func(step) error) (err error) {
	fail := func(p Problem, err error) error { return &FileError{Path: path, Problem: p, err: err} }
	dir, name := filepath.Split(path)
	if name == "" || name == "." || name == ".." || strings.ContainsRune(name, 0) {
		return fail(BadName, nil)
	}
	if dir == "" {
		dir = "."
	}
	if o.Mode == 0 {
		o.Mode = 0o600
	}
	// The folder is held open, so that all steps speak of the same one.
	folder, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fail(NoFolder, err)
	} else if err != nil {
		return fail(Unwritable, err)
	}
	defer folder.Close()
	if p, err := target(folder, name, o.Replace); p != "" {
		return fail(p, err)
	}

	temp := ".scopeaudit-" + rand.Text() + ".tmp"
	if err := before(beforeCreate); err != nil {
		return fail(Unwritable, err)
	}
	f, err := folder.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fail(Unwritable, err)
	}
	defer func() {
		if err != nil {
			f.Close() // Windows removes no open file
			folder.Remove(temp)
		}
	}()
	// The mode is set on the open file: what OpenFile is given, the umask cuts.
	for _, s := range []struct {
		name step
		do   func() error
	}{
		{beforeMode, func() error { return f.Chmod(o.Mode.Perm()) }},
		{beforeWrite, func() error { _, err := f.Write(data); return err }},
		{beforeSync, f.Sync},
		{beforeClose, f.Close},
		{beforePublish, func() error {
			if o.Was != nil && !holds(folder, name, o.Was) {
				return errChanged
			}
			return publish(folder, temp, name, o.Replace)
		}},
	} {
		err := before(s.name)
		if err == nil {
			err = s.do()
		}
		if errors.Is(err, fs.ErrExist) && s.name == beforePublish {
			return fail(Exists, err)
		}
		if err == errChanged {
			return fail(Changed, err)
		}
		if err != nil {
			return fail(Unwritable, err)
		}
	}
	syncFolder(folder)
	return nil
}

// target says what stands in the way under the wanted name.
func target(folder *os.Root, name string, replace bool) (Problem, error) {
	info, err := folder.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return Unwritable, err
	}
	if p := notRegular(info.Mode()); p != "" {
		return p, nil
	}
	if !replace {
		return Exists, fs.ErrExist
	}
	return "", nil
}

// publish gives the finished file its name. A rename would silently take the
// place of a file that appeared in the meantime, a link does not; where the
// file system has no links, the name is looked at once more.
func publish(folder *os.Root, temp, name string, replace bool) error {
	if !replace {
		err := folder.Link(temp, name)
		if err == nil {
			if err = folder.Remove(temp); err != nil {
				folder.Remove(name)
			}
			return err
		}
		if _, err := folder.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return fs.ErrExist
		}
	}
	return folder.Rename(temp, name)
}

var errChanged = errors.New("the file holds something else")

// holds reports whether a file still has the content it was read with.
func holds(folder *os.Root, name string, was []byte) bool {
	info, err := folder.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(was)) {
		return false
	}
	now, err := folder.ReadFile(name)
	return err == nil && bytes.Equal(now, was)
}

// CanWrite tries whether WriteFile could write here now, without writing: what
// costs a consent, or a rotated token, is asked for only if its result can be
// kept. The error is a *FileError.
func CanWrite(path string, replace bool) error {
	dry := errors.New("tried")
	err := writeFile(path, nil, WriteOptions{Replace: replace}, func(s step) error {
		if s == beforePublish {
			return dry
		}
		return nil
	})
	if !errors.Is(err, dry) {
		return err
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().Perm()&0o200 == 0 {
		return &FileError{Path: path, Problem: ReadOnly}
	}
	return nil
}
