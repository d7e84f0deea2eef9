package collect

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

const (
	makes = "from googleapiclient.discovery import build\n" +
		"service = build('gmail', 'v1', credentials=Credentials.from_authorized_user_file('t', ['https://mail.google.com/']))\n"
	calls   = "from make import service\nservice.users().messages().send(userId='me', body=b)\n"
	colours = "RED = 1\n"
)

// inferred runs over files, and gives what their programs need.
func inferred(t *testing.T, files map[string]string, o NeedsOptions) (*needs.Result, []rules.Skipped) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cat, err := scopes.Load()
	if err != nil {
		t.Fatal(err)
	}
	o.Catalogue = cat
	e, err := Run(context.Background(), Sources{Paths: []string{dir}}, Options{Time: time.Unix(0, 0), History: NoHistory, Needs: &o})
	if err != nil {
		t.Fatal(err)
	}
	return e.Needs, e.Coverage.Skipped
}

func methods(r *needs.Result) string {
	var all []string
	for _, p := range r.Programs {
		for _, c := range p.Calls {
			all = append(all, c.Method+"@"+c.At.String())
		}
	}
	return strings.Join(all, " ")
}

func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What has no word of Google's is read where something else speaks to Google, and
// only what may call it or is imported.
func TestSecondLook(t *testing.T) {
	r, _ := inferred(t, map[string]string{"make.py": makes, "app.py": calls, "colours.py": colours}, NeedsOptions{Only: true})
	if r.Read != 2 {
		t.Errorf("%d sources were read, want 2", r.Read)
	}
	if got, want := methods(r), "gmail.users.messages.send@app.py:2:1"; got != want {
		t.Errorf("calls %q, want %q", got, want)
	}
	r, _ = inferred(t, map[string]string{"app.py": calls, "colours.py": colours}, NeedsOptions{Only: true})
	if r.Read != 0 || len(r.Programs) != 0 {
		t.Errorf("%d sources and %d programs where nothing speaks to Google", r.Read, len(r.Programs))
	}
}

// A notebook that is larger than what is held at once is read all the same, and
// what lies in an archive has its place there.
func TestCodeInLargeFilesAndArchives(t *testing.T) {
	picture := `{"output_type": "display_data", "data": {"image/png": "` + strings.Repeat("iVBORw0KGgo", 1<<17) + `"}}`
	notebook := `{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": [` + picture + `],
"source": ["from googleapiclient.discovery import build\n", "build('gmail', 'v1').users().labels().list(userId='me').execute()\n"]}]}`
	r, _ := inferred(t, map[string]string{"big.ipynb": notebook}, NeedsOptions{})
	if got := methods(r); !strings.HasPrefix(got, "gmail.users.labels.list@big.ipynb:2") || !strings.HasSuffix(got, "(cell 1, In [1])") {
		t.Errorf("calls of a large notebook: %q", got)
	}
	for _, only := range []bool{false, true} {
		r, _ = inferred(t, map[string]string{"work.zip": zipped(t, map[string]string{"a/make.py": makes, "a/app.py": calls})}, NeedsOptions{Only: only})
		if got, want := methods(r), "gmail.users.messages.send@work.zip!a/app.py:2:1"; got != want {
			t.Errorf("calls in an archive %q, want %q", got, want)
		} else if at := r.Programs[0].Calls[0].At; at.Origin != rules.Archive || at.Path != "work.zip" || at.Member != "a/app.py" {
			t.Errorf("the call is at %+v", at)
		}
	}
	r, _ = inferred(t, map[string]string{"lib-1.whl": zipped(t, map[string]string{"lib/make.py": makes})}, NeedsOptions{})
	if r.Dependencies != 1 || len(r.Programs) != 0 {
		t.Errorf("%d dependencies and %d programs in a library", r.Dependencies, len(r.Programs))
	}
}

// Other people's code counts only where the user wants it to.
func TestDependencies(t *testing.T) {
	files := map[string]string{"venv/lib/make.py": makes, "node_modules/x/package.json": "{}", "app.py": colours}
	r, _ := inferred(t, files, NeedsOptions{})
	if r.Dependencies != 1 || r.Read != 0 {
		t.Errorf("%d dependencies, %d read", r.Dependencies, r.Read)
	}
	if r, _ = inferred(t, files, NeedsOptions{Dependencies: true}); len(r.Programs) != 1 {
		t.Errorf("%d programs with dependencies", len(r.Programs))
	}
}

// What is past the limit is said, and weakens what is said of the rest.
func TestPastTheSecondLook(t *testing.T) {
	long := calls + strings.Repeat("# x\n", 1<<18)
	files := map[string]string{"make.py": makes + "service.users().labels().list(userId='me').execute()\n"}
	for i := range 33 {
		files[string(rune('a'+i%26))+strings.Repeat("b", i/26)+".py"] = long
	}
	r, skipped := inferred(t, files, NeedsOptions{Only: true})
	if r.Verdict() != needs.LowerBound {
		t.Errorf("verdict %s", r.Verdict())
	}
	if !slices.ContainsFunc(skipped, func(s rules.Skipped) bool { return strings.Contains(s.Reason, "more sources that may call") }) {
		t.Errorf("nothing is said of what was not read: %v", skipped)
	}
	for _, p := range r.Programs {
		for _, a := range p.Asked {
			if a.Excess || len(a.Unneeded) > 0 {
				t.Errorf("too much is said to be asked for: %+v", a)
			}
		}
	}
}
