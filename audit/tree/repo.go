package tree

import (
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// repo is what was read of one repository.
type repo struct {
	// index is nil when it could not be read; a repository without one has an
	// empty index.
	index *index
	// excludes is info/exclude, and whether that could be read.
	excludes      []byte
	excludesKnown bool
}

// elsewhere reports whether the ignore file at name exists for git alone.
func (r *repo) elsewhere(name string) bool {
	return r.index != nil && has(r.index.elsewhere, r.index.hash(name))
}

// unreadable is a repository of which nothing can be told.
func unreadable() *repo { return new(repo) }

// hasGit reports whether the folder at an absolute path is, for us, the top of
// a work tree: .git in it is a git directory, or something that git itself
// would stop at.
func hasGit(dir string) bool {
	git := filepath.Join(dir, ".git")
	info, err := os.Lstat(git)
	if err != nil || !info.IsDir() {
		return err == nil
	}
	for _, name := range gitDirParts {
		if _, err := os.Lstat(filepath.Join(git, name)); err != nil {
			return false
		}
	}
	return true
}

// gitDirParts are what a folder must hold to be a git directory.
var gitDirParts = [...]string{"HEAD", "objects", "refs"}

// isGitDir reports whether the folder at rel in root is a git directory.
func isGitDir(root *os.Root, rel string) bool {
	for _, name := range gitDirParts {
		if _, err := root.Lstat(path.Join(rel, name)); err != nil {
			return false
		}
	}
	return true
}

// repo gives the repository whose work tree has its top in the folder at p, nil
// when there is none. The caller holds mu.
func (g *Git) repo(p string) *repo {
	if r, ok := g.repos[p]; ok {
		return r
	}
	r := g.openRepo(p)
	g.repos[p] = r
	return r
}

func (g *Git) openRepo(p string) *repo {
	dotGit := path.Join(p, ".git")
	info, err := g.root.Lstat(dotGit)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return unreadable()
	case info.IsDir():
		if !isGitDir(g.root, dotGit) {
			return nil
		}
		d := gitDir{root: g.root, path: dotGit}
		g.findCommon(&d)
		return g.readRepo(d)
	case info.Mode().IsRegular():
		return g.linkedRepo(p, dotGit)
	}
	return unreadable() // a link, or worse
}

// gitDir is a git directory below an open folder.
type gitDir struct {
	root *os.Root
	path string
	// common is where the parts lie that work trees share; nil when it may not
	// be followed or does not exist.
	common *gitDir
}

// real is its absolute path.
func (d *gitDir) real() string { return filepath.Join(d.root.Name(), filepath.FromSlash(d.path)) }

func (d *gitDir) read(name string, limit int64) ([]byte, error) {
	return readRegular(d.root, path.Join(d.path, name), limit)
}

// linkedRepo reads the repository that a .git file names, if the file may be
// followed.
func (g *Git) linkedRepo(p, dotGit string) *repo {
	d, root := g.linkedDir(p, dotGit)
	if root != nil {
		defer root.Close()
	}
	if d == nil {
		return unreadable()
	}
	return g.readRepo(*d)
}

// linkedDir finds the git directory that a .git file names, if it may be
// followed: it leads to somewhere in the named folder, or to a work tree's
// directory whose own "gitdir" file leads back here. The root, if there is one,
// is to be closed after use.
func (g *Git) linkedDir(p, dotGit string) (*gitDir, *os.Root) {
	target, err := readPointer(&gitDir{root: g.root, path: p}, ".git", "gitdir: ")
	if err != nil {
		return nil, nil
	}
	top := filepath.Join(g.base, filepath.FromSlash(p))
	if !filepath.IsAbs(target) {
		target = filepath.Join(top, target)
	}
	target = filepath.Clean(target)
	if real, ok := g.inNamed(target); ok {
		d := &gitDir{root: g.root, path: g.path(real)}
		if _, err := d.root.Lstat(path.Join(d.path, "HEAD")); err != nil {
			return nil, nil
		}
		g.findCommon(d)
		return d, nil
	}
	// Another volume may be another machine, which a hostile file must not make
	// us talk to.
	if filepath.VolumeName(target) != filepath.VolumeName(g.base) || filepath.Base(filepath.Dir(target)) != "worktrees" {
		return nil, nil
	}
	shared := filepath.Dir(filepath.Dir(target))
	if info, err := os.Stat(shared); err != nil || !info.IsDir() {
		return nil, nil // opening a pipe would block
	}
	common, err := os.OpenRoot(shared)
	if err != nil {
		return nil, nil
	}
	d := &gitDir{root: common, path: path.Join("worktrees", filepath.Base(target)), common: &gitDir{root: common, path: "."}}
	back, err := readPointer(d, "gitdir", "")
	if err == nil && !filepath.IsAbs(back) {
		back = filepath.Join(target, back)
	}
	home := ""
	if err == nil {
		home, err = filepath.EvalSymlinks(filepath.Dir(back))
	}
	if err != nil || home != top || filepath.Base(back) != ".git" {
		common.Close()
		return nil, nil
	}
	// What git shares between work trees lies where they are kept, or we do not
	// know it.
	if to, err := readPointer(d, "commondir", ""); err != nil || path.Clean(filepath.ToSlash(to)) != "../.." {
		d.common = nil
	}
	return d, common
}

// inNamed gives the real path of target when that lies in the named folder.
// What does not lie there by its name either is not looked at.
func (g *Git) inNamed(target string) (string, bool) {
	inside := func(p string) bool {
		rel, err := filepath.Rel(g.named, p)
		return err == nil && filepath.IsLocal(rel)
	}
	if !inside(target) {
		return "", false
	}
	real, err := filepath.EvalSymlinks(target)
	return real, err == nil && inside(real)
}

// readRepo reads the index and the patterns of a git directory. The format of
// object names is not asked of the configuration: the index's checksum tells.
func (g *Git) readRepo(d gitDir) *repo {
	r := unreadable()
	if d.common != nil {
		exclude, err := g.readIgnore(d.common.root, path.Join(d.common.path, "info", "exclude"))
		r.excludes, r.excludesKnown = exclude, err == nil || errors.Is(err, fs.ErrNotExist)
	}
	data, err := d.read("index", min(maxIndexFile, maxIndexBytes-g.indexed))
	g.indexed += int64(len(data))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.index = newIndex()
	case err == nil:
		for _, size := range []int{sha1.Size, sha256.Size} {
			if x, err := parseIndex(data, size, g.fold); err == nil {
				r.index = x
				break
			}
		}
	}
	return r
}

// findCommon finds where the shared parts of a git directory lie: in itself, or
// where its "commondir" file says, if that is in the named folder.
func (g *Git) findCommon(d *gitDir) {
	to, err := readPointer(d, "commondir", "")
	if errors.Is(err, fs.ErrNotExist) {
		d.common = &gitDir{root: d.root, path: d.path}
		return
	}
	if err != nil {
		return
	}
	if !filepath.IsAbs(to) {
		to = filepath.Join(g.base, filepath.FromSlash(d.path), to)
	}
	if real, ok := g.inNamed(filepath.Clean(to)); ok {
		d.common = &gitDir{root: g.root, path: g.path(real)}
	}
}

// maxPointerFile bounds the files of a git directory that hold one path.
const maxPointerFile = 16 << 10

// readPointer reads a file that holds a path behind prefix.
func readPointer(d *gitDir, name, prefix string) (string, error) {
	data, err := d.read(name, maxPointerFile)
	if err != nil {
		return "", err
	}
	text, ok := strings.CutPrefix(string(data), prefix)
	text = strings.TrimRight(text, "\r\n")
	if !ok || text == "" || strings.ContainsAny(text, "\x00\n") {
		return "", errors.New("not a path")
	}
	return text, nil
}
