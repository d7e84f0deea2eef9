package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// lost is a repository whose token.json was pushed, renewed and deleted.
func lost(t *testing.T) *stage {
	s := newStage(t)
	s.git("init", "-q", "-b", "main")
	s.write("homework/token.json", s.token("student@example.com"))
	s.git("add", ".")
	s.git("commit", "-q", "-m", "it works")
	s.git("update-ref", "refs/remotes/origin/main", "HEAD")
	s.git("rm", "-q", "homework/token.json")
	s.git("commit", "-q", "-m", "gone?")
	return s
}

// unfolded is a receipt without the breaks in its lines.
func unfolded(text string) string { return strings.ReplaceAll(text, "\n"+strings.Repeat(" ", 19), " ") }

// removeObject takes an object away that is a file of its own, and gives its name.
func (s *stage) removeObject(revision string) string {
	s.t.Helper()
	id := s.git("rev-parse", revision)
	if err := os.Remove(filepath.Join(s.dir, ".git", "objects", id[:2], id[2:])); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func yes(n int) string { return strings.Repeat("y\n", n) }

// The whole way: a token that was pushed and deleted is found, ended, proved
// dead and kept out of the next commit, and the receipt says so.
func TestSOS(t *testing.T) {
	s := lost(t)
	s.fake.DelayRevocation(10 * time.Second)
	code, stdout, stderr := s.run(context.Background(), strings.NewReader(yes(3)), "sos", s.dir)
	if code != int(exitClean) {
		t.Errorf("exit status %d: %s", code, stderr)
	}
	for _, want := range []string{
		"1 of 1: a refresh token and an access token 1//…(",
		"in homework/token.json:1 in commit", "deleted since",
		"It opens  https://mail.google.com/ (read, send, write, delete), as the file claims",
		"Exposed   since 2026-03-01 12:00:00 UTC, the date of commit",
		"remotes/origin/main holds it, so it was pushed",
		"Google says: live, opens https://mail.google.com/",
		"if classmates or servers share them, they are logged out too",
		"✓ dead since 2026-11-23 12:00:1", "✓ " + filepath.Join(s.dir, ".gitignore") + " names it now",
		`Why "git rm" alone would have achieved nothing`, "seven days",
		"Receipt of scopeaudit",
		"found              a refresh token and an access token 1//…(",
		"exposed since      2026-03-01 12:00:00 UTC, the date of commit", "by the clock of who",
		"pushed             refs/remotes/origin/main holds it",
		"power              https://mail.google.com/ (read, send, write, delete) (granted, as Google said)",
		"revoked at         2026-11-23 12:00:00 UTC",
	} {
		if !strings.Contains(unfolded(stdout), want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if !regexp.MustCompile(`confirmed dead at  2026-11-23 12:00:1\d UTC`).MatchString(stdout) {
		t.Errorf("the receipt does not say when it was dead:\n%s", stdout)
	}
	if strings.Count(stderr, "[y/N]") != 3 {
		t.Errorf("questions: %s", stderr)
	}
	if data, err := os.ReadFile(filepath.Join(s.dir, ".gitignore")); err != nil || string(data) != "/homework/token.json\n" {
		t.Errorf(".gitignore: %q, %v", data, err)
	}
	if status := s.git("status", "--porcelain"); status != "?? .gitignore" {
		t.Errorf("more was changed: %q", status)
	}
	// Once more: dead already, and .gitignore is left alone.
	code, stdout, _ = s.run(context.Background(), strings.NewReader(yes(3)), "sos", s.dir)
	if code != int(exitClean) || !strings.Contains(unfolded(stdout), "revoked at         before 2026-11-23 12:00:15 UTC: it was dead already") || strings.Contains(stdout, "names it now") {
		t.Errorf("again: exit status %d\n%s", code, stdout)
	}
}

// Each no goes on to the next step; nothing is sent before the first yes.
func TestSOSAsksEachStep(t *testing.T) {
	for answers, want := range map[string]struct {
		requests, revocations bool
		ignore                bool
		code                  exitCode
	}{
		"n n n": {false, false, false, exitUnfinished},
		"n n y": {false, false, true, exitUnfinished},
		"n y n": {true, true, false, exitClean},
		"y n n": {true, false, false, exitUnfinished},
		"":      {false, false, false, exitUnfinished},
	} {
		s := lost(t)
		receipt := filepath.Join(t.TempDir(), "receipt.txt")
		code, stdout, _ := s.run(context.Background(), strings.NewReader(strings.ReplaceAll(answers, " ", "\n")+"\n"), "sos", "--output", receipt, s.dir)
		if exitCode(code) != want.code || len(s.fake.Requests()) > 0 != want.requests || s.revocations() > 0 != want.revocations || exists(filepath.Join(s.dir, ".gitignore")) != want.ignore {
			t.Errorf("answers %q: exit status %d, %d requests\n%s", answers, code, len(s.fake.Requests()), stdout)
		}
		text, err := os.ReadFile(receipt)
		if err != nil || strings.Contains(string(text), "revoked at         not revoked") == want.revocations {
			t.Errorf("answers %q: %v\n%s", answers, err, text)
		}
		for _, secret := range s.secrets {
			if strings.Contains(string(text), secret[:20]) {
				t.Errorf("the receipt holds a secret")
			}
		}
	}
}

// Versions of one credential are one find, other accounts are another, and what
// git tracks is told how to leave.
func TestSOSSeveral(t *testing.T) {
	s := leaky(t)
	first := s.secrets[0]
	old, err := os.ReadFile(filepath.Join(s.dir, "homework", "main.py"))
	if err != nil {
		t.Fatal(err)
	}
	s.write("homework/token.json", strings.Replace(s.token("student@example.com"), s.secrets[6], strings.Replace(first, "student", "STUDENT", 1), 1))
	s.write("homework/copy.py", string(old))
	s.git("add", ".")
	code, stdout, stderr := s.run(context.Background(), strings.NewReader(yes(20)), "sos", s.dir)
	if code != int(exitClean) || strings.Count(stdout, "revoked at         2026") != 2 || strings.Count(stdout, "revoked at         before 2026-11-23 12:00:00 UTC: it was dead already") != 1 || !strings.Contains(stdout, "3 of 3") {
		t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{"git rm --cached -- homework/token.json", "homework/main.py has it in its text", "The client secret at homework/client.json:1 stays"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "main.py names it") || strings.Contains(stderr, "main.py to ") {
		t.Errorf("a source file would be ignored:\n%s", stderr)
	}
	// Agreed beforehand, it ends one token and not whatever it finds.
	asked := len(s.fake.Requests())
	code, stdout, stderr = s.run(context.Background(), strings.NewReader(""), "sos", "--yes", s.dir)
	if code != int(exitUsage) || !strings.Contains(stderr, "3 tokens were found") || len(s.fake.Requests()) > asked {
		t.Errorf("exit status %d: %s", code, stderr)
	}
	// It says what there is to choose from, as the hint wants it.
	named := regexp.MustCompile(`(?m)^  Named +([0-9a-f]{32})$`).FindAllStringSubmatch(stdout, -1)
	if len(named) != 3 {
		t.Fatalf("%d fingerprints in\n%s", len(named), stdout)
	}
	for _, n := range named {
		if code, stdout, stderr := s.run(context.Background(), strings.NewReader(""), "revoke", "--yes", "--leak", n[1], s.dir); code != int(exitClean) {
			t.Errorf("%s: exit status %d\n%s%s", n[1], code, stdout, stderr)
		}
	}
}

// The history around a folder or a file counts, and that it is the repository's is
// said; of a file, only what stands in it is ended.
func TestSOSBelowTheTop(t *testing.T) {
	s := lost(t)
	s.write("notes/empty.txt", "\n")
	other := s.write("other/token.json", s.token("other@example.com"))
	s.git("add", "other")
	s.git("commit", "-q", "-m", "another")
	for _, tt := range []struct{ path, where, since string }{
		{filepath.Join(s.dir, "notes"), "homework/token.json:1 in commit", "2026-03-01 12:00:00 UTC"},
		{other, "other/token.json:1", "2026-03-01 12:00:00 UTC"},
	} {
		code, stdout, stderr := s.run(context.Background(), strings.NewReader("n\nn\nn\nn\nn\nn\nn\n"), "sos", tt.path)
		if code != int(exitUnfinished) || !strings.Contains(stdout, "that of the whole repository in "+s.dir) || !strings.Contains(stdout, tt.where) || !strings.Contains(stdout, "exposed since      "+tt.since) {
			t.Errorf("%s: exit status %d\n%s%s", tt.path, code, stdout, stderr)
		}
		if one := strings.Contains(stdout, "1 of 1"); one != (tt.path == other) {
			t.Errorf("%s: it finds\n%s", tt.path, stdout)
		}
	}
	code, stdout, stderr := s.run(context.Background(), strings.NewReader(""), "sos", "--yes", other)
	if code != int(exitClean) || !strings.Contains(stdout, "git rm --cached -- other/token.json") {
		t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
}

// A token need not be in a file: messages, tags and what was amended away hold it
// too, and each place is named as people know it.
func TestSOSInOddPlaces(t *testing.T) {
	s := newStage(t)
	s.git("init", "-q", "-b", "main")
	refresh := func(account string) string {
		s.token(account)
		return s.secrets[len(s.secrets)-2]
	}
	s.write("main.py", "\n")
	s.git("add", ".")
	s.git("commit", "-q", "-m", "use "+refresh("message@example.com"))
	s.git("tag", "-a", "v1", "-m", "with "+refresh("tag@example.com"))
	file := s.write("token.json", s.token("amended@example.com"))
	s.git("add", ".")
	s.git("commit", "-q", "-m", "it works")
	s.git("rm", "-q", "--cached", "token.json")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	s.git("commit", "-q", "--allow-empty", "--amend", "-m", "gone?")
	code, stdout, stderr := s.run(context.Background(), strings.NewReader(yes(20)), "sos", s.dir)
	if code != int(exitClean) || strings.Count(stdout, "✓ dead since") != 3 || strings.Count(stdout, "deleted since\n  It opens") != 1 {
		t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{
		"in the message of commit " + s.git("rev-parse", "HEAD~1")[:12] + "\n", "in the text of tag " + s.git("rev-parse", "v1^{tag}")[:12] + "\n",
		"no branch or tag holds it any more",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
}

// Where history is not all there, that nothing was found is no comfort.
func TestSOSWithoutAllHistory(t *testing.T) {
	for name, tt := range map[string]struct {
		place func(s *stage) string
		says  string
	}{
		"shallow": {func(s *stage) string {
			dir := filepath.Join(t.TempDir(), "clone")
			s.git("clone", "-q", "--depth", "1", "file://"+s.dir, dir)
			return dir
		}, "git fetch --unshallow"},
		"inside a submodule": {func(s *stage) string {
			outer := newStage(t)
			outer.git("init", "-q")
			outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", s.dir, "third/lib")
			return filepath.Join(outer.dir, "third", "lib")
		}, "run sos in the folder that holds both"},
		"an object is damaged": {func(s *stage) string {
			blob := s.removeObject("HEAD~2:homework/token.json")
			if err := os.WriteFile(filepath.Join(s.dir, ".git", "objects", blob[:2], blob[2:]), []byte("damaged"), 0o600); err != nil {
				t.Fatal(err)
			}
			return s.dir
		}, "Not everything could be read"},
		"an object is missing": {func(s *stage) string {
			s.removeObject("HEAD~2:homework/token.json")
			return s.dir
		}, "objects are missing"},
	} {
		t.Run(name, func(t *testing.T) {
			s := lost(t)
			s.write("homework/main.py", "\n")
			s.git("add", ".")
			s.git("commit", "-q", "-m", "more")
			code, stdout, stderr := s.run(context.Background(), strings.NewReader(""), "sos", tt.place(s))
			if code != int(exitUnfinished) || !strings.Contains(stdout, tt.says) || !strings.Contains(stdout, "that was not everything") {
				t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
			}
		})
	}
}

// Where Google cannot be reached, the receipt calls nothing dead.
func TestSOSUnreachable(t *testing.T) {
	s := lost(t)
	s.fake.Close()
	code, stdout, stderr := s.run(context.Background(), strings.NewReader(yes(3)), "sos", s.dir)
	if code != int(exitUnfinished) || !strings.Contains(stdout, "revoked at         not revoked") || !strings.Contains(stdout, "confirmed dead at  not confirmed: 127.0.0.1") {
		t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
}

// A receipt that cannot be written is known before anything is sent; one that can
// be written no more is printed.
func TestSOSReceiptNotWritten(t *testing.T) {
	s := lost(t)
	held := s.write("held.json", s.token("other@example.com"))
	for _, args := range [][]string{{"--output", held}, {"--output", filepath.Join(s.dir, "none", "receipt.txt")}, {"--format", "sarif"}, {"--format", "json=" + s.dir}} {
		code, stdout, stderr := s.run(context.Background(), strings.NewReader(yes(3)), append([]string{"sos", s.dir}, args...)...)
		if code == int(exitClean) || stdout != "" || len(s.fake.Requests()) > 0 {
			t.Errorf("%q: exit status %d, %d requests\n%s%s", args, code, len(s.fake.Requests()), stdout, stderr)
		}
	}
	if err := os.Remove(held); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "desk")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	answers := &answering{strings.NewReader("y\n"), 2, func() { os.Remove(folder) }}
	code, stdout, stderr := s.run(context.Background(), answers, "sos", "--output", filepath.Join(folder, "receipt.txt"), s.dir)
	if code != int(exitUnfinished) || !strings.Contains(stdout, "confirmed dead at  2026-11-23") || !strings.Contains(stderr, "report not written") {
		t.Errorf("exit status %d\n%s%s", code, stdout, stderr)
	}
}

// The receipt for programs has standard output for itself, or a file, and holds
// what the other does.
func TestSOSReceiptJSON(t *testing.T) {
	s := lost(t)
	file := filepath.Join(t.TempDir(), "receipt.json")
	code, stdout, stderr := s.run(context.Background(), strings.NewReader(""), "sos", "--yes", "--format", "json", "--format", "json="+file, s.dir)
	saved, err := os.ReadFile(file)
	if code != int(exitClean) || err != nil || string(saved) != stdout || !strings.Contains(stderr, "1 of 1") {
		t.Fatalf("exit status %d, %v\n%s%s", code, err, stdout, stderr)
	}
	var got receipt
	if err := json.Unmarshal(saved, &got); err != nil || len(got.Tokens) != 1 {
		t.Fatalf("%v\n%s", err, saved)
	}
	// It says what the story says beside the tokens.
	if len(got.Notes) != 1 || !strings.Contains(strings.Join(strings.Fields(stderr), " "), "! "+got.Notes[0]) || got.Files != 0 || got.Objects == 0 {
		t.Errorf("%d files, %d objects, notes %q", got.Files, got.Objects, got.Notes)
	}
	want := receiptToken{
		Where: got.Tokens[0].Where, Found: got.Tokens[0].Found, Fingerprint: got.Tokens[0].Fingerprint,
		Deleted: true, Since: got.Tokens[0].Since, Commit: s.git("rev-parse", "HEAD~1"), Pushed: []string{"refs/remotes/origin/main"},
		Scopes: []string{mailScope}, Power: "granted", RevokedAt: &s.clock.now, ConfirmedAt: &s.clock.now,
	}
	if diff := cmp.Diff(want, got.Tokens[0]); diff != "" || got.Tokens[0].Since.Format(time.DateOnly) != "2026-03-01" || len(got.Tokens[0].Where) == 0 {
		t.Errorf("%s\n%s", diff, saved)
	}
	// Where nothing is, there is a receipt for programs too.
	_, stdout, _ = s.run(context.Background(), strings.NewReader(""), "sos", "--yes", "--format", "json", t.TempDir())
	var none receipt
	if err := json.Unmarshal([]byte(stdout), &none); err != nil || none.Tokens == nil || none.Notes == nil || len(none.Tokens) > 0 || none.Complete || !got.Complete {
		t.Errorf("an empty folder: %v\n%s", err, stdout)
	}
	// And once more, when it is dead.
	_, stdout, _ = s.run(context.Background(), strings.NewReader(""), "sos", "--yes", "--format", "json", s.dir)
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || !got.Tokens[0].DeadBefore || got.Tokens[0].Power != "claimed" {
		t.Errorf("%v\n%s", err, stdout)
	}
}

// On a narrow terminal no line is wider than it, but for what has no place to
// break: paths, addresses, commands.
func TestEndingsOnNarrowTerminals(t *testing.T) {
	for _, width := range []int{40, 60, 80} {
		s := lost(t)
		file := s.write("token.json", s.token("other@example.com"))
		for _, args := range [][]string{{"sos", s.dir}, {"revoke", file}} {
			var out bytes.Buffer
			run(context.Background(), append(args, "--endpoint", s.fake.URL()), environment{
				stdin: strings.NewReader(yes(20)), stdout: &out, stderr: &out, clock: s.clock, terminal: true,
				getenv: func(name string) string { return map[string]string{"COLUMNS": fmt.Sprint(width)}[name] },
			})
			for line := range strings.Lines(strings.ReplaceAll(out.String(), "[y/N] ", "[y/N]\n")) { // as answers are
				longest := 0
				for word := range strings.FieldsSeq(line) {
					longest = max(longest, utf8.RuneCountInString(word))
				}
				if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > width && longest < width-len("  client: ") && !strings.HasPrefix(line, "  git rm") {
					t.Errorf("%d columns, %d wide: %q", width, n, line)
				}
			}
		}
	}
}

func TestSOSFindsNothing(t *testing.T) {
	s := newStage(t)
	s.write("main.py", "print('hello')\nrefresh_token = '1//0hQ4nVt8sKpX2CgYIARAAGBI'\n")
	code, stdout, _ := s.run(context.Background(), strings.NewReader(""), "sos", s.dir)
	if code != int(exitClean) || !strings.Contains(stdout, "No whole token") || !strings.Contains(stdout, "main.py:2, names no token") || !strings.Contains(stdout, "myaccount.google.com/connections") {
		t.Errorf("exit status %d\n%s", code, stdout)
	}
	if code, _, _ := s.run(context.Background(), strings.NewReader(""), "sos", filepath.Join(s.dir, "none")); code != int(exitUnfinished) {
		t.Errorf("a folder that is not there: exit status %d", code)
	}
	if code, _, _ := s.run(context.Background(), strings.NewReader(""), "sos", "-"); code != int(exitUsage) {
		t.Errorf("standard input: exit status %d", code)
	}
}

// answering types yes some times and interrupts the program at the next question.
type answering struct {
	io.Reader
	left      int
	interrupt func()
}

func (a *answering) Read(p []byte) (int, error) {
	if a.left == 0 {
		a.interrupt()
		return a.Reader.Read(p)
	}
	a.left--
	return copy(p, "y\n"), nil
}

// An interrupt at each question leaves the repository as it is, and what was
// ended until then is on the receipt.
func TestSOSInterrupted(t *testing.T) {
	for answered := range 3 {
		t.Run(fmt.Sprint(answered), func(t *testing.T) {
			s := lost(t)
			ctx, interrupt := context.WithCancel(context.Background())
			waiting, keep := io.Pipe()
			defer keep.Close()
			code, stdout, stderr := s.run(ctx, &answering{waiting, answered, interrupt}, "sos", s.dir)
			if code != int(exitUnfinished) || !strings.Contains(stderr, "interrupted") {
				t.Errorf("exit status %d: %s", code, stderr)
			}
			if ended := answered == 2; strings.Contains(stdout, "revoked at         2026") != ended || s.revocations() > 0 != ended {
				t.Errorf("%d revocations\n%s", s.revocations(), stdout)
			}
			if status := s.git("status", "--porcelain"); status != "" {
				t.Errorf("something is half-written: %q", status)
			}
		})
	}
}

func TestAddLine(t *testing.T) {
	dir := t.TempDir()
	for before, want := range map[string]string{
		"":                    "/token.json\n",
		"*.log\n":             "*.log\n/token.json\n",
		"*.log":               "*.log\n/token.json\n",
		"*.log\r\n":           "*.log\r\n/token.json\r\n",
		"/token.json\n*.log":  "/token.json\n*.log",
		"x/token.json\n# é\n": "x/token.json\n# é\n/token.json\n",
	} {
		file := filepath.Join(dir, ".gitignore")
		if err := os.WriteFile(file, []byte(before), 0o640); err != nil {
			t.Fatal(err)
		}
		added, err := addLine(file, "/token.json")
		got, readErr := os.ReadFile(file)
		if err != nil || readErr != nil || string(got) != want || added == (before == want) {
			t.Errorf("%q: %v, %q, %v, %v", before, added, got, err, readErr)
		}
	}
	elsewhere := filepath.Join(dir, "elsewhere")
	if err := os.WriteFile(elsewhere, []byte("keep\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(elsewhere, link); err != nil {
		t.Skipf("needs symbolic links: %v", err)
	}
	if _, err := addLine(link, "/token.json"); err == nil {
		t.Error("a link was written through")
	}
	if got, _ := os.ReadFile(elsewhere); string(got) != "keep\n" {
		t.Errorf("another file was changed: %q", got)
	}
}

// Whoever interrupts the search is told that nothing was sent, and not about
// reports.
func TestSearchInterrupted(t *testing.T) {
	s := lost(t)
	ctx, interrupt := context.WithCancel(context.Background())
	interrupt()
	for _, args := range [][]string{{"sos", s.dir}, {"revoke", "--leak", "ffffffffffffffff", s.dir}, {"revoke", s.write("token.json", s.token("a@example.com"))}} {
		code, stdout, stderr := s.run(ctx, strings.NewReader(yes(3)), args...)
		if code != int(exitUnfinished) || !strings.Contains(stderr, "nothing was") || strings.Contains(stderr, "report") {
			t.Errorf("%q: exit status %d\n%s%s", args, code, stdout, stderr)
		}
	}
	if n := len(s.fake.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
}
