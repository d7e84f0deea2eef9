package needs

import (
	"bytes"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// sampleOf is source of the size of a large file: those files of the vectors of a
// language that are written in it.
func sampleOf(b *testing.B, language, ext string) []byte {
	a, err := txtar.ParseFile("testdata/" + language + ".txtar")
	if err != nil {
		b.Fatal(err)
	}
	var data []byte
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ext) {
			data = append(data, f.Data...)
		}
	}
	return bytes.Repeat(data, 1<<20/len(data)+1)
}

func BenchmarkLexPython(b *testing.B) {
	text := string(sampleOf(b, "python", ".py"))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		lexPython(text, false)
	}
}

func BenchmarkSort(b *testing.B) {
	data := bytes.Repeat([]byte("def gather(self, group, pages):\n    return group.merge(x for x in pages)  # nothing of that here\n"), 1<<13)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Sort("a.py", data)
	}
}

func BenchmarkLexScript(b *testing.B) {
	text := string(sampleOf(b, "script", "s"))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		lexScript(text)
	}
}

func BenchmarkLexJVM(b *testing.B) {
	text := string(sampleOf(b, "jvm", ".kt"))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		lexJVM(text, true)
	}
}

func BenchmarkRead(b *testing.B) {
	for name, file := range map[string]string{"python": "a.py", "script": "a.ts", "go": "a.go", "jvm": "a.kt", "shell": "a.sh"} {
		ext := map[string]string{"script": "s"}[name]
		if ext == "" {
			ext = path.Ext(file)
		}
		data := sampleOf(b, name, ext)
		if name == "go" { // which has one package a file
			var err error
			if data, err = os.ReadFile("record.go"); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				Read(file, data)
			}
		})
	}
}
