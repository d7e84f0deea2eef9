package needs

import (
	"slices"
	"strings"
)

// httpVerbs are the methods of HTTP that a call may be named after.
var httpVerbs = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

// jvmRest records a call of a method by its address, in Java and Kotlin: an
// address is handed to something, and the verb stands in its name, in a later
// call on the same builder, or in what is set on the connection.
func (r *recorder) jvmRest(m *module, n *node) {
	args := positional(n)
	name := lastName(n.kids[0])
	if verb, found := strings.CutPrefix(name, "@"); found {
		r.retrofit(m, n, verb)
		return
	}
	if verb, found := strings.CutPrefix(name, "http"); found && n.kids[0].kind == kAttr && slices.Contains(httpVerbs, strings.ToUpper(verb)) {
		args = []*node{n.kids[0].kids[0]} // of Fuel: "https://…".httpGet()
	}
	if len(args) == 0 {
		return
	}
	place := 0
	switch name {
	case "url", "uri", "URL", "get", "post", "put", "patch", "delete", "request", "open", "buildGetRequest", "buildPostRequest", "buildPutRequest", "buildPatchRequest", "buildDeleteRequest",
		"HttpGet", "HttpPost", "HttpPut", "HttpPatch", "HttpDelete", "newBuilder", "getForObject", "getForEntity", "postForObject", "postForEntity", "postForLocation", "patchForObject", "exchange", "readText",
		"httpGet", "httpPost", "httpPut", "httpPatch", "httpDelete":
	case "buildRequest":
		place = 1
	default:
		return
	}
	if place >= len(args) {
		return
	}
	r.send(n, func() {
		bases := r.relativeTo(n)
		for _, v := range r.eval(pathIn(args[place])) {
			if v.kind == vString && len(bases) > 0 {
				for _, base := range bases {
					r.address(n, r.jvmVerb(m, n, name), onto(base, v.text))
				}
				continue
			}
			if v.kind != vString || !strings.HasPrefix(v.text, "https://") {
				if (v.kind == vString || v.kind == vUnknown || v.kind == vChain) && contains(m.text, hostWords[:]) { // callers may tell
					r.trial = append(r.trial, sent{})
				}
				continue
			}
			verb := r.jvmVerb(m, n, name)
			if name == "buildRequest" {
				verb = strings.ToUpper(args[0].text)
			}
			r.address(n, verb, v.text)
		}
	})
}

// springSender is what a call makes that sends requests to addresses which are
// relative to the one that it is given; nil for any other call. Source:
// https://docs.spring.io/spring-framework/reference/integration/rest-clients.html
func (e *engine) springSender(name, owner string, args []*node) []value {
	switch {
	case name == "baseUrl", name == "rootUri", name == "create" && (owner == "WebClient" || owner == "RestClient"):
	default:
		return nil
	}
	var out []value
	if len(args) == 1 {
		for _, v := range e.eval(args[0]) {
			if v.kind == vString && strings.HasPrefix(v.text, "https://") {
				out = join(out, value{kind: vSender, text: v.text, origin: v.origin})
			}
		}
	}
	return out
}

// pathIn is the argument that names a path, which Spring's builders are handed
// within a function: b -> b.path("/about").build().
func pathIn(arg *node) *node {
	if arg.kind != kLambda || len(arg.fn.gives) != 1 {
		return arg
	}
	for at := arg.fn.gives[0]; at.kind == kCall && at.kids[0].kind == kAttr; at = at.kids[0].kids[0] {
		if at.kids[0].text == "path" && len(at.kids) == 2 {
			return at.kids[1]
		}
	}
	return arg
}

// jvmVerb finds the verb of a request.
func (r *recorder) jvmVerb(m *module, n *node, name string) string {
	upper := strings.ToUpper(name)
	for _, verb := range httpVerbs {
		if upper == verb || upper == "HTTP"+verb || upper == "BUILD"+verb+"REQUEST" || strings.HasPrefix(upper, verb+"FOR") {
			return verb
		}
	}
	if args := positional(n); name == "exchange" && len(args) > 1 { // of Spring: HttpMethod.GET
		return r.constantVerb(args[1])
	}
	if verb := m.verbs()[n]; verb != "" {
		return verb
	}
	if verb := verbBefore(n); verb != "" {
		return verb
	}
	if fn := n.block.fn; slices.ContainsFunc(fn.gives, func(g *node) bool { return beginsAt(g, n) }) {
		if site := r.pinned[fn]; site != nil { // who calls it goes on with the request
			if verb := site.block.fn.module.verbs()[site]; verb != "" {
				return verb
			}
			return "GET"
		}
	}
	// HttpURLConnection is told apart from what made it: one verb for a function.
	var found []string
	for _, set := range r.named["setRequestMethod"] {
		if r.steps++; r.steps > r.limit {
			return "?"
		}
		if set.block != nil && set.block.fn == n.block.fn && len(set.kids) == 2 {
			found = append(found, r.oneText(set.kids[1]))
		}
	}
	for _, set := range m.sets {
		if r.steps++; r.steps > r.limit {
			return "?"
		}
		if set.kids[0].text == "requestMethod" && set.block != nil && set.block.fn == n.block.fn {
			found = append(found, r.oneText(set.kids[1]))
		}
	}
	slices.Sort(found)
	switch found = slices.Compact(found); len(found) {
	case 0:
		return "GET"
	case 1:
		return found[0]
	}
	return "?"
}

// constantVerb is the verb that a constant is named after, else a question mark.
func (r *recorder) constantVerb(n *node) string {
	if verb := lastName(n); slices.Contains(httpVerbs, verb) {
		return verb
	}
	if v := r.eval(n); len(v) == 1 && v[0].kind == vExternal {
		if verb := v[0].text[strings.LastIndexByte(v[0].text, '.')+1:]; slices.Contains(httpVerbs, verb) {
			return verb
		}
	}
	return "?"
}

// oneText is the only text that an expression may be, else a question mark.
func (r *recorder) oneText(n *node) string {
	if t := texts(r.eval(n)); len(t) == 1 {
		return strings.ToUpper(t[0])
	}
	return "?"
}

// verbs are the verbs that later calls on builders set, by the calls that hand
// them their address.
func (m *module) verbs() map[*node]string {
	if m.later != nil {
		return m.later
	}
	m.later = map[*node]string{}
	for _, n := range m.calls {
		verb := verbOfBuilder(n)
		if verb == "" {
			continue
		}
		for at := n.kids[0].kids[0]; at.kind == kCall || at.kind == kAttr; at = at.kids[0] {
			if at.kind == kCall {
				m.later[at] = verb
			}
		}
	}
	return m.later
}

// verbOfBuilder is the verb that a call gives the request which it is made on:
// .delete(), .method("DELETE"), .method(HttpMethod.DELETE).
func verbOfBuilder(n *node) string {
	if n.kids[0].kind != kAttr {
		return ""
	}
	verb := strings.ToUpper(n.kids[0].text)
	if verb == "METHOD" && len(n.kids) > 1 {
		verb = strings.ToUpper(n.kids[1].text)
	}
	if slices.Contains(httpVerbs, verb) {
		return verb
	}
	return ""
}

// verbBefore is the verb that stands before the address: client.post().uri(…).
func verbBefore(n *node) string {
	if n.kids[0].kind != kAttr || n.kids[0].text != "uri" {
		return ""
	}
	if before := n.kids[0].kids[0]; before.kind == kCall {
		return verbOfBuilder(before)
	}
	return ""
}

// beginsAt reports whether calls one on another begin at one.
func beginsAt(chain, n *node) bool {
	for ; chain.kind == kCall || chain.kind == kAttr; chain = chain.kids[0] {
		if chain == n {
			return true
		}
	}
	return false
}
