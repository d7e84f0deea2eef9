package needs

import "slices"

// class reads a class, an interface, a record, an enumeration or an object. Its
// fields are put before its methods, which know them wherever they stand.
func (p *jvmParser) class() *node {
	p.depth++
	defer func() { p.depth-- }()
	word := p.src(p.tok())
	pos := p.next().pos
	enum := word == "enum"
	if enum {
		p.accept("class")
	}
	p.accept("interface") // fun interface
	name := ""
	if p.tok().kind == tName && !p.is("extends") {
		name = p.src(p.next())
	}
	if word == "object" && name == "" {
		name = "Companion"
	}
	if p.is("<") {
		p.angles()
	}
	mark := len(p.stack)
	p.modifiers()
	p.accept("constructor")
	params := p.tok()
	var made []parameter
	if p.is("(") {
		made = p.parameters()
	}
	p.header = true
	for p.tok().kind != tEnd && !p.is("{") && !(p.kotlin && p.newLine() && !p.is(":") && !p.tokenIs(p.at-1, ",", ":")) {
		switch {
		case p.isAny("extends", "implements", "permits", ",", ":"):
			p.next()
		case p.is("where"), p.is("by"):
			p.next()
			p.expression()
		case p.tok().kind == tName:
			if base := p.typ(); base != nil {
				p.push(base.kids[0])
			}
			if p.is("(") {
				p.skipBalanced()
			}
		case p.is(";") || p.is("}") || p.is(")"):
			goto body
		default:
			p.next()
		}
	}
body:
	p.header = false
	at, inner := p.tok().pos, len(p.stack)
	if made != nil {
		p.primary(params, made)
	}
	companion := p.kotlin && word == "object" && name == "Companion"
	if p.depth > maxNesting {
		p.skipBalanced()
	} else if p.accept("{") {
		if enum {
			p.constants(name)
		}
		p.members(name)
		p.accept("}")
	}
	if companion { // its members are used as if they were the class's own
		p.push(nil)
		n := p.done(kBlock, at, "", inner)
		p.stack = append(p.stack[:mark], n.kids...)
		return nil
	}
	slices.SortStableFunc(p.stack[inner:], func(a, b *node) int { return rank(a) - rank(b) })
	p.push(p.done(kBlock, at, "", inner))
	return p.done(kClass, pos, name, mark)
}

// rank puts fields before what uses them.
func rank(n *node) int {
	if n.kind == kAssign || n.kind == kOther && n.text == declares {
		return 0
	}
	return 1
}

// tokenIs reports whether the token at an index is one of words.
func (p *jvmParser) tokenIs(i int, words ...string) bool {
	return i >= 0 && slices.Contains(words, p.src(p.tokens[i]))
}

// primary makes the constructor that the head of a class stands for, and the
// fields.
func (p *jvmParser) primary(t token, params []parameter) {
	mark := len(p.stack)
	for _, q := range params {
		this := p.node(kName, t.pos, t.end, "this")
		field := p.node(kAttr, t.pos, t.end, q.name, this)
		p.push(p.node(kAssign, t.pos, t.end, "=", field, p.node(kName, t.pos, t.end, q.name)))
	}
	body := p.done(kBlock, t.pos, "", mark)
	for _, q := range params {
		if q.typed != nil {
			p.push(p.node(kAssign, t.pos, t.end, declares, p.node(kName, t.pos, t.end, q.name), p.node(kTyped, t.pos, t.end, "", q.typed.kids[0])))
		}
	}
	n := p.defined(kFunc, t.pos, &function{name: "constructor", params: params, body: body})
	n.end = t.end
	p.push(n)
}

// constant is the text of a call that makes a member of an enumeration.
const constant = "constant"

// constants reads those of an enumeration: each is made by its constructor.
func (p *jvmParser) constants(name string) {
	for p.tok().kind != tEnd && !p.is("}") && !p.accept(";") {
		p.modifiers()
		t := p.next()
		if t.kind != tName {
			continue
		}
		mark := len(p.stack)
		p.push(p.node(kName, t.pos, t.end, name))
		if p.accept("(") {
			p.arguments(")")
		}
		call := p.done(kCall, t.pos, constant, mark)
		if p.is("{") {
			p.skipBalanced()
		}
		p.push(p.node(kAssign, t.pos, p.last(), declares, p.node(kName, t.pos, t.end, p.src(t)), call))
		p.accept(",")
	}
}
