package main

import (
	"errors"
	"io/fs"

	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/store"
)

// inputFailure turns what went wrong with an input into one line, a hint and
// the documented exit code: 2 for another credential than the one that was
// wanted, 3 where nothing could be examined.
func inputFailure(err error) error {
	var other *credfile.NotCredential
	if errors.As(err, &other) {
		if other.Wanted != "" {
			return usage(other.Hint, "%v", other)
		}
		return unfinished(other.Hint, "%v", other)
	}
	var file *store.FileError
	if errors.As(err, &file) {
		return unfinished(file.Hint(), "%v", file)
	}
	var root *tree.RootError
	if errors.As(err, &root) {
		hint := ""
		if errors.Is(err, fs.ErrNotExist) {
			hint = "check the path; nothing was examined"
		}
		return unfinished(hint, "%v", root)
	}
	return err
}
