package main

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// obeys says which of the common flags a verb that makes no report takes. Its help
// shows no others, and others are refused: they would have no effect.
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
				err = usage("`scopeaudit "+cmd.Name()+" --help` lists the flags that it takes", "%s makes no report, and --%s has no meaning for it", cmd.Name(), f.Name)
			}
		})
		return err
	}
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		idle(func(f *pflag.Flag) { f.Hidden = true })
		cmd.Root().HelpFunc()(cmd, args)
	})
}
