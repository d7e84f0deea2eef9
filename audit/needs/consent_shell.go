package needs

import (
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// grants records the scopes among the parameters of a request for a token.
func (r *recorder) grants(m *module, n *node, data []*node) {
	for _, d := range data {
		for _, v := range r.eval(d) {
			if v.kind == vString && !n.block.dead {
				r.queried(m, n, d, v)
			}
		}
	}
}

// consent records the scopes in the address of the consent page, wherever a
// command hands it to.
func (r *recorder) consent(m *module, n *node) {
	for _, a := range n.kids[1:] {
		if a.kind == kKeyword {
			a = a.kids[0]
		}
		if a.kind == kCall || a.kind == kOther {
			continue
		}
		for _, v := range r.eval(a) {
			if v.kind == vString && strings.Contains(v.text, "scope=") && strings.Contains(v.text, "accounts.google.com") {
				r.queried(m, n, a, v)
			}
		}
	}
}

// queried records the scopes that stand behind scope= in what a word may be.
func (r *recorder) queried(m *module, n, word *node, v value) {
	s := scopeSet{when: v.when}
	list, found := scopesOfQuery(v.text)
	for _, part := range list {
		if strings.Contains(part, unknownPart) {
			r.incomplete(m, n)
			continue
		}
		for _, origin := range r.filled(word, part, v.origin) {
			s.scopes = append(s.scopes, asked{part, origin})
		}
	}
	if found && len(s.scopes) > 0 {
		r.asked = append(r.asked, asking{module: m, node: n, by: n.kids[0].text, known: true, sets: []scopeSet{s}})
	}
}

// filled tells where a scope is written that is filled in behind scope= in a word;
// else it is where the word begins.
func (r *recorder) filled(word *node, scope string, begin *node) []*node {
	texts := []*node{word}
	if word.kind == kName && word.block != nil {
		for _, b := range slices.Concat(word.block.fn.names.of(word.text), r.shared[word.text]) {
			texts = append(texts, b.value)
		}
	}
	var out []*node
	for _, text := range texts {
		for i := 1; text.kind == kTemplate && i < len(text.kids); i++ {
			if before := text.kids[i-1]; before.kind != kString || !strings.HasSuffix(before.text, "scope=") {
				continue
			}
			for _, v := range r.eval(text.kids[i]) {
				if v.kind == vString && v.origin != nil && !slices.Contains(out, v.origin) && slices.Contains(scopes.Split(v.text), scope) {
					out = append(out, v.origin)
				}
			}
		}
	}
	if len(out) == 0 {
		out = append(out, begin)
	}
	return out
}

// scopesOfQuery are the scopes in the parameters of an address.
func scopesOfQuery(text string) ([]string, bool) {
	i := strings.Index(text, "scope=")
	if i < 0 {
		return nil, false
	}
	text, _, _ = strings.Cut(text[i+len("scope="):], "&")
	text = strings.NewReplacer("+", " ", "%20", " ", "%3A", ":", "%3a", ":", "%2F", "/", "%2f", "/").Replace(text)
	return scopes.Split(text), true
}
