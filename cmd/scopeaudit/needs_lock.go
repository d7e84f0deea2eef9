package main

import (
	"errors"

	"scopeaudit/audit"
	"scopeaudit/tokeninfo/store"
)

// defaultLock is the lock that --locked reads where --lock names none.
const defaultLock = "scopes.lock"

// readLock reads the lock that --locked holds the code to; nil without.
func (f needsFlags) readLock() (*audit.Lock, error) {
	if !f.locked {
		return nil, nil
	}
	name := f.lockName()
	data, _, err := store.ReadFile(name, audit.MaxLock)
	if err != nil {
		return nil, usage("`scopeaudit needs --lock "+defaultLock+"` writes what the code needs now", "--locked: %v", err)
	}
	lock, err := audit.DecodeLock(data, name)
	if err != nil {
		return nil, usage("mend it, or write it anew with --lock", "--locked %q: %v", name, err)
	}
	return lock, nil
}

func (f needsFlags) lockName() string {
	if f.lock == "" {
		return defaultLock
	}
	return f.lock
}

// checkNewLock refuses a file that a lock should not take the place of, before
// any work is done.
func (f needsFlags) checkNewLock() error {
	if f.lock == "" || f.locked {
		return nil
	}
	if f.lock == "-" {
		return usage("name a file, such as "+defaultLock, "--lock: a lock is a file")
	}
	old, _, err := store.ReadFile(f.lock, audit.MaxLock)
	if err == nil && len(old) > 0 && !audit.IsLock(old) {
		return usage("choose another file for the lock, or remove this one", "%q is no lock of scopeaudit and is not overwritten", f.lock)
	}
	return nil
}

// writeLock writes what the programs of a report need.
func (f needsFlags) writeLock(r *audit.Report) error {
	if f.lock == "" || f.locked {
		return nil
	}
	if !r.Complete {
		return unfinished("what was missed might need more; the report says what could not be read", "lock not written: not all was examined")
	}
	if err := store.WriteFile(f.lock, audit.NewLock(*r, f.lock).Encode(), store.WriteOptions{Mode: 0o644, Replace: true}); err != nil {
		hint := "choose another name"
		var file *store.FileError
		if errors.As(err, &file) {
			hint = file.Hint()
		}
		return unfinished(hint, "lock not written: %v", err)
	}
	r.Notes = append(r.Notes, "what "+plural(len(r.Programs), "program")+" needs is in "+f.lock+"; --locked fails when a change raises it")
	return nil
}
