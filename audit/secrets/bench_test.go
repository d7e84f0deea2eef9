package secrets

import (
	"strings"
	"testing"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
)

// sourceLike makes text as source code has it, with some credentials' words.
func sourceLike(size int) []byte {
	lines := []string{
		"func (c *Client) Refresh(ctx context.Context, token string) error {\n",
		"\tif err := c.validate(token); err != nil {\n\t\treturn fmt.Errorf(\"refresh: %w\", err)\n\t}\n",
		"\t// The client secret is read from the environment, see README.md for details.\n",
		"    response = requests.get(url, headers={\"Accept\": \"application/json\"}, timeout=10)\n",
		"const SECRET_NAME = process.env.SECRET_NAME || 'default-secret';\n",
		"  <div class=\"container\"><a href=\"https://example.com/path/to/page\">link</a></div>\n",
		"for (int i = 0; i < n; ++i) { sum += values[i] * weights[i]; }\n",
		"import numpy as np\nimport pandas as pd\nfrom sklearn.model_selection import train_test_split\n",
	}
	var b strings.Builder
	for i := uint64(1); b.Len() < size; i++ {
		b.WriteString(lines[(i*2654435761>>7)%uint64(len(lines))])
	}
	return []byte(b.String()[:size])
}

func BenchmarkScan(b *testing.B) {
	s := NewScanner(Key{})
	for name, data := range map[string][]byte{
		"source, 8 MiB":               sourceLike(8 << 20),
		"one line of letters, 64 MiB": []byte(strings.Repeat("abcdefghij", 64<<20/10)),
		"one line of A, 64 MiB":       []byte(strings.Repeat("A", 64<<20)),
		"one line of anchors, 64 MiB": []byte(strings.Repeat("ya29.1//0", 64<<20/9)),
		"one line of keys, 64 MiB":    []byte(strings.Repeat("client_secret=", 64<<20/14)),
		"one line of IDs, 64 MiB":     []byte(strings.Repeat("GOOG \"AIza\" 1.apps.googleusercontent.com ", 64<<20/41)),
		"one line of heads, 64 MiB":   []byte(strings.Repeat("private_key:-----BEGIN PRIVATE KEY-----", 64<<20/39)),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				p := s.Begin(rules.Location{})
				p.Scan(decode.Whole(data))
				p.End()
			}
		})
	}
}

func BenchmarkPrefilter(b *testing.B) {
	s := NewScanner(Key{})
	data := sourceLike(8 << 20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		s.prefilter.each(data, 0, len(data), func(int, int) {})
	}
}

func BenchmarkNewScanner(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		NewScanner(Key{})
	}
}
