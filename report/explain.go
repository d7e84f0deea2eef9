package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// rulePart is one headed piece of a rule's documentation. The same pieces, in
// the same order, make the page of explain and the help in SARIF.
type rulePart struct {
	title string
	body  string
	code  bool // shown as it is
	list  bool // one item a line
}

func ruleParts(r rules.Rule) []rulePart {
	all := []rulePart{
		{title: "What it finds", body: r.What},
		{title: "Why it matters", body: r.Why},
		{title: "Before", body: r.Before, code: true},
		{title: "After", body: r.After, code: true},
		{title: "What to do", body: r.Remedy},
		{title: "Sources", body: strings.Join(r.Sources, "\n"), list: true},
	}
	return slices.DeleteFunc(all, func(p rulePart) bool { return strings.TrimSpace(p.body) == "" })
}

// Rule renders the documentation of a rule for people.
func Rule(w io.Writer, r rules.Rule, o Options) error {
	p := newPage(o)
	facts := p.paint(severityColor(r.Severity), r.Severity.String()) + ", " + r.Confidence.String() + " confidence"
	p.wrap("", "  ", p.paint(bold, Clean(string(r.ID)))+" ("+facts+")")
	p.wrap("", "", Clean(r.Title))
	for _, part := range ruleParts(r) {
		p.heading(part.title)
		for l := range strings.Lines(cleanLines(part.body)) {
			l = strings.TrimRight(l, "\n")
			switch {
			case part.code:
				p.line("  | " + l)
			case part.list:
				p.wrap("  - ", "    ", l)
			default:
				p.wrap("  ", "  ", l)
			}
		}
	}
	return p.writeTo(w)
}

// ScopePage is what explain tells about a scope.
type ScopePage struct {
	Info scopes.Info
	// Known says that the catalogue lists the scope; what is told about another
	// is guessed from its name.
	Known bool
	// Methods are those that a token with just this scope may call.
	Methods []scopes.Method
	// Conflicts are the pairs that this scope is part of.
	Conflicts []scopes.Conflict
	// Wider cover all that this scope allows, Narrower are covered by it.
	Wider, Narrower []scopes.Scope
}

// maxMethodsShown bounds the list of methods of one API on a page: some scopes
// permit thousands.
const maxMethodsShown = 100

// Scope renders what is known about a scope for people.
func Scope(w io.Writer, s ScopePage, o Options) error {
	p := newPage(o)
	p.wrap("", "  ", p.paint(bold, shortScope(s.Info.Short, s.Info.Scope)))
	if s.Info.Short != "" && s.Info.Short != string(s.Info.Scope) {
		p.wrap("", "  ", name(string(s.Info.Scope)))
	}
	if !s.Known {
		p.blank()
		p.wrap(p.paint(yellow, "!")+" ", "  ", "Google's documents do not list this scope; what follows is guessed from its name")
	}

	p.blank()
	power := powers(s.Info.Powers)
	if s.Info.Derived && s.Known {
		power += " (worked out from the methods it permits)"
	}
	p.field("holder may", power)
	if s.Info.Text != "" {
		p.field("consent", `Google's screen says "`+Clean(s.Info.Text)+`"`)
	}
	if s.Info.Tier != "" {
		p.field("class", class(s.Info.Tier))
	}
	if len(s.Info.APIs) > 0 {
		p.field("APIs", Clean(strings.Join(s.Info.APIs, ", ")))
	}
	p.scopeNames("Narrower scopes", s.Narrower)
	p.scopeNames("Wider scopes", s.Wider)

	if len(s.Info.Caveats) > 0 {
		p.heading("Take care")
		for _, c := range s.Info.Caveats {
			p.wrap("  - ", "    ", Clean(c.Text))
			p.sources(c.Sources)
		}
	}
	if len(s.Conflicts) > 0 {
		p.heading("Do not hold together")
		for _, c := range s.Conflicts {
			p.wrap("  - ", "    ", name(string(c.Scope))+" with "+name(string(c.With))+": "+Clean(c.Why))
			p.sources(c.Sources)
		}
	}
	p.methods(s.Methods)
	if len(s.Info.Sources) > 0 {
		p.heading("Sources")
		for _, source := range s.Info.Sources {
			p.wrap("  - ", "    ", Clean(source))
		}
	}
	return p.writeTo(w)
}

// class says what Google's class of a scope means for whoever asks for it.
func class(t scopes.Tier) string {
	switch t {
	case scopes.Restricted:
		return "restricted: Google reviews a public app that asks for it, and may want a security assessment"
	case scopes.Sensitive:
		return "sensitive: Google reviews a public app that asks for it"
	case scopes.NonSensitive:
		return "non-sensitive: no review by Google"
	}
	return "not classed by Google, as far as we know"
}

func (p *page) scopeNames(title string, list []scopes.Scope) {
	if len(list) == 0 {
		return
	}
	p.heading(title)
	for _, s := range list {
		p.wrap("  - ", "    ", name(string(s)))
	}
}

func (p *page) sources(list []string) {
	for _, s := range list {
		p.wrap("    ", "    ", p.paint(dim, Clean(s)))
	}
}

// methods lists what a token with just one scope may call, by API.
func (p *page) methods(all []scopes.Method) {
	if len(all) == 0 {
		return
	}
	sorted := slices.SortedFunc(slices.Values(all), func(a, b scopes.Method) int {
		return cmp.Or(cmp.Compare(a.API, b.API), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
	})
	p.heading("With it alone a token may call " + plural(len(sorted), "method"))
	for len(sorted) > 0 {
		api := sorted[0].API
		n := slices.IndexFunc(sorted, func(m scopes.Method) bool { return m.API != api })
		if n < 0 {
			n = len(sorted)
		}
		p.wrap("  ", "  ", p.paint(bold, Clean(api)))
		verb := 0
		for _, m := range sorted[:min(n, maxMethodsShown)] {
			verb = max(verb, columns(Clean(m.Verb)))
		}
		for _, m := range sorted[:min(n, maxMethodsShown)] {
			v := Clean(m.Verb)
			p.line("    " + p.paint(dim, v) + strings.Repeat(" ", verb-columns(v)+2) + Clean(m.ID))
		}
		if more := n - maxMethodsShown; more > 0 {
			p.line("    and " + plural(more, "more method"))
		}
		sorted = sorted[n:]
	}
}
