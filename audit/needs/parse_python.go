package needs

import "strings"

// parsePython reads the statements of a Python module.
func parsePython(l lexed) *parsed {
	p := newPythonParser(l, 0)
	return p.tree(p.statements(false))
}

type pythonParser struct{ parser }

func newPythonParser(l lexed, depth int) *pythonParser {
	p := &pythonParser{parsing(l, depth)}
	p.grammar = p
	return p
}

// statements reads to the end of a block, or of the text.
func (p *pythonParser) statements(block bool) *node {
	pos, mark := p.tok().pos, len(p.stack)
	for {
		t := p.tok()
		if t.kind == tEnd || block && t.kind == tDedent {
			break
		}
		before := p.at
		if t.kind == tLine || t.kind == tIndent || t.kind == tDedent {
			p.next()
			continue
		}
		p.push(p.statement())
		if p.at == before {
			p.next()
		}
	}
	n := p.done(kBlock, pos, "", mark)
	if block && p.tok().kind == tDedent {
		p.next()
	}
	return n
}

// suite reads what follows the colon of a compound statement.
func (p *pythonParser) suite() *node {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		pos := p.tok().pos
		p.skipLine()
		if p.tok().kind == tIndent {
			for deep := 0; p.tok().kind != tEnd; p.next() {
				if p.tok().kind == tIndent {
					deep++
				} else if p.tok().kind == tDedent {
					if deep--; deep == 0 {
						p.next()
						break
					}
				}
			}
		}
		return p.node(kBlock, pos, p.last(), "")
	}
	if !p.accept(":") {
		p.skipLine()
	}
	if p.tok().kind == tLine {
		p.next()
		if p.tok().kind == tIndent {
			p.next()
			return p.statements(true)
		}
		return p.node(kBlock, p.tok().pos, p.tok().pos, "")
	}
	pos, mark := p.tok().pos, len(p.stack)
	p.simpleLine()
	return p.done(kBlock, pos, "", mark)
}

// inLine reports whether the logical line goes on.
func (p *pythonParser) inLine() bool {
	k := p.tok().kind
	return k < tLine && k != tEnd
}

// skipLine passes over the rest of a logical line.
func (p *pythonParser) skipLine() {
	for p.inLine() {
		p.next()
	}
}

func (p *pythonParser) statement() *node {
	t := p.tok()
	if t.kind == tOp && p.is("@") {
		pos, mark := t.pos, len(p.stack)
		for p.accept("@") {
			p.push(p.expression())
			p.skipLine()
			if p.tok().kind == tLine {
				p.next()
			}
		}
		if p.is("async") {
			p.next()
		}
		if p.is("def") || p.is("class") {
			d := p.stack[mark:]
			static, property := false, false
			for _, n := range d {
				static = static || n.kind == kName && n.text == "staticmethod"
				property = property || lastName(n) == "property" || lastName(n) == "cached_property"
			}
			def := p.statement()
			if def != nil && def.kind == kFunc {
				def.fn.static, def.fn.property = static, property
			}
			p.push(def)
		}
		return p.done(kOther, pos, "", mark)
	}
	if t.kind == tName {
		switch p.text[t.pos:t.end] {
		case "async":
			if p.isAt(1, "def") || p.isAt(1, "for") || p.isAt(1, "with") {
				p.next()
				return p.statement()
			}
		case "def":
			return p.def()
		case "class":
			return p.class()
		case "if":
			return p.ifs()
		case "for":
			return p.loop()
		case "while":
			mark := len(p.stack)
			p.next()
			test := p.expression()
			if test.kind == kConst && (test.text == "False" || test.text == "0") {
				p.push(test)
				p.push(p.suite())
				return p.done(kIf, t.pos, "", mark)
			}
			p.push(p.node(kOther, t.pos, t.pos, ""))
			p.push(p.node(kOther, t.pos, t.pos, "", test))
			p.push(p.suite())
			p.orElse()
			return p.done(kLoop, t.pos, "while", mark)
		case "with":
			return p.with()
		case "try":
			return p.try()
		case "match":
			if n := p.match(); n != nil {
				return n
			}
		}
	}
	mark := len(p.stack)
	p.simpleLine()
	return p.several(kBlock, t.pos, mark)
}

func (p *pythonParser) def() *node {
	pos := p.next().pos
	fn := &function{name: p.src(p.tok())}
	p.next()
	if p.accept("[") { // type parameters
		p.at--
		p.skipBalanced()
	}
	if p.accept("(") {
		fn.params = p.parameters(")")
		p.accept(")")
	}
	if p.accept("->") {
		p.expression()
	}
	fn.body = p.suite()
	return p.defined(kFunc, pos, fn)
}

// typeName is the last name of a type.
func typeName(n *node) string {
	switch n.kind {
	case kName, kAttr, kString:
		return n.text[strings.LastIndexByte(n.text, '.')+1:]
	}
	return ""
}

func (p *pythonParser) parameters(end string) []parameter {
	var params []parameter
	for p.inLine() && !p.is(end) {
		before := p.at
		var q parameter
		if p.is("*") || p.is("**") {
			q.rest = p.src(p.next())
		}
		if p.tok().kind == tName {
			q.name = p.src(p.next())
		}
		if end == ")" && p.accept(":") {
			typ := p.expression()
			q.typed = p.node(kTyped, typ.pos, typ.end, "", typ)
		}
		if p.accept("=") {
			q.value = p.expression()
		}
		if q.name != "" {
			params = append(params, q)
		}
		p.accept(",")
		if p.accept("/"); p.at == before {
			p.next()
		}
	}
	return params
}

func (p *pythonParser) class() *node {
	pos := p.next().pos
	name := p.src(p.tok())
	p.next()
	mark := len(p.stack)
	if p.is("[") {
		p.skipBalanced()
	}
	if p.is("(") {
		p.next()
		p.arguments(")")
	}
	p.push(p.suite())
	return p.done(kClass, pos, name, mark)
}

func (p *pythonParser) ifs() *node {
	pos := p.next().pos
	mark := len(p.stack)
	p.push(p.expression())
	p.push(p.suite())
	if p.is("elif") {
		p.depth++
		if p.depth < maxNesting {
			p.push(p.ifs())
		}
		p.depth--
	} else if p.accept("else") {
		p.push(p.suite())
	}
	return p.done(kIf, pos, "", mark)
}

func (p *pythonParser) orElse() {
	if p.accept("else") {
		p.push(p.suite())
	}
}

func (p *pythonParser) loop() *node {
	pos := p.next().pos
	mark := len(p.stack)
	p.push(p.targets())
	p.accept("in")
	p.push(p.expressions())
	p.push(p.suite())
	p.orElse()
	return p.done(kLoop, pos, "", mark)
}

// targets reads what a loop assigns to: no "in" belongs to it.
func (p *pythonParser) targets() *node {
	pos, mark := p.tok().pos, len(p.stack)
	several := false
	for p.inLine() && !p.is("in") {
		before := p.at
		p.accept("*")
		p.push(p.binary(bitLevel))
		if p.accept(",") {
			several = true
		} else {
			break
		}
		if p.at == before {
			p.next()
		}
	}
	if several {
		return p.done(kList, pos, "", mark)
	}
	return p.several(kList, pos, mark)
}

func (p *pythonParser) with() *node {
	pos := p.next().pos
	mark := len(p.stack)
	paren := false
	if p.is("(") && p.parenthesised() {
		p.next()
		paren = true
	}
	for p.inLine() && !p.is(":") {
		before := p.at
		at := p.tok().pos
		value := p.expression()
		if p.accept("as") {
			target := p.binary(bitLevel)
			value = p.node(kAssign, at, p.last(), entered, target, value)
		}
		p.push(value)
		if !p.accept(",") && !(paren && p.accept(")")) || p.at == before {
			break
		}
	}
	p.push(p.suite())
	return p.done(kBlock, pos, "", mark)
}

// parenthesised reports whether the bracket at hand holds the items of a with:
// a colon follows it.
func (p *pythonParser) parenthesised() bool {
	at := p.at
	p.skipBalanced()
	yes := p.is(":")
	p.at = at
	return yes
}

func (p *pythonParser) try() *node {
	pos := p.next().pos
	mark := len(p.stack)
	p.push(p.suite())
	for {
		switch {
		case p.is("except"):
			p.next()
			p.accept("*")
			if !p.is(":") {
				p.expressions()
				if p.accept("as") {
					p.next()
				}
			}
			p.push(p.handler(p.suite()))
		case p.is("else"), p.is("finally"):
			p.next()
			p.push(p.suite())
		default:
			return p.done(kTry, pos, "", mark)
		}
	}
}
