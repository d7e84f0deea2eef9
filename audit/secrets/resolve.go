package secrets

import (
	"cmp"
	"slices"

	"scopeaudit/audit/rules"
)

// resolve leaves one finding for each place: of those that overlap within one
// view the surer, else the longer; of those that two views show at the same
// place the better view's: a notebook's cell before its file, a string put
// together before its first piece, what base64 holds before the base64.
func resolve(found []finding) []finding {
	sorted := slices.Clone(found)
	slices.SortStableFunc(sorted, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.view, b.view), cmp.Compare(a.pos, b.pos), -cmp.Compare(a.end, b.end), strength(b)-strength(a),
			// The order in which they were found tells nothing; of two masks the one
			// that shows less is kept.
			cmp.Compare(a.Rule, b.Rule), -cmp.Compare(a.KeyName, b.KeyName), cmp.Compare(len(a.Masked), len(b.Masked)))
	})
	kept := sorted[:0]
	for _, f := range sorted {
		if n := len(kept); n > 0 && kept[n-1].view == f.view && f.pos < kept[n-1].end {
			if strength(f) > strength(kept[n-1]) {
				kept[n-1] = f
			}
			continue
		}
		kept = append(kept, f)
	}
	type place struct{ line, column int }
	at := map[place]int{}
	out := kept[:0]
	for _, f := range kept {
		where := place{f.Location.Line, f.Location.Column}
		if i, ok := at[where]; ok && where.line > 0 && out[i].view != f.view {
			if betterView(f, out[i]) {
				out[i] = f
			}
			continue
		}
		at[where] = len(out)
		out = append(out, f)
	}
	return out
}

// betterView reports whether a, of two findings that two views show at one
// place, says more.
func betterView(a, b finding) bool {
	if known := a.Location.Cell != 0; known != (b.Location.Cell != 0) {
		return known
	}
	if c := cmp.Compare(strength(a), strength(b)); c != 0 || a.Tag == b.Tag {
		// Of the same value: its end may be cut off, else the first view has more around it.
		return c > 0 || c == 0 && cmp.Or(a.Location.EndLine-b.Location.EndLine, a.Location.EndColumn-b.Location.EndColumn) > 0
	}
	return a.end-a.pos > b.end-b.pos
}

// strength orders findings about the same bytes: what is one by itself before
// what only looks like one, before what needs a partner; then the surer.
func strength(f finding) int {
	n := int(f.Confidence)
	switch {
	case f.Rule == rules.GenericSecret:
		n += 5
	case !f.fact:
		n += 10
	}
	return n
}
