package audit_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"os"

	"scopeaudit/audit"
)

// fixes narrows what sources ask for, under a policy that allows it.
func fixes(t *testing.T, sources, now map[string]string) []audit.Fix {
	t.Helper()
	r := audit.Check(audit.Evidence{Needs: inferred(t, sources)}, policy(t, anyPolicy), catalogue(t))
	return audit.NewFixes(r, catalogue(t), func(path string) ([]byte, error) {
		text, found := now[path]
		if !found {
			return nil, errors.New("not there")
		}
		return []byte(text), nil
	})
}

const client = "from googleapiclient.discovery import build\nbuild('gmail', 'v1', credentials=Credentials.from_authorized_user_file('t', SCOPES)).users().messages().list(userId='me', q='x').execute()\n"

func TestFix(t *testing.T) {
	const full, drive, read = "https://mail.google.com/", "https://www.googleapis.com/auth/drive", "https://www.googleapis.com/auth/gmail.readonly"
	for _, c := range []struct{ name, before, after, why string }{
		{"one", "SCOPES = ['" + full + "']\n", "SCOPES = ['" + read + "']\n", ""},
		{"windows", "SCOPES = ['" + full + "']\r\n", "SCOPES = ['" + read + "']\r\n", ""},
		{"text before", "é = 'ä'; SCOPES = [\"" + full + "\"]\n", "é = 'ä'; SCOPES = [\"" + read + "\"]\n", ""},
		{"first of two", "SCOPES = ['" + drive + "', '" + read + "']\n", "SCOPES = ['" + read + "']\n", ""},
		{"last of two", "SCOPES = ['" + read + "' , '" + drive + "']\n", "SCOPES = ['" + read + "' ]\n", ""},
		{"last with a comma", "SCOPES = ['" + read + "', '" + drive + "',]\n", "SCOPES = ['" + read + "',]\n", ""},
		{"both", "SCOPES = ['" + drive + "', '" + full + "']\n", "SCOPES = ['" + read + "']\n", ""},
		{"a line of its own", "SCOPES = [\n    '" + read + "',\n    '" + drive + "'  # files\n]\n", "SCOPES = [\n    '" + read + "',\n]\n", ""},
		{"joined", "SCOPES = '" + read + " " + drive + "'\n", "SCOPES = '" + read + "'\n", ""},
		{"computed", "SCOPES = ['https://mail.' + 'google.com/']\n", "", "is not a literal"},
		{"several", "if mode == 'full':\n    SCOPES = ['" + full + "']\nelse:\n    SCOPES = ['" + drive + "']\n",
			"if mode == 'full':\n    SCOPES = ['" + read + "']\nelse:\n    SCOPES = ['" + drive + "']\n", "where not (mode == 'full'), no scope would be left of what is asked for at a.py:4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sources := map[string]string{"a.py": c.before + client}
			got := fixes(t, sources, sources)
			if len(got) != 1 {
				t.Fatalf("%d fixes", len(got))
			}
			if why := strings.Join(got[0].Why, "\n"); !strings.Contains(why, c.why) || c.why == "" && why != "" {
				t.Errorf("why not: %q, want %q", why, c.why)
			}
			if c.after == "" {
				if got[0].Files != nil {
					t.Errorf("it is narrowed:\n%s", got[0].Files[0].Diff())
				}
				return
			}
			if string(got[0].Files[0].New) != c.after+client {
				t.Fatalf("%s\nwant\n%s", got[0].Files[0].New, c.after+client)
			}
			applies(t, got[0].Files[0])
			// What was narrowed is narrow.
			after := map[string]string{"a.py": c.after + client}
			for _, again := range fixes(t, after, after) {
				if again.Files != nil || c.why == "" {
					t.Errorf("it is narrowed again: %+v", again)
				}
			}
		})
	}
}

// applies holds a diff to what git makes of it.
func applies(t *testing.T, f audit.FixedFile) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("needs git (Debian: git)")
	}
	dir := t.TempDir()
	if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, f.Path)), 0o755), os.WriteFile(filepath.Join(dir, f.Path), f.Old, 0o644)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(git, "apply", "-p1", "-")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(f.Diff())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git does not take it: %v\n%s\n%s", err, out, f.Diff())
	}
	if got, err := os.ReadFile(filepath.Join(dir, f.Path)); err != nil || string(got) != string(f.New) {
		t.Errorf("git makes %q of it, %v; want %q", got, err, f.New)
	}
}

// Changes far from each other are hunks of their own.
func TestFixHunks(t *testing.T) {
	filler := strings.Repeat("pass\n", 20)
	text := "A = 'https://mail.google.com/'\n" + filler + "SCOPES = [\n    A,\n    'https://www.googleapis.com/auth/drive',\n]\n" + filler + client
	sources := map[string]string{"a.py": text}
	got := fixes(t, sources, sources)
	if len(got) != 1 || got[0].Why != nil {
		t.Fatalf("%+v", got)
	}
	if n := strings.Count(got[0].Files[0].Diff(), "\n@@ "); n != 2 {
		t.Errorf("%d hunks:\n%s", n, got[0].Files[0].Diff())
	}
	applies(t, got[0].Files[0])
	last := map[string]string{"a.py": strings.TrimSuffix(client, "\n") + "\nSCOPES = ['https://mail.google.com/']"}
	for _, f := range fixes(t, last, last) {
		for _, file := range f.Files {
			applies(t, file)
		}
	}
}

// A file that is not what was examined is left as it is.
func TestFixChangedFile(t *testing.T) {
	was := map[string]string{"a.py": "SCOPES = ['https://mail.google.com/']\n" + client}
	for _, now := range []string{"", "\nSCOPES = ['https://mail.google.com/']\n", "SCOPES = ['https://mail.google.com']\n"} {
		got := fixes(t, was, map[string]string{"a.py": now})
		if len(got) != 1 || !strings.Contains(got[0].Why[0], "changed since it was read") || got[0].Files != nil {
			t.Errorf("%q: %+v", now, got)
		}
	}
	if got := fixes(t, was, nil); got[0].Why[0] != "not there" {
		t.Errorf("a file that is gone: %+v", got)
	}
}
