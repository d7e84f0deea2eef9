package policies_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"scopeaudit/policies"
)

func TestMatchPath(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"token.json", "token.json", true},
		{"token.json", "a/token.json", false},
		{"*.json", "a/token.json", false},
		{"**/token.json", "token.json", true},
		{"**/token.json", "a/b/token.json", true},
		{"**/token.json", "a/b/xtoken.json", false},
		{"a/**", "a/b/c", true},
		{"a/**", "ab/c", false},
		{"a/**/b/**/c", "a/b/c", true},
		{"a/**/b/**/c", "a/x/b/y/z/c", true},
		{"a/**/b/**/c", "a/x/c", false},
		{"a/*/c", "a/b/c", true},
		{"a/*/c", "a/b/b/c", false},
		{"**", "a/b/c", true},
		{"", "", true},
		{"", "a", false},
	} {
		if got := policies.MatchPath(c.pattern, c.path); got != c.want {
			t.Errorf("MatchPath(%q, %q) = %t", c.pattern, c.path, got)
		}
	}
}

// Both matchers agree with the regular expressions that they abbreviate.
func TestPatternsAgreeWithRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab*]{0,8}`).Draw(t, "pattern")
		s := rapid.StringMatching(`[ab]{0,8}`).Draw(t, "s")
		expr := regexp.MustCompile("^" + strings.ReplaceAll(pattern, "*", ".*") + "$")
		if got, want := policies.MatchPattern(pattern, s), expr.MatchString(s); got != want {
			t.Errorf("MatchPattern(%q, %q) = %t", pattern, s, got)
		}

		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "*", "a*", "**"}), 1, 5).Draw(t, "parts")
		path := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab"}), 1, 5).Draw(t, "path"), "/")
		var b strings.Builder
		for _, p := range parts {
			if p == "**" {
				b.WriteString("(/[^/]+)*")
			} else {
				b.WriteString("/" + strings.ReplaceAll(p, "*", "[^/]*"))
			}
		}
		expr = regexp.MustCompile("^" + b.String() + "$")
		if got, want := policies.MatchPath(strings.Join(parts, "/"), path), expr.MatchString("/"+path); got != want {
			t.Errorf("MatchPath(%q, %q) = %t", strings.Join(parts, "/"), path, got)
		}
	})
}
