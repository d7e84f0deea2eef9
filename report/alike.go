package report

import (
	"fmt"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// maxAlike is how many findings of one kind are shown in full. Of more, the
// first stands for all, and the others are a line each: what they mean and how
// they are mended has been said.
const maxAlike = 4

// kindred is what makes findings alike to a reader.
type kindred struct {
	rule       rules.ID
	severity   rules.Severity
	confidence rules.Confidence
	scope      scopes.Scope
}

func kindOf(f audit.Finding) kindred {
	return kindred{f.Rule, f.Severity, f.Confidence, f.Subject.Scope}
}

// alike parts what is shown at the top into those shown in full, in order, and
// the rest, by the one that stands for it.
func alike(all []audit.Finding, parts nesting) (full []int, rest map[int][]int) {
	number := make(map[kindred]int)
	shown := func(i int) bool { return all[i].Suppressed == nil && !parts.nested[i] }
	for i, f := range all {
		if shown(i) {
			number[kindOf(f)]++
		}
	}
	first := make(map[kindred]int)
	rest = make(map[int][]int)
	for i, f := range all {
		if !shown(i) {
			continue
		}
		kind := kindOf(f)
		at, seen := first[kind]
		if seen && number[kind] > maxAlike {
			rest[at] = append(rest[at], i)
			continue
		}
		if !seen {
			first[kind] = i
		}
		full = append(full, i)
	}
	return full, rest
}

// others lists findings like the one above them, a line each.
func (p *page) others(all []audit.Finding, rest []int) {
	if len(rest) == 0 {
		return
	}
	p.field("more", p.paint(bold, fmt.Sprintf("%d more like this", len(rest))))
	for _, i := range rest {
		p.field("", summary(all[i]))
	}
}

// summary is a finding in one line: where it is.
func summary(f audit.Finding) string {
	if len(f.Locations) == 0 {
		return Clean(f.Message)
	}
	text := placeInGit(f.Locations[0])
	if more := len(f.Locations) - 1; more > 0 {
		text += ", and " + plural(more, "more place")
	}
	return text
}
