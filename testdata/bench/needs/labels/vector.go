package labels

import (
	"fmt"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit/needs"
)

// CompareVector runs the inference over the files of a vector and holds it to
// the vector's headers.
func CompareVector(x *needs.Index, a *txtar.Archive) (Score, error) {
	programs, err := Parse(string(a.Comment))
	if err != nil {
		return Score{}, err
	}
	if len(programs) == 0 {
		return Score{}, fmt.Errorf("nothing is expected")
	}
	tree := fstest.MapFS{}
	for _, f := range a.Files {
		tree[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	r, err := Infer(x, tree)
	if err != nil {
		return Score{}, err
	}
	var s Score
	for _, p := range programs {
		s.Add(Compare(p, r))
	}
	return s, nil
}
