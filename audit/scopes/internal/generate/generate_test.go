package generate

import (
	"bytes"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"scopeaudit/audit/scopes"
)

// pinned is the pinned module: 150 MB of documents, read once.
var pinned = sync.OnceValues(func() (m struct {
	files   fs.FS
	version string
	docs    []Discovery
}, err error) {
	dir, version, err := Locate()
	if err != nil {
		return m, err
	}
	m.files, m.version = os.DirFS(dir), version
	m.docs, err = Read(m.files)
	return m, err
})

func TestCommittedFileIsWhatThePinnedModuleGives(t *testing.T) {
	module, err := pinned()
	if err != nil {
		t.Fatal(err)
	}
	want, err := pack(slices.Clone(module.docs), module.files, module.version)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../catalogue.zst")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("catalogue.zst (%d bytes) is not what %s %s gives (%d bytes): run go generate ./audit/scopes", len(got), Module, module.version, len(want))
	}
	if limit := 400 << 10; len(got) > limit {
		t.Errorf("catalogue.zst has %d bytes, want at most %d", len(got), limit)
	}
}

// Every method of every document must come out of the catalogue as it went in.
func TestCatalogueHoldsEveryMethod(t *testing.T) {
	module, err := pinned()
	if err != nil {
		t.Fatal(err)
	}
	c, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	if c.Version() != module.version {
		t.Errorf("the catalogue is of version %s, the module of %s", c.Version(), module.version)
	}
	methods, ids := 0, map[string]bool{}
	for _, d := range module.docs {
		if _, found := c.API(d.Name); !found {
			t.Errorf("API %s is missing", d.Name)
		}
		d.Walk(func(m Method) {
			methods++
			ids[m.ID] = true
			var want []scopes.Scope
			for _, s := range m.Scopes {
				scope, known := c.Normalise(s)
				if !known {
					t.Errorf("%s: scope %s is missing", m.ID, s)
				}
				want = append(want, scope)
			}
			slices.Sort(want)
			want = slices.Compact(want)
			if !slices.ContainsFunc(c.Versions(m.ID), func(got scopes.Method) bool {
				return got.ID == m.ID && got.API == d.Name && got.Version == d.Version && got.Verb == m.Verb &&
					got.Path == d.URLPath(m) && slices.Equal(got.Scopes, want)
			}) {
				t.Errorf("%s of %s %s is not in the catalogue as the document has it", m.ID, d.Name, d.Version)
			}
		})
	}
	listed := 0
	for id := range ids {
		listed += len(c.Versions(id))
	}
	if methods != listed {
		t.Errorf("the catalogue describes %d methods, the documents %d", listed, methods)
	}
	if methods < 28000 || len(ids) < 16000 {
		t.Errorf("only %d methods with %d IDs were read", methods, len(ids))
	}
}

func TestBuildDoesNotDependOnOrder(t *testing.T) {
	document := func(version, scope string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`{"name":"toy","version":"` + version + `","title":"Toy API","revision":"20260101",
			"servicePath":"toy/` + version + `/","auth":{"oauth2":{"scopes":{"` + scope + `":{"description":"See\n toys"}}}},
			"resources":{"toys":{"methods":{
				"list":{"id":"toy.toys.list","httpMethod":"GET","path":"toys","scopes":["` + scope + `"]},
				"get":{"id":"toy.toys.get","httpMethod":"GET","path":"toys/{+id}","flatPath":"toys/{toyId}","scopes":["` + scope + `"]}}}}}`)}
	}
	files := fstest.MapFS{
		"api-list.json":                    {Data: []byte(`{"items":[{"name":"toy","version":"v1","preferred":true}]}`)},
		"toy/v1/toy-api.json":              document("v1", "https://example.com/auth/toy"),
		"toy/v2beta/toy-api.json":          document("v2beta", "https://example.com/auth/toy.new"),
		"generator/testdata/test-api.json": document("v9", "https://example.com/auth/test"),
		"other/v1/other-api.json":          {Data: []byte(`{"name":"other","version":"v1"}`)},
		"toy/v1/toy-gen.go":                {Data: []byte("package toy")},
	}
	first, err := Build(files, "v0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		again, err := Build(files, "v0.0.1")
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("the second build differs from the first (error %v)", err)
		}
	}
	docs, err := Read(files)
	if err != nil {
		t.Fatal(err)
	}
	text := string(encode(docs, map[string]bool{"toy v1": true}, "v0.0.1"))
	for _, want := range []string{
		"google.golang.org/api v0.0.1\n",
		"https://example.com/auth/toy\tSee toys\n",
		"G\t1\t0\t0toy.toys.get\t0toy/v1/toys/{toyId}\n", // the preferred document first
		"G\t2\t1\t<\t52beta/toys/{toyId}\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "auth/test") || strings.Contains(text, "other") {
		t.Errorf("test data or an API without scopes got in:\n%s", text)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, content := range map[string]string{
		"no documents": "",
		"not JSON":     "{",
		"unknown verb": `{"name":"a","version":"v1","auth":{"oauth2":{"scopes":{"a":{}}}},"methods":{"b":{"id":"a.b","httpMethod":"BREW"}}}`,
		"no name":      `{"version":"v1","auth":{"oauth2":{"scopes":{"a":{}}}}}`,
	} {
		files := fstest.MapFS{}
		if content != "" {
			files["a/v1/a-api.json"] = &fstest.MapFile{Data: []byte(content)}
		}
		if docs, err := Read(files); err == nil {
			t.Errorf("%s: read %d documents, want an error", name, len(docs))
		}
	}
}

func TestCompareVersions(t *testing.T) {
	ascending := []string{"alpha", "beta", "v1alpha", "v1beta1", "v1p1beta1", "v2beta", "v1", "directory_v2", "v2.1", "v3", "v10"}
	for i, a := range ascending {
		for j, b := range ascending {
			got := compareVersions(a, b)
			if got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("compareVersions(%s, %s) = %d", a, b, got)
			}
		}
	}
}
