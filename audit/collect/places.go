package collect

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scopeaudit/audit/tree"
)

// source is one folder or file that is walked.
type source struct {
	path string // as the user typed it
	real string // absolute, without links
	top  string // what the walk's paths are relative to
	git  *tree.Git
	// folder says that it is one.
	folder bool
}

// places are what one run walks, none within another: a file that two of them
// share would be counted and reported twice.
type places struct {
	sources []source
	// top is the deepest folder that holds the tops of all: with one source its
	// own, with several one above, so that token.json in two students' folders
	// is two files.
	top string
}

// locate finds out what the user named before anything is read, so that a typing
// mistake costs nothing. The error is a *tree.RootError.
func locate(named []string) (*places, error) {
	var all []source
	for _, p := range named {
		s, err := open(p)
		if err != nil {
			(&places{sources: all}).close()
			return nil, err
		}
		all = append(all, s)
	}
	p := &places{}
	for i, s := range all {
		repeated := slices.ContainsFunc(all[:i], func(o source) bool { return o.real == s.real }) ||
			slices.ContainsFunc(all, func(o source) bool { return o.real != s.real && o.walks(s.real) })
		if repeated {
			s.git.Close()
			continue
		}
		p.sources = append(p.sources, s)
	}
	for i, s := range p.sources {
		if i == 0 {
			p.top = s.top
		}
		for !holds(p.top, s.top) && p.top != filepath.Dir(p.top) {
			p.top = filepath.Dir(p.top)
		}
	}
	return p, nil
}

func open(named string) (source, error) {
	git, err := tree.OpenGit(named)
	if err != nil {
		return source{}, err
	}
	s := source{path: named, top: git.Top(), git: git}
	info, err := os.Stat(named)
	if err == nil {
		s.real, err = realPath(named)
	}
	if err != nil {
		git.Close()
		return source{}, &tree.RootError{Path: named, Err: err}
	}
	s.folder = info.IsDir()
	if s.top == "" {
		s.top = s.real
		if !s.folder {
			s.top = filepath.Dir(s.real)
		}
	}
	return s, nil
}

func (p *places) close() {
	for _, s := range p.sources {
		s.git.Close()
	}
}

// walk reports whether the walk of some source meets the file at an absolute path
// without links.
func (p *places) walk(real string, exclude *tree.Excludes) bool {
	return slices.ContainsFunc(p.sources, func(s source) bool {
		rel, err := filepath.Rel(s.real, real)
		switch {
		case err != nil:
			return false
		case rel == ".":
			rel = filepath.Base(real)
		case !s.walks(real):
			return false
		}
		return !exclude.Match(filepath.ToSlash(rel))
	})
}

// walks reports whether real lies below s where a walk goes: not in git's own
// folder.
func (s source) walks(real string) bool {
	rel, err := filepath.Rel(s.real, real)
	return err == nil && rel != "." && filepath.IsLocal(rel) &&
		!slices.Contains(strings.Split(filepath.ToSlash(rel), "/"), ".git")
}

// name is what reports call the file at an absolute path: relative to the top,
// or the whole path where there is no way from one to the other.
func (p *places) name(real string) string {
	rel, err := filepath.Rel(p.top, real)
	if err != nil {
		return filepath.ToSlash(real)
	}
	return filepath.ToSlash(rel)
}

// prefix is what stands before the paths of a source's walk.
func (p *places) prefix(s source) string {
	if name := p.name(s.top); name != "." {
		return name
	}
	return ""
}

func realPath(named string) (string, error) {
	abs, err := filepath.Abs(named)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// holds reports whether folder is at or above target.
func holds(folder, target string) bool {
	rel, err := filepath.Rel(folder, target)
	return err == nil && filepath.IsLocal(rel)
}
