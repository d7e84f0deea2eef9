package collect

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// TestComments puts the value LEAK on a line and says which comments stand
// beside it. A cell number makes the file a notebook.
func TestComments(t *testing.T) {
	const allow = "scopeaudit:allow"
	tests := []struct {
		name string
		text string
		cell int
		want []string // marker, rule, reason, place
	}{
		{"on the line", "a = 'LEAK'  # " + allow + " jwt made up for class", 0, []string{allow + " jwt (made up for class) 1:15"}},
		{"in front", "/* " + allow + " jwt made up */ a = 'LEAK'", 0, []string{allow + " jwt (made up) 1:4"}},
		{"on the line before", "  // " + allow + " jwt made up\na = 'LEAK'", 0, []string{allow + " jwt (made up) 1:6"}},
		{"behind code on the line before", "f() // " + allow + " jwt made up\na = 'LEAK'", 0, nil},
		{"two lines before", "# " + allow + " jwt made up\n\na = 'LEAK'", 0, nil},
		{"on the line after", "a = 'LEAK'\n# " + allow + " jwt made up", 0, nil},
		{"several rules", "LEAK # " + allow + " jwt,pack:my-rule made up", 0, []string{allow + " jwt (made up) 1:8", allow + " pack:my-rule (made up) 1:8"}},
		{"no reason", "LEAK # " + allow + " jwt", 0, []string{allow + " jwt () 1:8"}},
		{"no reason, and more lines", "LEAK # " + allow + " jwt\r\nand more words", 0, []string{allow + " jwt () 1:8"}},
		{"no reason but signs", "/* LEAK " + allow + " jwt -- */", 0, []string{allow + " jwt () 1:9"}},
		{"no rule", "LEAK # " + allow, 0, []string{allow + "  () 1:8"}},
		{"no space", "LEAK # " + allow + "jwt made up", 0, nil},
		{"a longer word", "LEAK # not-" + allow + " jwt made up", 0, nil},
		{"in capitals", "LEAK # ScopeAudit:Allow jwt Made up", 0, []string{allow + " jwt (Made up) 1:8"}},
		{"YAML", "key: LEAK # " + allow + " jwt it's made up\n", 0, []string{allow + " jwt (it's made up) 1:13"}},
		{"JSON, before", "{\n  \"_comment\": \"" + allow + " jwt made up\",\n  \"key\": \"LEAK\"\n}", 0, []string{allow + " jwt (made up) 2:16"}},
		{"JSON, beside", `{"key": "LEAK", "//": "` + allow + ` jwt made up"}`, 0, []string{allow + " jwt (made up) 1:24"}},
		{"JSON, as a key", `{"key": "LEAK", "` + allow + `" : "jwt made up"}`, 0, []string{allow + " jwt (made up) 1:18"}},
		{"JSON, as a key before", "{\n  \"" + allow + "\": \"jwt made up\",\n  \"key\": \"LEAK\"\n}", 0, []string{allow + " jwt (made up) 2:4"}},
		{"JSON, as a key of something else", `{"key": "LEAK", "` + allow + `": ["jwt made up"]}`, 0, []string{allow + `  (["jwt made up) 1:18`}},
		{"a reason that holds the value", "LEAK # " + allow + " jwt LEAK is made up, LEAK I say", 0, []string{allow + " jwt (… is made up, … I say) 1:8"}},
		{"a reason whose end holds the value", "LEAK # " + allow + " jwt " + strings.Repeat("x", maxReason-2) + "LEAK", 0, []string{allow + " jwt (" + strings.Repeat("x", maxReason-2) + "\uFFFD) 1:8"}},
		{"umlauts", "ä = 'LEAK' # " + allow + " jwt für Übungen", 0, []string{allow + " jwt (für Übungen) 1:14"}},
		{"a value before the comment is no comment sign", "LEAK " + allow + " jwt made up\nx", 0, []string{allow + " jwt (made up) 1:6"}},
		{"two comments", "LEAK # " + allow + " jwt made up # gitleaks:allow", 0, []string{allow + " jwt (made up) 1:8", "gitleaks:allow  () 1:39"}},
		{"gitleaks", "LEAK // gitleaks:allow", 0, []string{"gitleaks:allow  () 1:9"}},
		{"gitleaks, before", "// gitleaks:allow\nLEAK", 0, nil},
		{"detect-secrets", "LEAK # pragma: allowlist secret", 0, []string{"pragma: allowlist secret  () 1:8"}},
		{"detect-secrets, before", "x = 1 # pragma: allowlist nextline secret\nLEAK", 0, []string{"pragma: allowlist nextline secret  () 1:9"}},
		{"detect-secrets, its own line", "LEAK # pragma: allowlist nextline secret", 0, nil},
		{"gosec", "LEAK // #nosec G101", 0, []string{"nosec  () 1:10"}},
		{"nosec as a word", "LEAK nosec", 0, nil},
		{"Ruff", "LEAK  # noqa: E501, S105", 0, []string{"noqa:  () 1:9"}},
		{"Ruff on other things", "LEAK  # noqa: E501", 0, nil},
		{"a notebook's line", "   \"a = 'LEAK'  # " + allow + " jwt made up\\n\",\n", 5, []string{allow + " jwt (made up) 1:19"}},
		{"a notebook's line before", "   \"# " + allow + " jwt made up\\n\",\n   \"a = 'LEAK'\\n\",\n", 5, []string{allow + " jwt (made up) 1:7"}},
		{"a cell in one line", `"source": "import x\n# ` + allow + ` jwt made up\na = 'LEAK'\nprint(a)"`, 5, []string{allow + " jwt (made up) 1:24"}},
		{"another line of a cell in one line", `"source": "a = 'LEAK'\nb = 1 # ` + allow + ` jwt made up\n"`, 5, nil},
		{"a line too long for comments", strings.Repeat("x", maxAllowLine) + " LEAK # gitleaks:allow", 0, nil},
		{"a long line", strings.Repeat("x", maxAllowLine/2) + " LEAK # gitleaks:allow", 0, []string{fmt.Sprintf("gitleaks:allow  () 1:%d", maxAllowLine/2+9)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, text := range []string{tt.text, "\uFEFF" + tt.text, inUTF16(tt.text)} {
				var got []string
				for _, c := range comments(strings.NewReader(text), leaksIn(tt.text, tt.cell)[:1]) {
					got = append(got, fmt.Sprintf("%s %s (%s) %d:%d", c.Marker, c.Rule, c.Reason, c.Location.Line, c.Location.Column))
					if c.Location.Path != "f" || c.Location.Cell != tt.cell {
						t.Errorf("the comment stands at %+v", c.Location)
					}
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("of %d bytes: %s", len(text), diff)
				}
			}
		})
	}
}

// inUTF16 gives text as Windows writes it.
func inUTF16(text string) string {
	out := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return string(out)
}

// leaksIn gives the places of the word LEAK.
func leaksIn(text string, cell int) []rules.Location {
	var out []rules.Location
	for n, line := range strings.Split(text, "\n") {
		for at := 0; ; {
			i := strings.Index(line[at:], "LEAK")
			if i < 0 {
				break
			}
			at += i
			column := decode.Start().Advance([]byte(line[:at])).Column // as the engine counts
			out = append(out, rules.Location{Origin: rules.Tree, Path: "f", Line: n + 1, Column: column, EndLine: n + 1, EndColumn: column + 4, Cell: cell})
			at += 4
		}
	}
	return out
}

// A key of many lines may have its comment at either end.
func TestCommentsOfBlocks(t *testing.T) {
	place := rules.Location{Origin: rules.Tree, Path: "f", Line: 2, Column: 1, EndLine: 4, EndColumn: 5}
	for text, want := range map[string]int{
		"# scopeaudit:allow private-key made up\nBEGIN\nbody\nEND-":   1,
		"x\nBEGIN\nbody\nEND- # scopeaudit:allow private-key made up": 1,
		"x\nBEGIN\nscopeaudit:allow private-key made up\nEND-":        0,
		"x\nBEGIN scopeaudit:allow private-key made up\nbody\nEND-":   0,
	} {
		if got := comments(strings.NewReader(text), []rules.Location{place}); len(got) != want {
			t.Errorf("%q: %v, want %d", text, got, want)
		}
	}
}

// Of an endless line no more is read than a line may have.
func TestEndlessLine(t *testing.T) {
	place := rules.Location{Origin: rules.Tree, Path: "f", Line: 2, Column: 1, EndLine: 2, EndColumn: 5}
	r := &counted{Reader: io.MultiReader(strings.NewReader("\n"), io.LimitReader(endless{}, 64<<20))}
	if got := comments(r, []rules.Location{place}); len(got) > 0 || r.n > 2*maxAllowLine {
		t.Errorf("%d bytes were read for %d comments", r.n, len(got))
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

// FuzzComments holds that no part of a value ends up in a reason and that
// nothing panics, whatever the places are.
func FuzzComments(f *testing.F) {
	f.Add("a = 'LEAK' # scopeaudit:allow jwt LEAK is made up", 1, 6, 1, 10, 0)
	f.Add("\\n\\\\n\\nLEAK # gitleaks:allow\\n", 1, 3, 2, 1, 4)
	f.Add("# noqa: S105\nLEAK", 2, 1, 0, 0, 1)
	f.Add("sCopeAudit:Allow 0 LE\xdfAK", 1, 49, 1, 10, 0)
	f.Add("a = 'LE\xb9\xb9\xb9\xb9# scopeaudit:allow jwt LEAK is made up", 1, 6, 1, 10, 0)
	f.Fuzz(func(t *testing.T, text string, line, column, endLine, endColumn, cell int) {
		places := append(leaksIn(text, max(0, cell)), rules.Location{Path: "f", Line: max(1, line), Column: column, EndLine: endLine, EndColumn: endColumn})
		if len(places) > 50 || line > 1000 {
			return
		}
		for _, c := range comments(strings.NewReader(text), places) {
			if strings.Contains(c.Reason, "LEAK") || strings.Contains(c.Reason, covered) && !strings.Contains(text, covered) {
				t.Errorf("%q: reason %q", text, c.Reason)
			}
		}
	})
}
