package main

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/policies"
)

// TestDeservedVectors writes the policy that each vector deserves. An audit by it
// passes what asks for no more than it needs, at once or once it is narrowed.
func TestDeservedVectors(t *testing.T) {
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	x := needs.NewIndex(cat)
	initial, err := policies.LoadDefault(policies.Options{Catalogue: cat})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../testdata/vectors/needs/*.txtar")
	if err != nil || len(files) < 150 {
		t.Fatalf("%d vectors: %v", len(files), err)
	}
	passed, narrowed := 0, 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources := map[string]string{}
		for _, f := range archive.Files {
			sources[f.Name] = string(f.Data)
		}
		check := func(p *policies.Policy) audit.Report {
			var all []*needs.Source
			for name, text := range sources {
				all = append(all, needs.Read(name, []byte(text)))
			}
			r := x.Infer(all, needs.Options{})
			report := audit.Check(audit.Evidence{Needs: &r}, p, cat)
			report.Complete = true // nothing was walked, and nothing missed
			return report
		}
		r := check(initial)
		o := deserved(r, cat)
		if len(o.Needs) == 0 {
			continue
		}
		data, err := policies.Deserved(o)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		p, err := policies.Decode(fstest.MapFS{"p.yaml": {Data: data}}, "p.yaml", policies.Options{Catalogue: cat})
		if err != nil {
			t.Errorf("%s: %v\n%s", file, err, data)
			continue
		}
		exact := !slices.ContainsFunc(r.Programs, func(row audit.ProgramRow) bool { return row.Needs.Verdict != needs.Exact })
		if exact == strings.Contains(string(data), "lower bound") {
			t.Errorf("%s: whether it is a lower bound is not told as it is:\n%s", file, data)
		}
		read := func(path string) ([]byte, error) {
			text, found := sources[path]
			if !found {
				return nil, errors.New("not there")
			}
			return []byte(text), nil
		}
		wide := false
		for _, f := range audit.NewFixes(r, cat, read) {
			wide = wide || f.Left != nil
			for _, fixed := range f.Files {
				sources[fixed.Path] = string(fixed.New)
				narrowed++
			}
		}
		lacking := slices.ContainsFunc(r.Programs, func(row audit.ProgramRow) bool {
			return slices.ContainsFunc(row.Needs.Asked, func(a needs.Asked) bool { return len(a.Missing) > 0 })
		})
		if wide || lacking || !exact {
			continue
		}
		passed++
		for _, f := range check(p).Findings {
			if f.Severity >= rules.Medium && !strings.HasPrefix(string(f.Rule), "flow-") {
				t.Errorf("%s: by the policy that it deserves: %s: %s\n%s", file, f.Rule, f.Message, data)
			}
		}
	}
	if passed < 100 || narrowed < 50 {
		t.Errorf("only %d passed, %d of them narrowed", passed, narrowed)
	}
}
