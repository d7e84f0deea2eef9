package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestHostileNamesInHistory gives files that were committed, branches and tags
// names that act on terminals and on CI runners, and that lead elsewhere: no
// report does what they say, in any format.
func TestHostileNamesInHistory(t *testing.T) {
	needsGit(t)
	dir := filepath.Join(t.TempDir(), "r.git")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	gitIn(t, dir, "init", "-q", "--bare", "-b", "main")
	names := []string{
		"a\nb", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\r::error::pwned", "##vso[task.x]y", "\u202egnp.exe", "\u009b2J", "bad\xff\xfe",
		"::stop-commands::x", "<script>alert(1)<!--", "..", ".git", "a\\..\\b", "C:\\x", "\u2028", "```\n# heading", "\x7f\x08",
	}
	// Git's own commands make no such trees, but they store and send them.
	var root strings.Builder
	feed := func(stdin string, args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	for _, name := range names {
		id := feed("T = '"+ownToken(name)+"'\n", "hash-object", "-w", "--stdin")
		fmt.Fprintf(&root, "100644 blob %s\t%s\x00", id, name)
	}
	tree := feed(root.String(), "mktree", "-z")
	above := feed("040000 tree "+tree+"\t\x1b[1mfolder\nof\x00", "mktree", "-z")
	commit := feed("m\n\x1b[31m"+ownToken("message")+"\n", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit-tree", above)
	put(t, filepath.Join(dir, "refs/heads/main"), commit+"\n", 0o644)
	put(t, filepath.Join(dir, "packed-refs"), commit+" refs/heads/\x1b[31m::error::x\u202e\n", 0o644)

	for _, format := range []string{"text", "json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown", "html"} {
		stdout, stderr, state := itself(t, dir, nil, "scan", "--history-only", "--format", format, dir)
		if state.ExitCode() == int(exitUsage) {
			continue // a format that is not there
		}
		if state.ExitCode() != int(exitFindings) {
			t.Errorf("%s: %s\n%s", format, state, stderr)
		}
		// Text says once what is alike, and then where.
		alike := fmt.Sprintf("%d more like this", len(names))
		if found := strings.Count(stdout, "ya29.…"); found < len(names)+1 && (format != "text" || !strings.Contains(stdout, alike)) {
			t.Errorf("%s: %d of %d secrets", format, found, len(names)+1)
		}
		if !utf8.ValidString(stdout) {
			t.Errorf("%s: not UTF-8", format)
		}
		for line := range strings.Lines(stdout) {
			line = strings.TrimSuffix(line, "\n")
			if at := strings.IndexFunc(line, func(r rune) bool { return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) && r != '\t' }); at >= 0 {
				t.Errorf("%s: %q in %q", format, line[at:min(len(line), at+4)], line)
			}
			if begin := strings.TrimSpace(line); format != "github" && strings.HasPrefix(begin, "::") || strings.Contains(line, "##vso[") {
				t.Errorf("%s: a runner obeys %q", format, line)
			}
		}
	}
}
