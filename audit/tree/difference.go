package tree

import (
	"context"

	"scopeaudit/audit/tree/objects"
)

// difference is what one tree has that others have not, name by name, without
// what merely moved.
type difference struct {
	c     *changer
	seen  map[string]bool // pairs of folders
	whole map[objects.ID]bool
	added []placed
	gone  map[objects.ID]bool // blobs and trees that were replaced or taken out
}

// placed is a blob, or a folder that is new as a whole, under a path.
type placed struct {
	path   string
	id     objects.ID
	folder bool
}

func (c *changer) difference() *difference {
	return &difference{c: c, seen: make(map[string]bool), whole: make(map[objects.ID]bool), gone: make(map[objects.ID]bool)}
}

// tree reads a tree; what cannot be read is empty, and noted if that hides
// anything.
func (d *difference) tree(id objects.ID, wanted bool) []objects.TreeEntry {
	t, data, err := d.c.r.Get(id)
	if err == nil && t != objects.TypeTree {
		err = objects.ErrMissing
	}
	var entries []objects.TreeEntry
	if err == nil {
		for e, fault := range objects.TreeEntries(d.c.h.store.Format(), data) {
			if err = fault; err == nil {
				entries = append(entries, e)
			}
		}
	}
	if err != nil && wanted {
		d.c.miss(id, err)
	}
	return entries
}

// trees compares the folder tree with what stood in its place.
func (d *difference) trees(prefix string, tree objects.ID, olds []objects.ID, depth int) {
	key := string(tree.Bytes())
	for _, old := range olds {
		if old == tree {
			return
		}
		key += string(old.Bytes())
	}
	if depth > maxNesting || d.c.ctx.Err() != nil || d.seen[key] && !d.c.anew() {
		return
	}
	d.seen[key] = true
	type slot struct {
		id     objects.ID
		folder bool
	}
	before := make(map[string][]slot)
	for _, old := range olds {
		for _, e := range d.tree(old, false) {
			if !e.IsSubmodule() {
				before[string(e.Name)] = append(before[string(e.Name)], slot{e.ID, e.IsFolder()})
			}
		}
	}
	for _, e := range d.tree(tree, true) {
		was := before[string(e.Name)]
		delete(before, string(e.Name))
		if e.IsSubmodule() {
			continue
		}
		same := false
		var folders []objects.ID
		for _, o := range was {
			same = same || o.id == e.ID
			if o.folder && e.IsFolder() {
				folders = append(folders, o.id)
			} else if o.id != e.ID {
				d.gone[o.id] = true
			}
		}
		switch {
		case same:
		case e.IsFolder() && len(folders) > 0:
			d.trees(prefix+string(e.Name)+"/", e.ID, folders, depth+1)
		default:
			d.added = append(d.added, placed{prefix + string(e.Name), e.ID, e.IsFolder()})
		}
	}
	for _, was := range before {
		for _, o := range was {
			d.gone[o.id] = true
		}
	}
}

// done gives the blobs that are new. Folders that went are gone into only if
// something came.
func (d *difference) done(fn func(path string, id objects.ID)) {
	if len(d.added) == 0 {
		return
	}
	var next []objects.ID
	for id := range d.gone {
		next = append(next, id)
	}
	for len(next) > 0 && d.c.ctx.Err() == nil {
		id := next[len(next)-1]
		next = next[:len(next)-1]
		t, data, err := d.c.r.Get(id)
		if err != nil || t != objects.TypeTree {
			continue
		}
		for e, err := range objects.TreeEntries(d.c.h.store.Format(), data) {
			if err == nil && !e.IsSubmodule() && !d.gone[e.ID] {
				d.gone[e.ID] = true
				if e.IsFolder() {
					next = append(next, e.ID)
				}
			}
		}
	}
	for _, p := range d.added {
		d.give(p, fn, 0)
	}
}

func (d *difference) give(p placed, fn func(path string, id objects.ID), depth int) {
	switch {
	case d.gone[p.id] || depth > maxNesting || d.c.ctx.Err() != nil:
	case !p.folder:
		fn(p.path, p.id)
	case !d.whole[p.id] || d.c.anew():
		d.whole[p.id] = true
		for _, e := range d.tree(p.id, true) {
			if !e.IsSubmodule() {
				d.give(placed{p.path + "/" + string(e.Name), e.ID, e.IsFolder()}, fn, depth+1)
			}
		}
	}
}

// InHead gives the paths under which HEAD's tree holds some objects, at most
// MaxPaths of each; known is false where a part of it could not be read. It reads
// all of that tree.
func (h *History) InHead(ctx context.Context, want map[objects.ID]bool) (paths map[objects.ID][]string, known bool) {
	c := h.change(ctx, nil)
	head, known := c.head()
	paths = make(map[objects.ID][]string)
	seen := make(map[objects.ID]bool)
	var visit func(prefix string, tree objects.ID, depth int)
	visit = func(prefix string, tree objects.ID, depth int) {
		if seen[tree] || ctx.Err() != nil {
			return // one path of what stands in several places is enough
		}
		seen[tree] = true
		t, data, err := c.r.Get(tree)
		if err != nil || t != objects.TypeTree || depth > maxNesting {
			known = false
			return
		}
		for e, err := range objects.TreeEntries(h.store.Format(), data) {
			switch {
			case err != nil:
				known = false
			case e.IsFolder():
				visit(prefix+string(e.Name)+"/", e.ID, depth+1)
			case want[e.ID] && len(paths[e.ID]) < MaxPaths:
				paths[e.ID] = append(paths[e.ID], prefix+string(e.Name))
			}
		}
	}
	if !head.IsZero() {
		visit("", head, 0)
	}
	return paths, known
}

// head gives HEAD's tree, zero where its branch has no commit yet; ok is false
// where HEAD could not be read.
func (c *changer) head() (tree objects.ID, ok bool) {
	ref, found := objects.FindRef(c.h.extensions, c.h.own, c.h.common, "HEAD")
	switch {
	case !found:
		return tree, false
	case ref.ID.IsZero():
		return tree, ref.Target != ""
	}
	k, err := c.h.commit(c.r, ref.ID)
	return k.tree, err == nil
}
