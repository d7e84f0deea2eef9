package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"scopeaudit/tokeninfo/fakegoogle"
)

func TestParsePointed(t *testing.T) {
	for text, want := range map[string]pointed{
		"0123456789abcdef":       {fingerprint: "0123456789abcdef"},
		"main.py:12":             {path: "main.py", line: 12},
		"src/main.py:12:7":       {path: "src/main.py", line: 12, column: 7},
		`C:\homework\main.py:12`: {path: `C:\homework\main.py`, line: 12},
		"HEAD~3:token.json":      {revision: "HEAD~3", path: "token.json"},
		"0123abc:a/b.json":       {revision: "0123abc", path: "a/b.json"},
	} {
		if got, err := parsePointed(text); err != nil || got != want {
			t.Errorf("parsePointed(%q) = %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "main.py", "main.py:", ":12", ":token.json", "0123", `C:\main.py`} {
		if got, err := parsePointed(text); err == nil {
			t.Errorf("parsePointed(%q) = %+v", text, got)
		}
	}
}

// git runs git in the stage's folder.
func (s *stage) git(args ...string) string {
	s.t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		s.t.Skip("needs git (Debian: git)")
	}
	cmd := exec.Command("git", args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@example.com",
		"GIT_AUTHOR_DATE=2026-03-01T12:00:00Z", "GIT_COMMITTER_DATE=2026-03-01T12:00:00Z")
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// fingerprint is that of the first finding of a rule, by a scan of the folder.
func (s *stage) fingerprint(rule string) string {
	s.t.Helper()
	_, stdout, stderr := s.run(context.Background(), strings.NewReader(""), "scan", "--format", "json", s.dir)
	var report struct {
		Findings []struct{ Rule, Fingerprint string }
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		s.t.Fatalf("%v\n%s", err, stderr)
	}
	for _, f := range report.Findings {
		if f.Rule == rule {
			return f.Fingerprint
		}
	}
	s.t.Fatalf("no finding of %s", rule)
	return ""
}

// leaky is a repository whose token.json was committed and deleted, beside a
// source file with the tokens of another account.
func leaky(t *testing.T) *stage {
	s := newStage(t)
	s.git("init", "-q", "-b", "main")
	s.write("homework/token.json", s.token("student@example.com"))
	s.git("add", ".")
	s.git("commit", "-q", "-m", "it works")
	s.git("rm", "-q", "homework/token.json")
	s.token("other@example.com")
	access, refresh, secret := s.secrets[3], s.secrets[4], s.secrets[5]
	s.write("homework/main.py", "import os\nACCESS = '"+access+"'\nREFRESH = '"+refresh+"'\nboth = ['"+access+"', '"+refresh+"']\n")
	s.write("homework/client.json", `{"installed": {"client_id": "`+storyClient+`", "client_secret": "`+secret+`", "redirect_uris": ["http://localhost"]}}`)
	s.git("add", ".")
	s.git("commit", "-q", "-m", "gone")
	return s
}

// revocations counts the requests to revoke.
func (s *stage) revocations() int {
	n := 0
	for _, r := range s.fake.Requests() {
		if r.Path == fakegoogle.RevokePath {
			n++
		}
	}
	return n
}

func TestRevokeLeak(t *testing.T) {
	for name, tt := range map[string]struct {
		what func(*stage) string
		want string // on standard output
	}{
		"commit:path":    {func(*stage) string { return "HEAD~1:homework/token.json" }, "granted https://mail.google.com/"},
		"path:line":      {func(*stage) string { return "homework/main.py:3" }, "main.py:3: a credential written into text, 1//…("},
		"path:line:col":  {func(s *stage) string { return "homework/main.py:4:10" }, "an access token"},
		"client beside":  {func(s *stage) string { return filepath.Join(s.dir, "homework", "main.py") + ":3" }, "client   " + storyClient},
		"fingerprint":    {func(s *stage) string { return s.fingerprint("google-refresh-token") }, "a refresh token"},
		"its beginning":  {func(s *stage) string { return s.fingerprint("google-refresh-token")[:10] }, "a refresh token"},
		"of a composite": {func(s *stage) string { return s.fingerprint("google-full-credential") }, "client   " + storyClient},
		"access token":   {func(s *stage) string { return s.fingerprint("google-access-token") }, "an access token"},
	} {
		t.Run(name, func(t *testing.T) {
			s := leaky(t)
			what := tt.what(s)
			for _, answer := range []string{"n\n", "", "y\n"} {
				before := len(s.fake.Requests())
				code, stdout, stderr := s.run(context.Background(), strings.NewReader(answer), "revoke", "--leak", what, s.dir)
				if !strings.Contains(stderr, "Send it to Google, to be looked up and revoked? [y/N]") || !strings.Contains(stdout, "whole grant") {
					t.Errorf("it did not ask: %s%s", stdout, stderr)
				}
				if answer != "y\n" {
					if code != int(exitUnfinished) || len(s.fake.Requests()) != before {
						t.Errorf("answer %q: exit status %d, %d requests", answer, code, len(s.fake.Requests())-before)
					}
					continue
				}
				if code != int(exitClean) || s.revocations() == 0 || !strings.Contains(stdout, "✓ dead since") || !strings.Contains(stdout, tt.want) {
					t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
				}
			}
		})
	}
}

// goProject is a repository with the files that Go programs keep: the token in one,
// without its client, and the client beside it. Both were committed and deleted,
// and are there again.
func goProject(t *testing.T) *stage {
	s := newStage(t)
	s.git("init", "-q", "-b", "main")
	var held map[string]any
	if err := json.Unmarshal([]byte(s.token("student@example.com")), &held); err != nil {
		t.Fatal(err)
	}
	s.write("app/token.json", fmt.Sprintf(`{"access_token": %q, "token_type": "Bearer", "refresh_token": %q, "expiry": "2099-01-01T00:00:00Z"}`, held["token"], held["refresh_token"]))
	s.write("app/credentials.json", fmt.Sprintf(`{"installed": {"client_id": %q, "client_secret": %q, "redirect_uris": ["http://localhost"]}}`, held["client_id"], held["client_secret"]))
	s.write("app/inner/main.go", "package main\n")
	s.git("add", ".")
	s.git("commit", "-q", "-m", "it works")
	s.git("rm", "-q", "app/token.json", "app/credentials.json")
	s.git("commit", "-q", "-m", "gone?")
	s.git("checkout", "-q", "HEAD~1", "--", "app")
	return s
}

// However the token is named, the client is that of the file beside it, and what
// stands for the credential is the refresh token.
func TestRevokeLeakJoinsClient(t *testing.T) {
	s := goProject(t)
	inner := filepath.Join(s.dir, "app", "inner")
	for _, args := range [][]string{
		{"HEAD~1:app/token.json", s.dir},
		{"HEAD~1:./app/token.json", inner},
		{"app/token.json:1", inner},
		{filepath.Join(s.dir, "app", "token.json") + ":1"},
		{s.fingerprint("google-refresh-token"), s.dir},
		{s.fingerprint("google-access-token"), s.dir},
		{s.fingerprint("google-full-credential"), inner},
	} {
		code, stdout, stderr := s.run(context.Background(), strings.NewReader("n\n"), append([]string{"revoke", "--leak"}, args...)...)
		mask := "1//…("
		if args[0] == s.fingerprint("google-access-token") {
			mask = "ya29.…("
		}
		if code != int(exitUnfinished) || !strings.Contains(stdout, "client   "+storyClient) || !strings.Contains(stdout, "a token file of Go's oauth2 package, "+mask) {
			t.Errorf("%q: exit status %d\n%s%s", args, code, stdout, stderr)
		}
	}
	if n := len(s.fake.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
}

// A token in an archive is named as reports write its place, and so is one that
// the history in an archive holds; each is one credential.
func TestRevokeLeakInArchive(t *testing.T) {
	s := newStage(t)
	s.git("init", "-q", "-b", "main")
	s.write("homework/token.json", s.token("deleted@example.com"))
	s.git("add", ".")
	s.git("commit", "-q", "-m", "it works")
	s.git("rm", "-q", "homework/token.json")
	s.write("new/token.json", s.token("student@example.com"))
	folder := t.TempDir()
	file := filepath.Join(folder, "kim.zip")
	zipFolder(t, file, s.dir)
	s.dir = folder
	for _, args := range [][]string{{file + "!new/token.json:1"}, {"kim.zip!new/token.json:1", folder}, {s.fingerprint("google-refresh-token"), folder}} {
		code, stdout, stderr := s.run(context.Background(), strings.NewReader("n\n"), append([]string{"revoke", "--leak"}, args...)...)
		if code != int(exitUnfinished) || !strings.Contains(stdout, "kim.zip!new/token.json:1: a token file of google-auth for Python, 1//…(") ||
			!strings.Contains(stdout, "claims   https://mail.google.com/") {
			t.Errorf("%q: exit status %d\n%s%s", args, code, stdout, stderr)
		}
	}
	code, stdout, stderr := s.run(context.Background(), strings.NewReader(yes(9)), "sos", folder)
	if code != int(exitClean) || strings.Count(stdout, "✓ dead since") != 2 || !strings.Contains(stdout, "kim.zip!homework/token.json:1 in commit") || !strings.Contains(stdout, "2 of 2") {
		t.Errorf("sos: exit status %d\n%s%s", code, stdout, stderr)
	}
}

// zipFolder packs a folder.
func zipFolder(t *testing.T, file, folder string) {
	t.Helper()
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w := zip.NewWriter(out)
	if err := errors.Join(w.AddFS(os.DirFS(folder)), w.Close()); err != nil {
		t.Fatal(err)
	}
}

// Where nobody could answer, nothing is read, and nothing sent.
func TestRevokeLeakWithoutTerminal(t *testing.T) {
	s := leaky(t)
	for _, args := range [][]string{{"revoke", "--leak", "HEAD~1:homework/token.json", s.dir}, {"sos", s.dir}} {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), append(args, "--endpoint", s.fake.URL()), environment{
			stdin: strings.NewReader(yes(9)), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, clock: s.clock,
		})
		if code != int(exitUsage) || stdout.Len() > 0 || !strings.Contains(stderr.String(), "nobody is there to answer") || len(s.fake.Requests()) > 0 {
			t.Errorf("%q: exit status %d, %d requests\n%s%s", args, code, len(s.fake.Requests()), stdout.String(), stderr.String())
		}
	}
}

// What a report tells people to run does what it says, as it is written.
func TestRemedyOfALeakEndsIt(t *testing.T) {
	s := leaky(t)
	_, stdout, _ := s.run(context.Background(), strings.NewReader(""), "scan", "--format", "json", s.dir)
	var report struct {
		Findings []struct{ Rule, Remedy string }
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(s.dir, "homework"))
	tried := make(map[string]bool)
	for _, f := range report.Findings {
		_, rest, _ := strings.Cut(f.Remedy, "`scopeaudit revoke ")
		command, _, ok := strings.Cut(rest, "`")
		if !ok {
			continue
		}
		tried[f.Rule] = true
		code, stdout, stderr := s.run(context.Background(), strings.NewReader("y\n"), append([]string{"revoke"}, strings.Fields(command)...)...)
		if code != int(exitClean) || !strings.Contains(stdout, "✓ dead since") {
			t.Errorf("%s: %s: exit status %d\n%s%s", f.Rule, command, code, stdout, stderr)
		}
	}
	for _, rule := range []string{"google-full-credential", "google-refresh-token", "google-access-token"} {
		if !tried[rule] {
			t.Errorf("the remedy of %s names no command", rule)
		}
	}
}

func TestRevokeLeakRefuses(t *testing.T) {
	s := leaky(t)
	for what, want := range map[string]string{
		"homework/main.py:4":                  "2 tokens stand there, and one is to end",
		"homework/main.py:1":                  "no secret stands on line 1",
		"homework/main.py:99":                 "no secret stands on line 99",
		"homework/client.json:1":              "no whole token",
		"homework/none.py:1":                  "does not exist",
		"HEAD:homework/token.json":            "no file of that name",
		"nowhere:homework/token.json":         "no commit, branch or tag",
		"HEAD:homework/main.py":               "2 tokens stand there",
		"ffffffffffffffff":                    "no finding here has the fingerprint",
		"main.py":                             "wants a fingerprint",
		s.fingerprint("google-client-secret"): "no whole token",
	} {
		code, stdout, stderr := s.run(context.Background(), strings.NewReader("y\ny\n"), "revoke", "--leak", what, s.dir)
		if code == 0 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit status %d\n%s%s", what, code, stdout, stderr)
		}
	}
	// What was deleted since is named by its commit.
	if _, _, stderr := s.run(context.Background(), strings.NewReader(""), "revoke", "--leak", "homework/token.json:1", s.dir); !strings.Contains(stderr, "COMMIT:PATH") {
		t.Error(stderr)
	}
	// A fingerprint names one secret on both of its lines, and only it.
	if n := len(s.fake.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
}

// What is not found where history is not all there may be in the part that is
// missing: that is said, and it is no mistake of the command line.
func TestRevokeLeakWithoutAllHistory(t *testing.T) {
	s := lost(t)
	s.removeObject("HEAD~1:homework/token.json")
	for what, want := range map[string]string{
		"ffffffffffffffff":           "and not all of history is here",
		"HEAD~1:homework/token.json": "its object is not here",
	} {
		code, _, stderr := s.run(context.Background(), strings.NewReader("y\n"), "revoke", "--leak", what, s.dir)
		if code != int(exitUnfinished) || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit status %d\n%s", what, code, stderr)
		}
	}
}

// A token that somebody put into the place of the one that was found is not sent.
func TestRevokeLeakForeign(t *testing.T) {
	s := newStage(t)
	content := strings.Replace(s.token("student@example.com"), "https://oauth2.googleapis.com/token", "http://127.0.0.1:9/token", 1)
	s.write("token.json", content)
	code, _, stderr := s.run(context.Background(), strings.NewReader("y\n"), "revoke", "--leak", filepath.Join(s.dir, "token.json")+":1")
	if code != int(exitUsage) || len(s.fake.Requests()) > 0 || !strings.Contains(stderr, "not Google's") {
		t.Errorf("exit status %d: %s", code, stderr)
	}
}
