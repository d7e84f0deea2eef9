package report

import (
	"fmt"
	"io"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/scopes"
)

// Justification renders a paragraph for each scope that the programs of a report
// need, with the calls that need it: what Google asks for where an app is
// reviewed.
func Justification(w io.Writer, r audit.Report, cat *scopes.Catalogue, o Options) error {
	p := newPage(o)
	for i, row := range r.Programs {
		if i > 0 {
			p.blank()
		}
		p.wrap("", "  ", p.paint(bold, name(row.Path)))
		p.caution(row)
		reasons := audit.Justify(row.Needs, cat)
		if len(reasons) == 0 {
			p.blank()
			p.wrap("  ", "  ", "No call is known that needs a scope: nothing can be said for one.")
		}
		for _, reason := range reasons {
			p.blank()
			p.wrap("  ", "    ", p.paint(bold, name(string(reason.Scope))))
			p.wrap("    ", "    ", paragraph(row, reason))
		}
	}
	return p.writeTo(w)
}

// caution says what stands in the way of a review: more is asked for than is
// justified, or not all is known.
func (p *page) caution(row audit.ProgramRow) {
	var wide []string
	for _, s := range row.Scopes {
		if s.Requested != nil && *s.Requested && s.Needed != nil && !*s.Needed {
			wide = append(wide, shortScope(s.Short, s.Scope))
		}
	}
	if len(wide) > 0 {
		p.wrap("  "+p.paint(yellow, "!")+" ", "    ", "it asks for "+strings.Join(wide, ", ")+" too, which no reviewer can be given a reason for: take that out first")
	}
	if string(row.Needs.Verdict) == lowerBound {
		p.wrap("  "+p.paint(yellow, "!")+" ", "    ", "not all of its calls are known: there may be more to say")
	}
}

// paragraph says in sentences why one scope is needed.
func paragraph(row audit.ProgramRow, r audit.Reason) string {
	var at []string
	seen := map[string]int{}
	for _, i := range r.Calls {
		c := row.Needs.Calls[i]
		if seen[c.Method]++; seen[c.Method] == 1 {
			at = append(at, Clean(c.Method)+" ("+place(c.At)+")")
		}
	}
	text := "The program calls " + strings.Join(at, ", ") + "."
	if more := len(r.Calls) - len(at); more > 0 {
		text = strings.TrimSuffix(text, ".") + fmt.Sprintf(", and %s of the same kind.", plural(more, "more call"))
	}
	text += " This scope permits them; it lets its holder " + verbs(r.Info.Powers) + "."
	for i, n := range r.Narrower {
		method := Clean(row.Needs.Calls[n.Call].Method)
		if i == 0 {
			text += " Less would not do:"
		} else {
			text += ";"
		}
		text += " " + name(n.Scope.Short()) + " does not permit " + method
		if n.Why != "" {
			text += " (" + Clean(n.Why) + ")"
		}
	}
	if len(r.Narrower) > 0 {
		text += "."
	}
	return text
}

// verbs says what powers let their holder do, as a sentence has it.
func verbs(list []scopes.Power) string {
	words := map[scopes.Power]string{
		scopes.Identity: "see who the user is", scopes.Metadata: "read headers and labels", scopes.Read: "read", scopes.Send: "send in the user's name",
		scopes.Write: "add and change", scopes.Delete: "delete", scopes.Settings: "change settings",
	}
	var out []string
	for _, p := range list {
		out = append(out, words[p])
	}
	return strings.Join(out, ", ")
}
