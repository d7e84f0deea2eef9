package audit_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

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

// told is what is left as it is, a line for each.
func told(left []audit.Left) string {
	var lines []string
	for _, l := range left {
		lines = append(lines, l.String())
	}
	return strings.Join(lines, "\n")
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
			"if mode == 'full':\n    SCOPES = ['" + read + "']\nelse:\n    SCOPES = ['" + drive + "']\n", "where not (mode == 'full'): no scope would be left of what is asked for at a.py:4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sources := map[string]string{"a.py": c.before + client}
			got := fixes(t, sources, sources)
			if len(got) != 1 {
				t.Fatalf("%d fixes", len(got))
			}
			if why := told(got[0].Left); !strings.Contains(why, c.why) || c.why == "" && why != "" {
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

// appliers are the programs that must take a diff.
var appliers = [][]string{{"git", "apply", "-p1", "-"}, {"patch", "-p1", "--force", "--fuzz=0"}}

// applies holds a diff to what others make of it.
func applies(t *testing.T, f audit.FixedFile) {
	t.Helper()
	for _, command := range appliers {
		path, err := exec.LookPath(command[0])
		if err != nil {
			t.Skipf("needs %s (Debian: %[1]s)", command[0])
		}
		name := filepath.Join(t.TempDir(), filepath.FromSlash(f.Path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, f.Old, 0o644)); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(path, command[1:]...)
		cmd.Dir, cmd.Stdin = strings.TrimSuffix(name, filepath.FromSlash(f.Path)), strings.NewReader(f.Diff())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s does not take it: %v\n%s\n%s", command[0], err, out, f.Diff())
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != string(f.New) {
			t.Errorf("%s makes %q of it, %v; want %q", command[0], got, err, f.New)
		}
	}
}

// Whatever a file is called and however its lines end, the diff fits it, and all
// else stays byte for byte.
func TestFixBytes(t *testing.T) {
	const before = "SCOPES = [\n\t'https://mail.google.com/',\n\t'https://www.googleapis.com/auth/drive',  # é\n]\n"
	const after = "SCOPES = [\n\t'https://www.googleapis.com/auth/gmail.readonly',\n]\n"
	windows := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	for _, c := range []struct{ about, path, before, after string }{
		{"tabs", "a.py", before + client, after + client},
		{"lines of Windows", "a.py", windows(before + client), windows(after + client)},
		{"a mark before the text", "a.py", "\xEF\xBB\xBF" + before + client, "\xEF\xBB\xBF" + after + client},
		{"a mark, and a change on the first line", "a.py", "\xEF\xBB\xBFSCOPES = ['https://mail.google.com/']\n" + client, "\xEF\xBB\xBFSCOPES = ['https://www.googleapis.com/auth/gmail.readonly']\n" + client},
		{"no end of the last line", "a.py", client + strings.TrimSuffix(before, "\n"), client + strings.TrimSuffix(after, "\n")},
		{"a change on the last line", "a.py", client + "SCOPES = ['https://mail.google.com/']", client + "SCOPES = ['https://www.googleapis.com/auth/gmail.readonly']"},
		{"form feeds and other ends of lines", "a.py", "\f\n# a\vb\u2028c\r\n" + before + client, "\f\n# a\vb\u2028c\r\n" + after + client},
		{"a folder", "src/mail/a.py", before + client, after + client},
		{"a space", "my mail.py", before + client, after + client},
		{"quotes", `a"b\c.py`, before + client, after + client},
		{"other letters", "mäil—日.py", before + client, after + client},
		{"a tab", "a\tb.py", before + client, after + client},
	} {
		t.Run(c.about, func(t *testing.T) {
			sources := map[string]string{c.path: c.before}
			got := fixes(t, sources, sources)
			if len(got) != 1 || len(got[0].Files) != 1 || string(got[0].Files[0].New) != c.after {
				t.Fatalf("%q, want %q", got, c.after)
			}
			applies(t, got[0].Files[0])
		})
	}
	for _, text := range []string{"# caf\xe9\n" + before + client, "# \xff\xfe\n" + before + client} {
		sources := map[string]string{"a.py": text}
		if got := fixes(t, sources, sources); len(got) != 1 || got[0].Files != nil || !strings.Contains(told(got[0].Left), "a.py is not in UTF-8") {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// A diff is what it is about, whatever two texts are.
func TestDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom([]string{"a\n", "b\n", "c\r\n", "\n", "-d\n", "+e\n"}), 0, 30)
		end := rapid.SampledFrom([]string{"", "f"})
		f := audit.FixedFile{Path: "f", Old: []byte(strings.Join(lines.Draw(t, "old"), "") + end.Draw(t, "end")), New: []byte(strings.Join(lines.Draw(t, "new"), "") + end.Draw(t, "end"))}
		if got := patched(t, string(f.Old), f.Diff()); got != string(f.New) {
			t.Fatalf("%q becomes %q, want %q, by\n%s", f.Old, got, f.New, f.Diff())
		}
	})
}

// patched is a text with the hunks of a diff applied, each where its head says.
func patched(t *rapid.T, old, diff string) string {
	lines := slices.Collect(strings.Lines(old))
	var out []string
	at := 0
	for _, hunk := range strings.Split(diff, "\n@@ -")[1:] {
		var from, gone, to, come int
		head, body, _ := strings.Cut(hunk, "\n")
		if _, err := fmt.Sscanf(head, "%d,%d +%d,%d @@", &from, &gone, &to, &come); err != nil {
			t.Fatalf("%q: %v", head, err)
		}
		if gone > 0 {
			from--
		}
		if come > 0 {
			to--
		}
		out = append(out, lines[at:from]...)
		at = from
		if len(out) != to {
			t.Fatalf("a hunk begins at line %d of the new text and says %d", len(out), to)
		}
		body = strings.ReplaceAll(strings.TrimSuffix(body, "\n")+"\n", "\n\\ No newline at end of file\n", "\x00")
		for line := range strings.SplitSeq(strings.ReplaceAll(body, "\x00", "\x00\n"), "\n") {
			if line == "" {
				continue
			}
			text := strings.TrimSuffix(line[1:]+"\n", "\x00\n")
			if line[0] != '+' {
				if at >= len(lines) || lines[at] != text {
					t.Fatalf("line %d is not %q", at, text)
				}
				at++
				gone--
			}
			if line[0] != '-' {
				out = append(out, text)
				come--
			}
		}
		if gone != 0 || come != 0 {
			t.Fatalf("a hunk is not as long as it says:\n%s", hunk)
		}
	}
	return strings.Join(append(out, lines[at:]...), "")
}

// Changes far from each other are hunks of their own.
func TestFixHunks(t *testing.T) {
	filler := strings.Repeat("pass\n", 20)
	text := "A = 'https://mail.google.com/'\n" + filler + "SCOPES = [\n    A,\n    'https://www.googleapis.com/auth/drive',\n]\n" + filler + client
	sources := map[string]string{"a.py": text}
	got := fixes(t, sources, sources)
	if len(got) != 1 || got[0].Left != nil {
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
		if len(got) != 1 || !strings.Contains(told(got[0].Left), "changed since it was read") || got[0].Files != nil {
			t.Errorf("%q: %+v", now, got)
		}
	}
	if got := fixes(t, was, nil); told(got[0].Left) != "not there" {
		t.Errorf("a file that is gone: %+v", got)
	}
}
