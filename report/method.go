package report

import (
	"io"

	"scopeaudit/audit/scopes"
)

// MethodPage is what explain tells about an API method.
type MethodPage struct {
	// Method is one of discovery, or one that Apps Script has built in, which has
	// an ID alone.
	Method scopes.Method
	API    scopes.API
	// Writes says that it changes something.
	Writes bool
	// Scopes permit it, each alone, those with the least power first.
	Scopes []scopes.Info
	// Least are the sets to ask for if nothing else is called, the first
	// preferred.
	Least [][]scopes.Scope
	// Notes say what the lists of scopes do not.
	Notes []string
}

// Method renders for people which scopes permit a method.
func Method(w io.Writer, m MethodPage, o Options) error {
	p := newPage(o)
	p.wrap("", "  ", p.paint(bold, Clean(m.Method.ID)))
	address := Clean(m.Method.Verb + " " + m.Method.Path)
	if m.Method.Verb == "" {
		address = "built into Apps Script"
	}
	if m.API.Title != "" {
		address += ", " + Clean(m.API.Title) + " " + Clean(m.Method.Version)
	}
	p.wrap("", "  ", address)
	p.blank()
	switch {
	case m.Method.Verb == "":
	case m.Writes:
		p.field("it", "changes something")
	default:
		p.field("it", "only reads")
	}
	if len(m.Scopes) == 0 {
		p.field("scopes", "none: it takes no OAuth scope")
		return p.writeTo(w)
	}
	for i, set := range m.Least[:min(len(m.Least), maxLeastShown)] {
		text := ""
		for j, s := range set {
			if j > 0 {
				text += " and "
			}
			text += name(s.Short())
		}
		if i > 0 {
			text = "or " + text
		}
		p.field(onlyFirst("ask for", i), text)
	}
	for i, note := range m.Notes {
		p.field(onlyFirst("note", i), Clean(note))
	}
	p.heading("Any one of these permits it; those that let their holder do least come first")
	for _, s := range m.Scopes {
		p.blank()
		p.wrap("  ", "    ", p.paint(bold, shortScope(s.Short, s.Scope))+": "+powers(s.Powers)+p.paint(dim, " ("+Clean(string(s.Tier))+")"))
		if s.Text != "" {
			p.wrap("    ", "    ", `Google's screen says "`+Clean(s.Text)+`"`)
		}
		for _, c := range s.Caveats {
			p.wrap("    - ", "      ", Clean(c.Text))
		}
	}
	return p.writeTo(w)
}
