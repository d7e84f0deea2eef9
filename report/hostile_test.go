package report

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// hostile are names as a hostile tree, file or server would give them.
var hostile = []string{
	"::error::pwned",
	"  ::stop-commands::x",
	"\u00a0::add-path::/x",
	"\n::set-env name=X::y\n",
	"x ::error::wrapped to the start of a line perhaps ::warning file=a::b",
	"##[error]pwned",
	"x##[group]y",
	"###[error]",
	"##VSO[task.setvariable variable=x]y",
	"##teamcity[message text='x']",
	"\x1b[2J\x1b]0;title\x07",
	"\u009b31m",
	"gpj.\u202enosj",
	"\u2067isolated\u2069",
	"\U000e0041\U000e0042tags",
	"\x7f\x08\x08overwritten",
	"carriage\rreturn",
	"bad \xff\xfe utf8 \xc0\xaf",
	"\u2028line\u2029paragraph",
	"[click](https://example.org/evil)",
	"</script><script>alert(1)</script>&amp;",
	"```\n# heading",
	"https://user@example.org/a?b#c",
	"//example.org/share",
	"C:\\temp\\x",
	"../../outside",
	"日本語の長い名前日本語の長い名前日本語の長い名前日本語の長い名前",
	strings.Repeat("long", 500),
	"\u0301\u0301zalgo",
}

// infest sets every string in v, however deep, to s, so that no field can be
// forgotten here when one is added.
func infest(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(s)
		}
	case reflect.Struct:
		if v.Type().PkgPath() == "time" {
			return
		}
		for i := range v.NumField() {
			infest(v.Field(i), s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			infest(v.Index(i), s)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			infest(v.Elem(), s)
		}
	}
}

func infested(s string) audit.Report {
	r := sample()
	r.Credentials = append(r.Credentials, asked().Credentials...)
	r.Advice = asked().Advice
	r.Coverage.Skipped = append(r.Coverage.Skipped, incomplete().Coverage.Skipped...)
	r.Complete = false
	infest(reflect.ValueOf(&r).Elem(), s)
	return r
}

func TestHostileNames(t *testing.T) {
	for _, s := range hostile {
		all := infested(s)
		// The same with the enumerations left alone, so that every branch runs.
		some := sample()
		for i := range some.Findings {
			f := &some.Findings[i]
			f.Message, f.Remedy, f.Masked = s, s, s
			for j := range f.Locations {
				f.Locations[j].Path, f.Locations[j].Member = s, s
			}
		}
		for _, r := range []audit.Report{all, some} {
			for _, width := range []int{1, 40, 80, 200} {
				for _, color := range []bool{false, true} {
					checkLines(t, string(render(t, Text, r, Options{Width: width, Color: color})), color)
				}
			}
			for _, f := range []Format{JSON, SARIF} {
				out := render(t, f, r, Options{})
				checkLines(t, string(out), false)
				checkStrings(t, out, s)
			}
		}
		var b bytes.Buffer
		page := ScopePage{}
		rule := sampleRules()[0]
		infest(reflect.ValueOf(&page).Elem(), s)
		infest(reflect.ValueOf(&rule).Elem(), s)
		advice := asked().Advice[0]
		infest(reflect.ValueOf(&advice).Elem(), s)
		if err := Scope(&b, page, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := Rule(&b, rule, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := Advice(&b, advice, Options{}); err != nil {
			t.Fatal(err)
		}
		checkLines(t, b.String(), false)
	}
}

func FuzzWrite(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := infested(s)
		checkLines(t, string(render(t, Text, r, Options{})), false)
		for _, format := range []Format{JSON, SARIF} {
			out := render(t, format, r, Options{})
			checkLines(t, string(out), false)
			checkStrings(t, out, s)
		}
	})
}

// ours is a colour as paint writes it; nothing else may hold an escape.
var ours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// checkLines fails if output acts on a terminal or on a CI runner.
func checkLines(t *testing.T, out string, color bool) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("output is not UTF-8: %q", out)
	}
	if color {
		out = ours.ReplaceAllString(out, "")
	}
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		for _, r := range line {
			if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Variation_Selector) {
				t.Errorf("output holds %U: %q", r, line)
			}
		}
		if name, ok := runnerCommand(line); ok {
			t.Errorf("a runner would obey %q in %q", name, line)
		}
	}
}

// checkStrings fails if a string of a JSON document is not clean, or if the
// document cannot be decoded.
func checkStrings(t *testing.T, out []byte, planted string) {
	t.Helper()
	var v any
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatalf("%q: %v", planted, err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			for line := range strings.Lines(v) {
				if line = strings.TrimSuffix(line, "\n"); Clean(line) != line {
					t.Errorf("%q comes out of JSON as %q", planted, v)
				}
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for k, e := range v {
				walk(k)
				walk(e)
			}
		}
	}
	walk(v)
}

// runnerCommand reads a log line as CI runners do: GitHub's two forms, its
// present one at the start of a line and its old one anywhere, Azure's form
// anywhere and TeamCity's at the start. Every name counts as registered.
func runnerCommand(line string) (name string, ok bool) {
	trimmed := strings.TrimLeftFunc(line, unicode.IsSpace)
	if rest, found := strings.CutPrefix(trimmed, "::"); found {
		if head, _, found := strings.Cut(rest, "::"); found {
			name, _, _ = strings.Cut(head, " ")
			return name, true
		}
	}
	for _, opening := range []string{"##[", "##vso[", "##teamcity["} {
		_, rest, found := strings.Cut(strings.ToLower(line), opening)
		if !found {
			continue
		}
		if head, _, found := strings.Cut(rest, "]"); found {
			return opening + head, true
		}
	}
	return "", false
}

func TestRunnerCommand(t *testing.T) {
	for line, want := range map[string]bool{
		"::error::x": true, "  \t::group::": true, "\u00a0::error file=a,line=1::x": true, "::notclosed": false,
		"x ::error::y": false, "| ::error::y": false, "a ##[error]b": true, "##[open": false, "##VSO[a.b]c": true, "# #[x]": false,
	} {
		if _, got := runnerCommand(line); got != want {
			t.Errorf("runnerCommand(%q) = %v, want %v", line, got, want)
		}
	}
}

func TestLocationURI(t *testing.T) {
	at := func(origin rules.Origin, path string) rules.Location {
		return rules.Location{Origin: origin, Path: path}
	}
	for want, l := range map[string]rules.Location{
		"a/b.json":                        at(rules.Tree, "a/b.json"),
		"with%20space/%25.json":           at(rules.Tree, "with space/%.json"),
		"%E6%97%A5.json":                  at(rules.Tree, "日.json"),
		"bad%FF":                          at(rules.Tree, "bad\xff"),
		"https%3A//example.org/a%3Fb%23c": at(rules.Tree, "https://example.org/a?b#c"),
		"host/share":                      at(rules.Tree, "//host/share"),
		"C%3A%5Cx":                        at(rules.Tree, `C:\x`),
		"standard-input":                  at(rules.Stdin, "-"),
		"environment/SCOPEAUDIT_TOKEN":    at(rules.Env, "SCOPEAUDIT_TOKEN"),
		"not-a-file":                      at("", ""),
	} {
		if got := locationURI(l); got != want {
			t.Errorf("locationURI(%q) = %q, want %q", l.Path, got, want)
		}
	}
}
