package audit

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// corrected is the line of source that asks for what is enough instead of what
// is too wide; empty where it cannot be told from the line alone.
func (c *check) corrected(p needs.Program, a needs.Asked, wide []scopes.Scope) string {
	change := c.narrowing(a)
	for s := range change {
		if !slices.Contains(wide, s) {
			delete(change, s)
		}
	}
	return c.rewritten(p, a, change)
}

// added says what to ask for so that no call lacks anything, with the line that
// does where one line can.
func (c *check) added(p needs.Program, a needs.Asked) string {
	var more []scopes.Scope
	for _, s := range p.Least[0] {
		if !slices.Contains(a.Scopes, s) {
			more = append(more, s)
		}
	}
	var kept, gone []scopes.Scope // gone is what the new ones cover
	for _, s := range c.withPower(a.Scopes) {
		if !slices.Contains(p.Least[0], s) && c.within([]scopes.Scope{s}, p.Least[0]) {
			gone = append(gone, s)
		} else {
			kept = append(kept, s)
		}
	}
	text, line := c.shorts(p.Least[0], " and "), ""
	switch {
	case len(gone) == 0 && len(kept) > 0 && len(more) > 0:
		text = c.shorts(more, " and ") + " too"
		for _, s := range kept {
			if line == "" {
				line = c.rewritten(p, a, narrowing{s: append([]scopes.Scope{s}, more...)})
			}
		}
	case len(gone) == 1:
		line = c.rewritten(p, a, narrowing{gone[0]: more})
	}
	return text + line
}

// rewritten is the one line that asks for the scopes that change, as it becomes;
// empty if there are several, or if it is no line by itself.
func (c *check) rewritten(p needs.Program, a needs.Asked, change narrowing) string {
	var sites []site
	var line string
	for i, r := range p.Requests {
		if !appliesTo(r, a) {
			continue
		}
		if _, goes := change[r.Scope]; goes {
			if line != "" && (r.Line != line || r.At.Path != sites[0].at.Path || r.At.Line != sites[0].at.Line) {
				return ""
			}
			if line = r.Line; line == "" {
				return ""
			}
			if n := slices.IndexFunc(sites, func(s site) bool { return s.at.Compare(r.At) == 0 }); n >= 0 {
				sites[n].scopes = append(sites[n].scopes, r.Scope)
				continue
			}
			start := indexWord(line, r.Text)
			if start < 0 {
				return ""
			}
			sites = append(sites, site{at: r.At, start: start, end: start + len(r.Text), scopes: []scopes.Scope{r.Scope}, requests: []int{i}})
		}
	}
	slices.SortFunc(sites, func(a, b site) int { return cmp.Compare(b.start, a.start) }) // the last first, so that places stay
	text := []byte(line)
	for _, s := range sites {
		var ok bool
		if s.literal, ok = c.literal(string(text[s.start:s.end]), others(p, s)); !ok {
			return ""
		}
		e := elementAt(text, s.start, s.end, rules.Location{Path: s.at.Path})
		e.part = true
		var why string
		if text, why = c.rewrite(e, s, change); why != "" {
			return ""
		}
	}
	if len(sites) == 0 || c.empties(p, a, change) || strings.Contains(line, "`") { // which quotes it
		return ""
	}
	what := fmt.Sprintf("line %d", sites[0].at.Line)
	if cell := sites[0].at.Cell; cell > 0 {
		what = fmt.Sprintf("in cell %d the line", cell)
	}
	if result := string(bytes.TrimSpace(text)); strings.Trim(result, ", ") != "" {
		return fmt.Sprintf(": %s becomes `%s`", what, result)
	}
	return fmt.Sprintf(": %s goes, `%s`", what, line)
}

// empties reports whether a change leaves nothing to ask for at a place.
func (c *check) empties(p needs.Program, a needs.Asked, change narrowing) bool {
	plan := &fixPlan{sets: []narrowing{change}, why: []string{""}}
	p.Asked = []needs.Asked{a}
	return plan.agree(p, nil)
}

// indexWord finds a text that stands once in a line, as a word of its own.
func indexWord(line, text string) int {
	found := -1
	for at := 0; ; at++ {
		i := strings.Index(line[at:], text)
		if i < 0 {
			return found
		}
		at += i
		if end := at + len(text); end < len(line) && isWordRune(rune(line[end])) || at > 0 && isWordRune(rune(line[at-1])) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = at
	}
}

// others are all scopes that are asked for at a site.
func others(p needs.Program, s site) []scopes.Scope {
	all := slices.Clone(s.scopes)
	for _, r := range p.Requests {
		if r.At.Compare(s.at) == 0 && !slices.Contains(all, r.Scope) {
			all = append(all, r.Scope)
		}
	}
	return all
}
