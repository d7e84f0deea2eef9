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
	marks    []*node // every string that says something by itself, see marked
	imports  []*node
	sets     []*node      // assignments to properties, in Kotlin, and to scopes, in Go
	shared   []sharedName // what scripts of a shell assign to, but for what functions keep to themselves
	pairs    []*node      // entries of dictionaries whose key says scope
	overs    []*node      // what loops of Python go over
	entries  []*node      // assignments of Python to entries of attributes
	comments []spot
	nodes    int
	made     int    // how many calls there are
	space    string // the package that it says it is of
	later    map[*node]string
	uses     map[string]bool // the names in it, once they were asked for
	cloud    bool            // it has a word of a client whose methods go by the names of RPCs
	http     bool            // its commands are requests that an editor sends
	manifest bool            // it says what is asked for, and is no program
	symbols  []string        // what a project of Apps Script calls the libraries in its manifest
}

// binder walks a tree once and notes in each node its block, and in each
// function its names.
type binder struct {
	m     *module
	block *block
	class *class
	depth int
	fresh bool // what is assigned to is declared there
	// Blocks and first bindings are made in bulk, and counted, as in an arena.
	blocks       []block
	bindings     []binding
	opened, held int
}

// open begins a block within the one at hand.
func (b *binder) open(x block) *block {
	if b.opened == len(b.blocks) {
		b.blocks, b.opened = make([]block, min(max(2*b.opened, 4), 32)), 0
	}
	next := &b.blocks[b.opened]
	b.opened++
	*next = x
	return next
}

// bound adds to the bindings of a name.
func (b *binder) bound(fn *function, name string, x binding) {
	of := fn.names.make(name)
	if *of != nil {
		*of = append(*of, x)
		return
	}
	if b.held == len(b.bindings) {
		b.bindings, b.held = make([]binding, min(max(2*b.held, 8), 64)), 0
	}
	*of = b.bindings[b.held : b.held+1 : b.held+1]
	(*of)[0] = x
	b.held++
}

// bind makes a module of a tree.
func bind(m *module, body *node) {
	m.top = &function{name: "", module: m, body: body}
	m.classes = map[string]*class{}
	m.calls = make([]*node, 0, m.made)
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
	b.bound(fn, name, x)
}

// within walks statements in a block of their own.
func (b *binder) within(n *node, when string, branch, loop bool) *block {
	if n == nil {
		return nil
	}
	outer := b.block
	b.block = b.open(block{parent: outer, fn: outer.fn, when: when, depth: outer.depth + 1, pos: n.pos, end: n.end, branch: branch, loop: loop, dead: outer.dead, gives: gives(n)})
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
		if len(n.text) >= len("include_granted_scopes=") && marked(n.text) {
			b.m.marks = append(b.m.marks, n)
		}
	case kCall:
		b.element(n)
		b.kids(n)
		b.m.calls = append(b.m.calls, n)
		b.mutation(n)
		if n.text == composite && n.kids[0].kind == kName {
			c := b.m.classOf(n.kids[0].text)
			for _, field := range n.kids[1:] {
				if field.kind == kKeyword {
					c.attrs[field.text] = append(c.attrs[field.text], binding{how: byAssign, name: composite, value: field.kids[0], pos: n.end, block: b.block})
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
		if n.kids[0].kind == kAttr && (b.m.language == kotlin || b.m.language == golang && n.kids[0].text == "Scopes") {
			b.m.sets = append(b.m.sets, n)
		}
		op, how := n.text, byAssign
		if op == entered {
			how = byEnter
		}
		if b.fresh = op == declares; b.fresh || op == embeds || op == entered {
			op = "="
		}
		if n.text == embeds && b.class != nil {
			b.class.lenders = append(b.class.lenders, n.kids[0].text)
		}
		b.assign(n.kids[0], binding{how: how, value: n.kids[1], pos: n.end}, op)
		b.fresh = false
	case kBlock:
		b.statements(n)
	case kIf:
		b.ifs(n)
	case kLoop:
		b.walk(n.kids[1])
		outer := b.block
		b.block = b.open(block{parent: outer, fn: outer.fn, depth: outer.depth + 1, pos: n.pos, end: n.end, branch: true, loop: true, dead: outer.dead})
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
		if n.text == annotates && b.class != nil && b.block.fn.isClass() && n.kids[0].kind == kName {
			if b.class.fields == nil {
				b.class.fields = map[string]*node{}
			}
			b.class.fields[n.kids[0].text] = n.kids[1]
		}
		if n.text == declares {
			for _, kid := range n.kids {
				b.declare(kid)
			}
		}
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
			rest := b.open(block{parent: outer, fn: outer.fn, depth: outer.depth + 1, pos: n.kids[i+1].pos, end: n.end, dead: true})
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

func (b *binder) function(n *node) {
	fn := n.fn
	fn.module, fn.outer = b.m, b.block.fn
	if n.kind == kFunc && fn.receiver != "" {
		c := b.m.classOf(fn.receiver)
		b.bound(c.scope, fn.name, binding{how: byFunc, value: n, pos: n.pos, block: b.block})
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
	b.walk(fn.subject)
	for _, p := range fn.params {
		b.walk(p.value)
		b.walk(p.typed)
		b.walk(p.from)
	}
	for _, t := range fn.results {
		b.walk(t)
	}
	b.class = nil
	b.block = b.open(block{parent: outer, fn: fn, depth: outer.depth + 1, pos: n.pos, end: n.end, dead: outer.dead})
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
		if p.kept && fn.class != nil {
			fn.class.attrs[p.name] = append(fn.class.attrs[p.name], binding{how: byParam, index: i, pos: n.pos, block: b.block})
		}
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
	var known names
	if c.scope != nil {
		known = c.scope.names
	}
	c.node = n
	b.add(n.text, binding{how: byClass, value: n, pos: n.pos})
	b.m.classes[n.text] = c
	body := n.kids[len(n.kids)-1]
	for _, base := range n.kids[:len(n.kids)-1] {
		b.walk(base)
	}
	c.scope = &function{name: n.text, module: b.m, outer: b.block.fn, node: n, names: known}
	outer, outerClass := b.block, b.class
	b.class = c
	b.block = b.open(block{parent: outer, fn: c.scope, depth: outer.depth + 1, pos: n.pos, end: n.end, dead: outer.dead})
	b.walk(body)
	b.block, b.class = outer, outerClass
}

// mayBeScope reports whether a string can hold a scope.
func mayBeScope(s string) bool {
	return len(s) <= 4096 && (strings.Contains(s, "/auth/") || strings.Contains(s, "%2Fauth%2F") || strings.Contains(s, "%2fauth%2f") || strings.Contains(s, "googleapis.com/auth") || strings.Contains(s, "mail.google.com") || strings.Contains(s, "/feeds"))
}
