package needs

// try reads a try with its resources.
func (p *jvmParser) try() *node {
	pos := p.next().pos
	mark := len(p.stack)
	if !p.kotlin && p.accept("(") {
		for p.tok().kind != tEnd && !p.is(")") {
			before := p.at
			p.push(p.statement())
			if p.at == before {
				p.next()
			}
		}
		p.accept(")")
	}
	p.push(p.block())
	for p.accept("catch") {
		if p.is("(") {
			p.skipBalanced()
		}
		body := p.block()
		p.push(p.node(kIf, body.pos, body.end, "except", p.node(kOther, body.pos, body.pos, ""), body))
	}
	if p.accept("finally") {
		p.push(p.block())
	}
	return p.done(kTry, pos, "", mark)
}

// switches reads switch and when: statements, each under its condition, or the
// values of an expression.
func (p *jvmParser) switches(value bool) *node {
	pos := p.next().pos
	mark := len(p.stack)
	subject := ""
	if p.is("(") {
		p.next()
		if p.isAny("val", "var") {
			p.next()
			p.next()
			p.accept("=")
		}
		n := p.expression()
		subject = p.text[n.pos:max(n.pos, min(n.end, n.pos+60))]
		for p.tok().kind != tEnd && !p.is(")") {
			p.next()
		}
		p.accept(")")
		p.push(p.node(kOther, n.pos, n.end, "", n))
	}
	p.accept("{")
	for p.tok().kind != tEnd && !p.is("}") {
		before := p.at
		p.branch(subject, value)
		if p.at == before {
			p.next()
		}
	}
	p.accept("}")
	if value {
		return p.done(kWhen, pos, "", mark)
	}
	return p.done(kBlock, pos, "", mark)
}

// branch reads one case with what it does.
func (p *jvmParser) branch(subject string, value bool) {
	p.accept("case")
	at := p.tok().pos
	when, test := "otherwise", p.node(kOther, at, at, "")
	if !p.accept("default") && !p.accept("else") {
		mark := len(p.stack)
		for p.tok().kind != tEnd && !p.isAny("->", ":", "{", "}") {
			before := p.at
			p.push(p.binary(0))
			if !p.accept(",") && p.at == before {
				p.next()
			}
		}
		test = p.done(kOther, at, "", mark)
		when = p.text[at:max(at, min(p.last(), at+60))]
		if subject != "" {
			when = subject + " is " + when
		}
	}
	arrow := p.accept("->")
	if !arrow {
		p.accept(":")
	}
	from, inner := p.tok().pos, len(p.stack)
	switch {
	case arrow && p.is("{"):
		p.push(p.block())
	case arrow:
		p.push(p.statement())
	default:
		for p.tok().kind != tEnd && !p.isAny("}", "case") && !(p.is("default") && (p.isAt(1, ":") || p.isAt(1, "->"))) {
			before := p.at
			p.push(p.statement())
			if p.at == before {
				p.next()
			}
		}
	}
	body := p.done(kBlock, from, "", inner)
	if value {
		p.push(p.node(kPair, at, p.last(), when, test, body))
		return
	}
	p.push(p.node(kIf, at, p.last(), when, test, body))
}
