package objects

import (
	"bytes"
	"errors"
	"iter"
)

var errTree = errors.New("corrupt tree")

// The modes of tree entries (git-fast-import(1)); anything else git takes for
// one of them.
const (
	ModeFile       = 0o100644
	ModeExecutable = 0o100755
	ModeLink       = 0o120000
	ModeFolder     = 0o040000
	ModeSubmodule  = 0o160000
	modeKind       = 0o170000
)

// TreeEntry is one name of a tree.
type TreeEntry struct {
	Mode uint32
	Name []byte // of the tree's content; any bytes but a slash and a zero
	ID   ID
}

// IsFolder reports whether the entry is another tree.
func (e TreeEntry) IsFolder() bool { return e.Mode&modeKind == ModeFolder }

// IsSubmodule reports whether the entry is a commit of another repository.
func (e TreeEntry) IsSubmodule() bool { return e.Mode&modeKind == ModeSubmodule }

// TreeEntries gives the entries of a tree's content, up to where it is corrupt,
// which the last pair says.
func TreeEntries(format Format, content []byte) iter.Seq2[TreeEntry, error] {
	return func(yield func(TreeEntry, error) bool) {
		for len(content) > 0 {
			e, rest, ok := treeEntry(format, content)
			if !ok {
				yield(TreeEntry{}, errTree)
				return
			}
			if !yield(e, nil) {
				return
			}
			content = rest
		}
	}
}

func treeEntry(format Format, b []byte) (e TreeEntry, rest []byte, ok bool) {
	i := 0
	for ; i < len(b) && b[i] != ' '; i++ {
		if b[i] < '0' || b[i] > '7' || i == 7 {
			return e, nil, false
		}
		e.Mode = e.Mode<<3 | uint32(b[i]-'0')
	}
	if i == 0 || i == len(b) {
		return e, nil, false
	}
	name, rest, found := bytes.Cut(b[i+1:], []byte{0})
	if !found || len(name) == 0 || len(rest) < format.Size() || bytes.IndexByte(name, '/') >= 0 {
		return e, nil, false
	}
	e.Name = name
	e.ID = makeID(format, rest)
	return e, rest[format.Size():], true
}

// TreeEntriesIn gives those entries of a tree that lie in one of some ranges, even
// in part or beside it; nil is all of it. They are what is new where the ranges are
// [Object.Inserted].
func TreeEntriesIn(format Format, content []byte, ranges []Range) iter.Seq2[TreeEntry, error] {
	if ranges == nil {
		return TreeEntries(format, content)
	}
	return func(yield func(TreeEntry, error) bool) {
		for at, end := 0, 0; at < len(content) && len(ranges) > 0; at = end {
			e, rest, ok := treeEntry(format, content[at:])
			if !ok {
				yield(TreeEntry{}, errTree)
				return
			}
			end = len(content) - len(rest)
			for len(ranges) > 0 && ranges[0].End < at {
				ranges = ranges[1:]
			}
			if len(ranges) > 0 && ranges[0].Start <= end && !yield(e, nil) {
				return
			}
		}
	}
}
