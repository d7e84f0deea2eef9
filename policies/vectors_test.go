package policies_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/policies"
)

const vectors = "../testdata/vectors/policies"

var catalogue = sync.OnceValue(func() *scopes.Catalogue {
	c, err := scopes.Load()
	if err != nil {
		panic(err)
	}
	return c
})

// options are those that the vectors are written for.
func options() policies.Options {
	return policies.Options{Catalogue: catalogue(), Rules: []rules.ID{
		rules.ScopeExcess, rules.ScopeDenied, rules.GoogleClientID, rules.GoogleTokenCutShort,
	}}
}

// vector is one file with what its header, or the file beside it that ends in
// ".expect", says about it.
type vector struct {
	name   string
	data   []byte
	expect string // "ok", or "error " and the error without the file's name
	hint   string
	schema bool // the schema cannot see what is wrong
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	entries, err := os.ReadDir(vectors)
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	for _, e := range entries {
		if ext := path.Ext(e.Name()); ext != ".yaml" && ext != ".json" {
			continue
		}
		v := vector{name: e.Name()}
		if v.data, err = os.ReadFile(path.Join(vectors, v.name)); err != nil {
			t.Fatal(err)
		}
		header, err := os.ReadFile(path.Join(vectors, v.name+".expect"))
		if err != nil {
			header = v.data
		}
		for line := range strings.Lines(string(header)) {
			if key, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "#")), ": "); ok && strings.HasPrefix(line, "#") {
				switch key {
				case "expect":
					v.expect = value
				case "hint":
					v.hint = value
				case "schema":
					v.schema = value == "pass"
				}
			}
		}
		all = append(all, v)
	}
	return all
}

func TestVectors(t *testing.T) {
	bad := 0
	for _, v := range readVectors(t) {
		t.Run(v.name, func(t *testing.T) {
			_, err := policies.Decode(os.DirFS(vectors), v.name, options())
			var e *policies.Error
			switch {
			case v.expect == "ok":
				if err != nil {
					t.Error(err)
				}
			case !strings.HasPrefix(v.expect, "error "):
				t.Errorf("the header says neither ok nor error: %q", v.expect)
			case !errors.As(err, &e):
				t.Errorf("got %v, want %s", err, v.expect)
			default:
				bad++
				if got := "error " + strings.TrimPrefix(strings.TrimPrefix(e.Error(), v.name+":"), " "); got != v.expect {
					t.Errorf("got  %s\nwant %s", got, v.expect)
				}
				if e.Hint != v.hint {
					t.Errorf("got  hint %s\nwant hint %s", e.Hint, v.hint)
				}
			}
		})
	}
	if bad < 100 {
		t.Errorf("only %d bad vectors were refused as they say", bad)
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(policies.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("policy.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("policy.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON reads YAML as an editor's language server does before it validates.
func asJSON(data []byte) (any, error) {
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		return nil, err
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(text))
}

func TestSchema(t *testing.T) {
	s := compileSchema(t)
	for _, name := range policies.Builtins() {
		text, err := policies.BuiltinText(name)
		if err != nil {
			t.Fatal(err)
		}
		v, err := asJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, v := range readVectors(t) {
		value, err := asJSON(v.data)
		if err == nil {
			err = s.Validate(value)
		}
		if want := v.expect == "ok" || v.schema; (err == nil) != want {
			t.Errorf("%s: the schema says %v, want accepted %t", v.name, err, want)
		}
	}
}
