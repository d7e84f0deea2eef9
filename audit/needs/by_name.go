package needs

import "slices"

// byName records what a function of Python calls on what it is handed, by a name
// that it is handed too, where its callers do that: each means another method. It
// reports whether the call is one of these.
func (r *recorder) byName(n *node) bool {
	inner := n.kids[0]
	if inner.kind != kCall || inner.kids[0].kind != kName || inner.kids[0].text != "getattr" || len(inner.kids) < 3 || n.block == nil || n.block.fn.module.language != python {
		return false
	}
	name := inner.kids[2]
	if name.kind != kName || !slices.ContainsFunc(n.block.fn.params, func(p parameter) bool { return p.name == name.text }) {
		return false
	}
	r.send(n, func() {
		if allNone(r.eval(name)) {
			return // what is handed is called as it is, elsewhere
		}
		for _, v := range r.eval(n) {
			switch {
			case v.kind == vRequest && v.origin == n:
				r.trial = append(r.trial, sent{call: Call{Method: v.text, API: v.api, facts: r.facts(n, v.text)}})
			case v.kind == vUnknown && v.api != "":
				r.unsent("the name of the method is computed", v.api)
			default: // callers may tell
				r.trial = append(r.trial, sent{})
			}
		}
	})
	r.settled[n] = true
	return true
}
