package needs

import (
	"strconv"
	"strings"
)

// parseGo reads Go. The standard library's parser reads half as much in the same
// time, and its tree had to be read once more.
func parseGo(l lexed) *parsed {
	p := &goParser{parser: parsing(l, 0)}
	p.grammar = p
	p.pair()
	space := ""
	if p.accept("package") {
		space = p.src(p.next())
	}
	for p.tok().kind != tEnd {
		before := p.at
		p.declaration()
		if p.at == before {
			p.next()
		}
	}
	body := p.done(kBlock, 0, "", 0)
	body.end = int32(len(p.text))
	tree := p.tree(body)
	tree.space = space
	return tree
}

type goParser struct {
	parser
	header     bool  // what is read stands before a block, so that a brace begins no value
	typeSwitch bool  // x.(type) was read
	ranged     *node // the second name before range
}

// ends reports whether the statement at hand does.
func (p *goParser) ends() bool {
	switch t := p.tok(); t.kind {
	case tLine, tEnd:
		return true
	case tOp:
		return t.first == ';' || t.first == '}' || t.first == ')'
	}
	return false
}

// semicolons passes over the ends of statements.
func (p *goParser) semicolons() {
	for p.tok().kind == tLine || p.is(";") {
		p.next()
	}
}

// inside reads what stands in brackets, where a brace may begin a value again.
func (p *goParser) inside(end string, read func()) {
	outer := p.header
	p.header = false
	p.next()
	p.within(end, read)
	p.header = outer
}

// declaration reads one at the top, or in a function, onto the stack.
func (p *goParser) declaration() {
	p.semicolons()
	switch {
	case p.is("import"):
		p.group(p.imported)
	case p.is("const"), p.is("var"):
		p.group(p.values)
	case p.is("type"):
		p.group(p.typeDeclaration)
	case p.is("func"):
		p.push(p.function())
	}
}

// group reads one declaration, or those in brackets.
func (p *goParser) group(read func() *node) {
	p.next()
	if !p.accept("(") {
		p.push(read())
		return
	}
	p.each(")", func() {
		p.semicolons()
		if !p.is(")") {
			p.push(read())
		}
		p.semicolons()
	})
	p.accept(")")
}

func (p *goParser) imported() *node {
	pos, name := p.tok().pos, ""
	if p.tok().kind != tString { // its name here
		name = p.src(p.next())
	}
	if p.tok().kind != tString {
		return nil
	}
	path, _ := strconv.Unquote(p.src(p.next()))
	if name == "" {
		name = packageName(path)
	}
	return p.node(kImport, pos, p.last(), path, p.node(kName, pos, p.last(), name))
}

// packageName is the name that a package most likely has, by its path.
func packageName(path string) string {
	parts := strings.Split(path, "/")
	if strings.HasPrefix(path, "google.golang.org/api/") && len(parts) > 2 {
		return strings.ReplaceAll(parts[2], "-", "")
	}
	last := parts[len(parts)-1]
	if len(parts) > 1 && isVersion(strings.TrimPrefix(last, "api")) {
		last = parts[len(parts)-2]
	}
	last, _, _ = strings.Cut(last, ".v")
	return strings.TrimPrefix(last, "go-")
}

// names reads those before a type or a value onto the stack.
func (p *goParser) names() {
	for p.tok().kind == tName {
		p.push(p.leaf(kName))
		if !p.accept(",") {
			break
		}
	}
}

// values reads the names and values of a declaration.
func (p *goParser) values() *node {
	pos, mark := p.tok().pos, len(p.stack)
	p.names()
	first := len(p.stack)
	var typ *node
	if !p.is("=") && !p.ends() {
		typ = p.valueOf(p.typ())
	}
	if p.accept("=") {
		p.expressions()
	}
	names, values := p.stack[mark:first], p.stack[first:]
	out := len(p.stack)
	switch {
	case len(names) == len(values):
		for i, name := range names {
			p.push(p.node(kAssign, pos, p.last(), "=", name, values[i]))
		}
	case len(values) == 1:
		p.push(p.assign(pos, names, values))
	case typ != nil:
		for _, name := range names {
			p.push(p.node(kAssign, pos, p.last(), "=", name, typ))
		}
	}
	n := p.done(kOther, pos, "", out)
	p.stack = p.stack[:mark]
	return n
}

// assign makes a node of targets and what is assigned to them.
func (p *goParser) assign(pos int32, left, right []*node) *node {
	switch {
	case len(left) == 1 && len(right) == 1:
		return p.node(kAssign, pos, p.last(), "=", left[0], right[0])
	case len(left) == len(right):
		mark := len(p.stack)
		for i := range left {
			p.push(p.node(kAssign, pos, p.last(), "=", left[i], right[i]))
		}
		return p.done(kOther, pos, "", mark)
	case len(right) == 0:
		return p.other(pos)
	}
	return p.node(kAssign, pos, p.last(), "=", p.node(kList, pos, p.last(), "", left...), right[0])
}

// typeDeclaration is a class of what a struct holds; nil for any other type.
func (p *goParser) typeDeclaration() *node {
	t := p.next()
	if p.is("[") && p.peek(1).kind == tName && !p.isAt(2, "]") { // type parameters
		p.skipBalanced()
	}
	p.accept("=")
	if !p.is("struct") {
		p.typ()
		return nil
	}
	p.next()
	mark := len(p.stack)
	p.accept("{")
	p.each("}", p.field)
	p.accept("}")
	body := p.done(kBlock, t.pos, "", mark)
	return p.node(kClass, t.pos, p.last(), p.src(t), body)
}

// embeds is the operator of a field that lends a struct what it has.
const embeds = "embeds"

// field reads one of a struct onto the stack. One of many values is left out.
func (p *goParser) field() {
	pos, mark := p.tok().pos, len(p.stack)
	embedded := p.tok().kind != tName || p.alone()
	if !embedded {
		p.names()
	}
	from := p.at
	t := p.typ()
	typ := p.valueOf(t)
	if p.tok().kind == tString { // a tag
		p.next()
	}
	if p.at == from {
		p.next()
	}
	if name := typeName(t.value); embedded && name != "" {
		p.push(p.node(kName, pos, p.last(), name))
	}
	names, out := p.stack[mark:], len(p.stack)
	op := "="
	if embedded {
		op = embeds
	}
	if typ.kind != kList {
		for _, name := range names {
			p.push(p.node(kAssign, pos, p.last(), op, name, typ))
		}
	}
	p.stack = append(p.stack[:mark], p.stack[out:]...)
	p.semicolons()
}
