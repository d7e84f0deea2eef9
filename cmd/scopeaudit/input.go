package main

import (
	"cmp"
	"errors"
	"io/fs"

	"scopeaudit/audit/collect"
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
		hint := cmp.Or(other.Hint, "`scopeaudit token --help` says what it takes; to look for secrets in any file, `scopeaudit audit FILE`")
		if other.Wanted != "" {
			return usage(hint, "%v", err)
		}
		return unfinished(hint, "%v", err)
	}
	var file *store.FileError
	if errors.As(err, &file) {
		return unfinished(file.Hint(), "%v", file)
	}
	var change *collect.ChangeError
	if errors.As(err, &change) {
		return changeFailure(change)
	}
	var root *tree.RootError
	if errors.As(err, &root) {
		hint := "nothing was examined"
		switch {
		case errors.Is(err, fs.ErrNotExist):
			hint = "check the path; nothing was examined"
		case errors.Is(err, fs.ErrPermission):
			hint = "look at the permissions of it and of the folders above it; nothing was examined"
		case errors.Is(err, tree.ErrSpecial):
			hint = "to hand over what another program prints, use `scopeaudit token -`; nothing was examined"
		}
		return unfinished(hint, "%v", root)
	}
	return err
}
