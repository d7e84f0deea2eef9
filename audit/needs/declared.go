package needs

import (
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// declared records scopes that are written where only a request can be meant,
// though nothing was seen that is given them.
func (r *recorder) declared() {
	for _, a := range r.asked {
		for _, s := range a.sets {
			for _, x := range s.scopes {
				r.literals[x.origin] = true
			}
		}
	}
	some := false
	for _, a := range r.asked {
		some = some || len(a.sets) > 0 && a.known
	}
	owners := make([]map[*node]ownedName, len(r.modules))
	r.words = map[string]int{}
	r.chosen = map[string]bool{}
	for i, m := range r.modules {
		owners[i] = r.scopeNames(m)
		for n, o := range owners[i] {
			r.words[o.name] = 0
			if o.key != "" && r.literals[n] {
				r.chosen[o.name] = true
			}
		}
	}
	if len(r.words) > 0 {
		for _, m := range r.modules {
			countWords(m.text, r.words)
		}
	}
	for i, m := range r.modules {
		r.declaredIn(m, owners[i], some)
	}
}

// declaredIn records what one module declares, in order. An alias such as email
// counts beside a scope that is written in full.
func (r *recorder) declaredIn(m *module, named map[*node]ownedName, some bool) {
	full := map[string]bool{}
	var literals []*node
	for n, owner := range named {
		if r.literals[n] || n.block == nil || n.block.dead {
			continue
		}
		literals = append(literals, n)
		for _, part := range r.parts(n) {
			full[owner.name] = full[owner.name] || isScopeURL(r.index.cat, part)
		}
	}
	slices.SortFunc(literals, func(a, b *node) int { return int(a.pos - b.pos) })
	for _, n := range literals {
		owner := named[n]
		if some && n.kind != kString {
			continue // what takes it is seen, if anything does
		}
		if !r.taken(owner) || !full[owner.name] || some && (owner.name == "" || owner.name != handedOver && r.words[owner.name] < 2) {
			continue // a constant that nothing uses, beside those that are
		}
		s := scopeSet{}
		for _, part := range r.parts(n) {
			if _, known := r.index.cat.Normalise(part); known || isScopeURL(r.index.cat, part) {
				s.scopes = append(s.scopes, asked{part, n})
			}
		}
		if len(s.scopes) > 0 {
			r.asked = append(r.asked, asking{module: m, node: n, sets: []scopeSet{s}})
		}
	}
}

// parts are the scopes that a literal holds, or in Java and Kotlin a constant of
// a client.
func (r *recorder) parts(n *node) []string {
	if n.kind == kString {
		return scopes.Split(n.text)
	}
	var out []string
	for _, v := range r.eval(n) {
		if v.kind == vString && (v.origin == n || v.origin == nil) { // written here, not where its name leads
			out = append(out, scopes.Split(v.text)...)
		}
	}
	return out
}

// handedOver stands for the name of what is an entry of parameters or settings:
// it needs no other mention.
const handedOver = "\x00"

// ownedName is the name that a literal is kept under, and the key if that is of a
// dictionary.
type ownedName struct{ name, key string }

// taken reports whether anything names the entry of a dictionary of which others
// are known to be asked for: one that nothing names is for another day.
func (r *recorder) taken(o ownedName) bool {
	if o.key == "" || !r.chosen[o.name] {
		return true
	}
	forms := []string{o.name + "." + o.key, o.name + "['" + o.key + "']", o.name + "[\"" + o.key + "\"]"}
	return slices.ContainsFunc(r.modules, func(m *module) bool { return contains(m.text, forms) })
}

// scopeNames finds the literals that stand in something called scope.
func (r *recorder) scopeNames(m *module) map[*node]ownedName {
	out := map[*node]ownedName{}
	key := ""
	var inside func(n *node, name string, depth int)
	inside = func(n *node, name string, depth int) {
		if n == nil || depth > 8 {
			return
		}
		switch n.kind {
		case kName, kAttr:
			if !m.language.jvm() || len(r.parts(n)) == 0 {
				return
			}
			fallthrough
		case kString:
			if have, known := out[n]; !known || name != "" && name < have.name { // whichever comes first, the same each time
				out[n] = ownedName{name, key}
			}
		case kList, kDict, kPair, kBinary, kCond, kSpread, kTemplate, kKeyword, kAssign:
			for i, kid := range n.kids {
				if n.kind == kPair && i == 0 && len(n.kids) == 2 && (n.kids[1].kind != kString || !strings.Contains(kid.text, "/")) {
					continue
				}
				inside(kid, name, depth+1)
			}
		case kCall:
			for _, kid := range n.kids[1:] {
				inside(kid, name, depth+1)
			}
		}
	}
	visitBindings(m, func(name string, b binding) {
		if strings.Contains(strings.ToLower(name), "scope") && (b.how == byAssign || b.adds()) {
			if b.value == nil || b.value.kind != kDict {
				inside(b.value, name, 0)
				return
			}
			for _, entry := range b.value.kids {
				if key = ""; entry.kind == kPair && len(entry.kids) == 2 {
					key = entry.kids[0].text
				}
				inside(entry, name, 1)
			}
			key = ""
		}
	})
	for _, pair := range m.pairs {
		inside(pair.kids[1], handedOver, 0)
	}
	for _, call := range m.calls {
		for _, arg := range call.kids[1:] {
			if arg.kind == kKeyword && strings.Contains(strings.ToLower(arg.text), "scope") {
				inside(arg.kids[0], "", 0)
			}
		}
	}
	return out
}

// visitBindings shows every binding of a module, by function.
func visitBindings(m *module, fn func(name string, b binding)) {
	seen := map[*function]bool{}
	var visit func(f *function)
	visit = func(f *function) {
		if f == nil || seen[f] {
			return
		}
		seen[f] = true
		for name, bs := range f.names.all {
			for _, b := range bs {
				fn(name, b)
				switch b.how {
				case byFunc:
					visit(b.value.fn)
				case byClass:
					if c := m.classes[name]; c != nil {
						visit(c.scope)
						for attr, as := range c.attrs {
							for _, a := range as {
								fn(attr, a)
							}
						}
					}
				}
			}
		}
	}
	visit(m.top)
}

// countWords counts those words of a text that are asked for.
func countWords(text []byte, words map[string]int) {
	for i := 0; i < len(text); {
		if !identByte(text[i]) {
			i++
			continue
		}
		end := identEnd(text, i)
		if n, asked := words[string(text[i:end])]; asked {
			words[string(text[i:end])] = n + 1
		}
		i = end
	}
}
