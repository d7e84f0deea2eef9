package needs

import "strings"

// object reads an object, or a pattern that takes one apart.
func (p *scriptParser) object() *node {
	pos := p.tok().pos
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		p.skipBalanced()
		return p.other(pos)
	}
	p.next()
	mark := len(p.stack)
	for p.tok().kind != tEnd && !p.is("}") {
		before := p.at
		p.push(p.property())
		p.accept(",")
		if p.at == before {
			p.next()
		}
	}
	p.accept("}")
	return p.done(kDict, pos, "", mark)
}

func (p *scriptParser) property() *node {
	t := p.tok()
	if p.accept("...") {
		value := p.assignment()
		return p.node(kSpread, t.pos, p.last(), "**", value)
	}
	for p.isAny("async", "get", "set", "*") && (p.peek(1).kind == tName || p.peek(1).kind == tString || p.isAt(1, "*")) {
		p.next()
	}
	t = p.tok()
	var key *node
	switch {
	case t.kind == tName:
		p.next()
		key = p.node(kString, t.pos, t.end, p.src(t))
	case t.kind == tString:
		p.next()
		_, text := unquote(p.src(t))
		key = p.node(kString, t.pos, t.end, text)
	case t.kind == tNumber:
		p.next()
		key = p.node(kConst, t.pos, t.end, p.src(t))
	case p.accept("["):
		key = p.assignment()
		p.accept("]")
	default:
		return nil
	}
	switch {
	case p.is("(") || p.is("<"):
		fn := p.functionRest(t.pos, "")
		fn.kind = kLambda
		return p.node(kPair, t.pos, p.last(), "", key, fn)
	case p.accept(":"):
		value := p.assignment()
		return p.node(kPair, t.pos, p.last(), "", key, value)
	}
	name := p.node(kName, t.pos, t.end, key.text)
	if p.accept("=") {
		value := p.assignment()
		name = p.node(kAssign, t.pos, p.last(), "=", name, value)
	}
	return p.node(kPair, t.pos, p.last(), "", key, name)
}

// template takes a template literal apart.
func (p *scriptParser) template(t token) *node {
	text := strings.TrimSuffix(p.text[t.pos+1:t.end], "`")
	mark := len(p.stack)
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			break
		}
		if i > 0 {
			p.push(p.node(kString, t.pos, t.end, unescape(text[:i])))
		}
		end, depth := i+2, 1
		for ; end < len(text); end++ {
			if text[end] == '{' {
				depth++
			} else if text[end] == '}' {
				if depth--; depth == 0 {
					break
				}
			}
		}
		p.push(p.embedded(text[i+2:min(end, len(text))], t))
		text = text[min(end+1, len(text)):]
	}
	if text != "" || len(p.stack) == mark {
		p.push(p.node(kString, t.pos, t.end, unescape(text)))
	}
	if len(p.stack) == mark+1 {
		n := p.stack[mark]
		p.stack = p.stack[:mark]
		return n
	}
	n := p.done(kTemplate, t.pos, "", mark)
	n.end = t.end
	return n
}

func (p *scriptParser) embedded(text string, t token) *node {
	if p.depth+10 > maxNesting || len(text) > maxEmbedded {
		return p.node(kOther, t.pos, t.end, "")
	}
	inner := &scriptParser{parser: parser{text: text, tokens: lexScript([]byte(text)).tokens, depth: p.depth + 10}}
	inner.pair()
	inner.arena, p.arena = p.arena, arena{}
	n := inner.expressions()
	p.arena = inner.arena
	settle(n, t)
	return n
}

// settle gives nodes that were read out of a string the place of the string.
func settle(n *node, t token) {
	if n == nil {
		return
	}
	n.pos, n.end = t.pos, t.end
	for _, kid := range n.kids {
		settle(kid, t)
	}
	if n.fn != nil {
		settle(n.fn.body, t)
		for _, q := range n.fn.params {
			settle(q.value, t)
			settle(q.typed, t)
			settle(q.pattern, t)
			if q.from != nil { // its kids are those of the call
				q.from.pos, q.from.end = t.pos, t.end
			}
		}
	}
}
