package main

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// quickstart is one block of the table in testdata/vectors/quickstarts.txtar.
type quickstart struct {
	name, api, version, goPackage string
	javaPackage, javaClass        string
	service                       string // in Apps Script
	cloud                         cloudQuickstart
	asks                          map[string]string
	least                         string
	methods                       []string
	calls                         map[string][]string // by language
}

// cloudQuickstart is what the shapes with a client in the style of Google Cloud
// are filled with.
type cloudQuickstart struct{ module, npm, javaPackage, javaClass string }

// quickstartFiles are the languages of the shapes, with the file that holds the
// call.
var quickstartFiles = map[string]string{
	"python": "quickstart.py", "go": "quickstart.go", "node": "index.js", "java": "Quickstart.java", "apps-script": "Code.gs",
	"cloud-python": "quickstart.py", "cloud-node": "index.js", "cloud-java": "Quickstart.java",
}

func readQuickstarts(t *testing.T, table string) []quickstart {
	t.Helper()
	var all []quickstart
	_, table, _ = strings.Cut(table, "\n\n")
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if f[0] == "quickstart" {
			all = append(all, quickstart{name: f[1], asks: map[string]string{}, calls: map[string][]string{}})
			continue
		}
		q := &all[len(all)-1]
		language, call, isCall := strings.Cut(strings.TrimSpace(line), ": ")
		switch {
		case f[0] == "build":
			q.api, q.version = f[1], f[2]
		case f[0] == "go":
			q.goPackage = f[1]
		case f[0] == "java":
			q.javaPackage, q.javaClass = f[1], f[2]
		case f[0] == "apps-script":
			q.service = f[1]
		case f[0] == "cloud":
			q.cloud = cloudQuickstart{f[1], f[2], f[3], f[4]}
		case f[0] == "asks" && len(f) == 4:
			q.asks[f[3]] = f[1]
		case f[0] == "asks":
			q.asks[""] = f[1]
		case f[0] == "least":
			q.least = f[1]
		case f[0] == "call":
			q.methods = append(q.methods, f[1])
		case isCall && quickstartFiles[language] != "":
			q.calls[language] = append(q.calls[language], call)
		default:
			t.Fatalf("what is %q?", line)
		}
	}
	return all
}

// scope is what the quickstart asks for in a language.
func (q quickstart) scope(language string) string {
	if s := q.asks[language]; s != "" {
		return s
	}
	return q.asks[""]
}

// source fills the shape of a language with one quickstart.
func (q quickstart) source(shape, language string) string {
	scope := q.scope(language)
	word := regexp.MustCompile(`[^A-Za-z0-9]+`)
	goConstant := ""
	for part := range strings.SplitSeq(word.ReplaceAllString(scope, " "), " ") {
		goConstant += strings.ToUpper(part[:1]) + part[1:]
	}
	constant, pkg, name := goConstant+"Scope", q.goPackage, q.api
	class := q.javaClass
	switch language {
	case "java":
		constant, pkg = strings.ToUpper(word.ReplaceAllString(scope, "_")), q.javaPackage
	case "cloud-java", "cloud-node", "cloud-python":
		pkg, class = q.cloud.javaPackage, q.cloud.javaClass
	}
	var out strings.Builder
	for line := range strings.Lines(shape) {
		lines := []string{line}
		if strings.Contains(line, "CALL") {
			lines = nil
			for _, call := range q.calls[language] {
				lines = append(lines, strings.ReplaceAll(line, "CALL", call))
			}
		}
		for _, line := range lines {
			out.WriteString(strings.NewReplacer("SCOPES", "SCOPES", "SCOPE", "https://www.googleapis.com/auth/"+scope, "VERSION", q.version, "APPLICATION", "APPLICATION",
				"API", q.api, "PACKAGE", pkg, "NAME", name, "CONSTANT", constant, "CLASS", class, "SERVICE", q.service, "MODULE", q.cloud.module, "NPM", q.cloud.npm).Replace(line))
		}
	}
	return out.String()
}

// TestQuickstarts holds needs to the shapes of Google's own quickstarts: it tells
// what each asks for, calls and needs, and of just those that ask for more than
// they use that they do.
func TestQuickstarts(t *testing.T) {
	archive, err := txtar.ParseFile("../../testdata/vectors/quickstarts.txtar")
	if err != nil {
		t.Fatal(err)
	}
	all := readQuickstarts(t, string(archive.Comment))
	for language := range quickstartFiles {
		t.Run(language, func(t *testing.T) {
			dir := t.TempDir()
			want := map[string]quickstart{}
			for _, q := range all {
				if len(q.calls[language]) == 0 {
					continue
				}
				want[q.name] = q
				for _, f := range archive.Files {
					if path.Dir(f.Name) != language {
						continue
					}
					file := filepath.Join(dir, q.name, path.Base(f.Name))
					if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(file, []byte(q.source(string(f.Data), language)), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			checkQuickstarts(t, dir, language, want)
		})
	}
}

// checkQuickstarts compares the report on a folder with what should be in it.
func checkQuickstarts(t *testing.T, dir, language string, want map[string]quickstart) {
	t.Helper()
	text, _ := printed(t, "needs", "--format", "json", dir)
	var report struct {
		Programs []struct {
			Path  string
			Needs struct {
				Verdict          string
				Least            [][]string
				Requested, Calls []struct{ Scope, Method string }
			}
		}
		Findings []struct {
			Rule    string
			Subject struct{ Program string }
		}
	}
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, f := range report.Findings {
		switch f.Rule {
		case "scope-narrower-exists", "scope-unneeded":
			told[f.Subject.Program] = true
		case "scope-missing", "call-unresolved":
			t.Errorf("%s: %s", f.Subject.Program, f.Rule)
		}
	}
	short := func(s string) string { return strings.TrimPrefix(s, "https://www.googleapis.com/auth/") }
	for _, p := range report.Programs {
		q, known := want[p.Path]
		if !known {
			t.Errorf("there is no quickstart in %q", p.Path)
			continue
		}
		delete(want, p.Path)
		var methods []string
		for _, c := range p.Needs.Calls {
			methods = append(methods, c.Method)
		}
		slices.Sort(methods)
		slices.Sort(q.methods)
		if !slices.Equal(methods, q.methods) || p.Needs.Verdict != "exact" {
			t.Errorf("%s: calls %v, %s; want %v", p.Path, methods, p.Needs.Verdict, q.methods)
		}
		if len(p.Needs.Least) == 0 || len(p.Needs.Least[0]) != 1 || short(p.Needs.Least[0][0]) != q.least {
			t.Errorf("%s: needs %v, want %s", p.Path, p.Needs.Least, q.least)
		}
		asks := q.scope(language)
		if len(p.Needs.Requested) != 1 || short(p.Needs.Requested[0].Scope) != asks {
			t.Errorf("%s: asks for %v, want %s", p.Path, p.Needs.Requested, asks)
		}
		if over := asks != q.least; told[p.Path] != over {
			t.Errorf("%s: asks for %s and needs %s; told as too much: %t", p.Path, asks, q.least, told[p.Path])
		}
	}
	for name := range want {
		t.Errorf("%s: not found to be a program", name)
	}
}
