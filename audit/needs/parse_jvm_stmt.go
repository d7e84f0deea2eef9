package needs

import "strings"

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
	case "for":
		if p.isAt(1, "(") {
			return p.loop(), true
		}
	case "switch", "when":
		if p.isAt(1, "(") || p.isAt(1, "{") {
			return p.switches(false), true
		}
	case "synchronized":
		if p.isAt(1, "(") {
			p.next()
			p.skipBalanced()
			return p.block(), true
		}
	case "yield": // what a branch of a switch is
		if !p.kotlin && !p.isAt(1, "=") && !p.isAt(1, ".") && !p.isAt(1, "(") {
			p.next()
			n := p.condition()
			p.accept(";")
			return p.node(kReturn, t.pos, p.last(), "", n), true
		}
		return nil, false
	}
	n := p.control()
	return n, n != nil
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
		if p.peek(i).kind != tName || i > maxGeneric {
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
				} else if p.peek(i).kind != tName && !isOneOf(p.src(p.peek(i)), ",?&.[]") {
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
	if isOneOf(p.src(p.peek(i+1)), "=;,:)([") {
		return i
	}
	return -1
}

// isOneOf reports whether an operator is one byte, and which.
func isOneOf(op, bytes string) bool { return len(op) == 1 && strings.IndexByte(bytes, op[0]) >= 0 }

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
	return p.several(kOther, pos, mark)
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
		p.each(")", func() {
			p.push(p.statement())
			p.accept(",")
		})
		heads := p.done(kOther, pos, "", inner)
		p.push(p.node(kOther, pos, pos, ""))
		p.push(heads)
	}
	p.closing(")")
	p.push(p.block())
	return p.done(kLoop, pos, "", mark)
}
