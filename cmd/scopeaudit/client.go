package main

import (
	"context"

	"github.com/spf13/cobra"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/google"
)

const clientLong = `Audit the file of an OAuth client, as the Cloud console gives it out
(credentials.json, client_secret_….json): its type, where it has authorization
codes sent, the generation of its secret and what its secrecy is worth, servers
that are not Google's, and whether it is a well-known program's.

  scopeaudit client client_credentials.json
  scopeaudit client - < client_secret.json

The report ends with the setup doctor: the errors that people meet between this
file and the first token, what they mean, and what to do. Nobody is asked, and
nothing is sent.`

func (a *app) clientCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "client FILE|-",
		Short: "audit an OAuth client's file, and say why signing in fails",
		Long:  clientLong,
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("name the client's file, or - for standard input", "client takes one file, and %d were named", len(args))
			}
			return a.client(cmd.Context(), args[0])
		},
	}
	obeys(cmd, "policy", "format", "output", "only", "skip", "fail-on", "exit-zero", "strict", "offline", "no-color", "quiet", "endpoint",
		"baseline", "write-baseline", "no-suppress")
	return cmd
}

func (a *app) client(ctx context.Context, source string) error {
	a.flags.offline = true
	p, err := a.prepare()
	if err != nil {
		return err
	}
	named, err := a.load(ctx, source)
	if err != nil {
		return err
	}
	var credentials []tokeninfo.Credential
	for _, held := range named.Credentials {
		credentials = append(credentials, held.Credential)
	}
	if err := credfile.Expect(credfile.WantClient, credentials, nil); err != nil {
		return inputFailure(err)
	}
	kind := credentials[0].ClientType
	if len(credentials) > 1 {
		kind = "" // one of each
	}
	p.advice = google.SetupAdvice(kind)
	return a.finish(named, p)
}
