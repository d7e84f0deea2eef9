package tree

import (
	"cmp"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree/objects"
)

// Archived are files that were taken out of an archive, as a file system: what a
// history in it is read from. The zero value has none.
type Archived struct{ root archivedNode }

// archivedNode is a file or, with children, a folder.
type archivedNode struct {
	name     string
	content  Content // nil for a folder
	children map[string]*archivedNode
}

// Content is that of a file: bytes.Reader, or a part of the archive itself.
type Content interface {
	io.ReaderAt
	Size() int64
}

// Add adds a file. A name that is none of a file here, or is taken, is not added.
func (a *Archived) Add(name string, content Content) bool {
	if !fs.ValidPath(name) || name == "." {
		return false
	}
	at := &a.root
	parts := strings.Split(name, "/")
	for i, part := range parts {
		last := i == len(parts)-1
		next := at.children[part]
		switch {
		case next == nil:
			next = &archivedNode{name: part}
			if at.children == nil {
				at.children = make(map[string]*archivedNode)
			}
			at.children[part] = next
		case last || next.content != nil:
			return false
		}
		at = next
	}
	at.content = content
	return true
}

func (a *Archived) find(op, name string) (*archivedNode, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	at := &a.root
	if name != "." {
		for part := range strings.SplitSeq(name, "/") {
			if at = at.children[part]; at == nil {
				return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
			}
		}
	}
	return at, nil
}

// Open opens a file, which is an [io.ReaderAt], or a folder.
func (a *Archived) Open(name string) (fs.File, error) {
	n, err := a.find("open", name)
	if err != nil {
		return nil, err
	}
	if n.content == nil {
		entries, err := a.ReadDir(name)
		return &archivedFolder{archivedInfo: archivedInfo{n}, rest: entries}, err
	}
	return &archivedFile{io.NewSectionReader(n.content, 0, n.content.Size()), archivedInfo{n}}, nil
}

// ReadDir lists a folder.
func (a *Archived) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := a.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if n.content != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errIrregular}
	}
	list := make([]fs.DirEntry, 0, len(n.children))
	for _, c := range n.children {
		list = append(list, fs.FileInfoToDirEntry(archivedInfo{c}))
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// archivedFile is an open file.
type archivedFile struct {
	*io.SectionReader
	archivedInfo
}

func (f *archivedFile) Stat() (fs.FileInfo, error) { return f.archivedInfo, nil }
func (f *archivedFile) Close() error               { return nil }
func (f *archivedFile) Size() int64                { return f.archivedInfo.Size() }

// archivedFolder is an open folder.
type archivedFolder struct {
	archivedInfo
	rest []fs.DirEntry
}

func (f *archivedFolder) Stat() (fs.FileInfo, error) { return f.archivedInfo, nil }
func (f *archivedFolder) Close() error               { return nil }

func (f *archivedFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.Name(), Err: errIrregular}
}

func (f *archivedFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n > len(f.rest) {
		if n > 0 && len(f.rest) == 0 {
			return nil, io.EOF
		}
		n = len(f.rest)
	}
	some := f.rest[:n]
	f.rest = f.rest[n:]
	return some, nil
}

// archivedInfo is what there is to know of a file.
type archivedInfo struct{ n *archivedNode }

func (i archivedInfo) Name() string       { return cmp.Or(i.n.name, ".") }
func (i archivedInfo) IsDir() bool        { return i.n.content == nil }
func (i archivedInfo) ModTime() time.Time { return time.Time{} }
func (i archivedInfo) Sys() any           { return nil }

func (i archivedInfo) Size() int64 {
	if i.n.content == nil {
		return 0
	}
	return i.n.content.Size()
}

func (i archivedInfo) Mode() fs.FileMode {
	if i.n.content == nil {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

// ArchivedHistory opens the history of the git directory at dir of an archive. As
// with [Git.History], it is nil where it cannot be read as a whole.
func ArchivedHistory(fsys *Archived, dir string) (*History, []rules.Skipped) {
	h := &History{Dir: dir, Bare: path.Base(dir) != ".git"}
	own, err := fs.Sub(fsys, dir)
	if err != nil {
		return nil, []rules.Skipped{{Path: dir, Reason: systemText(err), Kind: rules.ByFailure}}
	}
	h.own, h.common = own, own
	return h.opened(h.open(false, h.archivedStores))
}

// archivedStores is [History.stores] in an archive, where none is borrowed from:
// an archive may hold many repositories, and what is named leads out of it.
func (h *History) archivedStores() []fs.FS {
	store, err := fs.Sub(h.common, "objects")
	if err != nil {
		return nil // it is a valid path
	}
	list := path.Join(h.Dir, "objects/info/alternates")
	names, err := objects.Alternates(store)
	if err != nil {
		h.Skipped = append(h.Skipped, rules.Skipped{Path: list, Reason: systemText(err), Kind: rules.ByFailure})
	}
	for range names {
		h.Skipped = append(h.Skipped, rules.Skipped{Path: list, Reason: SkipStore, Kind: rules.ByDesign})
	}
	return []fs.FS{store}
}
