package needs

import (
	"bytes"
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
		if r.ours(n) {
			return // what it does with them is looked at where it does it
		}
		r.ask(m, n, arg, by, known)
		return
	}
	if known || !r.scoped || isHarmless(lastName(n.kids[0])) || r.ours(n) {
		return
	}
	for _, a := range n.kids[1:] { // an unseen function that is given scopes
		if a.kind == kKeyword || a.kind == kString && strings.Contains(a.text, "?") {
			continue
		}
		if a.kind == kList || a.kind == kName || a.kind == kAttr || a.kind == kString || a.kind == kBinary || collects(m, a) {
			if holdsScopes(r.index.cat, r.eval(a)) {
				r.ask(m, n, a, by, false)
			}
		}
	}
}

// collects reports whether an argument is a list or a set that is made as Java
// and Kotlin do it.
func collects(m *module, arg *node) bool {
	if !m.language.jvm() || arg.kind != kCall {
		return false
	}
	owner := ""
	if callee := arg.kids[0]; callee.kind == kAttr {
		owner = lastName(callee.kids[0])
	}
	return isCollection(owner, lastName(arg.kids[0]))
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
		return len(text) > len(scopePrefix) && !strings.ContainsAny(text, unknownPart+"()<>[]{}'\"`,;")
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
		// What else it is given now and then, an address to come back to, is none.
		sets = slices.DeleteFunc(sets, func(s scopeSet) bool {
			return !slices.ContainsFunc(s.scopes, func(a asked) bool { return isScopeURL(r.index.cat, a.text) })
		})
		if len(sets) == 0 {
			return
		}
	}
	if !complete {
		r.incomplete(m, arg)
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
						t.scopes = append(t.scopes, r.scopesIn(w.text, w.origin)...)
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
			text := strings.TrimPrefix(v.text, "oauth2:") // as Android's sign-in takes them
			if s.scopes = r.scopesIn(text, v.origin); len(s.scopes) == 0 {
				complete = complete && text == ""
				continue
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

// scopesIn are the scopes in a text. A plain word that the catalogue does not know
// stands for some, as the name of a mode does, and is none.
func (r *recorder) scopesIn(text string, origin *node) []asked {
	var out []asked
	for _, part := range scopes.Split(text) {
		if _, known := r.index.cat.Normalise(part); known || strings.ContainsAny(part, "/:.") {
			out = append(out, asked{part, origin})
		}
	}
	return out
}

// dictSinks records scopes that stand under the key of a request's parameters.
func (r *recorder) dictSinks(m *module) {
	page := bytes.Contains(m.text, []byte("accounts.google.com")) // maybe in another part of the address
	for _, n := range m.strings {
		if n.block == nil || n.block.dead {
			continue
		}
		list, found := scopesOfQuery(n.text)
		if !found || !page && !strings.Contains(n.text, "oauth2") {
			continue
		}
		s := scopeSet{}
		full := slices.ContainsFunc(list, func(part string) bool { return isScopeURL(r.index.cat, part) })
		for _, part := range list {
			if _, known := r.index.cat.Normalise(part); full && known || isScopeURL(r.index.cat, part) {
				s.scopes = append(s.scopes, asked{part, n})
			}
		}
		if len(s.scopes) > 0 {
			r.asked = append(r.asked, asking{module: m, node: n, by: "the address of the consent page", known: true, sets: []scopeSet{s}})
		}
	}
}
