package policies_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"scopeaudit/policies"
)

// FuzzDecode holds that any bytes give a policy that can judge, or an error of
// one line with a place inside the file.
func FuzzDecode(f *testing.F) {
	entries, err := os.ReadDir(vectors)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(vectors + "/" + e.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, name := range policies.Builtins() {
		text, err := policies.BuiltinText(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkDecode(t, data) })
}

func checkDecode(t *testing.T, data []byte) {
	t.Helper()
	p, err := policies.Decode(fstest.MapFS{"p.yaml": {Data: data}}, "p.yaml", options())
	if err == nil {
		if len(p.Allowed) == 0 && !p.AllowAny {
			t.Error("accepted a policy that allows nothing")
		}
		for _, e := range p.Required {
			if !p.Judge(e.Scope, catalogue()).Allowed {
				t.Errorf("accepted a policy that requires %s and does not allow it", e.Scope)
			}
		}
		return
	}
	var e *policies.Error
	if !errors.As(err, &e) {
		t.Fatalf("error of type %T", err)
	}
	if strings.ContainsFunc(e.Error()+e.Hint, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		t.Errorf("the error is not one printable line: %q, %q", e.Error(), e.Hint)
	}
	if len(e.Error()) > 1000 || len(e.Hint) > 1000 {
		t.Errorf("the error is long: %q, %q", e.Error(), e.Hint)
	}
	if lines := strings.Count(string(data), "\n") + 1; e.Line < 0 || e.File == "p.yaml" && e.Line > lines || e.Line > 0 && e.Column < 1 {
		t.Errorf("the error is at %d:%d of %d lines", e.Line, e.Column, lines)
	}
}

// Files made to be slow, each about as large as a policy may be. Without the
// bounds on nesting and on tokens some of them take many seconds.
func TestDecodeHostile(t *testing.T) {
	full := func(s string) string { return strings.Repeat(s, (64<<10)/len(s)) }
	for name, text := range map[string]string{
		"brackets": full("["), "braces": full("{a: "), "dashes": full("- "), "keys in a line": full("a: "),
		"questions": full("? "), "lines": full("\n"), "escapes": "a: \"" + full(`\n`)[:60000], "text": "a: " + full("b\n  ")[:60000],
		"comments": full("#\n"), "quotes": "a: '" + full("''")[:60000], "block": "a: |\n" + full("  x\n")[:60000],
		"items": full("- a\n"), "tags": full("!a "), "colons": full(": "), "documents": full("---\n"), "anchors": full("&a "),
		"commas": "[" + full(",")[:60000], "percent": full("%"), "bars": full("|\n"), "list": "version: 1\nallow:\n" + full("- a: b\n")[:60000],
		"aliases": "a: [" + full("*a,")[:60000], "dash lines": full("-\n"), "patterns": "version: 1\nclients: [" + full("a*b,")[:16000] + "]",
		"keys": func() string {
			var b strings.Builder
			for i := 0; b.Len() < 60000; i++ {
				b.WriteString(strings.Repeat("k", i%50+1) + string(rune('a'+i%26)) + ": 1\n")
			}
			return b.String()
		}(),
		"indents": func() string {
			var b strings.Builder
			for i := 0; b.Len() < 60000; i++ {
				b.WriteString(strings.Repeat(" ", i) + "a:\n")
			}
			return b.String()
		}(),
	} {
		t.Run(name, func(t *testing.T) { checkDecode(t, []byte(text)) })
	}
}
