package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
	reports "scopeaudit/report"
)

// maxPages is how many methods one word may mean and have a page each. Of more a
// line each is printed, and of more than maxLines the rest is counted.
const (
	maxPages = 2
	maxLines = 20
)

// explainMethods prints what permits the methods that a text means; it reports
// whether there are any.
func (a *app) explainMethods(out io.Writer, cat *scopes.Catalogue, text string) (bool, error) {
	index := needs.NewIndex(cat)
	if call, known := index.BuiltIn(withoutArguments(text)); known {
		return true, reports.Method(out, builtInPage(cat, call), a.pageLook())
	}
	methods, content := meant(cat, text), strings.Contains(text, "_media")
	page := func(m scopes.Method) reports.MethodPage {
		if !content {
			return methodPage(cat, m)
		}
		return contentPage(cat, index, m)
	}
	if len(methods) > maxPages {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, m := range methods[:min(len(methods), maxLines)] {
			fmt.Fprintf(w, "%s\t%s\n", m.ID, leastOf(page(m)))
		}
		if more := len(methods) - maxLines; more > 0 {
			fmt.Fprintf(w, "and %d more: write more of the name, such as %s\n", more, methods[0].ID)
		}
		return true, w.Flush()
	}
	for i, m := range methods {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := reports.Method(out, page(m), a.pageLook()); err != nil {
			return true, err
		}
	}
	return len(methods) > 0, nil
}

// leastOf names the scopes to ask for if nothing but a method is called.
func leastOf(page reports.MethodPage) string {
	if len(page.Least) == 0 || len(page.Least[0]) == 0 {
		return "no scope"
	}
	var names []string
	for _, s := range page.Least[0] {
		names = append(names, s.Short())
	}
	return strings.Join(names, " ")
}

// contentPage is about a method that is called for the content of a file.
func contentPage(cat *scopes.Catalogue, index *needs.Index, m scopes.Method) reports.MethodPage {
	call := index.Content(m.ID)
	m.Scopes = call.Permitted
	page := methodPage(cat, m)
	page.Least, _ = index.Least([]needs.Call{call})
	page.Notes = call.Notes
	return page
}

// builtInPage is about a method that Apps Script has built in.
func builtInPage(cat *scopes.Catalogue, call needs.Call) reports.MethodPage {
	page := reports.MethodPage{Method: scopes.Method{ID: call.Method, Scopes: call.Permitted}, Notes: call.Notes}
	for _, s := range cat.LeastFirst(call.Permitted) {
		info, _ := cat.Info(s)
		page.Scopes = append(page.Scopes, info)
		if page.Least == nil {
			page.Least = [][]scopes.Scope{{s}}
		}
	}
	return page
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

// meant finds the methods that a text means, those with the shortest names first:
// an ID or the end of one, a call as a program writes it, or an address with or
// without its verb.
func meant(cat *scopes.Catalogue, text string) []scopes.Method {
	if verb, address, found := address(text); found {
		return addressed(cat, verb, address)
	}
	if strings.ContainsAny(text, " \t\n") && !strings.Contains(text, "(") {
		return nil
	}
	parts := strings.FieldsFunc(withoutArguments(text), func(r rune) bool { return strings.ContainsRune(". \t\n/", r) })
	for i, p := range parts {
		parts[i] = asInID(p)
	}
	for len(parts) > 2 && slices.Contains([]string{"execute", "do", "pages", "media", "next"}, strings.ToLower(parts[len(parts)-1])) {
		parts = parts[:len(parts)-1]
	}
	for ; len(parts) > 1; parts = parts[1:] {
		found := cat.FindMethods(strings.Join(parts, "."))
		slices.SortStableFunc(found, func(a, b scopes.Method) int { return strings.Count(a.ID, ".") - strings.Count(b.ID, ".") })
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// asInID is a name in a chain of calls as IDs of methods have it, without what
// clients add: import_ and list_next in Python, Users.Messages.List in Go.
func asInID(name string) string {
	for _, added := range []string{"_next", "_media", "_"} {
		name = strings.TrimSuffix(name, added)
	}
	if name == "" {
		return ""
	}
	return strings.ToLower(name[:1]) + name[1:]
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
// with the verb that stands before it. What is nothing but a path with a version
// in it may leave the host out.
func address(text string) (verb, address string, found bool) {
	for _, form := range []string{
		`(?i)(?:\b(GET|POST|PUT|PATCH|DELETE)\s+)?(?:https://)?([a-z0-9-]+\.googleapis\.com/[^\s"'<>?#]*)`,
		`^(?:(GET|POST|PUT|PATCH|DELETE)\s+)?(/?(?:[a-z]+/)?v\d\w*/[^\s"'<>?#]+)$`,
	} {
		if m := regexp.MustCompile(form).FindStringSubmatch(text); m != nil {
			return strings.ToUpper(m[1]), strings.TrimRight(m[2], ".,;:)"), true
		}
	}
	return "", "", false
}

// addressed finds the methods at an address.
func addressed(cat *scopes.Catalogue, verb, address string) []scopes.Method {
	host, path, _ := strings.Cut(address, "/")
	api, _, named := strings.Cut(host, ".")
	if !named { // no host
		api, path = "www", strings.TrimPrefix(address, "/")
	}
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
	out = slices.DeleteFunc(out, func(m scopes.Method) bool { return fixed(m) < most })
	slices.SortStableFunc(out, func(a, b scopes.Method) int { return boolToInt(a.Verb != "GET") - boolToInt(b.Verb != "GET") })
	return out
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
