package secrets

import (
	"strings"
	"testing"

	"scopeaudit/audit/rules"
)

// TestNoFamilyTakesPlaceholders puts what people write where a secret goes behind
// every anchor of every rule, under a key and alone.
func TestNoFamilyTakesPlaceholders(t *testing.T) {
	s := NewScanner(Key{})
	fill := func(text string) []string {
		out := []string{text}
		for _, n := range []int{16, 20, 28, 32, 35, 36, 40, 43, 46, 64, 80, 99, 140} {
			out = append(out, strings.Repeat(text, n/len(text)+1)[:n])
		}
		return out
	}
	var tails []string
	for _, text := range []string{"x", "X", "*", "0", "1", "A", "a", ".", "-", "_", "1234567890", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdef", "xX", "EXAMPLE", "your-token-here-", "YOUR_API_KEY_HERE_"} {
		tails = append(tails, fill(text)...)
	}
	tails = append(tails, "{token}", "{placeholder}", "{{ token }}", "${TOKEN}", "$TOKEN", "<token>", "<your token here>", "%s", "%TOKEN%", "@token@", "[redacted]", "(token)", "...", "…",
		"${{ secrets.TOKEN }}", "#{token}", "{0}")
	for _, d := range s.detectors {
		for _, anchor := range d.anchors {
			for _, tail := range tails {
				for _, text := range []string{anchor + tail, "token = \"" + anchor + tail + "\"\n", "{\"client_secret\": \"" + anchor + tail + "\"}"} {
					for _, l := range scan(s, "f", []byte(text)) {
						// The head of something in base64 looks random by itself.
						packed := len(anchor) >= 8 && strings.ContainsAny(anchor, capitals) && strings.ContainsAny(anchor, smalls)
						if l.Severity > rules.Info && !(packed && (l.Rule == rules.GenericSecret || l.Rule == rules.GoogleClientSecretLegacy)) {
							t.Errorf("%s in %q", describe([]Leak{l}), text)
						}
					}
				}
			}
		}
	}
}
