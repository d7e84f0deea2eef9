package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
)

const auditLong = `Audit a tree: the credentials in it are compared with the policy by what they
claim, and every secret in files and notebooks is reported, masked. Nothing that
is merely found is sent anywhere.

  scopeaudit audit .
  scopeaudit audit --policy gmail-send --fail-on high homework/
  scopeaudit audit --credential token.json --format text --format sarif=out.sarif .

With --credential FILE (or - for standard input) Google is asked what the token
in that file really grants, unless --offline.

A folder or file that lies in another named one is read once. Where several are
named, places are given from the folder above them all. As a PATH, - is standard
input: text or an archive. --exclude passes by what matches, and counts it.`

func (a *app) auditCommand() *cobra.Command {
	var code needsFlags
	cmd := &cobra.Command{
		Use:   "audit [PATH…]",
		Short: "audit a tree and the credentials in it",
		Long:  auditLong,
		Args:  cobra.ArbitraryArgs,
		RunE:  func(cmd *cobra.Command, args []string) error { return a.audit(cmd.Context(), code, args) },
	}
	code.add(cmd)
	a.flags.addChange(cmd.Flags())
	return cmd
}

// audit is the main job: gather, ask, compare, report.
func (a *app) audit(ctx context.Context, code needsFlags, paths []string) error {
	prepared, err := a.prepare()
	if err != nil {
		return err
	}
	sources, err := a.sources(paths, prepared.change)
	if err != nil {
		return err
	}
	// What was handed in is read first: the walk may take long, and a mistake
	// here should not.
	var handed audit.Evidence
	for _, file := range a.flags.credentials {
		if file != "-" {
			sources.Credentials = append(sources.Credentials, file)
			continue
		}
		if len(handed.Credentials) > 0 {
			return usage("put the other credential into a file", "--credential: standard input can be read only once")
		}
		if handed, err = a.load(ctx, file); err != nil {
			return err
		}
	}
	options := prepared.gather()
	options.Needs = code.options(prepared.catalogue)
	evidence, err := a.collect(ctx, sources, options)
	if err != nil {
		return inputFailure(err)
	}
	evidence = collect.Join(evidence, handed)
	if err := ask(ctx, prepared.google, &evidence); err != nil {
		return err
	}
	return a.finish(evidence, prepared)
}

// finish compares, renders and decides the exit status, for every verb that
// reports.
func (a *app) finish(e audit.Evidence, p *prepared) error {
	r, err := a.compare(e, p)
	if err != nil {
		return err
	}
	return a.conclude(r, p)
}

// compare makes a report of evidence.
func (a *app) compare(e audit.Evidence, p *prepared) (audit.Report, error) {
	if a.flags.strict {
		for i := range e.Coverage.Skipped {
			e.Coverage.Skipped[i].Kind = rules.ByFailure
		}
	}
	e.Baselines = p.baselines
	if a.flags.noSuppress {
		e.Comments = nil
	}
	r := audit.Check(e, p.policy, p.catalogue)
	r.Tool = "scopeaudit " + toolVersion()
	r.Advice = p.advice
	newRedactor(e.Credentials).report(&r)
	return r, a.flags.selectRules(&r)
}

// conclude renders a report and decides the exit status.
func (a *app) conclude(r audit.Report, p *prepared) error {
	if a.flags.writeBaseline != "" {
		if err := a.accept(&r); err != nil {
			return err
		}
	}
	a.outcome = judge(r, p.failOn, a.flags.exitZero)
	return a.render(r, p.sinks)
}

// looksLikePath tells a path from a mistyped verb, for `scopeaudit PATH`.
func looksLikePath(arg string, root *cobra.Command) error {
	if arg == "-" || exists(arg) || strings.ContainsAny(arg, `/\.`) {
		return nil
	}
	hint := "`scopeaudit help` lists the verbs; to audit a path that looks like a verb write `scopeaudit audit ./PATH`"
	if near := root.SuggestionsFor(arg); len(near) > 0 {
		hint = "did you mean `scopeaudit " + near[0] + "`?"
	}
	return usage(hint, "%q is neither a verb nor a path", arg)
}
