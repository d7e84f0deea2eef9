package needs

import "strings"

// simpleLine reads the small statements of one logical line onto the stack.
func (p *pythonParser) simpleLine() {
	for {
		p.push(p.small())
		if !p.accept(";") {
			break
		}
		if !p.inLine() {
			break
		}
	}
	p.skipLine()
	if p.tok().kind == tLine {
		p.next()
	}
	if p.tok().kind == tIndent { // a compound statement that we do not know
		p.next()
		p.push(p.statements(true))
	}
}

func (p *pythonParser) small() *node {
	t := p.tok()
	if t.kind == tName {
		switch p.text[t.pos:t.end] {
		case "return":
			p.next()
			mark := len(p.stack)
			if p.inLine() && !p.is(";") {
				p.push(p.expressions())
			}
			return p.done(kReturn, t.pos, "", mark)
		case "raise", "break", "continue":
			p.next()
			mark := len(p.stack)
			for p.inLine() && !p.is(";") {
				before := p.at
				p.push(p.expressions())
				if p.at == before || p.is("from") {
					p.next()
				}
			}
			return p.done(kStop, t.pos, p.src(t), mark)
		case "import":
			return p.imports()
		case "from":
			return p.from()
		case "global", "nonlocal":
			p.next()
			mark := len(p.stack)
			for p.tok().kind == tName {
				p.push(p.leaf(kName))
				p.accept(",")
			}
			return p.done(kOther, t.pos, "global", mark)
		case "assert", "del":
			p.next()
			mark := len(p.stack)
			p.push(p.expressions())
			return p.done(kOther, t.pos, "", mark)
		case "pass":
			p.next()
			return nil
		}
	}
	left := p.expressions()
	var typ *node
	if p.is(":") && left.kind != kOther { // an annotation
		p.next()
		typ = p.expression()
		if !p.is("=") {
			return p.node(kOther, t.pos, typ.end, annotates, left, typ)
		}
	}
	op := p.tok()
	if op.kind != tOp {
		return left
	}
	word := p.src(op)
	switch {
	case word == "=":
		mark := len(p.stack)
		p.push(left)
		for p.accept("=") {
			p.push(p.expressions())
		}
		targets, out := p.stack[mark:], len(p.stack)
		value := targets[len(targets)-1]
		if typ != nil && value.kind == kConst && value.text == "None" { // until something of the type is set
			value = p.node(kTyped, typ.pos, value.end, "", typ, value)
		}
		for _, target := range targets[:len(targets)-1] {
			p.push(p.node(kAssign, t.pos, p.last(), "=", target, value))
		}
		n := p.several(kOther, t.pos, out)
		p.stack = p.stack[:mark]
		return n
	case len(word) > 1 && word[len(word)-1] == '=' && !strings.ContainsAny(word[:1], "=!<>"):
		p.next()
		value := p.expressions()
		return p.node(kAssign, t.pos, p.last(), word, left, value)
	}
	return left
}

// dotted reads the name of a module, which may begin with dots.
func (p *pythonParser) dotted() string {
	from := p.at
	for p.is(".") || p.is("...") || p.tok().kind == tName && !p.is("import") && !p.is("as") {
		if t := p.next(); t.kind == tName && p.tok().kind == tName {
			break
		}
	}
	return p.joined(from)
}

func (p *pythonParser) imports() *node {
	pos := p.next().pos
	mark := len(p.stack)
	for p.tok().kind == tName {
		at := p.tok().pos
		module, alias := p.dotted(), ""
		if p.accept("as") {
			alias = p.src(p.next())
		}
		p.push(p.node(kImport, at, p.last(), module, p.node(kName, at, p.last(), alias)))
		if !p.accept(",") {
			break
		}
	}
	return p.done(kOther, pos, "", mark)
}

func (p *pythonParser) from() *node {
	pos := p.next().pos
	module := p.dotted()
	mark := len(p.stack)
	if p.accept("import") {
		p.accept("(")
		for {
			t := p.tok()
			if p.accept("*") {
				p.push(p.node(kPair, t.pos, t.end, "*"))
			} else if t.kind == tName {
				name := p.src(p.next())
				alias := name
				if p.accept("as") {
					alias = p.src(p.next())
				}
				p.push(p.node(kPair, t.pos, p.last(), "", p.node(kName, t.pos, t.end, name), p.node(kName, t.pos, p.last(), alias)))
			}
			if !p.accept(",") {
				break
			}
		}
		p.accept(")")
	}
	return p.done(kImport, pos, module, mark)
}

// match reads a match statement, or nothing if the word is just a name.
func (p *pythonParser) match() *node {
	at := p.at
	p.next()
	if p.isAny("=", ".", ",", ")", ":") || p.tok().kind >= tLine {
		p.at = at
		return nil
	}
	pos, mark := p.tok().pos, len(p.stack)
	subject := p.expressions()
	if !p.is(":") || p.peek(1).kind != tLine || p.peek(2).kind != tIndent {
		p.at = at
		p.stack = p.stack[:mark]
		return nil
	}
	p.next()
	p.next()
	p.next()
	for p.is("case") {
		at := p.next().pos
		pattern := p.expressions()
		for !p.is(":") && p.inLine() {
			p.next()
		}
		test := p.node(kCompare, at, p.last(), "case", subject, pattern)
		when := p.cut(subject.pos, subject.end) + " is " + p.cut(pattern.pos, pattern.end)
		if strings.HasSuffix(when, " is _") {
			when = "otherwise"
		}
		body := p.suite()
		p.push(p.node(kIf, at, p.last(), when, test, body))
	}
	for p.tok().kind != tDedent && p.tok().kind != tEnd {
		p.next()
	}
	if p.tok().kind == tDedent {
		p.next()
	}
	return p.done(kBlock, pos, "", mark)
}
