package needs

import "strings"

// sharedName is one way in which a name gets a value that all scripts of a shell
// share which are run as one.
type sharedName struct {
	name string
	binding
}

// assign binds each name of a target.
func (b *binder) assign(target *node, x binding, op string) {
	if x.how == byElement && b.m.language == python {
		b.m.overs = append(b.m.overs, x.value)
	}
	switch target.kind {
	case kName:
		if op != "=" && x.how == byAssign {
			x.how = byExtend
			if op != "+=" && op != "|=" {
				x.how = byOpaque
			}
		}
		if !b.fresh && op == "=" && x.how == byAssign && (b.m.language.scripted() || b.m.language.jvm()) {
			fn := b.owner(target.text)
			if !fn.names.has(target.text) {
				for f := b.block.fn; f != nil; f = f.outer {
					if f.subject != nil { // of what the lambda is applied to
						f.sets = append(f.sets, &node{kind: kAssign, pos: target.pos, end: target.end, kids: []*node{target, x.value}})
						return
					}
				}
			}
			b.addTo(fn, target.text, x)
			return
		}
		b.add(target.text, x)
		if b.m.language == shell && !b.fresh {
			x.block = b.block
			b.m.shared = append(b.m.shared, sharedName{target.text, x})
		}
	case kList:
		for i, kid := range target.kids {
			y := x
			if x.how == byElement {
				y.value = b.m.elementOf(x.value, target)
				y.value.block = b.block
			}
			y.how, y.index = byIndex, i
			if kid.kind == kSpread {
				y.how = byOpaque
				kid = kid.kids[0]
			}
			b.assign(kid, y, "=")
		}
	case kDict: // JavaScript takes properties out by name
		if x.how == byField { // out of what was taken out
			x.how, x.value = byAssign, &node{kind: kAttr, pos: target.pos, end: target.end, text: x.name, kids: []*node{x.value}, block: b.block}
		}
		for _, kid := range target.kids {
			if kid.kind == kSpread {
				b.assign(kid.kids[0], binding{how: byOpaque, pos: x.pos}, "=")
			}
			if kid.kind == kPair && kid.kids[0].kind == kString {
				y := x
				y.how, y.name = byField, kid.kids[0].text
				b.assign(kid.kids[1], y, "=")
			}
		}
	case kAssign: // a target with a default
		b.assign(target.kids[0], x, "=")
	case kAttr:
		if op != "=" && x.how == byAssign {
			x.how = byExtend
		}
		b.attribute(target, x)
	case kIndex:
		if r := target.kids[0]; len(target.kids) == 2 && target.kids[1].text != "slice" && x.how == byAssign {
			x.how, x.name = bySetKey, anyKey
			if target.kids[1].kind == kString {
				x.name = target.kids[1].text
			}
			if r.kind == kName {
				b.add(r.text, x)
			} else if r.kind == kAttr {
				b.attribute(r, x)
				if b.m.language == python && x.name != anyKey {
					b.m.entries = append(b.m.entries, &node{kind: kAssign, pos: target.pos, end: target.end, kids: []*node{target, x.value}})
				}
			}
		}
	}
}

// element tells the function that a call is handed to go over a list that its
// parameter is an element of the list.
func (b *binder) element(n *node) {
	list, last := n.kids[0], n.kids[len(n.kids)-1]
	if last.kind != kLambda && (len(n.kids) < 2 || n.kids[1].kind != kLambda) {
		return
	}
	fn := last.fn
	if last.kind != kLambda {
		fn = n.kids[1].fn
	}
	switch {
	case len(fn.params) == 0 || fn.params[0].from != nil:
		return
	case list.kind == kAttr && b.m.language.scripted():
		switch list.text {
		case "map", "forEach", "flatMap", "filter":
			fn.params[0].from = b.m.elementOf(list.kids[0], n)
		case "then":
			fn.params[0].from = list.kids[0]
		}
	case list.kind == kName && list.text == "map" && len(n.kids) == 3 && b.m.language == python && n.kids[1].kind == kLambda:
		n.kids[1].fn.params[0].from = b.m.elementOf(n.kids[2], n)
	}
}

// declare makes a name known that has no value yet.
func (b *binder) declare(n *node) {
	if n.kind == kName {
		b.block.fn.names.make(n.text)
	}
}

// owner is the function, class or module that a name belongs to which is
// assigned to and not declared there.
func (b *binder) owner(name string) *function {
	var last *function
	for fn := b.block.fn; fn != nil; fn = fn.outer {
		if fn.isClass() && b.m.language.scripted() {
			continue
		}
		if fn.names.has(name) {
			return fn
		}
		if last == nil || !last.isClass() {
			last = fn
		}
	}
	return last
}

func (b *binder) addTo(fn *function, name string, x binding) {
	x.block = b.block
	b.bound(fn, name, x)
}

// anyKey is the key of an entry whose key is computed.
const anyKey = "\x00"

// elementOf makes the node that stands for one element of a value.
func (m *module) elementOf(value, at *node) *node {
	return &node{kind: kIndex, pos: value.pos, end: value.end, kids: []*node{value, {kind: kOther, text: "any", pos: at.pos, end: at.end}}}
}

// attribute binds an attribute of an instance, or of a class.
func (b *binder) attribute(target *node, x binding) {
	r := target.kids[0]
	if r.kind == kAttr && r.text == "exports" { // module.exports.name = …
		r = &node{kind: kName, text: "exports"}
	}
	if r.kind != kName {
		return
	}
	x.block = b.block
	if r.text == "exports" || r.text == "module" && target.text == "exports" {
		name := target.text
		if r.text == "module" {
			name = wholeModule
		}
		if same := x.value; same == nil || same.kind != kName || same.text != name {
			b.bound(b.m.top, name, x)
		}
		return
	}
	fn := b.block.fn
	for fn != nil && fn.class == nil {
		fn = fn.outer
	}
	c := b.m.classes[r.text]
	if fn != nil {
		if self := fn.self(); r.text == self || r.text == fn.class.name || r.text == "this" {
			c = fn.class
		}
	}
	if c == nil && b.m.language == golang {
		c = b.structOf(r.text)
	}
	if c == nil {
		for f := b.block.fn; f != nil; f = f.outer { // an object of this module
			if len(f.names.of(r.text)) > 0 && (f == b.m.top || b.m.language != python) {
				x.how, x.name = bySetKey, target.text
				b.addTo(f, r.text, x)
				break
			}
		}
		return
	}
	c.attrs[target.text] = append(c.attrs[target.text], x)
}

// structOf is the struct that a parameter of Go is of by its type, which belongs to
// whoever calls; nil for what is no parameter, or of another package.
func (b *binder) structOf(name string) *class {
	for f := b.block.fn; f != nil; f = f.outer {
		for _, p := range f.params {
			if p.name == name && p.typed != nil && p.typed.kind == kTyped && p.typed.kids[0].kind == kName {
				return b.m.classOf(p.typed.kids[0].text)
			}
		}
		if len(f.names.of(name)) > 0 {
			return nil
		}
	}
	return nil
}

// wholeModule is the name of what a module exports as itself.
const wholeModule = "module.exports"

// self is the name by which a method knows its instance.
func (f *function) self() string {
	if (f.receiver != "" || f.module.language == python) && len(f.params) > 0 && !f.static {
		return f.params[0].name
	}
	return "this"
}

// mutation binds what a call adds to the list that it is called on.
func (b *binder) mutation(n *node) {
	callee := n.kids[0]
	if callee.kind != kAttr || len(n.kids) < 2 {
		return
	}
	x := binding{value: n.kids[len(n.kids)-1], pos: n.end}
	switch callee.text {
	case "append", "add", "insert", "push", "unshift":
		x.how = byAppend
	case "extend", "update", "addAll", "putAll":
		if b.m.language == python && x.value.kind == kKeyword {
			b.entries(callee.kids[0], n.kids[1:])
			return
		}
		x.how = byExtend
	case "put":
		if len(n.kids) != 3 {
			return
		}
		x.how, x.name = bySetKey, n.kids[1].text
	default:
		if x.how, x.name = bySetKey, setter(callee.text); x.name == "" || !b.m.language.jvm() {
			return
		}
	}
	b.change(callee.kids[0], x)
}

// entries binds what is put into a dictionary by name.
func (b *binder) entries(dict *node, args []*node) {
	for _, arg := range args {
		if arg.kind == kKeyword {
			b.change(dict, binding{how: bySetKey, name: arg.text, value: arg.kids[0], pos: arg.end})
		}
	}
}

// change binds what becomes of a list or dictionary that has a name.
func (b *binder) change(r *node, x binding) {
	switch r.kind {
	case kName:
		for f := b.block.fn; f != nil; f = f.outer {
			if f.names.has(r.text) {
				b.addTo(f, r.text, x)
				return
			}
		}
	case kAttr:
		b.attribute(r, x)
	}
}

func (b *binder) imports(n *node) {
	b.m.imports = append(b.m.imports, n)
	for _, kid := range n.kids {
		switch {
		case kid.kind == kPair && kid.text == "*":
			b.add("*", binding{how: byStar, value: n, pos: n.pos})
		case kid.kind == kPair:
			b.add(kid.kids[1].text, binding{how: byFrom, value: n, pos: kid.pos, name: kid.kids[0].text})
		case kid.text != "": // import a.b as c
			b.add(kid.text, binding{how: byImport, value: n, pos: n.pos, name: n.text})
		default:
			first, _, _ := strings.Cut(n.text, ".") // what import a.b binds
			b.add(first, binding{how: byImport, value: n, pos: n.pos, name: first})
		}
	}
}

// comprehension binds the targets in a function of their own.
func (b *binder) comprehension(n *node) {
	outer := b.block
	fn := &function{name: "", module: b.m, outer: outer.fn, node: n}
	if len(n.kids) > 2 {
		b.walk(n.kids[2])
	}
	b.block = b.open(block{parent: outer, fn: fn, depth: outer.depth + 1, pos: n.pos, end: n.end, dead: outer.dead, branch: true})
	for i := 1; i+1 < len(n.kids); i += 2 {
		b.walk(n.kids[i+1])
		b.walk(n.kids[i])
		source := n.kids[i+1]
		if source.kind == kBinary && source.text == "filter" {
			source = source.kids[0]
		}
		b.assign(n.kids[i], binding{how: byElement, value: source, pos: n.kids[i].pos}, "=")
	}
	b.walk(n.kids[0])
	// Names of the function around are looked for through outer, as for any.
	b.block = outer
}
