package tree

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"scopeaudit/audit/rules"
)

func excludes(t *testing.T, patterns ...string) *Excludes {
	t.Helper()
	x, err := NewExcludes(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestExclude(t *testing.T) {
	dir := t.TempDir()
	all := []string{"a.log", "build/out/x", "build/y", "docs/a.md", "docs/en/b.md", "src/a.log", "src/build", "src/main.py", "#x", "!y"}
	files := map[string]string{}
	for _, name := range all {
		files[name] = "1"
	}
	write(t, dir, files)
	for _, tt := range []struct {
		patterns []string
		gone     []string
		reasons  []string
		unused   []string
	}{
		{[]string{"*.log"}, []string{"a.log", "src/a.log"}, []string{`left out as "*.log" asks: 2 files`}, nil},
		{[]string{"/a.log"}, []string{"a.log"}, []string{`left out as "/a.log" asks: 1 file`}, nil},
		{[]string{"build"}, []string{"build/out/x", "build/y", "src/build"}, []string{`left out as "build" asks: 1 folder and 1 file`}, nil},
		{[]string{"build/"}, []string{"build/out/x", "build/y"}, []string{`left out as "build/" asks: 1 folder`}, nil},
		{[]string{"docs/**/*.md", "b?.md"}, []string{"docs/a.md", "docs/en/b.md"}, []string{`left out as "docs/**/*.md" asks: 2 files`}, []string{"b?.md"}},
		{[]string{`\#x`, `\!y`}, []string{"#x", "!y"}, []string{`left out as "\\#x" asks: 1 file`, `left out as "\\!y" asks: 1 file`}, nil},
		{[]string{"*"}, all, []string{`left out as "*" asks: 3 folders and 3 files`}, nil},
		{[]string{"nothing"}, nil, nil, []string{"nothing"}},
	} {
		x := excludes(t, tt.patterns...)
		w := walk(t, dir, Options{Workers: 2, Exclude: x})
		want := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(tt.gone, name) })
		wantPaths(t, w, want...)
		for _, name := range all {
			if x.Match(name) != slices.Contains(tt.gone, name) {
				t.Errorf("%q: Match(%q) is %v", tt.patterns, name, x.Match(name))
			}
		}
		var reasons []string
		for _, s := range x.Skipped() {
			reasons = append(reasons, s.Reason)
			if s.Kind != rules.ByDesign {
				t.Errorf("%+v is no skip by design", s)
			}
		}
		if diff := cmp.Diff(tt.reasons, reasons); diff != "" {
			t.Errorf("%q: %s", tt.patterns, diff)
		}
		if diff := cmp.Diff(tt.unused, x.Unused()); diff != "" {
			t.Errorf("%q: %s", tt.patterns, diff)
		}
	}
	// A file that is named can be left out too.
	x := excludes(t, "*.log")
	w := walk(t, filepath.Join(dir, "src", "a.log"), Options{Exclude: x})
	if len(w.files) > 0 || len(x.Skipped()) != 1 {
		t.Errorf("read %q, %+v", w.paths(), x.Skipped())
	}
}

func TestExcludeMistakes(t *testing.T) {
	for _, pattern := range []string{"", "!keep", "# comment", "[a", `x\`, "/", "a\nb", "  "} {
		if _, err := NewExcludes([]string{pattern}); err == nil {
			t.Errorf("%q is taken for a pattern", pattern)
		}
	}
}
