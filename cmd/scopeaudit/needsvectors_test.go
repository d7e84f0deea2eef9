package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
	"scopeaudit/testdata/bench/needs/labels"
)

// knownMisses lists what the inference is known to get wrong: "NAME: difference"
// lines, below a line for each cause that begins with "# ".
const knownMisses = "../../testdata/vectors/needs/misses.txt"

// TestNeedsVectors holds the inference to labels that were written without it.
// What it is known to miss is listed with the cause; a difference that is not
// listed fails, and so does one that is listed and no longer there: the list
// may only shrink.
func TestNeedsVectors(t *testing.T) {
	c, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	x := needs.NewIndex(c)
	files, err := filepath.Glob("../../testdata/vectors/needs/*.txtar")
	if err != nil || len(files) < 150 {
		t.Fatalf("%d vectors: %v", len(files), err)
	}
	listed := readMisses(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			score, err := labels.CompareVector(x, archive)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range score.Differences {
				if !slices.Contains(listed[name], d) {
					t.Error(d)
				}
			}
			for _, d := range listed[name] {
				if !slices.Contains(score.Differences, d) {
					t.Errorf("no longer missed, so take it off the list of known misses: %s", d)
				}
			}
		})
		delete(listed, name)
	}
	for name := range listed {
		t.Errorf("the list of known misses names %s, which is no vector", name)
	}
}

// readMisses reads the list by the names of vectors; each line has a cause.
func readMisses(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(knownMisses)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string][]string{}
	cause := false
	for i, line := range strings.Split(string(text), "\n") {
		name, difference, found := strings.Cut(line, ": ")
		switch {
		case line == "":
			cause = false
		case strings.HasPrefix(line, "# "):
			cause = true
		case !found || !cause:
			t.Errorf("%s:%d: a difference below a cause is wanted", filepath.Base(knownMisses), i+1)
		default:
			listed[name] = append(listed[name], difference)
		}
	}
	return listed
}

// TestNeedsLabelsCanFail gives a vector with headers that are wrong in every way:
// each must be told.
func TestNeedsLabelsCanFail(t *testing.T) {
	c, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	const program = `-- a.py --
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build

SCOPES = ["https://www.googleapis.com/auth/gmail.modify"]
g = build("gmail", "v1", credentials=Credentials.from_authorized_user_file("t.json", SCOPES))
g.users().messages().get(userId="me", id="1").execute()
`
	for _, test := range []struct {
		about, headers string
		want           []string
	}{
		{"right", `expect: requested gmail.modify a.py:4
expect: call gmail.users.messages.get a.py:6
expect: verdict exact
expect: least gmail.readonly
expect: over gmail.modify
`, nil},
		{"wrong", `expect: requested gmail.send a.py:4 when
expect: call gmail.users.messages.list a.py:6
expect: call gmail.users.messages.get a.py:5 commented
expect: unresolved a.py:6
expect: verdict lower_bound
expect: least gmail.modify
expect: missing gmail.users.messages.get
`, []string{
			"call gmail.users.messages.list a.py:6: missed",
			"call gmail.users.messages.get a.py:5: not told as commented",
			"call gmail.users.messages.get a.py:6: not there",
			"requested gmail.send a.py:4: missed",
			"requested gmail.modify a.py:4: not there",
			"verdict: exact, not lower_bound",
			"over-privileged: a false accusation",
			"least: gmail.readonly, not [[gmail.modify]]",
			`missing: [], not ["gmail.users.messages.get"]`,
			"unresolved a.py:6: not told",
		}},
	} {
		score, err := labels.CompareVector(needs.NewIndex(c), txtar.Parse([]byte(test.headers+program)))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(score.Differences, test.want) {
			t.Errorf("%s: got\n%s", test.about, strings.Join(score.Differences, "\n"))
		}
	}
	for _, headers := range []string{"", "expect: nothing\n", "expect: call x\n", "expect: call x a.py:b\n", "hello\n"} {
		if _, err := labels.CompareVector(needs.NewIndex(c), txtar.Parse([]byte(headers+program))); err == nil {
			t.Errorf("%q: no error", headers)
		}
	}
}

// TestNeedsLabelsAreKnown holds labels to the catalogue, and the real programs to
// what makes them a fair sample: a name that Google does not know would be
// counted as missed for ever.
func TestNeedsLabelsAreKnown(t *testing.T) {
	c, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	check := func(t *testing.T, name string, p labels.Program) {
		for _, l := range slices.Concat(p.Requested, p.MayRequest) {
			if s, known := c.Normalise(l.Name); l.Name != "*" && (!known || s.Short() != l.Name) {
				t.Errorf("%s: no scope is called %s", name, l.Name)
			}
		}
		for _, l := range slices.Concat(p.Calls, p.MayCall) {
			// Services outside discovery: mail, and what is built into Apps Script.
			service, _, _ := strings.Cut(l.Name, ".")
			if strings.HasSuffix(service, "App") || service == "Session" || slices.Contains([]string{"*", "imap", "smtp", "pop"}, l.Name) {
				continue
			}
			if _, known := c.Method(l.Name); !known {
				t.Errorf("%s: no method is called %s", name, l.Name)
			}
		}
	}
	files, err := filepath.Glob("../../testdata/vectors/needs/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		programs, err := labels.Parse(string(archive.Comment))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range programs {
			check(t, filepath.Base(file), p)
		}
	}
	real, err := labels.ReadReal("../../testdata/bench/needs/programs.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	names, held, count := map[string]bool{}, 0, map[string]int{}
	for _, p := range real {
		check(t, p.Name, p.Program)
		if names[p.Name] {
			t.Errorf("two programs are called %s", p.Name)
		}
		names[p.Name] = true
		count[p.Language]++
		count[p.Source.Kind]++
		if p.Held {
			held++
		}
	}
	if len(real) < 40 || 2*held < len(real)-1 {
		t.Errorf("%d programs, %d of them held back", len(real), held)
	}
	for what, least := range map[string]int{"python": 10, "notebook": 5, "go": 5, "js": 5, "ts": 3, "java": 3, "kotlin": 1, "gas": 3, "debian": 2, "gomod": 1} {
		if count[what] < least {
			t.Errorf("%d of %s", count[what], what)
		}
	}
}
