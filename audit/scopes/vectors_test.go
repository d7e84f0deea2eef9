package scopes_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scopeaudit/audit/scopes"
)

// The vectors are explained in testdata/vectors/scopes/README.md.
func TestVectors(t *testing.T) {
	c := load(t)
	answers := map[string]func(line string) string{
		"normalise": func(line string) string {
			if s, known := c.Normalise(line); known {
				return string(s)
			}
			return "unknown"
		},
		"suggest": func(line string) string {
			if s, found := c.Suggest(line); found {
				return short(s)
			}
			return "nothing"
		},
		"covers": func(line string) string {
			if pair := scopesOf(line); len(pair) == 2 && c.Covers(pair[0], pair[1]) {
				return "covered"
			}
			return "not covered"
		},
		"conflict": func(line string) string {
			var pairs []string
			for _, conflict := range c.Conflicts(scopesOf(line)) {
				pairs = append(pairs, short(conflict.Scope)+" "+short(conflict.With))
			}
			return or(strings.Join(pairs, " | "), "none")
		},
		"least": func(line string) string {
			sets, err := c.Least(strings.Fields(line))
			if err != nil {
				return err.Error()
			}
			var least []string
			for _, set := range sets {
				var names []string
				for _, s := range set {
					names = append(names, short(s))
				}
				slices.Sort(names)
				least = append(least, strings.Join(names, " "))
			}
			return strings.Join(least, " | ")
		},
	}
	files, err := filepath.Glob("../../testdata/vectors/scopes/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	asked := map[string]int{}
	for _, file := range files {
		question, _, _ := strings.Cut(filepath.Base(file), "-")
		answer := answers[question]
		if answer == nil {
			t.Errorf("%s: no such question", file)
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		expect := ""
		for i, line := range strings.Split(string(text), "\n") {
			if want, found := strings.CutPrefix(line, "expect: "); found {
				expect = want
				continue
			}
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			asked[question]++
			if got := answer(line); got != expect {
				t.Errorf("%s:%d: %s: got %s, want %s", filepath.Base(file), i+1, line, got, expect)
			}
		}
	}
	for question := range answers {
		if asked[question] < 5 {
			t.Errorf("only %d vectors ask %s", asked[question], question)
		}
	}
}

func scopesOf(line string) []scopes.Scope {
	var list []scopes.Scope
	for _, name := range strings.Fields(line) {
		list = append(list, full(name))
	}
	return list
}

func short(s scopes.Scope) string { return strings.TrimPrefix(string(s), prefix) }

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
