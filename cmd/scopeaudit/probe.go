package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/google"
)

// probing is what `token` is to try with a token.
type probing struct {
	wanted  bool
	account bool // the mailbox's address is to be printed
}

func (p *probing) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.wanted, "probe", false, "try what the token opens in Gmail, with calls that change nothing")
	cmd.Flags().BoolVar(&p.account, "show-account", false, "with --probe: ask for the mailbox's address, and print it")
}

func (p probing) check(f *flags) error {
	switch {
	case p.account && !p.wanted:
		return usage("add --probe", "--show-account is about what --probe asks")
	case p.wanted && f.offline:
		return usage("leave one of them out", "--probe asks Gmail, and --offline asks no one")
	}
	return nil
}

// probe tries the live tokens that the user named, but those of which another was
// tried. The error is the context's.
func (p probing) probe(ctx context.Context, client *google.Client, e *audit.Evidence) error {
	if !p.wanted {
		return nil
	}
	tried := false
	for i := range e.Credentials {
		held := &e.Credentials[i]
		if held.Named && held.Probe == nil && held.Grant != nil && held.Grant.Access == tokeninfo.Live {
			if err := p.one(ctx, client, e, held, held.Credential.AccessToken); err != nil {
				return err
			}
		}
		tried = tried || held.Probe != nil
	}
	if !tried {
		e.Notes = append(e.Notes, "nothing was probed: there is no access token that Google calls live")
	}
	return nil
}

// one tries a live token that the held credential is judged by.
func (p probing) one(ctx context.Context, client *google.Client, e *audit.Evidence, held *audit.Held, access tokeninfo.Secret) error {
	if !p.wanted {
		return nil
	}
	probe, err := client.Probe(ctx, access, p.account)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return inputFailure(err) // Lookup has sent it: it can be sent
	}
	held.Probe = &probe
	unproven := func(call tokeninfo.ProbedCall) bool { return call.Outcome == tokeninfo.NotProven }
	if i := slices.IndexFunc(probe.Calls, unproven); i >= 0 {
		e.Coverage.Skipped = append(e.Coverage.Skipped, rules.Skipped{
			Path: held.Location.Path, Kind: rules.ByFailure,
			Reason: "what its access token opens is not known in full: " + probe.Calls[i].Reason,
		})
	}
	return nil
}
