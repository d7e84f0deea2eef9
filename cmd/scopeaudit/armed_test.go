package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spf13/cobra"

	"scopeaudit/audit/tree"
)

// itself runs this program in a process of its own.
func itself(t *testing.T, dir string, env []string, args ...string) (stdout, stderr string, state *os.ProcessState) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// TestMain takes the name for the program's.
	cmd := &exec.Cmd{Path: exe, Args: append([]string{"scopeaudit"}, args...), Dir: dir, Env: append(os.Environ(), env...)}
	var out, text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &text
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return out.String(), text.String(), cmd.ProcessState
}

// gitIn runs git in a folder, deaf to the user's settings.
func gitIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@example.com")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, &stderr)
	}
	return strings.TrimSpace(string(out))
}

func needsGit(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git (Debian: git)")
	}
}

// put writes a file and the folders above it.
func put(t *testing.T, file, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// ownToken is a secret that one place holds and no other.
func ownToken(place string) string {
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(place)))
	return "ya29" + ".a0" + sum + strings.ToUpper(sum)
}

// armed is a repository in which everything that git lets run a program is such
// a program, and which leads to a neighbour's repository in every way.
type armed struct {
	dir, neighbour string
	markers        string // holds a file for each trap that went off
	env            []string
}

func arm(t *testing.T) armed {
	t.Helper()
	top := t.TempDir()
	a := armed{dir: filepath.Join(top, "armed"), neighbour: filepath.Join(top, "neighbour"), markers: filepath.Join(top, "markers")}
	for _, dir := range []string{a.dir, a.neighbour, a.markers} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	gitIn(t, a.neighbour, "init", "-q", "-b", "main")
	put(t, filepath.Join(a.neighbour, "secret.py"), "T = '"+ownToken("neighbour's file")+"'\n", 0o644)
	gitIn(t, a.neighbour, "add", ".")
	gitIn(t, a.neighbour, "commit", "-q", "-m", "x")

	gitIn(t, a.dir, "init", "-q", "-b", "main")
	file := func(name, content string) { put(t, filepath.Join(a.dir, filepath.FromSlash(name)), content, 0o644) }
	file("main.py", "T = '"+ownToken("deleted")+"'\n")
	file("keep.txt", "x\n")
	gitIn(t, a.dir, "add", ".")
	gitIn(t, a.dir, "commit", "-q", "-m", "one")
	blob := gitIn(t, a.dir, "rev-parse", "HEAD:main.py")
	file("main.py", "T = 1\n")
	gitIn(t, a.dir, "commit", "-q", "-a", "-m", "two")
	gitIn(t, a.dir, "tag", "-a", "-m", "a tag", "v1")
	file("main.py", "T = 2\n")
	file("staged.py", "T = '"+ownToken("staged")+"'\n")
	gitIn(t, a.dir, "add", "staged.py")
	gitIn(t, a.dir, "gc", "-q")
	// For git, the blob with the secret is another, and the first commit has gone.
	gitIn(t, a.dir, "replace", blob, gitIn(t, a.dir, "rev-parse", "HEAD:main.py"))
	file(".git/info/grafts", gitIn(t, a.dir, "rev-parse", "HEAD")+"\n")
	file(".gitattributes", "* filter=x diff=x merge=x\n")
	file(".git/info/attributes", "* filter=x diff=x merge=x\n")
	file(".gitmodules", "[submodule \"s\"]\n\tpath = s\n\turl = ext::"+a.trap(t, "submodule")+"\n\tupdate = !"+a.trap(t, "submodule-update")+"\n")

	var config strings.Builder
	for _, key := range []string{
		"core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.gitProxy", "core.askPass", "core.alternateRefsCommand",
		"diff.external", "diff.x.textconv", "diff.x.command", "filter.x.clean", "filter.x.smudge", "filter.x.process", "merge.x.driver",
		"gpg.program", "gpg.ssh.program", "gpg.ssh.defaultKeyCommand", "credential.helper", "sequence.editor", "difftool.x.cmd",
		"mergetool.x.cmd", "browser.x.cmd", "man.x.cmd", "pager.status", "pager.log", "alias.status", "alias.log", "alias.cat-file",
		"uploadpack.packObjectsHook", "remote.origin.uploadpack", "remote.origin.receivepack", "interactive.diffFilter", "trailer.x.command",
		"init.templateDir", "gc.recentObjectsHook", "sendemail.smtpserver", "web.browser", "instaweb.httpd",
	} {
		parts := strings.Split(key, ".")
		value := a.trap(t, key)
		if parts[0] == "alias" {
			value = "!" + value
		}
		section := parts[0]
		if len(parts) == 3 {
			section += fmt.Sprintf(" %q", parts[1])
		}
		fmt.Fprintf(&config, "[%s]\n\t%s = %s\n", section, parts[len(parts)-1], value)
	}
	hooks := filepath.Join(top, "hooks")
	for _, hook := range []string{"post-index-change", "pre-commit", "post-checkout", "fsmonitor-watchman", "reference-transaction", "pre-auto-gc", "post-rewrite"} {
		text := "#!/bin/sh\n: > '" + filepath.Join(a.markers, "hook-"+hook) + "'\n"
		put(t, filepath.Join(hooks, hook), text, 0o755)
		put(t, filepath.Join(a.dir, ".git/hooks", hook), text, 0o755)
	}
	included := filepath.Join(top, "included")
	put(t, included, "[core]\n\tfsmonitor = "+a.trap(t, "included")+"\n[extensions]\n\tobjectFormat = sha256\n", 0o644)
	fmt.Fprintf(&config, "[core]\n\thooksPath = %s\n\tworktree = %s\n[include]\n\tpath = %s\n[includeIf \"gitdir:/\"]\n\tpath = %s\n",
		hooks, a.neighbour, included, included)
	fmt.Fprintf(&config, "[remote \"origin\"]\n\turl = ext::%s\n\tpromisor = true\n\tpartialclonefilter = blob:none\n", a.trap(t, "fetch"))
	name := filepath.Join(a.dir, ".git/config")
	old, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	put(t, name, string(old)+config.String(), 0o644)

	// Ways to the neighbour.
	git := filepath.Join(a.neighbour, ".git")
	file(".git/objects/info/alternates", filepath.Join(git, "objects")+"\n../../../neighbour/.git/objects\n")
	file("pointed/.git", "gitdir: "+git+"\n")
	file("pointed/readme", "x\n")
	file("named/.git/HEAD", "ref: refs/heads/main\n")
	file("named/.git/commondir", "../../../neighbour/.git\n")
	file("named/.git/objects/x", "")
	file("named/.git/refs/x", "")
	if runtime.GOOS != "windows" {
		for link, to := range map[string]string{
			"linked/.git": git, "within/.git/objects": filepath.Join(git, "objects"), "folder": a.neighbour, ".git/objects/pack/more": filepath.Join(git, "objects"),
			".git/refs/heads/far": filepath.Join(git, "refs/heads/main"),
		} {
			link = filepath.Join(a.dir, filepath.FromSlash(link))
			if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(to, link); err != nil {
				t.Fatal(err)
			}
		}
		file("within/.git/HEAD", "ref: refs/heads/main\n")
		file("within/.git/refs/x", "")
	}
	for variable, value := range map[string]string{
		"GIT_DIR": git, "GIT_WORK_TREE": a.neighbour, "GIT_COMMON_DIR": git, "GIT_OBJECT_DIRECTORY": filepath.Join(git, "objects"),
		"GIT_ALTERNATE_OBJECT_DIRECTORIES": filepath.Join(git, "objects"), "GIT_INDEX_FILE": filepath.Join(git, "index"),
		"GIT_NAMESPACE": "x", "GIT_REPLACE_REF_BASE": "refs/replace/", "GIT_GRAFT_FILE": filepath.Join(a.dir, ".git/info/grafts"),
		"GIT_SHALLOW_FILE": included, "GIT_CONFIG": included, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor",
	} {
		a.env = append(a.env, variable+"="+value)
	}
	for _, variable := range []string{
		"GIT_CONFIG_VALUE_0", "GIT_EXTERNAL_DIFF", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_PAGER", "PAGER", "GIT_EDITOR", "EDITOR", "VISUAL", "BROWSER",
		"GIT_ASKPASS", "SSH_ASKPASS", "GIT_PROXY_COMMAND", "GIT_SEQUENCE_EDITOR", "LESSOPEN",
	} {
		a.env = append(a.env, variable+"="+a.trap(t, variable))
	}
	return a
}

// trap gives a program that leaves a marker when it runs.
func (a armed) trap(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join(filepath.Dir(a.markers), "traps", strings.ReplaceAll(name, ".", "-"))
	put(t, file, "#!/bin/sh\n: > '"+filepath.Join(a.markers, filepath.Base(file))+"'\ncat\n", 0o755)
	return file
}

// gone gives the traps that went off since the last time.
func (a armed) gone(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(a.markers)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		if err := os.Remove(filepath.Join(a.markers, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// snapshot is all that lies in a folder: kinds, modes, times and contents.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %s %s", file, info.Mode(), info.ModTime())
		switch {
		case info.Mode().IsRegular():
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %x", sha256.Sum256(data))
		case info.Mode()&fs.ModeSymlink != 0:
			to, err := os.Readlink(file)
			if err != nil {
				return err
			}
			b.WriteString(" " + to)
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestArmedRepository runs every verb on a repository that is armed: nothing of
// it runs, nothing in it or beside it changes, no one is called, and no one
// else's objects are read.
func TestArmedRepository(t *testing.T) {
	needsGit(t)
	a := arm(t)
	var calls atomic.Int32
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			calls.Add(1)
			conn.Close()
		}
	}()
	for _, variable := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		a.env = append(a.env, variable+"=http://"+listener.Addr().String())
	}
	tarball := filepath.Join(t.TempDir(), "armed.tar")
	pack(t, a.dir, tarball)

	commands := map[string][][]string{
		"token": {{"--offline", filepath.Join(a.dir, "main.py")}}, "client": {{filepath.Join(a.dir, "main.py")}}, "revoke": {{filepath.Join(a.dir, "main.py")}}, "sos": {{a.dir}},
		"login": {{"--output", filepath.Join(a.dir, "token.json"), filepath.Join(a.dir, "main.py")}}, "needs": {{a.dir}},
		"explain": {{"gmail.readonly"}, {"rules"}, {a.dir}}, "version": {nil}, "help": {nil}, "completion": {{"bash"}},
		"policy list": {nil}, "policy show": {{"gmail-readonly"}}, "policy check": {{filepath.Join(a.dir, "main.py")}}, "policy init": {{a.dir}},
		"policy schema": {nil}, "demo": {nil},
	}
	for _, verb := range []string{"audit", "scan"} {
		for _, format := range []string{"text", "json", "sarif"} {
			commands[verb] = append(commands[verb], []string{"--offline", "--format", format, a.dir})
		}
		for _, flag := range [][]string{{"--history"}, {"--no-history"}, {"--history-only"}, {"--staged"}, {"--since", "HEAD~1"}, {"--range", "HEAD~1..HEAD"}} {
			// Those that a later version has are tried when it has them.
			if verb == "scan" && hasFlag(verb, strings.TrimPrefix(flag[0], "--")) {
				commands[verb] = append(commands[verb], append(slices.Clone(flag), "--format", "json", a.dir))
			}
		}
		commands[verb] = append(commands[verb], []string{"--history", "--format", "json", filepath.Join(a.dir, "pointed")},
			[]string{"--format", "json", filepath.Join(a.dir, ".git")}, []string{"--format", "json", tarball})
	}

	before, beside := snapshot(t, a.dir), snapshot(t, a.neighbour)
	names := verbs((&app{}).root(), "")
	for _, verb := range names {
		if commands[verb] == nil {
			t.Errorf("no command tries `scopeaudit %s` on it", verb)
		}
		for _, args := range commands[verb] {
			args = append(strings.Fields(verb), args...)
			name := strings.ReplaceAll(strings.Join(args, " "), filepath.Dir(a.dir), "")
			stdout, stderr, state := itself(t, a.dir, a.env, args...)
			if state.ExitCode() < 0 || strings.Contains(stderr, "goroutine ") {
				t.Errorf("%s: %s\n%s", name, state, stderr)
			}
			if gone := a.gone(t); gone != nil {
				t.Errorf("%s ran %q", name, gone)
			}
			if n := calls.Swap(0); n != 0 {
				t.Errorf("%s called %d times", name, n)
			}
			for _, other := range []string{"neighbour's file"} {
				token := ownToken(other)
				if strings.Contains(stdout, token[len(token)-4:]) {
					t.Errorf("%s found the %s", name, other)
				}
			}
			if snapshot(t, a.dir) != before || snapshot(t, a.neighbour) != beside {
				t.Fatalf("%s changed something", name)
			}
		}
	}

	// What it was run for is found all the same.
	for path, want := range map[string]int{a.dir: 2, filepath.Join(a.dir, ".git"): 2} {
		stdout, stderr, state := itself(t, a.dir, a.env, "scan", "--history", "--format", "json", path)
		var report struct {
			Coverage struct {
				Skipped []struct{ Path, Reason, Kind string }
			}
			Findings []struct{ Masked string }
		}
		if err := json.Unmarshal([]byte(stdout), &report); err != nil {
			t.Fatalf("%v: %s", err, stderr)
		}
		found, skips := 0, 0
		for _, f := range report.Findings {
			for _, place := range []string{"deleted", "staged"} {
				if token := ownToken(place); strings.HasSuffix(f.Masked, token[len(token)-4:]) {
					found++
				}
			}
		}
		for _, s := range report.Coverage.Skipped {
			if s.Reason == tree.SkipStore {
				skips++
			}
		}
		if found != want || skips == 0 || state.ExitCode() == 0 {
			t.Errorf("%s: %d of %d secrets found, %d stores passed by, %s", path, found, want, skips, state)
		}
	}

	// And the traps do work.
	git := func(args ...string) {
		cmd := exec.Command("git", args...)
		cmd.Dir = a.dir
		cmd.Env = append(os.Environ(), "GIT_PAGER_IN_USE=", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
		_ = cmd.Run() // it may fail, with what its traps print
	}
	if err := os.Remove(filepath.Join(a.dir, ".git/objects/info/alternates")); err != nil {
		t.Fatal(err)
	}
	git("--work-tree=.", "diff", "HEAD")
	git("--work-tree=.", "add", "main.py")
	git("--work-tree=.", "commit", "-q", "-m", "x")
	if gone := a.gone(t); len(gone) < 3 {
		t.Errorf("git itself ran only %q", gone)
	}
}

// verbs lists the commands that do something.
func verbs(cmd *cobra.Command, prefix string) []string {
	var names []string
	for _, c := range cmd.Commands() {
		name := strings.TrimSpace(prefix + " " + c.Name())
		if c.HasSubCommands() {
			names = append(names, verbs(c, name)...)
		} else if c.Runnable() {
			names = append(names, name)
		}
	}
	return names
}

func hasFlag(verb, flag string) bool {
	root := (&app{}).root()
	cmd, _, err := root.Find([]string{verb})
	return err == nil && (cmd.Flags().Lookup(flag) != nil || root.PersistentFlags().Lookup(flag) != nil)
}

// pack writes a folder as an archive.
func pack(t *testing.T, dir, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(f)
	if err := errors.Join(w.AddFS(os.DirFS(dir)), w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}
