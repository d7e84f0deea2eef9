package needs_test

import (
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// catalogue is loaded and indexed once: it is immutable.
var catalogue = sync.OnceValues(func() (*needs.Index, error) {
	c, err := scopes.Load()
	if err != nil {
		return nil, err
	}
	return needs.NewIndex(c), nil
})

func load(t testing.TB) *needs.Index {
	t.Helper()
	x, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// infer runs the whole of it over the files of an archive.
func infer(t testing.TB, files []txtar.File, gated bool) needs.Result {
	t.Helper()
	var sources []*needs.Source
	var o needs.Options
	var importable []string
	var possible []*needs.Source
	var importers needs.Importers
	byPath := map[string][]byte{}
	for _, f := range files {
		byPath[f.Name] = f.Data
		kind := needs.Sort(f.Name, f.Data)
		if !gated && kind == needs.Possible {
			kind = needs.Relevant
		}
		switch kind {
		case needs.Relevant:
			sources = append(sources, needs.Read(f.Name, f.Data))
		case needs.Possible:
			if needs.MayCall(f.Data) {
				possible = append(possible, needs.Read(f.Name, f.Data))
			} else {
				importable = append(importable, f.Name)
				importers.Add(f.Name, f.Data)
			}
		}
		if needs.IsManifest(f.Name) {
			o.Manifests = append(o.Manifests, f.Name)
		}
	}
	if len(sources) > 0 {
		sources = append(sources, possible...)
	}
	for _, name := range importers.Reaching(sources) {
		sources = append(sources, needs.Read(name, byPath[name]))
		importable = slices.DeleteFunc(importable, func(p string) bool { return p == name })
	}
	for more := sources; len(more) > 0; {
		names := needs.Imported(more, importable)
		importable = slices.DeleteFunc(importable, func(p string) bool { return slices.Contains(names, p) })
		more = nil
		for _, name := range names {
			more = append(more, needs.Read(name, byPath[name]))
		}
		sources = append(sources, more...)
	}
	return load(t).Infer(sources, o)
}

// describe gives what is known about a program, a line for each fact.
func describe(p needs.Program) map[string]string {
	d := map[string]string{"verdict": string(p.Verdict)}
	set := func(list []scopes.Scope) string {
		var out []string
		for _, s := range list {
			out = append(out, s.Short())
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	unique := func(list []string) string {
		slices.Sort(list)
		return strings.Join(slices.Compact(list), " ")
	}
	var requested, calls, commented, unreachable, excess, least []string
	for _, r := range p.Requests {
		requested = append(requested, r.Scope.Short())
	}
	for _, c := range p.Calls {
		switch c.State {
		case needs.Live:
			calls = append(calls, c.Method)
		case needs.Commented:
			commented = append(commented, c.Method)
		case needs.Unreachable:
			unreachable = append(unreachable, c.Method)
		}
	}
	d["requested"], d["calls"] = unique(requested), unique(calls)
	d["commented"], d["unreachable"] = unique(commented), unique(unreachable)
	d["unresolved"] = fmt.Sprint(len(p.Unresolved))
	for _, l := range p.Least {
		least = append(least, set(l))
	}
	d["least"] = strings.Join(least, " | ")
	var asked, missing, unneeded, conflict []string
	for _, a := range p.Asked {
		asked = append(asked, strings.TrimSpace(a.When+": "+set(a.Scopes)))
		if a.Excess {
			excess = append(excess, strings.TrimSpace(a.When+": "+set(a.Enough)))
		}
		for _, i := range a.Missing {
			missing = append(missing, p.Calls[i].Method)
		}
		for _, s := range a.Unneeded {
			unneeded = append(unneeded, s.Short())
		}
		for _, c := range a.Conflicts {
			conflict = append(conflict, c.Scope.Short())
		}
	}
	d["asked"], d["excess"] = strings.Join(asked, "; "), strings.Join(excess, "; ")
	d["missing"], d["unneeded"], d["conflict"] = unique(missing), unique(unneeded), unique(conflict)
	return d
}

// TestVectors holds what is inferred to what each archive in testdata expects:
// "key: value" lines for one program, or after "program: PATH" for each. Keys
// that are not named are empty, or not compared: verdict, asked and least are
// compared only where they are named; the rest must be empty where it is not.
func TestVectors(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal(err, "no vectors")
	}
	for _, file := range archives {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range split(a) {
			t.Run(strings.TrimSuffix(path.Base(filepath.ToSlash(file)), ".txtar")+"/"+v.name, func(t *testing.T) { v.check(t) })
		}
	}
}

// vector is one case: files, and what is expected of each program.
type vector struct {
	name   string
	expect map[string]map[string]string
	files  []txtar.File
}

// split takes an archive apart: a file called "case NAME" begins a case, and
// holds what is expected.
func split(a *txtar.Archive) []vector {
	var out []vector
	for _, f := range a.Files {
		name, found := strings.CutPrefix(f.Name, "case ")
		if !found {
			out[len(out)-1].files = append(out[len(out)-1].files, f)
			continue
		}
		v := vector{name: name, expect: map[string]map[string]string{}}
		program := ""
		for line := range strings.Lines(string(f.Data)) {
			key, value, found := strings.Cut(strings.TrimSpace(line), ":")
			if !found || strings.HasPrefix(key, "#") {
				continue
			}
			value = strings.TrimSpace(value)
			if key == "program" {
				program = value
				continue
			}
			if v.expect[program] == nil {
				v.expect[program] = map[string]string{}
			}
			v.expect[program][key] = value
		}
		out = append(out, v)
	}
	return out
}

func (v vector) check(t *testing.T) {
	r := infer(t, v.files, true)
	all := infer(t, v.files, false)
	for _, p := range [][]needs.Program{r.Programs, all.Programs} {
		for i := range p {
			p[i].Files = nil // what has nothing of its own may be read or not
		}
	}
	if !reflect.DeepEqual(r.Programs, all.Programs) {
		t.Errorf("the gate lost something: %+v, and without it %+v", r.Programs, all.Programs)
	}
	if len(r.Programs) != len(v.expect) && v.expect[""]["verdict"] != "none" {
		for _, p := range r.Programs {
			t.Logf("program %s: %v", p.Path, describe(p))
		}
		t.Fatalf("%d programs", len(r.Programs))
	}
	for _, p := range r.Programs {
		want := v.expect[p.Path]
		if len(r.Programs) == 1 && want == nil {
			want = v.expect[""]
		}
		got := describe(p)
		for key, text := range got {
			w, named := want[key]
			switch {
			case !named && (key == "asked" || key == "least" || key == "verdict"):
			case !named && key == "unresolved":
				w = "0"
				fallthrough
			default:
				if text != w {
					t.Errorf("program %s: %s: %q, want %q", p.Path, key, text, w)
				}
			}
		}
		for key := range want {
			if _, known := got[key]; !known {
				t.Errorf("nothing is called %q", key)
			}
		}
		if t.Failed() {
			for _, u := range p.Unresolved {
				t.Logf("unresolved %s: %s: %s", u.At, u.Text, u.Why)
			}
			t.Logf("why: %q", p.Why)
		}
	}
}
