package needs

import (
	"bytes"
	"strings"
)

// line is one of a module.
type line struct {
	module *module
	number int
}

// fail lists a call that could not be followed, one a line.
func (r *recorder) fail(m *module, n *node, why string, apis ...string) {
	if n.block != nil && n.block.dead {
		return
	}
	at := m.location(int(n.pos), int(n.end))
	line := line{m, at.Line}
	if r.failed[line] {
		return
	}
	r.failed[line] = true
	if len(apis) == 1 && apis[0] == "" {
		apis = nil
	}
	r.program.Unresolved = append(r.program.Unresolved, Unresolved{At: at, Text: m.quote(n.pos, n.end), Why: why, APIs: apis})
}

// unresolved looks for what is called on a client and is no method, and for
// what is executed and is not known.
func (r *recorder) unresolved(m *module, n *node) {
	callee := n.kids[0]
	if r.settled[n] {
		return
	}
	if m.language == kotlin && scopeFunction(callee.text) && n.kids[len(n.kids)-1].kind == kLambda {
		return // of the language, not of the client
	}
	values := r.eval(callee)
	if api := r.likeRPC(n, values); api != "" {
		r.fail(m, n, "it has the name of a method of "+api+", and nothing shows whose client it is", api)
		return
	}
	for _, v := range values {
		if v.kind != vUnknown || v.api == "" {
			continue
		}
		switch _, known := r.index.cat.API(v.api); {
		case !known:
			r.fail(m, n, "the catalogue has no API "+v.api, v.api)
		case v.path == noMethod:
			r.fail(m, n, "the catalogue has no method for "+v.text, v.api)
		case v.text == "":
			r.fail(m, n, "the name of the method is computed", v.api)
		case m.language == apps && strings.HasPrefix(v.text, "new"): // a resource to be filled in: BigQuery.newJob
		default:
			r.fail(m, n, v.api+" has nothing called "+v.text+" there", v.api)
		}
		return
	}
	if callee.kind != kAttr || callee.text != "execute" || !r.google || m.language.scripted() && !bytes.Contains(m.text, []byte("gapi")) {
		return
	}
	if sent := callee.kids[0]; m.language.jvm() && sent.kind == kCall && lastName(sent.kids[0]) == "newCall" {
		return // of OkHttp, whose request says by its address what it is
	}
	for _, arg := range n.kids[1:] {
		if arg.kind != kKeyword || arg.text != "http" && arg.text != "num_retries" {
			return
		}
	}
	foreign := true
	for _, v := range r.eval(callee.kids[0]) {
		if v.kind != vUnknown && v.kind != vChain && v.kind != vConst {
			return
		}
		foreign = foreign && v.from != anyMaker
	}
	if !foreign && !querying(m, callee.kids[0]) {
		r.fail(m, n, "what is executed here is not known")
	}
}

// querying reports whether calls upon calls are given arguments by their place,
// which builders of queries take, and methods of Google's client for Python refuse.
func querying(m *module, n *node) bool {
	placed := 0
	for ; m.language == python && n.kind == kCall && n.kids[0].kind == kAttr; n = n.kids[0].kids[0] {
		if len(positional(n)) > 0 {
			placed++
		}
	}
	return placed > 1
}
