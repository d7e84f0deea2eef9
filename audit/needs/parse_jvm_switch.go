package needs

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
		subject = p.cut(n.pos, n.end)
		p.closing(")")
		p.push(p.node(kOther, n.pos, n.end, "", n))
	}
	p.accept("{")
	p.each("}", func() { p.choice(subject, value) })
	p.accept("}")
	if value {
		return p.done(kWhen, pos, "", mark)
	}
	return p.done(kBlock, pos, "", mark)
}

// choice reads one case with what it does.
func (p *jvmParser) choice(subject string, value bool) {
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
		when = p.cut(at, p.last())
		if subject != "" {
			when = subject + " is " + when
		}
	}
	arrow := p.accept("->")
	if !arrow {
		p.accept(":")
	}
	from, inner := p.tok().pos, len(p.stack)
	var body *node
	switch {
	case !arrow:
		body = p.branch(func() bool { return p.is("case") || p.is("default") && (p.isAt(1, ":") || p.isAt(1, "->")) })
	case p.is("{"):
		p.push(p.block())
		body = p.done(kBlock, from, "", inner)
	default:
		p.push(p.statement())
		body = p.done(kBlock, from, "", inner)
	}
	if value {
		p.push(p.node(kPair, at, p.last(), when, test, body))
		return
	}
	p.push(p.node(kIf, at, p.last(), when, test, body))
}
