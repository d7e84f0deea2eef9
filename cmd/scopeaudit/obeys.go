package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// obeys says which of the common flags a verb takes that does not take all. Its
// help shows no others, and others are refused: they would have no effect.
func obeys(cmd *cobra.Command, names ...string) {
	idle := func(do func(*pflag.Flag)) {
		cmd.InheritedFlags().VisitAll(func(f *pflag.Flag) {
			if !slices.Contains(names, f.Name) {
				do(f)
			}
		})
	}
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) (err error) {
		idle(func(f *pflag.Flag) {
			if f.Changed && err == nil {
				hint, found := elsewhere[f.Name]
				if !found {
					hint = "`" + cmd.CommandPath() + " --help` lists the flags that it takes"
				}
				err = usage(hint, "--%s has no meaning for %s", f.Name, strings.TrimPrefix(cmd.CommandPath(), "scopeaudit "))
			}
		})
		return err
	}
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		idle(func(f *pflag.Flag) { f.Hidden = true })
		cmd.Root().HelpFunc()(cmd, args)
	})
}

// elsewhere says where flags mean something that people try on other verbs.
var elsewhere = map[string]string{
	"credential":     "`scopeaudit audit --credential FILE` asks about a credential, as `scopeaudit token FILE` does about it alone",
	"history-only":   "`scopeaudit scan --history-only` looks for secrets in it",
	"write-baseline": "audit, scan and needs accept what they find, with --write-baseline FILE",
}
