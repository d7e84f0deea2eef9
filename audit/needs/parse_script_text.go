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
	p.within("}", func() { p.push(p.property()) })
	return p.done(kDict, pos, "", mark)
}

func (p *scriptParser) property() *node {
	t := p.tok()
	if p.accept("...") {
		value := p.expression()
		return p.node(kSpread, t.pos, p.last(), "**", value)
	}
	for p.isAny("async", "get", "set", "*") && (p.peek(1).kind == tName || p.peek(1).kind == tString || p.isAt(1, "*")) {
		p.next()
	}
	t = p.tok()
	var key *node
	switch {
	case t.kind == tName:
		key = p.leaf(kString)
	case t.kind == tString:
		key = p.literal(p.next())
	case t.kind == tNumber:
		key = p.leaf(kConst)
	case p.accept("["):
		key = p.expression()
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
		value := p.expression()
		return p.node(kPair, t.pos, p.last(), "", key, value)
	}
	name := p.node(kName, t.pos, t.end, key.text)
	if p.accept("=") {
		value := p.expression()
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
		end := braceEnd(text, i+2)
		p.push(p.embedded(text[i+2:end], t))
		text = text[min(end+1, len(text)):]
	}
	if text != "" || len(p.stack) == mark {
		p.push(p.node(kString, t.pos, t.end, unescape(text)))
	}
	return p.several(kTemplate, t.pos, mark)
}

func (p *scriptParser) embedded(text string, t token) *node {
	if !p.embeds(text) {
		return p.node(kOther, t.pos, t.end, "")
	}
	return p.inner(&newScriptParser(lexScript(text), p.depth+deeper).parser, t)
}
