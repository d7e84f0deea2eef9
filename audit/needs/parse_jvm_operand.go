package needs

// trailing gives a call the lambda that stands behind it as its last argument.
func (p *jvmParser) trailing(pos int32, call *node) *node {
	fn := p.lambda()
	mark := len(p.stack)
	p.stack = append(p.stack, call.kids...)
	p.push(fn)
	n := p.done(kCall, pos, "", mark)
	if fn.fn == nil || call.kids[0].kind != kAttr && call.kids[0].text != "with" {
		return n
	}
	subject := call.kids[0]
	if subject.text == "with" && len(call.kids) > 1 {
		subject = call.kids[1]
	} else if subject.kind == kAttr {
		subject = subject.kids[0]
	}
	switch call.kids[0].text {
	case "apply", "run", "with":
		fn.fn.subject = subject
	case "let", "also", "use", "takeIf", "takeUnless":
		if len(fn.fn.params) > 0 {
			fn.fn.params[0].from = subject
		}
	case "forEach", "map", "flatMap", "mapNotNull", "filter", "onEach", "any", "all", "none", "first", "associateWith":
		if len(fn.fn.params) > 0 {
			any := p.node(kOther, subject.pos, subject.end, "any")
			fn.fn.params[0].from = p.node(kIndex, subject.pos, subject.end, "", subject, any)
		}
	}
	return n
}

func (p *jvmParser) arguments(end string) {
	outer := p.header
	p.header = false
	p.within(end, func() {
		if t := p.tok(); p.kotlin && t.kind == tName && p.isAt(1, "=") {
			p.next()
			p.next()
			value := p.expression()
			p.push(p.node(kKeyword, t.pos, p.last(), p.src(t), value))
		} else {
			p.push(p.expression())
		}
	})
	p.header = outer
}

func (p *jvmParser) operand() *node {
	t := p.tok()
	switch t.kind {
	case tName:
		switch p.src(t) {
		case "new":
			if !p.kotlin && p.peek(1).kind == tName {
				return p.made()
			}
		case "null", "true", "false":
			return p.leaf(kConst)
		case "if":
			if p.kotlin && p.isAt(1, "(") {
				return p.conditional()
			}
		case "when", "switch":
			if p.isAt(1, "(") || p.kotlin && p.isAt(1, "{") {
				return p.switches(true)
			}
		case "try":
			if p.kotlin {
				n := p.try()
				if len(n.kids) > 1 {
					return p.node(kBinary, n.pos, n.end, "try", n.kids[0], p.node(kOther, n.pos, n.end, "", n.kids[1:]...))
				}
				return n
			}
		case "return", "throw", "break", "continue":
			return p.control()
		case "object":
			if p.kotlin && (p.isAt(1, ":") || p.isAt(1, "{")) {
				mark := len(p.stack)
				p.push(p.class()) // or its members
				return p.done(kOther, t.pos, "", mark)
			}
		case "fun":
			if p.kotlin && p.isAt(1, "(") {
				p.next()
				n := p.functionRest(t.pos, &function{})
				n.kind = kLambda
				return n
			}
		case "this", "super":
			n := p.leaf(kName)
			p.label()
			return n
		}
		return p.leaf(kName)
	case tNumber:
		return p.leaf(kConst)
	case tString:
		p.next()
		return p.string(t)
	case tOp:
		switch {
		case p.is("("):
			p.next()
			outer := p.header
			p.header = false
			n := p.expression()
			p.closing(")")
			p.header = outer
			return n
		case p.is("["): // of an annotation
			return p.list("]", p.arguments)
		case p.is("{"):
			if p.kotlin {
				return p.lambda()
			}
			return p.list("}", p.arguments)
		case p.is("::"):
			p.next()
			return p.reference()
		case p.isAny(")", "]", "}", ",", ";", ":"):
			return p.other(t.pos)
		}
		p.next()
	}
	return p.other(t.pos)
}

// reference is the function that :: names.
func (p *jvmParser) reference() *node {
	t := p.next()
	if t.kind != tName {
		return p.other(t.pos)
	}
	return p.node(kName, t.pos, t.end, p.src(t))
}

// conditional reads an if that has a value.
func (p *jvmParser) conditional() *node {
	pos := p.next().pos
	test := p.paren()
	then := p.block()
	p.accept(";")
	if !p.accept("else") {
		return p.node(kCond, pos, p.last(), "", test, then)
	}
	p.depth++
	defer func() { p.depth-- }()
	var other *node
	if p.depth > maxNesting {
		other = p.other(pos)
	} else if p.is("if") && p.isAt(1, "(") {
		other = p.conditional()
	} else {
		other = p.block()
	}
	return p.node(kCond, pos, p.last(), "", test, then, other)
}

// made reads what new makes: an object, perhaps with a class of its own, or an
// array.
func (p *jvmParser) made() *node {
	pos := p.next().pos
	p.modifiers()
	n := p.leaf(kName)
	for {
		if p.is("<") {
			p.angles()
		}
		if !p.is(".") || p.peek(1).kind != tName {
			break
		}
		p.next()
		part := p.next()
		n = p.node(kAttr, n.pos, part.end, p.src(part), n)
	}
	for p.is("[") {
		p.skipBalanced()
	}
	mark := len(p.stack)
	if p.is("{") { // the elements of an array
		return p.operand()
	}
	p.push(n)
	if p.accept("(") {
		p.arguments(")")
	}
	n = p.done(kCall, pos, "", mark)
	if !p.is("{") {
		return n
	}
	at, inner := p.tok().pos, len(p.stack)
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		p.skipBalanced()
		return n
	}
	double := p.isAt(1, "{")
	p.next()
	p.members("")
	p.accept("}")
	if double { // new ArrayList<>() {{ add(x); }}
		body := p.stack[inner]
		p.stack = p.stack[:inner]
		for _, s := range body.kids {
			if s.kind == kCall && s.kids[0].text == "add" && len(s.kids) == 2 {
				p.push(s.kids[1])
			}
		}
		return p.done(kList, pos, "", inner)
	}
	p.push(p.done(kBlock, at, "", inner))
	class := p.done(kClass, at, "", inner)
	return p.node(kOther, pos, p.last(), "", n, class)
}
