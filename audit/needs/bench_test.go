package needs

import (
	"bytes"
	"os"
	"testing"
)

// sampleOf is source of the size of a large file, by the vectors of a language.
// Expectations and file names stand between: they are lexed like the rest.
func sampleOf(b *testing.B, language string) []byte {
	data, err := os.ReadFile("testdata/" + language + ".txtar")
	if err != nil {
		b.Fatal(err)
	}
	return bytes.Repeat(data, 1<<20/len(data)+1)
}

func BenchmarkLexPython(b *testing.B) {
	data := sampleOf(b, "python")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		lexPython(data, false)
	}
}

func BenchmarkSort(b *testing.B) {
	data := bytes.Repeat([]byte("def f(x):\n    return x + 1  # nothing of that here\n"), 1<<14)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Sort("a.py", data)
	}
}

func BenchmarkLexScript(b *testing.B) {
	data := sampleOf(b, "script")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		lexScript(data)
	}
}

func BenchmarkLexJVM(b *testing.B) {
	data := sampleOf(b, "jvm")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		lexJVM(data, true)
	}
}

func BenchmarkRead(b *testing.B) {
	for name, file := range map[string]string{"python": "a.py", "script": "a.ts", "go": "a.go", "jvm": "a.kt", "shell": "a.sh"} {
		data := sampleOf(b, name)
		if name == "go" {
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
