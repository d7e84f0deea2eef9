package needs

// expressions reads one expression, or several with commas as a tuple.
func (p *pythonParser) expressions() *node {
	pos := p.tok().pos
	first := p.starred()
	if !p.is(",") {
		return first
	}
	mark := len(p.stack)
	p.push(first)
	for p.accept(",") {
		if t := p.tok(); t.kind >= tLine || t.kind == tEnd || p.isAny("=", ")", "]", "}", ";", ":") {
			break
		}
		p.push(p.starred())
	}
	return p.done(kList, pos, "", mark)
}

func (p *pythonParser) starred() *node {
	t := p.tok()
	if t.kind == tOp && (p.is("*") || p.is("**")) {
		p.next()
		value := p.expression()
		return p.node(kSpread, t.pos, p.last(), p.src(t), value)
	}
	return p.expression()
}

// expression reads a condition, a lambda, or what binds tighter.
func (p *pythonParser) expression() *node {
	pos := p.tok().pos
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return p.flat(pos)
	}
	if p.is("lambda") {
		p.next()
		fn := &function{params: p.parameters(":")}
		p.accept(":")
		fn.body = p.expression()
		return p.defined(kLambda, pos, fn)
	}
	if p.is("yield") {
		p.next()
		from := p.accept("from")
		mark := len(p.stack)
		if p.tok().kind < tLine && !p.isAny(")", "]", "}", "=", ",") {
			v := p.expressions()
			if !from {
				v = p.node(kList, v.pos, v.end, "", v)
			}
			p.push(v)
		}
		return p.done(kReturn, pos, "yield", mark)
	}
	n := p.binary(0)
	if p.is("if") {
		p.next()
		test := p.binary(0)
		if p.accept("else") {
			other := p.expression()
			return p.node(kCond, pos, p.last(), "", test, n, other)
		}
		return p.node(kCond, pos, p.last(), "", test, n)
	}
	if p.is(":=") {
		p.next()
		value := p.expression()
		return p.node(kAssign, pos, p.last(), "=", n, value)
	}
	return n
}

// condition reads one expression: a string has no other in its braces.
func (p *pythonParser) condition() *node { return p.expression() }

// bitLevel is the level of | and of what binds tighter: no comparison is read.
const bitLevel = 3

// level gives how tightly an operator binds, or -1.
func (p *pythonParser) level() int {
	t := p.tok()
	if t.kind != tOp && t.kind != tName {
		return -1
	}
	switch p.text[t.pos:t.end] {
	case "or":
		return 0
	case "and":
		return 1
	case "==", "!=", "<", ">", "<=", ">=", "in", "is", "not":
		return 2
	case "|":
		return 3
	case "^", "&":
		return 4
	case "<<", ">>":
		return 5
	case "+", "-":
		return 6
	case "*", "/", "//", "%", "@":
		return 7
	}
	return -1
}

func (p *pythonParser) operate(pos int32, op string, level int, left *node) *node {
	if op == "not" || op == "is" {
		p.accept("in")
		p.accept("not")
	}
	k := kBinary
	if level == 2 {
		k = kCompare
	}
	right := p.right(level)
	return p.node(k, pos, p.last(), op, left, right)
}

func (p *pythonParser) unary() *node {
	return p.prefixed(func(word string) bool {
		switch word {
		case "not", "-", "+", "~":
			return true
		}
		return false
	})
}

// postfix reads an operand with all that is called on it.
func (p *pythonParser) postfix() *node {
	pos := p.tok().pos
	n := p.operand()
	for {
		switch p.word() {
		case ".":
			p.next()
			if p.tok().kind != tName {
				return n
			}
			t := p.next()
			n = p.node(kAttr, pos, t.end, p.src(t), n)
		case "(":
			n = p.call(pos, n, p.arguments)
		case "[":
			p.next()
			mark := len(p.stack)
			p.push(n)
			p.subscript()
			n = p.done(kIndex, pos, "", mark)
		case "**":
			p.next()
			right := p.unary()
			n = p.node(kOther, pos, p.last(), "", n, right)
		default:
			return n
		}
	}
}

// subscript reads what stands in square brackets behind a value; a slice is an
// index that is a kOther.
func (p *pythonParser) subscript() {
	pos, mark := p.tok().pos, len(p.stack)
	slice := false
	for p.tok().kind != tEnd && !p.is("]") && p.tok().kind < tLine {
		before := p.at
		if p.is(":") || p.is("::") {
			p.next()
			slice = true
		} else {
			p.push(p.expressions())
		}
		if p.at == before {
			p.next()
		}
	}
	p.accept("]")
	if slice || len(p.stack) != mark+1 {
		p.push(p.done(kOther, pos, "slice", mark))
	}
}

// arguments reads arguments onto the stack, and the bracket that ends them.
func (p *pythonParser) arguments(end string) {
	for p.inLine() && !p.is(end) {
		before := p.at
		t := p.tok()
		if t.kind == tName && p.isAt(1, "=") {
			p.next()
			p.next()
			value := p.expression()
			p.push(p.node(kKeyword, t.pos, p.last(), p.src(t), value))
		} else {
			n := p.starred()
			if p.is("for") || p.is("async") {
				n = p.comprehension(n, t.pos)
			}
			p.push(n)
		}
		p.accept(",")
		if p.at == before {
			p.next()
		}
	}
	p.accept(end)
}

// comprehension reads what follows the element of one.
func (p *pythonParser) comprehension(element *node, pos int32) *node {
	mark := len(p.stack)
	p.push(element)
	for p.is("for") || p.is("async") {
		p.accept("async")
		if !p.accept("for") {
			break
		}
		p.push(p.targets())
		p.accept("in")
		p.push(p.binary(0))
		for p.accept("if") {
			// What filters is looked at, and does not change what an element is.
			filter := p.binary(0)
			p.stack[len(p.stack)-1] = p.node(kBinary, pos, p.last(), "filter", p.stack[len(p.stack)-1], filter)
		}
	}
	return p.done(kComp, pos, "", mark)
}

func (p *pythonParser) operand() *node {
	t := p.tok()
	switch t.kind {
	case tName:
		switch p.src(t) {
		case "None", "True", "False":
			return p.leaf(kConst)
		}
		return p.leaf(kName)
	case tNumber:
		return p.leaf(kConst)
	case tString:
		return p.strings()
	case tOp:
		switch {
		case p.is("("):
			return p.tuple()
		case p.is("["):
			p.next()
			mark := len(p.stack)
			p.arguments("]")
			return p.collected(kList, t.pos, mark)
		case p.is("{"):
			return p.braces()
		case p.is("..."):
			return p.leaf(kConst)
		case p.isAny(")", "]", "}", ",", ":", "=", ";"):
			return p.other(t.pos)
		}
		p.next()
	}
	return p.other(t.pos)
}

// collected makes a list, or passes on the comprehension that fills it.
func (p *pythonParser) collected(k kind, pos int32, mark int) *node {
	if len(p.stack) == mark+1 && p.stack[mark].kind == kComp {
		n := p.stack[mark]
		p.stack = p.stack[:mark]
		n.pos, n.end = pos, p.last()
		return n
	}
	return p.done(k, pos, "", mark)
}

func (p *pythonParser) tuple() *node {
	pos := p.next().pos
	if p.accept(")") {
		return p.node(kList, pos, p.last(), "")
	}
	n := p.starred()
	if p.is("for") || p.is("async") {
		n = p.comprehension(n, pos)
	} else if p.is(",") {
		mark := len(p.stack)
		p.push(n)
		for p.accept(",") && !p.is(")") {
			p.push(p.starred())
		}
		n = p.done(kList, pos, "", mark)
	}
	for !p.is(")") && p.inLine() {
		p.next()
	}
	p.accept(")")
	return n
}

// braces reads a set or a dictionary.
func (p *pythonParser) braces() *node {
	pos := p.next().pos
	mark := len(p.stack)
	k := kDict
	for p.inLine() && !p.is("}") {
		before := p.at
		at := p.tok().pos
		n := p.starred()
		if p.accept(":") {
			value := p.expression()
			n = p.node(kPair, at, p.last(), "", n, value)
		} else if n.kind != kSpread {
			k = kList
		} else if n.text == "*" {
			k = kList
		}
		if p.is("for") || p.is("async") {
			n = p.comprehension(n, at)
		}
		p.push(n)
		p.accept(",")
		if p.at == before {
			p.next()
		}
	}
	p.accept("}")
	return p.collected(k, pos, mark)
}
