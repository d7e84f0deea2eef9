package needs

import (
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

// httpCalls are names of functions that send a request to an address, with the
// verb that they send it with and the place of the address.
var httpCalls = map[string]struct {
	verb  string
	place int
}{
	"get": {"GET", 0}, "post": {"POST", 0}, "put": {"PUT", 0}, "patch": {"PATCH", 0}, "delete": {"DELETE", 0},
	"request": {"", 1}, "urlopen": {"", 0}, "Request": {"", 0}, "stream": {"", 1},
	"fetch": {"", 0}, "axios": {"", 0}, "NewRequest": {"", 1}, "NewRequestWithContext": {"", 2},
	"Get": {"GET", 0}, "Post": {"POST", 0}, "got": {"", 0},
}

// rests records calls of methods by their address.
func (r *recorder) rests(m *module, n *node) {
	if m.language.jvm() {
		r.jvmRest(m, n)
		return
	}
	h, found := httpCalls[lastName(n.kids[0])]
	if !found || len(n.kids) < 2 || r.objectRest(m, n) {
		return
	}
	arg := named(n, "url", h.place)
	if arg == nil {
		return
	}
	verb := h.verb
	if verb == "" {
		verb = r.verbOf(n, h.place)
	}
	if verb == "?" && r.perSite(n, func() { r.rests(m, n) }) {
		return
	}
	for _, v := range r.eval(arg) {
		switch {
		case v.kind == vString && !strings.HasPrefix(v.text, unknownPart):
			r.address(m, n, verb, r.searched(m, v))
		case v.kind != vConst && r.withToken(n):
			r.fail(m, n, "the address that a token is sent to is computed")
		}
	}
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
	return r.makes && r.bearer && named(n, "headers", -1) != nil
}

// verbOf finds the verb among the arguments: GET where there is none, POST
// where only a body is.
func (r *recorder) verbOf(n *node, place int) string {
	args := positional(n)
	look := func(values []value) string {
		if t := texts(values); len(t) == 1 && len(values) == 1 {
			return strings.ToUpper(t[0])
		}
		return "?"
	}
	if place > 0 && len(args) >= place {
		return look(r.eval(args[place-1]))
	}
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword && arg.text == "method" {
			return look(r.eval(arg.kids[0]))
		}
		if arg.kind == kDict {
			for _, v := range r.eval(arg) {
				for _, it := range v.items {
					if it.key == "method" {
						return look(it.values)
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

// address finds the method that an address and a verb stand for.
func (r *recorder) address(m *module, n *node, verb, url string) {
	rest, found := strings.CutPrefix(url, "https://")
	if !found || strings.Contains(url, "key=") {
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
		r.fail(m, n, "which API is called is computed")
	}
	if !found || strings.Contains(name, unknownPart) {
		return
	}
	path, upload := strings.CutPrefix(strings.TrimSuffix(path, "/"), "upload/")
	path = strings.TrimPrefix(path, "resumable/")
	parts := strings.Split(path, "/")
	switch name {
	case "oauth2", "accounts", "fonts", "ajax", "maps", "sts", "iamcredentials", "firebaseinstallations", "identitytoolkit", "securetoken":
		return
	case "www", "content", "content-www":
		switch name = parts[0]; name {
		case "auth", "oauth2", "discovery", "robot":
			return
		}
	}
	if strings.Contains(name, unknownPart) {
		r.fail(m, n, "which API is called is computed")
		return
	}
	if _, known := r.index.cat.API(name); !known {
		r.fail(m, n, "the catalogue has no API at "+host, name)
		return
	}
	best, depth := "", -1
	for _, t := range r.templates(name) {
		if verb != "?" && verb != t.verb {
			continue
		}
		if fixed := matches(t.path, parts); fixed > depth {
			best, depth = t.id, fixed
		}
	}
	if best == "" {
		r.fail(m, n, "no method of "+name+" has this address", name)
		return
	}
	if verb == "?" {
		r.fail(m, n, "the verb is computed", name)
	}
	before := len(r.program.Calls)
	r.call(m, n, best, name)
	if len(r.program.Calls) > before {
		c := &r.program.Calls[before]
		c.facts.media = c.facts.media || upload
		for part := range strings.SplitSeq(query, "&") {
			key, text, _ := strings.Cut(part, "=")
			r.fact(&c.facts, key, []value{{kind: vString, text: text}})
		}
		for _, arg := range n.kids[1:] {
			if arg.kind == kKeyword && arg.text == "params" || arg.kind != kKeyword {
				if arg.kind == kKeyword {
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
		c.Notes = nil
		r.judge(c)
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
			if t != parts[i] {
				return -1
			}
			fixed += 2
			continue
		}
		close := strings.LastIndexByte(t, '}')
		if !strings.HasPrefix(parts[i], t[:open]) || !strings.HasSuffix(parts[i], t[close+1:]) || parts[i] == "" {
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
