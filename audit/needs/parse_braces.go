package needs

// braces is what the parsers share of the languages whose statements stand in
// braces: JavaScript, Java and their kin.
type braces struct {
	parser
	breaks bool // the end of a line may end a statement
}

// declares is the text of an assignment that makes a new name.
const declares = "let"

// block reads statements in braces, or one alone.
func (p *braces) block() *node {
	pos := p.tok().pos
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		p.skipBalanced()
		return p.node(kBlock, pos, p.last(), "")
	}
	mark := len(p.stack)
	if p.accept("{") {
		p.statements()
		p.accept("}")
	} else {
		p.push(p.statement())
	}
	return p.done(kBlock, pos, "", mark)
}

// statements reads to the closing brace.
func (p *braces) statements() {
	p.each("}", func() { p.push(p.statement()) })
}

// control reads a statement that looks alike in all these languages; nil if the
// word at hand begins none.
func (p *braces) control() *node {
	t := p.tok()
	mark := len(p.stack)
	switch word := p.src(t); word {
	case "if":
		if p.isAt(1, "(") {
			return p.ifs()
		}
	case "while":
		p.next()
		test := p.paren()
		p.push(p.node(kOther, t.pos, t.pos, ""))
		p.push(p.node(kOther, t.pos, t.pos, "", test))
		p.push(p.block())
		return p.done(kLoop, t.pos, "while", mark)
	case "do":
		p.next()
		p.push(p.node(kOther, t.pos, t.pos, ""))
		p.push(p.node(kOther, t.pos, t.pos, ""))
		p.push(p.block())
		if p.accept("while") {
			p.push(p.paren())
		}
		p.accept(";")
		return p.done(kLoop, t.pos, "while", mark)
	case "try":
		return p.try()
	case "return", "throw":
		p.next()
		p.label()
		if !p.is(";") && !p.is("}") && !(p.breaks && p.newLine()) {
			p.push(p.condition())
		}
		p.accept(";")
		if word == "throw" {
			return p.done(kStop, t.pos, "", mark)
		}
		return p.done(kReturn, t.pos, "", mark)
	case "break", "continue":
		p.next()
		p.label()
		if p.tok().kind == tName && !p.is("else") && !(p.breaks && p.newLine()) {
			p.next()
		}
		p.accept(";")
		return p.node(kStop, t.pos, p.last(), word)
	}
	return nil
}

// label passes over the @name that may follow a word of Kotlin.
func (p *braces) label() {
	if t := p.tok(); t.kind == tName && t.first == '@' && t.pos == p.last() {
		p.next()
	}
}

// paren reads a condition in brackets.
func (p *braces) paren() *node {
	p.accept("(")
	n := p.condition()
	p.each(")", func() {
		p.accept(";")
		p.condition()
	})
	p.accept(")")
	return n
}

func (p *braces) ifs() *node {
	pos, mark := p.next().pos, len(p.stack)
	p.push(p.paren())
	p.push(p.block())
	if p.is(";") && p.isAt(1, "else") {
		p.next()
	}
	if p.accept("else") {
		if p.is("if") {
			p.depth++
			if p.depth < maxNesting {
				p.push(p.ifs())
			}
			p.depth--
		} else {
			p.push(p.block())
		}
	}
	return p.done(kIf, pos, "", mark)
}

// branch reads the statements of one branch of a switch, up to the next.
func (p *braces) branch(next func() bool) *node {
	pos, mark := p.tok().pos, len(p.stack)
	for p.tok().kind != tEnd && !p.is("}") && !next() {
		before := p.at
		p.push(p.statement())
		if p.at == before {
			p.next()
		}
	}
	return p.done(kBlock, pos, "", mark)
}

// try reads one, with the resources that Java's may have.
func (p *braces) try() *node {
	pos, mark := p.next().pos, len(p.stack)
	if p.accept("(") {
		p.each(")", func() { p.push(p.statement()) })
		p.accept(")")
	}
	p.push(p.block())
	for p.accept("catch") {
		if p.is("(") {
			p.skipBalanced()
		}
		p.push(p.handler(p.block()))
	}
	if p.accept("finally") {
		p.push(p.block())
	}
	return p.done(kTry, pos, "", mark)
}

// handler is what runs if something was thrown.
func (p *parser) handler(body *node) *node {
	return p.node(kIf, body.pos, body.end, "except", p.node(kOther, body.pos, body.pos, ""), body)
}

// arrowed reads what stands behind the arrow of a function.
func (p *braces) arrowed(pos int32, params []parameter) *node {
	fn := &function{params: params}
	if p.is("{") {
		fn.body = p.block()
	} else {
		fn.body = p.expression()
	}
	return p.defined(kLambda, pos, fn)
}

// assigned reads what is assigned to n; nil if nothing is.
func (p *braces) assigned(pos int32, n *node) *node {
	t := p.tok()
	if t.kind != tOp {
		return nil
	}
	word := p.src(t)
	switch word {
	case "=", "+=", "-=", "*=", "/=", "%=", "**=", "|=", "&=", "^=", "&&=":
	case "||=", "??=":
		word = "="
	default:
		return nil
	}
	p.next()
	value := p.expression()
	return p.node(kAssign, pos, p.last(), word, n, value)
}

// list reads what stands in brackets, up to end, as the elements of a list.
func (p *braces) list(end string, arguments func(end string)) *node {
	pos, mark := p.next().pos, len(p.stack)
	arguments(end)
	return p.done(kList, pos, "", mark)
}
