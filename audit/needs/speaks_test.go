package needs_test

import (
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit/needs"
)

// TestSecondLook holds that nothing is lost where only what speaks to Google makes
// the rest worth a look: without, what is relevant alone tells all.
func TestSecondLook(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatal("no vectors")
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range split(a) {
			r := infer(t, v.files, true)
			speaks := slices.ContainsFunc(v.files, func(f txtar.File) bool {
				return needs.Sort(f.Name, f.Data) == needs.Relevant && needs.Read(f.Name, f.Data).Speaks()
			})
			if len(r.Programs) == 0 || speaks {
				continue
			}
			alone := infer(t, slices.DeleteFunc(slices.Clone(v.files), func(f txtar.File) bool {
				return needs.Sort(f.Name, f.Data) == needs.Possible
			}), true)
			if !reflect.DeepEqual(alone.Programs, r.Programs) {
				t.Errorf("%s: %s: %+v, and without a second look %+v", name, v.name, r.Programs, alone.Programs)
			}
		}
	}
}
