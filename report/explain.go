package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
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
	// Risks are what somebody else could do with a token that has it.
	Risks []scopes.Risk
	// Wider cover all that this scope allows, Narrower are covered by it.
	Wider, Narrower []scopes.Scope
}

// Bounds of what a page lists, for cloud-platform opens thousands of methods in
// hundreds of APIs, and nobody reads those one by one.
const (
	// maxMethodsShown is how many methods are named; of more, the APIs are
	// counted. The scopes for one product stay below it, drive among them.
	maxMethodsShown = 200
	// maxNamesShown is how many APIs or scopes stand in one list.
	maxNamesShown = 16
)

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
	switch {
	case s.Info.Dead:
		power = "nothing any more; it was: " + power
	case s.Info.Derived && s.Known:
		power += " (worked out from the methods it permits)"
	}
	p.field("holder may", power)
	if s.Info.Text != "" {
		p.field("consent", `Google's screen says "`+Clean(s.Info.Text)+`"`)
	}
	if s.Info.Tier != "" {
		p.field("class", class(s.Info))
	}
	p.names("APIs", s.Info.APIs)
	p.names("narrower", shorts(s.Narrower))
	p.names("wider", shorts(s.Wider))

	if len(s.Risks) > 0 {
		p.heading("Whoever gets hold of a token with it could")
		for _, r := range s.Risks {
			p.wrap("  - ", "    ", Clean(r.Text))
		}
	}
	if len(s.Info.Caveats) > 0 {
		p.heading("Take care")
		for _, c := range s.Info.Caveats {
			p.wrap("  - ", "    ", Clean(c.Text))
			p.sources(c.Sources)
		}
	}
	if len(s.Conflicts) > 0 {
		p.heading("Do not hold together")
		p.conflicts(s.Conflicts)
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
func class(s scopes.Info) string {
	var meaning string
	switch s.Tier {
	case scopes.Restricted:
		meaning = "Google reviews a public app that asks for it, and may want a security assessment"
	case scopes.Sensitive:
		meaning = "Google reviews a public app that asks for it"
	case scopes.NonSensitive:
		meaning = "no review by Google"
	default:
		return "unknown: no list of Google's that we know of names it"
	}
	if s.Assumed {
		return string(s.Tier) + ", we assume, for no list of Google's that we know of names it: " + meaning
	}
	return string(s.Tier) + ": " + meaning
}

func shorts(list []scopes.Scope) []string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.Short()
	}
	return names
}

// names is a field that lists names, and counts those beyond the bound.
func (p *page) names(label string, list []string) {
	if len(list) == 0 {
		return
	}
	var shown []string
	for _, s := range list[:min(len(list), maxNamesShown)] {
		shown = append(shown, name(s))
	}
	text := strings.Join(shown, ", ")
	if more := len(list) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	p.field(label, text)
}

// conflicts lists the pairs, those with one reason together.
func (p *page) conflicts(list []scopes.Conflict) {
	for len(list) > 0 {
		first := list[0]
		n := 1
		for n < len(list) && list[n].Scope == first.Scope && list[n].Why == first.Why {
			n++
		}
		var with []string
		for _, c := range list[:n] {
			with = append(with, name(c.With.Short()))
		}
		p.wrap("  - ", "    ", name(first.Scope.Short())+" beside "+strings.Join(with, " or ")+": "+Clean(first.Why))
		p.sources(first.Sources)
		list = list[n:]
	}
}

func (p *page) sources(list []string) {
	for _, s := range list {
		p.wrap("    ", "    ", p.paint(dim, Clean(s)))
	}
}

// methods tells what a token with just one scope may call, by API.
func (p *page) methods(all []scopes.Method) {
	if len(all) == 0 {
		return
	}
	sorted := slices.SortedFunc(slices.Values(all), func(a, b scopes.Method) int {
		return cmp.Or(cmp.Compare(a.API, b.API), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
	})
	p.heading("With it alone a token may call " + plural(len(sorted), "method"))
	if len(sorted) > maxMethodsShown {
		p.methodCounts(sorted)
		return
	}
	verb := 0
	for _, m := range sorted {
		verb = max(verb, columns(Clean(m.Verb)))
	}
	api := ""
	for i, m := range sorted {
		if i == 0 || m.API != api {
			api = m.API
			p.wrap("  ", "  ", p.paint(bold, Clean(api)))
		}
		v := Clean(m.Verb)
		p.line("    " + p.paint(dim, v) + strings.Repeat(" ", verb-columns(v)+2) + Clean(m.ID))
	}
}

// methodCounts says how many methods of each API there are, most first.
func (p *page) methodCounts(all []scopes.Method) {
	count := map[string]int{}
	for _, m := range all {
		count[m.API]++
	}
	apis := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	var most []string
	for _, api := range apis[:min(len(apis), maxNamesShown)] {
		most = append(most, fmt.Sprintf("%s"+tie+"%d", Clean(api), count[api]))
	}
	text := strings.Join(most, ", ")
	if more := len(apis) - len(most); more > 0 {
		text += fmt.Sprintf(" and the rest in %d more APIs", more)
	}
	p.wrap("  ", "  ", text)
}
