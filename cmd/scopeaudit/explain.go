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
	"scopeaudit/tokeninfo/google"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain WORD…",
		Short: "explain a scope, a method, a rule or an error text",
		Long: `Explain a scope (gmail.readonly, or its full URL), a method (which scopes permit
it, those with the least power first), a rule (scope-excess), or an error that
Google or a library showed, as it was worded.

  scopeaudit explain gmail.readonly
  scopeaudit explain users.messages.list
  scopeaudit explain google-refresh-token
  scopeaudit explain "Error 400: redirect_uri_mismatch"
  scopeaudit explain rules               every rule, a line each
  scopeaudit explain errors              every error text, a line each`,
		Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return a.explainable(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return a.explain(strings.TrimSpace(strings.Join(args, " ")))
		},
	}
}

func (a *app) explain(word string) error {
	var out bytes.Buffer
	defer func() { a.env.stdout.Write(out.Bytes()) }()
	all := audit.Rules()
	switch word {
	case "rules":
		return listRules(&out, all)
	case "errors":
		return listAdvice(&out, google.Advice())
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
	if known {
		return reports.Scope(&out, scopePage(cat, scope), a.look())
	}
	explained := false
	for _, advice := range google.Advice() {
		if explained = advice.Explains(word); explained {
			if err := reports.Advice(&out, advice, a.look()); err != nil {
				return err
			}
			if _, _, named := address(word); !named {
				return nil
			}
			out.WriteByte('\n') // an error that names the address which was called
			break
		}
	}
	if found, err := a.explainMethods(&out, cat, word); found || explained {
		return err
	}
	return usage(a.didYouMean(word, all, cat), "%q is no rule, no scope or method that Google documents, and no error text that is known here", word)
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

// listAdvice prints a line for each error text.
func listAdvice(out io.Writer, all []rules.Advice) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, advice := range all {
		meaning, _, _ := strings.Cut(advice.Means, ". ")
		fmt.Fprintf(w, "%s\t%s\n", advice.Text, strings.TrimSuffix(meaning, "."))
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
	return "`scopeaudit explain rules` lists the rules and `scopeaudit explain errors` the error texts; scopes are written as in https://developers.google.com/identity/protocols/oauth2/scopes"
}

// explainable feeds the shell's completion.
func (a *app) explainable() []string {
	var words []string
	for _, r := range audit.Rules() {
		words = append(words, string(r.ID)+"\t"+r.Title)
	}
	for _, advice := range google.Advice() {
		words = append(words, advice.Text+"\t"+advice.Means)
	}
	if cat, err := a.catalogue(); err == nil {
		for _, s := range cat.All() {
			info, _ := cat.Info(s)
			words = append(words, info.Short+"\t"+info.Text)
		}
	}
	return words
}
