package needs

import (
	"strings"
	"testing"

	"scopeaudit/audit/scopes"
)

// TestIndex follows each method of the catalogue from its API, name by name, and
// finds it by the end of its path.
func TestIndex(t *testing.T) {
	c, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	x, n := NewIndex(c), 0
	for id, api := range c.IDs() {
		_, path, found := strings.Cut(canonical(id), ".")
		if !found {
			continue
		}
		n++
		at := ""
		for name, rest, more := strings.Cut(path, "."); ; name, rest, more = strings.Cut(rest, ".") {
			got, resource := x.step(api, at, name)
			if !more {
				if canonical(got) != canonical(id) {
					t.Fatalf("%s: %q", id, got)
				}
				break
			}
			if got == "" && !resource {
				t.Fatalf("%s: nothing is known of %s behind %q", id, name, at)
			}
			at = strings.TrimPrefix(at+"."+name, ".")
		}
		if !x.last[path[strings.LastIndexByte(path, '.')+1:]] {
			t.Fatalf("%s: its name is not known", id)
		}
		ends := false
		for _, m := range x.ending(path, map[string]bool{api: true}) {
			ends = ends || m.id == id
		}
		if strings.Contains(path, ".") && !ends {
			t.Fatalf("%s: not found by the end of its path", id)
		}
		if got, resource := x.step(api, at, "x"+path); got != "" || resource {
			t.Fatalf("%s: %q is known", id, "x"+path)
		}
	}
	if n < 10_000 {
		t.Fatalf("only %d methods", n)
	}
}
