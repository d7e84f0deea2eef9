package needs

// block reads statements in braces.
func (p *goParser) block() *node {
	pos := p.tok().pos
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting || !p.is("{") {
		return p.flat(pos)
	}
	outer, mark := p.header, len(p.stack)
	p.header = false
	p.next()
	p.statements(func() bool { return false })
	p.accept("}")
	p.header = outer
	return p.done(kBlock, pos, "", mark)
}

// statements reads to a closing brace, or to what ends them too.
func (p *goParser) statements(ends func() bool) {
	for p.semicolons(); p.tok().kind != tEnd && !p.is("}") && !ends(); p.semicolons() {
		before := p.at
		p.push(p.statement())
		if p.at == before {
			p.next()
		}
	}
}

func (p *goParser) statement() *node {
	t := p.tok()
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return p.flat(t.pos)
	}
	mark := len(p.stack)
	if t.kind == tOp && p.is("{") {
		return p.block()
	}
	if t.kind != tName {
		return p.simple()
	}
	switch word := p.src(t); word {
	case "const", "var", "type":
		p.declaration()
		return p.done(kOther, t.pos, "", mark)
	case "return":
		p.next()
		if !p.ends() {
			p.expressions()
		}
		if len(p.stack) > mark+1 {
			list := p.done(kList, t.pos, "", mark)
			p.push(list)
		}
		return p.done(kReturn, t.pos, "", mark)
	case "if":
		return p.ifs()
	case "for":
		return p.loop()
	case "switch":
		return p.switches()
	case "select":
		return p.selects()
	case "go", "defer":
		p.next()
		return p.expression()
	case "break", "continue", "goto", "fallthrough":
		p.next()
		if p.tok().kind == tName {
			p.next()
		}
		return p.node(kStop, t.pos, p.last(), word)
	}
	if p.isAt(1, ":") { // a label
		p.next()
		p.next()
		p.semicolons()
		return p.statement()
	}
	return p.simple()
}

// simple reads an expression, or an assignment.
func (p *goParser) simple() *node {
	pos, mark := p.tok().pos, len(p.stack)
	p.expressions()
	first := len(p.stack)
	op := p.tok()
	n := p.stack[mark]
	switch {
	case op.kind != tOp:
	case p.is("++"), p.is("--"):
		p.next()
		n = p.other(pos)
	case p.is("<-"):
		p.next()
		value := p.expression()
		n = p.node(kOther, pos, p.last(), "", value)
	case p.is(":="), p.text[op.end-1] == '=' && p.level() < 0:
		p.next()
		if p.is("range") { // which the loop reads
			if first > mark+1 {
				p.ranged = p.stack[mark+1]
			}
			break
		}
		p.expressions()
		left, right := p.stack[mark:first], p.stack[first:]
		if p.src(op) == "+=" && len(left) == 1 {
			n = p.node(kAssign, pos, p.last(), "+=", left[0], right[0])
		} else {
			n = p.assign(pos, left, right)
		}
	}
	p.stack = p.stack[:mark]
	return n
}

// before reads what stands before a block: a statement, and what follows its
// semicolon; either may be nil.
func (p *goParser) before() (first, second *node) {
	outer := p.header
	p.header = true
	if !p.is("{") && !p.is(";") {
		second = p.simple()
	}
	if p.accept(";") {
		first, second = second, nil
		if !p.is("{") {
			second = p.simple()
		}
	}
	p.header = outer
	return first, second
}

// after puts a statement that stands before another into a block with it.
func (p *goParser) after(first, n *node) *node {
	if first == nil {
		return n
	}
	return p.node(kBlock, n.pos, n.end, "", first, n)
}

func (p *goParser) ifs() *node {
	pos := p.next().pos
	first, test := p.before()
	if test == nil {
		test = p.other(pos)
	}
	mark := len(p.stack)
	p.push(test)
	p.push(p.block())
	if p.accept("else") {
		if p.is("if") {
			p.push(p.statement())
		} else {
			p.push(p.block())
		}
	}
	return p.after(first, p.done(kIf, pos, "", mark))
}

func (p *goParser) loop() *node {
	pos, outer := p.next().pos, p.header
	p.header, p.ranged = true, nil
	var first, source *node
	if !p.isAny("{", ";", "range") {
		first = p.simple()
	}
	target := p.ranged
	switch {
	case p.accept("range"):
		first, source = nil, p.expression()
	case p.accept(";"):
		from, mark := p.tok().pos, len(p.stack)
		for range 2 { // a condition, and what is done after each turn
			if !p.isAny("{", ";") {
				p.push(p.simple())
			}
			p.accept(";")
		}
		source = p.done(kOther, from, "", mark)
	case first != nil: // a condition alone
		first, source = nil, p.node(kOther, first.pos, first.end, "", first)
	}
	p.header = outer
	body := p.block()
	if target == nil {
		target = p.other(pos)
	}
	if source == nil {
		source = p.other(pos)
	}
	return p.after(first, p.node(kLoop, pos, p.last(), "", target, source, body))
}

// switches reads a switch on a value, or on a type.
func (p *goParser) switches() *node {
	pos, mark, outer := p.next().pos, len(p.stack), p.typeSwitch
	p.typeSwitch = false
	first, tag := p.before()
	p.push(first)
	p.push(tag)
	if p.typeSwitch {
		tag = nil
	}
	p.typeSwitch = outer
	p.cases(tag)
	return p.done(kBlock, pos, "", mark)
}

// cases reads conditions on what is switched on onto the stack.
func (p *goParser) cases(tag *node) {
	p.accept("{")
	p.each("}", func() {
		p.semicolons()
		if p.is("}") {
			return
		}
		pos, mark := p.tok().pos, len(p.stack)
		when := "otherwise"
		if p.accept("case") {
			p.expressions()
			if when = p.source(p.stack[mark]); tag != nil {
				when = p.source(tag) + " is " + when
			}
		} else {
			p.accept("default")
		}
		p.accept(":")
		n := p.branch(pos, mark, when)
		p.push(n)
	})
	p.accept("}")
}

// branch reads what one case does, whose conditions were pushed since mark.
func (p *goParser) branch(pos int32, mark int, when string) *node {
	from, inner := p.tok().pos, len(p.stack)
	p.statements(func() bool { return p.is("case") || p.is("default") })
	body := p.done(kBlock, from, "", inner)
	test := p.done(kOther, pos, "", mark)
	return p.node(kIf, pos, p.last(), when, test, body)
}

// selects reads what waits for one of several channels.
func (p *goParser) selects() *node {
	pos, mark := p.next().pos, len(p.stack)
	p.accept("{")
	p.each("}", func() {
		p.semicolons()
		if p.is("}") {
			return
		}
		at, inner := p.tok().pos, len(p.stack)
		if p.accept("case") {
			p.push(p.simple())
		} else {
			p.accept("default")
		}
		p.accept(":")
		n := p.branch(at, inner, "select")
		p.push(n)
	})
	p.accept("}")
	return p.done(kBlock, pos, "", mark)
}

func (p *goParser) source(n *node) string { return p.text[n.pos:max(n.pos, min(n.end, n.pos+maxWhen))] }
