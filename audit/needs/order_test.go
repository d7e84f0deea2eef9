package needs_test

import (
	"reflect"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestTheSameEachTime infers all vectors of a language as one tree, again and
// again: nothing may hang on the order of a map.
func TestTheSameEachTime(t *testing.T) {
	for _, name := range []string{"python", "hard", "go", "script", "jvm", "shell", "wrappers", "choice"} {
		a, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		first := infer(t, a.Files, true)
		for range 5 {
			if again := infer(t, a.Files, true); !reflect.DeepEqual(first, again) {
				t.Fatalf("%s: %+v, and then %+v", name, first, again)
			}
		}
	}
}
