package collect_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

// token is a credential file; its values are too short to be real.
const token = `{"token": "ya29.a0Qk7WzT", "refresh_token": "1//0hQ4nVt8sKpX2CgYIARAAGBI", "token_uri": "https://oauth2.googleapis.com/token", ` +
	`"client_id": "518274930165-story.apps.googleusercontent.com", "client_secret": "GOCSPX-kT4vQz9LmWe3", "scopes": ["https://mail.google.com/"]}`

// write makes files below a new folder, by their slash-separated names.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	top := t.TempDir()
	for name, content := range files {
		file := filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return top
}

func run(t *testing.T, s collect.Sources) audit.Evidence {
	t.Helper()
	e, err := collect.Run(context.Background(), s, collect.Options{Time: time.Unix(0, 0), Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func credentialPaths(e audit.Evidence) []string {
	var paths []string
	for _, held := range e.Credentials {
		paths = append(paths, held.Location.Path)
	}
	return paths
}

// TestOverlap names the same files in several ways: each counts once.
func TestOverlap(t *testing.T) {
	top := write(t, map[string]string{"a/token.json": token, "a/sub/token.json": token, "a/main.py": "print(1)"})
	at := func(names ...string) []string {
		for i := range names {
			names[i] = top + string(filepath.Separator) + filepath.FromSlash(names[i])
		}
		return names
	}
	want := run(t, collect.Sources{Paths: at("a")})
	if want.Coverage.Files != 3 || len(want.Credentials) != 2 {
		t.Fatalf("one folder: %d files, %d credentials", want.Coverage.Files, len(want.Credentials))
	}
	if err := os.Symlink(filepath.Join(top, "a"), filepath.Join(top, "link")); err != nil {
		t.Fatal(err)
	}
	for _, paths := range [][]string{
		at("a", "a"), at("a", "a/sub"), at("a/sub", "a"), at("a/token.json", "a"), at("a/.", "a/sub/.."), at("link", "a"), at("a", "link/sub"),
	} {
		got := run(t, collect.Sources{Paths: paths})
		if diff := cmp.Diff(want.Coverage, got.Coverage); diff != "" {
			t.Errorf("%q: coverage %s", paths, diff)
		}
		if diff := cmp.Diff(credentialPaths(want), credentialPaths(got)); diff != "" {
			t.Errorf("%q: credentials %s", paths, diff)
		}
		if len(got.Leaks) != len(want.Leaks) {
			t.Errorf("%q: %d leaks, want %d", paths, len(got.Leaks), len(want.Leaks))
		}
	}
}

// TestEqualNames reads two students' folders that hold a file of the same name:
// they stay two places, and two fingerprints.
func TestEqualNames(t *testing.T) {
	top := write(t, map[string]string{
		"kim/token.json": token, "lee/token.json": token, "lee/.git/HEAD": "", "lee/.git/objects/x": "", "lee/.git/refs/x": "",
	})
	e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{filepath.Join(top, "lee"), filepath.Join(top, "kim")}}, collect.Options{History: collect.NoHistory})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"kim/token.json", "lee/token.json"}, credentialPaths(e)); diff != "" {
		t.Error(diff)
	}
	places := map[string]bool{}
	for _, l := range e.Leaks {
		places[l.Location.Path] = true
	}
	if len(places) != 2 {
		t.Errorf("leaks are at %v, want both folders", places)
	}
	if len(e.Coverage.Skipped) != 1 || e.Coverage.Skipped[0].Path != "lee/.git" {
		t.Errorf("skipped %+v, want lee/.git", e.Coverage.Skipped)
	}
	if !strings.Contains(strings.Join(e.Notes, "\n"), "history") {
		t.Errorf("notes %q: none says that history was not read", e.Notes)
	}
}

// TestNamedCredentials names credential files inside and outside of the tree,
// with equal names, and twice: none may take another's place.
func TestNamedCredentials(t *testing.T) {
	top := write(t, map[string]string{"tree/token.json": token, "tree/other.json": token, "a/token.json": token, "b/token.json": token})
	at := func(name string) string { return filepath.Join(top, filepath.FromSlash(name)) }
	e := run(t, collect.Sources{
		Paths:       []string{at("tree")},
		Credentials: []string{at("a/token.json"), at("b/token.json"), at("tree/other.json"), at("b/../a/token.json")},
	})
	want := []string{"../a/token.json", "../b/token.json", "other.json", "token.json"}
	if diff := cmp.Diff(want, credentialPaths(e)); diff != "" {
		t.Error(diff)
	}
	for _, held := range e.Credentials {
		if held.Named != (held.Location.Path != "token.json") {
			t.Errorf("%s: named is %v", held.Location.Path, held.Named)
		}
	}
	if e.Coverage.Files != 4 {
		t.Errorf("%d files were examined, want 4", e.Coverage.Files)
	}
}

// TestExamples reads what quotes the keys of a credential and holds none: no
// credential is made of it.
func TestExamples(t *testing.T) {
	top := write(t, map[string]string{
		"guide.md": "write {\"refresh_token\": \"1//0EXAMPLE\", \"client_secret\": \"GOCSPX-EXAMPLE\"} into it\n",
		"main.py":  "creds = {'refresh_token': '1//0" + strings.Repeat("aB3xY7zQ9m", 10) + "'}\n",
	})
	if diff := cmp.Diff([]string{"main.py"}, credentialPaths(run(t, collect.Sources{Paths: []string{top}}))); diff != "" {
		t.Error(diff)
	}
}

// TestSameEvidence runs often with several workers: the evidence is the same.
func TestSameEvidence(t *testing.T) {
	files := map[string]string{}
	for i := range 60 {
		name := string(rune('a'+i%26)) + strings.Repeat("x", i/26) + "/"
		files[name+"token.json"], files[name+"copy.py"] = token, "TOKEN = "+token
	}
	top := write(t, files)
	first := run(t, collect.Sources{Paths: []string{top}})
	for range 20 {
		again := run(t, collect.Sources{Paths: []string{top}})
		if !slices.EqualFunc(first.Leaks, again.Leaks, func(a, b secrets.Leak) bool {
			return a.Fingerprint == b.Fingerprint && a.Location.Compare(b.Location) == 0 && a.Rule == b.Rule
		}) || !slices.Equal(credentialPaths(first), credentialPaths(again)) {
			t.Fatal("two runs over one tree differ")
		}
	}
}

// TestMistakes are found before anything is read.
func TestMistakes(t *testing.T) {
	top := write(t, map[string]string{"tree/main.py": "print(1)", "empty.json": ""})
	for name, s := range map[string]collect.Sources{
		"a path that is not there": {Paths: []string{filepath.Join(top, "tree"), filepath.Join(top, "nowhere")}},
		"an empty credential":      {Paths: []string{top}, Credentials: []string{filepath.Join(top, "empty.json")}},
		"a folder as credential":   {Paths: []string{top}, Credentials: []string{top}},
	} {
		if e, err := collect.Run(context.Background(), s, collect.Options{}); err == nil || e.Coverage.Files > 0 {
			t.Errorf("%s: error %v, %d files", name, err, e.Coverage.Files)
		}
	}
	_, err := collect.Run(context.Background(), collect.Sources{Paths: []string{top}, Credentials: []string{filepath.Join(top, "empty.json")}}, collect.Options{})
	if !strings.Contains(err.Error(), "empty.json") {
		t.Errorf("%v: does not say which file", err)
	}
}

// What is packed is looked into, and said to lie in its member.
func TestSecretsInArchives(t *testing.T) {
	dir := t.TempDir()
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	member, err := w.Create("app/settings.py")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(member, "KEY = 1\nTOKEN = %q\n", "ya29"+"."+strings.Repeat("aB3x-9_Qz", 12))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "hand-in.zip"), packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{dir}}, collect.Options{})
	if err != nil || len(e.Leaks) != 1 {
		t.Fatalf("%d leaks, %v", len(e.Leaks), err)
	}
	at := e.Leaks[0].Location
	if at.Origin != rules.Archive || at.Path != "hand-in.zip" || at.Member != "app/settings.py" || at.Line != 2 {
		t.Errorf("found at %+v", at)
	}

	// One that is damaged is not clean.
	if err := os.WriteFile(filepath.Join(dir, "hand-in.zip"), packed.Bytes()[:packed.Len()-30], 0o600); err != nil {
		t.Fatal(err)
	}
	if e, err = collect.Run(t.Context(), collect.Sources{Paths: []string{dir}}, collect.Options{}); err != nil || !e.Coverage.Failed() {
		t.Errorf("a damaged archive passes for examined: %+v, %v", e.Coverage, err)
	}
}

// What is encoded or in pieces is found as the whole that it is, once.
func TestSecretsInPieces(t *testing.T) {
	whole := "ya29" + "." + strings.Repeat("aB3x-9_Qz", 12)
	secret := "GOCSPX" + "-" + "kT4vQz9LmWe3Rb7NcYp2HdXs5Jf8"
	for name, tt := range map[string]struct {
		text   string
		masked string
		rule   rules.ID
	}{
		"one piece":  {fmt.Sprintf("t = %q\n", whole), "ya29.…(113)", rules.GoogleAccessToken},
		"two pieces": {fmt.Sprintf("t = %q +\n  %q\n", whole[:60], whole[60:]), "ya29.…(113)", rules.GoogleAccessToken},
		"base64":     {"data:\n  client_secret: " + base64.StdEncoding.EncodeToString([]byte(secret)) + "\n", "GOCSPX-…(35)", rules.GoogleClientSecret},
		"unicode":    {`t = "ya29\u002e` + whole[5:] + "\"\n", "ya29.…(113)", rules.GoogleAccessToken},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "app.js"), []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{dir}}, collect.Options{})
		if err != nil || len(e.Leaks) != 1 || e.Leaks[0].Rule != tt.rule || !strings.HasPrefix(e.Leaks[0].Masked, tt.masked) {
			t.Errorf("%s: %+v, %v", name, e.Leaks, err)
		}
	}
}

// What is too large to be held is searched from end to end: text, one line,
// UTF-16, notebooks cell by cell; and credentials are read where they may be.
func TestLargeFiles(t *testing.T) {
	secret := "ya29" + "." + strings.Repeat("aB3x-9_Qz", 12)
	line := "2026-01-01T00:00:00Z info worker finished job in time\n"
	log := strings.Repeat(line, 3<<20/len(line))
	wide := []byte("\xFF\xFE")
	for _, b := range []byte(log + "token = " + secret + "\n") {
		wide = append(wide, b, 0)
	}
	files := map[string]string{
		"app.log":     log + "token = " + secret + "\n",
		"app.min.js":  strings.ReplaceAll(log, "\n", ";") + "token='" + secret + "';",
		"export.txt":  string(wide),
		"train.ipynb": `{"cells": [{"cell_type": "code", "source": [], "outputs": [{"text": ` + fmt.Sprintf("%q", log) + `}]}, {"cell_type": "code", "execution_count": 7, "source": "t = '` + secret + `'"}]}`,
		"state.db":    "SQLite format 3\x00" + strings.Repeat("\x00\x01page", 1<<19) + "\x00" + secret,
		"dump.txt":    log + token + "\n",
	}
	want := map[string]string{
		"app.log":     fmt.Sprintf("app.log:%d:9", strings.Count(log, "\n")+1),
		"app.min.js":  fmt.Sprintf("app.min.js:1:%d", len(log)+8),
		"export.txt":  fmt.Sprintf("export.txt:%d:9", strings.Count(log, "\n")+1),
		"train.ipynb": "(cell 2, In [7])",
	}
	e := run(t, collect.Sources{Paths: []string{write(t, files)}})
	met := map[string]bool{}
	for _, l := range e.Leaks {
		met[l.Location.Path] = true
		if place := want[l.Location.Path]; !strings.HasSuffix(l.Location.String(), place) {
			t.Errorf("found at %s, want %s", l.Location, place)
		}
	}
	for name := range files {
		if !met[name] {
			t.Errorf("%s: nothing found", name)
		}
	}
	if got := credentialPaths(e); !slices.Contains(got, "dump.txt") {
		t.Errorf("credentials in %q", got)
	}
	if e.Coverage.Failed() || len(e.Coverage.Skipped) > 0 {
		t.Errorf("skipped %+v", e.Coverage.Skipped)
	}
}

// What comes on standard input is searched like a file, credentials included.
func TestStandardInput(t *testing.T) {
	for name, tt := range map[string]struct {
		in    string
		files int
		leaks bool
	}{
		"a credential": {token, 1, true},
		"nothing":      {"", 0, false},
		"text":         {"print(1)\n", 1, false},
	} {
		e := run(t, collect.Sources{Stdin: iotest.OneByteReader(strings.NewReader(tt.in))})
		if e.Coverage.Files != tt.files || e.Coverage.Bytes != int64(len(tt.in)) || (len(e.Leaks) > 0) != tt.leaks || e.TreeExamined {
			t.Errorf("%s: %+v, %d leaks", name, e.Coverage, len(e.Leaks))
		}
		for _, l := range e.Leaks {
			if l.Location.Origin != rules.Stdin || l.Location.Path != "-" {
				t.Errorf("%s: found at %+v", name, l.Location)
			}
		}
		if tt.leaks && !slices.Equal(credentialPaths(e), []string{"-"}) {
			t.Errorf("%s: credentials in %q", name, credentialPaths(e))
		}
	}
	e := run(t, collect.Sources{Stdin: io.MultiReader(strings.NewReader(token), iotest.ErrReader(&fs.PathError{Op: "read", Path: "/dev/stdin", Err: io.ErrClosedPipe}))})
	if len(e.Leaks) == 0 || len(e.Coverage.Skipped) != 1 || e.Coverage.Skipped[0] != (rules.Skipped{Path: "-", Reason: io.ErrClosedPipe.Error(), Kind: rules.ByFailure}) {
		t.Errorf("broken off: %d leaks, %+v", len(e.Leaks), e.Coverage.Skipped)
	}
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	defer out.Close()
	time.AfterFunc(0, cancel)
	if _, err := collect.Run(ctx, collect.Sources{Stdin: in}, collect.Options{}); err != context.Canceled {
		t.Errorf("interrupted: %v", err)
	}
}

// More leaks than one run keeps are counted, and make the report incomplete; the
// same ones are kept every time.
func TestTooManyLeaks(t *testing.T) {
	files := map[string]string{}
	for i := range 40 {
		files[fmt.Sprintf("%02d.py", i)] = fmt.Sprintf("a = 'GOCSPX%s'\nb = 'GOCSPX%s'\n", fmt.Sprintf("-kT4vQz9LmWe3Rb7NcYp2HdXs5J%02d", i), fmt.Sprintf("-Wm3Rb7NcYp2HdXs5JkT4vQz9Le%02d", i))
	}
	top := write(t, files)
	all := run(t, collect.Sources{Paths: []string{top}})
	for range 5 {
		e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{top}}, collect.Options{Workers: 4, Leaks: 7})
		if err != nil {
			t.Fatal(err)
		}
		want := rules.Skipped{Reason: fmt.Sprintf("%d more places that look like secrets: past the limit for one run", len(all.Leaks)-7), Kind: rules.ByFailure}
		if len(all.Leaks) != 80 || len(e.Leaks) != 7 || !slices.Contains(e.Coverage.Skipped, want) {
			t.Fatalf("%d of %d leaks, %+v", len(e.Leaks), len(all.Leaks), e.Coverage.Skipped)
		}
		for i, l := range e.Leaks {
			if l.Fingerprint != all.Leaks[i].Fingerprint {
				t.Errorf("leak %d is at %s, want %s", i, l.Location, all.Leaks[i].Location)
			}
		}
	}
}
