package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// writeText renders the report for people: the verdict first, of many folders
// which are the worst, then the table in which the scopes meet, what is wrong and how to mend it, what is known of
// each credential, and at the end, where a terminal stops scrolling, what was
// examined and where to start.
func writeText(w io.Writer, r audit.Report, o Options) error {
	p := newPage(o)
	p.verdict(r)
	if !o.Quiet {
		p.folders(r.Findings)
		p.scopeTable(r.Scopes, r.Code)
		p.programs(r.Programs, o.Calls)
	}
	p.findings(r.Findings)
	if !o.Quiet {
		p.suppressed(r.Findings)
		p.credentials(r.Credentials)
	}
	p.coverage(r)
	if !o.Quiet {
		p.baselines(r.Baselines)
		p.advice(r.Advice)
		p.notes(r.Notes)
		p.start(r.Findings)
	}
	return p.writeTo(w)
}

// verdict is the headline: how much is wrong, under which policy, and whether
// all of it was looked at. A policy that nobody named and that had nothing to
// judge is no news.
func (p *page) verdict(r audit.Report) {
	counts := tally(r.Findings)
	policy := ""
	if r.Policy.Name != "" && !(r.Policy.Source == "default" && len(r.Credentials)+len(r.Programs) == 0) {
		policy = " — policy " + name(r.Policy.Name)
		if r.Policy.Source != "" {
			policy += " (" + Clean(r.Policy.Source) + ")"
		}
	}
	switch {
	case counts.total > 0:
		p.wrap(p.paint(counts.color(), counts.mark())+" ", "  ", p.paint(bold, counts.String())+policy)
	case nothingExamined(r):
		p.wrap(p.paint(redBold, "!")+" ", "  ", p.paint(bold, "Nothing was examined")+policy)
	case !r.Complete:
		p.wrap(p.paint(yellow, "!")+" ", "  ", p.paint(bold, "No findings so far")+policy)
	default:
		p.wrap(p.paint(green, "✓")+" ", "  ", p.paint(bold, "No findings")+policy)
	}
	if !r.Complete {
		p.wrap(p.paint(redBold, "!")+" ", "  ", p.paint(redBold, "NOT COMPLETE:")+
			" what could not be examined is listed at the end; nothing is proven clean")
	}
}

func nothingExamined(r audit.Report) bool {
	return !r.Coverage.Changes && r.Coverage.Files == 0 && r.Coverage.Blobs == 0 && len(r.Credentials) == 0
}

// count holds how many findings count, by severity. What a composite is made of
// is counted with it.
type count struct {
	by    [rules.Critical + 1]int
	total int
}

func tally(findings []audit.Finding) count {
	var c count
	parts := nest(findings)
	for i, f := range findings {
		if f.Suppressed == nil && !parts.nested[i] && rules.Info <= f.Severity && f.Severity <= rules.Critical {
			c.by[f.Severity]++
			c.total++
		}
	}
	return c
}

// String gives the counts, gravest first: "2 critical, 1 high".
func (c count) String() string {
	var parts []string
	for s := rules.Critical; s >= rules.Info; s-- {
		if n := c.by[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

// gravest is the gravest severity that was counted.
func (c count) gravest() rules.Severity {
	for s := rules.Critical; s > rules.Info; s-- {
		if c.by[s] > 0 {
			return s
		}
	}
	return rules.Info
}

func (c count) color() color { return severityColor(c.gravest()) }

func (c count) mark() string {
	if c.gravest() == rules.Info {
		return "✓"
	}
	return "✗"
}

// severityColor is the colour of a severity's name.
func severityColor(s rules.Severity) color {
	switch s {
	case rules.Critical:
		return redBold
	case rules.High:
		return red
	case rules.Medium:
		return yellow
	case rules.Low:
		return cyan
	}
	return dim
}

// coverage is the proof of work, and, loudly, what is missing from it.
func (p *page) coverage(r audit.Report) {
	c := r.Coverage
	var failed, meant []rules.Skipped
	for _, s := range c.Skipped {
		if s.Kind == rules.ByFailure {
			failed = append(failed, s)
		} else {
			meant = append(meant, s)
		}
	}
	if !r.Complete {
		p.blank()
		p.line(p.paint(redBold, "NOT COMPLETE"))
		switch {
		case len(failed) > 0:
		case nothingExamined(r):
			p.wrap("  ", "  ", "There is nothing to examine in what was named.")
		default:
			p.wrap("  ", "  ", "Not all that was asked for could be examined.")
		}
		for _, s := range failed[:min(len(failed), maxSkipsShown)] {
			p.wrap("  ", "    ", name(s.Path)+": "+Clean(s.Reason))
		}
		if more := len(failed) - maxSkipsShown; more > 0 {
			p.wrap("  ", "    ", fmt.Sprintf("and %d more; the JSON report lists them all", more))
		}
	}

	files := plural(c.Files, "file")
	if c.Changes {
		files = plural(c.ChangedFiles, "changed file")
	}
	text := "Examined " + files + ", " + Size(c.Bytes)
	if c.Blobs > 0 {
		text += ", " + plural(c.Blobs, "git object")
	}
	if n := len(meant); n > 0 {
		text += fmt.Sprintf("; skipped %d by design (%s)", n, reasons(meant))
	}
	lowered := 0
	for _, f := range r.Findings {
		if f.Lowered != nil {
			lowered++
		}
	}
	if n := c.Suppressed - lowered; n > 0 {
		text += fmt.Sprintf("; %d suppressed", n)
	}
	if lowered > 0 {
		text += fmt.Sprintf("; %d lowered to info", lowered)
	}
	p.blank()
	p.wrap("", "  ", text+".")
}

// maxReasonsShown bounds the reasons that are given for what was left out as it
// was meant to be.
const maxReasonsShown = 4

// reasons says why things were skipped, the commonest first: that tells more
// than forty paths.
func reasons(skipped []rules.Skipped) string {
	count := make(map[string]int)
	for _, s := range skipped {
		count[s.Reason]++
	}
	all := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	var list []string
	for _, reason := range all[:min(len(all), maxReasonsShown)] {
		text := Clean(reason)
		if len(all) > 1 {
			text = fmt.Sprintf("%d: %s", count[reason], text)
		}
		list = append(list, text)
	}
	if len(all) > maxReasonsShown {
		list = append(list, "…")
	}
	return strings.Join(list, "; ")
}

// maxSkipsShown bounds the list of what failed: the reader needs its kind and
// its size, and the JSON report has all of it.
const maxSkipsShown = 20

// notes tells which policy applied and what no one can tell.
func (p *page) notes(notes []string) {
	if len(notes) == 0 {
		return
	}
	p.heading("Notes")
	for _, n := range notes {
		p.wrap("  - ", "    ", Clean(n))
	}
}

// start ends the report with the one thing to do first.
func (p *page) start(findings []audit.Finding) {
	first := startingPoint(findings)
	if first == nil {
		return
	}
	p.blank()
	p.wrap(p.paint(bold, "Start with:")+" ", "  ", Clean(first.Remedy))
	p.wrap(p.paint(bold, "Learn why:")+"  ", "  ", "scopeaudit explain "+name(string(first.Rule)))
}

// startingPoint is the gravest finding that says what to do, a composite rather
// than its parts; nil if there is none, or nothing worth a step.
func startingPoint(findings []audit.Finding) *audit.Finding {
	var first *audit.Finding
	parts := nest(findings)
	for i := range findings {
		f := &findings[i]
		if parts.nested[i] || f.Suppressed != nil || f.Remedy == "" || f.Severity == rules.Info {
			continue
		}
		if first == nil || f.Severity > first.Severity {
			first = f
		}
	}
	return first
}

// plural counts things: "1 file", "2 files".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Size gives a number of bytes in decimal units: "12 kB".
func Size(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	value := float64(n)
	for _, unit := range []string{"kB", "MB", "GB"} {
		value /= 1000
		if value < 999.5 {
			if value < 9.95 {
				return fmt.Sprintf("%.1f %s", value, unit)
			}
			return fmt.Sprintf("%.0f %s", value, unit)
		}
	}
	return fmt.Sprintf("%.1f TB", value/1000)
}
