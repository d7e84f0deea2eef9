package audit_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
)

// vectors are the programs that the inference is held to, by name.
func vectors(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := programs(t, "needs", "")
	if len(all) < 150 {
		t.Fatalf("%d vectors", len(all))
	}
	return all
}

// programs are those of a folder of vectors, by name: their files below a prefix.
func programs(t *testing.T, folder, prefix string) map[string]map[string]string {
	t.Helper()
	files, err := filepath.Glob("../testdata/vectors/" + folder + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	all := map[string]map[string]string{}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources := map[string]string{}
		for _, f := range a.Files {
			if name, found := strings.CutPrefix(f.Name, prefix); found {
				sources[name] = string(f.Data)
			}
		}
		all[strings.TrimSuffix(filepath.Base(file), ".txtar")] = sources
	}
	return all
}

// TestFixVectors narrows every program of the vectors of which it is exactly
// known that it asks for too much, where that can be done by its literals: it
// asks for what is enough then, calls what it called, and nothing but what asks
// for scopes has changed. What is left as it is names a place.
func TestFixVectors(t *testing.T) {
	fixed, left := 0, 0
	for name, sources := range vectors(t) {
		t.Run(name, func(t *testing.T) {
			before := audit.Check(audit.Evidence{Needs: inferred(t, sources)}, policy(t, anyPolicy), catalogue(t))
			got := audit.NewFixes(before, catalogue(t), func(path string) ([]byte, error) {
				text, found := sources[path]
				if !found {
					return nil, errors.New("not there")
				}
				return []byte(text), nil
			})
			for _, f := range got {
				p := before.Programs[slices.IndexFunc(before.Programs, func(r audit.ProgramRow) bool { return r.Path == f.Program })].Needs
				if p.Verdict != needs.Exact {
					if f.Files != nil {
						t.Errorf("%s is narrowed, and its verdict is %s", f.Program, p.Verdict)
					}
					continue
				}
				if f.Left != nil {
					left++
					if why := told(f.Left); !placed.MatchString(why) {
						t.Errorf("%s is left as it is, with no place: %s", f.Program, why)
					}
					continue
				}
				fixed++
				after := map[string]string{}
				for path, text := range sources {
					after[path] = text
				}
				for _, file := range f.Files {
					applies(t, file)
					after[file.Path] = string(file.New)
					for _, line := range changed(file) {
						if !slices.ContainsFunc(p.Requests, func(r needs.Request) bool {
							return r.At.Path == file.Path && r.At.Line <= line && line <= r.At.EndLine
						}) {
							t.Errorf("%s:%d changes, where nothing is asked for:\n%s", file.Path, line, file.Diff())
						}
					}
				}
				r := audit.Check(audit.Evidence{Needs: inferred(t, after)}, policy(t, anyPolicy), catalogue(t))
				now := r.Programs[slices.IndexFunc(r.Programs, func(r audit.ProgramRow) bool { return r.Path == f.Program })].Needs
				if now.Verdict != needs.Exact || slices.ContainsFunc(now.Asked, func(a needs.Asked) bool {
					return a.Excess || len(a.Unneeded) > 0 || len(a.Missing) > 0
				}) {
					t.Errorf("it is %s, and asks for %+v", now.Verdict, now.Asked)
				}
				if !slices.EqualFunc(p.Calls, now.Calls, func(a, b needs.Call) bool { return a.Method == b.Method && a.State == b.State }) {
					t.Errorf("its calls were %+v and are %+v", p.Calls, now.Calls)
				}
			}
		})
	}
	if fixed < 50 || fixed < 8*left {
		t.Errorf("%d programs were narrowed, and %d left as they are", fixed, left)
	}
}

// placed is a text with the line of a file in it.
var placed = regexp.MustCompile(`[a-z]\.[a-z]+:[0-9]+`)

// changed are the numbers of the lines that a fix changes or takes out.
func changed(f audit.FixedFile) []int {
	old := bytes.Split(f.Old, []byte("\n"))
	var lines []int
	at := 0
	for _, line := range strings.Split(f.Diff(), "\n") {
		switch {
		case strings.HasPrefix(line, "---") || strings.HasPrefix(line, "+++"):
		case strings.HasPrefix(line, "@@"):
			at = 0
			for _, c := range line[len("@@ -"):strings.IndexByte(line, ',')] {
				at = at*10 + int(c-'0')
			}
			at--
		case strings.HasPrefix(line, " "):
			at++
		case strings.HasPrefix(line, "-"):
			if at++; string(old[at-1]) != strings.TrimSuffix(line[1:], "\n") {
				panic("the diff does not fit")
			}
			lines = append(lines, at)
		}
	}
	return lines
}
