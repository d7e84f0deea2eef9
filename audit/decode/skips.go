package decode

import (
	"fmt"

	"scopeaudit/audit/rules"
)

// maxListed is how many skips of one reason are listed by name; the others are
// counted in one more without.
const maxListed = 20

// skips gathers what was not read of one input.
type skips struct {
	listed  []rules.Skipped
	counted []count // by reason, in the order of their first
}

type count struct {
	reason string
	kind   rules.SkipKind
	n      int
}

func (s *skips) add(path, reason string, kind rules.SkipKind) {
	for i := range s.counted {
		if c := &s.counted[i]; c.reason == reason && c.kind == kind {
			if c.n++; c.n <= maxListed {
				s.listed = append(s.listed, rules.Skipped{Path: path, Reason: reason, Kind: kind})
			}
			return
		}
	}
	s.counted = append(s.counted, count{reason, kind, 1})
	s.listed = append(s.listed, rules.Skipped{Path: path, Reason: reason, Kind: kind})
}

func (s *skips) list() []rules.Skipped {
	for _, c := range s.counted {
		if more := c.n - maxListed; more > 0 {
			s.listed = append(s.listed, rules.Skipped{Reason: fmt.Sprintf("%d more: %s", more, c.reason), Kind: c.kind})
		}
	}
	s.counted = nil
	return s.listed
}
