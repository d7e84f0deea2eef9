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
