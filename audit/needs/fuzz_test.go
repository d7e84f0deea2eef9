package needs_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit/needs"
)

// FuzzInfer gives hostile sources to all of it: no panic, and every place is
// inside the file.
func FuzzInfer(f *testing.F) {
	for _, name := range []string{"python", "beside", "go", "script", "jvm", "shell", "http", "cloud"} {
		a, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(file.Name, file.Data)
		}
	}
	for _, s := range []string{
		"f(" + strings.Repeat("(", 3000), strings.Repeat("[", 3000), strings.Repeat("a.b(", 2000), "x = " + strings.Repeat("lambda: ", 2000),
		"x = x + x\n" + strings.Repeat("x = x + [x]\n", 60), "def f(a): return f(f(a))\nf(f)\n", `f"{f"{f"{x}"}"}"`, "f'" + strings.Repeat("{", 500),
		"class A(A): pass\nA().b.execute()", "\"\"\"\\", "match x:\n case 1:\n  pass", "if x:\n" + strings.Repeat("elif x:\n  y\n", 500), "\\\n\\\r\n",
		"from a import *\n" + strings.Repeat(" ", 200), strings.Repeat("not ", 5000) + "x", strings.Repeat("x if y else ", 3000), strings.Repeat("1 + ", 9000),
		strings.Repeat("`${", 900), "a<" + strings.Repeat("b<", 5000), strings.Repeat("(a: ", 4000), strings.Repeat("{a:", 5000), strings.Repeat("x => ", 5000), strings.Repeat("<a b={(", 3000), "type x = " + strings.Repeat("a | ", 9000),
		strings.Repeat("\"${", 900), strings.Repeat("if (a) b else ", 3000), strings.Repeat("a.let { ", 2000), strings.Repeat("when (x) { y -> ", 900), "fun " + strings.Repeat("A<", 3000), strings.Repeat("class A { ", 900), strings.Repeat("(A) ", 5000),
		strings.Repeat("$(", 900), strings.Repeat("\"$(", 900), strings.Repeat("${a:-", 900), strings.Repeat("if a; then ", 900), strings.Repeat("a() { ", 900), strings.Repeat("cat <<E\n", 900), strings.Repeat("case a in b) ", 900), strings.Repeat("`", 900),
	} {
		f.Add("a.py", []byte(s))
		f.Add("a.ipynb", []byte(s))
		f.Add("a.ts", []byte(s))
		f.Add("a.java", []byte(s))
		f.Add("a.kt", []byte(s))
		f.Add("a.sh", []byte(s))
		f.Add("a.http", []byte("GET https://www.googleapis.com/drive/v3/files\n"+s))
		f.Add("a.go", []byte("package p\nfunc f() {\n"+s))
	}
	f.Add("application.yml", []byte("oauth2.client.registration:\n google:\n  scope: https://www.googleapis.com/auth/drive\n  scope\n   - [\""))
	f.Add("application.properties", []byte("oauth2.client.registration.google.scope=https://www.googleapis.com/auth/drive\\"))
	cat := load(f)
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		kind := needs.Sort(name, data)
		if kind != needs.Relevant {
			name = []string{"fuzz.py", "fuzz.ts", "fuzz.go", "Code.gs", "Fuzz.java", "fuzz.kt", "fuzz.sh", "fuzz.http"}[len(data)%8]
		}
		lines := bytes.Count(data, []byte("\n")) + 1
		r := cat.Infer([]*needs.Source{needs.Read(name, data)}, needs.Options{})
		for _, p := range r.Programs {
			for _, c := range p.Calls {
				if c.At.Line < 1 || c.At.Line > lines || c.At.Column < 1 || c.At.EndLine < c.At.Line {
					t.Fatalf("call at %v of %d lines", c.At, lines)
				}
			}
			for _, q := range p.Requests {
				if q.At.Line < 1 || q.At.Line > lines || q.Use.Line < 1 || q.Use.Line > lines {
					t.Fatalf("request at %v, %v of %d lines", q.At, q.Use, lines)
				}
				for _, j := range q.JustifiedBy {
					_ = p.Calls[j]
				}
			}
			for _, u := range p.Unresolved {
				if u.At.Line < 1 || u.At.Line > lines {
					t.Fatalf("unresolved at %v of %d lines", u.At, lines)
				}
			}
		}
	})
}
