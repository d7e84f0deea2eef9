package secrets

import (
	"cmp"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// gitleaksDir is where the machine has the pack inside gitleaks' module
// (go mod download github.com/zricethezav/gitleaks/v8@v8.30.1).
func gitleaksDir(t testing.TB) string {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skip("go is not at hand, so gitleaks' pack is not")
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "github.com/zricethezav/gitleaks/v8@v8.30.1/config")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the module cache does not hold gitleaks v8.30.1")
	}
	return dir
}

func gitleaksPack(t testing.TB) *Pack {
	p, err := ParsePack(os.DirFS(gitleaksDir(t)), "gitleaks.toml", PackOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGitleaksPack(t *testing.T) {
	p := gitleaksPack(t)
	if n := len(p.Rules()); n != 222 {
		t.Errorf("%d rules, want 222", n)
	}
	for _, r := range p.rules {
		for _, a := range r.anchors {
			if len(a.text) < minAnchor {
				t.Errorf("%s hangs on %q, which is everywhere", r.doc.ID, a.text)
			}
		}
	}
	s := NewScanner(Key{}, p)
	for text, want := range map[string]string{
		`adafruit_key = "` + draw("low", 32, 3) + `"`:   "gitleaks:adafruit-api-key",
		`x = "` + "npm_" + draw("low", 36, 7) + `"`:     "npm",
		`my_auth = "` + draw("low", 40, 9) + `"` + "\n": "gitleaks:generic-api-key",
	} {
		if got := strings.Join(ruleSet(scan(s, "f.py", []byte(text))), " "); !strings.Contains(got, want) {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
}

// Each of gitleaks' rules finds the same around its anchors as everywhere, in
// text that is made of what it hangs on.
func TestGitleaksPackFindsWhatItsPatternsFindEverywhere(t *testing.T) {
	pack, patterns := gitleaksPack(t), patternsOf(t, gitleaksDir(t), "gitleaks.toml")
	fired := 0
	for i, r := range pack.rules {
		if r.named {
			continue
		}
		s := NewScanner(Key{}, &Pack{name: pack.name, rules: []*packRule{r}, allow: pack.allow})
		var b strings.Builder
		for _, a := range r.anchors[:min(len(r.anchors), 2)] {
			for j, set := range []string{"low", "up", "an", "hex", "url64"} {
				for _, size := range []int{16, 20, 24, 32, 36, 40, 43, 64} {
					random := draw(set, size, uint64(1000*i+100*j+size))
					b.WriteString("x." + a.text + "_key = \"" + random + "\"\n" + a.text + random + ";\n")
				}
			}
		}
		path := "a.yaml"
		if diff := differ(s, path, patterns, []byte(b.String()), 3000); diff != "" {
			t.Fatal(diff)
		}
		p := s.Begin(rules.Location{Path: path})
		p.Scan(decode.Whole([]byte(b.String())))
		if len(raw(p)) > 0 {
			fired++
		}
	}
	if fired < 100 {
		t.Errorf("%d rules fired: the test says little", fired)
	}
}

// goSource is 8 MiB of what the Go distribution is made of.
func goSource(b *testing.B) []byte {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("go is not at hand, so its source is not")
	}
	var data []byte
	err = filepath.WalkDir(filepath.Join(strings.TrimSpace(string(out)), "src"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || len(data) >= 8<<20 {
			return cmp.Or(err, fs.SkipAll)
		}
		if e.Type().IsRegular() && filepath.Ext(path) == ".go" {
			part, err := os.ReadFile(path)
			data = append(data, part...)
			return err
		}
		return nil
	})
	if err != nil || len(data) < 8<<20 {
		b.Skip("the Go distribution has no source here")
	}
	return data[:8<<20]
}

func BenchmarkPack(b *testing.B) {
	pack := gitleaksPack(b)
	s, plain := NewScanner(Key{}, pack), NewScanner(Key{})
	data, dense := goSource(b), sourceLike(8<<20)
	run := func(s *Scanner, data []byte) func(b *testing.B) {
		return func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				p := s.Begin(rules.Location{Path: "a.go"})
				p.Scan(decode.Whole(data))
				p.End()
			}
		}
	}
	b.Run("Go source, no pack", run(plain, data))
	b.Run("Go source, gitleaks", run(s, data))
	b.Run("source of keywords, gitleaks", run(s, dense))
	b.Run("one line of assignments, gitleaks", run(s, []byte(strings.Repeat(`key="a1b2c3d4e5`, 8<<20/15))))
	b.Run("Go source, anchors alone", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			s.packs.filter.each(data, 0, len(data), func(int, int) {})
		}
	})
}

func BenchmarkParsePack(b *testing.B) {
	dir := gitleaksDir(b)
	for b.Loop() {
		p, err := ParsePack(os.DirFS(dir), "gitleaks.toml", PackOptions{})
		if err != nil {
			b.Fatal(err)
		}
		NewScanner(Key{}, p)
	}
}
