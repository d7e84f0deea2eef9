package needs

import (
	"path"
	"strings"

	"scopeaudit/audit/scopes"
)

// javaClients begins the names of the packages of Google's Java clients.
const javaClients = "com.google.api.services."

// javaAPI is the API that a class of Google's Java clients is of, and the class
// in it; empty for any other. A model is no client.
func javaAPI(name string) (api, class string) {
	rest, found := strings.CutPrefix(name, javaClients)
	if !found {
		return "", ""
	}
	api, rest, _ = strings.Cut(rest, ".")
	switch api {
	case "directory", "reports", "datatransfer": // packages named after a part of an API
		api = "admin"
	}
	for rest != "" && rest[0]|0x20 == rest[0] { // a version, or a part of the API
		part := rest
		if part, rest, _ = strings.Cut(rest, "."); part == "model" {
			return api, ""
		}
	}
	return api, rest
}

// javaClient gives what a class of Google's Java clients stands for: the client,
// a resource of it, or what builds it.
func (e *engine) javaClient(name string, n *node) []value {
	api, class := javaAPI(name)
	if class == "" {
		return nil
	}
	if api = e.apiNamed(api); api == "" {
		return nil
	}
	class, path, _ := strings.Cut(class, ".")
	if strings.HasSuffix(class, "Scopes") || strings.HasSuffix(class, "Request") || strings.HasSuffix(class, "Initializer") {
		return nil
	}
	service := value{kind: vService, api: api, origin: n}
	if path == "" {
		return []value{service}
	}
	if path == "Builder" {
		return []value{{kind: vBuilder, api: api, origin: n}}
	}
	out := []value{service}
	for name := range strings.SplitSeq(path, ".") {
		var next []value
		for _, v := range out {
			next = join(next, e.attribute(v, name, n)...)
		}
		out = next
	}
	return out
}

// ofRequests takes for a request what is of a type that is named after a method:
// Gmail.Users.Messages.List.
func ofRequests(values []value) []value {
	for i, v := range values {
		if v.kind == vMethod {
			values[i] = value{kind: vRequest, api: v.api, path: v.path, text: v.text}
		}
	}
	return values
}

// javaScope gives the scopes that a class of constants names.
func (e *engine) javaScope(name string, n *node) []value {
	api, class := javaAPI(name)
	class, constant, found := strings.Cut(class, ".")
	if !found || !strings.HasSuffix(class, "Scopes") {
		return nil
	}
	if constant == "all" {
		list := value{kind: vList, origin: n}
		for _, s := range e.index.cat.All() {
			for _, of := range infoOf(e.index.cat, s).APIs {
				if of == api {
					list.items = append(list.items, item{values: []value{{kind: vString, text: string(s), origin: n}}})
				}
			}
		}
		return []value{list}
	}
	if scope, known := e.index.constants[squash(constant)]; known {
		return []value{{kind: vString, text: string(scope), origin: n}}
	}
	return nil
}

// androidScope gives the scope that a constant of Android's sign-in names. Source:
// https://developers.google.com/android/reference/com/google/android/gms/common/Scopes
func (e *engine) androidScope(name string, n *node) []value {
	constant, found := strings.CutPrefix(name, "com.google.android.gms.common.Scopes.")
	if !found {
		return nil
	}
	switch constant {
	case "DRIVE_APPFOLDER":
		constant = "drive.appdata"
	case "DRIVE_FULL":
		constant = "drive"
	case "OPEN_ID":
		constant = "openid"
	}
	if scope, known := e.index.constants[squash(constant)]; known {
		return []value{{kind: vString, text: string(scope), origin: n}}
	}
	if scope, known := e.index.cat.Normalise(strings.ToLower(constant)); known {
		return []value{{kind: vString, text: string(scope), origin: n}}
	}
	return nil
}

func infoOf(cat *scopes.Catalogue, s scopes.Scope) scopes.Info {
	info, _ := cat.Info(s)
	return info
}

// inSpace looks a name up in the files of a package of Java or Kotlin. Those of
// none are a package by their folder.
func (e *engine) inSpace(space, name string, but *module) []value {
	var out []value
	for _, m := range e.spaces[space] {
		if bs := m.top.names.of(name); m != but && len(bs) > 0 {
			out = join(out, e.atEnd(bs)...)
		}
	}
	return out
}

// spaceOf is the package of a module.
func spaceOf(m *module) string {
	if m.space == "" {
		return "/" + folderOf(m.path)
	}
	return m.space
}

// imported gives what an import takes: of a package of the tree, of a class in
// it, or of a library.
func (e *engine) imported(from, name string) []value {
	if out := e.inSpace(from, name, nil); out != nil {
		return out
	}
	if i := strings.LastIndexByte(from, '.'); i > 0 {
		for _, c := range e.inSpace(from[:i], from[i+1:], nil) {
			if c.kind == vClass {
				return e.member(c, name)
			}
		}
	}
	full := strings.TrimPrefix(from+"."+name, ".")
	if out := e.javaScope(full, nil); out != nil {
		return out
	}
	if out := e.androidScope(full, nil); out != nil {
		return out
	}
	return []value{{kind: vExternal, text: full}}
}

// jvmGlobal gives what a name is that nothing around it binds: of the package, of
// one that is imported whole, or of what it is written in.
func (e *engine) jvmGlobal(use *node, name string) []value {
	m := use.block.fn.module
	if out := e.inSpace(spaceOf(m), name, m); out != nil {
		return out
	}
	for fn := use.block.fn; fn != nil; fn = fn.outer {
		if fn.subject == nil {
			continue
		}
		if name == "this" {
			return e.eval(fn.subject)
		}
		var out []value
		for _, v := range e.eval(fn.subject) {
			switch v.kind {
			case vService, vResource, vInstance, vBuilder:
				for _, w := range e.attribute(v, name, use) {
					if w.kind != vUnknown {
						out = join(out, w)
					}
				}
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	for _, b := range m.top.names.of("*") {
		from := b.value.text
		if out := e.inSpace(from, name, nil); out != nil {
			return out
		}
		if i := strings.LastIndexByte(from, '.'); i > 0 {
			for _, c := range e.inSpace(from[:i], from[i+1:], nil) {
				if c.kind == vClass && len(c.class.scope.names.of(name)) > 0 {
					return e.member(c, name)
				}
			}
		}
		full := from + "." + name
		if e.cloudTyped(full) != nil {
			return []value{{kind: vExternal, text: full}}
		}
		if api, class := javaAPI(from + ".X"); api != "" {
			if out := e.javaScope(full, use); out != nil {
				return out
			}
			if lower := strings.ToLower(name); class != "" && (strings.HasPrefix(lower, api) || strings.HasSuffix(name, "Scopes")) {
				return []value{{kind: vExternal, text: full}}
			}
		}
	}
	if name == "com" {
		return []value{{kind: vExternal, text: name}}
	}
	return []value{{kind: vUnknown, text: name}}
}

// ofClient gives what a name is of a client that a lambda of Kotlin is applied to,
// which comes before what the class around it has; nil if nothing.
func (e *engine) ofClient(fn *function, name string, use *node) []value {
	if fn.subject == nil || len(fn.names.of(name)) > 0 {
		return nil
	}
	var out []value
	for _, v := range e.eval(fn.subject) {
		if v.kind != vService && v.kind != vResource {
			continue
		}
		for _, w := range e.attribute(v, name, use) {
			if w.kind == vResource || w.kind == vMethod {
				out = join(out, w)
			}
		}
	}
	return out
}

// javaMade gives what a class of Google's Java libraries makes.
func (e *engine) javaMade(name, last string, n *node) []value {
	if !strings.HasPrefix(name, "com.google.") {
		return nil
	}
	if api, class := javaAPI(name); api != "" {
		if class == "" { // a model: what is set in it is kept under its name
			return []value{{kind: vDict, origin: n}}
		}
		return e.javaClient(name, n)
	}
	if isMaker(name, last) {
		return nil
	}
	switch last {
	case "Builder", "newBuilder", "builder":
		return []value{{kind: vBuilder, text: name, origin: n}}
	}
	for _, part := range [...]string{"Credential", "CodeFlow", "AuthorizationCode"} {
		if strings.Contains(name, part) {
			return []value{{kind: vCredential, text: name}}
		}
	}
	return nil
}

// mayUse reports whether a file may be of the package of a module, or of one that
// it imports: by its folder, or by its name where that is a class's.
func (m *module) mayUse(file string) bool {
	if !languageOf(file, nil).jvm() {
		return false
	}
	folder := folderOf(file)
	if folder == folderOf(m.path) {
		return true
	}
	in := func(space string) bool {
		space = strings.ReplaceAll(space, ".", "/")
		return space != "" && (folder == space || strings.HasSuffix(folder, "/"+space))
	}
	class := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if in(m.space) || m.names()[class] {
		return true
	}
	for _, imp := range m.imports {
		if in(imp.text) || in(imp.text[:max(0, strings.LastIndexByte(imp.text, '.'))]) {
			return true
		}
	}
	return false
}

// extension finds the function of Kotlin that extends what it is called on.
func (e *engine) extension(n *node) []value {
	for _, v := range e.lookup(n, n.text) {
		if v.kind == vFunc && v.fn.subject != nil && v.fn.name == n.text {
			return []value{v}
		}
	}
	return nil
}

// names are those that a module names anywhere.
func (m *module) names() map[string]bool {
	if m.uses != nil {
		return m.uses
	}
	m.uses = map[string]bool{}
	m.eachName(func(n *node) { m.uses[n.text] = true })
	return m.uses
}

// eachName hands on every name in a module.
func (m *module) eachName(take func(n *node)) {
	var visit func(n *node, depth int)
	visit = func(n *node, depth int) {
		if n == nil || depth > 4*maxNesting {
			return
		}
		if n.kind == kName {
			take(n)
		}
		for _, kid := range n.kids {
			visit(kid, depth+1)
		}
		if fn := n.fn; fn != nil {
			visit(fn.body, depth+1)
			visit(fn.subject, depth+1)
			for _, p := range fn.params {
				visit(p.value, depth+1)
				visit(p.typed, depth+1)
			}
			for _, t := range fn.results {
				visit(t, depth+1)
			}
		}
	}
	visit(m.top.body, 0)
}
