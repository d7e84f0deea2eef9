package tree

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"scopeaudit/audit/rules"
)

// ignoredBy judges one file by one ignore file at the top.
func ignoredBy(patterns, path string, fold bool) bool {
	var w work
	w.left.Store(maxMatchWork)
	ig := &ignores{patterns: parseIgnore([]byte(patterns), fold)}
	for i := range len(path) {
		if path[i] == '/' && ig.verdict(path[:i], true, fold, &w) {
			return true
		}
	}
	return ig.verdict(path, false, fold, &w)
}

func TestIgnorePatterns(t *testing.T) {
	for _, c := range []struct{ patterns, ignored, not string }{
		{"a", "a d/a a/d", "A ab d/ab"},
		{"a/", "a/x d/a/x", "a d/a"},
		{"/a", "a a/x", "d/a"},
		{"d/a", "d/a d/a/x", "e/d/a a"},
		{"*.log", "x.log d/x.log .log", "x.logs log"},
		{"a*/x", "a/x ab/x", "a/b/x x/a/x"},
		{"d/*", "d/x d/e/x", "d e/d/x"},
		{"d/**", "d/x d/e/x", "d e/d/x"},
		{"**/x", "x d/x d/e/x", "ax d/ax"},
		{"d/**/x", "d/x d/e/x d/e/f/x", "dx d/ex e/d/x"},
		{"d/**x", "d/x d/ax", "d/e/ax"},
		{"d**/x", "d/x dx dd/e/x", "x e/d/x"}, // git's own reading of stars behind a literal
		{"***/x", "x d/x", "dx"},
		{"?", "a d/b", "ab"},
		{"d?x", "dax", "d/x dx"},
		{"[ab]", "a b", "c ab"},
		{"[!ab]", "c", "a b"},
		{"[^ab]", "c", "a b"},
		{"[]]", "]", "a"},
		{"[!]]", "a", "]"},
		{"[]-a]", "] a _", "b -"},
		{"[a-c]x", "ax cx", "dx -x"},
		{"[a-]", "a -", "b"},
		{`[\]]`, "]", `\`},
		{`[\a-\c]`, "b", "d -"},
		{"[[:digit:]]", "1", "a :"},
		{"[[:x]", "[ : x", "d"},
		{"[[:nope:]]", "", "n : ["},
		{"[a", "", "a [a"},
		{`a\`, "", `a\ a`},
		{`\*`, "*", "a"},
		{`\#a`, "#a", "a"},
		{`\!a`, "!a", "a"},
		{"#a", "", "#a a"},
		{"!a", "", "a !a"},
		{"a\n!a", "", "a"},
		{"!a\na", "a", ""},
		{"d\n!d/a", "d/a d/b", ""}, // what lies below an ignored folder is not taken back
		{"d/*\n!d/a", "d/b", "d/a d/a/x"},
		{"/*\n!/d\n/d/*\n!/d/e", "a d/f", "d/e d/e/f"},
		{"a\r\nb", "a b", "a\r"},
		{"\xef\xbb\xbfa", "a", "\xef\xbb\xbfa"},
		{"a\x00b", "a", "ab"},
		{"a\t", "a\t", "a"},
		{"\n\r\n/\n//\n!\n", "", "a"},
	} {
		for _, p := range strings.Split(c.ignored, " ") {
			if p != "" && !ignoredBy(c.patterns, p, false) {
				t.Errorf("%q does not ignore %q", c.patterns, p)
			}
		}
		for _, p := range strings.Split(c.not, " ") {
			if p != "" && ignoredBy(c.patterns, p, false) {
				t.Errorf("%q ignores %q", c.patterns, p)
			}
		}
	}
	for _, c := range []struct{ patterns, path string }{
		{"a ", "a"}, {"a   ", "a"}, {`a\ `, "a "}, {`a\  `, "a "}, {`a \ `, "a  "}, {" a", " a"},
	} {
		if !ignoredBy(c.patterns, c.path, false) {
			t.Errorf("%q does not ignore %q", c.patterns, c.path)
		}
	}
}

// Matching costs no more steps than pattern and path multiplied, whatever stars
// stand in the pattern: twice the length of both costs four times as much.
func TestIgnoreWork(t *testing.T) {
	cost := func(pattern, path string) int64 {
		var w work
		w.left.Store(maxMatchWork)
		ig := &ignores{patterns: parseIgnore([]byte(pattern), false)}
		ig.verdict(path, false, false, &w)
		return maxMatchWork - w.left.Load()
	}
	for _, pattern := range []func(n int) string{
		func(n int) string { return strings.Repeat("*a", n) + "b" },
		func(n int) string { return strings.Repeat("**/", n) + "b" },
		func(n int) string { return strings.Repeat("*/", n) + strings.Repeat("*a*", n/4) + "b" },
		func(n int) string { return "x/" + strings.Repeat("a**", n) },
	} {
		for _, path := range []func(n int) string{
			func(n int) string { return strings.Repeat("a", 4*n) },
			func(n int) string { return strings.Repeat("a/", 2*n) + "a" },
		} {
			once, twice := cost(pattern(200), path(200)), cost(pattern(400), path(400))
			if twice > 5*once || once > 200*4*200*4 {
				t.Errorf("%.20q on %.20q…: %d steps, of double length %d", pattern(4), path(4), once, twice)
			}
		}
	}

	// And all patterns together draw on one account.
	var w work
	w.left.Store(1000)
	ig := &ignores{patterns: parseIgnore([]byte(strings.Repeat("*a*b\n", 10_000)), false)}
	if ig.verdict("name", false, false, &w); !w.exhausted() {
		t.Error("the work was not counted")
	}
	g := open(t, t.TempDir())
	g.work.left.Store(0)
	g.folders[folderKey{"", false}] = &folderState{repo: &repo{index: newIndex()}, ignores: ig, known: true}
	wantState(t, g, "name", rules.GitUnknown)
}

// randomPattern makes lines of which some match something and many are odd.
func randomPattern() *rapid.Generator[string] {
	part := rapid.SampledFrom([]string{
		"a", "b", "A", "ab", "foo", "Foo", ".", "-", "a", "foo", "*", "*", "**", "**/", "/**", "/", "/", "?", "[ab]", "[!a]", "[^b-]",
		"[a-c]", "[A-C]", "[A]", "[[:upper:]]", "[[:lower:]x]", "[[:alpha:]-z]", "[[:space:]]", "[[:punct:]]", "[[:cntrl:]]",
		"[[:x]", "[[:]", "[[::]]", "[[:nope:]]", "[]a]", "[!]]", "[a-", "[", "]", `\`, `\a`, `\A`, `\*`, `\/`, `[\]]`, `[a-\c]`, `[/]`, "!", "#",
		" ", " ", `\ `, "\t", "\v", "\r", "\x00", "\xff", "é",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(part, 1, 6).Draw(t, "parts"), "")
	})
}

func randomPath() *rapid.Generator[string] {
	name := rapid.SampledFrom([]string{
		"a", "b", "A", "ab", "ba", "foo", "Foo", "FOO", "a b", "a ", " ", ".a", "a.", "#a", "!a", "-", "[", "]", `a\`, "*", "aab", "c", "abc", "a\t",
		"\v", "\r", "a\r", "\xff", "é", "foob", "afoo", "zfoo/b",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(name, 1, 5).Draw(t, "names"), "/")
	}).Filter(func(p string) bool { return p != "a" }) // which is a folder, for its ignore file
}

// TestIgnoreAgreesWithGit asks git itself about random patterns and paths.
func TestIgnoreAgreesWithGit(t *testing.T) {
	for name, fold := range map[string]bool{"case told": false, "case not told": true} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			if fold {
				r.git("config", "core.ignorecase", "true")
			}
			rapid.Check(t, func(rt *rapid.T) {
				lines := rapid.SliceOfN(randomPattern(), 1, 5).Draw(rt, "lines")
				deeper := rapid.SliceOfN(randomPattern(), 0, 3).Draw(rt, "lines of a/.gitignore")
				exclude := rapid.SliceOfN(randomPattern(), 0, 2).Draw(rt, "lines of info/exclude")
				paths := rapid.SliceOfN(randomPath(), 40, 40).Draw(rt, "paths")
				write(t, r.dir, map[string]string{
					".gitignore": strings.Join(lines, "\n"), "a/.gitignore": strings.Join(deeper, "\n"),
					".git/info/exclude": strings.Join(exclude, "\n"),
				})
				want := r.checkIgnore(paths)
				g, err := OpenGit(r.dir)
				if err != nil {
					rt.Fatal(err)
				}
				defer g.Close()
				for _, p := range paths {
					if got := g.state(p, fold) == rules.GitIgnored; got != want[p] {
						rt.Errorf("%q ignored: %v, git says %v", p, got, want[p])
					}
				}
			})
		})
	}
}

// checkIgnore asks git which paths are ignored.
func (r gitRepo) checkIgnore(paths []string) map[string]bool {
	r.t.Helper()
	cmd := r.command("check-ignore", "--no-index", "--stdin", "-z")
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\x00") + "\x00")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) { // 1: none is ignored
		r.t.Fatalf("git check-ignore: %v\n%s", err, stderr.Bytes())
	}
	ignored := make(map[string]bool)
	for _, p := range bytes.Split(out, []byte{0}) {
		ignored[string(p)] = true
	}
	return ignored
}

func FuzzIgnore(f *testing.F) {
	f.Add([]byte("*.log\n!keep.log\n/build/\n**/x/[a-z]*\n"), "build/x/y.log", false)
	f.Add([]byte("[[:alpha:]-\\]"), "a", true)
	f.Add([]byte("a**/b\\"), "a/b", true)
	f.Add([]byte("\xef\xbb\xbf!\\ \r\n"), " ", false)
	f.Fuzz(func(t *testing.T, patterns []byte, path string, fold bool) {
		if len(patterns) > 4096 || len(path) > 4096 {
			t.Skip("longer than what the time of one case allows")
		}
		for _, p := range parseIgnore(patterns, fold) {
			if n := len(p.fixed) + len(p.rest); n == 0 && !p.ending || n > 2*len(patterns) {
				t.Errorf("a pattern of %d elements from %d bytes", n, len(patterns))
			}
		}
		ignoredBy(string(patterns), path, fold)
		// A file is never ignored and taken back by the same last line.
		if ignoredBy(string(patterns)+"\n!*", path, fold) && !strings.Contains(path, "/") && path != "" {
			t.Errorf("%q is ignored although the last line takes back all", path)
		}
		if !ignoredBy(string(patterns)+"\n*", path, fold) && path != "" {
			t.Errorf("%q is not ignored although the last line ignores all", path)
		}
	})
}

func BenchmarkState(b *testing.B) {
	r := newRepo(b)
	r.populate()
	for b.Loop() {
		g, err := OpenGit(r.dir)
		if err != nil {
			b.Fatal(err)
		}
		g.State("sub/deeper/new")
		g.Close()
	}
}
