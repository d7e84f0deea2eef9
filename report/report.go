// Package report renders an audit.Report: one file a format, and every format
// the same value. It writes to the io.Writer that it is given and touches
// nothing else, so equal reports give equal bytes.
//
// Whatever comes from a scanned tree, a credential file or a server may be
// hostile. No format passes on a character that moves a cursor, reorders or
// hides text, and none can be read as a command by the log of a CI runner.
package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"scopeaudit/audit"
)

// Format names a format, as the flag --format does.
type Format string

// The formats.
const (
	Text  Format = "text"
	JSON  Format = "json"
	SARIF Format = "sarif"
)

// writers holds what renders each format, in the order that help lists them.
var writers = [...]struct {
	format Format
	write  func(io.Writer, audit.Report, Options) error
}{
	{Text, writeText},
	{JSON, writeJSON},
	{SARIF, writeSARIF},
}

// Formats lists all formats, the default first.
func Formats() []Format {
	all := make([]Format, len(writers))
	for i, w := range writers {
		all[i] = w.format
	}
	return all
}

// ParseFormat reads the name of a format.
func ParseFormat(name string) (Format, error) {
	names := make([]string, len(writers))
	for i, w := range writers {
		if string(w.format) == name {
			return w.format, nil
		}
		names[i] = string(w.format)
	}
	return "", fmt.Errorf("unknown format %q (want %s)", name, strings.Join(names, ", "))
}

// Options say how text for people is laid out. The machine formats are the
// same under all of them.
type Options struct {
	// Width is how many columns a line may take, 80 if it is zero. A word that
	// is longer, such as a path, is not broken: people copy it.
	Width int
	// Color allows ANSI colours. They only repeat what the words say.
	Color bool
	// Quiet leaves out the tables, the credentials, what was suppressed and the
	// notes. The verdict, the findings, the counts and what failed stay.
	Quiet bool
	// Calls asks for every call of every program, with the scopes that permit it;
	// without, text has a few.
	Calls bool
}

// Write renders r in the format. Its errors are those of w, and an error for a
// format that does not exist.
func Write(w io.Writer, format Format, r audit.Report, o Options) error {
	for _, known := range writers {
		if known.format != format {
			continue
		}
		buffered := bufio.NewWriter(w)
		if err := known.write(buffered, r, o); err != nil {
			return fmt.Errorf("write %s report: %w", format, err)
		}
		if err := buffered.Flush(); err != nil {
			return fmt.Errorf("write %s report: %w", format, err)
		}
		return nil
	}
	_, err := ParseFormat(string(format))
	return err
}
