package needs

import "strconv"

// expressions reads those with commas between onto the stack.
func (p *goParser) expressions() {
	p.push(p.expression())
	for p.accept(",") {
		p.push(p.expression())
	}
}

func (p *goParser) expression() *node {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return p.flat(p.tok().pos)
	}
	return p.binary(0)
}

// condition reads one expression: no comma stands between two.
func (p *goParser) condition() *node { return p.expression() }

func (p *goParser) level() int {
	t := p.tok()
	if t.kind != tOp {
		return -1
	}
	switch p.src(t) {
	case "||":
		return 0
	case "&&":
		return 1
	case "==", "!=", "<", "<=", ">", ">=":
		return 2
	case "+", "-", "|", "^":
		return 3
	case "*", "/", "%", "<<", ">>", "&", "&^":
		return 4
	}
	return -1
}

func (p *goParser) operate(pos int32, op string, level int, left *node) *node {
	k := kCompare
	if op == "+" {
		k = kBinary
	}
	right := p.right(level)
	return p.node(k, pos, p.last(), op, left, right)
}

func (p *goParser) unary() *node {
	pos := p.tok().pos
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return p.flat(pos)
	}
	switch p.word() {
	case "*", "&":
		p.next()
		return p.unary()
	case "!", "-", "+", "^", "<-", "~":
		p.next()
		n := p.unary()
		return p.node(kCompare, pos, p.last(), "not", n)
	}
	return p.postfix()
}

func (p *goParser) postfix() *node {
	pos := p.tok().pos
	n := p.operand()
	for p.tok().kind == tOp {
		switch p.tok().first {
		case '.':
			if !p.is(".") {
				return n
			}
			p.next()
			switch t := p.tok(); {
			case t.kind == tName:
				p.next()
				n = p.node(kAttr, pos, t.end, p.src(t), n)
			case p.accept("("): // of what type it is
				if p.accept("type") {
					p.typeSwitch = true
				} else {
					p.typ()
				}
				p.closing(")")
			default:
				return n
			}
		case '(':
			n = p.call(pos, n, p.arguments)
		case '[':
			n = p.subscript(pos, n)
		case '{':
			if p.header || n.kind != kName && n.kind != kAttr && n.kind != kIndex {
				return n
			}
			n = p.composite(pos, goType{value: n})
		default:
			return n
		}
	}
	return n
}

func (p *goParser) arguments(end string) {
	outer := p.header
	p.header = false
	p.within(end, func() {
		pos := p.tok().pos
		n := p.expression()
		if p.is("...") {
			n = p.node(kSpread, pos, p.last(), "*", n)
			p.next()
		}
		p.push(n)
	})
	p.header = outer
}

// subscript reads an index; a slice of a value stands for the value.
func (p *goParser) subscript(pos int32, n *node) *node {
	mark := len(p.stack)
	slice := false
	p.push(n)
	p.inside("]", func() {
		if p.accept(":") {
			slice = true
		} else {
			p.push(p.expression())
		}
	})
	if slice {
		p.stack = p.stack[:mark]
		return n
	}
	if len(p.stack) != mark+2 { // type arguments
		p.stack = p.stack[:mark]
		return p.other(pos)
	}
	return p.done(kIndex, pos, "", mark)
}

func (p *goParser) operand() *node {
	t := p.tok()
	switch t.kind {
	case tName:
		switch p.src(t) {
		case "nil", "true", "false":
			return p.leaf(kConst)
		case "func":
			return p.literalFunction()
		case "struct", "map", "chan", "interface":
			return p.typed()
		}
		return p.leaf(kName)
	case tNumber:
		return p.leaf(kConst)
	case tString:
		p.next()
		if text, err := strconv.Unquote(p.src(t)); err == nil {
			return p.node(kString, t.pos, t.end, text)
		}
		return p.node(kConst, t.pos, t.end, p.src(t))
	case tOp:
		switch {
		case p.is("("):
			outer := p.header
			p.header = false
			p.next()
			n := p.expression()
			p.closing(")")
			p.header = outer
			return n
		case p.is("["):
			return p.typed()
		case p.isAny(")", "]", "}", ",", ";", ":", "=", ":=", "{"):
			return p.other(t.pos)
		}
		p.next()
	}
	return p.other(t.pos)
}

// literalFunction reads a function without a name, or its type.
func (p *goParser) literalFunction() *node {
	pos := p.next().pos
	fn := &function{}
	p.signature(fn)
	if !p.is("{") {
		return p.other(pos)
	}
	fn.body = p.block()
	return p.defined(kLambda, pos, fn)
}

// typed reads a type that is written out, with the value that may follow.
func (p *goParser) typed() *node {
	pos := p.tok().pos
	t := p.typ()
	if p.is("{") {
		return p.composite(pos, t)
	}
	return p.node(kOther, pos, p.last(), "")
}

// composite reads a list, a dictionary, or a struct: a call of its type with
// named arguments.
func (p *goParser) composite(pos int32, t goType) *node {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return p.flat(pos)
	}
	mark := len(p.stack)
	k, text, fields := kDict, "", false
	switch {
	case t.many:
		k = kList
	case t.value != nil && t.of == nil:
		k, text, fields = kCall, composite, true
		p.push(t.value)
	}
	p.inside("}", func() {
		at := p.tok()
		if fields && at.kind == tName && p.isAt(1, ":") {
			p.next()
			p.next()
			value := p.element(goType{})
			p.push(p.node(kKeyword, at.pos, p.last(), p.src(at), value))
			return
		}
		n := p.element(goType{})
		if p.accept(":") {
			value := p.element(of(t))
			if t.many {
				n = value
			} else {
				n = p.node(kPair, at.pos, p.last(), "", n, value)
			}
		}
		p.push(n)
	})
	return p.done(k, pos, text, mark)
}

// of is the type of what a map holds.
func of(t goType) goType {
	if t.of != nil {
		return *t.of
	}
	return goType{}
}

// element reads one of a composite value, whose type may be left out.
func (p *goParser) element(t goType) *node {
	if p.is("{") {
		return p.composite(p.tok().pos, t)
	}
	return p.expression()
}
