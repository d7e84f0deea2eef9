package main

import (
	"bufio"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"scopeaudit/audit/scopes"
)

// app is one run of the program: what was given from outside, the common flags,
// and how it ended.
type app struct {
	env     environment
	flags   flags
	outcome exitCode
	// calls says that text lists every call that code makes.
	calls bool
	// loaded is the catalogue once a verb has asked for it.
	loaded *scopes.Catalogue
	// input is standard input once a verb has asked for its lines.
	input *bufio.Reader
	// typed hands out those lines once a verb has asked for them one by one.
	typed <-chan string
}

const rootLong = `Tells what a credential can do, what your code needs, what your policy allows,
what was asked for, and which secrets lie in the tree.

  scopeaudit audit .                    audit a project and the credentials in it
  scopeaudit needs .                    tell which scopes the code needs
  scopeaudit token token.json           ask Google what a token really grants
  scopeaudit login client.json          obtain a token that can only read
  scopeaudit sos                        a token got out: find it, end it, prove it dead
  scopeaudit revoke token.json          end a token, and see that it is dead
  scopeaudit client credentials.json    audit a client, and why signing in fails
  scopeaudit explain gmail.readonly     what a scope lets its holder do

A secret is never an argument: name a file, - for standard input, or put it in
the variable SCOPEAUDIT_TOKEN.

Exit status, the same in every format:
  0  all that was asked for was examined; nothing at or above --fail-on
  1  findings
  2  usage, policy or configuration error
  3  could not finish: I/O, network, a failed part, or nothing was examined`

// root is the command tree. It is also what a test holds remedies to.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "scopeaudit [PATH…]",
		Short:         "compare what a credential can do with what a policy allows",
		Long:          rootLong,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			if err := looksLikePath(args[0], cmd); err != nil {
				return err
			}
			return a.audit(cmd.Context(), needsFlags{}, args)
		},
	}
	// A variable that was empty must not silently mean the default.
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		var empty error
		cmd.Flags().Visit(func(f *pflag.Flag) {
			if f.Value.String() == "" {
				empty = usage("give it one, or leave the flag out", "--%s has no value", f.Name)
			}
		})
		return empty
	}
	root.SuggestionsMinimumDistance = 2 // SuggestionsFor has no default of its own
	a.flags.addCommon(root)
	a.flags.addChange(root.Flags())
	root.AddCommand(
		a.auditCommand(), a.scanCommand(), a.needsCommand(), a.tokenCommand(), a.clientCommand(),
		a.loginCommand(), a.revokeCommand(), a.sosCommand(),
		a.explainCommand(), a.policyCommand(), a.demoCommand(), a.versionCommand(),
	)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetHelpFunc(a.help)
	return root
}

// catalogue loads the catalogue of scopes when the first verb needs it.
func (a *app) catalogue() (*scopes.Catalogue, error) {
	if a.loaded == nil {
		cat, err := scopes.Load()
		if err != nil {
			return nil, err
		}
		a.loaded = cat
	}
	return a.loaded, nil
}
