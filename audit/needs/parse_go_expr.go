package needs

import (
	"go/ast"
	gotoken "go/token"
	"strconv"
)

func (g *goParser) expr(e ast.Expr) *node {
	g.depth++
	defer func() { g.depth-- }()
	if g.depth > maxNesting {
		return g.at(kOther, e, "")
	}
	switch e := e.(type) {
	case *ast.Ident:
		switch e.Name {
		case "nil", "true", "false":
			return g.at(kConst, e, e.Name)
		}
		return g.at(kName, e, e.Name)
	case *ast.BasicLit:
		if e.Kind == gotoken.STRING {
			if s, err := strconv.Unquote(e.Value); err == nil {
				return g.at(kString, e, s)
			}
		}
		return g.at(kConst, e, e.Value)
	case *ast.SelectorExpr:
		return g.at(kAttr, e, e.Sel.Name, g.expr(e.X))
	case *ast.CallExpr:
		kids := []*node{g.expr(e.Fun)}
		for i, a := range e.Args {
			arg := g.expr(a)
			if e.Ellipsis != gotoken.NoPos && i == len(e.Args)-1 {
				arg = g.at(kSpread, a, "*", arg)
			}
			kids = append(kids, arg)
		}
		return g.at(kCall, e, "", kids...)
	case *ast.ParenExpr:
		return g.expr(e.X)
	case *ast.StarExpr:
		return g.expr(e.X)
	case *ast.UnaryExpr:
		if e.Op == gotoken.AND {
			return g.expr(e.X)
		}
		return g.at(kCompare, e, "not", g.expr(e.X))
	case *ast.BinaryExpr:
		switch e.Op {
		case gotoken.ADD:
			return g.at(kBinary, e, "+", g.expr(e.X), g.expr(e.Y))
		}
		return g.at(kCompare, e, e.Op.String(), g.expr(e.X), g.expr(e.Y))
	case *ast.IndexExpr:
		return g.at(kIndex, e, "", g.expr(e.X), g.expr(e.Index))
	case *ast.SliceExpr:
		return g.expr(e.X)
	case *ast.TypeAssertExpr:
		return g.expr(e.X)
	case *ast.FuncLit:
		n := g.at(kLambda, e, "")
		n.fn = g.function(e.Type, e.Body)
		n.fn.node = n
		return n
	case *ast.CompositeLit:
		return g.composite(e)
	case *ast.KeyValueExpr:
		return g.at(kPair, e, "", g.expr(e.Key), g.expr(e.Value))
	}
	return g.at(kOther, e, "")
}

// composite is a list, a dictionary, or a struct: a call of its type with named
// arguments.
func (g *goParser) composite(e *ast.CompositeLit) *node {
	var kids []*node
	switch t := e.Type.(type) {
	case *ast.ArrayType:
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				x = kv.Value
			}
			kids = append(kids, g.expr(x))
		}
		return g.at(kList, e, "", kids...)
	case *ast.MapType:
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				if inner, ok := kv.Value.(*ast.CompositeLit); ok && inner.Type == nil {
					inner.Type = t.Value
				}
			}
			kids = append(kids, g.expr(x))
		}
		return g.at(kDict, e, "", kids...)
	case nil:
		for _, x := range e.Elts {
			kids = append(kids, g.expr(x))
		}
		return g.at(kDict, e, "", kids...)
	default:
		kids = append(kids, g.expr(t))
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok {
					kids = append(kids, g.at(kKeyword, kv, id.Name, g.expr(kv.Value)))
					continue
				}
			}
			kids = append(kids, g.expr(x))
		}
		return g.at(kCall, e, "composite", kids...)
	}
}
