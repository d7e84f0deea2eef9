package main

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"

	reports "scopeaudit/report"
)

// meansPaths reports whether the arguments of explain are paths, as their
// spelling says. A bare word is looked up first, so that a file which somebody
// dropped into a folder does not take the place of a scope or a rule.
func meansPaths(args []string) bool {
	return !slices.ContainsFunc(args, func(arg string) bool {
		slashed := filepath.ToSlash(arg)
		first, _, _ := strings.Cut(slashed, "/")
		switch {
		case first == "." || first == ".." || filepath.IsAbs(arg):
			return false
		case strings.Contains(slashed, "://"):
			return true // an address, or a scope
		}
		return !strings.Contains(slashed, "/") || !exists(arg)
	})
}

// explainPrograms tells the story of the programs at some paths: as text, or as
// the report that it rests on. It shows what is wrong and fails for none of it.
func (a *app) explainPrograms(ctx context.Context, f needsFlags, paths []string) error {
	a.flags.offline = true
	p, err := a.prepare()
	if err != nil {
		return err
	}
	options := f.options(p.catalogue)
	options.Price = true
	evidence, err := a.code(ctx, p, paths, options)
	if err != nil {
		return err
	}
	r, err := a.compare(evidence, p)
	if err != nil {
		return err
	}
	if !r.Complete {
		a.outcome = exitUnfinished
	}
	var others []sink
	for _, s := range p.sinks {
		if s.format != reports.Text {
			others = append(others, s)
			continue
		}
		look := a.look()
		look.Color = look.Color && s.file == ""
		var out bytes.Buffer
		if err := reports.Story(&out, r, p.catalogue, look); err != nil {
			return err
		}
		if s.file != "" {
			err = saveReport(s.file, out.Bytes())
		} else {
			_, err = a.env.stdout.Write(out.Bytes())
		}
		if err != nil {
			return err
		}
	}
	return a.render(r, others)
}
