package tree

import (
	"errors"
	"strings"

	"scopeaudit/audit/tree/objects"
)

// Why there is no file under the name that a commit is asked for.
var (
	ErrNoFile  = errors.New("the commit has no file of that name")
	ErrNotHere = errors.New("the commit has it, and its object is not here")
)

// At gives the file that a commit has under a path, relative to the top of the
// work tree, as git writes it in COMMIT:PATH. The error is a [*RevisionError] for
// the commit, [ErrNoFile] or [ErrNotHere] for the path, or is what was wrong with
// an object.
func (h *History) At(revision, path string) (objects.ID, []byte, error) {
	return h.entryAt(revision, path, objects.TypeBlob)
}

// Folder lists the files that a commit has in a folder, "." being the top, by
// their names. The error is as that of [History.At].
func (h *History) Folder(revision, path string) ([]string, error) {
	_, data, err := h.entryAt(revision, path, objects.TypeTree)
	if err != nil {
		return nil, err
	}
	var names []string
	for e, err := range objects.TreeEntries(h.store.Format(), data) {
		if err != nil {
			return nil, err
		}
		if !e.IsFolder() && !e.IsSubmodule() {
			names = append(names, string(e.Name))
		}
	}
	return names, nil
}

// entryAt gives what a commit has under a path, if it is of a type.
func (h *History) entryAt(revision, path string, want objects.Type) (objects.ID, []byte, error) {
	r := h.Reader()
	id, _, err := h.resolve(r, revision)
	if err != nil {
		return objects.ID{}, nil, err
	}
	c, err := h.commit(r, id)
	if err != nil {
		return objects.ID{}, nil, err
	}
	at := c.tree
	for name := range strings.SplitSeq(path, "/") {
		if path == "." {
			break
		}
		t, data, err := get(r, at)
		if err != nil {
			return objects.ID{}, nil, err
		}
		if t != objects.TypeTree {
			return objects.ID{}, nil, ErrNoFile
		}
		if at, err = entryOf(h.store.Format(), data, name); err != nil {
			return objects.ID{}, nil, err
		}
	}
	t, data, err := get(r, at)
	if err == nil && t != want {
		err = ErrNoFile
	}
	return at, data, err
}

func get(r *objects.Reader, id objects.ID) (objects.Type, []byte, error) {
	t, data, err := r.Get(id)
	if errors.Is(err, objects.ErrMissing) {
		err = ErrNotHere
	}
	return t, data, err
}

// entryOf finds a name in a tree's content.
func entryOf(format objects.Format, content []byte, name string) (objects.ID, error) {
	for e, err := range objects.TreeEntries(format, content) {
		if err != nil {
			return objects.ID{}, err
		}
		if string(e.Name) == name && !e.IsSubmodule() {
			return e.ID, nil
		}
	}
	return objects.ID{}, ErrNoFile
}
