package needs

import (
	"bytes"
	"os"
	"testing"
)

// sample is Python of the size of a large file, by its vectors.
func sample(b *testing.B) []byte {
	data, err := os.ReadFile("testdata/python.txtar")
	if err != nil {
		b.Fatal(err)
	}
	return bytes.Repeat(data, 1<<20/len(data)+1)
}

func BenchmarkLexPython(b *testing.B) {
	data := sample(b)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		lexPython(data, false)
	}
}

func BenchmarkReadPython(b *testing.B) {
	data := sample(b)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Read("a.py", data)
	}
}

func BenchmarkSort(b *testing.B) {
	data := bytes.Repeat([]byte("def f(x):\n    return x + 1  # nothing of that here\n"), 1<<14)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Sort("a.py", data)
	}
}
