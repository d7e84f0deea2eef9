package tree

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"scopeaudit/audit/rules"
)

// skips collects what was not read. A hostile tree may hold millions of links,
// so of each kind only the first in byte order of their paths are kept, the
// same on every run, and the rest are counted.
type skips struct {
	limit int

	mu    sync.Mutex
	kinds map[rules.SkipKind]*skipList
}

type skipList struct {
	kept    []rules.Skipped
	dropped int
}

func (s *skips) add(path, reason string, kind rules.SkipKind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kinds == nil {
		s.kinds = make(map[rules.SkipKind]*skipList)
	}
	l := s.kinds[kind]
	if l == nil {
		l = new(skipList)
		s.kinds[kind] = l
	}
	l.kept = append(l.kept, rules.Skipped{Path: path, Reason: reason, Kind: kind})
	// Cutting only at twice the limit makes the sorting cost little.
	if len(l.kept) >= 2*s.limit {
		l.cut(s.limit)
	}
}

func (l *skipList) cut(limit int) {
	slices.SortFunc(l.kept, compareSkipped)
	if n := len(l.kept) - limit; n > 0 {
		l.dropped += n
		l.kept = slices.Delete(l.kept, limit, len(l.kept))
	}
}

// list gives all that is kept in order of paths, then one entry for each kind
// of which some were dropped.
func (s *skips) list() []rules.Skipped {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all, counts []rules.Skipped
	for kind, l := range s.kinds {
		l.cut(s.limit)
		all = append(all, l.kept...)
		if l.dropped > 0 {
			counts = append(counts, rules.Skipped{Reason: fmt.Sprintf("%d more that are not listed", l.dropped), Kind: kind})
		}
	}
	slices.SortFunc(all, compareSkipped)
	slices.SortFunc(counts, compareSkipped)
	return append(all, counts...)
}

func compareSkipped(a, b rules.Skipped) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Reason, b.Reason))
}
