package needs

// goType is a type that was read.
type goType struct {
	// value is its name, or a kOther.
	value *node
	many  bool    // an array or a slice
	of    *goType // what a map holds
	rest  bool    // of the last parameter, which takes what is left
}

// typ reads a type.
func (p *goParser) typ() goType {
	pos := p.tok().pos
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return goType{value: p.flat(pos)}
	}
	t := goType{}
	switch {
	case p.is("*"):
		p.next()
		return p.typ()
	case p.is("("):
		p.next()
		t = p.typ()
		p.closing(")")
		return t
	case p.is("["):
		p.skipBalanced()
		p.typ()
		t.many = true
	case p.accept("map"):
		if p.is("[") {
			p.skipBalanced()
		}
		of := p.typ()
		t.of = &of
	case p.accept("chan"):
		p.accept("<-")
		p.typ()
	case p.is("<-"), p.is("~"):
		p.next()
		p.typ()
	case p.accept("..."):
		p.typ()
		t.rest = true
	case p.accept("func"):
		p.signature(&function{})
	case p.is("struct"), p.is("interface"):
		p.next()
		if p.is("{") {
			p.skipBalanced()
		}
	case p.tok().kind == tName:
		t.value = p.attributes(p.leaf(kName))
		if p.is("[") {
			t.value = p.subscript(pos, t.value)
		}
		return t
	}
	t.value = p.other(pos)
	return t
}

// valueOf stands for a value of a type.
func (p *goParser) valueOf(t goType) *node {
	v := t.value
	switch {
	case t.many:
		return p.node(kList, v.pos, v.end, "")
	case v.kind == kName || v.kind == kAttr:
		return p.node(kTyped, v.pos, v.end, "", v)
	}
	return p.node(kOther, v.pos, v.end, "")
}

// alone reports whether the name at hand is a type, and no name before one.
func (p *goParser) alone() bool {
	after := p.at + 1
	switch {
	case p.isAt(1, "."):
		return true
	case p.isAt(1, "["): // of another type, if nothing follows
		after = int(p.match[p.at+1]) + 1
		if after == 1 || after >= len(p.tokens) {
			return true
		}
	}
	switch t := p.tokens[after]; t.kind {
	case tLine, tEnd, tString:
		return true
	case tOp:
		return t.first == ')' || t.first == '}' || t.first == ';' || t.first == ',' && p.isAt(1, "[")
	}
	return false
}

// function reads a declaration of one, or of a method.
func (p *goParser) function() *node {
	pos := p.next().pos
	fn := &function{}
	if p.is("(") {
		p.receiver(fn)
	}
	if p.tok().kind == tName {
		fn.name = p.src(p.next())
	}
	if p.is("[") {
		p.skipBalanced()
	}
	p.signature(fn)
	if p.is("{") {
		fn.body = p.block()
	}
	return p.defined(kFunc, pos, fn)
}

// receiver reads what a method belongs to: its first parameter.
func (p *goParser) receiver(fn *function) {
	p.next()
	q := parameter{name: "_"}
	if p.tok().kind == tName && !p.alone() {
		q.name = p.src(p.next())
	}
	typ := p.typ().value
	if typ.kind == kIndex {
		typ = typ.kids[0]
	}
	if typ.kind == kName {
		fn.receiver = typ.text
	}
	p.closing(")")
	fn.params = []parameter{q}
}

// signature reads the parameters and results of a function.
func (p *goParser) signature(fn *function) {
	if p.is("(") {
		fn.params = append(fn.params, p.parameters()...)
	}
	switch {
	case p.is("("):
		for _, q := range p.parameters() {
			fn.results = append(fn.results, q.typed)
		}
	case p.tok().kind == tName && !p.is("case"), p.isAny("*", "[", "<-"):
		fn.results = []*node{p.valueOf(p.typ())}
	}
}

// parameters reads those between brackets. Names before a comma have the type
// that follows the next.
func (p *goParser) parameters() []parameter {
	var params []parameter
	var bare []int // those that are a type, or a name before a comma
	p.inside(")", func() {
		q := parameter{name: "_"}
		if t := p.tok(); t.kind == tName && !p.isAt(1, ",") && !p.alone() && !isGoKeyword(p.src(t)) {
			q.name = p.src(p.next())
		} else {
			bare = append(bare, len(params))
		}
		typ := p.typ()
		if typ.rest {
			q.rest = "*"
		}
		q.typed = p.valueOf(typ)
		params = append(params, q)
	})
	if len(bare) == len(params) {
		for i := range params {
			params[i].rest = ""
		}
		return params
	}
	for i := len(bare) - 1; i >= 0; i-- {
		if at := bare[i]; at+1 < len(params) && params[at].typed.kind == kTyped {
			name := params[at].typed.kids[0].text
			params[at] = params[at+1]
			params[at].name = name
		}
	}
	return params
}
