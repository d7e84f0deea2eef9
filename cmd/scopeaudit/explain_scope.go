package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
	reports "scopeaudit/report"
)

// explainScopes explains the scopes that a text names and nothing else, or those
// of the API that it names, a line each. It reports whether it does name any.
func (a *app) explainScopes(out io.Writer, cat *scopes.Catalogue, text string) (bool, error) {
	var named []scopes.Scope
	for _, word := range scopes.Split(text) {
		s, known := cat.Normalise(word)
		if !known {
			s, known = needs.NewIndex(cat).Constant(word)
		}
		if !known {
			return a.listScopes(out, cat, text)
		}
		named = append(named, s)
	}
	for i, s := range named {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := reports.Scope(out, scopePage(cat, s), a.pageLook()); err != nil {
			return true, err
		}
	}
	return len(named) > 0, nil
}

// listScopes prints a line for each scope of an API, those with the least power
// first.
func (a *app) listScopes(out io.Writer, cat *scopes.Catalogue, api string) (bool, error) {
	if _, known := cat.API(api); !known {
		return false, nil
	}
	of := slices.DeleteFunc(cat.All(), func(s scopes.Scope) bool {
		info, _ := cat.Info(s)
		return !slices.Contains(info.APIs, api)
	})
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range cat.LeastFirst(of) {
		info, _ := cat.Info(s)
		var powers []string
		for _, p := range info.Powers {
			powers = append(powers, string(p))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", info.Short, strings.Join(powers, ", "), info.Tier)
	}
	return true, w.Flush()
}

// scopePage gathers what the catalogue says about a scope. Wider and narrower
// scopes are those of its own APIs: cloud-platform covers hundreds.
func scopePage(cat *scopes.Catalogue, s scopes.Scope) reports.ScopePage {
	info, known := cat.Info(s)
	page := reports.ScopePage{Info: info, Known: known, Methods: cat.Permits(s), Risks: cat.Risks(s)}
	for _, other := range cat.All() {
		about, _ := cat.Info(other)
		if other == s || !slices.ContainsFunc(about.APIs, func(api string) bool { return slices.Contains(info.APIs, api) }) {
			continue
		}
		page.Conflicts = append(page.Conflicts, cat.Conflicts([]scopes.Scope{s, other})...)
		switch {
		case cat.Covers(s, other):
			page.Narrower = append(page.Narrower, other)
		case cat.Covers(other, s):
			page.Wider = append(page.Wider, other)
		}
	}
	return page
}
