package policies_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/policies"
)

func TestDecodeAllKeys(t *testing.T) {
	got, err := policies.Decode(os.DirFS(vectors), "ok-full.yaml", options())
	if err != nil {
		t.Fatal(err)
	}
	low, info := rules.Low, rules.Info
	day := time.Date(2030, 1, 31, 0, 0, 0, 0, time.UTC)
	base := func(name, file, why string, note *rules.Severity) policies.Entry {
		return policies.Entry{Scope: normal(t, name), File: file, Why: why, Note: note}
	}
	want := &policies.Policy{
		Name:        "bail-fund",
		Description: "Read the mail that the class sends, and nothing else.",
		Source:      policies.SourceFile,
		APIs:        []string{"gmail", "drive"},
		Allowed: []policies.Entry{
			base("drive.file", "ok-full.yaml", "the report is written to one file", &low),
			base("gmail.readonly", "built-in gmail-readonly", "the least scope that can search mail and read its text", nil),
			base("email", "built-in identity", "the address names the account, so that a report can say whose token it is", &info),
			base("profile", "built-in identity", "the user's name and picture, for a greeting; most scripts need neither", &info),
			base("openid", "built-in identity", "says only that it is the same user as before; Google adds it unasked", nil),
		},
		Denied:       []policies.Entry{base("gmail.send", "ok-full.yaml", "nothing goes out in the name of the fund", nil)},
		Required:     []policies.Entry{base("gmail.readonly", "ok-full.yaml", "without it there is nothing to read", nil)},
		MaxPower:     scopes.Delete,
		Clients:      []string{"000000000000-*.apps.googleusercontent.com"},
		Accounts:     []string{"*@example.edu", "bailfund@example.com"},
		RefreshToken: policies.Forbidden,
		MaxLifetime:  90 * time.Minute,
		FileMode:     0o640,
		Severities:   map[rules.ID]rules.Severity{rules.ScopeExcess: rules.Critical, rules.GoogleClientID: rules.Info},
		Exceptions: []policies.Exception{
			{Rule: rules.GoogleClientID, Path: "notebooks/**/*.ipynb", Reason: "published with the course", Owner: "ann@example.edu", Until: day, File: "ok-full.yaml"},
			{Rule: rules.GoogleTokenCutShort, Fingerprint: "0123456789abcdef0123456789abcdef", Reason: "an example in a slide", Owner: "ann@example.edu", Until: day, File: "ok-full.yaml"},
		},
	}
	for _, e := range slices.Concat(got.Allowed, got.Denied, got.Required) {
		if e.Line == 0 || e.Column == 0 {
			t.Errorf("%s has no place", e.Scope)
		}
	}
	ignore := cmp.FilterPath(func(p cmp.Path) bool {
		return slices.Contains([]string{"Line", "Column", "Digest"}, strings.TrimPrefix(p.Last().String(), "."))
	}, cmp.Ignore())
	if diff := cmp.Diff(want, got, ignore); diff != "" {
		t.Error(diff)
	}
	data, err := os.ReadFile(vectors + "/ok-full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range got.Exceptions {
		if line := strings.Split(string(data), "\n")[e.Line-1]; !strings.Contains(line, "- rule: "+string(e.Rule)) {
			t.Errorf("exception is said to be on line %d: %q", e.Line, line)
		}
	}
}

func TestFold(t *testing.T) {
	dir := fstest.MapFS{
		"class/base.yaml": {Data: []byte(`version: 1
name: base
description: the base
apis: [gmail]
allow:
  - {scope: gmail.readonly, why: base}
  - {scope: gmail.send, why: base, note: low}
max_power: send
clients: [a]
refresh_token: forbidden
max_lifetime: 1h
file_mode: "0600"
severity: {scope-excess: low, scope-denied: low}
exceptions:
  - {rule: scope-excess, path: a, reason: base, owner: base, until: 2030-01-01}
`)},
		"class/mine.yml": {Data: []byte(`version: 1
extends: base.yaml
allow:
  - {scope: gmail.send, why: mine}
max_power: delete
clients: [b, a]
max_lifetime: 2h
severity: {scope-excess: high}
exceptions:
  - {rule: scope-excess, path: b, reason: mine, owner: mine, until: 2030-01-01}
`)},
	}
	p, err := policies.Decode(dir, "class/mine.yml", options())
	if err != nil {
		t.Fatal(err)
	}
	type folded struct {
		Name, Description string
		APIs              []string
		Why               []string
		Noted             bool
		MaxPower          scopes.Power
		Clients           []string
		Refresh           policies.Permission
		Lifetime          time.Duration
		Mode              uint32
		Severities        map[rules.ID]rules.Severity
		Excepted          []string
	}
	got := folded{p.Name, p.Description, p.APIs, nil, false, p.MaxPower, p.Clients, p.RefreshToken, p.MaxLifetime, p.FileMode, p.Severities, nil}
	for _, e := range p.Allowed {
		got.Why = append(got.Why, e.Why)
		got.Noted = got.Noted || e.Note != nil
	}
	for _, e := range p.Exceptions {
		got.Excepted = append(got.Excepted, e.File+":"+e.Path)
	}
	want := folded{
		Name: "mine", Why: []string{"base", "mine"}, MaxPower: scopes.Delete, Clients: []string{"b", "a"},
		Refresh: policies.Forbidden, Lifetime: 2 * time.Hour, Mode: 0o600,
		Severities: map[rules.ID]rules.Severity{rules.ScopeExcess: rules.High, rules.ScopeDenied: rules.Low},
		Excepted:   []string{"class/mine.yml:b", "class/base.yaml:a"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAllowAnyFolds(t *testing.T) {
	if p := decode(t, "version: 1\nextends: any-readonly\nallow_any: false\n"); p.AllowAny {
		t.Error("allow_any: false does not undo the base")
	}
	if p := decode(t, "version: 1\nextends: any-readonly\n"); !p.AllowAny {
		t.Error("allow_any is not inherited")
	}
}

func TestExtendsIsBounded(t *testing.T) {
	dir := fstest.MapFS{}
	for i := range 9 {
		name := string(rune('a'+i)) + ".yaml"
		dir[name] = &fstest.MapFile{Data: []byte("version: 1\nextends: " + string(rune('b'+i)) + ".yaml\n")}
	}
	dir["j.yaml"] = &fstest.MapFile{Data: []byte("version: 1\nextends: identity\n")}
	_, err := policies.Decode(dir, "a.yaml", options())
	if want := "h.yaml:2:10: extends more than 7 files one after the other"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := policies.Decode(dir, "d.yaml", options()); err != nil {
		t.Errorf("six files and a built-in one: %v", err)
	}
}

func TestDigest(t *testing.T) {
	dir := fstest.MapFS{
		"a.yaml":        {Data: []byte("version: 1\nextends: base.yaml\n")},
		"sub/a.yaml":    {Data: []byte("version: 1\nextends: base.yaml\n")},
		"base.yaml":     {Data: []byte("version: 1\nextends: identity\n")},
		"other.yaml":    {Data: []byte("version: 1\nextends: base.yaml\n# seen\n")},
		"sub/base.yaml": {Data: []byte("version: 1\nextends: gmail-send\n")},
	}
	digest := func(name string) string {
		p, err := policies.Decode(dir, name, options())
		if err != nil {
			t.Fatal(err)
		}
		return p.Digest
	}
	first := digest("a.yaml")
	if len(first) != len("sha256:")+64 || !strings.HasPrefix(first, "sha256:") {
		t.Errorf("digest %q", first)
	}
	if digest("a.yaml") != first {
		t.Error("the same files give another digest")
	}
	dir["renamed.yaml"] = dir["a.yaml"]
	if digest("renamed.yaml") != first {
		t.Error("the digest depends on the file's name")
	}
	if digest("sub/a.yaml") == first {
		t.Error("the digest does not depend on the base")
	}
	if digest("other.yaml") == first {
		t.Error("the digest does not depend on the file")
	}
}

// What no vector can be: files that are not there, not files, or too large.
func TestDecodeFiles(t *testing.T) {
	dir := fstest.MapFS{
		"folder/p.yaml":  {Data: []byte("version: 1\n")},
		"fifo.yaml":      {Mode: fs.ModeNamedPipe},
		"huge.yaml":      {Data: []byte("version: 1\n#" + strings.Repeat("x", 64<<10))},
		"many.yaml":      {Data: []byte("version: 1\nclients: [" + strings.Repeat("a,", 10_000) + "]\n")},
		"bad\nname.yaml": {Data: []byte("alow: 1\n")},
	}
	for name, want := range map[string]string{
		"none.yaml":      `none.yaml: no such file`,
		"folder":         `folder: this is a folder`,
		"fifo.yaml":      `fifo.yaml: not a regular file`,
		"huge.yaml":      `huge.yaml: the file is larger than 64 KiB`,
		"many.yaml":      `many.yaml: the file holds more than 10000 words and signs`,
		"../up.yaml":     `"../up.yaml" is no path of a policy file`,
		"bad\nname.yaml": `"bad\nname.yaml":1:1: unknown key "alow"`,
	} {
		_, err := policies.Decode(dir, name, options())
		var e *policies.Error
		if !errors.As(err, &e) || e.Error() != want {
			t.Errorf("%q: got %v, want %s", name, err, want)
		}
	}
	if _, err := policies.Builtin("gmail-readonyl", options()); err == nil || err.Error() != `no built-in policy is named "gmail-readonyl"` {
		t.Errorf("got %v", err)
	}
	if _, err := policies.BuiltinText("../go.mod"); err == nil {
		t.Error("a file that is no policy is shown as one")
	}
}

// A credential file taken for a policy is refused without repeating a secret.
func TestDecodeKeepsSecrets(t *testing.T) {
	secret := "ya29" + "." + strings.Repeat("Ab3_", 10)
	refresh := "1//0" + strings.Repeat("Ab3-", 20)
	for _, text := range []string{
		secret, secret + "\n", "- " + secret, secret + ": 1", "a: [" + secret,
		`{"token": "` + secret + `"}`, `{"refresh_token": "` + refresh + `"}`, `{"refresh_token": "` + refresh,
		"version: 1\nname: |" + secret + "\n  x\n", "version: 1\nextends: " + refresh, "version: 1\nallow: [" + secret + "]",
		"version: 1\nmax_power: " + secret, "version: 1\nclients: [\"" + secret + " x\"]", "version: 1\nseverity: {" + secret + ": x}",
		"version: 1\nfile_mode: " + secret, "version: 1\nmax_lifetime: " + secret, "version: 1\naccounts: [" + secret + "]",
		"version: 1\nallow: [{scope: " + secret + ", why: x}]", "version: 1\napis: [" + refresh + "]",
		"version: 1\nexceptions: [{until: " + secret + "}]", "version: 1\nexceptions: [{path: " + refresh + "}]",
		"\"" + secret, "'" + secret, "!" + secret + " x", "&" + secret + " x", "*" + secret, "%" + secret, "a: |" + secret,
		secret + ": 1\n" + secret + ": 2\n", "a: >" + refresh + "\n b",
	} {
		_, err := policies.Decode(fstest.MapFS{"p.yaml": {Data: []byte(text)}}, "p.yaml", options())
		var e *policies.Error
		if !errors.As(err, &e) {
			t.Errorf("%.20q: accepted", text)
			continue
		}
		for _, piece := range []string{secret[:14], refresh[:14]} {
			if strings.Contains(e.Error()+e.Hint, piece) {
				t.Errorf("%.30q: the error repeats the secret: %s (%s)", text, e, e.Hint)
			}
		}
	}
}

// The schema and the reader know the same keys, and the editor's list of
// built-in policies and powers is the program's.
func TestSchemaKnowsTheKeys(t *testing.T) {
	var s struct {
		Properties map[string]struct {
			Enum  []string
			AnyOf []struct{ Enum []string }
			Items struct{ Properties map[string]any }
		}
		Defs map[string]struct {
			Enum  []string
			Items struct{ Properties map[string]any }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(policies.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	var powers []string
	for _, p := range scopes.Powers() {
		powers = append(powers, string(p))
	}
	var severities []string
	for _, v := range rules.Severities() {
		severities = append(severities, v.String())
	}
	for _, c := range []struct {
		what      string
		got, want []string
	}{
		{"built-in policies", s.Properties["extends"].AnyOf[0].Enum, policies.Builtins()},
		{"powers", s.Properties["max_power"].Enum, powers},
		{"severities", s.Defs["severity"].Enum, severities},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
	}
	known := func(text string) []string {
		_, err := policies.Decode(fstest.MapFS{"p.yaml": {Data: []byte(text)}}, "p.yaml", options())
		var e *policies.Error
		if !errors.As(err, &e) {
			t.Fatalf("got %v", err)
		}
		keys := strings.Split(strings.TrimPrefix(e.Hint, "known are "), ", ")
		slices.Sort(keys)
		return keys
	}
	const odd = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq: 1"
	for _, c := range []struct {
		what, text string
		got        map[string]any
	}{
		{"allow", "allow: [{" + odd + "}]", s.Properties["allow"].Items.Properties},
		{"deny", "deny: [{" + odd + "}]", s.Defs["entries"].Items.Properties},
		{"exceptions", "exceptions: [{" + odd + "}]", s.Properties["exceptions"].Items.Properties},
	} {
		if diff := cmp.Diff(known(c.text), sortedKeys(c.got)); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
	}
	if diff := cmp.Diff(known(odd), sortedKeys(s.Properties)); diff != "" {
		t.Error(diff)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
