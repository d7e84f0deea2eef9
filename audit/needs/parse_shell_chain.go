package needs

// isTest reports whether a command does nothing but look.
func isTest(n *node) bool {
	if n.kind != kCall {
		return false
	}
	switch n.kids[0].text {
	case "[", "[[", "test", "((":
		return true
	}
	return false
}

// chained reads what stands behind a command and && or ||, and pushes all of it. What
// follows a test is run if it holds, or does not; what follows another command is taken
// to be run, unless it ends the script or the function.
func (p *shellParser) chained(first *node) {
	if !isTest(first) {
		p.push(first)
		for p.has("&&") || p.has("||") {
			or := p.has("||")
			next := p.pipeline()
			if leaves(next) {
				next = p.guarded(first, next, or)
			}
			p.push(next)
		}
		return
	}
	or := p.has("||")
	from, mark := p.at, len(p.stack)
	for p.push(p.pipeline()); p.has("&&") && !or; {
		p.push(p.pipeline())
	}
	n := p.guarded(first, p.done(kBlock, from, "", mark), or)
	if p.has("||") {
		n.kids = []*node{n.kids[0], n.kids[1], p.pipeline()}
		n.end = int32(p.at)
	}
	if p.has("&&") || p.has("||") {
		p.chained(n)
		return
	}
	p.push(n)
}

// guarded is a part of a script that runs only if a command succeeds, or fails.
func (p *shellParser) guarded(test, body *node, or bool) *node {
	if or {
		empty := p.node(kBlock, test.end, test.end, "")
		return p.node(kIf, test.pos, int32(p.at), "", test, empty, body)
	}
	return p.node(kIf, test.pos, int32(p.at), "", test, body)
}

// pipeline reads the commands behind && or ||, with those that they are piped to.
func (p *shellParser) pipeline() *node {
	p.at += 2
	p.lines()
	first := p.command()
	if !p.has("|") || p.has("||") {
		return first
	}
	from, mark := p.at, len(p.stack)
	for p.push(first); p.has("|") && !p.has("||"); {
		p.at++
		p.lines()
		p.push(p.command())
	}
	return p.done(kBlock, from, "", mark)
}
