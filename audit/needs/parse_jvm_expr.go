package needs

// expression reads one, with what Java's assignments and conditions are.
func (p *jvmParser) expression() *node {
	pos := p.tok().pos
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return p.flat(pos)
	}
	if !p.kotlin {
		if n := p.arrow(); n != nil {
			return n
		}
	}
	n := p.binary(0)
	if !p.kotlin && p.accept("?") {
		then := p.expression()
		p.accept(":")
		other := p.expression()
		return p.node(kCond, pos, p.last(), "", n, then, other)
	}
	if p.header {
		return n
	}
	if a := p.assigned(pos, n); a != nil {
		return a
	}
	return n
}

// condition reads one expression: no comma stands between two.
func (p *jvmParser) condition() *node { return p.expression() }

// arrow reads a lambda of Java, or nothing.
func (p *jvmParser) arrow() *node {
	pos := p.tok().pos
	var params []parameter
	switch {
	case p.tok().kind == tName && p.isAt(1, "->"):
		params = []parameter{{name: p.src(p.next())}}
	case p.is("("):
		end := int(p.match[p.at])
		if end == 0 || end+1 >= len(p.tokens) || p.src(p.tokens[end+1]) != "->" {
			return nil
		}
		p.next()
		for p.at < end {
			typed := p.declared()
			var q parameter
			if typed > 0 {
				q.typed = p.typ()
			}
			if t := p.next(); t.kind == tName {
				q.name = p.src(t)
				params = append(params, q)
			}
		}
		p.at = end + 1
	default:
		return nil
	}
	p.accept("->")
	return p.arrowed(pos, params)
}

// level is how tightly the operator at hand binds; -1 if it is none.
func (p *jvmParser) level() int {
	t := p.tok()
	if t.kind != tOp && t.kind != tName {
		return -1
	}
	level := -1
	switch p.text[t.pos:t.end] {
	case "||":
		level = 0
	case "&&":
		level = 1
	case "|", "^", "&":
		level = 2
	case "==", "!=", "===", "!==", "<", ">", "<=", ">=", "instanceof", "is", "in":
		level = 3
	case "?:":
		level = 4
	case "to", "shl", "shr", "ushr", "and", "or", "xor", "until", "downTo", "step", "union", "intersect", "subtract", "zip":
		if !p.kotlin {
			return -1
		}
		level = 5
	case "<<", "..", "..<":
		level = 6
	case "+", "-":
		level = 7
	case "*", "/", "%":
		level = 8
	case "as":
		level = 9
	case "!":
		if p.kotlin && (p.isAt(1, "in") || p.isAt(1, "is")) {
			level = 3
		}
	}
	if p.kotlin && (level == 3 || level > 4) && p.newLine() {
		return -1
	}
	if !p.kotlin && (t.kind == tName && level != 3 || level == 4) || t.kind == tName && p.header {
		return -1
	}
	return level
}

func (p *jvmParser) operate(pos int32, op string, level int, left *node) *node {
	switch op {
	case "as":
		p.accept("?")
		if typ := p.typ(); typ != nil {
			left = p.node(kTyped, pos, p.last(), "", typ.kids[0], left)
		}
		return left
	case "!": // in, is
		p.next()
	case "is", "instanceof":
		p.typ()
		if !p.kotlin && p.tok().kind == tName && !p.is("instanceof") {
			p.next()
		}
		return p.node(kCompare, pos, p.last(), op, left)
	}
	k := kCompare
	if level <= 1 || level == 4 || op == "+" || op == "to" || op == "union" {
		k = kBinary
	}
	right := p.right(level)
	return p.node(k, pos, p.last(), op, left, right)
}

func (p *jvmParser) unary() *node {
	pos := p.tok().pos
	for not := false; ; p.next() {
		switch p.word() {
		case "!", "-", "+", "~", "++", "--", "!!", "in", "is":
			not = true
			continue
		case "*":
			if p.kotlin { // a list spread over arguments
				p.next()
				value := p.postfix()
				return p.node(kSpread, pos, p.last(), "*", value)
			}
		case "(":
			if n := p.cast(); n != nil {
				return n
			}
		}
		n := p.postfix()
		if not {
			n = p.node(kCompare, pos, p.last(), "not", n)
		}
		return n
	}
}

// cast reads a cast of Java, or nothing.
func (p *jvmParser) cast() *node {
	end := int(p.match[p.at])
	if p.kotlin || end <= p.at+1 || end-p.at > maxGeneric || end+1 >= len(p.tokens) || p.tokens[p.at+1].kind != tName {
		return nil
	}
	for _, t := range p.tokens[p.at+1 : end] {
		if t.kind == tName {
			continue
		}
		switch p.src(t) {
		case ".", "<", ">", ",", "?", "[", "]", "&":
		default:
			return nil
		}
	}
	switch after := p.tokens[end+1]; after.kind {
	case tName:
		if p.src(after) == "instanceof" {
			return nil
		}
	case tString, tNumber:
	default:
		if w := p.src(after); w != "(" && w != "!" {
			return nil
		}
	}
	if first := p.tokens[p.at+1]; p.src(p.tokens[end+1]) == "(" && p.text[first.pos]|0x20 == p.text[first.pos] {
		return nil // a name in brackets, called
	}
	at, pos := p.at, p.next().pos
	typ := p.typ()
	if p.at > end {
		p.at = at
		return nil
	}
	p.at = end + 1
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return p.other(pos)
	}
	value := p.unary()
	if typ == nil {
		return value
	}
	return p.node(kTyped, pos, p.last(), "", typ.kids[0], value)
}

func (p *jvmParser) postfix() *node {
	pos := p.tok().pos
	n := p.operand()
	for {
		fresh := p.kotlin && p.newLine() // what follows on a line of its own belongs to nothing
		switch word := p.word(); {
		case word == "." || word == "?." || word == "::":
			p.next()
			if p.is("<") {
				p.angles()
			}
			t := p.tok()
			if t.kind != tName {
				if !p.is("(") {
					return n
				}
				continue
			}
			p.next()
			if p.src(t) == "new" && p.tok().kind == tName { // of an inner class
				continue
			}
			n = p.node(kAttr, pos, t.end, p.src(t), n)
		case fresh:
			return n
		case word == "(":
			n = p.call(pos, n, p.arguments)
			if p.kotlin && p.is("{") && !p.header && !p.newLine() {
				n = p.trailing(pos, n)
			}
		case word == "{" && p.kotlin && !p.header && (n.kind == kName || n.kind == kAttr):
			n = p.trailing(pos, p.node(kCall, pos, n.end, "", n))
		case word == "[" && p.kotlin && n.kind == kCall:
			n = p.get(pos, n)
		case word == "[":
			n = p.index(pos, n)
		case word == "!!" || word == "++" || word == "--":
			p.next()
		case word == "<" && p.kotlin && p.generic():
		default:
			return n
		}
	}
}

// get reads what stands in square brackets behind a call of Kotlin, where they are
// another way to write get: files()["id"].
func (p *jvmParser) get(pos int32, n *node) *node {
	mark := len(p.stack)
	p.push(p.node(kAttr, pos, n.end, "get", n))
	p.next()
	p.arguments("]")
	return p.done(kCall, pos, "", mark)
}
