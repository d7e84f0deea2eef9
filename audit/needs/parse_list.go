package needs

import "strings"

// each reads one thing after the other to a closing bracket, or to the end, and
// passes over what is not read.
func (p *parser) each(end string, read func()) {
	for p.tok().kind != tEnd && !p.is(end) {
		before := p.at
		read()
		if p.at == before {
			p.next()
		}
	}
}

// within does the same, with commas between, and takes the bracket.
func (p *parser) within(end string, read func()) {
	p.each(end, func() {
		read()
		p.accept(",")
	})
	p.accept(end)
}

// closing passes over what stands before a closing bracket, and the bracket.
func (p *parser) closing(end string) {
	for p.tok().kind != tEnd && !p.is(end) {
		p.next()
	}
	p.accept(end)
}

// several gives what was pushed since mark as one node.
func (p *parser) several(k kind, pos int32, mark int) *node {
	if len(p.stack) == mark+1 {
		n := p.stack[mark]
		p.stack = p.stack[:mark]
		return n
	}
	return p.done(k, pos, "", mark)
}

// leaf makes the token at hand a node.
func (p *parser) leaf(k kind) *node {
	t := p.next()
	return p.node(k, t.pos, t.end, p.src(t))
}

// attributes adds to a name those that follow it with dots between.
func (p *parser) attributes(n *node) *node {
	for p.is(".") && p.peek(1).kind == tName {
		p.next()
		t := p.next()
		n = p.node(kAttr, n.pos, t.end, p.src(t), n)
	}
	return n
}

// defined makes a node of a function that was read.
func (p *parser) defined(k kind, pos int32, fn *function) *node {
	n := p.node(k, pos, p.last(), fn.name)
	n.fn, fn.node = fn, n
	return n
}

// flat passes over what stands too deep to be read.
func (p *parser) flat(pos int32) *node {
	switch {
	case p.isAny("(", "[", "{"):
		p.skipBalanced()
	case p.tok().kind < tLine:
		p.next()
	}
	return p.other(pos)
}

// maxCut is how much of a source the condition of a branch quotes.
const maxCut = 60

// cut gives a piece of the source, cut short.
func (p *parser) cut(pos, end int32) string { return p.text[pos:max(pos, min(end, pos+maxCut))] }

// joined gives the text of the tokens from one on to the one at hand, without
// what stands between them.
func (p *parser) joined(from int) string {
	if from >= p.at {
		return ""
	}
	size := int32(0)
	for _, t := range p.tokens[from:p.at] {
		size += t.end - t.pos
	}
	if pos := p.tokens[from].pos; size == p.last()-pos {
		return p.text[pos:p.last()]
	}
	var b strings.Builder
	for _, t := range p.tokens[from:p.at] {
		b.WriteString(p.src(t))
	}
	return b.String()
}
