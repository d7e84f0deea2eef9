package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// version is the release that this tree becomes; a build from a tagged module
// says its own.
const version = "0.1.0"

// toolVersion is what reports carry: that of the module for a build of a
// release, else the one above, so that equal input gives equal reports whatever
// the state of the checkout.
func toolVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(info.Main.Version, "v") && !strings.ContainsAny(info.Main.Version, "-+") {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	return version
}

func (a *app) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(a.env.stdout, "scopeaudit %s (%s %s/%s)\n", toolVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
	obeys(cmd)
	return cmd
}
