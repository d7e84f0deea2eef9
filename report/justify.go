package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/scopes"
)

// Justification renders a paragraph for each scope that the programs of a report
// need, with the calls that need it: what Google asks for where an app is
// reviewed. A paragraph is one line, so that a form takes it as it is.
func Justification(w io.Writer, r audit.Report, cat *scopes.Catalogue, o Options) error {
	p := newPage(o)
	for i, row := range r.Programs {
		if i > 0 {
			p.blank()
		}
		p.line(p.paint(bold, "Program "+name(row.Path)))
		p.caution(row)
		reasons := audit.Justify(row.Needs, cat)
		if len(reasons) == 0 {
			p.blank()
			p.line("No call is known that needs a scope: nothing can be said for one.")
		}
		for _, reason := range reasons {
			p.blank()
			p.line(p.paint(bold, name(string(reason.Scope))))
			p.line(paragraph(row, reason))
		}
		p.identity(row)
	}
	return p.writeTo(w)
}

// isIdentity reports whether a scope only says who the user is: it is for signing
// in, and no call needs it.
func isIdentity(s audit.ScopeRow) bool { return scopes.Greatest(s.Powers) == scopes.Identity }

// caution says what stands in the way of a review: more is asked for than is
// justified, or less, or not all is known.
func (p *page) caution(row audit.ProgramRow) {
	var wide, missing []string
	for _, s := range row.Scopes {
		switch asked := isTrue(s.Requested); {
		case asked && s.Needed != nil && !*s.Needed && !isIdentity(s):
			wide = append(wide, shortScope(s.Short, s.Scope))
		case !asked && isTrue(s.Needed) && len(row.Needs.Asked) > 0:
			missing = append(missing, shortScope(s.Short, s.Scope))
		}
	}
	mark := p.paint(yellow, "!") + " "
	switch {
	case len(wide) > 0 && len(missing) > 0:
		p.line(mark + "it asks for " + listed(wide) + ", where " + listed(missing) + " would do: no reviewer can be given a reason for that, so change it first")
	case len(wide) > 0:
		p.line(mark + "it asks for " + listed(wide) + " too, which no reviewer can be given a reason for: take that out first")
	case len(missing) > 0:
		p.line(mark + "it does not ask for " + listed(missing) + " yet, which its calls need")
	}
	if string(row.Needs.Verdict) == lowerBound {
		p.line(mark + "not all of its calls are known: there may be more to say")
	}
}

func isTrue(b *bool) bool { return b != nil && *b }

// identity says what the scopes are for that say who the user is.
func (p *page) identity(row audit.ProgramRow) {
	var ids []string
	for _, s := range row.Scopes {
		if isTrue(s.Requested) && isIdentity(s) {
			ids = append(ids, name(string(s.Scope)))
		}
	}
	if len(ids) == 0 {
		return
	}
	p.blank()
	p.line(p.paint(bold, strings.Join(ids, " ")))
	p.line("The program signs the user in, and learns who that is. No call of an API needs more for it.")
}

// paragraph says in sentences why one scope is needed.
func paragraph(row audit.ProgramRow, r audit.Reason) string {
	if r.Own != nil && len(r.Calls) == 0 {
		return fmt.Sprintf("The script itself needs it, for %s (%s:%d); it lets its holder %s.", Clean(r.Own.Text), Clean(r.Own.At.Path), r.Own.At.Line, verbs(r.Info.Powers))
	}
	var methods []string
	at := map[string][]string{}
	for _, i := range r.Calls {
		c := row.Needs.Calls[i]
		if at[c.Method] == nil {
			methods = append(methods, c.Method)
		}
		where := fmt.Sprintf("%s:%d", Clean(c.At.Path), c.At.Line)
		if c.At.Cell > 0 {
			where = fmt.Sprintf("cell %d of %s", c.At.Cell, Clean(c.At.Path))
		}
		at[c.Method] = append(at[c.Method], where)
	}
	for i, m := range methods {
		places := slices.Compact(at[m])
		if more := len(places) - maxPlacesShown; more > 0 {
			places = append(places[:maxPlacesShown:maxPlacesShown], plural(more, "more place"))
		}
		methods[i] = Clean(m) + " (" + strings.Join(places, ", ") + ")"
	}
	text := "The program calls " + listed(methods) + ". "
	if len(methods) == 1 {
		text += "This scope permits that"
	} else {
		text += "This scope permits them"
	}
	text += "; it lets its holder " + verbs(r.Info.Powers) + "."
	for i, n := range r.Narrower {
		if i == 0 {
			text += " Less would not do:"
		} else {
			text += ";"
		}
		text += " " + name(n.Scope.Short()) + " does not permit " + Clean(row.Needs.Calls[n.Call].Method)
		if n.Why != "" {
			text += " (" + Clean(n.Why) + ")"
		}
	}
	if len(r.Narrower) > 0 {
		text += "."
	}
	return text
}

// listed joins names as a sentence has them.
func listed(names []string) string {
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return strings.Join(names, "")
}

// verbs says what powers let their holder do, as a sentence has it.
func verbs(list []scopes.Power) string {
	words := map[scopes.Power]string{
		scopes.Identity: "see who the user is", scopes.Metadata: "see what describes the content", scopes.Read: "read", scopes.Send: "send in the user's name",
		scopes.Write: "add and change", scopes.Delete: "delete", scopes.Settings: "change settings",
	}
	var out []string
	for _, p := range list {
		out = append(out, words[p])
	}
	return listed(out)
}
