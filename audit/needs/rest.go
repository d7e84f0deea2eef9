package needs

import (
	"slices"
	"strings"
)

// template is a method as its address has it.
type template struct {
	id, verb string
	path     []string
}

// templates are those of an API, made when a program first calls it by address.
func (r *recorder) templates(api string) []template {
	if t, known := r.rest[api]; known {
		return t
	}
	var out []template
	for _, method := range r.index.apis[api] {
		for _, m := range r.index.cat.Versions(method.id) {
			out = append(out, template{method.id, m.Verb, strings.Split(m.Path, "/")})
		}
	}
	r.rest[api] = out
	return out
}

// hostWords are in a source that makes addresses of Google's APIs.
var hostWords = [...]string{".googleapis.com"}

// httpCalls are names of functions that send a request to an address, with the
// verb that they send it with and the place of the address.
var httpCalls = map[string]struct {
	verb  string
	place int
}{
	"get": {"GET", 0}, "post": {"POST", 0}, "put": {"PUT", 0}, "patch": {"PATCH", 0}, "delete": {"DELETE", 0},
	"request": {"", 1}, "urlopen": {"", 0}, "Request": {"", 0}, "stream": {"", 1},
	"fetch": {"", 0}, "axios": {"", 0}, "NewRequest": {"", 1}, "NewRequestWithContext": {"", 2},
	"Get": {"GET", 0}, "Post": {"POST", 0}, "got": {"", 0}, "del": {"DELETE", 0},
	"ajax": {"", 0}, "getJSON": {"GET", 0}, "requestUrl": {"", 0}, "$fetch": {"", 0}, "ofetch": {"", 0}, "useFetch": {"", 0}, "$http": {"", 0},
	"GM_xmlhttpRequest": {"", 0}, "open": {"", 1},
}

// rests records calls of methods by their address.
func (r *recorder) rests(m *module, n *node) {
	if m.language.jvm() {
		r.jvmRest(m, n)
		return
	}
	h, found := httpCalls[lastName(n.kids[0])]
	if !found && m.language == golang && r.ofResty(n) {
		h.verb, found = strings.ToUpper(lastName(n.kids[0])), true
	}
	if place := shapedLikeFetch(m, n); !found && place >= 0 {
		h.place, found = place, true
	}
	if len(n.kids) < 2 || !found && (n.kids[0].kind != kName || len(r.relativeTo(n)) == 0) {
		return
	}
	if lastName(n.kids[0]) == "open" && (len(n.kids) < 3 || !m.language.scripted() || !areVerbs(r.eval(n.kids[1]))) {
		return // no request of class XMLHttpRequest
	}
	if m.language.scripted() && isRoute(n) {
		r.settled[n.kids[1]] = true
		return
	}
	r.send(n, func() {
		bases := r.relativeTo(n)
		if r.objectRest(m, n, bases) {
			return
		}
		h := h
		if m.language.scripted() && h.place == 1 && r.optionsSecond(n) {
			h.place = 0
		}
		arg, verb := named(n, "url", h.place), h.verb
		if uri, method := r.httplib2(n); uri != nil {
			arg, verb = uri, method
		}
		if arg == nil {
			return
		}
		if verb == "" {
			verb = r.verbOf(n, h.place)
		}
		for _, v := range r.eval(arg) {
			switch {
			case v.kind == vString && len(bases) > 0:
				for _, base := range bases {
					r.address(n, verb, onto(base, v.text))
				}
			case v.kind == vString && !strings.HasPrefix(v.text, unknownPart):
				r.address(n, verb, r.searched(m, v))
			case v.kind != vConst && r.withToken(n):
				r.unsent("the address that a token is sent to is computed")
			case v.kind != vConst && contains(m.text, hostWords[:]): // callers may tell
				r.trial = append(r.trial, sent{})
			}
		}
	})
}

// httplib2 gives the address and the verb of a request of that client for Python,
// which takes the address first; nil for another's.
func (r *recorder) httplib2(n *node) (*node, string) {
	if n.kids[0].text != "request" || n.block.fn.module.language != python {
		return nil, ""
	}
	uri := named(n, "uri", 0)
	if uri == nil || !hasAddress(r.eval(uri)) {
		return nil, ""
	}
	method := named(n, "method", 1)
	if method == nil {
		return uri, "GET"
	}
	return uri, oneOf(r.eval(method))
}

// areVerbs reports whether values are verbs of HTTP.
func areVerbs(values []value) bool {
	t := texts(values)
	return len(t) > 0 && !slices.ContainsFunc(t, func(s string) bool { return !isVerb(strings.ToUpper(s)) })
}

// withToken reports whether a request may carry a token: it is sent by a session
// that has one, or with headers of its own in a program that writes such.
func (r *recorder) withToken(n *node) bool {
	if callee := n.kids[0]; callee.kind == kAttr {
		for _, v := range r.eval(callee.kids[0]) {
			if v.kind == vCredential && v.text == session {
				return true
			}
		}
	}
	return r.bearer && named(n, "headers", -1) != nil && (r.makes || contains(n.block.fn.module.text, hostWords[:]))
}

// oneOf is a verb among values, or several with a bar between that it may be, or
// a question mark.
func oneOf(values []value) string {
	t := texts(values)
	if len(t) == 0 || len(t) < len(values) || slices.ContainsFunc(t, func(s string) bool { return s == "" || strings.Contains(s, unknownPart) }) {
		return "?"
	}
	return strings.ToUpper(strings.Join(t, "|"))
}

// verbOf finds the verb among the arguments: GET where there is none, POST
// where only a body is.
func (r *recorder) verbOf(n *node, place int) string {
	args := positional(n)
	if place > 0 && len(args) >= place {
		return oneOf(r.eval(args[place-1]))
	}
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword && arg.text == "method" {
			return oneOf(r.eval(arg.kids[0]))
		}
		if arg.kind == kDict || arg.kind == kCall || arg.kind == kName && n.block.fn.module.language.scripted() {
			for _, v := range r.eval(arg) {
				for _, it := range v.items {
					if it.key == "method" && v.kind == vDict {
						return oneOf(it.values)
					}
				}
			}
		}
	}
	if named(n, "data", -1) != nil || named(n, "body", -1) != nil {
		return "POST"
	}
	return "GET"
}

// address notes the method that an address and a verb stand for.
func (r *recorder) address(n *node, verb, url string) {
	rest, found := strings.CutPrefix(strings.TrimLeft(url, " \n"), "https://")
	if !found || strings.Contains(url, "key=") && !r.carriesToken(n) {
		return // a key is no token
	}
	rest, query, _ := strings.Cut(rest, "?")
	host, path, _ := strings.Cut(rest, "/")
	name, found := strings.CutSuffix(host, ".googleapis.com")
	if i := strings.LastIndexByte(name, '-'); i > 0 { // the host of a region: us-central1-aiplatform
		if _, known := r.index.cat.API(name[i+1:]); known {
			name = name[i+1:]
		}
	}
	if found && name == unknownPart {
		r.unsent("which API is called is computed")
	}
	if !found || strings.Contains(name, unknownPart) {
		return
	}
	path, upload := strings.CutPrefix(strings.TrimSuffix(path, "/"), "upload/")
	path = strings.TrimPrefix(path, "resumable/")
	parts := strings.Split(path, "/")
	switch name {
	case "oauth2", "accounts", "fonts", "ajax", "maps", "sts", "iamcredentials", "firebaseinstallations", "identitytoolkit", "securetoken", "openidconnect":
		return
	case "www", "content", "content-www":
		switch name = parts[0]; name {
		case "auth", "oauth2", "userinfo", "discovery", "robot", "service_accounts": // public keys, the last two
			return
		case "batch":
			r.unsent(unreadBatch, r.batchOf("www", parts))
			return
		}
	}
	if strings.Contains(name, unknownPart) {
		r.unsent("which API is called is computed")
		return
	}
	if _, known := r.index.cat.API(name); !known {
		r.unsent("the catalogue has no API at "+host, name)
		return
	}
	found = false
	for one := range strings.SplitSeq(verb, "|") {
		id := r.addressed(name, one, parts)
		if id == "" {
			continue
		}
		found = true
		c := Call{Method: id, API: name, facts: r.facts(n, id)}
		c.facts.media = c.facts.media || upload
		r.parameters(&c, n, query)
		s := sent{call: c}
		if one == "?" && r.severally(name, parts) {
			s.call.Method = ""
		}
		if one == "?" {
			s.why, s.apis = "the verb is computed", []string{name}
		}
		r.trial = append(r.trial, s)
	}
	if !found {
		r.unsent("no method of "+name+" has this address", name)
	}
}

// addressed is the method of an API that fits an address best; empty if none does.
func (r *recorder) addressed(api, verb string, parts []string) string {
	best, depth := "", -1
	for _, t := range r.templates(api) {
		if verb != "?" && verb != t.verb {
			continue
		}
		if fixed := matches(t.path, parts); fixed > depth {
			best, depth = t.id, fixed
		}
	}
	if best == "" {
		return r.ofResource(api, verb, parts)
	}
	return best
}

// ofResource is the one method of an API that fits best an address of which a part that is
// not known is the name of a resource, with what it is of: people/123.
func (r *recorder) ofResource(api, verb string, parts []string) string {
	best, depth := "", -1
	for i, part := range parts {
		if !strings.HasPrefix(part, unknownPart) {
			continue
		}
		longer := slices.Insert(slices.Clone(parts), i, anyKind)
		for _, t := range r.templates(api) {
			if verb != "?" && verb != t.verb {
				continue
			}
			switch fixed := matches(t.path, longer); {
			case fixed > depth:
				best, depth = t.id, fixed
			case fixed == depth && fixed >= 0 && best != t.id:
				best = "" // one as well as the other
			}
		}
	}
	return best
}

// anyKind stands in an address for what a resource is of.
const anyKind = "\x00kind"

// severally reports whether methods of several verbs have an address.
func (r *recorder) severally(api string, parts []string) bool {
	verb := ""
	for _, t := range r.templates(api) {
		if matches(t.path, parts) >= 0 {
			if verb != "" && verb != t.verb {
				return true
			}
			verb = t.verb
		}
	}
	return false
}

// parameters notes what a request says in the query of its address, and in
// arguments that hold more of it.
func (r *recorder) parameters(c *Call, n *node, query string) {
	for part := range strings.SplitSeq(query, "&") {
		key, text, _ := strings.Cut(part, "=")
		r.fact(&c.facts, key, []value{{kind: vString, text: text}})
	}
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword {
			if arg.text != "params" {
				continue
			}
			arg = arg.kids[0]
		}
		for _, v := range r.eval(arg) {
			for _, it := range v.items {
				if v.kind == vDict {
					r.fact(&c.facts, it.key, it.values)
				}
				if it.key == "params" {
					for _, w := range it.values {
						for _, p := range w.items {
							r.fact(&c.facts, p.key, p.values)
						}
					}
				}
			}
		}
	}
}

// matches tells how many parts of a template stand in an address as they are;
// -1 where it does not fit.
func matches(template, parts []string) int {
	fixed := 0
	for i, t := range template {
		if i >= len(parts) {
			return -1
		}
		open := strings.IndexByte(t, '{')
		if open < 0 {
			if t != parts[i] && parts[i] != anyKind {
				return -1
			}
			fixed += 2
			continue
		}
		close := strings.LastIndexByte(t, '}')
		if parts[i] == anyKind || !strings.HasPrefix(parts[i], t[:open]) || !strings.HasSuffix(parts[i], t[close+1:]) || parts[i] == "" {
			return -1
		}
		if len(t) > close+1 {
			fixed++
		}
		if strings.HasPrefix(t[open:], "{+") && i == len(template)-1 {
			return fixed
		}
	}
	if len(template) != len(parts) {
		return -1
	}
	return fixed
}
