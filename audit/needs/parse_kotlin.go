package needs

import "strings"

// fun reads a function of Kotlin; what it extends is known in it as this.
func (p *jvmParser) fun() *node {
	pos := p.next().pos
	if p.is("<") {
		p.angles()
	}
	fn := &function{}
	for p.tok().kind == tName || p.is("(") {
		at := p.at
		typ := p.typ()
		if !p.accept(".") && !p.accept("?.") {
			p.at = at // the name, or what a type and the name look like together
			fn.name = p.path()
			if p.is("<") && typ != nil { // what it extends has types of its own
				p.at = at
				fn.subject = typ
				p.next()
				p.angles()
				p.accept(".")
				fn.name = p.path()
				break
			}
			if i := strings.LastIndexByte(fn.name, '.'); i >= 0 {
				p.at = at
				fn.subject = p.receiver()
				fn.name = fn.name[i+1:]
			}
			break
		}
		fn.subject = typ
	}
	return p.functionRest(pos, fn)
}

// receiver reads names with dots between, all but the last as a type.
func (p *jvmParser) receiver() *node {
	n := p.leaf(kName)
	for p.accept(".") {
		part := p.next()
		if !p.is(".") {
			break
		}
		n = p.node(kAttr, n.pos, part.end, p.src(part), n)
	}
	return p.node(kTyped, n.pos, p.last(), "", n)
}

// property reads a val or var, with what gives its value: an initialiser, a
// delegate or a getter.
func (p *jvmParser) property() *node {
	pos := p.next().pos
	if p.is("<") {
		p.angles()
	}
	if p.is("(") { // taken apart
		mark := len(p.stack)
		p.next()
		for p.tok().kind != tEnd && !p.is(")") {
			if t := p.next(); t.kind == tName {
				p.push(p.node(kName, t.pos, t.end, p.src(t)))
				if p.accept(":") {
					p.typ()
				}
			}
		}
		p.accept(")")
		target := p.done(kList, pos, "", mark)
		if !p.accept("=") {
			return target
		}
		value := p.expression()
		return p.node(kAssign, pos, p.last(), declares, target, value)
	}
	t := p.next()
	for p.is(".") && p.peek(1).kind == tName { // of another type
		p.next()
		t = p.next()
	}
	var typ, value *node
	if p.accept(":") {
		typ = p.typ()
	}
	switch {
	case p.accept("="):
		value = p.expression()
	case p.accept("by"):
		value = p.expression()
		if value.kind == kCall && (value.kids[0].text == "lazy" || value.kids[0].text == "remember") {
			last := value.kids[len(value.kids)-1]
			value = p.node(kCall, value.pos, value.end, "", last)
		}
	}
	p.accept(";")
	p.modifiers()
	if p.is("get") && p.isAt(1, "(") && value == nil {
		fn := p.functionRest(p.next().pos, &function{})
		fn.kind = kLambda
		value = p.node(kCall, fn.pos, fn.end, "", fn)
	}
	return p.declaration(t, typ, value)
}

// lambda reads a function in braces. One without parameters has one called it.
func (p *jvmParser) lambda() *node {
	pos := p.tok().pos
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		p.skipBalanced()
		return p.other(pos)
	}
	p.next()
	fn := &function{params: []parameter{{name: "it"}}}
	if end := p.arrowAhead(); end > 0 {
		fn.params = nil
		for p.at < end {
			if t := p.next(); t.kind == tName {
				q := parameter{name: p.src(t)}
				if p.accept(":") {
					q.typed = p.typ()
				}
				fn.params = append(fn.params, q)
			}
		}
		p.accept("->")
	}
	from, mark := p.tok().pos, len(p.stack)
	p.statements()
	if n := len(p.stack); n > mark {
		switch last := p.stack[n-1]; last.kind {
		case kAssign, kReturn, kStop, kIf, kLoop, kTry, kBlock, kFunc, kClass:
		default:
			p.stack[n-1] = p.node(kReturn, last.pos, last.end, "", last)
		}
	}
	fn.body = p.done(kBlock, from, "", mark)
	p.accept("}")
	return p.defined(kLambda, pos, fn)
}

// arrowAhead finds the arrow behind the parameters of a lambda; 0 if it has none.
func (p *jvmParser) arrowAhead() int {
	for i := range maxGeneric {
		switch t := p.peek(i); {
		case t.kind == tName:
		case p.isAt(i, "->"):
			return p.at + i
		case p.isAt(i, ",") || p.isAt(i, ":") || p.isAt(i, "?") || p.isAt(i, ".") || p.isAt(i, "<") || p.isAt(i, ">") || p.isAt(i, "(") || p.isAt(i, ")"):
		default:
			return 0
		}
	}
	return 0
}

// string takes a string of Kotlin apart, or gives one of Java.
func (p *jvmParser) string(t token) *node {
	lit := p.src(t)
	if !p.kotlin || strings.IndexByte(lit, '$') < 0 {
		return p.literal(t)
	}
	quotes := 1
	if strings.HasPrefix(lit, `"""`) && len(lit) >= 6 {
		quotes = 3
	}
	text := strings.TrimSuffix(lit[quotes:], lit[:quotes])
	mark := len(p.stack)
	from := 0
	plain := func(to int) {
		if to > from {
			p.push(p.node(kString, t.pos, t.end, unescape(text[from:to])))
		}
	}
	for i := 0; i+1 < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] != '$':
		case text[i+1] == '{':
			end := braceEnd(text, i+2)
			plain(i)
			p.push(p.embedded(text[i+2:end], t))
			from, i = min(end+1, len(text)), end
		case identStart(text[i+1]) && text[i+1] != '$':
			end := i + 1
			for end < len(text) && identByte(text[end]) && text[end] != '$' {
				end++
			}
			plain(i)
			p.push(p.node(kName, t.pos, t.end, text[i+1:end]))
			from, i = end, end-1
		}
	}
	plain(len(text))
	if len(p.stack) == mark {
		return p.node(kString, t.pos, t.end, "")
	}
	n := p.done(kTemplate, t.pos, "", mark)
	n.end = t.end
	return n
}

func (p *jvmParser) embedded(text string, t token) *node {
	if !p.embeds(text) {
		return p.node(kOther, t.pos, t.end, "")
	}
	return p.inner(&newJVMParser(lexJVM(text, true), p.depth+deeper, true).parser, t)
}
