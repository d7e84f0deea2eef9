package tree

import (
	"io/fs"
	"path"

	"scopeaudit/audit/rules"
)

const (
	maxModules     = 1000
	maxModuleDepth = 16 // folders in the name of one

	// SkipModules says that there are more stores of submodules than are looked at.
	SkipModules = "more submodules than the limit"
)

// Submodules opens the histories that the git directory keeps for submodules, one
// after the other, also of those that the work tree no longer has. Work is where
// the files of one are, as [File.Path] has it; where its name does not tell, its
// git directory. What is not followed is a skip.
func (h *History) Submodules(fn func(sub *History, work string, skipped []rules.Skipped) error) error {
	if h.git == nil {
		return nil // in an archive, each is found as what it is
	}
	at := path.Join(h.Dir, "modules")
	modules := &gitDir{root: h.dir.root, path: path.Join(h.dir.path, "modules")}
	info, err := modules.root.Lstat(modules.path)
	if err != nil {
		return nil
	}
	real, ok := h.git.inNamed(modules.real())
	if !ok || !info.IsDir() || h.dir.root != h.git.root {
		return fn(nil, "", []rules.Skipped{{Path: at, Reason: SkipStore, Kind: rules.ByDesign}})
	}
	top := h.git.path(real)
	count := 0
	var look func(name string, depth int) error
	look = func(name string, depth int) error {
		dir := path.Join(top, name)
		if name != "" && isGitDir(h.git.root, dir) {
			if count++; count > maxModules {
				return fn(nil, "", []rules.Skipped{{Path: path.Join(at, name), Reason: SkipModules, Kind: rules.ByFailure}})
			}
			return h.submodule(dir, path.Join(at, name), path.Join(h.top, name), fn)
		}
		if count > maxModules || depth > maxModuleDepth {
			return nil
		}
		folder, err := openFolder(h.git.root, dir)
		if err != nil {
			return fn(nil, "", []rules.Skipped{{Path: path.Join(at, name), Reason: systemText(err), Kind: rules.ByFailure}})
		}
		entries, err := folder.ReadDir(-1)
		folder.Close()
		if err != nil {
			return fn(nil, "", []rules.Skipped{{Path: path.Join(at, name), Reason: systemText(err), Kind: rules.ByFailure}})
		}
		for _, e := range entries {
			switch {
			case e.IsDir():
				err = look(path.Join(name, e.Name()), depth+1)
			case e.Type()&fs.ModeSymlink != 0:
				err = fn(nil, "", []rules.Skipped{{Path: path.Join(at, name, e.Name()), Reason: SkipStore, Kind: rules.ByDesign}})
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	return look("", 0)
}

// submodule opens one history, and those that it keeps itself.
func (h *History) submodule(dir, name, work string, fn func(*History, string, []rules.Skipped) error) error {
	d := &gitDir{root: h.git.root, path: dir}
	h.git.findCommon(d)
	sub := &History{Dir: name}
	sub, skipped := sub.opened(sub.openIn(h.git, d, false))
	if sub == nil {
		return fn(nil, "", skipped)
	}
	defer sub.Close()
	to, root := h.git.linkedDir(work, path.Join(work, ".git"))
	if root != nil {
		root.Close()
	}
	if to == nil || root != nil || to.path != dir {
		work = name
	}
	if err := fn(sub, work, skipped); err != nil {
		return err
	}
	sub.top = work
	return sub.Submodules(fn)
}
