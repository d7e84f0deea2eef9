package needs

import (
	"slices"
	"strings"
)

// attribute gives what a name behind a dot may be.
func (e *engine) attribute(v value, name string, n *node) []value {
	switch v.kind {
	case vService:
		if v.api == "" {
			return []value{{kind: vChain, path: name, origin: v.origin}}
		}
		return e.step(v, name)
	case vResource:
		return e.step(v, name)
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
		if bs := v.module.top.names[name]; len(bs) > 0 {
			return e.atEnd(bs)
		}
		if bs := v.module.top.names[wholeModule]; len(bs) > 0 {
			return e.fields(e.atEnd(bs), name)
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
		if out := e.appsClient(v.text, name, n); out != nil {
			return out
		}
		full := v.text + "." + name
		if m := e.byPath[strings.ReplaceAll(full, ".", "/")]; m != nil {
			return []value{{kind: vModule, module: m}}
		}
		return []value{{kind: vExternal, text: full}}
	case vInstance, vClass:
		return e.member(v, name)
	case vDict:
		for i := len(v.items) - 1; i >= 0; i-- {
			if v.items[i].key == name {
				return v.items[i].values
			}
		}
		return unknown
	case vCredential, vWrapper:
		return []value{v}
	case vUnknown:
		return []value{{kind: vChain, path: name, origin: v.origin, text: v.text}}
	}
	return unknown
}

// calledResources reports whether clients of the language call what is on the
// way to a method, as users() in Python; elsewhere it is only named.
func calledResources(n *node) bool {
	return n == nil || n.block == nil || n.block.fn.module.language == python
}

// step goes from a service or a resource to what it calls name.
func (e *engine) step(v value, name string) []value {
	for _, spelled := range spellings(name) {
		id, resource := e.index.step(v.api, v.path, spelled)
		switch {
		case id != "":
			return []value{{kind: vMethod, api: v.api, path: v.path, text: id, when: v.when}}
		case resource:
			path := canonical(spelled)
			if v.path != "" {
				path = v.path + "." + path
			}
			return []value{{kind: vResource, api: v.api, path: path, when: v.when}}
		}
	}
	switch name {
	case "new_batch_http_request":
		return []value{{kind: vBatch}}
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
		if bs := c.scope.names[name]; len(bs) > 0 {
			out = join(out, e.methods(e.atEnd(bs), v)...)
		}
		if c.module.language == golang {
			for _, m := range e.packages[folderOf(c.module.path)] {
				if other := m.classes[c.name]; other != nil && other != c {
					seen++
					for _, bs := range [][]binding{other.attrs[name], other.scope.names[name]} {
						if len(bs) > 0 {
							out = join(out, e.methods(e.atEnd(bs), v)...)
						}
					}
				}
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
	if len(out) == 0 { // of a base class that we do not see, or a subclass
		return []value{{kind: vUnknown, text: name}}
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
			w.kind, w.class = vMethodOf, on.class
		}
		out = join(out, w)
	}
	return out
}

// argument gives what a parameter may be: what it is called with, wherever in
// the program that is, and its default.
func (e *engine) argument(fn *function, i int) []value {
	p := fn.params[i]
	if fn.class != nil && i == 0 && !fn.static && fn.self() == p.name {
		return []value{{kind: vInstance, class: fn.class}}
	}
	if p.typed != nil {
		if out := e.eval(p.typed); known(out) {
			return out
		}
	}
	var out []value
	name := fn.name
	if fn.class != nil && (name == "__init__" || name == "constructor") && fn.class.name != "" {
		name = fn.class.name
	}
	sites := e.named[name]
	if fn.name == "" && fn.node != nil {
		sites = e.named[e.nameOf(fn)]
	}
	type found struct {
		values []value
		when   string
	}
	var all []found
	for _, site := range sites {
		if e.steps++; e.steps > e.limit {
			break
		}
		if site.block == nil || site.block.dead {
			continue
		}
		for _, callee := range e.eval(site.kids[0]) {
			if callee.fn == fn || callee.kind == vClass && fn.class != nil && callee.class == fn.class && (fn.name == "__init__" || fn.name == "constructor") {
				offset := 0
				if fn.class != nil && !fn.static && fn.self() == fn.params[0].name && callee.kind != vFunc {
					offset = 1
				}
				if values := e.passed(site, fn, i, i-offset); values != nil {
					all = append(all, found{values, condition(site.block, nil)})
				}
				break
			}
		}
		if len(all) > maxValues {
			break
		}
	}
	for _, f := range all {
		for _, v := range f.values {
			if len(all) > 1 {
				v = v.under(f.when)
			}
			out = join(out, v)
		}
	}
	if len(all) == 0 {
		out = []value{{text: p.name}}
	}
	if p.value != nil && (len(all) == 0 || !known(out)) {
		out = join(e.eval(p.value), out...)
	}
	return out
}

// nameOf is the name that a function without one is kept under.
func (e *engine) nameOf(fn *function) string {
	for name, bs := range e.kept(fn) {
		for _, b := range bs {
			if b.value == fn.node {
				return name
			}
		}
	}
	return ""
}

// kept are the names among which a function without one may be.
func (e *engine) kept(fn *function) map[string][]binding {
	if fn.outer == nil {
		return nil
	}
	return fn.outer.names
}

// passed gives what a call passes for a parameter; nil where it passes nothing.
func (e *engine) passed(site *node, fn *function, i, place int) []value {
	p := fn.params[i]
	if p.rest != "" {
		return e.rest(site, fn, p, place)
	}
	at := 0
	for _, arg := range site.kids[1:] {
		switch arg.kind {
		case kKeyword:
			if arg.text == p.name {
				return e.eval(arg.kids[0])
			}
		case kSpread:
			if arg.text == "**" {
				for _, v := range e.eval(arg.kids[0]) {
					if v.kind == vDict {
						for _, it := range v.items {
							if it.key == p.name {
								return it.values
							}
						}
					}
				}
				continue
			}
			for _, v := range e.eval(arg.kids[0]) {
				if j := place - at; v.kind == vList && j >= 0 && j < len(v.items) {
					return v.items[j].values
				}
			}
			return unknown
		default:
			if at == place {
				return e.eval(arg)
			}
			at++
		}
	}
	if p.value != nil {
		return e.eval(p.value)
	}
	return nil
}

// rest gives what a call passes beyond the parameters that have names.
func (e *engine) rest(site *node, fn *function, p parameter, place int) []value {
	v := value{kind: vList, origin: site}
	if p.rest == "**" {
		v.kind = vDict
	}
	at := 0
	for _, arg := range site.kids[1:] {
		switch {
		case arg.kind == kSpread:
			v.open = true
		case arg.kind == kKeyword && p.rest == "**":
			known := false
			for _, q := range fn.params {
				known = known || q.name == arg.text
			}
			if !known {
				v.items = append(v.items, item{key: arg.text, values: e.eval(arg.kids[0])})
			}
		case arg.kind != kKeyword:
			if at >= place && p.rest != "**" && len(v.items) < maxItems {
				v.items = append(v.items, item{values: e.eval(arg)})
			}
			at++
		}
	}
	return []value{v}
}

// results gives what a function gives back.
func (e *engine) results(fn *function) []value {
	if len(fn.results) > 0 {
		v := value{kind: vList}
		for _, t := range fn.results {
			v.items = append(v.items, item{values: e.eval(t)})
		}
		if known(v.items[0].values) && v.items[0].values[0].kind != vList {
			if len(v.items) == 1 {
				return v.items[0].values
			}
			return []value{v}
		}
	}
	var out []value
	for _, g := range fn.gives {
		if g.block != nil && g.block.dead {
			continue
		}
		out = join(out, e.eval(g)...)
	}
	if len(fn.gives) == 0 {
		return []value{{kind: vConst, text: "None"}}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// call gives what a call gives.
func (e *engine) call(n *node) []value {
	var out []value
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
	case vRequest:
		return e.onRequest(c, n)
	case vBatch:
		return []value{c}
	case vFunc, vMethodOf:
		return e.results(c.fn)
	case vClass:
		return []value{{kind: vInstance, class: c.class}}
	case vChain:
		return e.chain(c, n)
	case vExternal:
		return e.external(c.text, n)
	case vCredential, vWrapper:
		return []value{c}
	case vUnknown:
		return e.unknownCall(c, n)
	}
	return unknown
}

// onRequest is what a method of a request gives.
func (e *engine) onRequest(c value, n *node) []value {
	if callee := n.kids[0]; callee.kind == kAttr {
		switch callee.text {
		case "execute", "next_chunk", "to_json", "Do", "Pages", "Download", "Header":
			return []value{{text: "response"}}
		}
	}
	return []value{c}
}

// chain is a call at the end of names that begin at something unknown. Where
// the names are those of a method, it is that method.
func (e *engine) chain(c value, n *node) []value {
	dot := strings.LastIndexByte(c.path, '.')
	name := c.path[dot+1:]
	if name == "get" || name == "format" || name == "join" || name == "split" || name == "copy" || name == "values" || name == "keys" || name == "items" {
		if out, done := e.builtinMethod(n, name); done {
			return out
		}
	}
	called := calledResources(n)
	if dot >= 0 && (int(c.called) >= strings.Count(c.path, ".") || !called) {
		for _, spelled := range spellings(name) {
			path := canonicalPath(c.path[:dot+1] + spelled)
			if found := e.candidates(path); len(found) > 0 {
				var out []value
				for _, m := range found {
					out = append(out, value{kind: vRequest, api: m.api, path: m.path, text: m.id, origin: n})
				}
				return out
			}
		}
	}
	if dot >= 0 && (name == "execute" || name == "next_chunk") {
		return unknown
	}
	if len(n.kids) > 1 || !called { // a resource takes nothing
		return []value{{text: name}}
	}
	c.called++
	return []value{c}
}

// maxSegments is how many names a path to a method has at most.
const maxSegments = 8

func canonicalPath(path string) string {
	parts := strings.Split(path, ".")
	for i, p := range parts {
		parts[i] = canonical(p)
	}
	return strings.Join(parts, ".")
}

// candidates are the methods that a path on something unknown may mean: those
// of an API that the program shows that it uses. If it shows none, a path that
// only one API has is enough.
func (e *engine) candidates(path string) []method {
	for ; strings.Contains(path, "."); path = path[strings.IndexByte(path, '.')+1:] {
		if found := e.index.ending(path, e.apis); len(found) > 0 {
			return oneAPI(found)
		}
		if len(e.apis) == 0 && strings.Count(path, ".") > 1 {
			if found := oneAPI(e.index.ending(path, nil)); len(found) == 1 {
				return found
			}
		}
	}
	return nil
}

// oneAPI keeps the shortest paths of each API: what is meant is not behind
// resources that were not named.
func oneAPI(found []method) []method {
	slices.SortStableFunc(found, func(a, b method) int { return strings.Count(a.path, ".") - strings.Count(b.path, ".") })
	var out []method
	for _, m := range found {
		if !slices.ContainsFunc(out, func(o method) bool { return o.api == m.api }) {
			out = append(out, m)
		}
	}
	return out
}

// builtinMethod is what methods of strings, lists and dictionaries give.
func (e *engine) builtinMethod(n *node, name string) ([]value, bool) {
	callee := n.kids[0]
	if callee.kind != kAttr {
		return nil, false
	}
	receivers := e.eval(callee.kids[0])
	var out []value
	done, open := false, false
	for _, r := range receivers {
		switch {
		case r.kind == vUnknown || r.kind == vChain:
			open = true
		case r.kind == vString && name == "format":
			out, done = join(out, e.formatCall(r, n)...), true
		case r.kind == vString && name == "join" && len(n.kids) > 1:
			for _, v := range e.eval(n.kids[1]) {
				if v.kind == vList || v.kind == vDict {
					out, done = append(out, v), true // the elements matter, not what is between
				}
			}
		case r.kind == vString && (name == "split" || name == "strip" || name == "rstrip" || name == "lower"):
			out, done = join(out, r), true
		case r.kind == vList && (name == "join" || name == "copy"):
			out, done = append(out, r), true
		case r.kind == vDict && (name == "values" || name == "copy"):
			v := r
			if name == "values" {
				v.kind = vList
			}
			out, done = append(out, v), true
		case r.kind == vDict && name == "keys":
			out, done = append(out, value{kind: vList, items: keyItems(r), when: r.when}), true
		case r.kind == vDict && name == "items":
			v := value{kind: vList, when: r.when}
			for _, it := range r.items {
				v.items = append(v.items, item{values: []value{{kind: vList, items: []item{{values: []value{{kind: vString, text: it.key}}}, {values: it.values}}}}})
			}
			out, done = append(out, v), true
		case r.kind == vDict && name == "get" && len(n.kids) > 1:
			keys := texts(e.eval(n.kids[1]))
			if len(keys) == 1 {
				out = join(out, e.fields([]value{r}, keys[0])...)
			} else {
				out = join(out, e.choices(r, n, keys)...)
			}
			if len(n.kids) > 2 {
				out = join(out, e.eval(n.kids[2])...)
			}
			done = true
		}
	}
	if done && open {
		out = join(out, value{})
	}
	return out, done
}

func keyItems(v value) []item {
	var out []item
	for _, it := range v.items {
		out = append(out, item{values: []value{{kind: vString, text: it.key}}})
	}
	return out
}

// formatCall fills in "{}" and "{name}".
func (e *engine) formatCall(p value, n *node) []value {
	var args []value
	text := p.text
	list := value{kind: vList}
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword {
			if t := texts(e.eval(arg.kids[0])); len(t) == 1 {
				text = strings.ReplaceAll(text, "{"+arg.text+"}", t[0])
			}
			continue
		}
		list.items = append(list.items, item{values: e.eval(arg)})
	}
	args = append(args, list)
	p.text = text
	return e.format([]value{p}, "{", args)
}
