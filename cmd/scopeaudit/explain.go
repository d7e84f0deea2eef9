package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	reports "scopeaudit/report"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain WORD",
		Short: "explain a scope or a rule",
		Long: `Explain a scope (gmail.readonly, or its full URL) or a rule (scope-excess).

  scopeaudit explain gmail.readonly
  scopeaudit explain google-refresh-token
  scopeaudit explain rules               every rule, a line each`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return a.explainable(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.explain(strings.TrimSpace(args[0])) },
	}
}

func (a *app) explain(word string) error {
	var out bytes.Buffer
	defer func() { a.env.stdout.Write(out.Bytes()) }()
	all := audit.Rules()
	if word == "rules" {
		return listRules(&out, all)
	}
	for _, r := range all {
		if string(r.ID) == word {
			return reports.Rule(&out, r, a.look())
		}
	}
	cat, err := a.catalogue()
	if err != nil {
		return err
	}
	scope, known := cat.Normalise(word)
	if !known {
		return usage(a.didYouMean(word, all, cat), "%q is neither a rule nor a scope that Google documents", word)
	}
	return reports.Scope(&out, scopePage(cat, scope), a.look())
}

// scopePage gathers what the catalogue says about a scope. Wider and narrower
// scopes are those of its own APIs: cloud-platform covers hundreds.
func scopePage(cat *scopes.Catalogue, s scopes.Scope) reports.ScopePage {
	info, known := cat.Info(s)
	page := reports.ScopePage{Info: info, Known: known, Methods: cat.Permits(s)}
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

// listRules prints a line for each rule, in the order of reports.
func listRules(out io.Writer, all []rules.Rule) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.ID, r.Severity, r.Title)
	}
	return w.Flush()
}

// didYouMean guesses what a word was meant to be.
func (a *app) didYouMean(word string, all []rules.Rule, cat *scopes.Catalogue) string {
	for _, r := range all {
		if strings.Contains(string(r.ID), word) && len(word) > 3 {
			return "did you mean `scopeaudit explain " + string(r.ID) + "`?"
		}
	}
	if near, ok := cat.Suggest(word); ok {
		info, _ := cat.Info(near)
		return "did you mean `scopeaudit explain " + info.Short + "`?"
	}
	return "`scopeaudit explain rules` lists the rules; scopes are written as in https://developers.google.com/identity/protocols/oauth2/scopes"
}

// explainable feeds the shell's completion.
func (a *app) explainable() []string {
	var words []string
	for _, r := range audit.Rules() {
		words = append(words, string(r.ID)+"\t"+r.Title)
	}
	if cat, err := a.catalogue(); err == nil {
		for _, s := range cat.All() {
			info, _ := cat.Info(s)
			words = append(words, info.Short+"\t"+info.Text)
		}
	}
	return words
}
