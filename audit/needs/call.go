package needs

import "strings"

// attribute gives what a name behind a dot may be.
func (e *engine) attribute(v value, name string, n *node) []value {
	switch v.kind {
	case vService:
		if v.api == "" {
			return []value{{kind: vChain, path: name, origin: v.origin}}
		}
		return e.step(v, methodName(name, n))
	case vCloud:
		return e.cloudMethod(v, name)
	case vResource:
		return e.step(v, methodName(name, n))
	case vMethod:
		return unknown
	case vRequest, vBatch:
		return []value{v} // what is set on a request, and .execute
	case vChain:
		if !calledResources(n) {
			if strings.Count(v.path, ".") >= maxSegments {
				_, v.path, _ = strings.Cut(v.path, ".")
			}
			v.path += "." + name
			return []value{v}
		}
		if segments := strings.Count(v.path, ".") + 1; int(v.called) < segments || segments > maxSegments {
			v.path, v.called = name, 0 // what was only named is no resource, but what one begins at
			return []value{v}
		}
		v.path += "." + name
		return []value{v}
	case vModule:
		if v.module.language == golang {
			if out := e.inFolder(v.path, name, nil); out != nil {
				return out
			}
			return unknown
		}
		if out := e.exported(v.module, name); out != nil {
			return out
		}
		if bs := v.module.top.names.of(wholeModule); len(bs) > 0 {
			return e.fields(e.atEnd(bs), name)
		}
		if v.module.language.scripted() {
			return e.handedOn(v.module, name)
		}
		if m := e.inPackage(v.module, name); m != nil {
			return []value{{kind: vModule, module: m}}
		}
		return unknown
	case vExternal:
		if api := goAPI(v.text); api != "" {
			if scope, known := e.index.constants[squash(strings.TrimSuffix(name, "Scope"))]; known && strings.HasSuffix(name, "Scope") {
				return []value{{kind: vString, text: string(scope), origin: n}}
			}
		}
		if verb, found := strings.CutPrefix(name, "Method"); found && v.text == "net/http" {
			return []value{{kind: vString, text: strings.ToUpper(verb), origin: n}}
		}
		if out := e.appsClient(v.text, name, n); out != nil {
			return out
		}
		if out := e.javaScope(v.text+"."+name, n); out != nil {
			return out
		}
		if out := e.androidScope(v.text+"."+name, n); out != nil {
			return out
		}
		full := v.text + "." + name
		if name == "gapi" { // out of a package that loads it
			full = name
		}
		if out := e.wrapperScopes(full, n); out != nil {
			return out
		}
		if m := e.byPath[strings.ReplaceAll(full, ".", "/")]; m != nil {
			return []value{{kind: vModule, module: m}}
		}
		return []value{{kind: vExternal, text: full}}
	case vInstance, vClass:
		defer e.asMade(v)()
		if v.kind == vClass && name == "entries" && v.class.module.language == kotlin {
			return instances([]value{v}, n)
		}
		return e.member(v, name)
	case vString:
		if name == "value" || name == "href" { // of a member of an enumeration, of an address
			return []value{v}
		}
	case vDict:
		for i := len(v.items) - 1; i >= 0; i-- {
			if v.items[i].key == name {
				return v.items[i].values
			}
		}
		return unknown
	case vCredential, vSender:
		return []value{v}
	case vWrapper:
		v.path = name
		return []value{v}
	case vBuilder:
		v.path = name
		return []value{v}
	case vConst: // what is None until it is set, which is not seen
		if v.text == "None" || v.text == "null" || v.text == "undefined" {
			return []value{{kind: vChain, path: name, origin: v.origin}}
		}
	case vUnknown:
		if name == "gapi" && (v.text == "window" || v.text == "globalThis" || v.text == "self") {
			return []value{{kind: vExternal, text: name}}
		}
		return []value{{kind: vChain, path: name, origin: v.origin, text: v.text, from: v.from}}
	}
	return unknown
}

// calledResources reports whether clients of the language call what is on the
// way to a method, as users() in Python; elsewhere it is only named.
func calledResources(n *node) bool {
	return n == nil || n.block == nil || n.block.fn.module.language == python || n.block.fn.module.language.jvm()
}

// step goes from a service or a resource to what it calls name.
func (e *engine) step(v value, name string) []value {
	for _, spelled := range spellings(name) {
		id, resource := e.index.step(v.api, v.path, spelled)
		switch {
		case id != "":
			return []value{{kind: vMethod, api: v.api, path: v.path, text: id, when: v.when, media: strings.HasSuffix(name, "_media")}}
		case resource:
			path := canonical(spelled)
			if v.path != "" {
				path = v.path + "." + path
			}
			return []value{{kind: vResource, api: v.api, path: path, when: v.when}}
		}
	}
	if method, found := strings.CutPrefix(canonical(name), v.api); found && method != "" { // gmailImport, of Java
		if id, _ := e.index.step(v.api, v.path, method); id != "" {
			return []value{{kind: vMethod, api: v.api, path: v.path, text: id, when: v.when}}
		}
	}
	switch name {
	case "new_batch_http_request", "batch":
		return []value{{kind: vBatch}}
	case "requestFactory", "getRequestFactory", "baseUrl", "getBaseUrl", "getRootUrl", "getServicePath", "getApplicationName", "getJsonFactory", "jsonFactory", "getObjectParser":
		return []value{{kind: vCredential, text: "client"}}
	case "then", "catch", "finally": // of a promise of a client
		return unknown
	case "close", "__enter__", "__exit__":
		return []value{{kind: vConst}}
	case "_http", "http", "credentials", "_credentials", "_baseUrl":
		return []value{{kind: vCredential, text: "client"}}
	}
	return []value{{kind: vUnknown, api: v.api, text: name}}
}

// spellings are the ways in which a client may write a method: as it is, with a
// mark against keywords, or as what it makes beside it for pages and files.
func spellings(name string) []string {
	for _, suffix := range [...]string{"_next", "_media"} {
		if base, found := strings.CutSuffix(name, suffix); found && base != "" {
			return []string{name, base}
		}
	}
	return []string{name}
}

// member is an attribute of an instance or of its class, or of a class that it
// is made from.
func (e *engine) member(v value, name string) []value {
	if out, made := e.fieldOf(v, name); made {
		return out
	}
	var out []value
	seen := 0
	var look func(c *class)
	look = func(c *class) {
		if seen++; c == nil || seen > 16 || len(out) > 0 {
			return
		}
		if bs := c.attrs[name]; len(bs) > 0 {
			out = join(out, e.atEnd(bs)...)
		}
		if bs := c.scope.names.of(name); len(bs) > 0 {
			named := e.methods(e.atEnd(bs), v)
			if !c.module.language.jvm() || !known(out) || known(named) { // a field's type alone tells less than its value
				out = join(out, named...)
			}
		}
		if c.module.language == golang {
			all := []*class{c}
			for _, m := range e.packages[folderOf(c.module.path)] {
				if other := m.classes[c.name]; other != nil && other != c {
					seen++
					all = append(all, other)
					for _, bs := range [][]binding{other.attrs[name], other.scope.names.of(name)} {
						if len(bs) > 0 {
							out = join(out, e.methods(e.atEnd(bs), v)...)
						}
					}
				}
			}
			for i := 0; i < len(all) && len(out) == 0; i++ {
				out = e.lent(all[i], name)
			}
			return
		}
		if c.node == nil {
			return
		}
		for _, base := range c.node.kids[:len(c.node.kids)-1] {
			if base.kind == kKeyword {
				continue
			}
			for _, b := range e.eval(base) {
				if b.kind == vClass {
					look(b.class)
				}
			}
		}
	}
	look(v.class)
	if v.kind == vInstance && !v.exact && v.class != nil && v.class.module.language != golang {
		out = e.overridden(out, v.class, name)
	}
	if v.kind == vInstance && (len(out) == 0 || len(out) == 1 && out[0].kind == vConst) {
		if more := e.ofHeirs(v, name); known(more) {
			return more
		}
	}
	if len(out) == 0 && v.class != nil && v.class.module.language.jvm() {
		if other := accessor(name); other != "" {
			if bs := v.class.scope.names.of(other); len(bs) > 0 {
				return e.calledOnce(e.methods(e.atEnd(bs), v), other)
			}
		}
	}
	if len(out) == 0 && v.class != nil {
		if of := e.field(v.class, name); of != nil {
			return of
		}
	}
	if len(out) == 0 { // of a base class that we do not see, or a subclass
		return []value{{kind: vUnknown, text: name}}
	}
	return out
}

// accessor is the other name of a property: getService of service, and service
// of getService, which Kotlin and its libraries make of each other.
func accessor(name string) string {
	if rest, found := strings.CutPrefix(name, "get"); found && rest != "" {
		return strings.ToLower(rest[:1]) + rest[1:]
	}
	if name == "" || name[0] >= 'A' && name[0] <= 'Z' { // a class
		return ""
	}
	return "get" + strings.ToUpper(name[:1]) + name[1:]
}

// calledOnce gives what a getter gives where it is written as a property, and
// the property where its getter is called.
func (e *engine) calledOnce(values []value, found string) []value {
	var out []value
	for _, v := range values {
		switch {
		case strings.HasPrefix(found, "get") && (v.kind == vMethodOf || v.kind == vFunc):
			out = join(out, e.results(v.fn)...)
		case !strings.HasPrefix(found, "get"):
			v.kind, v.items = vGetter, []item{{values: []value{v}}}
			out = join(out, v)
		}
	}
	return out
}

// methods binds functions among values to the instance that they are named on.
func (e *engine) methods(values []value, on value) []value {
	var out []value
	for _, w := range values {
		if w.kind == vFunc && on.kind == vInstance {
			if w.fn.property {
				out = join(out, e.results(w.fn)...)
				continue
			}
			w.kind, w.class, w.origin, w.items = vMethodOf, on.class, on.origin, on.items
		}
		out = join(out, w)
	}
	return out
}

// call gives what a call gives.
func (e *engine) call(n *node) []value {
	var out []value
	if n.block != nil && n.block.fn.module.language.jvm() {
		if out, done := e.jvmCall(n); done {
			return out
		}
	}
	if out := e.restySender(n); out != nil {
		return out
	}
	callees := e.eval(n.kids[0])
	for _, c := range callees {
		out = join(out, e.apply(c, n)...)
	}
	return out
}

func (e *engine) apply(c value, n *node) []value {
	switch c.kind {
	case vMethod:
		return []value{{kind: vRequest, api: c.api, path: c.path, text: c.text, origin: n, when: c.when}}
	case vResource:
		return []value{c}
	case vGetter:
		return c.items[0].values
	case vRequest:
		return e.onRequest(c, n)
	case vBatch:
		return []value{c}
	case vFunc, vMethodOf:
		defer e.asMade(c)()
		return chosenBy(c.when, e.resultsAt(c.fn, n))
	case vClass:
		if n.text == constant || n.text == composite {
			return []value{{kind: vInstance, class: c.class, origin: n}}
		}
		return []value{{kind: vInstance, class: c.class, exact: true}}
	case vChain:
		return e.chain(c, n)
	case vExternal:
		return e.external(c.text, n)
	case vCredential:
		switch lastName(n.kids[0]) {
		case "authorization_url", "step1_get_authorize_url", "create_authorization_url", "generateAuthUrl", "AuthCodeURL":
			return []value{{text: "the address of the consent page"}} // which holds no token
		}
		return []value{c}
	case vWrapper:
		if builtinService(c.text) != nil {
			c.path = "()"
		} else if wrapperOf(c.text).reads(c.path) {
			return unknown
		}
		return []value{c}
	case vBuilder:
		if c.path != "build" {
			c.path = ""
			return []value{c}
		}
		if c.api == "" {
			return []value{{kind: vCredential}}
		}
		return []value{{kind: vService, api: c.api, origin: c.origin}}
	case vUnknown:
		return e.unknownCall(c, n)
	case vSender:
		if n.block != nil && (n.block.fn.module.language.jvm() || n.block.fn.module.language == golang) { // its builders, and what builds a request
			return []value{c}
		}
	}
	return unknown
}

// onRequest is what a method of a request gives.
func (e *engine) onRequest(c value, n *node) []value {
	if callee := n.kids[0]; callee.kind == kAttr {
		switch callee.text {
		case "execute", "next_chunk", "to_json", "Do", "Pages", "Download", "Header", "executeMedia", "executeMediaAsInputStream", "executeMediaAndDownloadTo", "executeUnparsed", "executeAsInputStream":
			return []value{{text: "response"}}
		}
	}
	return []value{c}
}
