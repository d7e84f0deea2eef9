package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	reports "scopeaudit/report"
	"scopeaudit/tokeninfo/google"
)

// explainError explains the error that a text holds, of any length and with
// whatever else it holds: of that nothing is printed, for a traceback may show a
// token.
func (a *app) explainError(out io.Writer, text string) (bool, error) {
	for _, advice := range google.Advice() {
		if advice.Explains(text) {
			return true, reports.Advice(out, advice, a.pageLook())
		}
	}
	return false, nil
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

// maxWord is the longest word that a complaint repeats: what is longer was
// pasted, and may hold what should not be shown.
const maxWord = 80

// unexplained is the failure of a text that means nothing here, with a guess at
// what was meant.
func (a *app) unexplained(text string) error {
	if text == "" {
		return usage("`scopeaudit help explain` shows what can be explained", "there is nothing to explain")
	}
	const known = "no rule, no scope or method that Google documents, no error text that is known here and no file"
	if len(text) > maxWord || strings.ContainsRune(text, '\n') {
		return usage("paste the line that names the error, such as invalid_grant; `scopeaudit explain errors` lists those that are known", "the text holds %s", known)
	}
	hint, err := a.didYouMean(text)
	if err != nil {
		return err
	}
	return usage(hint, "%q is %s", text, known)
}

// didYouMean guesses what a word was meant to be.
func (a *app) didYouMean(word string) (string, error) {
	cat, err := a.catalogue()
	if err != nil {
		return "", err
	}
	var names []string
	for _, r := range audit.Rules() {
		if len(word) > 3 && strings.Contains(string(r.ID), word) {
			return didMean(string(r.ID)), nil
		}
		names = append(names, string(r.ID))
	}
	for _, advice := range google.Advice() {
		names = append(names, append(advice.Also, advice.Text)...)
	}
	if near, ok := scopes.Nearest(word, names); ok {
		return didMean(near), nil
	}
	if near, ok := cat.Suggest(word); ok {
		return didMean(near.Short()), nil
	}
	if near, ok := cat.SuggestMethod(word); ok {
		return didMean(near), nil
	}
	if strings.ContainsAny(word, `/\`) {
		return "if it was meant for a path, there is nothing there", nil
	}
	return "`scopeaudit explain rules` lists the rules and `scopeaudit explain errors` the error texts; scopes are written as in https://developers.google.com/identity/protocols/oauth2/scopes", nil
}

func didMean(word string) string { return "did you mean `scopeaudit explain " + word + "`?" }
