package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	reports "scopeaudit/report"
	"scopeaudit/tokeninfo/google"
)

const explainLong = `Explain a program: what it asks for, what it calls, what somebody else could do
with its token, and what would remain of that if it asked for less. Or explain a
scope (gmail.readonly, or its full URL), a method (which scopes permit it, those
with the least power first), a rule (scope-excess), or an error that Google or a
library showed, as it was worded; - reads one from standard input.

  scopeaudit explain .
  scopeaudit explain gmail.readonly
  scopeaudit explain users.messages.list
  scopeaudit explain google-refresh-token
  scopeaudit explain "Error 400: redirect_uri_mismatch"
  python main.py 2>&1 | scopeaudit explain -
  scopeaudit explain rules               every rule, a line each
  scopeaudit explain errors              every error text, a line each

What begins with ./ or / is a path, and so is what has a slash and exists. Any
other word is looked up first: ./gmail.readonly is a folder of that name. Of
programs nothing is run and no one is asked, and the exit status says whether all
could be read; what is wrong with them fails ` + "`scopeaudit needs`" + ` and audit.`

func (a *app) explainCommand() *cobra.Command {
	var f needsFlags
	cmd := &cobra.Command{
		Use:   "explain PATH…|WORD…",
		Short: "explain a program, a scope, a method, a rule or an error text",
		Long:  explainLong,
		Args:  cobra.MinimumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return a.explainable(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.explain(cmd.Context(), f, args) },
	}
	f.add(cmd)
	obeys(cmd, "policy", "baseline", "no-suppress", "format", "output", "only", "skip", "exclude", "exit-zero", "strict", "offline", "no-color", "quiet")
	return cmd
}

// explain tells of programs where paths are meant, else of a word or a text.
func (a *app) explain(ctx context.Context, f needsFlags, args []string) error {
	if meansPaths(args) {
		return a.explainPrograms(ctx, f, args)
	}
	text := strings.TrimSpace(strings.Join(args, " "))
	if text == "-" {
		data, err := a.readInput(ctx)
		if err != nil {
			return err
		}
		text = strings.TrimSpace(string(data))
	}
	var page bytes.Buffer
	found, err := a.explainText(&page, text)
	switch {
	case err != nil:
		return err
	case found && slices.ContainsFunc(a.flags.formats, func(format string) bool { return format != string(reports.Text) }):
		return usage("leave --format out, or name the folder of a program", "what a word means is told as text only")
	case found:
		return a.page(page.Bytes())
	case !slices.ContainsFunc(args, func(arg string) bool { return arg == "-" || !exists(arg) }):
		return a.explainPrograms(ctx, f, args)
	}
	return a.unexplained(text)
}

// page prints what is no report, or saves it where --output says.
func (a *app) page(text []byte) error {
	if a.flags.output != "" {
		return saveReport(a.flags.output, text)
	}
	_, err := a.env.stdout.Write(text)
	return err
}

// pageLook is how such a page looks: plain in a file.
func (a *app) pageLook() reports.Options {
	o := a.look()
	o.Color = o.Color && a.flags.output == ""
	return o
}

// explainText explains a word, or the text of an error; it reports whether it is
// known.
func (a *app) explainText(out io.Writer, text string) (bool, error) {
	all := audit.Rules()
	switch text {
	case "rules":
		return true, listRules(out, all)
	case "errors":
		return true, listAdvice(out, google.Advice())
	}
	for _, r := range all {
		if string(r.ID) == text {
			return true, reports.Rule(out, r, a.pageLook())
		}
	}
	cat, err := a.catalogue()
	if err != nil {
		return false, err
	}
	if found, err := a.explainScopes(out, cat, text); found || err != nil {
		return found, err
	}
	explained, err := a.explainError(out, text)
	if err != nil {
		return false, err
	}
	if explained {
		if _, _, named := address(text); !named {
			return true, nil
		}
		fmt.Fprintln(out) // an error that names the address which was called
	}
	found, err := a.explainMethods(out, cat, text)
	return found || explained, err
}

// listRules prints a line for each rule, in the order of reports.
func listRules(out io.Writer, all []rules.Rule) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.ID, r.Severity, r.Title)
	}
	return w.Flush()
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
