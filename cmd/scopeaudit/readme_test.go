package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit"
	"scopeaudit/policies"
)

var update = flag.Bool("update", false, "write the generated parts of README.md anew")

// TestREADME holds the README to the program: its example output, its table of
// policies and its table of rules are what the program says.
func TestREADME(t *testing.T) {
	file, err := filepath.Abs(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(repository)
	want := replacePart(t, string(data), "<!-- policies -->\n", "<!-- /policies -->", policyTable(t))
	want = replacePart(t, want, "<!-- rules -->\n", "<!-- /rules -->", ruleTable())
	want = replacePart(t, want, "$ go run ./cmd/scopeaudit audit testdata/bailfund\n", "```", exampleOutput(t))
	want = replacePart(t, want, "<!-- story -->\n", "<!-- /story -->", storyEnd(t))
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(data), want); diff != "" {
		t.Errorf("README.md differs from what the program says (go test ./cmd/scopeaudit -run README -update):\n%s", diff)
	}
}

func replacePart(t *testing.T, text, from, to, part string) string {
	t.Helper()
	before, rest, ok := strings.Cut(text, from)
	_, after, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("README.md has no part between %q and %q", from, to)
	}
	return before + from + part + to + after
}

func policyTable(t *testing.T) string {
	t.Helper()
	options, err := (&app{}).policyOptions()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| policy | for a program that may |\n|---|---|\n")
	for _, name := range policies.Builtins() {
		p, err := policies.Builtin(name, options)
		if err != nil {
			t.Fatal(err)
		}
		if name == policies.Default {
			name = "`" + name + "` (default)"
		} else {
			name = "`" + name + "`"
		}
		fmt.Fprintf(&b, "| %s | %s |\n", name, firstSentence(p.Description))
	}
	return b.String()
}

func ruleTable() string {
	var b strings.Builder
	b.WriteString("| rule | severity | finds |\n|---|---|---|\n")
	for _, r := range audit.Rules() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.ID, r.Severity, r.Title)
	}
	return b.String()
}

// exampleOutput is the head of what the README's first command prints on a
// terminal of 80 columns, up to the end of the first finding.
func exampleOutput(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(".git"); err != nil {
		t.Skip("needs a git checkout: the example shows a file that git tracks")
	}
	out, code := printed(t, "audit", "testdata/bailfund")
	if code != 1 {
		t.Fatalf("exit status %d, want 1", code)
	}
	end := regexp.MustCompile(`(?m)^  (high|medium) `).FindAllStringIndex(out, 3)
	if len(end) < 3 {
		t.Fatalf("fewer findings than the example shows:\n%s", out)
	}
	return out[:end[2][0]] + "  …\n"
}

// storyEnd is the last step of the story of the same program.
func storyEnd(t *testing.T) string {
	t.Helper()
	out, code := printed(t, "explain", "testdata/bailfund")
	_, end, found := strings.Cut(out, "\n4. ")
	if !found || code != 0 {
		t.Fatalf("exit status %d, and the story is:\n%s", code, out)
	}
	return "```\n4. " + end + "```\n"
}

// TestREADMEExamples runs every example of the README as it is typed, at the top
// of a folder that holds what a clone would.
func TestREADMEExamples(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("needs a POSIX shell (sh) to run the examples as typed")
	}
	data, err := os.ReadFile(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	clone := t.TempDir()
	if err := os.CopyFS(filepath.Join(clone, "testdata", "bailfund"), os.DirFS(filepath.Join(repository, "testdata", "bailfund"))); err != nil {
		t.Fatal(err)
	}
	_, noGit := exec.LookPath("git")
	if noGit == nil {
		gitIn(t, clone, "init", "-q")
		for _, message := range []string{"one", "two"} {
			gitIn(t, clone, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", message)
		}
		gitIn(t, clone, "update-ref", "refs/remotes/origin/main", "HEAD~1")
	}
	// The test binary is scopeaudit when it is called so.
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "scopeaudit")); err != nil {
		t.Skipf("needs symbolic links: %v", err)
	}
	ran := 0
	for line := range strings.Lines(string(data)) {
		command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ ")
		if !ok || !strings.Contains(command, "scopeaudit ") || strings.Contains(command, "go ") {
			continue
		}
		if noGit != nil && (strings.Contains(command, "--staged") || strings.Contains(command, "--range") || strings.Contains(command, "--since")) {
			continue
		}
		ran++
		cmd := exec.Command(shell, "-c", command)
		cmd.Dir = clone
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 {
			t.Errorf("%s: exit status %d, %v\n%s", command, code, err, out)
		}
	}
	if ran < 10 {
		t.Errorf("only %d examples were run", ran)
	}
}
