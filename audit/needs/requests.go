package needs

import (
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// sinks records what a call asks for, if it takes scopes.
func (r *recorder) sinks(m *module, n *node) {
	if n.block.dead {
		return
	}
	arg, known := scopeArgument(n)
	by := m.quote(n.kids[0].pos, n.kids[0].end)
	if arg != nil {
		if !known && r.ours(n) {
			return // what it does with them is looked at where it does it
		}
		r.ask(m, n, arg, by, known)
		return
	}
	if known || r.ours(n) || isHarmless(lastName(n.kids[0])) {
		return
	}
	for _, a := range n.kids[1:] { // an unseen function that is given scopes
		if a.kind == kKeyword || a.kind == kString && strings.Contains(a.text, "?") {
			continue
		}
		if a.kind == kList || a.kind == kName || a.kind == kAttr || a.kind == kString || a.kind == kBinary {
			if holdsScopes(r.index.cat, r.eval(a)) {
				r.ask(m, n, a, by, false)
			}
		}
	}
}

// ours reports whether a call is of a function or class of this program.
func (r *recorder) ours(n *node) bool {
	for _, v := range r.eval(n.kids[0]) {
		switch v.kind {
		case vFunc, vMethodOf, vClass:
			return true
		}
	}
	return false
}

// holdsScopes reports whether one of values is a list of scopes, or a text of
// nothing else.
func holdsScopes(cat *scopes.Catalogue, values []value) bool {
	var holds func(v value, depth int) bool
	holds = func(v value, depth int) bool {
		switch v.kind {
		case vString:
			parts := scopes.Split(v.text)
			for _, p := range parts {
				if !isScopeURL(cat, p) {
					return false
				}
			}
			return len(parts) > 0
		case vList:
			if depth > 0 {
				return false
			}
			for _, it := range v.items {
				for _, w := range it.values {
					if holds(w, depth+1) {
						return true
					}
				}
			}
		}
		return false
	}
	for _, v := range values {
		if holds(v, 0) {
			return true
		}
	}
	return false
}

// scopePrefix begins most of Google's scopes.
const scopePrefix = "https://www.googleapis.com/auth/"

// isScopeURL reports whether a text is a scope written in full, known or not.
func isScopeURL(cat *scopes.Catalogue, text string) bool {
	if strings.HasPrefix(text, scopePrefix) {
		return len(text) > len(scopePrefix) && !strings.Contains(text, unknownPart)
	}
	if !strings.Contains(text, "/") {
		return false
	}
	_, known := cat.Normalise(text)
	return known
}

// ask records one place where scopes are asked for.
func (r *recorder) ask(m *module, n, arg *node, by string, known bool) {
	sets, complete := r.expand(r.eval(arg))
	if !known {
		any := false
		for _, s := range sets {
			for _, a := range s.scopes {
				any = any || isScopeURL(r.index.cat, a.text)
			}
		}
		if !any {
			return
		}
	}
	if !complete {
		r.lost = true
		r.program.Why = addOnce(r.program.Why, "not all scopes that are asked for are written in the source: "+m.quote(arg.pos, arg.end)+" at "+m.location(int(arg.pos), int(arg.end)).String())
	}
	if _, client := r.namedAPI(n); !known && m.language == python && !client {
		for _, v := range r.eval(n.kids[0]) {
			first, _, _ := strings.Cut(v.text, ".")
			if v.kind == vExternal && !slices.Contains(followed, first) && !slices.Contains(signIns, first) && wrapperOf(v.text) == nil {
				r.fail(m, n, "what "+first+" does with the scopes is not looked into")
			}
		}
	}
	if len(sets) > 0 {
		r.asked = append(r.asked, asking{module: m, node: n, by: by, known: known, sets: sets})
	}
}

func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// maxSets bounds the sets that one place may ask for.
const maxSets = 32

// expand turns what an argument may be into the sets of scopes that it may hold.
// The second result says that nothing in it is computed.
func (r *recorder) expand(values []value) ([]scopeSet, bool) {
	var sets []scopeSet
	complete := true
	for _, v := range values {
		switch v.kind {
		case vList:
			made := []scopeSet{{when: v.when}}
			for _, it := range v.items {
				var next []scopeSet
				for _, s := range made {
					for _, w := range it.values {
						if w.kind == vList { // a list in a list: all of it
							inner, ok := r.expand([]value{w})
							complete = complete && ok
							for _, in := range inner {
								next = append(next, scopeSet{both(s.when, in.when), append(slices.Clone(s.scopes), in.scopes...)})
							}
							continue
						}
						if w.kind != vString || strings.Contains(w.text, unknownPart) {
							complete = complete && w.kind == vConst
							next = append(next, s)
							continue
						}
						t := scopeSet{both(s.when, w.when), slices.Clone(s.scopes)}
						for _, part := range scopes.Split(w.text) {
							t.scopes = append(t.scopes, asked{part, w.origin})
						}
						next = append(next, t)
					}
				}
				made = next[:min(len(next), maxSets)]
			}
			sets = append(sets, made...)
			complete = complete && !v.open
		case vString:
			if strings.Contains(v.text, unknownPart) {
				complete = false
				continue
			}
			s := scopeSet{when: v.when}
			for _, part := range scopes.Split(v.text) {
				s.scopes = append(s.scopes, asked{part, v.origin})
			}
			sets = append(sets, s)
		case vDict:
			list := value{kind: vList, items: v.items, when: v.when, open: v.open}
			if !holdsScopes(r.index.cat, []value{list}) {
				list.items = keyItems(v)
			}
			more, ok := r.expand([]value{list})
			sets, complete = append(sets, more...), complete && ok
		case vConst:
		default:
			complete = false
		}
	}
	return sets[:min(len(sets), maxSets)], complete && len(values) > 0
}

// dictSinks records scopes that stand under the key of a request's parameters.
func (r *recorder) dictSinks(m *module) {
	for _, n := range m.strings {
		if n.block == nil || n.block.dead {
			continue
		}
		i := strings.Index(n.text, "scope=")
		if i < 0 || !strings.Contains(n.text, "accounts.google.com") && !strings.Contains(n.text, "oauth2") {
			continue
		}
		text, _, _ := strings.Cut(n.text[i+len("scope="):], "&")
		text = strings.NewReplacer("+", " ", "%20", " ", "%3A", ":", "%3a", ":", "%2F", "/", "%2f", "/").Replace(text)
		s := scopeSet{}
		for _, part := range scopes.Split(text) {
			if isScopeURL(r.index.cat, part) {
				s.scopes = append(s.scopes, asked{part, n})
			}
		}
		if len(s.scopes) > 0 {
			r.asked = append(r.asked, asking{module: m, node: n, by: "the address of the consent page", known: true, sets: []scopeSet{s}})
		}
	}
}

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
	for i, m := range r.modules {
		owners[i] = r.scopeNames(m)
		for _, o := range owners[i] {
			r.words[o.name] = 0
		}
	}
	for _, m := range r.modules {
		countWords(m.text, r.words)
	}
	for i, m := range r.modules {
		r.declaredIn(m, owners[i], some)
	}
}

// declaredIn records what one module declares, in order. An alias such as email
// counts beside a scope that is written in full.
func (r *recorder) declaredIn(m *module, named map[*node]ownedName, some bool) {
	full := map[ownedName]bool{}
	var literals []*node
	for n, owner := range named {
		if r.literals[n] || n.block == nil || n.block.dead {
			continue
		}
		literals = append(literals, n)
		for _, part := range scopes.Split(n.text) {
			full[owner] = full[owner] || isScopeURL(r.index.cat, part)
		}
	}
	slices.SortFunc(literals, func(a, b *node) int { return int(a.pos - b.pos) })
	for _, n := range literals {
		owner := named[n]
		if !full[owner] || some && (owner.name == "" || owner.name != handedOver && r.words[owner.name] < 2) {
			continue // a constant that nothing uses, beside those that are
		}
		s := scopeSet{}
		for _, part := range scopes.Split(n.text) {
			if _, known := r.index.cat.Normalise(part); known || isScopeURL(r.index.cat, part) {
				s.scopes = append(s.scopes, asked{part, n})
			}
		}
		if len(s.scopes) > 0 {
			r.asked = append(r.asked, asking{module: m, node: n, sets: []scopeSet{s}})
		}
	}
}

// handedOver stands for the name of what is an entry of parameters or settings:
// it needs no other mention.
const handedOver = "\x00"

// ownedName is the name that a literal is kept under.
type ownedName struct{ name string }

// scopeNames finds the literals that stand in something called scope.
func (r *recorder) scopeNames(m *module) map[*node]ownedName {
	out := map[*node]ownedName{}
	var inside func(n *node, name string, depth int)
	inside = func(n *node, name string, depth int) {
		if n == nil || depth > 8 {
			return
		}
		switch n.kind {
		case kString:
			if _, known := out[n]; !known {
				out[n] = ownedName{name}
			}
		case kList, kDict, kPair, kBinary, kCond, kSpread, kTemplate, kKeyword, kAssign:
			for i, kid := range n.kids {
				if n.kind == kPair && i == 0 && len(n.kids) == 2 && n.kids[1].kind != kString {
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
			inside(b.value, name, 0)
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
		for name, bs := range f.names {
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

// requests turns what was recorded into requests, and into the sets that are
// asked for at once.
func (r *recorder) requests() {
	type key struct {
		scope scopes.Scope
		node  *node
		when  string
	}
	seen := map[key]bool{}
	var always []scopes.Scope
	var chosen []Asked
	r.exclude()
	for _, a := range r.asked {
		whens := map[string]bool{}
		for _, s := range a.sets {
			whens[s.when] = true
		}
		for _, s := range a.sets {
			var set []scopes.Scope
			when := s.when
			if len(whens) == 1 {
				when = a.when // of its own it is the same whatever happens
			}
			for _, x := range s.scopes {
				scope, known := r.index.cat.Normalise(x.text)
				set = addScope(set, scope)
				k := key{scope, x.origin, when}
				if seen[k] {
					continue
				}
				seen[k] = true
				q := Request{Scope: scope, Known: known, By: a.by, When: when, Use: a.module.location(int(a.node.pos), int(a.node.end))}
				q.At = q.Use
				if x.origin != nil && x.origin.block != nil {
					o := x.origin.block.fn.module
					q.At = o.location(int(x.origin.pos), int(x.origin.end))
				}
				r.program.Requests = append(r.program.Requests, q)
			}
			if len(set) == 0 {
				continue
			}
			if when == "" {
				for _, s := range set {
					always = addScope(always, s)
				}
				continue
			}
			i := slices.IndexFunc(chosen, func(c Asked) bool { return c.When == when })
			if i < 0 {
				chosen = append(chosen, Asked{When: when})
				i = len(chosen) - 1
			}
			for _, s := range set {
				chosen[i].Scopes = addScope(chosen[i].Scopes, s)
			}
		}
	}
	if len(chosen) == 0 && len(always) > 0 {
		chosen = []Asked{{}}
	}
	for i := range chosen {
		for _, s := range always {
			chosen[i].Scopes = addScope(chosen[i].Scopes, s)
		}
		slices.Sort(chosen[i].Scopes)
	}
	slices.SortFunc(chosen, func(a, b Asked) int { return strings.Compare(a.When, b.When) })
	r.program.Asked = chosen
}

// exclude gives conditions to what is asked for in branches of which only one is
// taken, if it is not the same in both.
func (r *recorder) exclude() {
	when := func(a asking) string {
		if a.by == "" || a.node.block == nil {
			return ""
		}
		return condition(a.node.block, nil)
	}
	for i := range r.asked {
		a := &r.asked[i]
		mine := when(*a)
		if mine == "" || len(r.asked) > maxAlternatives {
			continue
		}
		for j := range r.asked {
			b := &r.asked[j]
			if theirs := when(*b); theirs != "" && exclusive(mine, theirs) && !sameScopes(a.sets, b.sets) {
				a.when = mine
			}
		}
	}
}

// maxAlternatives is among how many places branches are looked for.
const maxAlternatives = 256

// exclusive reports whether two conditions cannot both hold: one is the other's
// denial, or they give two values to one thing.
func exclusive(a, b string) bool {
	if not(a) == b || not(b) == a {
		return true
	}
	x, y, found := strings.Cut(a, " is ")
	z, w, also := strings.Cut(b, " is ")
	return found && also && x == z && y != w
}

// sameScopes reports whether the same is asked for at two places.
func sameScopes(a, b []scopeSet) bool {
	flat := func(sets []scopeSet) []string {
		var out []string
		for _, s := range sets {
			for _, x := range s.scopes {
				out = append(out, x.text)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(flat(a), flat(b))
}

func addScope(set []scopes.Scope, s scopes.Scope) []scopes.Scope {
	if slices.Contains(set, s) {
		return set
	}
	return append(set, s)
}
