package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/secrets"
	reports "scopeaudit/report"
	"scopeaudit/tokeninfo/store"
)

// maxFixed is the largest source that is rewritten, in bytes.
const maxFixed = 64 << 20

// fix prints how the programs of a report come to ask for no more than is enough,
// as a unified diff, or does it. What cannot be fixed is said, with why.
func (a *app) fix(r audit.Report, e audit.Evidence, p *prepared, write bool) error {
	if !r.Complete {
		return unfinished("what was missed might need more; `scopeaudit needs` says what could not be read", "nothing is narrowed: not all was examined")
	}
	t := fixer{evidence: e, states: map[string]fs.FileMode{}}
	fixes := audit.NewFixes(r, p.catalogue, t.read)
	redact := newRedactor(nil)
	var files []audit.FixedFile
	for _, f := range fixes {
		files = append(files, f.Files...)
		for _, left := range f.Left {
			a.outcome = exitFindings
			when := ""
			if left.When != "" {
				when = " where " + left.When
			}
			fmt.Fprintf(a.env.stderr, "scopeaudit: note: program %q is left as it is%s: %s\n", f.Program, printable(redact.text(when)), printable(redact.text(left.Why)))
		}
	}
	if len(fixes) == 0 {
		fmt.Fprintln(a.env.stderr, "scopeaudit: note: no program asks for more than is known to be enough")
	}
	if write {
		return a.writeFixes(t, files)
	}
	scanner := secrets.NewScanner(secrets.Key(randomKey()))
	var out bytes.Buffer
	for _, file := range files {
		diff := file.Diff()
		if !reports.IsSafe(diff) || redact.text(diff) != diff || collect.HoldsSecret(scanner, diff) {
			a.outcome = exitFindings
			fmt.Fprintf(a.env.stderr, "scopeaudit: note: the change to %s is near what is not fit to be printed; --write makes it\n", printable(file.Path))
			continue
		}
		out.WriteString(diff)
	}
	return a.print(out.Bytes())
}

// print gives a text that is no report to --output or standard output.
func (a *app) print(text []byte) error {
	if a.flags.output != "" {
		return saveReport(a.flags.output, text)
	}
	_, err := a.env.stdout.Write(text)
	return err
}

// writeFixes writes all files or, if one of them cannot be written, none.
func (a *app) writeFixes(t fixer, files []audit.FixedFile) error {
	for _, f := range files {
		if err := t.check(f); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := t.write(f); err != nil {
			return err
		}
		fmt.Fprintf(a.env.stdout, "narrowed what %s asks for; remove the old grant, and sign in again: a token keeps the scopes it was made with\n", printable(f.Path))
	}
	return nil
}

// fixer reads and writes what was examined, and nothing else.
type fixer struct {
	evidence audit.Evidence
	states   map[string]fs.FileMode
}

// read gives a file as it was examined.
func (t fixer) read(path string) ([]byte, error) {
	source, known := t.evidence.Sources[path]
	if !known {
		return nil, fmt.Errorf("%q is not a file that was examined", path)
	}
	if !t.within(source.Lies) {
		return nil, fmt.Errorf("%q does not lie in what was named", path)
	}
	data, info, err := store.ReadFile(source.Lies, maxFixed)
	if err != nil {
		return nil, err
	}
	if info.Link != "" || sha256.Sum256(data) != source.Sum {
		return nil, fmt.Errorf("%q changed since it was read", path)
	}
	t.states[path] = 0o644
	if info.State.ModeKnown {
		t.states[path] = fs.FileMode(info.State.Mode).Perm()
	}
	return data, nil
}

// within reports whether a file really lies in what the user named: a folder on
// the way may have become a link.
func (t fixer) within(lies string) bool {
	real, err := filepath.EvalSymlinks(lies)
	return err == nil && slices.ContainsFunc(t.evidence.Roots, func(root audit.Root) bool {
		rel, err := filepath.Rel(root.Real, real)
		return err == nil && filepath.IsLocal(rel)
	})
}

// check looks whether a file can be written, so that none is if one cannot be.
func (t fixer) check(f audit.FixedFile) error {
	if _, err := t.read(f.Path); err != nil {
		return unfinished("nothing was written", "%v", err)
	}
	return notNarrowed(f, store.CanWrite(t.evidence.Sources[f.Path].Lies, true))
}

func (t fixer) write(f audit.FixedFile) error {
	lies := t.evidence.Sources[f.Path].Lies
	if !t.within(lies) {
		return unfinished("it was left as it is", "%q does not lie in what was named", f.Path)
	}
	return notNarrowed(f, store.WriteFile(lies, f.New, store.WriteOptions{Mode: t.states[f.Path], Replace: true, Was: f.Old}))
}

func notNarrowed(f audit.FixedFile, err error) error {
	var file *store.FileError
	if errors.As(err, &file) {
		return unfinished(file.Hint(), "%q was not narrowed: %v", f.Path, file)
	}
	return err
}
