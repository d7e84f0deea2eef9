package secrets

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// spellings are the ways in which people write a key (K) and its value (V).
func spellings() map[string]string {
	return map[string]string{
		"JSON":                     `{"K": "V"}`,
		"JSON, minified":           `{"a":1,"K":"V","b":2}`,
		"JSON, name and value":     `{"name": "K", "value": "V"}`,
		"JSON, pretty":             "{\n  \"key\": \"K\",\n  \"value\": \"V\"\n}",
		"JSON, escaped quotes":     `\u0022K\u0022:\u0022V\u0022`,
		"Python dictionary":        `x = {'K': 'V'}`,
		"Python assignment":        `K = 'V'`,
		"Python type":              `K: str = "V"`,
		"Python optional type":     `K: Optional[str] = "V"`,
		"Python union type":        `K: str | None = "V"`,
		"Python keyword argument":  `Credentials(token=None, K="V", a=1)`,
		"Python subscript":         `os.environ['K'] = 'V'`,
		"Python default":           `os.environ.setdefault("K", "V")`,
		"Python fallback":          `x = os.getenv("K") or "V"`,
		"Python parentheses":       "K = (\n    \"V\"\n)",
		"Python long string":       `K = """V"""`,
		"Python line continuation": "K = \\\n  \"V\"",
		"Python bytes":             `K = b"V"`,
		"Python attribute":         `creds.K = "V"`,
		"Python list":              `K = ["V"]`,
		"Python print":             `print('K:', 'V')`,
		"output":                   "K: V\n",
		"output, arrow":            "K -> V\n",
		"output, own line":         "K:\nV\n",
		"output, is":               "K is V\n",
		"output, coloured":         "\x1b[32mK\x1b[0m: \x1b[38;5;28;01mV\x1b[0m",
		"output, coloured, JSON":   `{"traceback": ["\u001b[0;34mK\u001b[0m\u001b[0;34m=\u001b[0m\u001b[0;34mV\u001b[0m"]}`,
		"JavaScript object":        `const x = { K: 'V' };`,
		"JavaScript template":      "const K = `V`;",
		"JavaScript or":            `const x = process.env.K || 'V';`,
		"JavaScript nullish":       `x: process.env.K ?? 'V',`,
		"TypeScript":               `private readonly K: string = 'V';`,
		"Go":                       `K := "V"`,
		"Go constant":              "const K string = `V`",
		"Go struct, printed":       `&{K:V TokenType:Bearer}`,
		"Java":                     `private static final String K = "V";`,
		"Java map":                 `m.put("K", "V");`,
		"C constant":               `const char K[] = "V";`,
		"C macro":                  `#define K "V"`,
		"Ruby":                     `:K => 'V'`,
		"PHP constant":             `define('K', 'V');`,
		"PHP variable":             `$K = 'V';`,
		"Rust":                     `const K: &str = "V";`,
		"R":                        `K <- "V"`,
		"YAML":                     `K: V`,
		"YAML, folded":             "K: >-\n  V\n",
		"YAML, name and value":     "- name: K\n  value: V\n",
		"YAML, quoted":             "- name: K\n  value: \"V\"\n",
		"TOML":                     `K = "V"`,
		"INI, Windows":             "[a]\r\nK = V\r\n",
		".env":                     `K=V`,
		"shell":                    `export K='V'`,
		"PowerShell":               `$env:K = "V"`,
		"Dockerfile":               "ENV K V\n",
		"Terraform":                "variable \"K\" {\n  default = \"V\"\n}",
		"flag":                     `tool --K V`,
		"flag, quoted":             "tool --K 'V' \\\n",
		"flag, equals":             `tool --K=V`,
		"form":                     `a=b&K=V&c=d`,
		"properties":               `spring.google.K=V`,
		"XML element":              `<K>V</K>`,
		"XML element, own line":    "<K>\n   V\n</K>",
		"XML attribute":            `<x a="b" K="V"/>`,
		"XML key and value":        `<add key="K" value="V" />`,
		"XML name":                 `<string name="K">V</string>`,
		"XML CDATA":                `<K><![CDATA[V]]></K>`,
		"property list":            "<key>K</key>\n\t<string>V</string>",
		"HTML entities":            `<pre>{&quot;K&quot;: &#39;V&#39;}</pre>`,
		"HTML table":               `<tr><td>K</td><td>V</td></tr>`,
		"HTML bold":                `<b>K</b>: V`,
		"Markdown table":           "| `K` | V |",
		"Markdown bold":            "- **K:** **V**",
		"CSV":                      "K,V\n",
		"tabs":                     "K\tV\n",
		"SQL":                      `UPDATE x SET K = 'V' WHERE`,
		"patch":                    `+K = "V"`,
		"typographic quotes":       `K = “V”`,
	}
}

// TestSpellings holds those secrets to account that are told by their key alone
// or partly: one that is missed here is missed in half of the world's files.
func TestSpellings(t *testing.T) {
	s := NewScanner(Key{1})
	for _, secret := range []struct{ value, rule, keys string }{
		{"ya29.a0" + draw("an", 6, 101), "google-token-cut-short", "access_token accessToken GOOGLE_ACCESS_TOKEN access-token"},
		{"1//0" + draw("url64", 20, 102), "google-token-cut-short", "refresh_token refreshToken GMAIL_REFRESH_TOKEN_2 refresh-token"},
		{"1//0" + draw("url64", 99, 11), "google-refresh-token", "refresh_token refreshToken REFRESH_TOKEN"},
		{"1/" + draw("url64", 43, 103), "google-refresh-token-legacy", "refresh_token refreshToken REFRESH_TOKEN"},
		{"GOCSPX-" + draw("an", 12, 103), "google-token-cut-short", "client_secret clientSecret GOOGLE_CLIENT_SECRET client-secret"},
		{draw("an", 24, 51), "google-client-secret-legacy", "client_secret clientSecret GOOGLE_CLIENT_SECRET client-secret AUTH_GOOGLE_SECRET SOCIAL_AUTH_GOOGLE_OAUTH2_SECRET"},
	} {
		for key := range strings.FieldsSeq(secret.keys) {
			for name, spelling := range spellings() {
				text := strings.NewReplacer("K", key, "V", secret.value).Replace(spelling)
				for form, input := range map[string]string{
					"as it is":   "first line\n" + text + "\nlast line",
					"in JSON":    inJSON(t, text),
					"in JSON x2": inJSON(t, inJSON(t, text)),
					"in a URL":   "https://example.com/?q=" + url.QueryEscape(text),
				} {
					if form == "in a URL" && name != "JSON" && name != "JSON, minified" && name != "form" {
						continue // nobody sends the others
					}
					got := ruleSet(scan(s, "a.txt", []byte(input)))
					if !slices.Contains(got, secret.rule) {
						t.Errorf("%s, %s, %s %s: found %v, want %s", key, name, form, input, got, secret.rule)
					}
				}
			}
		}
	}
}

func inJSON(t *testing.T, text string) string {
	t.Helper()
	data, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
