package tree

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"scopeaudit/audit/rules"
)

// gitRepo is a repository that git itself made.
type gitRepo struct {
	t   testing.TB
	dir string
}

// newRepo makes a repository in a fresh folder; args go to git init.
func newRepo(t testing.TB, args ...string) gitRepo {
	t.Helper()
	needGit(t)
	r := gitRepo{t, t.TempDir()}
	r.git(append([]string{"init", "-q"}, args...)...)
	return r
}

func needGit(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git (Debian: git)")
	}
}

func (r gitRepo) command(args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "LC_ALL=C",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	return cmd
}

func (r gitRepo) git(args ...string) string {
	r.t.Helper()
	out, err := r.command(args...).CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return string(out)
}

func open(t testing.TB, root string) *Git {
	t.Helper()
	g, err := OpenGit(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return g
}

func wantState(t testing.TB, g *Git, path string, want rules.GitState) {
	t.Helper()
	if got := g.State(path); got != want {
		t.Errorf("state of %q: %s, want %s", path, got, want)
	}
}

// states is what git says about all files of its work tree.
func (r gitRepo) states() map[string]rules.GitState {
	r.t.Helper()
	all := make(map[string]rules.GitState)
	for state, args := range map[rules.GitState][]string{
		rules.GitTracked:   {"ls-files", "-z"},
		rules.GitIgnored:   {"ls-files", "-z", "-o", "-i", "--exclude-standard"},
		rules.GitUntracked: {"ls-files", "-z", "-o", "--exclude-standard"},
	} {
		for _, p := range strings.Split(strings.TrimSuffix(r.git(args...), "\x00"), "\x00") {
			if p != "" {
				all[p] = state
			}
		}
	}
	return all
}

// agree compares the states of all files that Walk gives with git's.
func (r gitRepo) agree(t *testing.T) {
	t.Helper()
	want := r.states()
	n := 0
	if _, err := Walk(t.Context(), r.dir, Options{}, func(f File) error {
		n++
		if got := f.State().Git; got != want[f.Path] {
			t.Errorf("%s: %s, git says %s", f.Path, got, want[f.Path])
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n < 20 {
		t.Errorf("compared %d files only", n)
	}
}

// populate fills a work tree so that every state occurs in many ways.
func (r gitRepo) populate() {
	r.t.Helper()
	write(r.t, r.dir, map[string]string{
		".gitignore": "*.log\n!keep.log\nbuild/\n/only-top\ndoc/*.txt\n**/deep/x\na/**/z\n# comment\n\\#hash\ntrail   \nkept\\ \n" +
			"Token.json\n[0-9]digit\nenv.*\n!env.example\nvendor/*\n!vendor/keep/\n",
		"sub/.gitignore":    "!special.log\n/local\nbuild\n",
		".git/info/exclude": "excluded\n!kept.excluded\n*.excluded\n",
		"a.log":             "", "keep.log": "", "sub/b.log": "", "sub/special.log": "", "sub/keep.log": "",
		"build/out": "", "build/deep/out": "", "sub/build/out": "", "build2/out": "", "other/build": "",
		"only-top": "", "sub/only-top": "", "doc/a.txt": "", "doc/sub/a.txt": "", "doc.txt": "",
		"deep/x": "", "p/q/deep/x": "", "a/z": "", "a/b/z": "", "a/b/c/z": "", "b/a/z": "",
		"#hash": "", "trail": "", "kept ": "", "Token.json": "", "token.json": "", "1digit": "", "xdigit": "",
		"env.prod": "", "env.example": "", "vendor/x": "", "vendor/keep/y": "", "vendor/lose/y": "",
		"local": "", "sub/local": "", "sub/sub/local": "", "excluded": "", "kept.excluded": "", "x/y.excluded": "",
		"tracked": "", "forced.log": "", "build/forced": "", "sub/tracked with space": "", "sub/deeper/tracked": "",
		strings.Repeat("long/", 40) + strings.Repeat("n", 200): "",
	})
	r.git("add", "-f", "tracked", "forced.log", "build/forced", "sub/tracked with space", "sub/deeper/tracked",
		strings.Repeat("long/", 40)+strings.Repeat("n", 200), ".gitignore")
}
