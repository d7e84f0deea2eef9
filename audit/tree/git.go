package tree

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"scopeaudit/audit/rules"
)

// Git tells what git does with the files of a named folder, from files alone:
// no git process is started, and nothing that a repository configures is done.
// It is safe for concurrent use.
//
// Of the work tree that encloses the named folder only these are read: the
// index, info/exclude, and the ignore files between its top and the file asked
// about; that HEAD, objects and refs exist is looked at. Work trees inside the
// named folder speak for their own files. A user's own global ignore file is not
// read, since it protects no one else's clone; a file that only it names is
// untracked.
type Git struct {
	named string // the real, absolute path of the named folder; "" for a file
	base  string // the top of the work tree that encloses it, else the folder
	found bool   // there is such a work tree
	root  *os.Root
	fold  bool // the system's file names do not tell upper from lower case

	work work

	mu      sync.Mutex
	folders map[folderKey]*folderState
	repos   map[string]*repo // by the folder that holds .git
	ignored int64            // bytes of ignore files that were read
	indexed int64            // bytes of indexes that were read
}

type folderKey struct {
	path string
	fold bool
}

// OpenGit finds the work tree that encloses root, a folder or a file, by
// looking for .git in it and in its parents. Where there is none, State is
// GitNone but for files of work trees further down. The error is a [*RootError].
func OpenGit(root string) (*Git, error) {
	at, err := resolve(root)
	if err != nil {
		return nil, err
	}
	return openGit(at), nil
}

func openGit(at named) *Git {
	g := &Git{
		base:    at.dir,
		fold:    runtime.GOOS == "windows" || runtime.GOOS == "darwin",
		folders: make(map[folderKey]*folderState),
		repos:   make(map[string]*repo),
	}
	if at.file == "" {
		g.named = at.dir
	}
	g.work.left.Store(maxMatchWork)
	for dir := at.dir; ; dir = filepath.Dir(dir) {
		if hasGit(dir) {
			g.base, g.found = dir, true
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	// Without it, every state is unknown.
	g.root, _ = os.OpenRoot(g.base)
	return g
}

// Close lets go of the work tree; what is asked later and was not read before
// is unknown.
func (g *Git) Close() error {
	if g.root == nil {
		return nil
	}
	return g.root.Close()
}

// Top is the absolute path of the top of the enclosing work tree, or "" when
// there is none.
func (g *Git) Top() string {
	if !g.found {
		return ""
	}
	return g.base
}

// path makes an absolute path in the named folder, or the folder itself, one as
// File.Path has it.
func (g *Git) path(abs string) string {
	rel, err := filepath.Rel(g.base, abs)
	if err != nil || rel == "." {
		return ""
	}
	return filepath.ToSlash(rel)
}

// Path is what a walk would call a file, as [File.Path] has it, for a caller
// that reads a file itself. Links are followed: the name is that of the file
// they lead to. A file outside the work tree and the named folder gets a path
// that begins with "..", of which State knows nothing. The error is a
// [*RootError].
func (g *Git) Path(file string) (string, error) {
	at, err := resolve(file)
	if err != nil {
		return "", err
	}
	// It fails between the volumes of Windows.
	if _, err := filepath.Rel(g.base, at.dir); err != nil {
		return "", &RootError{file, err}
	}
	return path.Join(g.path(at.dir), at.file), nil
}

// State says what git does with the file at p, a path as in File.Path. What
// cannot be told is GitUnknown: after an index that is corrupt, split or of
// another version, behind links, or beyond a limit. On systems that do not tell
// upper from lower case, that goes too for a file whose state hangs on it.
func (g *Git) State(p string) rules.GitState {
	state := g.state(p, false)
	if g.fold && g.state(p, true) != state {
		return rules.GitUnknown
	}
	return state
}

func (g *Git) state(p string, fold bool) rules.GitState {
	dir, name := path.Split(p)
	if name == "" || name == "." || name == ".." {
		return rules.GitUnknown
	}
	in := g.folder(strings.TrimSuffix(dir, "/"), fold)
	if in.repo == nil {
		if in.known {
			return rules.GitNone
		}
		return rules.GitUnknown
	}
	if in.repo.index == nil {
		return rules.GitUnknown
	}
	name = in.rel + name
	switch tracked, known := in.repo.index.tracked(name, fold); {
	case tracked:
		return rules.GitTracked
	case !known || !in.known:
		return rules.GitUnknown
	}
	ignored := in.ignored || in.ignores.verdict(name, false, fold, &g.work)
	switch {
	case g.work.exhausted():
		return rules.GitUnknown
	case ignored:
		return rules.GitIgnored
	}
	return rules.GitUntracked
}

// folderState is what git makes of one folder.
type folderState struct {
	repo *repo // of the innermost work tree around it; nil for none
	// rel is the folder's path from that work tree's top, "" or ending in a
	// slash.
	rel     string
	ignores *ignores
	ignored bool // the folder, or one above it, is ignored
	known   bool // all that could be read about it was
}

// folder gives the state of the folder at p, "" being the base.
func (g *Git) folder(p string, fold bool) *folderState {
	g.mu.Lock()
	defer g.mu.Unlock()
	// From the base down, so that the depth of a tree does not become that of
	// the stack.
	s := g.enter(nil, "", fold)
	for end := 0; end < len(p); end++ {
		if p[end] == '/' {
			s = g.enter(s, p[:end], fold)
		}
	}
	if p != "" {
		s = g.enter(s, p, fold)
	}
	return s
}

// enter gives the state of the folder at p, given that of the folder above.
func (g *Git) enter(up *folderState, p string, fold bool) *folderState {
	key := folderKey{p, fold}
	if s := g.folders[key]; s != nil {
		return s
	}
	s := g.read(up, p, fold)
	g.folders[key] = s
	return s
}

func (g *Git) read(up *folderState, p string, fold bool) *folderState {
	name := path.Base(p)
	switch {
	case g.root == nil || name == "..":
		return new(folderState)
	case name == ".git" && p != "":
		// Git never takes up what lies in there.
		return &folderState{known: true}
	}
	s := &folderState{known: true}
	if r := g.repo(p); r != nil {
		s.repo = r
		s.known = r.excludesKnown
		s.ignores = &ignores{patterns: parseIgnore(r.excludes, fold)}
	} else if up != nil {
		s.repo, s.ignores, s.known, s.ignored = up.repo, up.ignores, up.known, up.ignored
		if s.repo == nil {
			return s
		}
		s.rel = up.rel + name + "/"
		s.ignored = s.ignored || s.ignores.verdict(up.rel+name, true, fold, &g.work)
	} else {
		return s
	}
	if s.ignored || !s.known {
		return s
	}
	switch data, err := g.readIgnore(g.root, path.Join(p, ".gitignore")); {
	case err == nil:
		s.ignores = &ignores{patterns: parseIgnore(data, fold), base: len(s.rel), up: s.ignores}
	case err == errLink || errors.Is(err, fs.ErrNotExist):
		// As for git, a link holds nothing.
		s.known = !s.repo.elsewhere(s.rel + ".gitignore")
	default:
		s.known = false
	}
	return s
}

// readIgnore reads an ignore file as far as the bounds allow.
func (g *Git) readIgnore(root *os.Root, name string) ([]byte, error) {
	data, err := readRegular(root, name, min(maxIgnoreFile, maxIgnoreBytes-g.ignored))
	g.ignored += int64(len(data))
	return data, err
}
