package report

import (
	"fmt"
	"strings"

	"scopeaudit/audit"
)

// maxUnmatchedShown bounds the entries that text lists of one baseline; the JSON
// report has all of them.
const maxUnmatchedShown = 20

// baselines says what became of each, and lists the entries that match nothing:
// most of those can go.
func (p *page) baselines(all []audit.BaselineUse) {
	if len(all) == 0 {
		return
	}
	p.heading("Baselines")
	for _, b := range all {
		p.wrap("  - ", "    ", name(b.Name)+": "+baselineCounts(b))
		for _, e := range b.Unmatched[:min(len(b.Unmatched), maxUnmatchedShown)] {
			p.wrap("    ", "      ", unmatched(e))
		}
		if more := len(b.Unmatched) - maxUnmatchedShown; more > 0 {
			p.wrap("    ", "      ", fmt.Sprintf("and %d more; the JSON report lists them all", more))
		}
	}
}

// baselineCounts says what became of a baseline's entries.
func baselineCounts(b audit.BaselineUse) string {
	parts := []string{fmt.Sprintf("%d of %s matched", b.Matched, entries(b.Entries))}
	if b.Outside > 0 {
		parts = append(parts, fmt.Sprintf("%d about what was not examined", b.Outside))
	}
	if n := len(b.Unmatched); n == 1 {
		parts = append(parts, "1 matches nothing")
	} else if n > 1 {
		parts = append(parts, fmt.Sprintf("%d match nothing", n))
	}
	return strings.Join(parts, ", ")
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// unmatched names an entry as its baseline has it.
func unmatched(e audit.UnmatchedEntry) string {
	text := fmt.Sprintf("line %d: %s at %s", e.Line, name(string(e.Rule)), name(e.Path))
	if e.First > 0 {
		text += fmt.Sprintf(":%d", e.First)
	}
	if e.Commit != "" {
		text += ", commit " + short(Clean(e.Commit))
	}
	if e.Why != "" {
		text += "; " + Clean(e.Why)
	}
	return text
}
