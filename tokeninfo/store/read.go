// Package store is the file side of credentials: it reads files that users name
// without ever hanging on one, and it holds the one helper through which
// scopeaudit writes.
package store

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
)

// MaxCredential is the largest credential file that Load reads, in bytes. It is
// the cap on any file of a tree: a notebook with pictures is a credential file
// too when a token stands in its output.
const MaxCredential = 16 << 20

// readWait bounds the wait for a file that is regular by name only: some of
// /proc and of tracefs answer when something happens.
const readWait = 5 * time.Second

// FileInfo is what the system says about a file that was read, taken from the
// descriptor that the bytes came through.
type FileInfo struct {
	// State has the permission bits; its Git field is left empty.
	State rules.FileState
	Size  int64 // bytes read
	// Link is where the name led, if it was a symbolic link, else empty.
	Link string
}

// ReadFile reads a regular file of at most max bytes. A name that is a symbolic
// link is followed, since the user typed it, and reported; folders, pipes and
// devices are refused before they are opened. Every error is a *FileError.
func ReadFile(path string, max int64) ([]byte, FileInfo, error) {
	fail := func(p Problem, err error) ([]byte, FileInfo, error) {
		return nil, FileInfo{}, &FileError{Path: path, Problem: p, err: err}
	}
	// Asked first, because to open a device can be an act of its own; the
	// descriptor is asked again, because the name may have changed hands.
	named, err := os.Stat(path)
	if err != nil {
		return fail(problemOf(err), err)
	}
	if p := notRegular(named.Mode()); p != "" {
		return fail(p, nil)
	}
	target, link := path, ""
	if own, err := os.Lstat(path); err == nil && own.Mode()&fs.ModeSymlink != 0 {
		if target, err = filepath.EvalSymlinks(path); err != nil {
			return fail(problemOf(err), err)
		}
		link = target
	}
	f, err := openFile(target)
	if err != nil {
		return fail(problemOf(err), err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fail(Unreadable, err)
	}
	if p := notRegular(info.Mode()); p != "" {
		return fail(p, nil)
	}
	if info.Size() > max {
		return fail(TooBig, nil)
	}
	data, err := readAll(f, max, readWait)
	if err != nil {
		return fail(problemOf(err), err)
	}
	return data, FileInfo{State: fileState(info), Size: int64(len(data)), Link: link}, nil
}

var errTooBig = errors.New("more than the limit")

// readAll reads to the end whatever size the system gave: it may be wrong.
func readAll(f *os.File, max int64, wait time.Duration) ([]byte, error) {
	// Only descriptors that can be waited for take a deadline; a true regular
	// file does not, and needs none.
	_ = f.SetReadDeadline(time.Now().Add(wait))
	data, err := io.ReadAll(io.LimitReader(f, max+1))
	if err == nil && int64(len(data)) > max {
		return nil, errTooBig
	}
	return data, err
}

// Load reads the credentials in a file. The error is a *FileError for a file
// that could not be read, else credfile's own. The state is known as soon as
// the file was read, also beside an error of credfile.
func Load(path string) ([]tokeninfo.Credential, rules.FileState, error) {
	data, info, err := ReadFile(path, MaxCredential)
	if err != nil {
		return nil, rules.FileState{}, err
	}
	found, err := credfile.Identify(data)
	return found, info.State, err
}
