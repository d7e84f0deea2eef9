package needs

// binary reads operands with operators between, none of which binds looser than
// low.
func (p *parser) binary(low int) *node {
	pos := p.tok().pos
	left := p.unary()
	for {
		level := p.level()
		if level < low {
			return left
		}
		left = p.operate(pos, p.src(p.next()), level, left)
	}
}

// prefixed reads an operand with the operators before it, and await: what these
// give is no value that is handed on, but for what is awaited.
func (p *parser) prefixed(is func(word string) bool) *node {
	pos, looked := p.tok().pos, false
	for word := p.word(); ; word = p.word() {
		if is(word) {
			looked = true
		} else if word != "await" {
			break
		}
		p.next()
	}
	n := p.postfix()
	if looked {
		n = p.node(kCompare, pos, p.last(), "not", n)
	}
	return n
}

// right reads what stands behind an operator.
func (p *parser) right(level int) *node {
	p.depth++
	n := (*node)(nil)
	if p.depth > maxNesting {
		n = p.unary()
	} else {
		n = p.binary(level + 1)
	}
	p.depth--
	return n
}

// call reads the arguments of a call of n.
func (p *parser) call(pos int32, n *node, arguments func(end string)) *node {
	mark := len(p.stack)
	p.push(n)
	p.next()
	arguments(")")
	return p.done(kCall, pos, "", mark)
}

// index reads what stands in square brackets behind n.
func (p *parser) index(pos int32, n *node) *node {
	mark := len(p.stack)
	p.push(n)
	p.next()
	p.push(p.condition())
	p.closing("]")
	return p.done(kIndex, pos, "", mark)
}
