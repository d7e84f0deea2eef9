package main

import (
	"path"
	"slices"

	"github.com/spf13/cobra"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// flags are the common flags.
type flags struct {
	policy      string
	credentials []string
	packs       []string
	forAll      bool
	baselines   []string
	formats     []string
	output      string
	only, skip  []string
	exclude     []string
	history     bool
	noHistory   bool
	onlyHistory bool
	since, span string
	staged      bool
	failOn      string
	exitZero    bool
	strict      bool
	offline     bool
	noColor     bool
	quiet       bool
	endpoint    string

	writeBaseline string
	noSuppress    bool
}

// addCommon declares the flags that every verb understands.
func (f *flags) addCommon(root *cobra.Command) {
	p := root.PersistentFlags()
	p.SortFlags = false
	p.StringVar(&f.policy, "policy", "", "built-in policy `NAME` or policy file (default gmail-readonly)")
	p.StringArrayVar(&f.credentials, "credential", nil, "ask Google about the credential in `FILE` too (- for standard input; may repeat)")
	p.StringArrayVar(&f.packs, "rules", nil, "look for secrets by the rules in `FILE` too, in gitleaks' TOML format (may repeat)")
	p.BoolVar(&f.forAll, "allowlists-for-all", false, "let the packs' own allowlists silence findings of every rule, built-in ones too")
	p.StringArrayVar(&f.baselines, "baseline", nil, "leave out what `FILE` accepts: a baseline, a JSON report of gitleaks or a .gitleaksignore (may repeat)")
	p.StringVar(&f.writeBaseline, "write-baseline", "", "accept what is found: write it to `FILE`, without secrets; what is accepted no longer makes the exit status 1")
	p.BoolVar(&f.noSuppress, "no-suppress", false, "take no notice of comments that silence findings")
	p.StringArrayVar(&f.formats, "format", nil, "text, json or sarif; `F=FILE` writes to a file, and the flag may repeat")
	p.StringVar(&f.output, "output", "", "write the report to `FILE` instead of standard output")
	p.StringArrayVar(&f.only, "only", nil, "report only rules that match the `GLOB` (may repeat)")
	p.StringArrayVar(&f.skip, "skip", nil, "leave out rules that match the `GLOB` (may repeat)")
	p.StringArrayVar(&f.exclude, "exclude", nil, "pass by files and folders that match the `GLOB`, as in .gitignore, relative to the named folder (may repeat)")
	p.BoolVar(&f.history, "history", false, "read the git history of work trees around and below the named folder too, not only of one that it is the top of")
	p.BoolVar(&f.noHistory, "no-history", false, "read files only, and no git history")
	p.BoolVar(&f.onlyHistory, "history-only", false, "read git history only, and no files")
	p.StringVar(&f.failOn, "fail-on", "medium", "lowest `SEVERITY` that makes the exit status 1: info, low, medium, high, critical")
	p.BoolVar(&f.exitZero, "exit-zero", false, "exit 0 in spite of findings, and change nothing else")
	p.BoolVar(&f.strict, "strict", false, "count everything that was skipped as a failure")
	p.BoolVar(&f.offline, "offline", false, "ask no one: compare what files claim")
	p.BoolVar(&f.noColor, "no-color", false, "no colours (as the variable NO_COLOR)")
	p.BoolVar(&f.quiet, "quiet", false, "print findings only; where reports go to files, nothing")
	p.StringVar(&f.endpoint, "endpoint", "", "ask this loopback `URL` instead of Google, for tests")
}

// threshold is the severity from which on findings make the exit status 1.
func (f *flags) threshold() (rules.Severity, error) {
	s, err := rules.ParseSeverity(f.failOn)
	if err != nil {
		return 0, usage("severities are info, low, medium, high and critical", "--fail-on: unknown severity %q", f.failOn)
	}
	return s, nil
}

// selectRules leaves only the findings that --only and --skip ask for, and says
// so in the report. A pattern that matches no rule is a mistake, since a
// misspelt --only would look like a clean result.
func (f *flags) selectRules(r *audit.Report) error {
	for _, pattern := range slices.Concat(f.only, f.skip) {
		known, err := anyRule(pattern, r.Rules)
		if err != nil || !known {
			return usage("`scopeaudit explain rules` lists the rules", "no rule matches %q", pattern)
		}
	}
	before := len(r.Findings)
	r.Findings = slices.DeleteFunc(r.Findings, func(x audit.Finding) bool {
		return len(f.only) > 0 && !matches(f.only, x.Rule) || matches(f.skip, x.Rule)
	})
	unnest(r.Findings)
	if len(f.only)+len(f.skip) > 0 {
		r.Notes = append(r.Notes, plural(before-len(r.Findings), "finding")+" left out by --only and --skip")
	}
	return nil
}

// unnest frees the parts of composites that were left out, so that they show.
func unnest(fs []audit.Finding) {
	for i := range fs {
		if !slices.ContainsFunc(fs, func(x audit.Finding) bool { return x.Fingerprint == fs[i].PartOf }) {
			fs[i].PartOf = ""
		}
	}
}

func anyRule(pattern string, all []rules.Rule) (bool, error) {
	for _, r := range all {
		if ok, err := path.Match(pattern, string(r.ID)); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func matches(patterns []string, id rules.ID) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := path.Match(p, string(id)) // checked by selectRules
		return ok
	})
}
