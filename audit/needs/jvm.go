package needs

import (
	"path"
	"slices"
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
	for rest != "" && rest[0]|0x20 == rest[0] { // a version, or a part of the API
		part := rest
		if part, rest, found = strings.Cut(rest, "."); part == "model" {
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
		if bs := m.top.names[name]; m != but && len(bs) > 0 {
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

// imports gives what an import takes: of a package of the tree, of a class in
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
	for _, b := range m.top.names["*"] {
		from := b.value.text
		if out := e.inSpace(from, name, nil); out != nil {
			return out
		}
		if i := strings.LastIndexByte(from, '.'); i > 0 {
			for _, c := range e.inSpace(from[:i], from[i+1:], nil) {
				if c.kind == vClass && len(c.class.scope.names[name]) > 0 {
					return e.member(c, name)
				}
			}
		}
		if api, class := javaAPI(from + ".X"); api != "" {
			full := from + "." + name
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

// collections are the functions that make a list of their arguments.
func isCollection(owner, name string) bool {
	switch name {
	case "listOf", "setOf", "mutableListOf", "mutableSetOf", "arrayListOf", "hashSetOf", "linkedSetOf", "sortedSetOf", "arrayOf", "listOfNotNull":
		return owner == ""
	case "singletonList", "singleton", "asList", "newArrayList", "newHashSet", "emptyList", "emptySet":
		return owner == "Collections" || owner == "Arrays" || owner == "Lists" || owner == "Sets" || owner == ""
	case "of", "copyOf":
		switch owner {
		case "List", "Set", "ImmutableList", "ImmutableSet", "Stream", "EnumSet":
			return true
		}
	}
	return false
}

// jvmCall gives what calls of Java's and Kotlin's own libraries give, as far as
// scopes pass through them.
func (e *engine) jvmCall(n *node) ([]value, bool) {
	callee := n.kids[0]
	name, owner := lastName(callee), ""
	if callee.kind == kAttr {
		owner = lastName(callee.kids[0])
	}
	args := positional(n)
	switch {
	case name == "of" && owner == "Map", name == "mapOf", name == "mutableMapOf", name == "hashMapOf":
		return []value{e.mapping(n, args)}, true
	case isCollection(owner, name):
		if len(args) == 1 && (args[0].kind == kName || args[0].kind == kAttr || args[0].kind == kCall) {
			if inner := e.eval(args[0]); len(inner) > 0 && inner[0].kind == vList { // a list, or an array in its place
				return inner, true
			}
		}
		list := &node{kind: kList, pos: n.pos, end: n.end, kids: n.kids[1:], block: n.block}
		return e.evalNode(list), true
	}
	if out, done := e.set(n); done {
		return out, true
	}
	switch name {
	case "values":
		if callee.kind == kAttr {
			if out := instances(e.eval(callee.kids[0]), n); out != nil {
				return out, true
			}
		}
	case "all":
		if out := e.eval(callee); len(out) == 1 && out[0].kind == vList {
			return out, true
		}
	case "ArrayList", "HashSet", "LinkedHashSet", "TreeSet", "LinkedList", "unmodifiableList", "unmodifiableSet", "unmodifiableCollection":
		if len(args) == 1 {
			if out := e.eval(args[0]); known(out) && out[0].kind != vConst {
				return out, true
			}
		}
		if len(args) < 2 && (owner == "" || owner == "Collections" || owner == "util") {
			return []value{{kind: vList, origin: n}}, true
		}
	case "HashMap", "LinkedHashMap", "TreeMap", "EnumMap":
		if len(args) == 0 || name == "EnumMap" {
			return []value{{kind: vDict, origin: n}}, true
		}
	case "join": // String.join(" ", list), Joiner.on(' ').join(list)
		if len(args) > 0 {
			last := e.eval(args[len(args)-1])
			if len(last) > 0 && last[0].kind == vList {
				return last, true
			}
			if owner == "String" && len(args) > 1 {
				list := &node{kind: kList, pos: n.pos, end: n.end, kids: args[1:], block: n.block}
				return e.evalNode(list), true
			}
		}
	case "format":
		if owner == "String" && len(args) > 0 {
			list := value{kind: vList}
			for _, arg := range args[1:] {
				list.items = append(list.items, item{values: e.eval(arg)})
			}
			return e.format(e.eval(args[0]), "%", []value{list}), true
		}
	case "toList", "toSet", "toMutableList", "toTypedArray", "toArray", "joinToString", "trim", "split", "distinct", "stream", "collect", "toString", "asSequence", "trimIndent", "orEmpty", "filterNotNull", "requireNonNull", "plus":
		if callee.kind == kAttr {
			out := e.eval(callee.kids[0])
			if name == "plus" && len(args) == 1 {
				return e.concatLists(out, e.eval(args[0])), true
			}
			if holds(out) {
				return out, true
			}
		}
	case "Scope", "create", "URL", "URI", "GenericUrl", "parse": // of an address, or a scope, that is a text
		if len(args) == 1 {
			if out := e.eval(args[0]); len(out) > 0 && out[0].kind == vString {
				return out, true
			}
		}
	case "get", "getOrDefault", "getValue", "getOrElse":
		if callee.kind == kAttr && len(args) > 0 {
			if r := e.eval(callee.kids[0]); len(r) == 1 && r[0].kind == vDict {
				index := &node{kind: kIndex, pos: n.pos, end: n.end, kids: []*node{callee.kids[0], args[0]}, block: n.block}
				out := e.evalNode(index)
				if len(args) > 1 {
					out = join(out, e.eval(args[1])...)
				}
				return out, true
			}
		}
	case "run", "let", "use", "with", "lazy", "runCatching", "withContext", "runBlocking", "synchronized", "supplyAsync": // what its lambda gives
		if len(args) > 0 {
			for _, v := range e.eval(args[len(args)-1]) {
				if v.kind == vFunc && len(v.fn.gives) > 0 {
					return e.results(v.fn), true
				}
			}
		}
	case "apply", "also", "takeIf", "onEach":
		if callee.kind == kAttr {
			return e.applied(e.eval(callee.kids[0]), args), true
		}
	case "getenv":
		return []value{{text: name}}, true
	}
	return nil, false
}

// applied gives objects with what a lambda sets in them.
func (e *engine) applied(to []value, args []*node) []value {
	if len(args) != 1 || args[0].fn == nil || len(args[0].fn.sets) == 0 {
		return to
	}
	var out []value
	for _, v := range to {
		if v.kind == vDict {
			v.items = slices.Clone(v.items)
			for _, s := range args[0].fn.sets {
				v.items = append(v.items, item{key: s.kids[0].text, values: e.eval(s.kids[1])})
			}
		}
		out = append(out, v)
	}
	return out
}

// set gives an object with what one of its setters sets, for setters that give
// the object back.
func (e *engine) set(n *node) ([]value, bool) {
	callee := n.kids[0]
	key := setter(callee.text)
	if callee.kind != kAttr || key == "" || len(n.kids) != 2 {
		return nil, false
	}
	out, done := []value(nil), false
	for _, v := range e.eval(callee.kids[0]) {
		if v.kind == vDict {
			v.items = append(v.items[:len(v.items):len(v.items)], item{key: key, values: e.eval(n.kids[1])})
			done = true
		}
		out = append(out, v)
	}
	return out, done
}

// setter is what a setter of Java sets, else empty.
func setter(name string) string {
	rest, found := strings.CutPrefix(name, "set")
	if !found || rest == "" || rest[0] < 'A' || rest[0] > 'Z' {
		return ""
	}
	return strings.ToLower(rest[:1]) + rest[1:]
}

// instances are the members of an enumeration as one list.
func instances(values []value, n *node) []value {
	for _, v := range values {
		if v.kind == vClass {
			return []value{{kind: vList, origin: n, items: []item{{values: []value{{kind: vInstance, class: v.class}}}}}}
		}
	}
	return nil
}

// scopeFunction reports whether Kotlin has a function of this name for everything.
func scopeFunction(name string) bool {
	switch name {
	case "let", "run", "apply", "also", "use", "takeIf", "takeUnless":
		return true
	}
	return false
}

// holds reports whether values may hold scopes.
func holds(values []value) bool {
	for _, v := range values {
		if v.kind == vList || v.kind == vString || v.kind == vDict {
			return true
		}
	}
	return false
}

// mapping is the map that a call makes of keys and values.
func (e *engine) mapping(n *node, args []*node) value {
	v := value{kind: vDict, origin: n}
	add := func(key, val *node) {
		name := key.text // a constant of an enumeration is as good as its name
		if t := texts(e.eval(key)); len(t) == 1 {
			name = t[0]
		}
		v.items = append(v.items, item{key: name, values: e.eval(val)})
	}
	for i := 0; i < len(args) && len(v.items) < maxItems; i++ {
		switch a := args[i]; {
		case a.kind == kBinary && a.text == "to":
			add(a.kids[0], a.kids[1])
		case i+1 < len(args):
			add(a, args[i+1])
			i++
		default:
			v.open = true
		}
	}
	return v
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
		return []value{{kind: vBuilder, origin: n}}
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
	if in(m.space) || m.uses[class] {
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
