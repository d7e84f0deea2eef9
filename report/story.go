package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// Bounds of what a story tells: it is read, not searched.
const (
	maxStories     = 4 // programs; of more, a line each
	maxStoryCalls  = 8 // methods
	maxStoryPlaces = 3
	maxStoryScopes = 8
	maxStoryChoice = 3 // sets, of which one is chosen when the program runs
	maxPricesTold  = 4
)

// Story tells of each program of a report, in four steps: what it asks for, what
// it calls, what somebody else could do with its token, and what would remain of
// that if it asked for less. All of it is what the report has, in other words.
func Story(w io.Writer, r audit.Report, cat *scopes.Catalogue, o Options) error {
	s := storyteller{page: newPage(o), cat: cat, findings: r.Findings, told: map[scopes.Scope]bool{}}
	rows := slices.SortedStableFunc(slices.Values(r.Programs), func(a, b audit.ProgramRow) int {
		return b2i(audit.MoralOf(b.Needs, cat).Wrong()) - b2i(audit.MoralOf(a.Needs, cat).Wrong())
	})
	if len(rows) == 0 {
		s.wrap("", "", "Nothing here asks for a scope or calls an API of Google's that is known.")
	}
	for i, row := range rows {
		if i > 0 {
			s.blank()
		}
		if i == maxStories {
			s.wrap("", "", fmt.Sprintf("And %s, of which `scopeaudit explain` tells if its folder is named:", plural(len(rows)-i, "more program")))
			for _, row := range rows[i:min(len(rows), i+maxProgramsShown)] {
				s.wrap("  ", "    ", name(row.Path)+": "+moral(audit.MoralOf(row.Needs, cat)))
			}
			if more := len(rows) - i - maxProgramsShown; more > 0 {
				s.wrap("  ", "    ", fmt.Sprintf("and %d more; `scopeaudit needs` lists them all", more))
			}
			break
		}
		s.program(row)
	}
	if !r.Complete || len(rows) == 0 {
		s.coverage(r)
		s.notes(r.Notes)
	}
	return s.writeTo(w)
}

// storyteller is a page with what has been told on it.
type storyteller struct {
	*page
	cat      *scopes.Catalogue
	findings []audit.Finding
	told     map[scopes.Scope]bool // scopes whose risks were told
	warned   bool                  // of what a token is
}

func (s *storyteller) program(row audit.ProgramRow) {
	m := audit.MoralOf(row.Needs, s.cat)
	mark := s.paint(green, "✓")
	switch {
	case m.Wrong():
		mark = s.paint(yellow, "✗")
	case m != audit.Fits:
		mark = s.paint(yellow, "?")
	}
	title := name(row.Path)
	if title == "." {
		title = "This program"
	}
	s.wrap(mark+" ", "  ", s.paint(bold, title)+": "+moral(m))
	s.step(1, "What you ask for")
	s.asked(row)
	s.step(2, "What you call")
	s.called(row)
	s.step(3, "What somebody else could do with your token")
	s.risks(row)
	s.step(4, "What remains if you ask for less")
	s.less(row)
}

func (s *storyteller) step(n int, title string) {
	s.blank()
	s.wrap("", "   ", s.paint(bold, fmt.Sprintf("%d. %s", n, title)))
}

// say writes a sentence of a step, and item one of a list below it.
func (s *storyteller) say(text string)  { s.wrap("  ", "  ", text) }
func (s *storyteller) item(text string) { s.wrap("    - ", "      ", text) }

// source quotes a line of the program.
func (s *storyteller) source(line string) {
	if line != "" {
		s.wrap("      "+s.paint(dim, "|")+" ", "        ", Clean(line))
	}
}

// places names some places of many.
func places(at []rules.Location) string {
	var list []string
	for _, l := range at {
		if text := place(l); !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	more := len(list) - maxStoryPlaces
	text := strings.Join(list[:min(len(list), maxStoryPlaces)], ", ")
	if more > 0 {
		text += " and " + plural(more, "more place")
	}
	return text
}
