package tree

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree/objects"
)

// absentSet is names of objects by their first eight bytes: enough to count them.
type absentSet struct {
	mu    sync.Mutex
	names []uint64
	limit int // where it is next looked through for what is in it twice
}

func (s *absentSet) add(id objects.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names = append(s.names, binary.BigEndian.Uint64(id.Bytes()))
	if len(s.names) >= s.limit {
		s.compact()
		s.limit = max(1<<16, 2*len(s.names))
	}
}

// count is how many there are.
func (s *absentSet) count() int {
	s.compact()
	return len(s.names)
}

func (s *absentSet) compact() {
	slices.Sort(s.names)
	s.names = slices.Compact(s.names)
}

// Absence counts objects that others name and that are not here.
type Absence struct {
	// Meant are those that a partial clone leaves out, and the commits before which
	// a shallow one ends.
	Meant int
	// Lost are all others, without which the history is not all there.
	Lost int
}

// Absent counts what is not here. A tree or commit that is not here names nothing,
// so there may be more. Of a repository that borrows from a store which was not
// read, nobody can tell what is lost, and the skip says so.
func (h *History) Absent(ctx context.Context, workers int) (Absence, error) {
	format := h.store.Format()
	borrows := slices.ContainsFunc(h.Skipped, func(s rules.Skipped) bool { return s.Reason == SkipStore })
	shallow := make(map[objects.ID]bool)
	for _, id := range h.refs.Shallow {
		shallow[id] = true
	}
	empty := objects.HashObject(format, objects.TypeTree, nil) // git knows it without having it
	var meant, lost absentSet
	see := func(id objects.ID, design bool) {
		switch {
		case h.store.Has(id), id == empty:
		case design || h.Partial:
			meant.add(id)
		case !borrows:
			lost.add(id)
		}
	}
	_, err := h.store.Each(ctx, objects.Pass{
		Workers: workers, Types: []objects.Type{objects.TypeCommit, objects.TypeTree, objects.TypeTag},
	}, func(_ int, o *objects.Object) error {
		switch o.Type {
		case objects.TypeCommit:
			if c, err := objects.ParseCommit(format, o.Data); err == nil {
				see(c.Tree, false)
				for _, p := range c.Parents {
					see(p, shallow[o.ID])
				}
			}
		case objects.TypeTag:
			if tag, err := objects.ParseTag(format, o.Data); err == nil {
				see(tag.Object, false)
			}
		case objects.TypeTree:
			for e, err := range objects.TreeEntriesIn(format, o.Data, o.Inserted) {
				if err == nil && !e.IsSubmodule() {
					see(e.ID, false)
				}
			}
		}
		return nil
	})
	return Absence{meant.count(), lost.count()}, err
}
