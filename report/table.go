package report

import (
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"scopeaudit/audit"
	"scopeaudit/audit/scopes"
)

// set is one of the four sets that meet in the table, as a column of it.
type set struct {
	title   string
	unknown string // what a column of nil means
	some    string // what a nil means in a column that knows of others
	of      func(audit.ScopeRow) *bool
}

var sets = [...]set{
	{"allowed", "not judged", "not judged", func(r audit.ScopeRow) *bool { return r.Allowed }},
	{"requested", "not known", "not known", func(r audit.ScopeRow) *bool { return r.Requested }},
	{"granted", "not asked", "not asked", func(r audit.ScopeRow) *bool { return r.Granted }},
	{"needed", "not examined", "maybe", func(r audit.ScopeRow) *bool { return r.Needed }},
}

// Bounds of the two columns that can be squeezed. The longest word of the first
// is "metadata," with its comma.
const (
	powerColumn     = 9
	goodPowerColumn = 18
	scopeColumn     = 16
	goodScopeColumn = 24
)

// scopeTable draws the table of the four sets, led by what each scope lets its
// holder do. Where a whole column is unknown the caption says so once.
func (p *page) scopeTable(rows []audit.ScopeRow, code *audit.CodeRow) {
	if len(rows) == 0 {
		return
	}
	p.heading("Scopes")
	header := []string{"lets its holder", "scope"}
	var unknown []string
	cells := make([][]string, len(rows))
	for i, r := range rows {
		cells[i] = []string{powers(r.Powers), shortScope(r.Short, r.Scope)}
	}
	for _, s := range sets {
		header = append(header, s.title)
		blank := allNil(rows, s)
		if blank {
			why := s.unknown
			if s.title == "needed" && code != nil {
				why = "no call is known"
			}
			unknown = append(unknown, s.title+": "+why)
		}
		for i, r := range rows {
			cells[i] = append(cells[i], p.mark(s, s.of(r), blank))
		}
	}
	if !p.grid(header, cells) {
		p.stack(cells)
	}
	p.legend(rows, unknown)
}

// mark is one cell of a set. The cross is kept for what the policy does not
// allow, so that the eye finds it. What is not known is said in words where the
// column knows about other scopes.
func (p *page) mark(s set, value *bool, blank bool) string {
	switch {
	case value == nil && blank:
		return p.paint(dim, "–")
	case value == nil:
		return p.paint(dim, s.some)
	case s.title == "allowed" && *value:
		return p.paint(green, "✓")
	case s.title == "allowed":
		return p.paint(redBold, "✗")
	case *value:
		return "✓"
	}
	return p.paint(dim, "no")
}

func allNil(rows []audit.ScopeRow, s set) bool {
	for _, r := range rows {
		if s.of(r) != nil {
			return false
		}
	}
	return true
}

// grid draws header and rows as a table if the page is wide enough for one.
func (p *page) grid(header []string, cells [][]string) bool {
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, cells...) {
		for i, c := range row {
			widths[i] = max(widths[i], columns(c))
		}
	}
	room := p.width - 2
	for _, w := range widths[2:] {
		room -= w + 2
	}
	room -= 2 // between the first two
	power := min(widths[0], max(powerColumn, min(goodPowerColumn, room-goodScopeColumn), room-widths[1]))
	scope := min(widths[1], room-power)
	if scope < min(scopeColumn, widths[1]) {
		return false
	}

	gaps := make([]tw.Padding, len(header))
	for i := range gaps {
		gaps[i] = tw.Padding{Right: "  ", Overwrite: true}
	}
	gaps[len(gaps)-1].Right = ""

	var b strings.Builder
	table := tablewriter.NewTable(&b,
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: []tw.Align{
			tw.AlignLeft, tw.AlignLeft, tw.AlignCenter, tw.AlignCenter, tw.AlignCenter, tw.AlignCenter,
		}}),
		tablewriter.WithHeaderPaddingPerColumn(gaps),
		tablewriter.WithRowPaddingPerColumn(gaps),
		// Otherwise the locale of whoever runs it would decide on the bytes.
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithRendition(tw.Rendition{
			Borders: tw.Border{Left: tw.Off, Right: tw.Off, Top: tw.Off, Bottom: tw.Off},
			Symbols: tw.NewSymbolCustom("rule").WithRow("─").WithCenter("─"),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off, ShowHeader: tw.On},
				Lines:      tw.Lines{ShowHeaderLine: tw.On},
			},
		}),
	)
	table.Header(append([]string{strings.Join(fill(header[0], power, power, true), "\n")}, header[1:]...))
	for _, row := range cells {
		row[0] = strings.Join(fill(row[0], power, power, true), "\n")
		row[1] = strings.Join(fill(row[1], scope, scope, true), "\n")
		if table.Append(row) != nil {
			return false
		}
	}
	if table.Render() != nil {
		return false
	}
	for l := range strings.Lines(b.String()) {
		p.line("  " + tidy(l))
	}
	return true
}

// tidy takes off what a table pads a line with at its end, and the resets that
// it puts where no colour is open.
func tidy(line string) string {
	var b strings.Builder
	open := false
	for {
		before, after, found := strings.Cut(line, "\x1b[")
		b.WriteString(before)
		if !found {
			return strings.TrimRight(b.String(), " \n")
		}
		code, rest, _ := strings.Cut(after, "m")
		if painted := code != "0"; painted != open {
			b.WriteString("\x1b[" + code + "m")
			open = painted
		}
		line = rest
	}
}

// stack lists the rows one below the other, for pages too narrow for a table.
func (p *page) stack(cells [][]string) {
	for _, row := range cells {
		p.wrap("  ", "    ", row[1])
		p.wrap("    ", "    ", row[0])
		var marks []string
		for i, s := range sets {
			marks = append(marks, s.title+" "+row[2+i])
		}
		p.wrap("    ", "    ", strings.Join(marks, ", "))
	}
}

// legend says what the marks mean, what a whole column does not know, and, as a
// footnote, how Google classes the scopes: its class is not what leads.
func (p *page) legend(rows []audit.ScopeRow, unknown []string) {
	text := "✓ yes, ✗ not allowed"
	if len(unknown) > 0 {
		text += ", – not known (" + strings.Join(unknown, "; ") + ")"
	}
	p.blank()
	p.aside(text)
	var classes []string
	for _, tier := range []scopes.Tier{scopes.Restricted, scopes.Sensitive, scopes.NonSensitive} {
		var names []string
		for _, r := range rows {
			if r.Tier == tier {
				names = append(names, shortScope(r.Short, r.Scope))
			}
		}
		if len(names) > 0 {
			classes = append(classes, string(tier)+": "+strings.Join(names, ", "))
		}
	}
	if len(classes) > 0 {
		p.aside("Google's class is " + strings.Join(classes, "; "))
	}
}

// shortScope is a scope as people write it, else in full.
func shortScope(short string, full scopes.Scope) string {
	if short != "" {
		return name(short)
	}
	return name(string(full))
}

// powers lists what a scope lets its holder do.
func powers(list []scopes.Power) string {
	if len(list) == 0 {
		return "unknown"
	}
	words := make([]string, len(list))
	for i, power := range list {
		words[i] = Clean(string(power))
	}
	return strings.Join(words, ", ")
}
