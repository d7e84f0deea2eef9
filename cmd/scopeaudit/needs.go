package main

import (
	"context"

	"github.com/spf13/cobra"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/scopes"
)

const needsLong = `Tell which scopes the programs in a tree need, from their code: what they ask
for, what they call, and the least that is enough. Nothing is run, and nothing is
asked of anyone.

  scopeaudit needs .
  scopeaudit needs --policy gmail-modify src/
  scopeaudit needs --program backend --program tools .

Python, notebooks, Go, JavaScript, TypeScript, Apps Script, Java, Kotlin and shell
are read. Files that belong together are one program, and each is judged for
itself: exact, when every call and every scope is known; a lower bound, when not
all calls are; unknown, when
none is. --program FOLDER says that all in a folder is one program. What package
managers put into a tree says nothing of yours and is counted only, unless
--include-deps.

--price says what each call costs. --lock writes what the programs need to
scopes.lock, and with --locked a change that needs more fails, at the line that
does:

  scopeaudit needs --lock .
  scopeaudit needs --locked .

--fix prints the change that narrows what is asked for, where the verdict is exact
and each scope is written out; with --write it is made, in all files or none. What
is left as it is has its place and why, and makes the exit status 1.`

// needsFlags are those of the verbs that look at code.
type needsFlags struct {
	programs    []string
	includeDeps bool
	// What follows is for needs alone.
	price     bool
	lock      bool
	locked    bool
	lockFile  string
	justify   bool
	policyOut string
	fix       bool
	write     bool
}

func (f *needsFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.programs, "program", nil, "take all in `FOLDER` for one program (may repeat; default: it is found out)")
	cmd.Flags().BoolVar(&f.includeDeps, "include-deps", false, "look at other people's code too: node_modules, site-packages, vendor and the like")
}

// options are what the collecting of evidence takes.
func (f *needsFlags) options(cat *scopes.Catalogue) *collect.NeedsOptions {
	return &collect.NeedsOptions{Catalogue: cat, Programs: f.programs, Dependencies: f.includeDeps}
}

// agree refuses flags of which one would mean nothing: --fix and --justify print
// something else than a report.
func (f needsFlags) agree(common flags) error {
	instead := ""
	switch {
	case f.policyOut == "-":
		return usage("name a file that does not exist yet", "--policy-out: a policy is a file")
	case f.write && !f.fix:
		return usage("`scopeaudit needs --fix --write` makes the change that --fix prints", "--write goes with --fix")
	case f.write && common.output != "":
		return usage("leave out --write, and the change is written there as a diff", "--output takes nothing of what --write does")
	case f.fix && f.justify:
		return usage("run it once with each", "--fix and --justify do not go together")
	case f.fix:
		instead = "--fix"
	case f.justify:
		instead = "--justify"
	default:
		return nil
	}
	if f.locked || f.price || len(common.formats) > 0 {
		return usage("run it once without "+instead, "%s prints no report, beside which --locked, --price and --format would mean something", instead)
	}
	return nil
}

func (a *app) needsCommand() *cobra.Command {
	var f needsFlags
	cmd := &cobra.Command{
		Use:   "needs [PATH…]",
		Short: "tell which scopes the code needs",
		Long:  needsLong,
		Args:  cobra.ArbitraryArgs,
		RunE:  func(cmd *cobra.Command, args []string) error { return a.needs(cmd.Context(), f, args) },
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.price, "price", false, "say what each call costs: what would be enough without it")
	cmd.Flags().BoolVar(&f.lock, "lock", false, "write what the programs need to scopes.lock, for --locked")
	cmd.Flags().BoolVar(&f.locked, "locked", false, "fail where the code needs more than scopes.lock has")
	cmd.Flags().StringVar(&f.lockFile, "lock-file", "", "the lock is `FILE` (default: scopes.lock of what is named, or of a folder above it)")
	cmd.Flags().BoolVar(&f.justify, "justify", false, "print, for each scope that is needed, a paragraph with its calls, as Google asks for in reviews")
	cmd.Flags().StringVar(&f.policyOut, "policy-out", "", "write the policy that allows what the code needs to `FILE`")
	cmd.Flags().BoolVar(&f.fix, "fix", false, "print the change that asks for no more than is enough, as a unified diff, where that is certain")
	cmd.Flags().BoolVar(&f.write, "write", false, "with --fix: make the change")
	obeys(cmd, "policy", "baseline", "write-baseline", "no-suppress", "format", "output", "only", "skip", "exclude", "fail-on", "exit-zero", "strict", "offline",
		"no-color", "quiet")
	return cmd
}

func (a *app) needs(ctx context.Context, f needsFlags, paths []string) error {
	a.flags.offline, a.calls = true, true
	p, err := a.prepare()
	if err != nil {
		return err
	}
	if err := f.agree(a.flags); err != nil {
		return err
	}
	lock, err := f.useLock(paths)
	if err != nil {
		return err
	}
	options := f.options(p.catalogue)
	options.Price, options.Sources = f.price, f.fix
	evidence, err := a.code(ctx, p, paths, options)
	if err != nil {
		return err
	}
	if f.locked {
		evidence.Lock = lock
	}
	report, err := a.compare(evidence, p)
	if err != nil {
		return err
	}
	if err := f.writeLock(&report, lock, evidence.Roots); err != nil {
		return err
	}
	if err := f.writePolicy(&report, p); err != nil {
		return err
	}
	switch {
	case f.justify:
		return a.justify(report, p)
	case f.fix:
		return a.fix(report, evidence, p, f.write)
	}
	return a.conclude(report, p)
}

// code gathers what can be known from the programs at some paths alone.
func (a *app) code(ctx context.Context, p *prepared, paths []string, of *collect.NeedsOptions) (audit.Evidence, error) {
	sources, err := a.sources(paths, nil)
	if err != nil {
		return audit.Evidence{}, err
	}
	options := p.gather()
	options.Needs = of
	options.Needs.Only = true
	evidence, err := a.collect(ctx, sources, options)
	if err != nil {
		err = inputFailure(err)
	}
	return evidence, err
}
