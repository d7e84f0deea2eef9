package main

import (
	"context"

	"github.com/spf13/cobra"

	"scopeaudit/audit/collect"
)

const scanLong = `Look for secrets only: no credential is compared with a policy, and nothing is
asked of anyone.

  scopeaudit scan .
  scopeaudit scan --rules gitleaks.toml --fail-on high src/ notebooks/

Files are read whatever git ignores, notebooks cell by cell, and what is encoded
or packed into archives is looked into. --rules adds rules of others; their
allowlists silence only their own findings.`

func (a *app) scanCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "scan [PATH…]",
		Short: "look for secrets only",
		Long:  scanLong,
		Args:  cobra.ArbitraryArgs,
		RunE:  func(cmd *cobra.Command, args []string) error { return a.scan(cmd.Context(), args) },
	}
}

func (a *app) scan(ctx context.Context, paths []string) error {
	if len(a.flags.credentials) > 0 {
		return usage("`scopeaudit audit --credential FILE` asks about a credential", "scan looks for secrets and asks no one")
	}
	a.flags.offline = true
	prepared, err := a.prepare()
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	evidence, err := collect.Run(ctx, collect.Sources{Paths: paths}, prepared.gather())
	if err != nil {
		return inputFailure(err)
	}
	evidence.Credentials = nil
	return a.finish(evidence, prepared)
}
