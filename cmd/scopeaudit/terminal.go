package main

import (
	"runtime"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/term"

	reports "scopeaudit/report"
)

// defaultWidth is that of a report which goes to no terminal.
const defaultWidth = 80

// look is how a report on standard output should look: as wide as the terminal,
// coloured only on one, and never where NO_COLOR (no-color.org) forbids it.
func (a *app) look() reports.Options {
	o := reports.Options{Width: defaultWidth, Quiet: a.flags.quiet, Calls: a.calls}
	stdout := a.env.stdout
	if out, wrapped := stdout.(*output); wrapped {
		stdout = out.Writer
	}
	terminal, ok := stdout.(interface{ Fd() uintptr })
	if ok && term.IsTerminal(int(terminal.Fd())) {
		if w, _, err := term.GetSize(int(terminal.Fd())); err == nil && w > 0 {
			o.Width = w
		}
		// The older Windows console shows escape codes as text.
		o.Color = !a.flags.noColor && a.env.getenv("NO_COLOR") == "" && a.env.getenv("TERM") != "dumb" && runtime.GOOS != "windows"
	}
	if columns, err := strconv.Atoi(a.env.getenv("COLUMNS")); err == nil && columns > 0 {
		o.Width = columns
	}
	return o
}

// printable makes one harmless line of an error text: names of files come from
// hostile trees and may hold what a terminal acts on.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
