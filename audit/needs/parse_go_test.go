package needs

import (
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// TestGoIsReadAsGoReadsIt holds our reading of this module's own sources to the
// standard library's: the same calls and texts, at the same places.
func TestGoIsReadAsGoReadsIt(t *testing.T) {
	files, err := filepath.Glob("../*/*.go")
	if err != nil || len(files) < 50 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		walk(parseGo(lexGo(string(data))).body, func(n *node) {
			switch {
			case n.kind == kCall && n.text == "":
				got = append(got, "call "+strconv.Itoa(int(n.pos))+" to "+strconv.Itoa(int(n.end)))
			case n.kind == kString:
				got = append(got, "text "+strconv.Itoa(int(n.pos))+" "+n.text)
			}
		})
		set := gotoken.NewFileSet()
		tree, err := goparser.ParseFile(set, file, data, goparser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		at := func(p gotoken.Pos) string { return strconv.Itoa(set.Position(p).Offset) }
		var visit func(ast.Node) bool
		visit = func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				want = append(want, "call "+at(n.Pos())+" to "+at(n.End()))
			case *ast.BasicLit:
				if n.Kind == gotoken.STRING {
					text, _ := strconv.Unquote(n.Value)
					want = append(want, "text "+at(n.Pos())+" "+text)
				}
			case *ast.ImportSpec, *ast.ArrayType, *ast.Field: // types, tags
				return false
			case *ast.SliceExpr: // of which we take the value alone
				ast.Inspect(n.X, visit)
				return false
			case *ast.IncDecStmt:
				return false
			case *ast.SendStmt:
				ast.Inspect(n.Value, visit)
				return false
			}
			return true
		}
		ast.Inspect(tree, visit)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Errorf("%s: %q, want %q", file, got[i], want[i])
					break
				}
			}
			t.Errorf("%s: %d calls and texts, want %d", file, len(got), len(want))
		}
	}
}

// walk visits a node and all below it.
func walk(n *node, visit func(*node)) {
	if n == nil {
		return
	}
	visit(n)
	for _, kid := range n.kids {
		walk(kid, visit)
	}
	if n.fn != nil {
		walk(n.fn.body, visit)
	}
}
