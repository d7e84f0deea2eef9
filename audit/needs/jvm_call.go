package needs

import (
	"slices"
	"strings"
)

// isCollection reports whether a function makes a list of their arguments.
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
	if out := e.springSender(name, owner, args); out != nil {
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
			if r := e.eval(callee.kids[0]); len(r) == 1 && (r[0].kind == vDict || r[0].kind == vList) {
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
