package secrets

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

const packDir = "../../testdata/vectors/packs"

func parsePack(t testing.TB, name string, o PackOptions) *Pack {
	t.Helper()
	p, err := ParsePack(os.DirFS(packDir), name, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPacksAreRefused(t *testing.T) {
	dir := filepath.Join(packDir, "refused")
	files, err := filepath.Glob(filepath.Join(dir, "*.toml"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d packs to refuse: %v", len(files), err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(data), "\n")
		want := strings.TrimPrefix(first, "# ")
		_, err = ParsePack(os.DirFS(dir), filepath.Base(f), PackOptions{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), filepath.Base(f)) {
			t.Errorf("%s: %v, want an error that names the file and says: %s", filepath.Base(f), err, want)
		}
	}
}

func TestPacksOfAnySize(t *testing.T) {
	rule := "[[rules]]\nid = \"a\"\nregex = '''abc'''\n"
	chain := fstest.MapFS{"big.toml": {Data: []byte(rule + "#" + strings.Repeat("x", maxPackFile))}, "dir/0.toml": {Data: []byte(rule)}}
	for i := range maxPackFiles + 1 {
		chain[fmt.Sprintf("dir/%d.toml", i+1)] = &fstest.MapFile{Data: fmt.Appendf(nil, "[extend]\npath = \"%d.toml\"\n", i)}
	}
	var many strings.Builder
	for i := range 200 {
		fmt.Fprintf(&many, "[[rules]]\nid = \"r%d\"\nregex = \"%03d-abcdefghijklm[a-h][a-h]\"\n", i, i)
	}
	chain["many.toml"] = &fstest.MapFile{Data: []byte(many.String())}
	for name, want := range map[string]string{
		"many.toml": "hang on more than", "big.toml": "longer than", "dir/3.toml": "", "dir/4.toml": "more than 4 packs", "none.toml": "file does not exist",
	} {
		_, err := ParsePack(chain, name, PackOptions{})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	// Without a place in a file there is no folder to leave: the text extends.
	p, err := ParsePack(chain, "dir/0.toml", PackOptions{Default: []byte("[extend]\nuseDefault = true\n")})
	if err != nil || p.Name() != "0" {
		t.Errorf("%v, %v", p, err)
	}
}

func TestExtend(t *testing.T) {
	p := parsePack(t, "extends.toml", PackOptions{Name: "Mine"})
	ids := map[string]rules.Rule{}
	for _, r := range p.Rules() {
		ids[string(r.ID)] = r
		if r.Title == "" || r.What == "" || r.Why == "" || r.Remedy == "" || r.Severity != rules.Medium {
			t.Errorf("%s is not documented: %+v", r.ID, r)
		}
	}
	if _, ok := ids["mine:overlapping"]; ok || len(ids) != 17 {
		t.Errorf("%d rules, want 17 without the disabled one", len(ids))
	}
	if got := ids["mine:prefix"].Title; got != "The plain prefix, longer" {
		t.Errorf("the title of what is overridden is %q", got)
	}
	if want := []string{"mine:not-a-word", "mine:not-ascii", "mine:own"}; !slices.Equal(p.Unkeyed(), want) {
		t.Errorf("rules without keywords: %v, want %v", p.Unkeyed(), want)
	}
	s := NewScanner(Key{}, p)
	for text, want := range map[string]string{
		"acme_abcdefgh": "", "acme_abcdefgh1": "mine:prefix", "acme_fixture12": "", "own_1234": "mine:own", "pair(abc,d3adbe)": "mine:group",
	} {
		if got := strings.Join(ruleSet(scan(s, "f", []byte(text))), " "); got != want {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
	base, err := os.ReadFile(filepath.Join(packDir, "awkward.toml"))
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{".gitleaks.toml": {Data: []byte("[extend]\nuseDefault = true\n")}}
	p, err = ParsePack(fsys, ".gitleaks.toml", PackOptions{Default: base})
	if err != nil || p.Name() != "gitleaks" || len(p.Rules()) != 17 {
		t.Errorf("%v, %v", p, err)
	}
}

func TestAllowlists(t *testing.T) {
	pack := parsePack(t, "awkward.toml", PackOptions{})
	all := parsePack(t, "awkward.toml", PackOptions{Name: "all", ForAll: true})
	token := "ya29." + draw("url64", 60, 5)
	for _, c := range []struct {
		name, path, commit, text, want string
		silenced                       int
		forAll                         bool
	}{
		{"no allowlist", "f", "", "list_abcdef", "awkward:listed", 0, false},
		{"a stop word", "f", "", "list_abcdef list_1sample", "awkward:listed", 1, false},
		{"match", "f", "", "list_0abcde", "", 1, false},
		{"line and path", "docs/f", "", "list_abcdef # fine", "", 1, false},
		{"line, and another path", "src/f", "", "list_abcdef # fine", "awkward:listed", 0, false},
		{"path, and another line", "docs/f", "", "list_abcdef\n# fine", "awkward:listed", 0, false},
		{"a target's stop word", "f", "", "acme_fixture1 list_fixture1", "awkward:listed", 1, false},
		{"the pack's regex", "f", "", "rand=deadbeef12", "", 1, false},
		{"the pack's path", "a/node_modules/f", "", "acme_abcdefgh " + token, "google-access-token", 1, false},
		{"the pack's path, for all", "a/node_modules/f", "", "acme_abcdefgh " + token, "", 3, true},
		{"the commit", "f", "0123456789abcdef", "acme_abcdefgh", "", 1, false},
		{"another commit", "f", "0123", "acme_abcdefgh", "awkward:prefix", 0, false},
		{"a file by its name", "home/ID_vector", "", "", "awkward:by-name", 0, false},
		{"a file by its name, allowed", "node_modules/id_vector", "", "", "", 1, false},
		{"a rule for settings", "f.CONF", "", "conf_012345", "awkward:in-settings", 0, false},
		{"a rule for settings, elsewhere", "f.py", "", "conf_012345", "", 0, false},
	} {
		packs := []*Pack{pack}
		if c.forAll {
			packs = append(packs, all)
		}
		p := NewScanner(Key{}, packs...).Begin(rules.Location{Path: c.path, Commit: c.commit})
		p.Scan(decode.Whole([]byte(c.text)))
		if got := strings.Join(ruleSet(p.End()), " "); got != c.want {
			t.Errorf("%s: found %q, want %q", c.name, got, c.want)
		}
		if p.Silenced() != c.silenced {
			t.Errorf("%s: %d silenced, want %d", c.name, p.Silenced(), c.silenced)
		}
	}
}

func TestBuiltInRulesComeBeforePacks(t *testing.T) {
	fsys := fstest.MapFS{"p.toml": {Data: []byte("[[rules]]\nid = \"any\"\nregex = '''token = (\\S+)'''\n")}}
	p, err := ParsePack(fsys, "p.toml", PackOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s := NewScanner(Key{}, p)
	token := "ya29." + draw("url64", 60, 5)
	if got := ruleSet(scan(s, "f", []byte("token = "+token))); !slices.Equal(got, []string{"google-access-token"}) {
		t.Errorf("found %v", got)
	}
	generic := []byte("api_token = \"" + draw("an", 40, 3) + "\"\n")
	if got := ruleSet(scan(NewScanner(Key{}), "f", generic)); !slices.Equal(got, []string{"generic-secret"}) {
		t.Errorf("without packs: found %v", got)
	}
	if got := ruleSet(scan(s, "f", generic)); !slices.Equal(got, []string{"p:any"}) {
		t.Errorf("where only looks tell: found %v", got)
	}
	leaks := scan(s, "f", []byte("\ntoken = other-thing-entirely"))
	if len(leaks) != 1 || leaks[0].Rule != "p:any" || leaks[0].Location.Line != 2 || leaks[0].Location.Column != 9 ||
		len(leaks[0].Fingerprint) != 32 || strings.Contains(fmt.Sprint(leaks), "entirely") {
		t.Errorf("found %+v", leaks)
	}
}

// raw gives what the packs' rules matched before findings about the same place
// are joined.
func raw(p *Pass) []string {
	var out []string
	for _, f := range p.found {
		if f.pack {
			out = append(out, fmt.Sprintf("%s %d-%d %s", f.Rule, f.pos, f.end, f.Masked))
		}
	}
	slices.Sort(out)
	return out
}

// everywhere runs every pattern over the whole text. It fails to judge texts with
// matches that are longer than what the engine promises.
func everywhere(s *Scanner, base rules.Location, data []byte, patterns map[rules.ID]*regexp.Regexp) (out []string, ok bool) {
	p := s.Begin(base)
	p.packs.enter(decode.Whole(data), s.packs)
	for _, r := range s.packs.rules {
		if r.path != nil && !r.path().MatchString(base.Path) {
			continue
		}
		for _, loc := range patterns[r.doc.ID].FindAllSubmatchIndex(data, -1) {
			if loc[1]-loc[0] > packSpan/2 {
				return nil, false
			}
			if m, ok := p.packMatch(r, data, loc); ok {
				p.keep(decode.Whole(data), 0, 0, window{data: data}, m)
			}
		}
	}
	return raw(p), true
}

// patternsOf gives the patterns of a pack as they stand in the file.
func patternsOf(t testing.TB, dir, name string) map[rules.ID]*regexp.Regexp {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	c, err := decodePack(name, data)
	if err != nil {
		t.Fatal(err)
	}
	out := map[rules.ID]*regexp.Regexp{}
	for _, r := range c.Rules {
		if r.Regex != "" {
			out[rules.ID(strings.TrimSuffix(name, ".toml")+":"+slug(r.ID))] = regexp.MustCompile(r.Regex)
		}
	}
	return out
}

func packPieces() []string {
	return []string{
		"acme_abcdefgh", "acme_0123456789ab", "xacme_abcdefgh", "start-abcd", "tail-abcdef", "tail-abcd;", "line:abc", "\nline:abc123\n",
		"zulu", "ZAP_key = \"ABCDEF12\"", "my.Zulu: abcdef0;", "BEGIN-X", "END-X", "BEGIN-X\n\n12END-X", "red-1234", "green_abcdef", "12blue",
		"ab", "aba", "babab", "aabaaba", "pair(abc,d3f4)", "rand=a1b2c3d4", "rand=aaaaaaaa", " 1234-5678 ", "1234-5678", " pinned ", "mid12", "xmidx123",
		"éclé:é;", "clé=", "<tok>", "</tok>", "<tok>x\ny</tok>", "conf_012345", "list_abcdef", "list_sample1", "# fine", "deadbeef", "fixture",
		" ", "\n", "é", "\xC3", "\xA9", "\xE2\x82", "x", "0", ";", "=", "\"", ".", "_", strings.Repeat("x", 500), strings.Repeat("é ", 700),
	}
}

func differ(s *Scanner, path string, patterns map[rules.ID]*regexp.Regexp, data []byte, size int) string {
	base := rules.Location{Path: path}
	want, ok := everywhere(s, base, data, patterns)
	if !ok {
		return ""
	}
	p := s.Begin(base)
	p.Scan(decode.Whole(data))
	if diff := gocmp.Diff(want, raw(p)); diff != "" {
		return "around anchors (-everywhere +anchors):\n" + diff
	}
	if p = s.Begin(base); size > 0 {
		for at := 0; ; at += size {
			end := min(at+size+Overlap, len(data))
			p.Scan(decode.View{Data: bytes.Clone(data[at:end]), Offset: int64(at), First: at == 0, Last: end == len(data)})
			if end == len(data) {
				break
			}
		}
		if diff := gocmp.Diff(want, raw(p)); diff != "" {
			return fmt.Sprintf("in windows that begin every %d bytes (-everywhere +windows):\n%s", size, diff)
		}
	}
	return ""
}

func TestPacksFindWhatTheirPatternsFindEverywhere(t *testing.T) {
	s, patterns, pieces := NewScanner(Key{}, parsePack(t, "awkward.toml", PackOptions{})), patternsOf(t, packDir, "awkward.toml"), packPieces()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 120).Draw(t, "parts")
		data := []byte(strings.Join(parts, ""))
		if diff := differ(s, "docs/a.conf", patterns, data, rapid.IntRange(1000, 20000).Draw(t, "window")); diff != "" {
			t.Fatal(diff)
		}
	})
	// What the pieces are made of makes every rule fire.
	data := []byte("start-abcd\nline:abc\nxmid12 " + strings.Join(pieces, " ") + " pinned\n<tok>a</tok>\nbabab pair(a,b1b2) BEGIN-X END-X éclé:ab")
	p := s.Begin(rules.Location{Path: "a.conf"})
	p.Scan(decode.Whole(data))
	for id := range patterns {
		if !slices.ContainsFunc(p.found, func(f finding) bool { return f.Rule == id }) {
			t.Errorf("%s never matches: the test says nothing of it", id)
		}
	}
}

func scanFor(t *testing.T, pattern, text string) *Pass {
	t.Helper()
	fsys := fstest.MapFS{"p.toml": {Data: []byte("[[rules]]\nid = \"a\"\nregex = '''" + pattern + "'''\n")}}
	pack, err := ParsePack(fsys, "p.toml", PackOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p := NewScanner(Key{}, pack).Begin(rules.Location{})
	p.Scan(decode.Whole([]byte(text)))
	return p
}

// How far a match may extend is part of what a pack promises.
func TestMatchesExtendAsFarAsSaid(t *testing.T) {
	const anchor = "anchor-"
	for _, c := range []struct {
		before, after int
		want          int
	}{{0, packSpan - 1, 1}, {0, packSpan + 1, 0}, {packSpan - len(anchor) - 1, 5, 1}, {packSpan - len(anchor), 5, 0}} {
		text := "x" + strings.Repeat("-", c.before) + anchor + strings.Repeat("0", c.after-1) + "!" + strings.Repeat(" ", 2*reach)
		if got := len(raw(scanFor(t, `(?:x-*)anchor-0*!`, text))); got != c.want {
			t.Errorf("%d before and %d behind: %d matches, want %d", c.before, c.after, got, c.want)
		}
	}
}

func TestWorkIsBounded(t *testing.T) {
	text := "<open>1!" + strings.Repeat("<open>", 1<<16)
	p := scanFor(t, `<open>[^!]*?!`, text)
	if got := len(raw(p)); got != 1 {
		t.Errorf("%d matches, want 1", got)
	}
	if p.Dropped() == 0 {
		t.Error("nothing was given up, or nothing was said of it")
	}
	s := NewScanner(Key{}, parsePack(t, "awkward.toml", PackOptions{}), gitleaksPack(t))
	p = s.Begin(rules.Location{Path: "a.go"})
	p.Scan(decode.Whole(sourceLike(2 << 20)))
	for i, spent := range p.packs.input.spent {
		if spent > packBudget {
			t.Errorf("%s read %d bytes of plain source", s.packs.rules[i].doc.ID, spent)
		}
	}
}

func FuzzPackEngine(f *testing.F) {
	s, patterns := NewScanner(Key{}, parsePack(f, "awkward.toml", PackOptions{})), patternsOf(f, packDir, "awkward.toml")
	for _, p := range packPieces() {
		f.Add([]byte(p), uint8(1))
		f.Add([]byte("pinned "+p+p+"\n"+p), uint8(40))
	}
	f.Fuzz(func(t *testing.T, data []byte, times uint8) {
		data = bytes.Repeat(data, int(times))
		if len(data) > 64<<10 || bytes.ContainsRune(data, 'K') || bytes.ContainsRune(data, 'ſ') {
			return
		}
		if diff := differ(s, "docs/a.conf", patterns, data, 2000); diff != "" {
			t.Fatal(diff)
		}
	})
}

// A pattern drawn at random finds around its anchors what it finds everywhere.
func TestAnyPatternFindsTheSameAroundItsAnchors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := drawPattern(t, 3)
		if strings.Contains(pattern, "'''") {
			t.Skip("cannot be written in the file")
		}
		fsys := fstest.MapFS{"awkward.toml": {Data: []byte("[[rules]]\nid = \"a\"\nregex = '''" + pattern + "'''\n")}}
		p, err := ParsePack(fsys, "awkward.toml", PackOptions{})
		if err != nil {
			t.Skip("refused: it has no text that every match must have")
		}
		text := rapid.StringOfN(rapid.RuneFrom([]rune("aabbABé\n ")), 0, 60, -1).Draw(t, "text")
		patterns := map[rules.ID]*regexp.Regexp{"awkward:a": regexp.MustCompile(pattern)}
		if diff := differ(NewScanner(Key{}, p), "a", patterns, []byte(text), 0); diff != "" {
			t.Fatalf("%s: %s", pattern, diff)
		}
	})
}

func FuzzParsePack(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(packDir, "*.toml"))
	if err != nil {
		f.Fatal(err)
	}
	more, _ := filepath.Glob(filepath.Join(packDir, "refused", "*.toml"))
	for _, name := range append(files, more...) {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 32<<10 {
			return
		}
		p, err := ParsePack(fstest.MapFS{"p.toml": {Data: data}}, "p.toml", PackOptions{})
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("an error of several lines: %q", err)
			}
			return
		}
		for _, r := range p.Rules() {
			if r.Title == "" || !utf8.ValidString(r.Title) || strings.ContainsAny(r.Title, "\r\n") {
				t.Errorf("a title %q", r.Title)
			}
		}
		leaks := scan(NewScanner(Key{}, p), "p", data)
		if !slices.IsSortedFunc(leaks, func(a, b Leak) int { return cmp.Compare(a.Location.Line, b.Location.Line) }) {
			t.Error("not in order")
		}
	})
}
