package needs

import (
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"strconv"
	"strings"
)

// parseGo reads a Go file by the standard library's parser. What is broken gives
// as much of a tree as there is.
func parseGo(text []byte) (*parsed, []spot) {
	files := gotoken.NewFileSet()
	file, _ := goparser.ParseFile(files, "", text, goparser.ParseComments|goparser.SkipObjectResolution)
	g := &goParser{text: text}
	if file == nil || file.FileStart == gotoken.NoPos {
		return &parsed{body: g.node(kBlock, 0, 0, "")}, nil
	}
	g.base = int(file.FileStart)
	var body []*node
	for _, d := range file.Decls {
		body = append(body, g.decl(d)...)
	}
	var comments []spot
	for _, c := range file.Comments {
		comments = append(comments, spot{pos: g.pos(c.Pos()), end: g.pos(c.End())})
	}
	return &parsed{body: g.node(kBlock, 0, int32(len(text)), "", body...), nodes: g.count, calls: g.calls}, comments
}

type goParser struct {
	arena
	text  []byte
	base  int
	depth int
}

func (g *goParser) pos(p gotoken.Pos) int32 {
	return int32(max(0, min(int(p)-g.base, len(g.text))))
}

func (g *goParser) at(k kind, n ast.Node, text string, kids ...*node) *node {
	return g.node(k, g.pos(n.Pos()), g.pos(n.End()), text, kids...)
}

func (g *goParser) decl(d ast.Decl) []*node {
	switch d := d.(type) {
	case *ast.GenDecl:
		var out []*node
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.ImportSpec:
				path, _ := strconv.Unquote(s.Path.Value)
				name := packageName(path)
				if s.Name != nil {
					name = s.Name.Name
				}
				out = append(out, g.at(kImport, s, path, g.at(kName, s, name)))
			case *ast.ValueSpec:
				out = append(out, g.values(s))
			case *ast.TypeSpec:
				if n := g.typeDecl(s); n != nil {
					out = append(out, n)
				}
			}
		}
		return out
	case *ast.FuncDecl:
		return []*node{g.funcDecl(d)}
	}
	return nil
}

// packageName is the name that a package most likely has, by its path.
func packageName(path string) string {
	parts := strings.Split(path, "/")
	if strings.HasPrefix(path, "google.golang.org/api/") && len(parts) > 2 {
		return strings.ReplaceAll(parts[2], "-", "")
	}
	last := parts[len(parts)-1]
	if len(parts) > 1 && isVersion(last) {
		last = parts[len(parts)-2]
	}
	last, _, _ = strings.Cut(last, ".v")
	return strings.TrimPrefix(last, "go-")
}

// values reads the names and values of a declaration.
func (g *goParser) values(s *ast.ValueSpec) *node {
	var out []*node
	var typ *node
	if s.Type != nil {
		typ = g.typeNode(s.Type)
	}
	for i, name := range s.Names {
		target := g.at(kName, name, name.Name)
		switch {
		case i < len(s.Values) && len(s.Values) == len(s.Names):
			out = append(out, g.at(kAssign, s, "=", target, g.expr(s.Values[i])))
		case len(s.Values) == 1:
			if i == 0 {
				out = append(out, g.assign(s, g.names(s.Names), s.Values))
			}
		case typ != nil:
			out = append(out, g.at(kAssign, s, "=", target, typ))
		}
	}
	return g.at(kOther, s, "", out...)
}

func (g *goParser) names(list []*ast.Ident) []ast.Expr {
	var out []ast.Expr
	for _, n := range list {
		out = append(out, n)
	}
	return out
}

// typeNode stands for a value of a type.
func (g *goParser) typeNode(e ast.Expr) *node {
	for {
		switch t := e.(type) {
		case *ast.StarExpr:
			e = t.X
			continue
		case *ast.ParenExpr:
			e = t.X
			continue
		case *ast.ArrayType:
			return g.at(kList, t, "")
		case *ast.MapType:
			return g.at(kOther, t, "")
		case *ast.Ident, *ast.SelectorExpr:
			return g.at(kTyped, t, "", g.expr(t))
		}
		return g.at(kOther, e, "")
	}
}

// typeDecl is a class of what a struct holds.
func (g *goParser) typeDecl(s *ast.TypeSpec) *node {
	st, ok := s.Type.(*ast.StructType)
	if !ok {
		return nil
	}
	var fields []*node
	for _, f := range st.Fields.List {
		typ := g.typeNode(f.Type)
		if typ.kind == kList {
			continue
		}
		for _, name := range f.Names {
			fields = append(fields, g.at(kAssign, f, "=", g.at(kName, name, name.Name), typ))
		}
		if len(f.Names) == 0 {
			if name := typeName(g.expr(unstar(f.Type))); name != "" {
				fields = append(fields, g.at(kAssign, f, "=", g.at(kName, f, name), typ))
			}
		}
	}
	return g.at(kClass, s, s.Name.Name, g.at(kBlock, s, "", fields...))
}

func unstar(e ast.Expr) ast.Expr {
	if s, ok := e.(*ast.StarExpr); ok {
		return s.X
	}
	return e
}

func (g *goParser) funcDecl(d *ast.FuncDecl) *node {
	fn := g.function(d.Type, d.Body)
	fn.name = d.Name.Name
	n := g.at(kFunc, d, fn.name)
	n.fn, fn.node = fn, n
	if d.Recv != nil && len(d.Recv.List) == 1 {
		f := d.Recv.List[0]
		typ := unstar(f.Type)
		if x, ok := typ.(*ast.IndexExpr); ok {
			typ = x.X
		}
		if id, ok := typ.(*ast.Ident); ok {
			fn.receiver = id.Name
		}
		p := parameter{name: "_"}
		if len(f.Names) == 1 {
			p.name = f.Names[0].Name
		}
		fn.params = append([]parameter{p}, fn.params...)
	}
	return n
}

func (g *goParser) function(t *ast.FuncType, body *ast.BlockStmt) *function {
	fn := &function{}
	for _, f := range t.Params.List {
		typ := g.typeNode(f.Type)
		rest := ""
		if _, ok := f.Type.(*ast.Ellipsis); ok {
			rest = "*"
		}
		for _, name := range f.Names {
			fn.params = append(fn.params, parameter{name: name.Name, value: nil, rest: rest, typed: typ})
		}
		if len(f.Names) == 0 {
			fn.params = append(fn.params, parameter{name: "_", typed: typ})
		}
	}
	if t.Results != nil {
		for _, f := range t.Results.List {
			typ := g.typeNode(f.Type)
			for range max(1, len(f.Names)) {
				fn.results = append(fn.results, typ)
			}
		}
	}
	if body != nil {
		fn.body = g.block(body)
	}
	return fn
}

func (g *goParser) block(b *ast.BlockStmt) *node {
	if b == nil {
		return nil
	}
	var kids []*node
	for _, s := range b.List {
		kids = append(kids, g.stmt(s))
	}
	return g.at(kBlock, b, "", kids...)
}

func (g *goParser) stmts(n ast.Node, list []ast.Stmt) *node {
	var kids []*node
	for _, s := range list {
		kids = append(kids, g.stmt(s))
	}
	if len(list) > 0 {
		return g.node(kBlock, g.pos(list[0].Pos()), g.pos(list[len(list)-1].End()), "", kids...)
	}
	return g.at(kBlock, n, "")
}

func (g *goParser) stmt(s ast.Stmt) *node {
	g.depth++
	defer func() { g.depth-- }()
	if g.depth > maxNesting {
		return g.at(kOther, s, "")
	}
	switch s := s.(type) {
	case *ast.ExprStmt:
		return g.expr(s.X)
	case *ast.AssignStmt:
		if s.Tok == gotoken.ADD_ASSIGN && len(s.Lhs) == 1 {
			return g.at(kAssign, s, "+=", g.expr(s.Lhs[0]), g.expr(s.Rhs[0]))
		}
		return g.assign(s, s.Lhs, s.Rhs)
	case *ast.DeclStmt:
		return g.at(kOther, s, "", g.decl(s.Decl)...)
	case *ast.ReturnStmt:
		var kids []*node
		for _, e := range s.Results {
			kids = append(kids, g.expr(e))
		}
		switch len(kids) {
		case 0:
			return g.at(kReturn, s, "")
		case 1:
			return g.at(kReturn, s, "", kids[0])
		}
		return g.at(kReturn, s, "", g.at(kList, s, "", kids...))
	case *ast.BlockStmt:
		return g.block(s)
	case *ast.IfStmt:
		kids := []*node{g.expr(s.Cond), g.block(s.Body)}
		if s.Else != nil {
			kids = append(kids, g.stmt(s.Else))
		}
		n := g.at(kIf, s, "", kids...)
		if s.Init != nil {
			return g.at(kBlock, s, "", g.stmt(s.Init), n)
		}
		return n
	case *ast.ForStmt:
		kids := []*node{g.at(kOther, s, ""), g.at(kOther, s, ""), g.block(s.Body)}
		n := g.at(kLoop, s, "", kids...)
		if s.Init != nil {
			return g.at(kBlock, s, "", g.stmt(s.Init), n)
		}
		return n
	case *ast.RangeStmt:
		target := g.at(kOther, s, "")
		if s.Value != nil {
			target = g.expr(s.Value)
		}
		return g.at(kLoop, s, "", target, g.expr(s.X), g.block(s.Body))
	case *ast.SwitchStmt:
		var kids []*node
		if s.Init != nil {
			kids = append(kids, g.stmt(s.Init))
		}
		var tag *node
		if s.Tag != nil {
			tag = g.expr(s.Tag)
		}
		return g.at(kBlock, s, "", append(kids, g.cases(s.Body, tag)...)...)
	case *ast.TypeSwitchStmt:
		return g.at(kBlock, s, "", g.cases(s.Body, nil)...)
	case *ast.SelectStmt:
		return g.at(kBlock, s, "", g.cases(s.Body, nil)...)
	case *ast.GoStmt:
		return g.expr(s.Call)
	case *ast.DeferStmt:
		return g.expr(s.Call)
	case *ast.SendStmt:
		return g.at(kOther, s, "", g.expr(s.Value))
	case *ast.LabeledStmt:
		return g.stmt(s.Stmt)
	case *ast.BranchStmt:
		return g.at(kStop, s, s.Tok.String())
	}
	return g.at(kOther, s, "")
}

// cases are conditions on what is switched on.
func (g *goParser) cases(b *ast.BlockStmt, tag *node) []*node {
	var out []*node
	for _, s := range b.List {
		switch c := s.(type) {
		case *ast.CaseClause:
			var test []*node
			for _, e := range c.List {
				test = append(test, g.expr(e))
			}
			body := g.stmts(c, c.Body)
			n := g.at(kIf, c, "", g.at(kOther, c, "", test...), body)
			switch {
			case len(c.List) == 0:
				n.text = "otherwise"
			case tag != nil:
				n.text = g.source(tag) + " is " + g.source(test[0])
			default:
				n.text = g.source(test[0])
			}
			out = append(out, n)
		case *ast.CommClause:
			out = append(out, g.at(kIf, c, "select", g.at(kOther, c, ""), g.stmts(c, c.Body)))
		}
	}
	if tag != nil {
		out = append([]*node{tag}, out...)
	}
	return out
}

func (g *goParser) source(n *node) string {
	return string(g.text[n.pos:min(n.end, n.pos+maxWhen)])
}

func (g *goParser) assign(n ast.Node, left, right []ast.Expr) *node {
	if len(left) == len(right) {
		var out []*node
		for i := range left {
			out = append(out, g.at(kAssign, n, "=", g.expr(left[i]), g.expr(right[i])))
		}
		if len(out) == 1 {
			return out[0]
		}
		return g.at(kOther, n, "", out...)
	}
	if len(right) == 0 {
		return g.at(kOther, n, "")
	}
	var targets []*node
	for _, e := range left {
		targets = append(targets, g.expr(e))
	}
	return g.at(kAssign, n, "=", g.at(kList, n, "", targets...), g.expr(right[0]))
}
