package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// The values of needs.Verdict and needs.State, which are part of the JSON format
// too.
const (
	exact      = "exact"
	lowerBound = "lower_bound"
	unknown    = "unknown"

	liveCall = "live"
)

// Bounds of what text shows of programs; the JSON report has all of it.
const (
	maxProgramsShown = 20
	maxCallsShown    = 8 // methods of one program, unless all are asked for
	maxLeastShown    = 4 // alternatives
)

// programs says of each program what it needs, asks for and calls.
func (p *page) programs(rows []audit.ProgramRow, full bool) {
	if len(rows) == 0 {
		return
	}
	p.heading("Programs")
	for i, row := range rows {
		if i == maxProgramsShown && !full {
			p.blank()
			p.wrap("  ", "    ", fmt.Sprintf("and %d more; `scopeaudit needs` lists them all", len(rows)-i))
			return
		}
		p.program(row, full)
	}
}

func (p *page) program(row audit.ProgramRow, full bool) {
	n := row.Needs
	p.blank()
	head := p.paint(bold, name(row.Path))
	switch string(n.Verdict) {
	case exact:
		head += p.paint(dim, ", exactly: every call and every scope is known")
	case lowerBound:
		head += p.paint(dim, ", at least: not all is known")
	case unknown:
		head += p.paint(dim, ", unknown")
	}
	p.wrap("  ", "      ", head)
	if len(n.Least) == 0 {
		p.field("needs", "unknown: no call is known")
	}
	for i, set := range n.Least {
		if i == maxLeastShown {
			p.field("", fmt.Sprintf("or one of %d more", len(n.Least)-i))
			break
		}
		label, text := "needs", p.scopeSet(row, set)
		if i > 0 {
			label, text = "", "or "+text
		}
		p.field(label, text)
	}
	for i, text := range n.Possible {
		p.field(onlyFirst("possible", i), Clean(text))
	}
	for i, text := range p.requests(row) {
		p.field(onlyFirst("asks for", i), text)
	}
	if len(n.Requests) == 0 {
		p.field("asks for", "no scope that was found")
	}
	if len(row.Price) > 0 {
		p.price(row)
	} else {
		p.calls(row, full)
	}
	for i, u := range n.Unresolved {
		if i == maxCallsShown && !full {
			p.field("", fmt.Sprintf("and %d more", len(n.Unresolved)-i))
			break
		}
		text := place(u.At) + ": " + Clean(u.Why)
		if u.Text != "" {
			text = Clean(u.Text) + " at " + text
		}
		p.field(onlyFirst("unknown", i), text)
	}
	if string(n.Verdict) != exact {
		for i, why := range n.Why {
			p.field(onlyFirst("because", i), Clean(why))
		}
	}
}

// scopeSet is a set of scopes with what they let their holder do.
func (p *page) scopeSet(row audit.ProgramRow, set []scopes.Scope) string {
	if len(set) == 0 {
		return "no scope: its calls take none"
	}
	var list []string
	for _, s := range set {
		text := name(s.Short())
		for _, r := range slices.Concat(row.Scopes, row.Others) {
			if r.Scope == s {
				text = shortScope(r.Short, s) + " (" + powers(r.Powers) + ")"
			}
		}
		list = append(list, text)
	}
	return strings.Join(list, " and ")
}

// requests gives a line for each scope that is asked for: where, when, and which
// calls justify it.
func (p *page) requests(row audit.ProgramRow) []string {
	type key struct {
		scope scopes.Scope
		when  string
	}
	at := map[key][]rules.Location{}
	justified := map[key]map[string]bool{}
	var order []key
	for _, r := range row.Needs.Requests {
		k := key{r.Scope, r.When}
		if at[k] == nil {
			order = append(order, k)
			justified[k] = map[string]bool{}
		}
		at[k] = append(at[k], r.At)
		for _, i := range r.JustifiedBy {
			justified[k][row.Needs.Calls[i].Method] = true
		}
	}
	var lines []string
	for _, k := range order {
		text := p.scopeSet(row, []scopes.Scope{k.scope})
		if k.when != "" {
			text += " where " + Clean(k.when)
		}
		text += ", at" + tie + place(at[k][0])
		if more := len(at[k]) - 1; more > 0 {
			text += " and " + plural(more, "more place")
		}
		var own string
		for _, o := range row.Needs.Own {
			if o.Scope == k.scope {
				own = place(o.At)
			}
		}
		switch n := len(justified[k]); {
		case n > 0:
			text += ": permits " + plural(n, "method") + " of those below"
		case own != "":
			text += ": the script itself needs it, at" + tie + own
		case len(row.Needs.Least) > 0:
			text += ": permits none of the calls below"
		}
		lines = append(lines, text)
	}
	return lines
}

// calls lists what is called, by method: all of it with which of the scopes
// permit it, or in brief.
func (p *page) calls(row audit.ProgramRow, full bool) {
	type key struct{ method, state string }
	at := map[key][]int{}
	var order []key
	for i, c := range row.Needs.Calls {
		k := key{c.Method, string(c.State)}
		if at[k] == nil {
			order = append(order, k)
		}
		at[k] = append(at[k], i)
	}
	slices.SortStableFunc(order, func(a, b key) int {
		return cmp.Compare(b2i(a.state != liveCall), b2i(b.state != liveCall))
	})
	for n, k := range order {
		if n == maxCallsShown && !full {
			p.field("", fmt.Sprintf("and %d more; `scopeaudit needs` lists them all", len(order)-n))
			return
		}
		calls := row.Needs.Calls
		text := Clean(k.method)
		if k.state != liveCall {
			text += p.paint(dim, " ("+Clean(k.state)+")")
		}
		first := calls[at[k][0]]
		text += ", at" + tie + place(first.At)
		if !full {
			if more := len(at[k]) - 1; more > 0 {
				text += " and " + plural(more, "more place")
			}
			p.field(onlyFirst("calls", n), text)
			continue
		}
		for _, i := range at[k][1:] {
			text += ", " + place(calls[i].At)
		}
		p.field(onlyFirst("calls", n), text)
		if k.state == liveCall {
			p.below(p.permission(row, at[k]))
		}
		for _, note := range notes(row, at[k]) {
			p.below(p.paint(dim, Clean(note)))
		}
	}
}

// below writes what is about the line of a field above it, a step further in.
func (p *page) below(text string) {
	indent := strings.Repeat(" ", gutter+2)
	if p.narrow() {
		indent = "        "
	}
	p.wrap(indent, indent, text)
}

// notes are what the arguments of calls decided, each once.
func notes(row audit.ProgramRow, calls []int) []string {
	var all []string
	for _, i := range calls {
		for _, n := range row.Needs.Calls[i].Notes {
			if !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
	}
	return all
}

// permission says which of the scopes that are asked for permit calls of one
// method, or that none does.
func (p *page) permission(row audit.ProgramRow, calls []int) string {
	c := row.Needs.Calls[calls[0]]
	for _, i := range calls {
		if len(row.Needs.Calls[i].PermittedBy) == 0 {
			c = row.Needs.Calls[i]
		}
	}
	switch {
	case len(c.PermittedBy) > 0:
		return "permitted by " + strings.Join(shortNames(c.PermittedBy), ", ")
	case len(c.Permitted) == 0:
		return "takes no scope of the user's"
	case len(row.Needs.Requests) == 0:
		return "takes one of " + strings.Join(shortNames(c.Permitted), ", ")
	}
	return p.paint(redBold, "403 insufficientPermissions:") + " takes one of " + strings.Join(shortNames(c.Permitted), ", ")
}

func shortNames(list []scopes.Scope) []string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = name(s.Short())
	}
	return names
}
