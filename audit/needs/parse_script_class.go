package needs

import "strings"

func (p *scriptParser) function() *node {
	pos := p.next().pos
	p.accept("*")
	name := ""
	if p.tok().kind == tName {
		name = p.src(p.next())
	}
	return p.functionRest(pos, name)
}

// functionRest reads the parameters and the body of a function.
func (p *scriptParser) functionRest(pos int32, name string) *node {
	fn := &function{name: name}
	if p.is("<") {
		p.angles()
	}
	fn.params = p.parameters()
	if p.accept(":") {
		p.typ()
	}
	if p.is("{") {
		fn.body = p.block()
	}
	return p.defined(kFunc, pos, fn)
}

// parameters reads those between brackets.
func (p *scriptParser) parameters() []parameter {
	var params []parameter
	if !p.accept("(") {
		return nil
	}
	p.within(")", func() {
		var q parameter
		for p.isAny("private", "public", "protected", "readonly", "override") && p.peek(1).kind == tName {
			p.next()
			q.kept = true
		}
		if p.accept("...") {
			q.rest = "*"
		}
		if t := p.tok(); t.kind == tName {
			q.name = p.src(p.next())
			if strings.HasPrefix(q.name, "@") && p.is("(") {
				p.skipBalanced()
				return
			}
		} else if p.is("{") || p.is("[") {
			q.pattern = p.operand()
		}
		p.accept("?")
		if p.accept(":") {
			q.typed = p.typ()
		}
		if p.accept("=") {
			q.value = p.expression()
		}
		params = append(params, q)
	})
	return params
}

func (p *scriptParser) class() *node {
	pos := p.next().pos
	mark := len(p.stack)
	name := ""
	if p.tok().kind == tName && !p.is("extends") && !p.is("implements") {
		name = p.src(p.next())
	}
	if p.is("<") {
		p.angles()
	}
	if p.accept("extends") {
		p.push(p.postfix())
		if p.is("<") {
			p.angles()
		}
	}
	for p.tok().kind != tEnd && !p.is("{") {
		p.next()
	}
	at, inner := p.tok().pos, len(p.stack)
	p.accept("{")
	p.each("}", func() { p.push(p.classMember()) })
	p.accept("}")
	p.push(p.done(kBlock, at, "", inner))
	return p.done(kClass, pos, name, mark)
}

func (p *scriptParser) classMember() *node {
	property := false
	for p.tok().kind == tName && (p.peek(1).kind == tName || p.peek(1).kind == tString || p.isAt(1, "[") || p.isAt(1, "*") || p.isAt(1, "{")) {
		switch word := p.src(p.tok()); word {
		case "get":
			property = true
		case "public", "private", "protected", "readonly", "static", "async", "set", "override", "declare", "abstract", "accessor":
		default:
			if !strings.HasPrefix(word, "@") {
				return p.statement()
			}
		}
		p.next()
	}
	p.accept("*")
	t := p.tok()
	if t.kind == tName && strings.HasPrefix(p.src(t), "@") {
		p.next()
		if p.is("(") {
			p.skipBalanced()
		}
		return nil
	}
	name := ""
	switch {
	case t.kind == tName:
		name = p.src(p.next())
	case t.kind == tString:
		_, name = unquote(p.src(p.next()))
	case p.is("["):
		p.skipBalanced()
	case p.is("{"): // static { … }
		return p.block()
	default:
		return nil
	}
	if p.is("(") || p.is("<") {
		n := p.functionRest(t.pos, name)
		n.fn.property = property
		return n
	}
	p.accept("?")
	p.accept("!")
	target := p.node(kName, t.pos, t.end, name)
	var typ *node
	if p.accept(":") {
		typ = p.typ()
	}
	if p.accept("=") {
		value := p.expression()
		p.accept(";")
		return p.node(kAssign, t.pos, p.last(), declares, target, value)
	}
	p.accept(";")
	if typ != nil {
		return p.node(kAssign, t.pos, p.last(), declares, target, typ)
	}
	return nil
}

// typ reads a type: its name where it is one, and passes over the rest.
func (p *scriptParser) typ() *node {
	pos := p.tok().pos
	var name *node
	for first := true; ; first = false {
		for p.isAny("keyof", "typeof", "readonly", "unique", "infer", "asserts", "new", "|", "&") {
			p.next()
		}
		function := p.is("(") // or something in parentheses
		switch t := p.tok(); {
		case p.isAny("(", "{", "["):
			p.skipBalanced()
		case t.kind == tName:
			n := p.attributes(p.leaf(kName))
			if first {
				name = n
			}
		case t.kind == tString || t.kind == tNumber:
			p.next()
		default:
			return p.typed(pos, name)
		}
		if p.is("<") {
			p.angles()
		}
		for p.is("[") && p.isAt(1, "]") {
			p.next()
			p.next()
			name = nil
		}
		switch {
		case p.is("=>") && function: // behind any other type it begins the body of what returns that
			name = nil
		case p.isAny("|", "&"), p.isAny("is", "extends") && !p.newLine():
		default:
			return p.typed(pos, name)
		}
		p.next()
	}
}

func (p *scriptParser) typed(pos int32, name *node) *node {
	if name == nil {
		return p.node(kOther, pos, p.last(), "")
	}
	return p.node(kTyped, pos, p.last(), "", name)
}
