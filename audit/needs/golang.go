package needs

import "strings"

// goAPI is the API that a package of Google's Go clients is for, or that a name
// in one is of; empty for any other.
func goAPI(name string) string {
	rest, found := strings.CutPrefix(name, "google.golang.org/api/")
	if !found {
		return ""
	}
	api, _, found := strings.Cut(rest, "/")
	if !found { // option, googleapi, transport
		return ""
	}
	return api
}

// noFolder is what packageFolder gives where there is none.
const noFolder = "\x00"

// packageFolder finds the folder of this tree that an import path names: the
// longest with which it ends.
func packageFolder[T any](packages map[string][]T, path string) string {
	best := noFolder
	for rest := path; ; {
		_, after, found := strings.Cut(rest, "/")
		if !found {
			return best
		}
		if rest = after; len(packages[rest]) > 0 {
			return rest
		}
	}
}

// typed gives what is known of a value by its type alone.
func (e *engine) typed(t *node) []value {
	switch t.kind {
	case kName, kAttr:
	default:
		return e.annotated(t)
	}
	return e.instanceOf(e.eval(t), t)
}

// instanceOf gives what something of one of some types is.
func (e *engine) instanceOf(types []value, t *node) []value {
	for _, v := range types {
		switch v.kind {
		case vClass:
			return []value{{kind: vInstance, class: v.class}}
		case vExternal:
			if out := e.nodeClient(v.text, t); out != nil {
				return out
			}
			if out := e.javaClient(v.text, t); out != nil {
				return ofRequests(out)
			}
			last := v.text[strings.LastIndexByte(v.text, '.')+1:]
			if out := e.goClient(v.text, last, nil); out != nil {
				return out
			}
			if out := e.cloudTyped(v.text); out != nil {
				return out
			}
			if wrapperOf(v.text) != nil {
				return []value{{kind: vWrapper, text: v.text}}
			}
			if t.block != nil && t.block.fn.module.language.jvm() { // of a class from elsewhere
				return []value{{text: v.text, from: makerOf(v.text, last)}}
			}
		}
	}
	return unknown
}

// goClient gives what a type of Google's Go clients stands for: the client, or a
// resource of it.
func (e *engine) goClient(name, last string, made *node) []value {
	api := goAPI(name)
	part, found := strings.CutSuffix(last, "Service")
	if api == "" || !found {
		return nil
	}
	if part == "" {
		return []value{{kind: vService, api: api, origin: made}}
	}
	if path, known := e.index.resource(api, strings.ToLower(part)); known {
		return []value{{kind: vResource, api: api, path: path}}
	}
	return nil
}

// goMade gives what a function of Google's Go clients makes: New and NewService the
// client, NewUsersLabelsService a resource of the client that it is given.
func (e *engine) goMade(name, last string, n *node) []value {
	made, found := strings.CutPrefix(last, "New")
	if !found {
		return nil
	}
	if made == "" {
		made = "Service"
	}
	return e.goClient(name, made, n)
}

// resource finds the resource of an API that a type is named after, whose name is
// its path without dots.
func (x *Index) resource(api, name string) (string, bool) {
	for _, m := range x.apis[api] {
		if end := strings.LastIndexByte(m.path, '.'); end > 0 && strings.ReplaceAll(m.path[:end], ".", "") == name {
			return m.path[:end], true
		}
	}
	return "", false
}

// maxLent is how deep structs are looked into that are embedded in each other.
const maxLent = 4

// lent gives what the fields of a struct lend it that are embedded in it.
func (e *engine) lent(c *class, name string) []value {
	if len(c.lenders) == 0 || e.lending == maxLent {
		return nil
	}
	e.lending++
	defer func() { e.lending-- }()
	var out []value
	for _, field := range c.lenders {
		if e.steps++; e.steps > e.limit {
			break
		}
		for _, v := range e.atEnd(c.scope.names.of(field)) {
			for _, w := range e.attribute(v, name, nil) {
				if w.kind != vUnknown && w.kind != vChain {
					out = join(out, w)
				}
			}
		}
	}
	return out
}

// builders are what a request's methods say of it, by name.
var builders = map[string]string{"q": "q", "format": "format", "spaces": "spaces", "alt": "alt", "media": "media", "resumablemedia": "media", "labelids": "labelids", "corpora": "corpora", "driveid": "driveid", "includeitemsfromalldrives": "includeitemsfromalldrives", "download": "alt"}

// built adds to calls what is set on their requests after they were made.
func (r *recorder) built(m *module) {
	set := func(request, value *node, name string) {
		fact := builders[canonical(name)]
		if fact == "" {
			return
		}
		for _, v := range r.eval(request) {
			if i, found := r.made[v.origin]; found && v.kind == vRequest {
				c := &r.program.Calls[i]
				r.fact(&c.facts, fact, r.eval(value))
				c.Notes = nil
				r.judge(c)
			}
		}
	}
	for _, s := range m.sets { // request.q = …
		set(s.kids[0].kids[0], s.kids[1], s.kids[0].text)
	}
	for _, n := range m.calls {
		callee := n.kids[0]
		if callee.kind != kAttr {
			continue
		}
		if fn := n.kids[len(n.kids)-1].fn; m.language == kotlin && fn != nil && fn.subject != nil { // .apply { q = … }
			for _, s := range fn.sets {
				set(fn.subject, s.kids[1], s.kids[0].text)
			}
		}
		name := canonical(callee.text)
		if m.language.jvm() {
			if name = strings.TrimPrefix(name, "set"); strings.HasPrefix(name, "executemedia") {
				name = "download"
			}
		}
		fact := builders[name]
		if fact == "" {
			continue
		}
		for _, v := range r.eval(callee.kids[0]) {
			i, found := r.made[v.origin]
			if v.kind != vRequest || !found {
				continue
			}
			c := &r.program.Calls[i]
			switch {
			case name == "download" || fact == "media":
				c.facts.media = true
			case len(n.kids) > 1:
				r.fact(&c.facts, fact, r.eval(n.kids[1]))
			}
			c.Notes = nil
			r.judge(c)
		}
	}
}
