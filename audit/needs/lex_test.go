package needs

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// hostile are pieces of source that leave something open, or lead a parser to
// look ahead.
var hostile = [...]string{
	"`", "``", "\"\"\"", "\"${", "'", "f'{", "f\"{'", "/*", "//", "=/[", "=/a[b", "<!--", "$(", "${", "\"$(", "${a:-", "<<E", "<<", "a=(", "\\", "#", "@", "\x00", "\xff\xfe",
	"(", "[", "{", "(a: ", "(a):[", "((a):b)", "a => ", "(a) => ", "a -> ", "(a.a.", "(a.b) -> ", "(A) ", "a<b", "a<b,", "<a b={(", "f{", "f { a -> ", "new A(){{", "new A() { ",
	"case", "case a: ", "switch (a) { case ", "when (x) { y -> ", "fun A.", "fun <A> A<", "class A { ", "if a {", "if (a) b else ", "else if (a) ", "elif a:\n", "a if b else ", "lambda: ", "not ", "-", "!", "await ",
	"x.y(", "x[", "func(", "func(a, b ", "map[", "struct{", "for a := range ", "select {", "match a ", "with (", "try {", "a ? b : ", "return ", "a, ", "\n ", "\n\t",
}

func FuzzPython(f *testing.F) { fuzzReading(f, "python", python) }
func FuzzScript(f *testing.F) { fuzzReading(f, "script", script) }
func FuzzJava(f *testing.F)   { fuzzReading(f, "jvm", java) }
func FuzzKotlin(f *testing.F) { fuzzReading(f, "jvm", kotlin) }
func FuzzGo(f *testing.F)     { fuzzReading(f, "go", golang) }
func FuzzShell(f *testing.F)  { fuzzReading(f, "shell", shell) }

// fuzzReading gives hostile bytes to the lexer and the parser of a language.
// Tokens stand in order inside the source, nodes and comments inside it, and
// neither tokens nor nodes nor what a parser steps over are more than some for
// each byte, which bounds the time.
func fuzzReading(f *testing.F, vectors string, lang language) {
	a, err := txtar.ParseFile("testdata/" + vectors + ".txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range a.Files {
		f.Add(file.Data)
	}
	for _, s := range hostile {
		f.Add([]byte(s))
		f.Add([]byte(strings.Repeat(s, 300)))
		f.Add([]byte(strings.Repeat(s, 3000)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<15 {
			return
		}
		for name, l := range lexings(lang, string(data)) {
			ordered(t, name, l)
		}
		m := &module{source: source{path: "a", text: data}, language: lang}
		tree, comments := m.parse(data)
		for _, c := range comments {
			if c.pos < 0 || c.end < c.pos || int(c.end) > len(data) {
				t.Fatalf("a comment at %d to %d of %d bytes", c.pos, c.end, len(data))
			}
		}
		if tree.nodes > 16*len(data)+64 {
			t.Fatalf("%d nodes of %d bytes", tree.nodes, len(data))
		}
		if tree.steps > maxSteps*len(data)+1000 {
			t.Fatalf("%d steps over %d bytes", tree.steps, len(data))
		}
		inside(t, tree.body, len(data), 0)
	})
}

// maxSteps is how many tokens a parser passes over for a byte at the most: what
// is nested may be passed over once for each level before it is read.
const maxSteps = 2 * maxNesting

// lexings are the tokens of a text in a language, as each of its forms is read.
func lexings(lang language, text string) map[string]lexed {
	switch lang {
	case python:
		return map[string]lexed{"Python": lexPython(text, false), "notebook": lexPython(text, true)}
	case script:
		return map[string]lexed{"script": lexScript(text)}
	case java, kotlin:
		return map[string]lexed{"JVM": lexJVM(text, lang == kotlin)}
	case golang:
		return map[string]lexed{"Go": lexGo(text)}
	}
	return nil // a shell's words are read by the parser
}

func ordered(t *testing.T, name string, l lexed) {
	last, size := int32(0), len(l.text)
	for _, k := range l.tokens {
		if k.pos < last || k.end < k.pos || int(k.end) > size {
			t.Fatalf("%s: a token at %d to %d, after %d, of %d bytes", name, k.pos, k.end, last, size)
		}
		if k.kind < tLine { // what ends a line may reach back to where the line began
			last = k.end
		}
	}
	if len(l.tokens) > 2*size+2*maxIndents {
		t.Fatalf("%s: %d tokens of %d bytes", name, len(l.tokens), size)
	}
}

func inside(t *testing.T, n *node, size, depth int) {
	if depth > 4*maxNesting {
		return
	}
	if n.pos < 0 || int(n.end) > size {
		t.Fatalf("a node of kind %d at %d to %d of %d bytes", n.kind, n.pos, n.end, size)
	}
	for _, kid := range n.kids {
		if kid == nil {
			t.Fatalf("a node of kind %d at %d to %d has a kid that is none", n.kind, n.pos, n.end)
		}
		inside(t, kid, size, depth+1)
	}
	if n.fn != nil && n.fn.body != nil {
		inside(t, n.fn.body, size, depth+1)
	}
}

// TestParsersAreLinear reads what leaves something open twice as often: it may
// take little more than twice the steps, in which what is tried and taken back
// counts too.
func TestParsersAreLinear(t *testing.T) {
	for _, lang := range []language{python, script, java, kotlin, golang, shell} {
		for _, piece := range hostile {
			steps := func(n int) int {
				m := &module{source: source{path: "a"}, language: lang}
				tree, _ := m.parse([]byte(strings.Repeat(piece, n)))
				return tree.steps
			}
			if one, two := steps(2000), steps(4000); two > 2*one+one/2+1000 {
				t.Errorf("language %d: %q: %d steps, and %d for twice as many", lang, piece, one, two)
			}
		}
	}
}
