package secrets

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRequired(t *testing.T) {
	for pattern, want := range map[string]string{
		`ghp_[0-9a-zA-Z]{36}`:                     "ghp_ <4",
		`\b(ghp_[0-9a-zA-Z]{36})\b`:               "ghp_ <4",
		`sk_(?:live|test)_\w+`:                    "sk_live_ sk_test_ <8",
		`(?i)[\w.-]{0,50}?(?:key|token)\s*=\s*\w`: "key? token? <?",
		`[\w.-]{0,50}?(?:key|token)\s*=\s*\w`:     "key token <55",
		`(?:AKIA|ASIA)[A-Z0-9]{16}`:               "AKIA ASIA <4",
		`a?bcd`:                                   "bcd abcd <4",
		`(abc)+x`:                                 "abc <3",
		`(?:foo|ba[rz])`:                          "foo bar baz <3",
		`x{3}y`:                                   "xxxy <4",
		`.*secret`:                                "secret <?",
		`[0-9a-f]{32}`:                            "",
		`(?:foo)?[0-9]`:                           "",
		`=\s*[a-z]`:                               "",
		`foo|[0-9]+`:                              "",
		`^$`:                                      "",
	} {
		re, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if set, _ := required(re); set != nil {
			for _, a := range set.texts {
				got += a.text
				if a.fold {
					got += "?"
				}
				got += " "
			}
			got += "<"
			if set.before < 0 || strings.Contains(pattern, "(?i)") {
				got += "?" // (?i) makes k and s three bytes long; not shown here
			} else {
				got += string(rune('0'+set.before/10)) + string(rune('0'+set.before%10))
			}
			got = strings.Replace(got, "<0", "<", 1)
		}
		if got != want {
			t.Errorf("%s: hangs on %q, want %q", pattern, got, want)
		}
	}
}

// Whatever a pattern matches has one of its anchors in it, no later than said.
func TestMatchesHaveTheirAnchors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := drawPattern(t, 3)
		parsed, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			t.Skip("a pattern that RE2 refuses: repeats multiply")
		}
		set, longest := required(parsed)
		text := rapid.StringOfN(rapid.RuneFrom([]rune("abBAé\n ")), 0, 30, -1).Draw(t, "text")
		for _, m := range regexp.MustCompile(pattern).FindAllStringIndex(text, -1) {
			if longest >= 0 && m[1]-m[0] > longest {
				t.Fatalf("%s matches %q: longer than %d", pattern, text[m[0]:m[1]], longest)
			}
			if set != nil && !set.in(text[m[0]:m[1]]) {
				t.Fatalf("%s matches %q, without any of %v", pattern, text[m[0]:m[1]], set)
			}
		}
	})
}

func (a *anchorSet) in(match string) bool {
	for _, x := range a.texts {
		text := match
		if x.fold {
			text = string(lower(match))
		}
		i := strings.Index(text, x.text)
		if i >= 0 && (a.before < 0 || i+len(x.text) <= a.before) {
			return true
		}
	}
	return false
}

// drawPattern makes a pattern over a small alphabet.
func drawPattern(t *rapid.T, depth int) string {
	atoms := []string{"a", "b", "ab", "ba", "bab", "[ab]", "[^a]", ".", "é", `\b`, `\s`, "^", "$", "(?i:ab)", "(?i:b)", "(?s:.)", "(?m:^)", "(?m:$)"}
	if depth == 0 {
		return rapid.SampledFrom(atoms).Draw(t, "atom")
	}
	sub := func() string { return drawPattern(t, depth-1) }
	switch rapid.IntRange(0, 6).Draw(t, "operator") {
	case 0:
		return "(?:" + sub() + "|" + sub() + ")"
	case 1:
		return "(" + sub() + ")" + rapid.SampledFrom([]string{"*", "+", "?", "{2}", "{1,3}", "{0,2}?", "+?"}).Draw(t, "repeat")
	case 2, 3, 4:
		return sub() + sub()
	}
	return rapid.SampledFrom(atoms).Draw(t, "atom")
}

func FuzzAnchors(f *testing.F) {
	targets := []target{
		{0, anchorText{"key", true}}, {1, anchorText{"KEY", false}}, {2, anchorText{"api_key", true}}, {3, anchorText{"sk", false}},
		{4, anchorText{"k", true}}, {0, anchorText{"eyk", true}}, {5, anchorText{"é", false}},
	}
	filter := newAnchorFilter(targets)
	f.Add([]byte("API_KEYkeysk SKé"), uint8(0), uint8(255))
	f.Add([]byte("eykeyk"), uint8(2), uint8(5))
	f.Fuzz(func(t *testing.T, data []byte, from, to uint8) {
		low := min(int(from), len(data))
		high := max(min(int(to), len(data)), low)
		var got, want []hit
		filter.each(data, low, high, func(rule, end int) { got = append(got, hit{rule, end}) })
		for _, a := range targets {
			text := string(data)
			if a.fold {
				text = string(lower(data))
			}
			for end := max(low+1, len(a.text)); end <= high; end++ {
				if strings.HasSuffix(text[:end], a.text) {
					want = append(want, hit{a.rule, end})
				}
			}
		}
		if !slices.IsSortedFunc(got, func(a, b hit) int { return a.pos - b.pos }) {
			t.Errorf("not in order: %v", got)
		}
		order := func(a, b hit) int { return cmp.Or(a.pos-b.pos, a.id-b.id) }
		slices.SortFunc(got, order)
		slices.SortFunc(want, order)
		if !slices.Equal(got, want) {
			t.Errorf("in %q[%d:%d]: got %v, want %v", data, low, high, got, want)
		}
	})
}
