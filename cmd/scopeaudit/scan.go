package main

import (
	"context"

	"github.com/spf13/cobra"
)

const scanLong = `Look for secrets only: no credential is compared with a policy, and nothing is
asked of anyone.

  scopeaudit scan .
  scopeaudit scan --rules gitleaks.toml --fail-on high src/ notebooks/
  scopeaudit scan --baseline baseline.json .
  scopeaudit scan --find token.json ~/course
  git archive HEAD | scopeaudit scan -
  scopeaudit scan --staged
  scopeaudit scan --range origin/main..HEAD

Files are read whatever git ignores and however large they are, notebooks cell by cell, and what is encoded
or packed into archives is looked into. --rules adds rules of others; their
allowlists silence only their own findings.

What is known and accepted need not count: --write-baseline FILE lists it there,
without secrets, and --baseline FILE leaves it out. In a file, a comment on the
finding's line does, if it says scopeaudit:allow, the rule, and a reason; not for
critical findings, and not with --no-suppress.

--find FILE looks for copies of one credential instead, in any encoding and any
container: FILE is a credential of any format, a private key, or one secret alone
on its line (- for standard input). FILE itself is no copy.`

func (a *app) scanCommand() *cobra.Command {
	var find string
	cmd := &cobra.Command{
		Use:   "scan [PATH…]",
		Short: "look for secrets only",
		Long:  scanLong,
		Args:  cobra.ArbitraryArgs,
		RunE:  func(cmd *cobra.Command, args []string) error { return a.scan(cmd.Context(), find, args) },
	}
	cmd.Flags().StringVar(&find, "find", "", "look only for copies of the credential in `FILE` (- for standard input)")
	a.flags.addChange(cmd.Flags())
	obeys(cmd, "policy", "rules", "allowlists-for-all", "baseline", "write-baseline", "no-suppress", "format", "output", "only", "skip", "exclude",
		"history", "no-history", "history-only", "fail-on", "exit-zero", "strict", "offline", "no-color", "quiet",
		"endpoint") // where a test sees that nothing is asked
	return cmd
}

func (a *app) scan(ctx context.Context, find string, paths []string) error {
	a.flags.offline = true
	prepared, err := a.prepare()
	if err != nil {
		return err
	}
	sources, err := a.sources(paths, prepared.change)
	if err != nil {
		return err
	}
	if find != "" {
		return a.find(ctx, find, sources, prepared)
	}
	evidence, err := a.collect(ctx, sources, prepared.gather())
	if err != nil {
		return inputFailure(err)
	}
	evidence.Credentials = nil
	return a.finish(evidence, prepared)
}
