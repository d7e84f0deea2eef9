package audit_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestFixCases narrows the programs of testdata/vectors/fix. Each has its files
// before and, where they change, after; "expect: left TEXT" is part of why
// something is left as it is.
func TestFixCases(t *testing.T) {
	files, err := filepath.Glob("../testdata/vectors/fix/*.txtar")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before, after := map[string]string{}, map[string]string{}
			for _, f := range archive.Files {
				if name, found := strings.CutPrefix(f.Name, "before/"); found {
					before[name] = string(f.Data)
				} else {
					after[strings.TrimPrefix(f.Name, "after/")] = string(f.Data)
				}
			}
			var left []string
			for line := range strings.Lines(string(archive.Comment)) {
				if why, found := strings.CutPrefix(line, "expect: left "); found {
					left = append(left, strings.TrimSpace(why))
				}
			}
			now := map[string]string{}
			for name, text := range before {
				now[name] = text
			}
			for _, f := range fixes(t, before, before) {
				if len(f.Left) != len(left) || !strings.Contains(told(f.Left), strings.Join(left, "\n")) {
					t.Errorf("left as it is: %q, want %q", told(f.Left), left)
				}
				for _, fixed := range f.Files {
					applies(t, fixed)
					now[fixed.Path] = string(fixed.New)
					if want := after[fixed.Path]; string(fixed.New) != want {
						t.Errorf("%s becomes\n%s\nwant\n%s", fixed.Path, fixed.New, want)
					}
					delete(after, fixed.Path)
				}
			}
			for name := range after {
				t.Errorf("%s is left as it is", name)
			}
			for _, again := range fixes(t, now, now) {
				if again.Files != nil || len(left) == 0 {
					t.Errorf("it is narrowed again: %+v", again)
				}
			}
		})
	}
}
