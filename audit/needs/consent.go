package needs

import (
	"bytes"
	"cmp"
	"slices"
)

// pageParameters records what is put under the key scope of a dictionary that goes
// into the address of the consent page, where it is not written there itself.
func (r *recorder) pageParameters(m *module) {
	if m.language != python || !r.scoped || !bytes.Contains(m.text, []byte("accounts.google.com")) {
		return
	}
	var put []*node
	visitBindings(m, func(_ string, b binding) {
		if b.how == bySetKey && b.name == "scope" && !b.block.dead {
			put = append(put, b.value)
		}
	})
	for _, pair := range m.pairs {
		if pair.kids[0].text == "scope" && pair.block != nil && !pair.block.dead {
			put = append(put, pair.kids[1])
		}
	}
	slices.SortFunc(put, func(a, b *node) int { return cmp.Compare(a.pos, b.pos) })
	for _, n := range put {
		r.pageScope(m, n)
	}
}

func (r *recorder) pageScope(m *module, n *node) {
	values := r.eval(n)
	if !holdsScopes(r.index.cat, values) {
		return
	}
	sets, complete := r.expand(values)
	if !complete {
		r.incomplete(m, n)
	}
	r.asked = append(r.asked, asking{module: m, node: n, by: "the address of the consent page", known: true, sets: sets})
}

// incomplete notes that scopes may be asked for which are not written in the source.
func (r *recorder) incomplete(m *module, n *node) {
	r.lost = true
	r.program.Why = addOnce(r.program.Why, "not all scopes that are asked for are written in the source: "+m.quote(n.pos, n.end)+" at "+m.location(int(n.pos), int(n.end)).String())
}
