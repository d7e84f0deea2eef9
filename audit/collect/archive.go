package collect

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree"
)

const (
	// maxUnpacked bounds the files of git that are held in memory because the
	// archive has them compressed, of one repository, in bytes. What lies in an
	// archive as it is takes none.
	maxUnpacked = 128 << 20
	// maxRatio is how many times larger than an archive a file in it may be at once:
	// more than deflate reaches.
	maxRatio = 1100
	// maxRepositories is how many are looked for in one archive.
	maxRepositories = 100
)

const (
	skipUnpacked     = "git objects in an archive, larger than is held: unpack it, and name the folder"
	skipRepositories = "more git repositories in one archive than the limit"
)

// gitDirs tells from the names of an archive's members which of its folders are
// git directories: one that holds HEAD, and objects.
type gitDirs struct{ heads, objects, pointers map[string]bool }

// see looks at one name.
func (g *gitDirs) see(member string) {
	name := cleanMember(member)
	dir, file := path.Split(name)
	note := func(set *map[string]bool, dir string) {
		if *set == nil {
			*set = make(map[string]bool)
		}
		if dir = path.Clean(dir); len(*set) < 100*maxRepositories && fs.ValidPath(dir) {
			(*set)[dir] = true
		}
	}
	switch file {
	case "HEAD":
		note(&g.heads, dir)
	case ".git":
		note(&g.pointers, dir)
	}
	// objects/pack/pack-….pack, objects/12/34…
	if store, last := path.Split(strings.TrimSuffix(dir, "/")); path.Base(store) == "objects" && (last == "pack" || len(last) == 2) {
		note(&g.objects, path.Dir(path.Clean(store)))
	}
}

// list gives those that are git directories, in order.
func (g *gitDirs) list() []string {
	var dirs []string
	for dir := range g.heads {
		if g.objects[dir] {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

// top is where the files of a git directory are: beside it, or where those of a
// submodule are by its name, or in it.
func (g *gitDirs) top(dir string) string {
	if path.Base(dir) == ".git" {
		return path.Dir(dir)
	}
	if super, name, ok := strings.Cut("/"+dir, "/.git/modules/"); ok {
		if top := path.Join(".", strings.TrimPrefix(super, "/"), name); g.pointers[top] {
			return top
		}
	}
	return dir
}

// cleanMember makes a path of a member's name: some archives say ./a, or a\b.
func cleanMember(name string) string {
	return strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "./")
}

// nested joins a name in an archive to that of the archive.
func nested(container, member string) string {
	if container == "" || member == "" {
		return container + member
	}
	return container + "!" + member
}

// archive is one that holds git directories.
type archive struct {
	path string // as the walk has it
	dirs []string
	gits *gitDirs
}

// repositories notes the git directories that were met in an archive.
func (c *collector) repositories(file string, found *part) {
	dirs := found.gits.list()
	if len(dirs) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.archives = append(c.archives, archive{file, dirs, &found.gits})
}

// lookInto notes where a file leads to more histories, and examines nothing.
func (c *collector) lookInto(f tree.File) error {
	c.pointer(f)
	found := &part{}
	_, err := decode.Files(c.reading(f), f.Size(), decode.Limits{}, func(m decode.File) error {
		found.gits.see(m.Name)
		return nil
	})
	c.repositories(f.Path, found)
	return err
}

// archived looks at the histories in the archives that the walk of a source met,
// if they are asked for: by default, in an archive that the user named.
func (c *collector) archived(ctx context.Context, at source, coverage *rules.Coverage, prefix string, o Options) error {
	archives := c.archives
	c.archives = nil
	slices.SortFunc(archives, func(a, b archive) int { return strings.Compare(a.path, b.path) })
	for _, a := range archives {
		file := filepath.Join(at.top, filepath.FromSlash(a.path))
		if o.History == NoHistory || o.History == HistoryOfTop && file != at.real {
			for _, dir := range a.dirs {
				coverage.Skipped = append(coverage.Skipped, rules.Skipped{Path: a.path + "!" + dir, Reason: tree.SkipGit, Kind: rules.ByDesign})
			}
			continue
		}
		// It is opened once more, as safely, since a file lasts as long as its call.
		_, err := tree.Walk(ctx, file, tree.Options{Limits: o.Limits}, func(f tree.File) error {
			more, err := c.archiveHistories(ctx, f, a, prefix, o)
			coverage.Add(more)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// archiveHistories looks at the histories in one archive, one after the other.
func (c *collector) archiveHistories(ctx context.Context, f tree.File, a archive, prefix string, o Options) (coverage rules.Coverage, err error) {
	dirs := a.dirs
	if len(dirs) > maxRepositories {
		dirs = dirs[:maxRepositories]
		coverage.Skipped = append(coverage.Skipped, rules.Skipped{Path: a.path, Reason: skipRepositories, Kind: rules.ByFailure})
	}
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return coverage, err
		}
		files, skipped, err := gitFiles(c.reading(f), f.Size(), dir)
		if err != nil {
			return coverage, err
		}
		h, unread := tree.ArchivedHistory(files, dir)
		skipped = append(skipped, unread...)
		if h != nil {
			more, err := c.history(ctx, h, inside{path.Join(prefix, a.path), a.gits.top(dir)}, o)
			h.Close()
			if err != nil {
				return coverage, err
			}
			more.Skipped = append(more.Skipped, skipped...)
			skipped = nil
			for i := range more.Skipped {
				more.Skipped[i].Path = a.path + "!" + more.Skipped[i].Path
			}
			coverage.Add(more)
		}
		for _, s := range skipped {
			s.Path = a.path + "!" + s.Path
			coverage.Skipped = append(coverage.Skipped, s)
		}
	}
	return coverage, nil
}

// inside is where the files of a history are: the path of its top, or of the
// archive and the top in there.
type inside struct{ path, top string }

// place puts a location among them.
func (in inside) place(at rules.Location) rules.Location {
	if in.top == "" {
		at.Path = path.Join(in.path, at.Path)
		return at
	}
	at.Path, at.Member = in.path, path.Join(in.top, at.Path)
	return at
}

// gitFiles takes out of an archive what is read of a git directory. Skips have
// paths in the archive.
func gitFiles(at io.ReaderAt, size int64, dir string) (*tree.Archived, []rules.Skipped, error) {
	files := &tree.Archived{}
	left := int64(maxUnpacked)
	full := false
	skipped, err := decode.Files(at, size, decode.Limits{}, func(f decode.File) error {
		name := path.Clean(cleanMember(f.Name))
		if !gitReads(name, dir) {
			return nil
		}
		if f.Place != nil {
			files.Add(name, f.Place)
			return nil
		}
		if f.Size > left {
			full = true
			return nil
		}
		// In one piece, since there is no room for two; but what claims to be large
		// has to come from as much as that can be packed into.
		data := bytes.NewBuffer(make([]byte, 0, max(min(f.Size, size*maxRatio), 0)+bytes.MinRead))
		if _, err := data.ReadFrom(io.LimitReader(f.Content, left+1)); err != nil {
			return err
		}
		if int64(data.Len()) > left {
			full = true
			return nil
		}
		left -= int64(data.Len())
		files.Add(name, bytes.NewReader(data.Bytes()))
		return nil
	})
	if full {
		skipped = append(skipped, rules.Skipped{Path: dir, Reason: skipUnpacked, Kind: rules.ByFailure})
	}
	return files, skipped, err
}

// gitReads reports whether a file of an archive is read with the git directory.
// What git makes of others, to be faster, is not.
func gitReads(name, dir string) bool {
	if dir != "." {
		var ok bool
		if name, ok = strings.CutPrefix(name, dir+"/"); !ok {
			return false
		}
	}
	switch first, _, _ := strings.Cut(name, "/"); first {
	case "objects":
		switch path.Ext(name) {
		case "", ".pack", ".idx":
			return name != "objects/pack/multi-pack-index" && !strings.HasPrefix(name, "objects/info/commit")
		}
	case "HEAD", "config", "packed-refs", "shallow", "index", "refs", "worktrees", "reftable":
		return true
	}
	return false
}
