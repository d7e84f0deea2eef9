package tree

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"scopeaudit/audit/tree/objects"
)

// Why the index cannot be asked.
var (
	ErrIndexElsewhere = errors.New("the index lies outside of the git directory")
	ErrNoIndex        = errors.New("there is no such index")
	ErrNoWorkTree     = errors.New("a bare repository has no index")
	ErrHeadUnread     = errors.New("HEAD cannot be read")
)

// Staged finds the blobs that git's index holds and HEAD does not. A path other
// than "" names the index, as GIT_INDEX_FILE does, which has to lie in the git
// directory; a repository without an index has an empty one. The error is one of
// the above or that of reading the index, or the context's. For want see
// [History.Range].
func (h *History) Staged(ctx context.Context, index string, want func(path string) bool) (*Change, error) {
	data, err := h.readIndex(index)
	if err != nil {
		return nil, err
	}
	c := h.change(ctx, want)
	head, ok := c.head()
	if !ok {
		return nil, ErrHeadUnread
	}
	size := h.store.Format().Size()
	var entries []listedFile
	var folders map[string]objects.ID
	if data != nil {
		extensions, err := readEntries(data, size, func(e listedFile) { entries = append(entries, e) })
		if err != nil {
			return nil, err
		}
		folders = cachedTrees(extensions, h.store.Format())
	}
	byName := func(a, b listedFile) int { return strings.Compare(a.name, b.name) }
	if !slices.IsSortedFunc(entries, byName) {
		slices.SortStableFunc(entries, byName)
	}
	s := &stager{difference: c.difference(), folders: folders}
	s.folder("", entries, head, 0)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.done(func(name string, id objects.ID) {
		c.blob(id, name, Trace{Staged: []string{name}})
	})
	return &c.Change, ctx.Err()
}

// readIndex reads the index of the work tree, or another of the git directory's;
// nil is none.
func (h *History) readIndex(name string) ([]byte, error) {
	if name == "" {
		data, err := readSmall(h.own, "index", maxIndexFile)
		if errors.Is(err, fs.ErrNotExist) {
			if h.Bare {
				return nil, ErrNoWorkTree
			}
			return nil, nil
		}
		return data, err
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	// Links on the way are the user's; the git directory's own path has none.
	folder, err := filepath.EvalSymlinks(filepath.Dir(abs))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoIndex
	}
	if err != nil {
		return nil, errors.New(systemText(err))
	}
	rel, err := filepath.Rel(h.real, filepath.Join(folder, filepath.Base(abs)))
	if err != nil || h.real == "" || !filepath.IsLocal(rel) {
		return nil, ErrIndexElsewhere
	}
	data, err := readSmall(h.own, filepath.ToSlash(rel), maxIndexFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoIndex
	}
	return data, err
}

// stager compares an index with a tree.
type stager struct {
	*difference
	// folders are those of which the index says that it holds all of a tree, and
	// nothing else: the next commit will have that tree.
	folders map[string]objects.ID
}

// folder compares the entries below a prefix, which ends in a slash, with a tree.
func (s *stager) folder(prefix string, entries []listedFile, tree objects.ID, depth int) {
	if id, ok := s.folders[prefix]; ok && id == tree && !tree.IsZero() || depth > maxIndexPath || s.c.ctx.Err() != nil {
		return
	}
	before := make(map[string]objects.TreeEntry)
	if !tree.IsZero() {
		for _, e := range s.tree(tree, true) {
			if !e.IsSubmodule() {
				before[string(e.Name)] = e
			}
		}
	}
	met := make(map[string]bool)
	for len(entries) > 0 {
		name, _, nested := strings.Cut(entries[0].name[len(prefix):], "/")
		whole := nested && entries[0].name == prefix+name+"/" // of a sparse index
		n := 1
		if nested && !whole {
			below := prefix + name + "/"
			for n < len(entries) && strings.HasPrefix(entries[n].name, below) {
				n++
			}
		}
		group := entries[:n]
		entries = entries[n:]
		was, had := before[name]
		met[name] = true
		if nested && !whole {
			var old objects.ID
			if had && was.IsFolder() {
				old = was.ID
			} else if had {
				s.gone[was.ID] = true
			}
			s.folder(prefix+name+"/", group, old, depth+1)
			continue
		}
		e := group[0]
		id, err := objects.ParseID(s.c.h.store.Format(), hex.EncodeToString(e.id))
		if err != nil || had && was.ID == id {
			continue
		}
		if whole && had && was.IsFolder() {
			s.trees(prefix+name+"/", id, []objects.ID{was.ID}, 0)
			continue
		}
		if had {
			s.gone[was.ID] = true
		}
		if whole || e.isFile() && e.extended&flagIntentToAdd == 0 {
			s.added = append(s.added, placed{prefix + name, id, whole})
		}
	}
	for name, was := range before {
		if !met[name] {
			s.gone[was.ID] = true
		}
	}
}

// cachedTrees reads the extension of an index that says which folders it holds as
// a tree has them (gitformat-index(5), "cache tree"), by prefix. git commits those
// trees, so that there is nothing to doubt; what cannot be read is left out.
func cachedTrees(extensions []byte, format objects.Format) map[string]objects.ID {
	for len(extensions) >= 8 {
		name, size := string(extensions[:4]), int(binary.BigEndian.Uint32(extensions[4:]))
		if size > len(extensions)-8 {
			return nil
		}
		if name != "TREE" {
			extensions = extensions[8+size:]
			continue
		}
		out := make(map[string]objects.ID)
		data := extensions[8 : 8+size]
		type level struct {
			prefix string
			left   int
		}
		var open []level
		for len(data) > 0 {
			end := bytes.IndexByte(data, 0)
			line := bytes.IndexByte(data[max(end, 0):], '\n')
			if end < 0 || line < 0 || len(open) > maxNesting {
				return out
			}
			part := string(data[:end])
			entries, subtrees, ok := strings.Cut(string(data[end+1:end+line]), " ")
			count, err := strconv.Atoi(entries)
			below, err2 := strconv.Atoi(subtrees)
			data = data[end+line+1:]
			if !ok || cmp.Or(err, err2) != nil || (part == "") != (len(open) == 0) {
				return out
			}
			prefix := ""
			if len(open) > 0 {
				prefix = open[len(open)-1].prefix + part + "/"
				open[len(open)-1].left--
			}
			if len(prefix) > maxIndexPath || strings.Contains(part, "/") {
				return out
			}
			if count >= 0 {
				if len(data) < format.Size() {
					return out
				}
				if id, err := objects.ParseID(format, hex.EncodeToString(data[:format.Size()])); err == nil {
					out[prefix] = id
				}
				data = data[format.Size():]
			}
			open = append(open, level{prefix, below})
			for len(open) > 0 && open[len(open)-1].left <= 0 {
				open = open[:len(open)-1]
			}
			if len(open) == 0 {
				return out
			}
		}
		return out
	}
	return nil
}
