package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scopeaudit/audit"
	reports "scopeaudit/report"
	"scopeaudit/tokeninfo"
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
	inFiles := !slices.ContainsFunc(formats, func(s string) bool { return !strings.Contains(s, "=") })
	if silent := f.quiet && len(formats) > 0 && f.output == ""; inFiles && !silent {
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
		if other := slices.IndexFunc(out, func(s sink) bool { return s.file != "" && file != "" && sameFile(s.file, file) }); other >= 0 {
			return nil, usage("give each report a file of its own", "two reports would be written to %q", file)
		}
		out = append(out, sink{format, file})
	}
	return out, nil
}

// sameFile reports whether two names mean one file, which need not exist yet.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX == nil && errY == nil {
		return os.SameFile(x, y)
	}
	x, errX = os.Stat(filepath.Dir(a))
	y, errY = os.Stat(filepath.Dir(b))
	return errX == nil && errY == nil && os.SameFile(x, y) && filepath.Base(a) == filepath.Base(b)
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
		if n := len(r.Findings); s.format == reports.SARIF && n > reports.MaxSARIFResults {
			fmt.Fprintf(a.env.stderr, "scopeaudit: note: code scanning shows %d results at most: SARIF holds the gravest of %d findings, JSON all of them\n", reports.MaxSARIFResults, n)
		}
		if s.file == "" {
			if err := reports.Write(a.env.stdout, s.format, r, a.look()); err != nil {
				return err // run says it
			}
			continue
		}
		var buf bytes.Buffer
		if err := reports.Write(&buf, s.format, r, reports.Options{Quiet: a.flags.quiet, Calls: a.calls}); err != nil {
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
	if err := notCredential(file); err != nil {
		return err
	}
	if err := store.WriteFile(file, data, store.WriteOptions{Mode: 0o644, Replace: true}); err != nil {
		return reportFailure(err)
	}
	return nil
}

// canSave tries whether saveReport could write here, without writing.
func canSave(file string) error {
	if err := notCredential(file); err != nil {
		return err
	}
	if err := store.CanWrite(file, true); err != nil {
		return reportFailure(err)
	}
	return nil
}

func notCredential(file string) error {
	if holdsCredential(file) {
		return usage("choose another file for the report", "%q holds a credential and is not overwritten", file)
	}
	return nil
}

// reportFailure is that of writing a report.
func reportFailure(err error) error {
	hint := "choose another name"
	var file *store.FileError
	if errors.As(err, &file) {
		hint = file.Hint()
		if file.Problem == store.NotRegular || file.Problem == store.Link {
			hint = "name a file; to send a report to another program, leave --output out and use a pipe"
		}
	}
	return unfinished(hint, "report not written: %v", err)
}

// holdsCredential reports whether a file is one that a program reads its
// credentials from. A report is not, whatever examples it quotes.
func holdsCredential(file string) bool {
	old, _, err := store.ReadFile(file, store.MaxCredential)
	if err != nil {
		return false // no file, or none that the report could replace
	}
	if _, err := credfile.FromToken(string(old)); err == nil {
		return true
	}
	if _, bare := credfile.FromRefreshToken(string(old)); bare {
		return true
	}
	creds, err := credfile.Identify(old)
	return err == nil && slices.ContainsFunc(creds, func(c tokeninfo.Credential) bool { return c.Kind != tokeninfo.TextCredential })
}

// output remembers that something could not be printed: few callers look, and
// none can do anything about it.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
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
