package needs

import "bytes"

// maxDeclared is how far behind an annotation the parameters are looked for.
const maxDeclared = 600

// retrofit records what a method of an interface for Retrofit sends: its annotation
// has the verb and a path, and what makes the client an address. Where a parameter is
// a key, and none a token, no scope is needed. Source:
// https://square.github.io/retrofit/declarations/
func (r *recorder) retrofit(m *module, n *node, verb string) {
	arg := named(n, "value", 0)
	declared := m.text[n.end:min(len(m.text), int(n.end)+maxDeclared)]
	if i := bytes.Index(declared, []byte("\n\n")); i > 0 {
		declared = declared[:i]
	}
	token := bytes.Contains(declared, []byte("Authorization"))
	if arg == nil || !token && (!r.bearer || bytes.Contains(declared, []byte(`"key"`))) {
		return
	}
	r.send(n, func() {
		for _, v := range r.eval(arg) {
			if v.kind != vString {
				continue
			}
			for _, call := range r.named["baseUrl"] {
				for _, base := range r.eval(call) {
					if base.kind == vSender {
						r.address(n, verb, resolved(base.text, v.text))
					}
				}
			}
		}
	})
}
