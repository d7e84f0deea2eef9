package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
)

const revokeLong = `End a token: the refresh token first, then the access token, and then ask until
both are dead. That a token is dead already is success.

  scopeaudit revoke token.json
  scopeaudit revoke --yes - < token.json
  scopeaudit revoke --leak main.py:12
  scopeaudit revoke --leak HEAD~3:token.json ~/course

It shows account, client and scopes, for which it looks the access token up, and
then asks. Revoking may end this account's whole grant to this client, on all
machines and for everyone who shares the account and the client. The file stays
where it is, dead.

--leak names one token that was found: by its fingerprint (or the first 8 digits
of it), by PATH:LINE, or by COMMIT:PATH. That one is read again and, after you
agreed, sent to Google to be looked up and ended: with sos, the only way in which
something that was found leaves this computer. Nothing is sent before you agreed,
at the terminal or with --yes. PATH says where to look, the current folder
otherwise.

--issuer names a standard server (RFC 7009, RFC 7662) in the place of Google.

Exit status: 0 every token is dead, and the server said so; 2 nothing was sent,
because of the command or of what the file is; 3 a token is not known to be dead:
the server did not take it or could not be asked, or you did not agree.`

func (a *app) revokeCommand() *cobra.Command {
	var yes bool
	var leak, issuer string
	cmd := &cobra.Command{
		Use:   "revoke FILE|- | --leak WHAT [PATH]",
		Short: "end a token, and see that it is dead",
		Long:  revokeLong,
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case leak != "" && issuer != "":
				return usage("name the file that the token is in", "--leak is about Google's tokens, and --issuer names another server")
			case leak != "" && len(args) <= 1:
				return a.revokeLeak(cmd.Context(), leak, args, yes)
			case len(args) > 1:
				return usage("one credential at a time", "more than one file")
			case len(args) == 1:
				return a.revoke(cmd.Context(), args[0], issuer, yes)
			case a.env.getenv(tokenVariable) != "":
				return a.revoke(cmd.Context(), "$"+tokenVariable, issuer, yes)
			}
			return usage("name a file, - for standard input, or set the variable "+tokenVariable, "no token was given")
		},
	}
	cmd.Flags().StringVar(&leak, "leak", "", "end the one token that `WHAT` names: a fingerprint, PATH:LINE or COMMIT:PATH")
	cmd.Flags().StringVar(&issuer, "issuer", "", issuerHelp)
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "agree beforehand to what would be asked")
	obeys(cmd, "exclude", "no-history", "history-only", "no-color", "endpoint")
	return cmd
}

// revoke ends what is in a file that the user named.
func (a *app) revoke(ctx context.Context, source, issuer string, yes bool) error {
	p, q, err := a.prepareEnding("revoke", yes)
	if err != nil {
		return err
	}
	named, err := a.load(ctx, source)
	if err != nil {
		return beforeSending(err)
	}
	var credentials []tokeninfo.Credential
	for _, held := range named.Credentials {
		credentials = append(credentials, held.Credential)
	}
	if err := credfile.Expect(credfile.WantToken, credentials, nil); err != nil {
		return inputFailure(err)
	}
	// None is ended before all are known to be fit for it.
	var targets []target
	for _, c := range credentials {
		t := target{Credential: c, name: source}
		if t.server, err = a.provider(issuer, clientOf(c)); err != nil {
			return err
		}
		if err := endable(t.server, c); err != nil {
			return err
		}
		if c.AccessToken.Present() || c.RefreshToken.Present() {
			targets = append(targets, t)
		}
	}
	dead, sent := 0, 0
	for i, t := range targets {
		if i > 0 {
			fmt.Fprintln(a.env.stdout)
		}
		if err := t.lookUp(ctx); err != nil {
			return interruptedAt(stateAfter(sent))
		}
		e, agreed, err := a.endOne(ctx, p, q, t)
		if err != nil {
			return interruptedAt(stateAfter(sent + boolToInt(agreed)))
		}
		sent += boolToInt(agreed)
		dead += boolToInt(!e.deadAt.IsZero())
	}
	if sent > 0 {
		a.plain(a.env.stdout, targets[0].Credential).lines("", leftOver(targets[0], dead == len(targets)))
	}
	if dead < len(targets) {
		a.outcome = exitUnfinished
	}
	return nil
}

// stateAfter says where an interrupt left the tokens, of which some were sent.
func stateAfter(sent int) string {
	if sent == 0 {
		return "nothing was revoked"
	}
	return "what was done until then stands above"
}

// revokeLeak ends one token that was found. Nothing is sent before the user has
// agreed.
func (a *app) revokeLeak(ctx context.Context, what string, paths []string, yes bool) error {
	p, q, err := a.prepareEnding("revoke", yes)
	if err != nil {
		return err
	}
	t, err := a.pointedAt(ctx, p, what, paths)
	if err != nil {
		return beforeSending(err)
	}
	t.server = p.google
	if err := endable(t.server, t.Credential); err != nil {
		return err
	}
	e, agreed, err := a.endOne(ctx, p, q, t)
	if err != nil {
		return interruptedAt(stateAfter(boolToInt(agreed)))
	}
	if agreed {
		a.plain(a.env.stdout, t.Credential).lines("", leftOver(t, !e.deadAt.IsZero()))
	}
	if e.deadAt.IsZero() {
		a.outcome = exitUnfinished
	}
	return nil
}

// prepareEnding is prepare for the verbs that end tokens.
func (a *app) prepareEnding(verb string, yes bool) (*prepared, *asker, error) {
	q, err := a.asker(verb, yes)
	if err != nil {
		return nil, nil, err
	}
	a.carryThrough()
	p, err := a.prepare()
	return p, q, err
}

// endable refuses, before anything is sent, a credential in which nothing can be
// revoked, or whose secrets must not go to the server.
func endable(p tokeninfo.Provider, c tokeninfo.Credential) error {
	if c.PrivateKey.Present() && !c.AccessToken.Present() && !c.RefreshToken.Present() {
		return usage("delete the key where it was made: Cloud console, IAM, Service accounts, "+keyOwner(c)+", Keys; it then ends at once, "+
			"and tokens made with it within the hour", "a service-account key cannot be revoked, nothing was sent")
	}
	if err := p.Identify(c); err != nil {
		hint := cmp.Or(hintOf(err), "end it where it was made")
		if googlesToken(c) {
			hint = "its tokens look like Google's: end the grant at " + connections + "; " + hint
		}
		return usage(hint, "%v", err)
	}
	return nil
}

func keyOwner(c tokeninfo.Credential) string {
	if c.Account != "" {
		return fmt.Sprintf("%q", c.Account)
	}
	return "the account"
}

// connections is where a user sees and ends all grants of an account.
const connections = "https://myaccount.google.com/connections"

// target is one credential that is to end.
type target struct {
	tokeninfo.Credential
	server tokeninfo.Provider
	name   string           // where it is, as the user knows the place
	masked string           // of a token that was found; else empty
	found  bool             // met in a tree: nothing is sent before the user agreed
	grant  *tokeninfo.Grant // what the server said about the access token; nil: it was not asked
}

// live reports whether the server has said what the token grants.
func (t target) live() bool { return t.grant != nil && t.grant.Access == tokeninfo.Live }

// lookUp asks the server about the access token. The error is the context's.
func (t *target) lookUp(ctx context.Context) error {
	if !t.AccessToken.Present() {
		return nil
	}
	grant, err := t.server.Lookup(ctx, t.AccessToken)
	if err != nil {
		grant = tokeninfo.Grant{Access: tokeninfo.Unknown, Reason: err.Error()}
	}
	t.grant = &grant
	return ctx.Err()
}

// endOne shows a credential, asks, and ends it, if the user agreed. The error is
// the context's.
func (a *app) endOne(ctx context.Context, p *prepared, q *asker, t target) (e ended, agreed bool, err error) {
	out := a.plain(a.env.stdout, t.Credential)
	show(out, p.catalogue, t)
	out.lines("", warning)
	question := "Revoke it now?"
	if t.found {
		question = "Send it to Google, to be looked up and revoked?"
	}
	if agreed, err = q.confirm(ctx, question); err != nil {
		return e, false, err
	}
	if !agreed {
		out.lines("", "Nothing was revoked.")
		return e, false, nil
	}
	if t.found {
		if err := t.lookUp(ctx); err != nil {
			return e, false, err
		}
		if t.live() {
			out.line("%s says: account %s, client %s, granted %s", t.server.Name(), cmp.Or(t.grant.Account, "not told"), t.grant.ClientID, t.scopeWords(p.catalogue, t.grant.Scopes))
		}
	}
	e, err = end(ctx, t.server, a.clock(), t.Credential, a.waiting)
	told(out, t, &e)
	return e, true, err
}

// interruptedAt is an interrupt that is not the end of a report.
func interruptedAt(state string) error { return unfinished(state, "interrupted") }

// beforeSending says what an interrupt leaves behind that comes before anything was
// sent.
func beforeSending(err error) error {
	if errors.Is(err, context.Canceled) {
		return interruptedAt("nothing was sent")
	}
	return err
}

const warning = `Revoking may end this account's whole grant to this client, on all machines and
for everyone who shares the account and the client: if classmates or servers
share them, they are logged out too.`
