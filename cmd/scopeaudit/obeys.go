package main

import (
	"slices"

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
				err = usage("`scopeaudit "+cmd.Name()+" --help` lists the flags that it takes", "--%s has no meaning for %s", f.Name, cmd.Name())
			}
		})
		return err
	}
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		idle(func(f *pflag.Flag) { f.Hidden = true })
		cmd.Root().HelpFunc()(cmd, args)
	})
}
