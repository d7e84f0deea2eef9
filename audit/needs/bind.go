package needs

import (
	"strconv"
	"strings"
)

// module is one source that was read: its tree, and where names get values.
type module struct {
	source
	language language
	top      *function
	classes  map[string]*class
	calls    []*node // every call, in order
	strings  []*node // every string that may be a scope
	imports  []*node
	pairs    []*node // entries of dictionaries whose key says scope
	comments []spot
	nodes    int
	manifest bool // it says what is asked for, and is no program
}

// binder walks a tree once and notes in each node its block, and in each
// function its names.
type binder struct {
	m     *module
	block *block
	class *class
	depth int
}

// bind makes a module of a tree.
func bind(m *module, body *node) {
	m.top = &function{name: "", module: m, names: map[string][]binding{}, body: body}
	m.classes = map[string]*class{}
	b := &binder{m: m}
	b.block = &block{fn: m.top, end: int32(len(m.text))}
	b.walk(body)
}

func (b *binder) add(name string, x binding) {
	x.block = b.block
	fn := b.block.fn
	for _, g := range fn.global {
		if g == name {
			for fn.outer != nil {
				fn = fn.outer
			}
		}
	}
	if fn.names == nil {
		fn.names = map[string][]binding{}
	}
	fn.names[name] = append(fn.names[name], x)
}

// within walks statements in a block of their own.
func (b *binder) within(n *node, when string, branch, loop bool) *block {
	if n == nil {
		return nil
	}
	outer := b.block
	b.block = &block{parent: outer, fn: outer.fn, when: when, depth: outer.depth + 1, pos: n.pos, end: n.end, branch: branch, loop: loop, dead: outer.dead}
	b.walk(n)
	inner := b.block
	b.block = outer
	return inner
}

func (b *binder) kids(n *node) {
	for _, kid := range n.kids {
		b.walk(kid)
	}
}

func (b *binder) walk(n *node) {
	if n == nil || n.block != nil { // a value that several targets share
		return
	}
	if b.depth < 4*maxNesting {
		b.depth++
		b.node(n)
		b.depth--
	}
}

func (b *binder) node(n *node) {
	n.block = b.block
	switch n.kind {
	case kString:
		if mayBeScope(n.text) {
			b.m.strings = append(b.m.strings, n)
		}
	case kCall:
		b.kids(n)
		b.m.calls = append(b.m.calls, n)
		b.mutation(n)
		if n.text == "composite" && n.kids[0].kind == kName {
			c := b.m.classOf(n.kids[0].text)
			for _, field := range n.kids[1:] {
				if field.kind == kKeyword {
					c.attrs[field.text] = append(c.attrs[field.text], binding{how: byAssign, value: field.kids[0], pos: n.end, block: b.block})
				}
			}
		}
	case kPair:
		b.kids(n)
		if len(n.kids) != 2 { // what an import takes
			return
		}
		if k := n.kids[0]; k.kind == kString && strings.Contains(strings.ToLower(k.text), "scope") {
			b.m.pairs = append(b.m.pairs, n)
		}
	case kAssign:
		b.kids(n)
		b.assign(n.kids[0], binding{how: byAssign, value: n.kids[1], pos: n.end}, n.text)
	case kBlock:
		b.statements(n)
	case kIf:
		b.ifs(n)
	case kLoop:
		b.walk(n.kids[1])
		outer := b.block
		b.block = &block{parent: outer, fn: outer.fn, depth: outer.depth + 1, pos: n.pos, end: n.end, branch: true, loop: true, dead: outer.dead}
		b.walk(n.kids[0])
		b.assign(n.kids[0], binding{how: byElement, value: n.kids[1], pos: n.kids[0].pos}, "=")
		for _, body := range n.kids[2:] {
			b.walk(body)
		}
		b.block = outer
	case kTry:
		for i, kid := range n.kids {
			if i == 0 && kid.kind == kBlock {
				b.within(kid, "", false, false)
			} else {
				b.walk(kid)
			}
		}
	case kReturn:
		b.kids(n)
		if len(n.kids) > 0 {
			b.block.fn.gives = append(b.block.fn.gives, n.kids[0])
		}
	case kFunc, kLambda:
		b.function(n)
	case kClass:
		b.classes(n)
	case kImport:
		b.kids(n)
		b.imports(n)
	case kOther:
		if n.text == "global" {
			for _, kid := range n.kids {
				b.block.fn.global = append(b.block.fn.global, kid.text)
			}
		}
		b.kids(n)
	case kComp:
		b.comprehension(n)
	default:
		b.kids(n)
	}
}

// statements walks a block; what follows a statement that leaves it is dead.
func (b *binder) statements(n *node) {
	dead := b.block.dead
	for i, kid := range n.kids {
		b.walk(kid)
		if i+1 < len(n.kids) && leaves(kid) && !b.block.dead {
			outer := b.block
			rest := &block{parent: outer, fn: outer.fn, depth: outer.depth + 1, pos: n.kids[i+1].pos, end: n.end, dead: true}
			b.block = rest
			for _, kid := range n.kids[i+1:] {
				if kid.kind == kFunc || kid.kind == kClass { // defined all the same, for who jumps
					b.walk(kid)
					continue
				}
				b.walk(kid)
			}
			b.block = outer
			break
		}
	}
	b.block.dead = dead
}

// leaves reports whether nothing that follows a statement is reached.
func leaves(n *node) bool {
	switch n.kind {
	case kReturn:
		return n.text != "yield"
	case kStop:
		return true
	case kCall:
		switch callee := n.kids[0]; callee.kind {
		case kName:
			return callee.text == "exit" || callee.text == "quit"
		case kAttr:
			if r := callee.kids[0]; r.kind == kName {
				return r.text == "sys" && callee.text == "exit" || r.text == "os" && callee.text == "_exit" ||
					r.text == "os" && callee.text == "Exit" || r.text == "log" && strings.HasPrefix(callee.text, "Fatal") || r.text == "process" && callee.text == "exit"
			}
		}
	case kBlock:
		return len(n.kids) > 0 && leaves(n.kids[len(n.kids)-1])
	case kIf:
		return len(n.kids) == 3 && leaves(n.kids[1]) && leaves(n.kids[2])
	}
	return false
}

func (b *binder) ifs(n *node) {
	test := n.kids[0]
	b.walk(test)
	when := b.m.quote(test.pos, test.end)
	if n.text != "" {
		when = n.text
	}
	constant, truth := constantTest(test)
	outer := b.block.dead
	b.block.dead = outer || constant && !truth
	b.within(n.kids[1], when, !constant, false)
	b.block.dead = outer
	if len(n.kids) > 2 {
		b.block.dead = outer || constant && truth
		b.within(n.kids[2], not(when), !constant, false)
		b.block.dead = outer
	}
}

func not(when string) string {
	if rest, found := strings.CutPrefix(when, "not "); found && !strings.Contains(rest, " and ") && !strings.Contains(rest, " or ") {
		return rest
	}
	if strings.ContainsRune(when, ' ') {
		return "not (" + when + ")"
	}
	return "not " + when
}

// constantTest tells a condition that is decided where it stands.
func constantTest(n *node) (constant, truth bool) {
	switch {
	case n.kind == kConst:
		switch n.text {
		case "False", "None", "0", "false", "null", "undefined":
			return true, false
		case "True", "1", "true":
			return true, true
		}
	case n.kind == kName && n.text == "TYPE_CHECKING", n.kind == kAttr && n.text == "TYPE_CHECKING":
		return true, false
	}
	return false, false
}

// assign binds each name of a target.
func (b *binder) assign(target *node, x binding, op string) {
	switch target.kind {
	case kName:
		if op != "=" && x.how == byAssign {
			x.how = byExtend
			if op != "+=" && op != "|=" {
				x.how = byOpaque
			}
		}
		b.add(target.text, x)
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
			}
		}
	}
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
			b.m.top.names[name] = append(b.m.top.names[name], x)
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
	if c == nil {
		if bs := b.m.top.names[r.text]; len(bs) > 0 { // an object of this module
			x.how, x.name = bySetKey, target.text
			b.add(r.text, x)
		}
		return
	}
	c.attrs[target.text] = append(c.attrs[target.text], x)
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
	case "extend", "update":
		x.how = byExtend
	default:
		return
	}
	switch r := callee.kids[0]; r.kind {
	case kName:
		for f := b.block.fn; f != nil; f = f.outer {
			if _, known := f.names[r.text]; known {
				x.block = b.block
				f.names[r.text] = append(f.names[r.text], x)
				return
			}
		}
	case kAttr:
		b.attribute(r, x)
	}
}

func (b *binder) function(n *node) {
	fn := n.fn
	fn.module, fn.outer = b.m, b.block.fn
	if n.kind == kFunc && fn.receiver != "" {
		c := b.m.classOf(fn.receiver)
		c.scope.names[fn.name] = append(c.scope.names[fn.name], binding{how: byFunc, value: n, pos: n.pos, block: b.block})
	} else if n.kind == kFunc && fn.name != "" {
		b.add(fn.name, binding{how: byFunc, value: n, pos: n.pos})
	}
	if b.class != nil && b.block.fn == b.class.scope {
		fn.class = b.class
	}
	if fn.receiver != "" {
		fn.class = b.m.classOf(fn.receiver)
	}
	outer, outerClass := b.block, b.class
	for _, p := range fn.params {
		b.walk(p.value)
		b.walk(p.typed)
	}
	for _, t := range fn.results {
		b.walk(t)
	}
	b.class = nil
	b.block = &block{parent: outer, fn: fn, depth: outer.depth + 1, pos: n.pos, end: n.end, dead: outer.dead}
	for i, p := range fn.params {
		if p.pattern != nil {
			b.walk(p.pattern)
			name := "\x00" + strconv.Itoa(i)
			b.add(name, binding{how: byParam, index: i, pos: n.pos})
			whole := &node{kind: kName, pos: n.pos, end: n.pos, text: name, block: b.block}
			b.assign(p.pattern, binding{how: byAssign, value: whole, pos: n.pos}, "=")
			continue
		}
		b.add(p.name, binding{how: byParam, index: i, pos: n.pos})
	}
	b.walk(fn.body)
	if n.kind == kLambda && fn.body != nil && fn.body.kind != kBlock {
		fn.gives = append(fn.gives, fn.body)
	}
	b.block, b.class = outer, outerClass
}

func (b *binder) classes(n *node) {
	c := b.m.classOf(n.text)
	if c.node != nil { // another of the same name
		c = &class{name: n.text, module: b.m, attrs: map[string][]binding{}}
	}
	names := map[string][]binding{}
	if c.scope != nil {
		names = c.scope.names
	}
	c.node = n
	b.add(n.text, binding{how: byClass, value: n, pos: n.pos})
	b.m.classes[n.text] = c
	body := n.kids[len(n.kids)-1]
	for _, base := range n.kids[:len(n.kids)-1] {
		b.walk(base)
	}
	c.scope = &function{name: n.text, module: b.m, outer: b.block.fn, node: n, names: names}
	outer, outerClass := b.block, b.class
	b.class = c
	b.block = &block{parent: outer, fn: c.scope, depth: outer.depth + 1, pos: n.pos, end: n.end, dead: outer.dead}
	b.walk(body)
	b.block, b.class = outer, outerClass
}

// classOf gives the class of a name, which may be declared further down, or in
// another file.
func (m *module) classOf(name string) *class {
	c := m.classes[name]
	if c == nil {
		c = &class{name: name, module: m, attrs: map[string][]binding{}}
		c.scope = &function{name: name, module: m, outer: m.top, names: map[string][]binding{}}
		m.classes[name] = c
	}
	return c
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
	b.block = &block{parent: outer, fn: fn, depth: outer.depth + 1, pos: n.pos, end: n.end, dead: outer.dead, branch: true}
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

// mayBeScope reports whether a string can hold a scope.
func mayBeScope(s string) bool {
	return len(s) <= 4096 && (strings.Contains(s, "/auth/") || strings.Contains(s, "googleapis.com/auth") || strings.Contains(s, "mail.google.com") || strings.Contains(s, "/feeds"))
}
