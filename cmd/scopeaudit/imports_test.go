package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// imports is the design's table: what each package may import of ours. It is
// policy, not observation: change the design first.
var imports = map[string][]string{
	"audit/rules":          {},
	"audit/scopes":         {},
	"audit/decode":         {"audit/rules"},
	"audit/secrets":        {"audit/rules", "audit/decode"},
	"audit/needs":          {"audit/rules", "audit/scopes", "audit/decode"},
	"policies":             {"audit/rules", "audit/scopes"},
	"tokeninfo":            {"audit/rules", "audit/scopes"},
	"tokeninfo/credfile":   {"tokeninfo", "audit/rules", "audit/scopes", "audit/decode"},
	"audit":                {"audit/rules", "audit/scopes", "audit/secrets", "audit/needs", "policies", "tokeninfo"},
	"report":               {"audit", "audit/rules", "audit/scopes"},
	"audit/tree":           {"audit/rules", "audit/tree/objects"},
	"audit/tree/objects":   {},
	"audit/collect":        {"audit", "audit/rules", "audit/scopes", "audit/decode", "audit/secrets", "audit/needs", "audit/tree", "audit/tree/objects", "tokeninfo", "tokeninfo/credfile", "tokeninfo/store"},
	"tokeninfo/store":      {"tokeninfo", "tokeninfo/credfile", "audit/rules"},
	"tokeninfo/wire":       {"tokeninfo"},
	"tokeninfo/google":     {"tokeninfo", "audit/scopes", "audit/rules", "tokeninfo/wire"},
	"tokeninfo/oidc":       {"tokeninfo", "audit/scopes", "audit/rules", "tokeninfo/wire"},
	"tokeninfo/login":      {"tokeninfo", "audit/scopes", "audit/rules", "tokeninfo/google", "tokeninfo/oidc"},
	"tokeninfo/fakegoogle": {"tokeninfo", "audit/scopes"},
	"audit/scopes/gen":     {"audit/scopes/internal/generate"},

	"audit/scopes/internal/generate": {"audit/scopes"},

	"cmd/scopeaudit": nil, // everything, once
}

// pure packages touch nothing: no network, no process, no file, no clock.
var pure = []string{
	"audit/rules", "audit/scopes", "audit/decode", "audit/secrets", "audit/needs",
	"policies", "tokeninfo", "tokeninfo/credfile", "audit", "report",
}

// noNetwork packages read files and still never reach the network.
var noNetwork = append([]string{"audit/tree", "audit/tree/objects", "audit/collect", "tokeninfo/store"}, pure...)

// runners may start a process: git in a directory of our own for what is not read
// natively (audit/tree), a browser, the go command (a generator). What imports
// audit/tree reaches os/exec, and imports it no more than others.
var runners = []string{"audit/tree", "tokeninfo/login", "audit/scopes/internal/generate"}

// reachesRunner are those without network that import audit/tree.
var reachesRunner = []string{"audit/tree", "audit/collect"}

type goPackage struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
	Deps       []string
}

// packages lists our packages as the go command sees them, on every system that
// has files of its own.
func packages(t *testing.T, goos string) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,Deps", "scopeaudit/...")
	cmd.Env = append(cmd.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsGoOneWay(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, p := range packages(t, goos) {
			name := strings.TrimPrefix(p.ImportPath, "scopeaudit/")
			allowed, listed := imports[name]
			if !listed {
				t.Errorf("%s: package %s is not in the table of imports", goos, name)
			}
			for _, imp := range p.Imports {
				ours, ok := strings.CutPrefix(imp, "scopeaudit/")
				if ok && allowed != nil && !slices.Contains(allowed, ours) {
					t.Errorf("%s: %s imports %s, which the table does not allow", goos, name, ours)
				}
			}
			// On Windows golang.org/x/sys itself imports net, for the types of its
			// system calls; the closure is held where that does not blur it.
			if slices.Contains(noNetwork, name) && goos != "windows" {
				for _, bad := range []string{"net", "net/http", "os/exec"} {
					if slices.Contains(p.Deps, bad) && !(bad == "os/exec" && slices.Contains(reachesRunner, name)) {
						t.Errorf("%s: %s reaches %s", goos, name, bad)
					}
				}
			}
			if slices.Contains(p.Imports, "os/exec") && !slices.Contains(runners, name) && !strings.HasPrefix(name, "testdata/") {
				t.Errorf("%s: %s can start a process", goos, name)
			}
			if slices.Contains(pure, name) {
				checkPure(t, goos, name, p)
			}
		}
	}
}

// checkPure holds the sources of a pure package to what the design forbids.
func checkPure(t *testing.T, goos, name string, p goPackage) {
	t.Helper()
	for _, bad := range []string{"os", "syscall", "unsafe", "path/filepath"} {
		if slices.Contains(p.Imports, bad) {
			t.Errorf("%s: pure package %s imports %s", goos, name, bad)
		}
	}
	for _, file := range p.GoFiles {
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && (n.Sel.Name == "Now" || n.Sel.Name == "Since" || n.Sel.Name == "Until") {
					t.Errorf("%s: pure package %s reads the clock: time.%s in %s", goos, name, n.Sel.Name, file)
				}
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					t.Errorf("%s: %s has an init function in %s", goos, name, file)
				}
			}
			return true
		})
	}
}
