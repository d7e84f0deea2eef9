package generate

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// verbs are the HTTP methods that discovery documents use, by the letter that
// stands for them in the data file.
var verbs = map[string]byte{"GET": 'G', "POST": 'P', "PUT": 'U', "PATCH": 'A', "DELETE": 'D'}

// encode writes the data file's text: lines of tab-separated fields in counted
// sections, the format that audit/scopes decodes.
//
//	scopeaudit catalogue 1
//	google.golang.org/api <version>
//	scopes <n>            then n lines: scope, consent text
//	sets <n>              then n lines: numbers of the scopes in the set
//	apis <n>              then n lines: name, title
//	documents <n>         then n lines: number of the API, version, revision
//	methods <n> <bytes>   then n lines: verb, set, document, ID, path
//
// Methods are sorted by ID; where several documents describe one, the document
// to believe comes first. The verb is one letter. Of ID and path only what
// differs from the line before is written (frontCode); bytes is what all that
// are not the same as on the line before come to when they are spelled out.
func encode(docs []Discovery, preferred map[string]bool, version string) []byte {
	slices.SortFunc(docs, func(a, b Discovery) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	texts := consentTexts(docs)
	scopes := slices.Sorted(maps.Keys(texts))
	number := map[string]int{}
	for i, s := range scopes {
		number[s] = i
	}
	sets := scopeSets(docs, number)
	names, titles := apis(docs, preferred)
	methods := allMethods(docs, preferred)

	var b bytes.Buffer
	fmt.Fprintf(&b, "scopeaudit catalogue 1\n%s %s\n", Module, version)
	fmt.Fprintf(&b, "scopes %d\n", len(scopes))
	for _, s := range scopes {
		fmt.Fprintf(&b, "%s\t%s\n", s, line(texts[s]))
	}
	fmt.Fprintf(&b, "sets %d\n", len(sets))
	for _, s := range sets {
		fmt.Fprintf(&b, "%s\n", s)
	}
	fmt.Fprintf(&b, "apis %d\n", len(names))
	for _, name := range names {
		fmt.Fprintf(&b, "%s\t%s\n", name, titles[name])
	}
	fmt.Fprintf(&b, "documents %d\n", len(docs))
	for _, d := range docs {
		fmt.Fprintf(&b, "%d\t%s\t%s\n", slices.Index(names, d.Name), d.Version, d.Revision)
	}
	size := 0
	for i, m := range methods {
		if i == 0 || m.ID != methods[i-1].ID {
			size += len(m.ID)
		}
		if i == 0 || m.path != methods[i-1].path {
			size += len(m.path)
		}
	}
	fmt.Fprintf(&b, "methods %d %d\n", len(methods), size)
	var before described
	for _, m := range methods {
		set, _ := slices.BinarySearch(sets, setKey(m.Scopes, number))
		fmt.Fprintf(&b, "%c\t%d\t%d\t%s\t%s\n", verbs[m.Verb], set, m.document,
			frontCode(before.ID, m.ID), frontCode(before.path, m.path))
		before = m
	}
	return b.Bytes()
}

// described is a method together with the document that describes it.
type described struct {
	Method
	path     string
	document int
}

// allMethods lists the methods of all documents by ID, the best description of
// each first.
func allMethods(docs []Discovery, preferred map[string]bool) []described {
	var methods []described
	for i, d := range docs {
		d.Walk(func(m Method) { methods = append(methods, described{m, d.URLPath(m), i}) })
	}
	slices.SortFunc(methods, func(a, b described) int {
		return cmp.Or(
			cmp.Compare(a.ID, b.ID),
			compareDocuments(docs[b.document], docs[a.document], preferred),
			cmp.Compare(a.document, b.document),
			cmp.Compare(a.path, b.path))
	})
	return methods
}

// apis lists the names of the documents' APIs with the title of each, taken
// from the best document.
func apis(docs []Discovery, preferred map[string]bool) (names []string, titles map[string]string) {
	best := map[string]Discovery{}
	for _, d := range docs {
		if b, known := best[d.Name]; !known || compareDocuments(d, b, preferred) > 0 {
			best[d.Name] = d
		}
	}
	titles = map[string]string{}
	for name, d := range best {
		titles[name] = line(d.Title)
	}
	return slices.Sorted(maps.Keys(best)), titles
}

// line keeps a text on its line and in its field.
func line(text string) string { return strings.Join(strings.Fields(text), " ") }

// frontCode writes text as the number of leading bytes it shares with before,
// in one character counted from '0', and the rest.
func frontCode(before, text string) string {
	n := 0
	for n < min(len(before), len(text)) && before[n] == text[n] {
		n++
	}
	return string(rune('0'+n)) + text[n:]
}

// consentTexts gives each scope the description of the document revised last,
// since Google rewords them; of equal revisions the first API by name decides.
func consentTexts(docs []Discovery) map[string]string {
	texts, revisions := map[string]string{}, map[string]string{}
	for _, d := range docs {
		for scope, s := range d.Auth.OAuth2.Scopes {
			if r, known := revisions[scope]; !known || d.Revision > r {
				texts[scope], revisions[scope] = s.Description, d.Revision
			}
		}
		d.Walk(func(m Method) {
			for _, scope := range m.Scopes {
				if _, known := texts[scope]; !known {
					texts[scope] = "" // named by a method only
				}
			}
		})
	}
	return texts
}

// setKey writes a set of scopes as their numbers in order.
func setKey(scopes []string, number map[string]int) string {
	numbers := make([]int, len(scopes))
	for i, s := range scopes {
		numbers[i] = number[s]
	}
	slices.Sort(numbers)
	var fields []string
	for _, n := range slices.Compact(numbers) {
		fields = append(fields, strconv.Itoa(n))
	}
	return strings.Join(fields, " ")
}

// scopeSets lists the distinct sets that methods accept, the empty one first.
func scopeSets(docs []Discovery, number map[string]int) []string {
	seen := map[string]bool{"": true}
	for _, d := range docs {
		d.Walk(func(m Method) { seen[setKey(m.Scopes, number)] = true })
	}
	return slices.Sorted(maps.Keys(seen))
}
