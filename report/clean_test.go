package report

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "",
		"plain name.json":           "plain name.json",
		`back\slash`:                `back\slash`,
		"日本語 é ✓ …":                 "日本語 é ✓ …",
		"\ufffd":                    "\ufffd",
		"two\nlines\r\t":            `two\nlines\r\t`,
		"\x1b[2J":                   `\x1b[2J`,
		"del\x7f":                   `del\x7f`,
		"csi\u009b2J":               `csi\u009b2J`,
		"gpj.\u202exe":              `gpj.\u202exe`,
		"a\u2066b\u2069":            `a\u2066b\u2069`,
		"tag\U000e0041":             `tag\U000e0041`,
		"zero\u200bwidth":           `zero\u200bwidth`,
		"line\u2028end":             `line\u2028end`,
		"nbsp\u00a0":                `nbsp\u00a0`,
		"filler\u3164":              `filler\u3164`,
		"hidden\U000e0101":          `hidden\U000e0101`,
		"selector\ufe0f":            `selector\ufe0f`,
		"private\ue000":             `private\ue000`,
		"\u0301accent":              `\u0301accent`,
		"bad\xff\xfe":               `bad\xff\xfe`,
		"cut\xe2\x80":               `cut\xe2\x80`,
		"forged\\u202e and \u202ex": `forged\\u202e and \u202ex`,
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"a b.json":                            "a b.json",
		"a\nb":                                `"a\nb"`,
		strings.Repeat("é", maxName) + "file": strings.Repeat("é", maxName/2) + "…" + strings.Repeat("é", maxName/2-4) + "file",
	} {
		if got := name(in); got != want {
			t.Errorf("name(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := Clean(s)
		if !utf8.ValidString(clean) {
			t.Fatalf("Clean(%q) = %q, which is not UTF-8", s, clean)
		}
		for _, r := range clean {
			if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Variation_Selector) {
				t.Fatalf("Clean(%q) = %q leaves %U", s, clean, r)
			}
		}
		if again := Clean(clean); again != clean {
			t.Fatalf("Clean is not idempotent: %q, then %q", clean, again)
		}
		if len(clean) > 10*len(s) {
			t.Fatalf("Clean makes %d bytes of %d", len(clean), len(s))
		}
	})
}

func FuzzLayout(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, 80, false)
		f.Add(s, 1, true)
	}
	f.Fuzz(func(t *testing.T, s string, width int, color bool) {
		p := newPage(Options{Width: width % 300, Color: color})
		p.wrap("  ", "    ", Clean(s))
		p.field("label", name(s))
		p.grid([]string{"lets its holder", "scope", "a", "b", "c", "d"}, [][]string{{Clean(s), name(s), p.paint(red, "✗"), "", "", "–"}})
		checkLines(t, p.b.String(), color)
	})
}
