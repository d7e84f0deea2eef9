package needs

import "strings"

// parseScript reads JavaScript or TypeScript. Types are passed over, but for
// those of parameters and fields.
func parseScript(l lexed) *parsed {
	p := &scriptParser{parser: parser{text: string(l.text), tokens: l.tokens}}
	p.pair()
	body := p.statements(tEnd)
	return &parsed{body: body, nodes: p.count}
}

type scriptParser struct {
	parser
	match []int32 // by token: where the bracket that it opens is closed
}

// pair finds for each opening bracket the one that closes it.
func (p *scriptParser) pair() {
	p.match = make([]int32, len(p.tokens))
	var open []int32
	for i, t := range p.tokens {
		if t.kind != tOp || t.end-t.pos != 1 {
			continue
		}
		switch p.text[t.pos] {
		case '(', '[', '{':
			open = append(open, int32(i))
		case ')', ']', '}':
			if n := len(open); n > 0 {
				p.match[open[n-1]] = int32(i)
				open = open[:n-1]
			}
		}
	}
}

// statements reads to the closing brace, or the end.
func (p *scriptParser) statements(end tokenKind) *node {
	pos, mark := p.tok().pos, len(p.stack)
	for p.tok().kind != tEnd && !(end != tEnd && p.is("}")) {
		before := p.at
		p.push(p.statement())
		if p.at == before {
			p.next()
		}
	}
	return p.done(kBlock, pos, "", mark)
}

func (p *scriptParser) block() *node {
	p.depth++
	defer func() { p.depth-- }()
	pos := p.tok().pos
	if p.depth > maxNesting {
		p.skipBalanced()
		return p.node(kBlock, pos, p.last(), "")
	}
	if !p.accept("{") {
		return p.node(kBlock, pos, p.last(), "", p.statement())
	}
	n := p.statements(tOp)
	p.accept("}")
	return n
}

func (p *scriptParser) statement() *node {
	t := p.tok()
	if p.depth > maxNesting {
		p.next()
		return nil
	}
	if t.kind == tOp {
		if p.is("{") {
			return p.block()
		}
		if p.accept(";") {
			return nil
		}
	}
	if t.kind == tName && !p.isAt(1, ":") && !p.isAt(1, "=") && !p.isAt(1, ".") {
		if n, done := p.keyword(t); done {
			return n
		}
	}
	n := p.expressions()
	p.accept(";")
	return n
}

// keyword reads a statement that begins with a word of its own.
func (p *scriptParser) keyword(t token) (*node, bool) {
	word := p.src(t)
	switch word {
	case "const", "let", "var":
		p.next()
		if p.is("enum") {
			break
		}
		return p.declaration(t.pos), true
	case "import":
		if p.isAt(1, "(") || p.isAt(1, ".") {
			return nil, false
		}
		return p.imports(), true
	case "export":
		p.next()
		if p.accept("default") {
			value := p.statement()
			if value == nil {
				return nil, true
			}
			name := value
			if (value.kind == kFunc || value.kind == kClass) && value.text != "" {
				name = p.node(kName, value.pos, value.pos, value.text)
				return p.node(kOther, t.pos, p.last(), "", value, p.node(kAssign, t.pos, p.last(), "=", p.node(kName, t.pos, t.end, "default"), name)), true
			}
			return p.node(kAssign, t.pos, p.last(), "=", p.node(kName, t.pos, t.end, "default"), name), true
		}
		if p.is("{") || p.is("*") {
			for p.tok().kind != tEnd && !p.is("}") && !p.is("from") {
				p.next()
			}
			p.accept("}")
			if p.accept("from") {
				p.next()
			}
			p.accept(";")
			return nil, true
		}
		return p.statement(), true
	case "async":
		if p.isAt(1, "function") {
			p.next()
			return p.function(), true
		}
	case "function":
		return p.function(), true
	case "class", "abstract":
		p.accept("abstract")
		if p.is("class") {
			return p.class(), true
		}
	case "if":
		return p.ifs(), true
	case "for":
		return p.loop(), true
	case "while":
		p.next()
		mark := len(p.stack)
		test := p.paren()
		p.push(p.node(kOther, t.pos, t.pos, ""))
		p.push(p.node(kOther, t.pos, t.pos, "", test))
		p.push(p.block())
		return p.done(kLoop, t.pos, "while", mark), true
	case "do":
		p.next()
		mark := len(p.stack)
		p.push(p.node(kOther, t.pos, t.pos, ""))
		p.push(p.node(kOther, t.pos, t.pos, ""))
		p.push(p.block())
		if p.accept("while") {
			p.push(p.paren())
		}
		return p.done(kLoop, t.pos, "while", mark), true
	case "switch":
		return p.switches(), true
	case "try":
		p.next()
		mark := len(p.stack)
		p.push(p.block())
		if p.accept("catch") {
			if p.is("(") {
				p.skipBalanced()
			}
			body := p.block()
			p.push(p.node(kIf, body.pos, body.end, "except", p.node(kOther, body.pos, body.pos, ""), body))
		}
		if p.accept("finally") {
			p.push(p.block())
		}
		return p.done(kTry, t.pos, "", mark), true
	case "return", "throw":
		p.next()
		mark := len(p.stack)
		if !p.is(";") && !p.is("}") && !p.newLine() {
			p.push(p.expressions())
		}
		p.accept(";")
		k := kReturn
		if word == "throw" {
			k = kStop
		}
		return p.done(k, t.pos, "", mark), true
	case "break", "continue":
		p.next()
		if p.tok().kind == tName && !p.newLine() {
			p.next()
		}
		p.accept(";")
		return p.node(kStop, t.pos, p.last(), word), true
	case "interface", "enum":
		if p.peek(1).kind == tName {
			for p.tok().kind != tEnd && !p.is("{") {
				p.next()
			}
			p.skipBalanced()
			return nil, true
		}
	case "type":
		if p.peek(1).kind == tName && (p.isAt(2, "=") || p.isAt(2, "<")) {
			p.next()
			p.next()
			if p.is("<") {
				p.angles()
			}
			p.accept("=")
			p.accept("|")
			p.typ()
			p.accept(";")
			return nil, true
		}
	case "declare", "namespace", "module":
		if p.peek(1).kind == tName || p.peek(1).kind == tString {
			p.next()
			if word != "declare" {
				p.next()
			}
			return p.statement(), true
		}
	}
	return nil, false
}

// newLine reports whether a line ends before the token at hand.
func (p *scriptParser) newLine() bool {
	return strings.IndexByte(p.text[p.last():p.tok().pos], '\n') >= 0
}

// declaration reads the variables of one.
func (p *scriptParser) declaration(pos int32) *node {
	mark := len(p.stack)
	for {
		at := p.tok().pos
		target := p.operand()
		p.accept("!")
		var typ *node
		if p.accept(":") {
			typ = p.typ()
		}
		switch {
		case p.accept("="):
			value := p.assignment()
			p.push(p.node(kAssign, at, p.last(), "=", target, value))
		case typ != nil:
			p.push(p.node(kAssign, at, p.last(), "=", target, typ))
		default:
			p.push(target)
		}
		if !p.accept(",") {
			break
		}
	}
	p.accept(";")
	if len(p.stack) == mark+1 {
		n := p.stack[mark]
		p.stack = p.stack[:mark]
		return n
	}
	return p.done(kOther, pos, "", mark)
}

func (p *scriptParser) imports() *node {
	pos := p.next().pos
	mark := len(p.stack)
	if p.is("type") && !p.isAt(1, "from") && !p.isAt(1, ",") {
		p.next()
	}
	pair := func(at token, name, alias string) {
		p.push(p.node(kPair, at.pos, p.last(), "", p.node(kName, at.pos, at.end, name), p.node(kName, at.pos, p.last(), alias)))
	}
	for p.tok().kind != tEnd && p.tok().kind != tString && !p.is(";") {
		t := p.next()
		switch {
		case t.kind == tName && p.src(t) == "from":
		case t.kind == tName:
			pair(t, "default", p.src(t))
		case p.src(t) == "*":
			if p.accept("as") {
				pair(t, "*", p.src(p.next()))
			}
		case p.src(t) == "{":
			for p.tok().kind != tEnd && !p.is("}") {
				at := p.next()
				if p.src(at) == "type" && p.tok().kind == tName {
					at = p.next()
				}
				if at.kind != tName {
					continue
				}
				alias := p.src(at)
				if p.accept("as") {
					alias = p.src(p.next())
				}
				pair(at, p.src(at), alias)
			}
			p.accept("}")
		}
	}
	module := ""
	if p.tok().kind == tString {
		_, module = unquote(p.src(p.next()))
	}
	p.accept(";")
	return p.done(kImport, pos, module, mark)
}

func (p *scriptParser) function() *node {
	pos := p.next().pos
	p.accept("*")
	name := ""
	if p.tok().kind == tName {
		name = p.src(p.next())
	}
	return p.functionRest(pos, name)
}

// functionRest reads the parameters and the body of a function.
func (p *scriptParser) functionRest(pos int32, name string) *node {
	fn := &function{name: name}
	if p.is("<") {
		p.angles()
	}
	fn.params = p.parameters()
	if p.accept(":") {
		p.typ()
	}
	if p.is("{") {
		fn.body = p.block()
	}
	n := p.node(kFunc, pos, p.last(), name)
	n.fn, fn.node = fn, n
	return n
}

// parameters reads those between brackets.
func (p *scriptParser) parameters() []parameter {
	var params []parameter
	if !p.accept("(") {
		return nil
	}
	for p.tok().kind != tEnd && !p.is(")") {
		before := p.at
		var q parameter
		for p.isAny("private", "public", "protected", "readonly", "override") && p.peek(1).kind == tName {
			p.next()
		}
		if p.accept("...") {
			q.rest = "*"
		}
		if t := p.tok(); t.kind == tName {
			q.name = p.src(p.next())
			if strings.HasPrefix(q.name, "@") && p.is("(") {
				p.skipBalanced()
				continue
			}
		} else if p.is("{") || p.is("[") {
			q.pattern = p.operand()
		}
		p.accept("?")
		if p.accept(":") {
			q.typed = p.typ()
		}
		if p.accept("=") {
			q.value = p.assignment()
		}
		params = append(params, q)
		p.accept(",")
		if p.at == before {
			p.next()
		}
	}
	p.accept(")")
	return params
}

func (p *scriptParser) class() *node {
	pos := p.next().pos
	mark := len(p.stack)
	name := ""
	if p.tok().kind == tName && !p.is("extends") && !p.is("implements") {
		name = p.src(p.next())
	}
	if p.is("<") {
		p.angles()
	}
	if p.accept("extends") {
		p.push(p.postfix())
		if p.is("<") {
			p.angles()
		}
	}
	for p.tok().kind != tEnd && !p.is("{") {
		p.next()
	}
	at, inner := p.tok().pos, len(p.stack)
	p.accept("{")
	for p.tok().kind != tEnd && !p.is("}") {
		before := p.at
		p.push(p.classMember())
		if p.at == before {
			p.next()
		}
	}
	p.accept("}")
	p.push(p.done(kBlock, at, "", inner))
	return p.done(kClass, pos, name, mark)
}

func (p *scriptParser) classMember() *node {
	property := false
	for p.tok().kind == tName && (p.peek(1).kind == tName || p.peek(1).kind == tString || p.isAt(1, "[") || p.isAt(1, "*") || p.isAt(1, "{")) {
		switch word := p.src(p.tok()); word {
		case "get":
			property = true
		case "public", "private", "protected", "readonly", "static", "async", "set", "override", "declare", "abstract", "accessor":
		default:
			if !strings.HasPrefix(word, "@") {
				return p.statement()
			}
		}
		p.next()
	}
	p.accept("*")
	t := p.tok()
	if t.kind == tName && strings.HasPrefix(p.src(t), "@") {
		p.next()
		if p.is("(") {
			p.skipBalanced()
		}
		return nil
	}
	name := ""
	switch {
	case t.kind == tName:
		name = p.src(p.next())
	case t.kind == tString:
		_, name = unquote(p.src(p.next()))
	case p.is("["):
		p.skipBalanced()
	case p.is("{"): // static { … }
		return p.block()
	default:
		return nil
	}
	if p.is("(") || p.is("<") {
		n := p.functionRest(t.pos, name)
		n.fn.property = property
		return n
	}
	p.accept("?")
	p.accept("!")
	target := p.node(kName, t.pos, t.end, name)
	var typ *node
	if p.accept(":") {
		typ = p.typ()
	}
	if p.accept("=") {
		value := p.assignment()
		p.accept(";")
		return p.node(kAssign, t.pos, p.last(), "=", target, value)
	}
	p.accept(";")
	if typ != nil {
		return p.node(kAssign, t.pos, p.last(), "=", target, typ)
	}
	return nil
}

// paren reads a condition in brackets.
func (p *scriptParser) paren() *node {
	p.accept("(")
	n := p.expressions()
	for p.tok().kind != tEnd && !p.is(")") {
		before := p.at
		p.accept(";")
		p.expressions()
		if p.at == before {
			p.next()
		}
	}
	p.accept(")")
	return n
}

func (p *scriptParser) ifs() *node {
	pos := p.next().pos
	mark := len(p.stack)
	p.push(p.paren())
	p.push(p.block())
	if p.accept("else") {
		if p.is("if") {
			p.depth++
			if p.depth < maxNesting {
				p.push(p.ifs())
			}
			p.depth--
		} else {
			p.push(p.block())
		}
	}
	return p.done(kIf, pos, "", mark)
}

func (p *scriptParser) loop() *node {
	pos := p.next().pos
	p.accept("await")
	mark := len(p.stack)
	p.accept("(")
	if p.isAny("const", "let", "var") {
		p.next()
	}
	init := len(p.stack)
	target := p.operand()
	if p.isAny("of", "in") {
		p.next()
		p.push(target)
		p.push(p.expressions())
	} else {
		for p.tok().kind != tEnd && !p.is(")") {
			before := p.at
			if p.accept("=") {
				value := p.assignment()
				target = p.node(kAssign, pos, p.last(), "=", target, value)
			} else if !p.accept(";") && !p.accept(",") {
				target = p.node(kOther, pos, p.last(), "", target, p.expressions())
			}
			if p.at == before {
				p.next()
			}
		}
		p.stack = p.stack[:init]
		p.push(p.node(kOther, pos, pos, ""))
		p.push(p.node(kOther, pos, pos, "", target))
	}
	p.accept(")")
	p.push(p.block())
	return p.done(kLoop, pos, "", mark)
}

func (p *scriptParser) switches() *node {
	pos := p.next().pos
	mark := len(p.stack)
	subject := p.paren()
	p.push(subject)
	p.accept("{")
	for p.tok().kind != tEnd && !p.is("}") {
		before := p.at
		at := p.tok().pos
		var test *node
		when := "otherwise"
		if p.accept("case") {
			test = p.expressions()
			when = p.text[subject.pos:min(subject.end, subject.pos+60)] + " is " + p.text[test.pos:min(test.end, test.pos+60)]
		} else {
			p.accept("default")
			test = p.node(kOther, at, at, "")
		}
		p.accept(":")
		from, inner := p.tok().pos, len(p.stack)
		for p.tok().kind != tEnd && !p.is("}") && !p.is("case") && !(p.is("default") && p.isAt(1, ":")) {
			b := p.at
			p.push(p.statement())
			if p.at == b {
				p.next()
			}
		}
		body := p.done(kBlock, from, "", inner)
		p.push(p.node(kIf, at, p.last(), when, test, body))
		if p.at == before {
			p.next()
		}
	}
	p.accept("}")
	return p.done(kBlock, pos, "", mark)
}

// angles passes over type arguments.
func (p *scriptParser) angles() {
	depth := 0
	for limit := 0; p.tok().kind != tEnd && limit < 400; limit++ {
		switch {
		case p.is("<"):
			depth++
		case p.is(">"):
			depth--
		case p.isAny("(", "{", "["):
			p.skipBalanced()
			continue
		case p.isAny(")", "}", "]", ";"):
			return
		}
		p.next()
		if depth <= 0 {
			return
		}
	}
}

// typ reads a type: its name where it is one, and passes over the rest.
func (p *scriptParser) typ() *node {
	pos := p.tok().pos
	var name *node
	for first := true; ; first = false {
		for p.isAny("keyof", "typeof", "readonly", "unique", "infer", "asserts", "new", "|", "&") {
			p.next()
		}
		switch t := p.tok(); {
		case p.isAny("(", "{", "["):
			p.skipBalanced()
		case t.kind == tName:
			n := p.node(kName, t.pos, t.end, p.src(p.next()))
			for p.is(".") && p.peek(1).kind == tName {
				p.next()
				part := p.next()
				n = p.node(kAttr, t.pos, part.end, p.src(part), n)
			}
			if first {
				name = n
			}
		case t.kind == tString || t.kind == tNumber:
			p.next()
		default:
			return p.typed(pos, name)
		}
		if p.is("<") {
			p.angles()
		}
		for p.is("[") && p.isAt(1, "]") {
			p.next()
			p.next()
			name = nil
		}
		if p.isAny("|", "&", "=>", "is", "extends") && !p.newLine() || p.isAny("|", "&") {
			if p.is("=>") {
				name = nil
			}
			p.next()
			continue
		}
		return p.typed(pos, name)
	}
}

func (p *scriptParser) typed(pos int32, name *node) *node {
	if name == nil {
		return p.node(kOther, pos, p.last(), "")
	}
	return p.node(kTyped, pos, p.last(), "", name)
}
