package main

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	reports "scopeaudit/report"
)

// help prints what a verb is for and its flags, as wide as the terminal. What is
// indented are commands: they stay whole, to be copied.
func (a *app) help(cmd *cobra.Command, _ []string) {
	out, width := cmd.OutOrStdout(), a.look().Width
	var paragraph []string
	end := func() {
		if len(paragraph) > 0 {
			fmt.Fprint(out, reports.Fold("", "", strings.Join(paragraph, " "), width))
		}
		paragraph = nil
	}
	for line := range strings.SplitSeq(cmp.Or(cmd.Long, cmd.Short), "\n") {
		if line != "" && line[0] != ' ' {
			paragraph = append(paragraph, line)
			continue
		}
		end()
		fmt.Fprintln(out, line)
	}
	end()
	fmt.Fprintln(out)
	for line := range strings.SplitSeq(strings.TrimRight(cmd.UsageString(), "\n"), "\n") {
		if name := described.FindString(line); name != "" && !reports.Narrow(width) {
			fmt.Fprint(out, reports.Fold(name, strings.Repeat(" ", len(name)), line[len(name):], width))
		} else if name != "" {
			fmt.Fprint(out, reports.Fold(strings.TrimRight(name, " ")+"  ", strings.Repeat(" ", 8), line[len(name):], width))
		} else {
			fmt.Fprintln(out, line)
		}
	}
}

// described is a flag, or a verb, of a list in which each has a description.
var described = regexp.MustCompile(`^ +\S+(?: \S+)* {2,}`)
