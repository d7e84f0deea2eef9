package needs

import (
	"slices"
	"strings"
)

// wrapperOf finds the wrapper that a module belongs to.
func wrapperOf(name string) *wrapper {
	first, _, _ := strings.Cut(name, ".")
	for i := range wrappers {
		if slices.Contains(wrappers[i].modules, first) {
			return &wrappers[i]
		}
	}
	return nil
}

// textMethods are methods of texts in Python, which attributes of what a wrapper
// gives have too.
var textMethods = [...]string{"strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "split", "rsplit", "splitlines", "replace", "startswith", "endswith", "encode", "isdigit", "zfill"}

// reads reports whether what a function of a wrapper gives is data, and calls
// nothing more.
func (w *wrapper) reads(name string) bool {
	return w != nil && len(w.lends) > 0 && len(w.calls[name]) > 0 && !slices.Contains(w.lends, name)
}

// wrapped records what a call of a wrapper comes down to.
func (r *recorder) wrapped(m *module, n *node) {
	name := lastName(n.kids[0])
	for _, c := range r.eval(n.kids[0]) {
		var w *wrapper
		switch c.kind {
		case vWrapper:
			w = wrapperOf(c.text) // none for what Apps Script has built in
		case vExternal:
			if w = wrapperOf(c.text); w == nil {
				continue
			}
			name = c.text[strings.LastIndexByte(c.text, '.')+1:]
		}
		if w == nil {
			continue
		}
		if arg := w.given[name]; arg != "" && c.kind == vExternal && named(n, arg, -1) == nil {
			return // it does without Google's tokens
		}
		methods, known := w.calls[name]
		if !known && (w.whole || slices.Contains(textMethods[:], name)) {
			return
		}
		if !known {
			r.fail(m, n, "what "+w.modules[0]+" does here is not known", w.apis...)
			return
		}
		if c.kind == vExternal || w.whole {
			if given, _ := scopeArgument(n); given == nil {
				r.wrapperAsks(m, n, w, name)
			}
		}
		for _, id := range methods {
			api, _, found := strings.Cut(id, ".")
			if !found { // a sign-in to mail
				r.mailCall(m, n, id)
				continue
			}
			r.call(m, n, id, api)
		}
		return
	}
}

// wrappedLoop records what going over the client of a wrapper comes down to, or over
// a span of it.
func (r *recorder) wrappedLoop(m *module, n *node) {
	client := n
	if n.block == nil { // too deep to be bound
		return
	}
	if client.kind == kIndex {
		client = client.kids[0]
	}
	for _, c := range r.eval(client) {
		w := wrapperOf(c.text)
		if c.kind != vWrapper || c.path != "" || w == nil {
			continue
		}
		for _, id := range w.over {
			api, _, _ := strings.Cut(id, ".")
			r.call(m, n, id, api)
		}
	}
}

// wrapperAsks records what a library asks for where it is given no scopes: what
// its settings say, where it is given any, or what it does by default.
func (r *recorder) wrapperAsks(m *module, n *node, w *wrapper, name string) {
	short := w.asks[name]
	for arg, narrow := range w.narrower {
		if given := named(n, arg, -1); given != nil && len(short) > 0 {
			if given.kind != kConst {
				r.lost = true
				r.program.Why = addOnce(r.program.Why, "what "+w.modules[0]+" asks for hangs on "+m.quote(given.pos, given.end)+" at "+m.location(int(given.pos), int(given.end)).String())
				return
			}
			if given.text == "True" {
				short = narrow
			}
		}
	}
	if name == "GoogleAuth" {
		if settings := named(n, "settings", -1); settings != nil {
			for _, v := range r.eval(settings) {
				for _, it := range v.items {
					if sets, ok := r.expand(it.values); it.key == "oauth_scope" && ok {
						r.asked = append(r.asked, asking{module: m, node: n, by: w.modules[0], known: true, sets: sets})
						return
					}
				}
			}
		}
		if len(n.kids) > 1 {
			r.lost = true
			r.program.Why = addOnce(r.program.Why, w.modules[0]+" reads the scopes from its settings at "+m.location(int(n.pos), int(n.end)).String())
			return
		}
	}
	r.byDefault(m, n, short, w.modules[0])
}

// wrapperScopes are the scopes that a constant of a library names.
func (e *engine) wrapperScopes(name string, n *node) []value {
	w := wrapperOf(name)
	if w == nil {
		return nil
	}
	short := w.constants[name[strings.LastIndexByte(name, '.')+1:]]
	if short == nil {
		return nil
	}
	list := value{kind: vList, origin: n}
	for _, s := range short {
		scope, _ := e.index.cat.Normalise(s)
		list.items = append(list.items, item{values: []value{{kind: vString, text: string(scope), origin: n}}})
	}
	return []value{list}
}

// byDefault records the scopes that a library asks for by itself.
func (r *recorder) byDefault(m *module, n *node, short []string, by string) {
	if len(short) == 0 {
		return
	}
	s := scopeSet{}
	for _, name := range short {
		scope, _ := r.index.cat.Normalise(name)
		s.scopes = append(s.scopes, asked{string(scope), n})
	}
	r.asked = append(r.asked, asking{module: m, node: n, by: by + ", by default", known: true, sets: []scopeSet{s}})
}
