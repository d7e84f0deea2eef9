package tree

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"

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

func (s *absentSet) compact() {
	slices.Sort(s.names)
	s.names = slices.Compact(s.names)
}

// Absent counts the objects that others name and that are not here, in a clone
// that is partial or shallow; of any other it is 0, since something is wrong with
// it where they are missing. A tree or commit that is not here names nothing, so
// there may be more.
func (h *History) Absent(ctx context.Context, workers int) (int, error) {
	types := []objects.Type{objects.TypeCommit}
	switch {
	case h.Partial:
		types = append(types, objects.TypeTree, objects.TypeTag)
	case len(h.refs.Shallow) == 0:
		return 0, nil
	}
	var absent absentSet
	see := func(id objects.ID) {
		if !h.store.Has(id) {
			absent.add(id)
		}
	}
	format := h.store.Format()
	_, err := h.store.Each(ctx, objects.Pass{Workers: workers, Types: types}, func(_ int, o *objects.Object) error {
		switch o.Type {
		case objects.TypeCommit:
			if c, err := objects.ParseCommit(format, o.Data); err == nil {
				if h.Partial {
					see(c.Tree)
				}
				for _, p := range c.Parents {
					see(p)
				}
			}
		case objects.TypeTag:
			if tag, err := objects.ParseTag(format, o.Data); err == nil {
				see(tag.Object)
			}
		case objects.TypeTree:
			for e, err := range objects.TreeEntriesIn(format, o.Data, o.Inserted) {
				if err == nil && !e.IsSubmodule() {
					see(e.ID)
				}
			}
		}
		return nil
	})
	absent.compact()
	return len(absent.names), err
}
