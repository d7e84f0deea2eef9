package needs

import "slices"

// parseScript reads JavaScript or TypeScript. Types are passed over, but for
// those of parameters and fields.
func parseScript(l lexed) *parsed {
	p := newScriptParser(l, 0)
	pos := p.tok().pos
	for p.tok().kind != tEnd {
		p.statements()
		p.accept("}")
	}
	return p.tree(p.done(kBlock, pos, "", 0))
}

type scriptParser struct{ braces }

func newScriptParser(l lexed, depth int) *scriptParser {
	p := &scriptParser{braces{parser: parsing(l, depth), breaks: true}}
	p.grammar = p
	p.pair()
	return p
}

func (p *scriptParser) statement() *node {
	t := p.tok()
	if p.depth > maxNesting {
		p.next()
		return nil
	}
	if t.kind == tOp {
		if p.is("{") {
			return p.block()
		}
		if p.accept(";") {
			return nil
		}
	}
	if t.kind == tName && !p.isAt(1, ":") && !p.isAt(1, "=") && !p.isAt(1, ".") {
		if n, done := p.keyword(t); done {
			return n
		}
	}
	n := p.condition()
	p.accept(";")
	return n
}

// keyword reads a statement that begins with a word of its own.
func (p *scriptParser) keyword(t token) (*node, bool) {
	word := p.src(t)
	switch word {
	case "const", "let", "var":
		p.next()
		if p.accept("enum") {
			return p.enumeration(t.pos), true
		}
		return p.declaration(t.pos), true
	case "import":
		if p.isAt(1, "(") || p.isAt(1, ".") {
			return nil, false
		}
		return p.imports(), true
	case "export":
		p.next()
		if p.accept("default") {
			var value *node
			if p.is("{") { // which begins no block here
				value = p.expression()
				p.accept(";")
			} else {
				value = p.statement()
			}
			if value == nil {
				return nil, true
			}
			name := value
			if (value.kind == kFunc || value.kind == kClass) && value.text != "" {
				name = p.node(kName, value.pos, value.pos, value.text)
				return p.node(kOther, t.pos, p.last(), "", value, p.node(kAssign, t.pos, p.last(), declares, p.node(kName, t.pos, t.end, "default"), name)), true
			}
			return p.node(kAssign, t.pos, p.last(), declares, p.node(kName, t.pos, t.end, "default"), name), true
		}
		if p.is("type") && (p.isAt(1, "{") || p.isAt(1, "*")) {
			p.next()
		}
		if p.is("{") || p.is("*") {
			return p.exports(t.pos), true
		}
		return p.statement(), true
	case "async":
		if p.isAt(1, "function") {
			p.next()
			return p.function(), true
		}
	case "function":
		return p.function(), true
	case "class", "abstract":
		p.accept("abstract")
		if p.is("class") {
			return p.class(), true
		}
	case "for":
		return p.loop(), true
	case "switch":
		return p.switches(), true
	case "enum":
		if p.peek(1).kind == tName {
			p.next()
			return p.enumeration(t.pos), true
		}
	case "interface":
		if p.peek(1).kind == tName {
			for p.tok().kind != tEnd && !p.is("{") {
				p.next()
			}
			p.skipBalanced()
			return nil, true
		}
	case "type":
		if p.peek(1).kind == tName && (p.isAt(2, "=") || p.isAt(2, "<")) {
			p.next()
			p.next()
			if p.is("<") {
				p.angles()
			}
			p.accept("=")
			p.accept("|")
			p.typ()
			p.accept(";")
			return nil, true
		}
	case "declare", "namespace", "module":
		if p.peek(1).kind == tName || p.peek(1).kind == tString {
			p.next()
			if word != "declare" {
				p.next()
				return p.statement(), true
			}
			if p.isAny("const", "let", "var") { // of what is not seen: the name is free
				p.statement()
				return nil, true
			}
			return p.statement(), true
		}
	}
	n := p.control()
	return n, n != nil
}

// declaration reads the variables of one.
func (p *scriptParser) declaration(pos int32) *node {
	mark := len(p.stack)
	for {
		at := p.tok().pos
		target := p.operand()
		p.accept("!")
		var typ *node
		if p.accept(":") {
			typ = p.typ()
		}
		switch {
		case p.accept("="):
			value := p.expression()
			p.push(p.node(kAssign, at, p.last(), declares, target, value))
		case typ != nil:
			p.push(p.node(kAssign, at, p.last(), declares, target, typ))
		default:
			p.push(p.node(kOther, at, p.last(), declares, target))
		}
		if !p.accept(",") {
			break
		}
	}
	p.accept(";")
	return p.several(kOther, pos, mark)
}

// enumeration reads one behind its keyword, as the object that it is.
func (p *scriptParser) enumeration(pos int32) *node {
	name := p.leaf(kName)
	at, mark := p.tok().pos, len(p.stack)
	p.accept("{")
	p.within("}", func() {
		t := p.next()
		key := p.src(t)
		if t.kind == tString {
			_, key = unquote(key)
		}
		if p.accept("=") {
			value := p.expression()
			p.push(p.node(kPair, t.pos, p.last(), "", p.node(kString, t.pos, t.end, key), value))
		}
	})
	dict := p.done(kDict, at, "", mark)
	return p.node(kAssign, pos, p.last(), declares, name, dict)
}

func (p *scriptParser) imports() *node {
	pos := p.next().pos
	mark := len(p.stack)
	if p.is("type") && !p.isAt(1, "from") && !p.isAt(1, ",") {
		p.next()
	}
	for p.tok().kind != tEnd && p.tok().kind != tString && !p.is(";") {
		t := p.next()
		switch {
		case t.kind == tName && p.src(t) == "from":
		case t.kind == tName:
			p.foreign(t, "default", p.src(t))
		case p.src(t) == "*":
			if p.accept("as") {
				p.foreign(t, "*", p.src(p.next()))
			}
		case p.src(t) == "{":
			p.foreigns()
		}
	}
	return p.done(kImport, pos, p.from(), mark)
}

// exports reads the names that a module exports, in braces or all there are. Those
// of another module are as if it imported them.
func (p *scriptParser) exports(pos int32) *node {
	mark := len(p.stack)
	switch t := p.next(); {
	case p.src(t) == "{":
		p.foreigns()
	case p.accept("as"):
		p.foreign(t, "*", p.src(p.next()))
	default:
		p.push(p.node(kPair, t.pos, t.end, "*"))
	}
	if p.accept("from") {
		return p.done(kImport, pos, p.from(), mark)
	}
	p.accept(";")
	names := slices.Clone(p.stack[mark:])
	p.stack = p.stack[:mark]
	for _, n := range names {
		if n.text == "" && n.kids[0].text != n.kids[1].text {
			p.push(p.node(kAssign, n.pos, n.end, declares, n.kids[1], n.kids[0]))
		}
	}
	return p.several(kOther, pos, mark)
}

// foreign notes a name of another module, and the one that it goes by here.
func (p *scriptParser) foreign(at token, name, alias string) {
	p.push(p.node(kPair, at.pos, p.last(), "", p.node(kName, at.pos, at.end, name), p.node(kName, at.pos, p.last(), alias)))
}

// foreigns reads those in braces, behind the opening one.
func (p *scriptParser) foreigns() {
	for p.tok().kind != tEnd && !p.is("}") {
		at := p.next()
		if p.src(at) == "type" && p.tok().kind == tName && !p.is("as") {
			at = p.next()
		}
		if at.kind != tName {
			continue
		}
		alias := p.src(at)
		if p.accept("as") {
			alias = p.src(p.next())
		}
		p.foreign(at, p.src(at), alias)
	}
	p.accept("}")
}

// from reads the name of a module at the end of a statement.
func (p *scriptParser) from() string {
	module := ""
	if p.tok().kind == tString {
		_, module = unquote(p.src(p.next()))
	}
	p.accept(";")
	return module
}

func (p *scriptParser) loop() *node {
	pos := p.next().pos
	p.accept("await")
	mark := len(p.stack)
	p.accept("(")
	if p.isAny("const", "let", "var") {
		p.next()
	}
	init := len(p.stack)
	target := p.operand()
	if p.isAny("of", "in") {
		p.next()
		p.push(target)
		p.push(p.condition())
	} else {
		p.each(")", func() {
			if p.accept("=") {
				value := p.expression()
				target = p.node(kAssign, pos, p.last(), declares, target, value)
			} else if !p.accept(";") && !p.accept(",") {
				target = p.node(kOther, pos, p.last(), "", target, p.condition())
			}
		})
		p.stack = p.stack[:init]
		p.push(p.node(kOther, pos, pos, ""))
		p.push(p.node(kOther, pos, pos, "", target))
	}
	p.accept(")")
	p.push(p.block())
	return p.done(kLoop, pos, "", mark)
}

func (p *scriptParser) switches() *node {
	pos := p.next().pos
	mark := len(p.stack)
	subject := p.paren()
	p.push(subject)
	p.accept("{")
	p.each("}", func() {
		at := p.tok().pos
		var test *node
		when := "otherwise"
		if p.accept("case") {
			test = p.condition()
			when = p.cut(subject.pos, subject.end) + " is " + p.cut(test.pos, test.end)
		} else {
			p.accept("default")
			test = p.node(kOther, at, at, "")
		}
		p.accept(":")
		body := p.branch(func() bool { return p.is("case") || p.is("default") && p.isAt(1, ":") })
		p.push(p.node(kIf, at, p.last(), when, test, body))
	})
	p.accept("}")
	return p.done(kBlock, pos, "", mark)
}
