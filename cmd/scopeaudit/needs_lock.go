package main

import (
	"errors"
	"os"
	"path/filepath"

	"scopeaudit/audit"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo/store"
)

// defaultLock is what a lock is called where --lock-file does not say.
const defaultLock = "scopes.lock"

// useLock finds the lock that --lock writes or --locked compares with, and reads
// what it holds.
func (f *needsFlags) useLock(paths []string) (*audit.Lock, error) {
	switch {
	case f.lock && f.locked:
		return nil, usage("--lock writes what the code needs now, --locked compares it with what was agreed to", "--lock and --locked do not go together")
	case f.lockFile != "" && !f.lock && !f.locked:
		return nil, usage("--lock writes the file, --locked compares with it", "--lock-file goes with --lock or --locked")
	case f.lockFile == "-":
		return nil, usage("name a file, such as "+defaultLock, "--lock-file: a lock is a file")
	case !f.lock && !f.locked:
		return nil, nil
	}
	if f.lockFile == "" {
		f.lockFile = findLock(paths)
	}
	data, _, err := store.ReadFile(f.lockFile, audit.MaxLock)
	var file *store.FileError
	switch {
	case errors.As(err, &file) && file.Problem == store.Missing && f.lock:
		return nil, nil
	case errors.As(err, &file) && file.Problem == store.Missing:
		return nil, usage("`scopeaudit needs --lock` writes what the code needs now", "--locked: %v", err)
	case err != nil:
		return nil, usage("choose another file with --lock-file", "%v", err)
	case f.lock && len(data) > 0 && !audit.IsLock(data):
		return nil, usage("choose another file with --lock-file, or remove this one", "%q is no lock of scopeaudit and is not overwritten", f.lockFile)
	}
	lock, err := audit.DecodeLock(data, filepath.ToSlash(f.lockFile))
	switch {
	case errors.Is(err, audit.ErrLockVersion) && len(data) > 0:
		return nil, usage("get the scopeaudit that wrote it, or remove it", "%q: %v", f.lockFile, err)
	case err != nil && f.locked:
		return nil, usage("`scopeaudit needs --lock` writes it anew: look at what that changes", "%q: %v", f.lockFile, err)
	}
	return lock, nil // what is damaged is written anew
}

// findLock finds the lock of what is examined: in the folder that is named or the
// nearest one above it that has one, up to the top of its work tree; else it is
// that of the current folder.
func findLock(paths []string) string {
	named := "."
	if len(paths) == 1 {
		named = paths[0]
	}
	folder, err := filepath.Abs(named)
	if err != nil {
		return defaultLock
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		folder = filepath.Dir(folder)
	}
	top := folder
	if git, err := tree.OpenGit(folder); err == nil {
		if git.Top() != "" {
			top = git.Top()
		}
		git.Close()
	}
	if real, err := filepath.EvalSymlinks(folder); err == nil && top != folder {
		folder = real
	}
	for {
		name := filepath.Join(folder, defaultLock)
		if _, err := os.Lstat(name); err == nil {
			return fromHere(name)
		}
		up := filepath.Dir(folder)
		if folder == top || up == folder {
			return defaultLock
		}
		folder = up
	}
}

// fromHere is a path as it is written in the current folder.
func fromHere(name string) string {
	here, err := os.Getwd()
	if err != nil {
		return name
	}
	if rel, err := filepath.Rel(here, name); err == nil {
		return rel
	}
	return name
}

// writeLock writes what the programs of a report need.
func (f needsFlags) writeLock(r *audit.Report, old *audit.Lock, roots []audit.Root) error {
	if !f.lock {
		return nil
	}
	if !r.Complete {
		return unfinished("what was missed might need more; the report says what could not be read", "lock not written: not all was examined")
	}
	if err := store.WriteFile(f.lockFile, audit.NewLock(*r, old, roots).Encode(), store.WriteOptions{Mode: 0o644, Replace: true}); err != nil {
		hint := "choose another name"
		var file *store.FileError
		if errors.As(err, &file) {
			hint = file.Hint()
		}
		return unfinished(hint, "lock not written: %v", err)
	}
	r.Notes = append(r.Notes, "what "+plural(len(r.Programs), "program")+" needs is in "+f.lockFile+"; --locked fails when a change raises it")
	return nil
}
