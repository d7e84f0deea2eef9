package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"scopeaudit/audit"
	reports "scopeaudit/report"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/store"
)

// sink is one report to be written: a format, and a file or standard output.
type sink struct {
	format reports.Format
	file   string // empty: standard output
}

// sinks reads --format and --output before any work is done, so that a typing
// mistake costs nothing.
func (f *flags) sinks() ([]sink, error) {
	formats := f.formats
	if !slices.ContainsFunc(formats, func(s string) bool { return !strings.Contains(s, "=") }) {
		// Reports in files do not silence the one for people, unless that is
		// what --quiet and a file together ask for.
		formats = append([]string{"text"}, formats...)
	}
	var out []sink
	stdout := false
	for _, value := range formats {
		name, file, toFile := strings.Cut(value, "=")
		format, err := reports.ParseFormat(name)
		if err != nil {
			return nil, usage("formats are "+strings.Join(formatNames(), ", "), "--format: unknown format %q", name)
		}
		if toFile && file == "" {
			return nil, usage("write --format "+name+"=FILE", "--format: no file after %q", name+"=")
		}
		if !toFile {
			if stdout {
				return nil, usage("give all but one of them a file: --format json=report.json", "--format: two formats for standard output")
			}
			stdout, file = true, f.output
		}
		out = append(out, sink{format, file})
	}
	return out, nil
}

func formatNames() []string {
	var names []string
	for _, f := range reports.Formats() {
		names = append(names, string(f))
	}
	return names
}

// render writes a report to every sink. Files come first and each appears whole
// or not at all; standard output comes last, so that a closed pipe loses none.
func (a *app) render(r audit.Report, sinks []sink) error {
	slices.SortStableFunc(sinks, func(x, y sink) int {
		return boolToInt(x.file == "") - boolToInt(y.file == "")
	})
	for _, s := range sinks {
		if s.file == "" {
			if err := reports.Write(a.env.stdout, s.format, r, a.look()); err != nil {
				return unfinished("", "standard output: %v", err)
			}
			continue
		}
		var buf bytes.Buffer
		if err := reports.Write(&buf, s.format, r, reports.Options{Quiet: a.flags.quiet}); err != nil {
			return err
		}
		if err := saveReport(s.file, buf.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// saveReport writes a report, over an older one if need be, and never over a
// credential that somebody named by mistake.
func saveReport(file string, data []byte) error {
	if old, err := os.ReadFile(file); err == nil {
		if creds, err := credfile.Identify(old); err == nil && len(creds) > 0 {
			return usage("choose another file for the report", "%q holds a credential and is not overwritten", file)
		}
	}
	if err := store.WriteFile(file, data, store.WriteOptions{Mode: 0o644, Replace: true}); err != nil {
		return unfinished("nothing was written", "report not written: %v", err)
	}
	return nil
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
