package needs_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestFlow holds what is said about how programs obtain and keep their tokens:
// each line that something is said of ends in a comment that names it.
func TestFlow(t *testing.T) {
	a, err := txtar.ParseFile("testdata/flow/flow.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		t.Run(f.Name, func(t *testing.T) {
			var want, got []string
			for i, line := range strings.Split(string(f.Data), "\n") {
				if _, kinds, found := strings.Cut(line, "WANT "); found {
					for _, k := range strings.Fields(kinds) {
						want = append(want, k+" "+strconv.Itoa(i+1))
					}
				}
			}
			r := infer(t, []txtar.File{f}, true)
			if len(r.Programs) != 1 {
				t.Fatalf("%d programs", len(r.Programs))
			}
			for _, x := range r.Programs[0].Flow {
				got = append(got, string(x.Kind)+" "+strconv.Itoa(x.At.Line))
				if x.Text == "" || x.At.Path != f.Name {
					t.Errorf("%+v", x)
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
