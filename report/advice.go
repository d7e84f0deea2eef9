package report

import (
	"io"

	"scopeaudit/audit/rules"
)

// Advice renders what an error text means for people.
func Advice(w io.Writer, a rules.Advice, o Options) error {
	p := newPage(o)
	p.wrap("", "  ", p.paint(bold, Clean(a.Text)))
	for _, also := range a.Also {
		p.wrap("  ", "  ", p.paint(dim, "also: "+Clean(also)))
	}
	p.heading("What it means")
	p.wrap("  ", "  ", Clean(a.Means))
	p.heading("What causes it, likeliest first")
	for _, cause := range a.Causes {
		p.wrap("  - ", "    ", Clean(cause))
	}
	p.heading("What to do")
	p.wrap("  ", "  ", Clean(a.Remedy))
	p.heading("Sources")
	for _, source := range a.Sources {
		p.wrap("  - ", "    ", Clean(source))
	}
	return p.writeTo(w)
}

// advice lists what may go wrong next, in brief.
func (p *page) advice(all []rules.Advice) {
	if len(all) == 0 {
		return
	}
	p.heading("If signing in fails")
	for _, a := range all {
		p.blank()
		p.wrap("  ", "    ", p.paint(bold, Clean(a.Text)))
		p.wrap("    ", "    ", Clean(a.Means))
		p.wrap("    ", "    ", p.paint(dim, "do:")+" "+Clean(a.Remedy))
	}
	p.blank()
	p.wrap("  ", "  ", "`scopeaudit explain errors` lists these and others, with their causes.")
}
