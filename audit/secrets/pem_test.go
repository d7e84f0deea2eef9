package secrets

import (
	"strings"
	"testing"

	"scopeaudit/audit/rules"
)

// A key is the same key however its lines are put together: no sign of a
// language gets into it, and none of its own is lost.
func TestKeysAreReadAsTheyAre(t *testing.T) {
	s := NewScanner(Key{7})
	// Signs at the ends and beginnings of lines are the key's own.
	lines := []string{draw("b64", 63, 1) + "+", "+" + draw("b64", 63, 2), "/" + draw("b64", 62, 3) + "/"}
	tag := s.tag([]byte(strings.Join(lines, "")))
	begin, end := "-----BEGIN "+"PRIVATE KEY-----", "-----END "+"PRIVATE KEY-----"
	all := append(append([]string{begin}, lines...), end)
	for name, text := range map[string]string{
		"file":           strings.Join(all, "\n"),
		"Windows":        strings.Join(all, "\r\n"),
		"JSON":           `{"a": "` + strings.Join(all, `\n`) + `"}`,
		"JSON in JSON":   `{"a": "{\"a\": \"` + strings.Join(all, `\\n`) + `\"}"}`,
		"unicode escape": `{"a": "` + strings.Join(all, `\u000a`) + `"}`,
		"YAML":           "a: |\n  " + strings.Join(all, "\n  "),
		"joined":         `a = "` + strings.Join(all, "\\n\" +\n  \"") + `"`,
		"joined tightly": `a="` + strings.Join(all, `\n"+"`) + `"`,
		"side by side":   `a = ("` + strings.Join(all, "\\n\"\n  \"") + `")`,
	} {
		for more, rule := range map[string]rules.ID{"": rules.PrivateKey, "\nclient_email = a@p.iam.gserviceaccount.com\n": rules.GoogleServiceAccountKey} {
			text := "x = 1\n" + text
			if more != "" {
				text = "private_key = " + strings.TrimPrefix(text, "x = 1\n") + more
			}
			if leaks := scan(s, "f", []byte(text)); len(leaks) != 1 || leaks[0].Rule != rule || leaks[0].Tag != tag {
				t.Errorf("%s: want the key as %s, found %s in %q", name, rule, describe(leaks), text)
			}
		}
	}
}
