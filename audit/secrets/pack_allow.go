package secrets

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"

	"scopeaudit/audit/rules"
)

// allowlist says which matches are no findings.
type allowlist struct {
	all       bool // all of its kinds of criteria must hold, not any one
	commits   map[string]bool
	paths     func() *regexp.Regexp // nil: no such criterion
	regexes   func() *regexp.Regexp
	target    regexTarget
	stopWords [][]byte // in lower case
}

type regexTarget int

const (
	targetSecret regexTarget = iota
	targetMatch
	targetLine
)

// candidate is a match that an allowlist judges.
type candidate struct {
	secret, match []byte
	line          []byte // the lines of the match, as far as packGate bytes beside it
	place         *packPlace
}

func newAllowlist(c *allowConfig) (*allowlist, error) {
	a := &allowlist{}
	switch strings.ToUpper(c.Condition) {
	case "", "OR", "||":
	case "AND", "&&":
		a.all = true
	default:
		return nil, fmt.Errorf("allowlist: condition %q is neither OR nor AND", c.Condition)
	}
	switch c.RegexTarget {
	case "", "secret":
	case "match":
		a.target = targetMatch
	case "line":
		a.target = targetLine
	default:
		return nil, fmt.Errorf("allowlist: regexTarget %q is none of secret, match and line", c.RegexTarget)
	}
	if len(c.Commits)+len(c.Paths)+len(c.Regexes)+len(c.StopWords) == 0 {
		return nil, errors.New("allowlist: it names no commits, paths, regexes or stopwords")
	}
	var err error
	if a.paths, err = anyOf("paths", c.Paths); err != nil {
		return nil, err
	}
	if a.regexes, err = anyOf("regexes", c.Regexes); err != nil {
		return nil, err
	}
	for _, commit := range c.Commits {
		if a.commits == nil {
			a.commits = map[string]bool{}
		}
		a.commits[strings.ToLower(strings.TrimSpace(commit))] = true
	}
	for _, w := range c.StopWords {
		if w == "" {
			return nil, errors.New("allowlist: an empty stop word would silence everything")
		}
		a.stopWords = append(a.stopWords, []byte(strings.ToLower(w)))
	}
	return a, nil
}

// anyOf gives one pattern that matches what any of the patterns does. Compiling
// waits until it is needed: most of a pack's lists never are.
func anyOf(key string, patterns []string) (func() *regexp.Regexp, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	for _, p := range patterns {
		if _, err := parsePattern(p); err != nil {
			return nil, fmt.Errorf("allowlist: %s: %w", key, err)
		}
	}
	return sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile("(?:" + strings.Join(patterns, ")|(?:") + ")")
	}), nil
}

// parsePattern parses what regexp would compile. Its error tells where in the
// pattern the fault is, counted in bytes from 1, where that can be told.
func parsePattern(pattern string) (*syntax.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, fmt.Errorf("a pattern longer than %d bytes", maxPattern)
	}
	re, err := syntax.Parse(pattern, syntax.Perl)
	var fault *syntax.Error
	if errors.As(err, &fault) {
		at := strings.Index(pattern, fault.Expr)
		hint := ""
		if fault.Code == syntax.ErrInvalidPerlOp {
			hint = "; RE2 looks neither ahead nor behind"
		}
		if at < 0 || len(fault.Expr) == len(pattern) {
			return nil, fmt.Errorf("pattern %.80q: %s%s", pattern, fault.Code, hint)
		}
		return nil, fmt.Errorf("pattern, at byte %d: %s: %.80q%s", at+1, fault.Code, fault.Expr, hint)
	}
	return re, err
}

// allows says whether c is no finding.
func (a *allowlist) allows(c candidate) bool {
	if a.all {
		return (a.commits == nil || a.commitAllowed(c)) && (a.paths == nil || c.place.matches(a.paths)) &&
			(a.regexes == nil || a.regexAllowed(c)) && (a.stopWords == nil || a.stopped(c))
	}
	return a.allowsPlace(c) || a.stopped(c) || a.regexAllowed(c)
}

// allowsPlace says whether nothing in the input can be a finding.
func (a *allowlist) allowsPlace(c candidate) bool {
	return !a.all && (a.commitAllowed(c) || a.paths != nil && c.place.matches(a.paths))
}

func (a *allowlist) commitAllowed(c candidate) bool {
	return c.place.commit != "" && a.commits[c.place.commit]
}

func (a *allowlist) regexAllowed(c candidate) bool {
	if a.regexes == nil {
		return false
	}
	text := c.secret
	switch a.target {
	case targetMatch:
		text = c.match
	case targetLine:
		text = c.line
	}
	return a.regexes().Match(text)
}

func (a *allowlist) stopped(c candidate) bool {
	if a.stopWords == nil {
		return false
	}
	secret := bytes.ToLower(c.secret)
	for _, w := range a.stopWords {
		if bytes.Contains(secret, w) {
			return true
		}
	}
	return false
}

func anyAllows(lists []*allowlist, c candidate) bool {
	for _, a := range lists {
		if a.allows(c) {
			return true
		}
	}
	return false
}

// packPlace is where an input lies, for path rules and allowlists.
type packPlace struct {
	path   string
	commit string // in lower case; empty outside git
}

func newPackPlace(base rules.Location) *packPlace {
	return &packPlace{path: placeName(base), commit: strings.ToLower(base.Commit)}
}

func (p *packPlace) matches(re func() *regexp.Regexp) bool { return re().MatchString(p.path) }
