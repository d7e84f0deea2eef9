package needs

import (
	"slices"
	"strings"
)

// parseJVM reads Java or Kotlin. Of types only the names are kept by which a
// client can be known; the rest is passed over.
func parseJVM(l lexed, kotlin bool) *parsed {
	p := newJVMParser(l, 0, kotlin)
	pos := p.tok().pos
	for p.tok().kind != tEnd {
		p.members("")
		p.accept("}")
	}
	for _, s := range p.sent {
		p.push(s)
	}
	tree := p.tree(p.done(kBlock, pos, "", 0))
	tree.space = p.space
	return tree
}

type jvmParser struct {
	braces
	kotlin bool
	space  string  // the package
	header bool    // what is read stands before a class's body
	sent   []*node // the annotations that say what is sent, as calls
}

func newJVMParser(l lexed, depth int, kotlin bool) *jvmParser {
	p := &jvmParser{braces: braces{parser: parsing(l, depth), breaks: kotlin}, kotlin: kotlin}
	p.grammar = p
	p.pair()
	return p
}

// members reads what stands in a class, or at the top, to its closing brace.
func (p *jvmParser) members(class string) {
	p.each("}", func() { p.push(p.member(class)) })
}

// member reads one of them.
func (p *jvmParser) member(class string) *node {
	p.modifiers()
	t := p.tok()
	if t.kind == tOp {
		switch {
		case p.accept(";"):
			return nil
		case p.is("{"): // an initialiser
			return p.block()
		case p.is("<"):
			p.angles()
			return p.member(class)
		}
	}
	if t.kind != tName {
		return p.statement()
	}
	switch word := p.src(t); word {
	case "package":
		p.next()
		p.space = p.path()
		p.accept(";")
		return nil
	case "import":
		return p.imported()
	case "class", "interface", "enum", "record", "object", "@interface":
		if p.peek(1).kind == tName || word == "object" && !p.isAt(1, ".") {
			return p.class()
		}
	case "constructor", "init":
		if p.kotlin && class != "" && (p.isAt(1, "{") || p.isAt(1, "(")) {
			p.next()
			if p.is("{") {
				return p.block()
			}
			return p.functionRest(t.pos, &function{name: "constructor"})
		}
	case "typealias":
		for p.next(); p.tok().kind != tEnd && !p.newLine(); p.next() {
		}
		return nil
	}
	if !p.kotlin && class != "" {
		if p.src(t) == class && (p.isAt(1, "(") || p.isAt(1, "{")) {
			p.next()
			return p.functionRest(t.pos, &function{name: "constructor"})
		}
		if i := p.declared(); i > 0 && p.isAt(i+1, "(") {
			typ := p.typ()
			fn := &function{name: p.src(p.next())}
			if typ != nil {
				fn.results = []*node{typ}
			}
			return p.functionRest(t.pos, fn)
		}
	}
	return p.statement()
}

// modifiers passes over annotations and the words before a declaration.
func (p *jvmParser) modifiers() {
	for p.tok().kind == tName {
		switch word := p.src(p.tok()); word {
		case "public", "private", "protected", "internal", "static", "final", "abstract", "native", "synchronized", "transient", "volatile", "strictfp", "default", "sealed",
			"override", "open", "lateinit", "const", "suspend", "inline", "data", "inner", "operator", "infix", "tailrec", "external", "annotation", "companion", "value", "expect", "actual", "vararg", "noinline", "crossinline", "reified":
			if p.peek(1).kind != tName && !(word == "static" && p.isAt(1, "{")) && !(p.isAt(1, "<") && !p.kotlin) {
				return
			}
			p.next()
		default:
			if word[0] != '@' || word == "@interface" {
				return
			}
			t := p.next()
			for p.accept(".") || p.accept(":") {
				p.next()
			}
			switch {
			case !p.is("("):
			case slices.Contains(httpVerbs, word[1:]):
				p.sent = append(p.sent, p.call(t.pos, p.node(kName, t.pos, t.end, word), p.arguments))
			default:
				p.skipBalanced()
			}
		}
	}
}

// path reads names with dots between.
func (p *jvmParser) path() string {
	from := p.at
	for p.tok().kind == tName {
		p.next()
		if !p.is(".") || p.peek(1).kind != tName {
			break
		}
		p.next()
	}
	return p.joined(from)
}

// imported reads an import: what is taken, of which package or class.
func (p *jvmParser) imported() *node {
	pos := p.next().pos
	p.accept("static")
	at := p.tok()
	name := p.path()
	mark := len(p.stack)
	if p.accept(".") {
		p.accept("*")
		p.push(p.node(kPair, at.pos, p.last(), "*"))
	} else {
		space, last := "", name
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			space, last = name[:i], name[i+1:]
		}
		alias := last
		if p.kotlin && p.accept("as") {
			alias = p.src(p.next())
		}
		name = space
		p.push(p.node(kPair, at.pos, p.last(), "", p.node(kName, at.pos, p.last(), last), p.node(kName, at.pos, p.last(), alias)))
	}
	p.accept(";")
	return p.done(kImport, pos, name, mark)
}

// parameters reads those between brackets.
func (p *jvmParser) parameters() []parameter {
	params := []parameter{}
	if !p.accept("(") {
		return nil
	}
	p.within(")", func() {
		var q parameter
		p.modifiers()
		if p.at > 0 && p.isAt(-1, "vararg") {
			q.rest = "*"
		}
		if p.kotlin {
			if p.isAny("val", "var") && p.peek(1).kind == tName {
				p.next()
			}
			q.name = p.src(p.next())
			if p.accept(":") {
				q.typed = p.typ()
			}
			if p.accept("=") {
				q.value = p.expression()
			}
		} else {
			q.typed = p.typ()
			if p.at > 0 && p.isAt(-1, "...") {
				q.rest = "*"
			}
			if p.tok().kind == tName {
				q.name = p.src(p.next())
			}
			for p.is("[") {
				p.skipBalanced()
			}
		}
		params = append(params, q)
	})
	return params
}

// functionRest reads the parameters and the body of a function.
func (p *jvmParser) functionRest(pos int32, fn *function) *node {
	p.depth++
	defer func() { p.depth-- }()
	fn.params = p.parameters()
	if p.kotlin && p.accept(":") {
		if p.isAny("this", "super") && p.isAt(1, "(") {
			p.next()
			p.skipBalanced()
		} else if typ := p.typ(); typ != nil {
			fn.results = []*node{typ}
		}
	}
	if p.accept("throws") {
		for p.typ(); p.accept(","); p.typ() {
		}
	}
	if p.accept("default") {
		p.expression()
	}
	switch {
	case p.is("{"):
		fn.body = p.block()
	case p.kotlin && p.accept("="):
		at := p.tok().pos
		value := p.expression()
		fn.body = p.node(kBlock, at, p.last(), "", p.node(kReturn, at, p.last(), "", value))
	default:
		p.accept(";")
	}
	return p.defined(kFunc, pos, fn)
}

// typ reads a type: its name where it is one, and passes over the rest.
func (p *jvmParser) typ() *node {
	pos := p.tok().pos
	p.modifiers()
	for p.isAny("in", "out", "?", "*") || p.is("suspend") && p.isAt(1, "(") {
		p.next()
	}
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return nil
	}
	if p.kotlin && p.is("(") {
		p.skipBalanced()
		if p.accept("->") {
			p.typ()
		}
		p.accept("?")
		return nil
	}
	if p.tok().kind != tName {
		return nil
	}
	n := p.leaf(kName)
	for {
		if p.is("<") {
			p.angles()
		}
		if !p.is(".") {
			break
		}
		if p.kotlin && p.isAt(1, "(") { // a function on something
			p.next()
			p.skipBalanced()
			if p.accept("->") {
				p.typ()
			}
			return nil
		}
		if p.peek(1).kind != tName {
			break
		}
		p.next()
		part := p.next()
		n = p.node(kAttr, n.pos, part.end, p.src(part), n)
	}
	p.accept("?")
	for p.is("[") && p.isAt(1, "]") {
		p.next()
		p.next()
		n = nil
	}
	if p.accept("...") {
		n = nil
	}
	for p.accept("&") || p.accept("|") {
		p.typ()
	}
	if n == nil || n.kind == kName && (n.text == "var" || n.text[0]|0x20 == n.text[0]) {
		return nil
	}
	return p.node(kTyped, pos, p.last(), "", n)
}
