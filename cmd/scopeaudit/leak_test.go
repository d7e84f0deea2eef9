package main

import (
	"context"
	"encoding/json"
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
		"homework/main.py:1":                  "no whole token",
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
	// A fingerprint names one secret on both of its lines, and only it.
	if n := len(s.fake.Requests()); n > 0 {
		t.Errorf("%d requests", n)
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
