package needs

import (
	"strings"
)

// external gives what something of a module outside the tree gives when it is
// called.
func (e *engine) external(name string, n *node) []value {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if out := e.nodeClient(name, n); out != nil {
		return out
	}
	if out := e.cloudClient(name, n); out != nil {
		return out
	}
	if out := e.javaMade(name, last, n); out != nil {
		return out
	}
	if out := e.goMade(name, last, n); out != nil {
		return out
	}
	switch {
	case isBuild(name):
		return e.build(n)
	case last == "AuthorizedSession":
		return []value{{kind: vCredential, text: session}}
	case name == "googleapiclient.http.BatchHttpRequest" || name == "apiclient.http.BatchHttpRequest":
		return []value{{kind: vBatch}}
	case isMaker(name, last) || name == "google.auth.default" || strings.HasPrefix(name, "google.oauth2.") || strings.HasPrefix(name, "google_auth_oauthlib."):
		if name == "google.auth.default" || last == "load_credentials_from_file" {
			return []value{{kind: vList, items: []item{{values: []value{{kind: vCredential}}}, {values: unknown}}}}
		}
		return []value{{kind: vCredential, text: name}}
	}
	if out := e.sender(name, n); out != nil {
		return out
	}
	if wrapperOf(name) != nil {
		return []value{{kind: vWrapper, text: name}}
	}
	switch name {
	case "os.getenv", "os.environ.get":
		if fallback := named(n, "default", 1); fallback != nil && n.block != nil {
			what := n.block.fn.module.quote(n.kids[1].pos, n.kids[1].end)
			var out []value
			for _, v := range e.eval(fallback) {
				out = join(out, v.under(what+" is not set"))
			}
			return join(out, value{})
		}
	case "urllib.parse.urljoin", "urlparse.urljoin":
		if args := positional(n); len(args) == 2 {
			if out := e.against(args[0], args[1]); out != nil {
				return out
			}
		}
	case "os.path.join", "posixpath.join":
		if args := positional(n); len(args) > 0 && hasAddress(e.eval(args[0])) {
			list := value{kind: vList}
			for _, arg := range args {
				list.items = append(list.items, item{values: trimmed(e.eval(arg), "/")})
			}
			return e.joined(list)
		}
	case "fmt.Sprintf":
		if len(n.kids) > 1 {
			list := value{kind: vList}
			for _, arg := range n.kids[2:] {
				list.items = append(list.items, item{values: e.eval(arg)})
			}
			return e.format(e.eval(n.kids[1]), "%", []value{list})
		}
	case "net/url.JoinPath", "path.Join":
		return e.pathOf(n.kids[1:])
	case "strings.Join", "strings.Split", "strings.Fields", "strings.TrimSpace", "slices.Clone", "slices.Concat":
		if len(n.kids) == 3 && name == "strings.Join" && n.kids[2].text == "/" {
			return e.pathOf(n.kids[1:2])
		}
		if len(n.kids) > 1 {
			out := e.eval(n.kids[1])
			for _, arg := range n.kids[2:] {
				if name == "slices.Concat" {
					out = e.concatLists(out, e.eval(arg))
				}
			}
			return out
		}
	}
	switch last {
	case "field", "Field": // of a class that is data
		if arg := named(n, "default", -1); arg != nil {
			return e.eval(arg)
		}
		if arg := named(n, "default_factory", -1); arg != nil {
			for _, v := range e.eval(arg) {
				if v.kind == vFunc {
					return e.results(v.fn)
				}
			}
		}
	case "partial", "wraps", "cache", "lru_cache":
		if len(n.kids) > 1 {
			return e.eval(n.kids[1])
		}
	}
	return e.unknownCall(value{text: last, path: name, from: makerOf(name, last)}, n)
}

// unknownCall is a call of something that is not seen: a builtin, or a function
// from elsewhere. One that is given the name of an API and a version gives a
// client of it.
func (e *engine) unknownCall(c value, n *node) []value {
	callee := n.kids[0]
	args := positional(n)
	if callee.kind == kName {
		switch callee.text {
		case "list", "tuple", "set", "sorted", "frozenset", "reversed", "iter":
			if len(args) == 0 {
				return []value{{kind: vList, origin: n}}
			}
			var out []value
			for _, v := range e.eval(args[0]) {
				if v.kind == vDict {
					v.kind, v.items = vList, keyItems(v)
				}
				out = append(out, v)
			}
			return out
		case "map":
			if len(args) == 2 {
				v := value{kind: vList, origin: n}
				for _, f := range e.eval(args[0]) {
					if f.kind == vFunc {
						for _, w := range e.results(f.fn) {
							v.items = append(v.items, item{values: []value{w}})
						}
					} else {
						v.open = true
					}
				}
				return []value{v}
			}
		case "append":
			if len(n.kids) > 1 {
				rest := &node{kind: kList, pos: n.pos, end: n.end, kids: n.kids[2:], block: n.block}
				out := e.evalNode(rest)
				base := e.eval(n.kids[1])
				if !known(base) || base[0].kind == vConst {
					base = []value{{kind: vList, open: !known(base)}}
				}
				return e.concatLists(base, out)
			}
		case "dict":
			v := value{kind: vDict, origin: n}
			for _, arg := range n.kids[1:] {
				if arg.kind == kKeyword {
					v.items = append(v.items, item{key: arg.text, values: e.eval(arg.kids[0])})
				} else {
					v.open = true
				}
			}
			return []value{v}
		case "str", "repr":
			if len(args) == 1 {
				return e.eval(args[0])
			}
		case "getattr":
			return e.getattr(n, args)
		case "super":
			return e.bases(n)
		case "require", "import":
			if t := texts(e.eval(n.kids[min(1, len(n.kids)-1)])); len(n.kids) > 1 && len(t) == 1 && n.block != nil {
				return e.taken(t[0], "*", n.block.fn.module)
			}
		}
	}
	if callee.kind == kName && (callee.text == "Set" || callee.text == "URL") && len(args) == 1 {
		return e.eval(args[0])
	}
	if callee.kind == kName && callee.text == "URL" && len(args) == 2 {
		if out := e.against(args[1], args[0]); out != nil {
			return out
		}
	}
	if v, ok := e.namedAPI(n); ok {
		return []value{v}
	}
	if c.path == "" && callee.kind == kAttr {
		if out, done := e.builtinMethod(n, callee.text); done {
			return out
		}
	}
	return []value{{text: c.text, from: c.from}}
}

// against gives addresses that are relative to others; nil if none is.
func (e *engine) against(bases, paths *node) []value {
	var out []value
	for _, base := range texts(e.eval(bases)) {
		for _, v := range e.eval(paths) {
			if v.kind == vString && strings.HasPrefix(base, "https://") {
				v.text = resolved(base, v.text)
				out = join(out, v)
			}
		}
	}
	return out
}

// makerOf tells what a name outside the tree stands for, where nothing in it
// has to do with Google.
func makerOf(name, last string) maker {
	if strings.HasPrefix(name, ".") {
		return anyMaker // a file of the program that is not in the tree
	}
	if strings.HasPrefix(name, "unittest.mock.") || strings.HasPrefix(name, "mock.") {
		return mockMaker
	}
	lower := strings.ToLower(name)
	for _, word := range [...]string{"google", "gmail", "gdrive", "gapi", "apiclient", "service", "auth", "cred"} {
		if strings.Contains(lower, word) {
			return anyMaker
		}
	}
	if last != "" && last[0] >= 'A' && last[0] <= 'Z' {
		return foreignMaker
	}
	return functionMaker
}

// collected gives what the functions of JavaScript's Object and Array make of one
// argument, as far as scopes pass through them.
func (e *engine) collected(callee, arg *node) []value {
	if callee.kind != kAttr || callee.kids[0].text != "Object" && callee.kids[0].text != "Array" {
		return nil
	}
	var out []value
	for _, v := range e.eval(arg) {
		switch {
		case v.kind == vDict && callee.text == "values":
			v.kind = vList
		case v.kind == vDict && callee.text == "keys":
			v = value{kind: vList, items: keyItems(v), when: v.when}
		case (v.kind == vDict || v.kind == vList) && (callee.text == "freeze" || callee.text == "from"):
		default:
			return nil
		}
		out = append(out, v)
	}
	return out
}

// positional are the arguments without those that are named or spread.
func positional(n *node) []*node {
	var out []*node
	for _, arg := range n.kids[1:] {
		if arg.kind == kSpread {
			break
		}
		if arg.kind != kKeyword {
			out = append(out, arg)
		}
	}
	return out
}

// named gives an argument by its name, else by its place, or nil.
func named(n *node, name string, place int) *node {
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword && arg.text == name {
			return arg.kids[0]
		}
	}
	if args := positional(n); place >= 0 && place < len(args) {
		return args[place]
	}
	return nil
}

// session is the text of a credential that sends requests by itself.
const session = "session"

// isBuild reports whether a name is that of the function which makes clients.
func isBuild(name string) bool {
	switch name {
	case "googleapiclient.discovery.build", "apiclient.discovery.build", "googleapiclient.discovery.build_from_document", "apiclient.discovery.build_from_document", "googleapiclient.build":
		return true
	}
	return false
}

// build gives the services that a call of build makes.
func (e *engine) build(n *node) []value {
	var out []value
	arg := named(n, "serviceName", 0)
	if arg == nil {
		return []value{{kind: vService, origin: n}}
	}
	for _, v := range e.eval(arg) {
		if v.kind == vString && !strings.Contains(v.text, unknownPart) {
			out = join(out, value{kind: vService, api: strings.ToLower(v.text), origin: n})
		} else {
			out = join(out, value{kind: vService, origin: n})
		}
	}
	return out
}

// namedAPI finds the API that a call of an unseen function names: one of its
// arguments is an API's name, and another a version.
func (e *engine) namedAPI(n *node) (value, bool) {
	api, version := "", false
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword {
			arg = arg.kids[0]
		}
		if arg.kind != kString && arg.kind != kName && arg.kind != kAttr {
			continue
		}
		for _, t := range texts(e.eval(arg)) {
			if isVersion(t) {
				version = true
			} else if _, known := e.index.cat.API(t); known && api == "" {
				api = t
			}
		}
	}
	return value{kind: vService, api: api, origin: n}, api != "" && version
}

// isVersion reports whether a text is the version of an API: v1, v2beta1,
// directory_v1.
func isVersion(s string) bool {
	i := strings.LastIndexByte(s, '_') + 1
	return len(s) < 32 && i+1 < len(s) && s[i] == 'v' && s[i+1] >= '0' && s[i+1] <= '9'
}

// getattr follows a name that is computed as far as it is a constant.
func (e *engine) getattr(n *node, args []*node) []value {
	if len(args) < 2 {
		return unknown
	}
	var out []value
	for _, r := range e.eval(args[0]) {
		for _, k := range e.eval(args[1]) {
			if k.kind == vString && !strings.Contains(k.text, unknownPart) {
				out = join(out, e.attribute(r, k.text, n)...)
			} else {
				out = join(out, value{api: r.api})
			}
		}
	}
	return out
}
