package collect_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

// repository is a repository that a test makes with git itself.
type repository struct {
	*testing.T
	dir   string
	count int
}

func newRepository(t *testing.T, init ...string) *repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git (Debian: git)")
	}
	r := &repository{T: t, dir: t.TempDir()}
	r.git(append([]string{"init", "-q", "-b", "main"}, init...)...)
	return r
}

func (r *repository) git(args ...string) string {
	r.Helper()
	return r.pipe("", args...)
}

func (r *repository) pipe(in string, args ...string) string {
	r.Helper()
	r.count++
	cmd := exec.Command("git", append([]string{"-c", "gc.auto=0", "-c", "core.autocrlf=false"}, args...)...)
	cmd.Dir, cmd.Stdin = r.dir, strings.NewReader(in)
	// Each commit is a minute after the one before.
	date := fmt.Sprintf("2026-03-01T%02d:%02d:00Z", r.count/60, r.count%60)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@example.com",
		"GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
	out, err := cmd.Output()
	if err != nil {
		r.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

func (r *repository) write(name, content string) {
	r.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		r.Fatal(err)
	}
}

func (r *repository) commit(message string) string {
	r.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.git("rev-parse", "HEAD")
}

// planted gives a secret of its own for each place, and text around it that git
// has no reason to store as a delta of anything.
func planted(place string) string {
	const letters = "aB3xY7zQ9mKp2LcVt6WdRs8HfJg4Nn5"
	sum := 7
	token := []byte("ya29" + ".a0")
	for i := range 110 {
		sum = (sum*31 + int(place[i%len(place)]) + i) % 104729
		token = append(token, letters[sum%len(letters)])
	}
	return string(token)
}

func (r *repository) scan(mode collect.HistoryMode) audit.Evidence {
	r.Helper()
	e, err := collect.Run(r.Context(), collect.Sources{Paths: []string{r.dir}}, collect.Options{Key: secrets.Key{1}, History: mode})
	if err != nil {
		r.Fatal(err)
	}
	return e
}

// found gives the places of a planted secret.
func found(e audit.Evidence, place string) []rules.Location {
	token := planted(place)
	masked := fmt.Sprintf("ya29.…(%d)…%s", len(token), token[len(token)-4:])
	var at []rules.Location
	for _, l := range e.Leaks {
		if l.Masked == masked {
			at = append(at, l.Location)
		}
	}
	return at
}

func wide(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func zipped(t *testing.T, name, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	if err == nil {
		_, err = f.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestHistoryHoldsEverything leaves a secret in every place of a repository that
// scanners of patches pass by, and others: each is found, and where it lies.
func TestHistoryHoldsEverything(t *testing.T) {
	r := newRepository(t)
	assign := func(place string) string { return "import os\nTOKEN = \"" + planted(place) + "\"\n" }
	filler := strings.Repeat("x = 1\n", 200)

	r.write("readme.md", "hello\n")
	r.commit("first")
	r.write("deleted.py", assign("deleted file"))
	r.write("replaced.py", filler+assign("replaced line")+filler)
	r.write("old-name.py", assign("rename"))
	r.write(".gitattributes", "*.dat -diff\n")
	r.write("quiet.dat", assign("-diff attribute"))
	r.write("binary.bin", "\x00\x01\x02"+assign("binary file")+"\x00\xFF")
	r.write("hand-in.zip", zipped(t, "app/settings.py", assign("zip")))
	r.write("wide.txt", wide(assign("UTF-16")))
	second := r.commit("second")
	for _, name := range []string{"deleted.py", "quiet.dat", "binary.bin", "hand-in.zip", "wide.txt"} {
		r.git("rm", "-q", name)
	}
	r.write("replaced.py", filler+"import os\n"+filler)
	r.git("mv", "old-name.py", "new-name.py")
	r.commit("third")

	r.git("checkout", "-q", "-b", "other")
	r.write("other.py", assign("other branch"))
	other := r.commit("on another branch")
	r.git("checkout", "-q", "main")

	r.git("checkout", "-q", "--orphan", "root")
	r.git("rm", "-rfq", ".")
	r.write("orphan.py", assign("orphan root"))
	r.commit("an orphan")
	r.git("checkout", "-q", "main")

	r.git("merge", "-q", "--no-commit", "--no-ff", "other")
	r.write("evil.py", assign("evil merge"))
	merge := r.commit("merge")
	r.git("rm", "-q", "evil.py", "other.py")
	message := r.commit("take it out\n\nthe token was " + planted("commit message"))

	r.git("tag", "-a", "-m", "released with "+planted("tag message"), "v1")
	r.git("notes", "add", "-m", "note: "+planted("note"))
	r.write("stashed.py", assign("stash"))
	r.git("add", "stashed.py")
	r.git("stash", "-q")
	r.write("amended.py", assign("amended away"))
	r.commit("to be amended")
	r.git("rm", "-q", "--cached", "amended.py")
	os.Remove(filepath.Join(r.dir, "amended.py"))
	r.git("commit", "-q", "--amend", "--allow-empty", "-m", "amended")
	r.git("checkout", "-q", "-b", "gone")
	r.write("gone.py", assign("deleted branch"))
	r.commit("on a branch that goes")
	r.git("checkout", "-q", "main")
	r.git("branch", "-q", "-D", "gone")
	r.write("staged.py", assign("staged only"))
	r.git("add", "staged.py")
	os.Remove(filepath.Join(r.dir, "staged.py"))

	const main = "refs/heads/main"
	for _, packed := range []bool{false, true} {
		if packed {
			r.git("repack", "-q", "-a", "-d", "--depth=50", "-f", "-k")
		}
		e := r.scan(collect.HistoryOfTop)
		if e.Coverage.Failed() || e.Coverage.Blobs == 0 {
			t.Fatalf("packed %v: coverage %+v", packed, e.Coverage)
		}
		for place, want := range map[string]struct {
			path, commit, ref string // ref: one that reaches it; "-" for none
			inHead            bool
		}{
			"deleted file":    {path: "deleted.py", commit: second, ref: main},
			"replaced line":   {path: "replaced.py", commit: second, ref: main},
			"rename":          {path: "new-name.py", commit: second, ref: main, inHead: true},
			"-diff attribute": {path: "quiet.dat", commit: second, ref: main},
			"binary file":     {path: "binary.bin", commit: second, ref: main},
			"zip":             {path: "hand-in.zip", commit: second, ref: main},
			"UTF-16":          {path: "wide.txt", commit: second, ref: main},
			"other branch":    {path: "other.py", commit: other, ref: "refs/heads/other"},
			"orphan root":     {path: "orphan.py", ref: "refs/heads/root"},
			"evil merge":      {path: "evil.py", commit: merge, ref: main},
			"commit message":  {path: "object:commit", commit: message, ref: main},
			"tag message":     {path: "object:tag", ref: "refs/tags/v1"},
			"note":            {ref: "refs/notes/commits"},
			"stash":           {path: "stashed.py", ref: "refs/stash"},
			"amended away":    {path: "amended.py", ref: "-"},
			"deleted branch":  {path: "gone.py", ref: "-"},
			"staged only":     {path: "staged.py", ref: "-"},
		} {
			var at []rules.Location
			for _, l := range found(e, place) {
				if l.Origin == rules.History || l.Origin == rules.Index || l.Origin == rules.Archive {
					at = append(at, l)
				}
			}
			if len(at) != 1 {
				t.Errorf("packed %v, %s: found at %v", packed, place, at)
				continue
			}
			l := at[0]
			reaches := want.ref == "-" && len(l.Refs) == 0 || slices.Contains(l.Refs, want.ref)
			if want.path != "" && l.Path != want.path || want.commit != "" && l.Commit != want.commit || !reaches || !l.RefsKnown || l.Blob == "" ||
				want.inHead != (l.InHead != nil && *l.InHead) {
				t.Errorf("packed %v, %s: at %s, commit %.8s, refs %v, in HEAD %v; want %+v", packed, place, l, l.Commit, l.Refs, l.InHead, want)
			}
		}
	}
	if e := r.scan(collect.NoHistory); e.Coverage.Blobs != 0 || len(found(e, "deleted file")) != 0 {
		t.Errorf("--no-history reads %d objects", e.Coverage.Blobs)
	}
	if e := r.scan(collect.HistoryOnly); e.Coverage.Files != 0 || len(found(e, "deleted file")) != 1 {
		t.Errorf("--history-only reads %d files", e.Coverage.Files)
	}
}

// TestHistoryOfFolders reads what lies around and below the named folder when it
// is asked to, and says so when not.
func TestHistoryOfFolders(t *testing.T) {
	r := newRepository(t)
	r.write("sub/a.py", "T = \""+planted("around")+"\"\n")
	r.commit("one")
	r.write("sub/a.py", "T = 1\n")
	r.commit("two")
	run := func(path string, mode collect.HistoryMode) audit.Evidence {
		e, err := collect.Run(t.Context(), collect.Sources{Paths: []string{path}}, collect.Options{History: mode})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	sub := filepath.Join(r.dir, "sub")
	if e := run(sub, collect.HistoryOfTop); len(found(e, "around")) != 0 || !strings.Contains(strings.Join(e.Notes, "\n"), "--history") {
		t.Errorf("a folder in a work tree: %d places, notes %q", len(found(e, "around")), e.Notes)
	}
	if e := run(sub, collect.HistoryAll); len(found(e, "around")) != 1 || found(e, "around")[0].Path != "sub/a.py" {
		t.Errorf("with the history around it: %v", found(e, "around"))
	}

	class := t.TempDir()
	if err := os.Rename(r.dir, filepath.Join(class, "kim")); err != nil {
		t.Fatal(err)
	}
	if e := run(class, collect.HistoryOfTop); len(found(e, "around")) != 0 || !strings.Contains(strings.Join(e.Notes, "\n"), "--history") {
		t.Errorf("a folder of work trees: %d places, notes %q", len(found(e, "around")), e.Notes)
	}
	if e := run(class, collect.HistoryAll); len(found(e, "around")) != 1 || found(e, "around")[0].Path != "kim/sub/a.py" || e.Coverage.Failed() {
		t.Errorf("with the histories below it: %v, %+v", found(e, "around"), e.Coverage)
	}

	bare := filepath.Join(t.TempDir(), "x.git")
	r.dir = class
	r.git("clone", "-q", "--bare", "kim", bare)
	if e := run(bare, collect.HistoryOfTop); len(found(e, "around")) != 1 || e.Coverage.Failed() {
		t.Errorf("a bare repository: %v, %+v", found(e, "around"), e.Coverage)
	}
}
