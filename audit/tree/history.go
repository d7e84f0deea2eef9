package tree

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree/objects"
)

// Why a part of a repository's history was not read.
const (
	SkipStore   = "git objects outside of what was named: not read"
	SkipMissing = "objects are not here, as in a clone that is partial or shallow"
	SkipLost    = "missing, though the clone is neither partial nor shallow there: its history is not all here"
)

const (
	maxBorrowed = 16      // object stores that one borrows from
	maxConfig   = 1 << 20 // bytes of a git directory's config
)

// History is all that a repository holds: what was ever committed, tagged,
// stashed or merely added, until git clears it away. It is read as files; git is
// not started, and nothing that the repository configures is done.
type History struct {
	// Dir is the git directory, as [File.Path] would have it, and Bare says that
	// it is what the user named.
	Dir  string
	Bare bool
	// Partial says that objects may be missing by design.
	Partial bool
	// Skipped are stores that were not read.
	Skipped []rules.Skipped
	// Store is the absolute path of the git directory that keeps the objects, the
	// same for work trees that share one; "" in an archive.
	Store string

	store      *objects.Store
	own        fs.FS // the git directory
	common     fs.FS // and what it shares with other work trees
	extensions objects.Extensions
	refs       objects.Refs // not read where single objects are asked for
	index      []byte       // of the work tree; nil for none
	root       *os.Root     // of a git directory elsewhere; nil for none
	real       string       // where the git directory lies; "" where that is no folder
	cut        map[objects.ID]bool

	other *gitReader // gives what is not read here; nil for nothing

	git *Git    // what it was opened by; nil in an archive
	dir *gitDir // of the work tree
	top string  // of the work tree, as File.Path has it
}

// History opens the history of the repository that the named folder is the top
// of, or is the git directory of; with enclosing, of the one whose work tree
// encloses it too. It is nil where there is none, and where it cannot be read as
// a whole, which is a skip.
func (g *Git) History(enclosing bool) (*History, []rules.Skipped) {
	h := &History{}
	return h.opened(h.openIn(g, h.locate(g, enclosing), false))
}

// HistoryOf opens the history of the repository that a folder below the named one
// is the top of, or is the git directory of; the folder's path is as [File.Path]
// has it. Else it is as [Git.History].
func (g *Git) HistoryOf(folder string) (*History, []rules.Skipped) {
	if g.root == nil {
		return nil, nil
	}
	h := &History{top: folder}
	if isGitDir(g.root, folder) {
		h.Dir, h.Bare = folder, true
		d := &gitDir{root: g.root, path: folder}
		g.findCommon(d)
		return h.opened(h.openIn(g, d, false))
	}
	return h.opened(h.openIn(g, h.workTree(g, folder), false))
}

// StoreOf is the [History.Store] that a folder's .git file leads to, or "" where it
// may not be followed.
func (g *Git) StoreOf(folder string) string {
	if g.root == nil {
		return ""
	}
	d, root := g.linkedDir(folder, path.Join(folder, ".git"))
	if root != nil {
		defer root.Close()
	}
	if d == nil || d.common == nil {
		return ""
	}
	return d.common.real()
}

// Repository opens the history of the repository whose work tree the named file
// or folder lies in, or is the git directory of, to be asked for what is new
// somewhere: [History.Range], [History.Staged]. Nothing that takes time by the
// number of its objects or refs is done before it is needed.
func (g *Git) Repository() (*History, []rules.Skipped) {
	h := &History{}
	var d *gitDir
	if g.named == "" && g.root != nil && g.found {
		d = h.enclosing(g)
	} else {
		d = h.locate(g, true)
	}
	return h.opened(h.openIn(g, d, true))
}

// opened is what became of opening a history.
func (h *History) opened(skip rules.Skipped) (*History, []rules.Skipped) {
	switch {
	case skip.Reason != "":
		skip.Path = h.Dir
		h.Close()
		return nil, []rules.Skipped{skip}
	case h.Dir == "":
		return nil, nil
	}
	return h, nil
}

// openIn opens what locate found. The skip has no reason where nothing is wrong.
func (h *History) openIn(g *Git, d *gitDir, single bool) rules.Skipped {
	switch {
	case h.Dir == "":
		return rules.Skipped{}
	case d == nil || d.common == nil:
		return rules.Skipped{Reason: SkipStore, Kind: rules.ByDesign}
	}
	h.own, h.common = objects.Folder(d.root, d.path), objects.Folder(d.common.root, d.common.path)
	h.git, h.dir = g, d
	h.real = d.real()
	h.Store = d.common.real()
	return h.open(single, func() []fs.FS { return h.stores(g, d.common) })
}

// open reads what is read of a git directory before its objects are.
func (h *History) open(single bool, stores func() []fs.FS) rules.Skipped {
	fail := func(reason string) rules.Skipped { return rules.Skipped{Reason: reason, Kind: rules.ByFailure} }
	config, err := readSmall(h.common, "config", maxConfig)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fail(systemText(err))
	}
	options := objects.Options{Single: single, Index: true}
	var dirs []fs.FS
	var unknown *objects.FormatError
	if h.extensions, err = objects.ReadExtensions(config); errors.As(err, &unknown) {
		if h.other, err = h.fallBack(unknown.Name); err != nil {
			return fail(err.Error())
		}
		h.extensions.Objects, options.Elsewhere = h.other.format, h.other
		dirs = []fs.FS{&Archived{}} // nothing of it is read here
	} else {
		dirs = stores()
	}
	h.Partial = h.extensions.Partial
	options.Format = h.extensions.Objects
	if h.store, err = objects.Open(options, dirs...); err != nil {
		return fail(systemText(err))
	}
	if slices.ContainsFunc(h.store.Skips, func(s objects.Skip) bool { return errors.Is(s.Err, objects.ErrFormat) }) {
		h.openOther(options, dirs)
	}
	for _, s := range h.store.Skips {
		h.Skipped = append(h.Skipped, rules.Skipped{Path: path.Join(h.Dir, "objects", s.File), Reason: systemText(s.Err), Kind: rules.ByFailure})
	}
	if !single {
		h.index, _ = readSmall(h.own, "index", maxIndexFile) // what git does with files is told, or not, by Git
		h.refs = objects.ReadRefs(h.extensions, h.own, h.common)
	}
	return rules.Skipped{}
}

// readSmall reads a file of at most limit bytes.
func readSmall(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errIrregular
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, errTooLarge
	}
	return data, err
}

// locate finds the git directory that belongs to the named folder.
func (h *History) locate(g *Git, enclosing bool) *gitDir {
	if g.root == nil || g.named == "" {
		return nil
	}
	named := g.path(g.named)
	if here := path.Join(".", named); !(g.found && named == "") && isGitDir(g.root, here) {
		h.Dir, h.Bare = here, true
		d := &gitDir{root: g.root, path: here}
		g.findCommon(d)
		return d
	}
	if !g.found || named != "" && !enclosing {
		return nil
	}
	return h.enclosing(g)
}

// enclosing finds the git directory of the work tree around the named file or
// folder.
func (h *History) enclosing(g *Git) *gitDir { return h.workTree(g, "") }

// workTree finds the git directory of the work tree whose top is a folder.
func (h *History) workTree(g *Git, top string) *gitDir {
	h.Dir = path.Join(top, ".git")
	info, err := g.root.Lstat(h.Dir)
	var d *gitDir
	switch {
	case err == nil && info.IsDir():
		d = &gitDir{root: g.root, path: h.Dir}
		g.findCommon(d)
	case err == nil && info.Mode().IsRegular():
		d, h.root = g.linkedDir(top, h.Dir)
	}
	return d
}

// stores gives the object directory of a git directory and those that it borrows
// from, in turn, as far as they lie in what the user named.
func (h *History) stores(g *Git, d *gitDir) []fs.FS {
	own := path.Join(d.path, "objects")
	stores := []fs.FS{objects.Folder(d.root, own)}
	dirs := []string{filepath.Join(d.root.Name(), filepath.FromSlash(own))}
	list := path.Join(h.Dir, "objects/info/alternates")
	for i := 0; i < len(stores); i++ {
		names, err := objects.Alternates(stores[i])
		if err != nil {
			h.Skipped = append(h.Skipped, rules.Skipped{Path: list, Reason: systemText(err), Kind: rules.ByFailure})
		}
		for _, name := range names {
			target := filepath.FromSlash(name)
			if !filepath.IsAbs(target) {
				target = filepath.Join(dirs[i], target)
			}
			real, ok := g.inNamed(filepath.Clean(target))
			if !ok || len(stores) > maxBorrowed {
				h.Skipped = append(h.Skipped, rules.Skipped{Path: list, Reason: SkipStore, Kind: rules.ByDesign})
				continue
			}
			stores = append(stores, objects.Folder(g.root, g.path(real)))
			dirs = append(dirs, real)
		}
	}
	return stores
}

// Close lets go of the files.
func (h *History) Close() error {
	var err error
	if h.store != nil {
		err = h.store.Close()
	}
	if h.root != nil {
		err = errors.Join(err, h.root.Close())
	}
	if h.other != nil {
		err = errors.Join(err, h.other.close())
	}
	return err
}

// Each gives every blob, commit and tag once, a base before what is made of it,
// and says what could not be read. The error is that of fn or the context.
func (h *History) Each(ctx context.Context, workers int, fn func(worker int, o *objects.Object) error) (objects.Stats, error) {
	return h.store.Each(ctx, objects.Pass{
		Workers: workers, Types: []objects.Type{objects.TypeBlob, objects.TypeCommit, objects.TypeTag},
	}, fn)
}

// staged gives each file that the index lists, as far as it can be read.
func (h *History) staged(fn func(path string, id objects.ID)) {
	format := h.store.Format()
	_ = eachEntry(h.index, format.Size(), func(e listedFile) {
		if id, err := objects.ParseID(format, hex.EncodeToString(e.id)); err == nil && e.isFile() {
			fn(e.name, id)
		}
	})
}

// Reader gives single objects.
func (h *History) Reader() *objects.Reader { return h.store.NewReader() }
