package needs

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzRead lexes and parses hostile bytes in every language: tokens stand in
// order inside the source, nodes inside it, and neither are more than a few for
// each byte, which bounds the time.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"python", "script", "jvm", "shell", "go"} {
		a, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(file.Data)
		}
	}
	for _, s := range []string{"`", "``", "\"\"\"", "\"${", "'", "/*", "$(", "${", "<<E", "<<", "a=(", "\\", "#", "@", "\x00", "a -> ", "f{", "new A(){{", "case", "(A)", "a<b", "fun A.", "\xff\xfe"} {
		f.Add([]byte(s))
		f.Add([]byte(strings.Repeat(s, 300)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<15 {
			return
		}
		for name, l := range map[string]lexed{"Python": lexPython(string(data), false), "notebook": lexPython(string(data), true), "script": lexScript(string(data)), "Java": lexJVM(string(data), false), "Kotlin": lexJVM(string(data), true)} {
			last := int32(0)
			for _, k := range l.tokens {
				if k.pos < last || k.end < k.pos || int(k.end) > len(data) {
					t.Fatalf("%s: a token at %d to %d, after %d, of %d bytes", name, k.pos, k.end, last, len(data))
				}
				if k.kind < tLine { // what ends a line may reach back to where the line began
					last = k.end
				}
			}
			for _, c := range l.comments {
				if c.pos < 0 || c.end < c.pos || int(c.end) > len(data) {
					t.Fatalf("%s: a comment at %d to %d of %d bytes", name, c.pos, c.end, len(data))
				}
			}
			if len(l.tokens) > 2*len(data)+2*maxIndents {
				t.Fatalf("%s: %d tokens of %d bytes", name, len(l.tokens), len(data))
			}
		}
		for _, lang := range []language{python, golang, script, java, kotlin, shell} {
			m := &module{source: source{path: "a", text: data}, language: lang}
			tree, comments := m.parse(data)
			if tree.nodes > 16*len(data)+64 {
				t.Fatalf("language %d: %d nodes of %d bytes", lang, tree.nodes, len(data))
			}
			for _, c := range comments {
				if c.pos < 0 || c.end < c.pos || int(c.end) > len(data) {
					t.Fatalf("language %d: a comment at %d to %d of %d bytes", lang, c.pos, c.end, len(data))
				}
			}
			inside(t, tree.body, len(data), 0)
		}
	})
}

func inside(t *testing.T, n *node, size, depth int) {
	if n == nil || depth > 4*maxNesting {
		return
	}
	if n.pos < 0 || int(n.end) > size {
		t.Fatalf("a node of kind %d at %d to %d of %d bytes", n.kind, n.pos, n.end, size)
	}
	for _, kid := range n.kids {
		inside(t, kid, size, depth+1)
	}
	if n.fn != nil {
		inside(t, n.fn.body, size, depth+1)
	}
}
