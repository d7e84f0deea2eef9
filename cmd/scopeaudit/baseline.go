package main

import (
	"bytes"
	"errors"
	"fmt"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo/store"
)

const baselineKinds = "a baseline is what --write-baseline wrote, a JSON report of gitleaks, or a .gitleaksignore"

// baselineFiles reads what --baseline names. None is ever looked for in a tree.
func (f *flags) baselineFiles() ([]*audit.Baseline, error) {
	var all []*audit.Baseline
	for _, name := range f.baselines {
		data, _, err := store.ReadFile(name, audit.MaxBaseline)
		var file *store.FileError
		if errors.As(err, &file) {
			hint := file.Hint()
			switch file.Problem {
			case store.TooBig:
				hint = baselineKinds
			case store.Missing:
				hint = "to accept what is there now: `scopeaudit scan --write-baseline FILE`"
			}
			return nil, usage(hint, "--baseline: %v", file)
		}
		baseline, err := audit.DecodeBaseline(data, name)
		var fault *audit.BaselineError
		if errors.As(err, &fault) {
			return nil, usage(fault.Hint, "--baseline %q: %v", name, fault)
		}
		all = append(all, baseline)
	}
	return all, nil
}

// checkNewBaseline refuses a file that --write-baseline should not take the place
// of, before any work is done.
func (f *flags) checkNewBaseline(sinks []sink) error {
	name := f.writeBaseline
	switch name {
	case "":
		return nil
	case "-":
		return usage("name a file; the report goes to standard output", "--write-baseline: a baseline is a file")
	}
	for _, s := range sinks {
		if s.file != "" && sameFile(s.file, name) {
			return usage("give each a file of its own", "report and baseline would both be written to %q", name)
		}
	}
	old, _, err := store.ReadFile(name, audit.MaxBaseline)
	if err != nil || len(old) == 0 {
		return nil // no file, or one that writing stumbles over
	}
	// A damaged one may be written anew, so its beginning has to do.
	if head := old[:min(len(old), 200)]; !bytes.Contains(head, []byte(`"scopeaudit-baseline"`)) {
		return usage("choose another file for the baseline, or remove this one", "%q is no baseline of scopeaudit and is not overwritten", name)
	}
	return nil
}

// accept writes what counts in the report to the file that --write-baseline
// names; the report becomes that of the next run.
func (a *app) accept(r *audit.Report) error {
	name := a.flags.writeBaseline
	critical := 0
	for _, f := range r.Findings {
		if f.Suppressed == nil && f.Severity == rules.Critical {
			critical++
		}
	}
	baseline, accepted := audit.Accept(r, name)
	if err := store.WriteFile(name, baseline.Encode(), store.WriteOptions{Mode: 0o644, Replace: true}); err != nil {
		hint := "choose another name"
		var file *store.FileError
		if errors.As(err, &file) {
			hint = file.Hint()
		}
		return unfinished(hint, "baseline not written: %v", err)
	}
	fresh := fmt.Sprintf("%d new entries", accepted)
	if accepted == 1 {
		fresh = "1 new entry"
	}
	note := fmt.Sprintf("%s in baseline %q, which leaves them out from now on where --baseline names it", fresh, name)
	if critical > 0 {
		note += fmt.Sprintf("; %s among them: a baseline does not end a credential, `scopeaudit explain RULE` says how to", plural(critical, "critical finding"))
	}
	if !r.Complete {
		note += "; not all was examined, and what was missed is not in it"
	}
	r.Notes = append(r.Notes, note)
	return nil
}
