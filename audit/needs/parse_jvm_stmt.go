package needs

import "slices"

// declares is the text of an assignment that makes a new name.
const declares = "let"

// block reads statements in braces, or one alone.
func (p *jvmParser) block() *node {
	p.depth++
	defer func() { p.depth-- }()
	pos := p.tok().pos
	if p.depth > maxNesting {
		p.skipBalanced()
		return p.node(kBlock, pos, p.last(), "")
	}
	if !p.accept("{") {
		return p.node(kBlock, pos, p.last(), "", p.statement())
	}
	mark := len(p.stack)
	p.statements()
	p.accept("}")
	return p.done(kBlock, pos, "", mark)
}

func (p *jvmParser) statements() {
	for p.tok().kind != tEnd && !p.is("}") {
		before := p.at
		p.push(p.statement())
		if p.at == before {
			p.next()
		}
	}
}

func (p *jvmParser) statement() *node {
	if p.depth > maxNesting {
		p.next()
		return nil
	}
	p.modifiers()
	t := p.tok()
	if t.kind == tOp {
		if p.is("{") {
			return p.block()
		}
		if p.accept(";") {
			return nil
		}
	}
	if t.kind == tName {
		if n, done := p.keyword(t); done {
			return n
		}
		if i := p.declared(); !p.kotlin && i > 0 && !p.isAt(i+1, "(") && !p.isAt(i+1, ")") && !p.isAt(i+1, ":") {
			return p.variables()
		}
	}
	n := p.expression()
	p.accept(";")
	return n
}

// keyword reads a statement that begins with a word of its own.
func (p *jvmParser) keyword(t token) (*node, bool) {
	switch word := p.src(t); word {
	case "val", "var":
		if p.kotlin && (p.peek(1).kind == tName || p.isAt(1, "(") || p.isAt(1, "<")) {
			return p.property(), true
		}
	case "fun":
		if p.kotlin && !p.isAt(1, "(") {
			return p.fun(), true
		}
	case "class", "interface", "enum", "record":
		if p.peek(1).kind == tName && !p.isAt(1, "instanceof") {
			return p.class(), true
		}
	case "if":
		if p.isAt(1, "(") {
			return p.ifs(), true
		}
	case "for":
		if p.isAt(1, "(") {
			return p.loop(), true
		}
	case "while":
		p.next()
		mark := len(p.stack)
		test := p.paren()
		p.push(p.node(kOther, t.pos, t.pos, ""))
		p.push(p.node(kOther, t.pos, t.pos, "", test))
		p.push(p.block())
		return p.done(kLoop, t.pos, "while", mark), true
	case "do":
		p.next()
		mark := len(p.stack)
		p.push(p.node(kOther, t.pos, t.pos, ""))
		p.push(p.node(kOther, t.pos, t.pos, ""))
		p.push(p.block())
		if p.accept("while") {
			p.push(p.paren())
		}
		p.accept(";")
		return p.done(kLoop, t.pos, "while", mark), true
	case "switch", "when":
		if p.isAt(1, "(") || p.isAt(1, "{") {
			return p.switches(false), true
		}
	case "try":
		return p.try(), true
	case "synchronized":
		if p.isAt(1, "(") {
			p.next()
			p.skipBalanced()
			return p.block(), true
		}
	case "return", "throw", "yield":
		if word == "yield" && (p.kotlin || p.isAt(1, "=") || p.isAt(1, ".") || p.isAt(1, "(")) {
			return nil, false
		}
		p.next()
		p.label()
		mark := len(p.stack)
		if !p.is(";") && !p.is("}") && !(p.kotlin && p.newLine()) {
			p.push(p.expression())
		}
		p.accept(";")
		k := kReturn
		if word == "throw" {
			k = kStop
		}
		return p.done(k, t.pos, "", mark), true
	case "break", "continue":
		p.next()
		p.label()
		if !p.kotlin && p.tok().kind == tName {
			p.next()
		}
		p.accept(";")
		return p.node(kStop, t.pos, p.last(), word), true
	}
	return nil, false
}

// label passes over the @name that may follow return, this and others.
func (p *jvmParser) label() {
	if t := p.tok(); t.kind == tName && p.text[t.pos] == '@' && t.pos == p.last() {
		p.next()
	}
}

// declared gives how far the name is that a declaration of Java declares, if one
// begins: a type and a name stand one after the other; -1 if none does.
func (p *jvmParser) declared() int {
	i := 0
	switch p.src(p.tok()) {
	case "return", "throw", "new", "else", "case", "yield", "assert", "instanceof", "import", "package":
		return -1
	}
	for {
		if p.peek(i).kind != tName {
			return -1
		}
		i++
		if p.isAt(i, "<") {
			depth := 0
			for from := i; ; i++ {
				if i-from > maxGeneric || p.peek(i).kind == tEnd {
					return -1
				}
				if p.isAt(i, "<") {
					depth++
				} else if p.isAt(i, ">") {
					if depth--; depth == 0 {
						i++
						break
					}
				} else if p.peek(i).kind != tName && !slices.Contains([]string{",", "?", "&", ".", "[", "]"}, p.src(p.peek(i))) {
					return -1
				}
			}
		}
		if p.isAt(i, ".") && p.peek(i+1).kind == tName {
			i++
			continue
		}
		break
	}
	for p.isAt(i, "[") && p.isAt(i+1, "]") {
		i += 2
	}
	if p.isAt(i, "...") {
		i++
	}
	if p.peek(i).kind != tName || p.isAt(i, "instanceof") {
		return -1
	}
	if slices.Contains([]string{"=", ";", ",", ":", ")", "(", "["}, p.src(p.peek(i+1))) {
		return i
	}
	return -1
}

// variables reads a declaration of Java.
func (p *jvmParser) variables() *node {
	pos, mark := p.tok().pos, len(p.stack)
	typ := p.typ()
	for p.tok().kind == tName {
		t := p.next()
		for p.is("[") {
			p.skipBalanced()
		}
		var value *node
		if p.accept("=") {
			value = p.expression()
		}
		p.push(p.declaration(t, typ, value))
		if !p.accept(",") {
			break
		}
	}
	p.accept(";")
	return p.several(pos, mark)
}

// declaration makes a name of a type and a value, either of which may be nil.
func (p *jvmParser) declaration(t token, typ, value *node) *node {
	name := p.node(kName, t.pos, t.end, p.src(t))
	switch {
	case value == nil && typ == nil:
		return p.node(kOther, t.pos, p.last(), declares, name)
	case value == nil:
		value = p.node(kTyped, typ.pos, typ.end, "", typ.kids[0])
	case typ != nil && value.kind != kString && value.kind != kList:
		value = p.node(kTyped, value.pos, value.end, "", typ.kids[0], value)
	}
	return p.node(kAssign, t.pos, p.last(), declares, name, value)
}

// several gives what was pushed since mark as one node.
func (p *jvmParser) several(pos int32, mark int) *node {
	if len(p.stack) == mark+1 {
		n := p.stack[mark]
		p.stack = p.stack[:mark]
		return n
	}
	return p.done(kOther, pos, "", mark)
}

// paren reads a condition in brackets.
func (p *jvmParser) paren() *node {
	p.accept("(")
	n := p.expression()
	for p.tok().kind != tEnd && !p.is(")") {
		before := p.at
		p.accept(";")
		p.expression()
		if p.at == before {
			p.next()
		}
	}
	p.accept(")")
	return n
}

func (p *jvmParser) ifs() *node {
	pos := p.next().pos
	mark := len(p.stack)
	p.push(p.paren())
	p.push(p.block())
	p.accept(";")
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

func (p *jvmParser) loop() *node {
	pos := p.next().pos
	mark := len(p.stack)
	p.accept("(")
	p.modifiers()
	if p.kotlin {
		p.accept("val")
		at := p.tok()
		target := p.operand()
		if p.accept(":") {
			p.typ()
		}
		p.accept("in")
		p.push(target)
		p.push(p.expression())
		if target.kind == kOther {
			p.stack[mark] = p.node(kOther, at.pos, at.pos, "")
		}
	} else if i := p.declared(); i > 0 && p.isAt(i+1, ":") {
		p.typ()
		t := p.next()
		p.accept(":")
		p.push(p.node(kName, t.pos, t.end, p.src(t)))
		p.push(p.expression())
	} else {
		inner := len(p.stack)
		for p.tok().kind != tEnd && !p.is(")") {
			before := p.at
			p.push(p.statement())
			p.accept(",")
			if p.at == before {
				p.next()
			}
		}
		heads := p.done(kOther, pos, "", inner)
		p.push(p.node(kOther, pos, pos, ""))
		p.push(heads)
	}
	for p.tok().kind != tEnd && !p.is(")") {
		p.next()
	}
	p.accept(")")
	p.push(p.block())
	return p.done(kLoop, pos, "", mark)
}
