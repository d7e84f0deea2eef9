package secrets

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"scopeaudit/audit/rules"
)

const (
	// packSpan is how far from an anchor a match may extend, in bytes.
	packSpan = 3584
	// packGate is how far from a match its keyword may stand, and how much of
	// its line an allowlist sees on either side. With packSpan it lies within
	// reach.
	packGate = reach - packSpan - 2*utf8.UTFMax
	// headSpan is how many bytes behind an anchor are looked at first.
	headSpan = 128
)

// packRule is one rule of a pack, ready to run.
type packRule struct {
	doc     rules.Rule
	anchors []anchorText
	// before is how far before an anchor's end a match may begin; after is how
	// far behind it one may begin, which is 0 unless keywords are the anchors.
	before, after int
	longest       int // the longest match, or packSpan
	group         int
	entropy       float64
	keywords      [][]byte // that must stand near; nil where the anchors see to it
	path          func() *regexp.Regexp
	allow         []*allowlist
	// named says that the path is all that the rule is about.
	named bool
	// pattern is the rule's, by whether the text begins and ends where the input
	// does (see variants). head is what must stand behind an anchor, or nil.
	pattern [2][2]func() *regexp.Regexp
	head    func() *regexp.Regexp
}

// compile makes rules of what the files say.
func (p *Pack) compile(c *packConfig) error {
	if len(c.Rules) > maxPackRules {
		return fmt.Errorf("more than %d rules", maxPackRules)
	}
	byID := map[string]*packRule{}
	texts := 0
	names := make([]string, 0, len(c.Rules))
	for _, rc := range c.Rules {
		r, err := newPackRule(p.name, rc)
		if err != nil {
			return fmt.Errorf("rule %q (%s): %w", rc.ID, rc.at, err)
		}
		key := slug(rc.ID)
		if byID[key] != nil {
			return fmt.Errorf("rule %q (%s): a second rule of that name", rc.ID, rc.at)
		}
		byID[key] = r
		for _, a := range r.anchors {
			texts += min(len(a.text), maxAnchor)
		}
		if texts > maxPackTexts {
			return fmt.Errorf("rule %q (%s): the rules up to here hang on more than %d bytes of texts", rc.ID, rc.at, maxPackTexts)
		}
		names = append(names, rc.ID)
		p.rules = append(p.rules, r)
		if len(rc.Keywords) == 0 && !r.named {
			p.unkeyed = append(p.unkeyed, string(r.doc.ID))
		}
	}
	for _, ac := range c.Allowlists {
		a, err := newAllowlist(ac)
		if err != nil {
			return fmt.Errorf("%s: %w", ac.at, err)
		}
		for _, id := range ac.TargetRules {
			r := byID[slug(id)]
			if r == nil {
				return fmt.Errorf("allowlist: targetRules names %q, which is no rule of the pack%s", id, closest(id, names))
			}
			r.allow = append(r.allow, a)
		}
		if len(ac.TargetRules) == 0 {
			p.allow = append(p.allow, a)
		}
	}
	return nil
}

func newPackRule(pack string, c ruleConfig) (*packRule, error) {
	r := &packRule{doc: packDoc(pack, c), group: c.SecretGroup, entropy: c.Entropy, named: c.Regex == ""}
	var err error
	if c.Path != "" {
		if r.path, err = anyOf("path", []string{c.Path}); err != nil {
			return nil, fmt.Errorf("path: %w", errors.Unwrap(errors.Unwrap(err)))
		}
	}
	for _, ac := range c.Allowlists {
		a, err := newAllowlist(ac)
		if err != nil {
			return nil, err
		}
		r.allow = append(r.allow, a)
	}
	if r.named {
		if c.Path == "" {
			return nil, errors.New("neither regex nor path: it would find nothing")
		}
		return r, nil
	}
	re, err := parsePattern(c.Regex)
	if err != nil {
		return nil, fmt.Errorf("regex: %w", err)
	}
	if c.SecretGroup > re.MaxCap() {
		return nil, fmt.Errorf("secretGroup is %d, and the regex has %d groups", c.SecretGroup, re.MaxCap())
	}
	if err := r.hang(re, c.Keywords); err != nil {
		return nil, err
	}
	r.variants(c.Regex, re)
	return r, nil
}

// hang decides what the rule hangs on.
func (r *packRule) hang(re *syntax.Regexp, keywords []string) error {
	set, longest := required(re)
	r.longest = within(longest, packSpan)
	var keys []anchorText
	for _, k := range keywords {
		if k == "" {
			return errors.New("an empty keyword")
		}
		if len(k) > packGate {
			return fmt.Errorf("a keyword longer than %d bytes", packGate)
		}
		folded := strings.ToLower(k)
		keys = append(keys, anchorText{folded, true})
		r.keywords = append(r.keywords, []byte(folded))
	}
	switch {
	case set != nil:
		r.anchors, r.before = set.texts, within(set.before, packSpan)
		if r.head = headOf(set.tail); r.head == nil {
			r.anchors = shortest(set.texts)
		}
		if keptBy(set.texts, keys) {
			r.keywords = nil
		}
	case len(keys) == 0:
		return errors.New("no keywords, and the regex has no text in it that every match must have: it would have to be tried everywhere; name keywords")
	default:
		r.anchors, r.after = keys, packGate
		r.before = min(packSpan, r.longest+packGate)
	}
	return nil
}

// shortest leaves out the texts that have another one in them.
func shortest(texts []anchorText) []anchorText {
	var out []anchorText
	for i, t := range texts {
		if !slices.ContainsFunc(texts[:i], func(o anchorText) bool { return o.in(t) }) &&
			!slices.ContainsFunc(texts[i+1:], func(o anchorText) bool { return o.in(t) && !t.in(o) }) {
			out = append(out, t)
		}
	}
	return out
}

// in says whether whatever has t in it has o in it too.
func (o anchorText) in(t anchorText) bool {
	if o.fold {
		return strings.Contains(string(lower(t.text)), o.text)
	}
	return !t.fold && strings.Contains(t.text, o.text)
}

// within gives n, or the cap where n has no bound or is more.
func within(n, most int) int {
	if n < 0 || n > most {
		return most
	}
	return n
}

// keptBy says whether each of the texts has one of the keywords in it.
func keptBy(texts, keys []anchorText) bool {
	for _, t := range texts {
		folded := string(lower(t.text))
		if !slices.ContainsFunc(keys, func(k anchorText) bool { return strings.Contains(folded, k.text) }) {
			return len(keys) == 0
		}
	}
	return true
}

// headOf makes a pattern of what must stand right behind an anchor, as far as
// headSpan bytes. It matches where the whole might, and costs much less.
func headOf(tail []*syntax.Regexp) func() *regexp.Regexp {
	if len(tail) == 0 {
		return nil
	}
	return sync.OnceValue(func() *regexp.Regexp {
		head, _, _ := prefixOf(&syntax.Regexp{Op: syntax.OpConcat, Sub: tail}, headSpan)
		if head == "" {
			return nil
		}
		return regexp.MustCompile(`\A(?s:.)` + head)
	})
}

// prefixOf gives a pattern for what every match of re begins with, of no more
// than left bytes; how long that may be; and whether it is all of re.
func prefixOf(re *syntax.Regexp, left int) (pattern string, longest int, all bool) {
	if n := profileOf(re).longest; n >= 0 && n <= left && re.Op != syntax.OpConcat {
		return "(?:" + re.String() + ")", n, true
	}
	switch re.Op {
	case syntax.OpCapture:
		return prefixOf(re.Sub[0], left)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			part, n, all := prefixOf(sub, left-longest)
			pattern, longest = pattern+part, longest+n
			if !all {
				return pattern, longest, false
			}
		}
		return pattern, longest, true
	case syntax.OpAlternate:
		parts := make([]string, len(re.Sub))
		for i, sub := range re.Sub {
			n := 0
			parts[i], n, _ = prefixOf(sub, left)
			longest = max(longest, n)
		}
		return "(?:" + strings.Join(parts, "|") + ")", longest, false
	case syntax.OpPlus, syntax.OpRepeat:
		each, least := profileOf(re.Sub[0]).longest, re.Min
		if re.Op == syntax.OpPlus {
			least = 1
		}
		if each > 0 && each <= left && least > 0 {
			least = min(least, left/each)
			return fmt.Sprintf("(?:%s){%d}", re.Sub[0], least), each * least, false
		}
	}
	return "", 0, false
}

// variants compiles the pattern, when it is first needed, behind what may stand
// before a match: as little as possible, so that the leftmost match is found, and
// no more than a match may begin after, so that the search ends soon. It is at
// least one character unless the text begins where the input does: ^ and \b then
// see what really stands there. Where the input does not end with the text, its
// end ($, \z) matches nothing. Group 1 is the whole of the rule's own pattern.
func (r *packRule) variants(pattern string, re *syntax.Regexp) {
	most := strconv.Itoa(r.before + r.after + 1)
	if r.before+r.after+1 > maxRepeat {
		most = ""
	}
	for begins, least := range []string{"1", "0"} {
		for ends := range 2 {
			r.pattern[begins][ends] = sync.OnceValue(func() *regexp.Regexp {
				body := pattern
				if ends == 0 && hasEnd(re) {
					body = neverEnds(re).String()
				}
				return regexp.MustCompile(`\A(?s:.{` + least + "," + most + "}?)(" + body + ")")
			})
		}
	}
}

// maxRepeat is how often RE2 repeats at most.
const maxRepeat = 1000

func hasEnd(re *syntax.Regexp) bool {
	return re.Op == syntax.OpEndText || slices.ContainsFunc(re.Sub, hasEnd)
}

func neverEnds(re *syntax.Regexp) *syntax.Regexp {
	if re.Op == syntax.OpEndText {
		return &syntax.Regexp{Op: syntax.OpNoMatch}
	}
	out := *re
	out.Sub = slices.Clone(re.Sub)
	for i, sub := range out.Sub {
		out.Sub[i] = neverEnds(sub)
	}
	return &out
}

// packDoc documents a rule of a pack with what the pack says of it.
func packDoc(pack string, c ruleConfig) rules.Rule {
	r := rules.Rule{
		ID:    rules.ID(pack + ":" + slug(c.ID)),
		Title: "match of the rule " + slug(c.ID) + " of the pack " + pack, Severity: rules.Medium, Confidence: rules.MediumConfidence,
		What:   "Text matches a pattern that the rule pack describes so: " + phrase(c.Description) + ".",
		Why:    "The pack's authors take what matches for a credential. Whoever holds one can use it until it is revoked.",
		Remedy: "if it is a credential, revoke it where it was issued, then take it out of the file; if not, say so in the pack's allowlists",
		Sources: []string{
			"https://github.com/gitleaks/gitleaks/blob/master/README.md#configuration",
		},
	}
	if c.Description == "" {
		r.What = "Text matches a pattern of the rule pack, which does not describe it."
	} else if d := phrase(c.Description); len(d) <= maxPackName {
		r.Title = d
	}
	if strings.Contains(slug(c.ID), "generic") {
		r.Confidence = rules.LowConfidence
	}
	return r
}

// phrase makes one short line of a description.
func phrase(s string) string {
	s = strings.TrimRight(strings.Join(strings.Fields(s), " "), ".")
	if len(s) > maxPackPhrase {
		s = strings.ToValidUTF8(s[:maxPackPhrase], "") + "…"
	}
	return s
}
