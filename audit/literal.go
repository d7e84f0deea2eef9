package audit

import (
	"regexp"
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// literal is a piece of source that asks for scopes: a quoted scope, several in
// one string, a parameter of an address, a constant of a client.
type literal struct {
	text  string
	words []word // one for each scope, in order
}

// word is a scope as it stands in a literal.
type word struct {
	start, end int
	scope      scopes.Scope
	spelling   spelling
}

// tokens finds what may be a scope, spelt out or as part of an address, and what
// parts them and must not be taken for their beginning.
var tokens = regexp.MustCompile(`(?:[A-Za-z0-9_.:/-]|%3[Aa]|%2[DEFdef])+|%[0-9A-Fa-f]{2}|\\.`)

// leads is what may stand before a scope.
var leads = regexp.MustCompile("(?:^|[\"'`\\s,+=(\\[{]|%20|%2[Cc]|\\\\[nrt])$")

// between is what may stand between two scopes in one string.
var between = regexp.MustCompile(`^(?:[\s,+]|%20|%2[Cc]|\\[nrt])+$`)

// literal finds the scopes that a piece of source is said to ask for; false if
// one of them is not written there.
func (c *check) literal(text string, of []scopes.Scope) (literal, bool) {
	l := literal{text: text}
	for _, at := range tokens.FindAllStringIndex(text, -1) {
		w := word{start: at[0], end: at[1]}
		if !bounded(text, w) {
			continue
		}
		for _, s := range of {
			how, found := c.spellingOf(text[w.start:w.end], s)
			if !found {
				continue
			}
			w.scope, w.spelling = s, how
			l.words = append(l.words, w)
			break
		}
	}
	return l, len(of) > 0 && !slices.ContainsFunc(of, func(s scopes.Scope) bool { return !l.has(s) })
}

// bounded reports whether a word stands for itself, and is no rest of something
// that is put together when the program runs.
func bounded(text string, w word) bool {
	return leads.MatchString(text[max(0, w.start-len("%20")):w.start]) &&
		(w.end == len(text) || strings.IndexByte("\"'` \t\r\n,+&)]}#;\\%|<>", text[w.end]) >= 0)
}

func (l literal) has(s scopes.Scope) bool {
	return slices.ContainsFunc(l.words, func(w word) bool { return w.scope == s })
}

// narrow puts other scopes in the place of those that go; what goes for nothing
// is taken out with what parts it from the next. False: it cannot be written so.
// A literal of which nothing is left comes back empty.
func (c *check) narrow(l literal, change narrowing) (string, bool) {
	l.words = slices.Clone(l.words)
	for i := 0; i < len(l.words); {
		w := l.words[i]
		to, goes := change[w.scope]
		first := slices.IndexFunc(l.words, func(o word) bool { return o.scope == w.scope }) == i
		switch {
		case !goes:
			i++
			continue
		case !first || len(to) == 0:
			if len(l.words) == 1 {
				return "", true
			}
			if !l.remove(i) {
				return "", false
			}
			continue
		}
		var texts []string
		for _, s := range to {
			text, ok := c.spell(w.spelling, s)
			if !ok {
				return "", false
			}
			texts = append(texts, text)
		}
		gap := ""
		if len(texts) > 1 {
			if gap = l.gap(i); gap == "" {
				return "", false
			}
		}
		l.replace(i, strings.Join(texts, gap))
		i++
	}
	return l.text, true
}

// gap is what parts two scopes in this literal; empty where it is not known.
func (l literal) gap(i int) string {
	for n := range l.words[1:] {
		if g := l.text[l.words[n].end:l.words[n+1].start]; between.MatchString(g) {
			return g
		}
	}
	if strings.HasSuffix(l.text[:l.words[i].start], "scope=") {
		return "%20"
	}
	return ""
}

func (l *literal) replace(i int, with string) {
	w := l.words[i]
	l.cut(w.start, w.end, with)
	for n := range l.words[i:] {
		o := &l.words[i+n]
		if n > 0 {
			o.start += len(with) - (w.end - w.start)
		}
		o.end += len(with) - (w.end - w.start)
	}
}

// remove takes a word out, with what stands before it, or behind the first.
func (l *literal) remove(i int) bool {
	w := l.words[i]
	from, to := w.start, w.end
	switch {
	case i > 0 && between.MatchString(l.text[l.words[i-1].end:w.start]):
		from = l.words[i-1].end
	case i+1 < len(l.words) && between.MatchString(l.text[w.end:l.words[i+1].start]):
		to = l.words[i+1].start
	default:
		return false
	}
	l.cut(from, to, "")
	l.words = slices.Delete(l.words, i, i+1)
	for n := range l.words[i:] {
		l.words[i+n].start -= to - from
		l.words[i+n].end -= to - from
	}
	return true
}

func (l *literal) cut(from, to int, with string) { l.text = l.text[:from] + with + l.text[to:] }
