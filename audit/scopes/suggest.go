package scopes

import (
	"cmp"
	"strings"
)

// maxSuggest is the longest text that a suggestion is sought for; the work
// grows with its length times that of all names.
const maxSuggest = 128

// Suggest names the known scope that text most likely means, if one is close: a
// typing error or two, the wrong case, the wrong separator. It compares with
// short names and, for a text that is a URL, with URLs. Of equally close scopes
// one of the API that text names comes first.
func (c *Catalogue) Suggest(text string) (Scope, bool) {
	text = strings.TrimSpace(text)
	if len(text) > maxSuggest {
		return "", false
	}
	if s, known := c.Normalise(text); known {
		return s, true
	}
	text = strings.ToLower(strings.TrimSuffix(text, "/"))
	if _, name, found := strings.Cut(text, "googleapis.com/auth/"); found {
		text = name
	} else if _, isAPI := c.API(text); isAPI {
		return "", false // a whole API is meant
	}
	if len(text) < 4 {
		return "", false // anything is close to so little
	}
	type guess struct {
		distance  int
		otherAPI  bool
		different int // in length, so that a.b is meant by a.bb before a.b.c
		scope     Scope
	}
	limit := max(1, min(len(text)/4, 5))
	best := guess{distance: limit + 1}
	api := firstPart(text)
	try := func(name string, s Scope) {
		name = strings.ToLower(strings.TrimSuffix(name, "/"))
		g := guess{
			distance:  distance(text, name, limit+1),
			otherAPI:  firstPart(name) != api,
			different: max(len(name)-len(text), len(text)-len(name)),
			scope:     s,
		}
		if len(text) > len(api)+2 && strings.HasPrefix(name, text) {
			g.distance = min(g.distance, 1) // unfinished: gmail.read
		}
		if g.distance <= limit && cmp.Or(
			cmp.Compare(g.distance, best.distance),
			compareBool(g.otherAPI, best.otherAPI),
			cmp.Compare(g.different, best.different),
			cmp.Compare(g.scope, best.scope)) < 0 {
			best = g
		}
	}
	for _, k := range c.known {
		try(k.name.Short(), k.name)
	}
	for _, a := range c.table.aliases {
		try(a.written, a.scope)
	}
	return best.scope, best.scope != ""
}

// SuggestMethod names the method that text most likely means, as written: as an
// ID, or the end of one.
func (c *Catalogue) SuggestMethod(text string) (string, bool) {
	parts := strings.Count(text, ".") + 1
	if parts == 1 {
		return "", false
	}
	var ends []string
	for id := range c.IDs() {
		if of := strings.Split(id, "."); len(of) >= parts {
			ends = append(ends, strings.Join(of[len(of)-parts:], "."))
		}
	}
	return Nearest(text, ends)
}

// Nearest is the one of some names that text most likely means, if any is close;
// of equally close ones the first in byte order.
func Nearest(text string, names []string) (string, bool) {
	if len(text) < 4 || len(text) > maxSuggest {
		return "", false
	}
	text = strings.ToLower(text)
	limit := max(1, min(len(text)/6, 3)) + 1
	best, least := "", limit
	for _, name := range names {
		if d := distance(text, strings.ToLower(name), limit); d < least || d == least && d < limit && name < best {
			best, least = name, d
		}
	}
	return best, least < limit
}

// firstPart is what stands before the first dot: in a short name the API.
func firstPart(name string) string {
	part, _, _ := strings.Cut(name, ".")
	return part
}

func compareBool(a, b bool) int {
	if a == b {
		return 0
	}
	if a {
		return 1
	}
	return -1
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b (optimal string alignment), or says limit if
// they are that many or more. Separators stand for each other at no cost.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	same := func(x, y byte) bool { return x == y || separator(x) && separator(y) }
	width := len(b) + 1
	rows := make([]int, 3*width)
	before, last, row := rows[:width], rows[width:2*width], rows[2*width:]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if same(a[i-1], b[j-1]) {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && same(a[i-1], b[j-2]) && same(a[i-2], b[j-1]) {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least >= limit {
			return limit
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}

func separator(c byte) bool { return c == '.' || c == '-' || c == '_' || c == '/' || c == ':' }
