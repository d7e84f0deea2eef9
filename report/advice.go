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
