package needs

// condition reads one expression, or several with commas, of which the last is
// the value.
func (p *scriptParser) condition() *node {
	pos, mark := p.tok().pos, len(p.stack)
	n := p.expression()
	if !p.is(",") {
		return n
	}
	p.push(n)
	for p.accept(",") {
		p.push(p.expression())
	}
	return p.done(kOther, pos, "", mark)
}

func (p *scriptParser) expression() *node {
	pos := p.tok().pos
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return p.flat(pos)
	}
	if n := p.arrow(); n != nil {
		return n
	}
	if p.is("yield") {
		p.next()
		p.accept("*")
		if p.isAny(")", "]", "}", ",", ";") || p.newLine() {
			return p.other(pos)
		}
		return p.expression()
	}
	if p.accept("...") {
		value := p.expression()
		return p.node(kSpread, pos, p.last(), "*", value)
	}
	n := p.binary(0)
	if p.is("?") && !p.isAt(1, ".") {
		p.next()
		then := p.expression()
		p.accept(":")
		other := p.expression()
		return p.node(kCond, pos, p.last(), "", n, then, other)
	}
	if a := p.assigned(pos, n); a != nil {
		return a
	}
	return n
}

// arrow reads an arrow function, or nothing.
func (p *scriptParser) arrow() *node {
	at, pos := p.at, p.tok().pos
	if p.tok().kind != tName && !p.is("(") {
		return nil
	}
	if p.is("async") && (p.isAt(1, "(") || p.peek(1).kind == tName && p.isAt(2, "=>")) {
		p.next()
	}
	var params []parameter
	switch {
	case p.tok().kind == tName && p.isAt(1, "=>"):
		params = []parameter{{name: p.src(p.next())}}
	case p.is("("):
		end := int(p.match[p.at])
		if end == 0 || end+1 >= len(p.tokens) {
			p.at = at
			return nil
		}
		after := p.tokens[end+1]
		word := p.text[after.pos:after.end]
		if word == ":" {
			here := p.at
			p.at = end + 2
			p.typ()
			if !p.is("=>") {
				p.at = at
				return nil
			}
			p.at = here
		} else if word != "=>" {
			p.at = at
			return nil
		}
		params = p.parameters()
		p.at = max(p.at, end+1)
		if p.accept(":") {
			p.typ()
		}
	default:
		p.at = at
		return nil
	}
	p.accept("=>")
	return p.arrowed(pos, params)
}

func (p *scriptParser) level() int {
	t := p.tok()
	if t.kind != tOp && t.kind != tName {
		return -1
	}
	switch p.text[t.pos:t.end] {
	case "||", "??":
		return 0
	case "&&":
		return 1
	case "|", "^", "&":
		return 2
	case "==", "!=", "===", "!==", "<", ">", "<=", ">=", "instanceof", "in":
		return 3
	case "as", "satisfies":
		if p.newLine() {
			return -1
		}
		return 4
	case "<<":
		return 5
	case "+", "-":
		return 6
	case "*", "/", "%", "**":
		return 7
	}
	return -1
}

func (p *scriptParser) operate(pos int32, op string, level int, left *node) *node {
	if level == 4 {
		p.typ()
		return left
	}
	k := kCompare
	if level <= 1 || op == "+" {
		k = kBinary
	}
	right := p.right(level)
	return p.node(k, pos, p.last(), op, left, right)
}

func (p *scriptParser) unary() *node {
	return p.prefixed(func(word string) bool {
		switch word {
		case "!", "-", "+", "~", "typeof", "void", "delete", "++", "--", "!!":
			return true
		}
		return false
	})
}

func (p *scriptParser) postfix() *node {
	pos := p.tok().pos
	made := false
	for p.is("new") && !p.isAt(1, ".") {
		made = true
		p.next()
	}
	n := p.operand()
	for {
		switch p.word() {
		case ".", "?.":
			p.next()
			switch t := p.tok(); {
			case t.kind == tName:
				p.next()
				n = p.node(kAttr, pos, t.end, p.src(t), n)
			case p.is("(") || p.is("["):
			default:
				return n
			}
			continue
		case "(":
			n = p.call(pos, n, p.arguments)
			made = false
			continue
		case "[":
			n = p.index(pos, n)
			continue
		case "++", "--":
			p.next()
			continue
		case "!":
			if !p.newLine() && (p.isAt(1, ".") || p.isAt(1, ")") || p.isAt(1, ",") || p.isAt(1, ";") || p.isAt(1, "[")) {
				p.next()
				continue
			}
		case "<":
			if p.generic() {
				continue
			}
		case "": // perhaps a template that is handed to a function
			if t := p.tok(); t.kind == tString && t.first == '`' {
				n = p.node(kOther, pos, p.last(), "", n, p.operand())
				continue
			}
		}
		if made {
			n = p.node(kCall, pos, p.last(), "", n)
		}
		return n
	}
}

func (p *scriptParser) arguments(end string) {
	p.within(end, func() { p.push(p.expression()) })
}

func (p *scriptParser) operand() *node {
	t := p.tok()
	switch t.kind {
	case tName:
		switch p.src(t) {
		case "function":
			return p.expressionFunction()
		case "async":
			if p.isAt(1, "function") {
				p.next()
				return p.expressionFunction()
			}
		case "class":
			return p.class()
		case "null", "undefined", "true", "false":
			return p.leaf(kConst)
		}
		return p.leaf(kName)
	case tNumber:
		return p.leaf(kConst)
	case tString:
		p.next()
		if t.first == '`' {
			return p.template(t)
		}
		return p.literal(t)
	case tOp:
		switch {
		case p.is("("):
			p.next()
			n, mark := p.condition(), len(p.stack)
			for p.tok().kind != tEnd && !p.is(")") {
				if e := p.element(); e != nil { // within another
					p.push(e)
					continue
				}
				p.next()
			}
			p.accept(")")
			if len(p.stack) > mark {
				p.push(n)
				return p.done(kOther, t.pos, "", mark)
			}
			return n
		case p.is("["):
			return p.list("]", p.arguments)
		case p.is("{"):
			return p.object()
		case p.is("<"):
			if n := p.elements(); n != nil {
				return n
			}
		case p.isAny(")", "]", "}", ",", ";", ":"):
			return p.other(t.pos)
		}
		p.next()
	}
	return p.other(t.pos)
}

func (p *scriptParser) expressionFunction() *node {
	n := p.function()
	n.kind = kLambda
	return n
}
