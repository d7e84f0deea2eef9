package main

import (
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
	redact, scanner := newRedactor(nil), secrets.NewScanner(secrets.Key(randomKey()))
	for _, f := range fixes {
		if f.Why != "" {
			a.outcome = exitFindings
			fmt.Fprintf(a.env.stderr, "scopeaudit: note: %s is left as it is: %s\n", printable(f.Program), printable(redact.text(f.Why)))
			continue
		}
		for _, file := range f.Files {
			if diff := file.Diff(); !write && (!reports.IsSafe(diff) || redact.text(diff) != diff || collect.HoldsSecret(scanner, diff)) {
				a.outcome = exitFindings
				fmt.Fprintf(a.env.stderr, "scopeaudit: note: the change to %s is near what is not fit to be printed; --write makes it\n", printable(file.Path))
				continue
			} else if !write {
				if _, err := fmt.Fprint(a.env.stdout, diff); err != nil {
					return err
				}
				continue
			}
			if err := t.write(file); err != nil {
				return err
			}
			fmt.Fprintf(a.env.stdout, "narrowed what %s asks for; remove the old grant, and sign in again: a token keeps the scopes it was made with\n", printable(file.Path))
		}
	}
	if len(fixes) == 0 {
		fmt.Fprintln(a.env.stderr, "scopeaudit: note: no program asks for more than is known to be enough")
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

func (t fixer) write(f audit.FixedFile) error {
	source := t.evidence.Sources[f.Path]
	if !t.within(source.Lies) {
		return unfinished("nothing was written to it", "%q does not lie in what was named", f.Path)
	}
	err := store.WriteFile(source.Lies, f.New, store.WriteOptions{Mode: t.states[f.Path], Replace: true, Was: f.Old})
	var file *store.FileError
	if errors.As(err, &file) {
		return unfinished(file.Hint(), "%q was not narrowed: %v", f.Path, file)
	}
	return err
}
