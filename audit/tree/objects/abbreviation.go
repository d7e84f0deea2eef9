package objects

import (
	"encoding/hex"
	"io/fs"
	"slices"
	"sort"
	"strings"
)

// MinAbbreviation is how many digits of a name are enough to ask for it.
const MinAbbreviation = 4 // as git

// Abbreviated gives the objects whose names begin with some hexadecimal digits,
// ascending, each once, but no more than limit; none for fewer digits than
// [MinAbbreviation].
func (s *Store) Abbreviated(digits string, limit int) []ID {
	digits = strings.ToLower(digits)
	size := 2 * s.opts.Format.Size()
	if len(digits) < MinAbbreviation || len(digits) > size {
		return nil
	}
	low, err := ParseID(s.opts.Format, digits+strings.Repeat("0", size-len(digits)))
	if err != nil {
		return nil
	}
	var found []ID
	for _, p := range s.packs {
		guard(func() error {
			i := sort.Search(p.idx.count, func(i int) bool { return p.idx.id(i).Compare(low) >= 0 })
			for n := 0; i < p.idx.count && n < limit && hasDigits(p.idx.id(i), digits); i, n = i+1, n+1 {
				found = append(found, p.idx.id(i))
			}
			return nil
		})
	}
	for _, dir := range s.dirs {
		entries, _ := fs.ReadDir(dir, digits[:2])
		for _, e := range entries {
			id, err := ParseID(s.opts.Format, digits[:2]+e.Name())
			if err == nil && hasDigits(id, digits) {
				found = append(found, id)
			}
		}
	}
	slices.SortFunc(found, ID.Compare)
	found = slices.Compact(found)
	return found[:min(len(found), limit)]
}

func hasDigits(id ID, digits string) bool {
	return hex.EncodeToString(id.Bytes()[:(len(digits)+1)/2])[:len(digits)] == digits
}
