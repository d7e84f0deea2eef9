package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
	"scopeaudit/testdata/bench/needs/labels"
)

// knownMisses lists what the inference is known to get wrong: "NAME: difference"
// lines, below a line for each cause that begins with "# ".
const knownMisses = "../../testdata/vectors/needs/misses.txt"

// TestNeedsVectors holds the inference to labels that were written without it.
// What it is known to miss is listed with the cause; a difference that is not
// listed fails, and so does one that is listed and no longer there: the list
// may only shrink.
func TestNeedsVectors(t *testing.T) {
	c, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	x := needs.NewIndex(c)
	files, err := filepath.Glob("../../testdata/vectors/needs/*.txtar")
	if err != nil || len(files) < 150 {
		t.Fatalf("%d vectors: %v", len(files), err)
	}
	listed := readMisses(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			score, err := labels.CompareVector(x, archive)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range score.Differences {
				if !slices.Contains(listed[name], d) {
					t.Error(d)
				}
			}
			for _, d := range listed[name] {
				if !slices.Contains(score.Differences, d) {
					t.Errorf("no longer missed, so take it off the list of known misses: %s", d)
				}
			}
		})
		delete(listed, name)
	}
	for name := range listed {
		t.Errorf("the list of known misses names %s, which is no vector", name)
	}
}

// readMisses reads the list by the names of vectors; each line has a cause.
func readMisses(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(knownMisses)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string][]string{}
	cause := false
	for i, line := range strings.Split(string(text), "\n") {
		name, difference, found := strings.Cut(line, ": ")
		switch {
		case line == "":
			cause = false
		case strings.HasPrefix(line, "# "):
			cause = true
		case !found || !cause:
			t.Errorf("%s:%d: a difference below a cause is wanted", filepath.Base(knownMisses), i+1)
		default:
			listed[name] = append(listed[name], difference)
		}
	}
	return listed
}
