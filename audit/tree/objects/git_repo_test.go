package objects

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gitRepo is a repository that git itself made.
type gitRepo struct {
	t   testing.TB
	dir string
}

// newRepo makes a bare repository in a fresh folder; args go to git init.
func newRepo(t testing.TB, args ...string) gitRepo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git (Debian: git)")
	}
	r := gitRepo{t, t.TempDir()}
	r.git(append([]string{"init", "-q", "--bare", "-b", "main"}, args...)...)
	return r
}

func (r gitRepo) command(args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "LC_ALL=C", "GIT_CONFIG_COUNT=0",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
		"GIT_AUTHOR_DATE=1700000000 +0130", "GIT_COMMITTER_DATE=1700000000 +0130", "GIT_NO_LAZY_FETCH=1")
	return cmd
}

func (r gitRepo) git(args ...string) string { return r.gitIn("", args...) }

func (r gitRepo) gitIn(input string, args ...string) string {
	r.t.Helper()
	cmd := r.command(args...)
	cmd.Stdin = strings.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git %q: %v\n%s", args, err, stderr.Bytes())
	}
	return strings.TrimSpace(string(out))
}

// grow adds commits to a branch, each of which changes some of the files.
func (r gitRepo) grow(branch string, commits, files int, seed uint64) {
	r.t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 1))
	word := func() string {
		return []string{"alpha", "beta", "gamma", "delta", "return", "import", "value", "\t", "\r", "é"}[rnd.IntN(10)] + fmt.Sprint(rnd.IntN(1000))
	}
	lines := make([][]string, files)
	for f := range lines {
		for range 20 + rnd.IntN(200) {
			lines[f] = append(lines[f], word()+" "+word()+" "+word())
		}
	}
	var in strings.Builder
	for c := range commits {
		message := fmt.Sprintf("commit %d of %s\n\nwith a body\n", c, branch)
		fmt.Fprintf(&in, "commit refs/heads/%s\ncommitter a <a@example.com> %d +0200\ndata %d\n%s", branch, 1_600_000_000+c, len(message), message)
		if c == 0 {
			fmt.Fprintf(&in, "M 100644 inline empty\ndata 0\n\n")
		}
		for range 1 + rnd.IntN(3) {
			f := rnd.IntN(files)
			switch at := rnd.IntN(len(lines[f])); rnd.IntN(5) {
			case 0:
				lines[f] = append(lines[f][:at], lines[f][min(len(lines[f]), at+len(lines[f])/20):]...)
				lines[f] = append(lines[f], word())
			case 1:
				lines[f] = append(lines[f][at:len(lines[f]):len(lines[f])], lines[f][:at]...)
			default:
				lines[f][at] = word()
			}
			text := strings.Join(lines[f], "\n")
			fmt.Fprintf(&in, "M 100644 inline folder%d/file%d\ndata %d\n%s\n", f%3, f, len(text), text)
		}
		in.WriteString("\n")
	}
	r.gitIn(in.String(), "fast-import", "--quiet", "--force")
}

// what is what a test compares of an object.
type what struct {
	t    Type
	size int64
	hash [sha256.Size]byte
}

// all is what git reads.
func (r gitRepo) all(format Format) map[ID]what {
	r.t.Helper()
	cmd := r.command("cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git cat-file: %v\n%s", err, stderr.Bytes())
	}
	all := make(map[ID]what)
	for in := bufio.NewReader(bytes.NewReader(out)); ; {
		var name, kind string
		var size int64
		line, err := in.ReadString('\n')
		if err == io.EOF {
			return all
		}
		if _, err := fmt.Sscanf(line, "%s %s %d", &name, &kind, &size); err != nil {
			r.t.Fatalf("git cat-file: %q", line)
		}
		content := make([]byte, size+1)
		if _, err := io.ReadFull(in, content); err != nil {
			r.t.Fatal(err)
		}
		id, err := ParseID(format, name)
		if err != nil {
			r.t.Fatal(err)
		}
		all[id] = what{parseType(kind), size, sha256.Sum256(content[:size])}
	}
}

// folders are the object directory of a repository and those that it borrows
// from.
func (r gitRepo) folders(more ...gitRepo) []fs.FS {
	r.t.Helper()
	var all []fs.FS
	for _, repo := range append([]gitRepo{r}, more...) {
		dir := repo.dir
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			dir = filepath.Join(dir, ".git")
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			r.t.Fatal(err)
		}
		r.t.Cleanup(func() { root.Close() })
		all = append(all, Folder(root, "objects"))
	}
	return all
}
