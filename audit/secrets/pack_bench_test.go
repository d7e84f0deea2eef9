package secrets

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// gitleaksPack reads the pack inside gitleaks' module, where the machine has it
// (go mod download github.com/zricethezav/gitleaks/v8@v8.30.1).
func gitleaksPack(t testing.TB) *Pack {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skip("go is not at hand, so gitleaks' pack is not")
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "github.com/zricethezav/gitleaks/v8@v8.30.1/config")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the module cache does not hold gitleaks v8.30.1")
	}
	p, err := ParsePack(os.DirFS(dir), "gitleaks.toml", PackOptions{})
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
		`adafruit_key = "` + draw("low", 32, 3) + `"`:      "gitleaks:adafruit-api-key",
		`x = "` + "npm_" + draw("low", 36, 7) + `"`:        "npm",
		`my_api_key = "` + draw("low", 40, 9) + `"` + "\n": "gitleaks:generic-api-key",
	} {
		if got := strings.Join(ruleSet(scan(s, "f.py", []byte(text))), " "); !strings.Contains(got, want) {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
}

func BenchmarkPack(b *testing.B) {
	s := NewScanner(Key{}, gitleaksPack(b))
	data := sourceLike(8 << 20)
	b.Run("gitleaks, source", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			p := s.Begin(rules.Location{})
			p.Scan(decode.Whole(data))
			p.End()
		}
	})
	b.Run("gitleaks, anchors alone", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			s.packs.filter.each(data, 0, len(data), func(int, int) {})
		}
	})
	b.Run("gitleaks, one line of assignments", func(b *testing.B) {
		line := []byte(strings.Repeat(`key="a1b2c3d4e5`, 8<<20/15))
		b.SetBytes(int64(len(line)))
		for b.Loop() {
			p := s.Begin(rules.Location{})
			p.Scan(decode.Whole(line))
			p.End()
		}
	})
}

func BenchmarkParsePack(b *testing.B) {
	for b.Loop() {
		NewScanner(Key{}, gitleaksPack(b))
	}
}
