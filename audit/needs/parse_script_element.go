package needs

// elements reads the opening tags that stand one after the other, or nothing: a
// mark that follows one begins another, and compares nothing.
func (p *scriptParser) elements() *node {
	n := p.element()
	if n == nil {
		return nil
	}
	mark := len(p.stack)
	p.push(n)
	for more := p.element(); more != nil; more = p.element() {
		p.push(more)
	}
	return p.done(kOther, n.pos, "", mark)
}

// element reads the opening tag of an element of JSX that has attributes, or
// nothing. One that names scopes is read as a call of its component that is
// given them; the values of the others are only looked at.
func (p *scriptParser) element() *node {
	at, mark, pos := p.at, len(p.stack), p.tok().pos
	if !p.is("<") || p.peek(1).kind != tName {
		return nil
	}
	p.next()
	component := p.attributes(p.leaf(kName))
	var asked *node
	for some := false; ; some = true {
		switch {
		case p.is("{") && p.isAt(1, "..."):
			p.push(p.embraced())
		case p.tok().kind == tName && (some || p.isAt(1, "=") || p.isAt(1, "-") || p.peek(1).kind == tName && !p.is("extends")):
			name := p.next()
			for p.is("-") || p.is(":") {
				p.next()
				p.next()
			}
			if !p.accept("=") {
				continue // true by being there
			}
			value := p.attribute()
			if word := p.src(name); value != nil && (word == "scope" || word == "scopes") {
				asked = p.node(kKeyword, name.pos, p.last(), word, value)
				continue
			}
			p.push(value)
		case !some:
			p.at, p.stack = at, p.stack[:mark]
			return nil
		default: // what is read is not read again, whether it ends well or not
			p.accept("/")
			p.accept(">")
			if asked != nil {
				p.push(p.node(kCall, pos, p.last(), "", component, asked))
			}
			return p.done(kOther, pos, "", mark)
		}
	}
}

// attribute reads the value of an attribute.
func (p *scriptParser) attribute() *node {
	if p.is("{") {
		return p.embraced()
	}
	return p.operand()
}

// embraced reads an expression within braces.
func (p *scriptParser) embraced() *node {
	p.next()
	n := p.expression()
	p.closing("}")
	return n
}
