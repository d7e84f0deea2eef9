package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"scopeaudit/audit/scopes"
	reports "scopeaudit/report"
)

// maxPages is how many methods one word may mean and have a page each; of more a
// line each is printed.
const maxPages = 2

// explainMethods prints what permits the methods that a text means; it reports
// whether there are any.
func (a *app) explainMethods(out io.Writer, cat *scopes.Catalogue, text string) (bool, error) {
	methods := meant(cat, text)
	if len(methods) > maxPages {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, m := range methods {
			fmt.Fprintf(w, "%s\t%s\n", m.ID, leastOf(cat, m.ID))
		}
		return true, w.Flush()
	}
	for i, m := range methods {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := reports.Method(out, methodPage(cat, m), a.pageLook()); err != nil {
			return true, err
		}
	}
	return len(methods) > 0, nil
}

// leastOf names the scope to ask for if nothing but a method is called.
func leastOf(cat *scopes.Catalogue, id string) string {
	least, err := cat.Least([]string{id})
	if err != nil || len(least) == 0 || len(least[0]) == 0 {
		return "no scope"
	}
	return least[0][0].Short()
}

func methodPage(cat *scopes.Catalogue, m scopes.Method) reports.MethodPage {
	page := reports.MethodPage{Method: m, Writes: cat.Writes(m.ID)}
	page.API, _ = cat.API(m.API)
	for _, s := range cat.LeastFirst(m.Scopes) {
		info, _ := cat.Info(s)
		page.Scopes = append(page.Scopes, info)
	}
	page.Least, _ = cat.Least([]string{m.ID}) // of a method that is known
	return page
}

// meant finds the methods that a text means: an ID or the end of one, a call as
// a program writes it, or an address with or without its verb.
func meant(cat *scopes.Catalogue, text string) []scopes.Method {
	if verb, address, found := address(text); found {
		return addressed(cat, verb, address)
	}
	if strings.ContainsAny(text, " \t\n") && !strings.Contains(text, "(") {
		return nil
	}
	name := withoutArguments(text)
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == ' ' || r == '\t' || r == '\n' })
	for i, p := range parts {
		p = strings.TrimSuffix(p, "_") // import_, as Python writes it
		if p != "" {
			p = strings.ToLower(p[:1]) + p[1:] // Users.Messages.List, as Go does
		}
		parts[i] = p
	}
	for len(parts) > 0 && slices.Contains([]string{"execute", "do", "pages", "media", "next"}, strings.ToLower(parts[len(parts)-1])) && len(parts) > 2 {
		parts = parts[:len(parts)-1]
	}
	for ; len(parts) > 1; parts = parts[1:] {
		if found := cat.FindMethods(strings.Join(parts, ".")); len(found) > 0 {
			return found
		}
	}
	return nil
}

// withoutArguments takes what stands in parentheses out of a call.
func withoutArguments(text string) string {
	var b strings.Builder
	depth := 0
	for _, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case depth <= 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// address finds an address of Google's APIs in a text, such as that of an error,
// with the verb that stands before it.
func address(text string) (verb, address string, found bool) {
	m := regexp.MustCompile(`(?i)(?:\b(GET|POST|PUT|PATCH|DELETE)\s+)?(?:https://)?([a-z0-9-]+\.googleapis\.com/[^\s"'<>?#]*)`).FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	return strings.ToUpper(m[1]), strings.TrimRight(m[2], ".,;:)"), true
}

// addressed finds the methods at an address.
func addressed(cat *scopes.Catalogue, verb, address string) []scopes.Method {
	host, path, _ := strings.Cut(address, "/")
	api, _, _ := strings.Cut(host, ".")
	path = strings.TrimPrefix(path, "upload/")
	var out []scopes.Method
	for id, of := range cat.IDs() {
		if api != "www" && api != of && !strings.HasPrefix(path, of+"/") {
			continue
		}
		for _, m := range cat.Versions(id) {
			if (verb == "" || verb == m.Verb) && fits(m.Path, path) {
				out = append(out, m)
				break
			}
		}
	}
	// A method that is named in full hides one with a parameter in its place.
	fixed := func(m scopes.Method) int { return strings.Count(m.Path, "/") - strings.Count(m.Path, "{") }
	most := 0
	for _, m := range out {
		most = max(most, fixed(m))
	}
	return slices.DeleteFunc(out, func(m scopes.Method) bool { return fixed(m) < most })
}

// fits reports whether a path is one that a template makes, such as
// "v1/{name}:publish".
func fits(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(strings.TrimSuffix(path, "/"), "/")
	return len(want) == len(got) && !slices.ContainsFunc(want, func(w string) bool {
		g := got[0]
		got = got[1:]
		if !strings.HasPrefix(w, "{") {
			return g != w
		}
		_, custom, _ := strings.Cut(w, "}")
		return g == custom || !strings.HasSuffix(g, custom) || custom == "" && strings.Contains(g, ":")
	})
}
