package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"scopeaudit/audit"
	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/google"
)

const revokeLong = `End a token: the refresh token first, then the access token, and then ask until
both are dead. That a token is dead already is success.

  scopeaudit revoke token.json
  scopeaudit revoke --yes - < token.json
  scopeaudit revoke --leak main.py:12
  scopeaudit revoke --leak HEAD~3:token.json ~/course

--leak names one token that was found: by its fingerprint (or the first 8 digits
of it), by PATH:LINE, or by COMMIT:PATH. That one is read again and, after you
agreed, sent to Google to be looked up and ended: with sos, the only way in which
something that was found leaves this computer. PATH says where to look, the
current folder otherwise.

What is asked for first is shown: account, client and scopes. Revoking may end
this account's whole grant to this client, on all machines and for everyone who
shares the account and the client. The file stays where it is, dead.

--issuer names a standard server (RFC 7009, RFC 7662) in the place of Google.`

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
		return err
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
	all := exitClean
	for _, t := range targets {
		if err := t.lookUp(ctx); err != nil {
			return interruptedAt("nothing was revoked")
		}
		outcome, err := a.endOne(ctx, p, q, t)
		if err != nil {
			return err
		}
		all = max(all, outcome)
	}
	a.outcome = all
	return nil
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
		return err
	}
	t.server = p.google
	if err := endable(t.server, t.Credential); err != nil {
		return err
	}
	a.outcome, err = a.endOne(ctx, p, q, t)
	return err
}

// prepareEnding is prepare for the verbs that end tokens.
func (a *app) prepareEnding(verb string, yes bool) (*prepared, *asker, error) {
	switch {
	case a.flags.offline:
		return nil, nil, usage("leave --offline out", "only the server can end a token, and --offline asks no one")
	case len(a.flags.credentials) > 0:
		return nil, nil, usage("name the file alone: `scopeaudit revoke FILE`", "--credential is for the verbs that report")
	}
	if len(a.flags.formats) > 0 || a.flags.writeBaseline != "" || a.flags.output != "" && verb == "revoke" {
		return nil, nil, usage("its output is for people; the exit status tells programs: 0 is dead, 3 is not known to be dead", "%s makes no report", verb)
	}
	q, err := a.asker(verb, yes)
	if err != nil {
		return nil, nil, err
	}
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
		return usage(cmp.Or(hintOf(err), "end it where it was made"), "%v", err)
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

// endOne shows a credential, asks, and ends it.
func (a *app) endOne(ctx context.Context, p *prepared, q *asker, t target) (exitCode, error) {
	out := newPlainText(a.env.stdout, t.Credential)
	show(out, p.catalogue, t)
	out.lines("", warning)
	question := "Revoke it now?"
	if t.found {
		question = "Send it to Google, to be looked up and revoked?"
	}
	agreed, err := q.confirm(ctx, question)
	if err != nil {
		return 0, interruptedAt("nothing was revoked")
	}
	if !agreed {
		out.lines("", "Nothing was revoked.")
		return exitUnfinished, nil
	}
	if t.found {
		if err := t.lookUp(ctx); err != nil {
			return 0, interruptedAt("nothing was revoked")
		}
		if t.live() {
			out.line("%s says: account %s, client %s, granted %s", t.server.Name(), cmp.Or(t.grant.Account, "not told"), t.grant.ClientID, t.scopeWords(p.catalogue, t.grant.Scopes))
		}
	}
	e, err := end(ctx, t.server, a.clock(), t.Credential)
	told(out, t, e)
	if err != nil {
		return 0, interruptedAt("what was done until then stands above")
	}
	out.lines("", leftOver(t, e))
	if e.deadAt.IsZero() {
		return exitUnfinished, nil
	}
	return exitClean, nil
}

// interruptedAt is an interrupt that is not the end of a report.
func interruptedAt(state string) error { return unfinished(state, "interrupted") }

const warning = `Revoking may end this account's whole grant to this client, on all machines and
for everyone who shares the account and the client: if classmates or servers
share them, they are logged out too.`

// show says what is to end.
func show(out *plainText, cat *scopes.Catalogue, t target) {
	kind, _ := t.Kind.Describe()
	if t.masked != "" {
		kind += ", " + t.masked
	}
	out.line("%s: %s", t.name, kind)
	account, client := t.Account, t.ClientID
	if t.live() {
		account, client = cmp.Or(t.grant.Account, account), cmp.Or(t.grant.ClientID, client)
	}
	out.line("  account  %s", cmp.Or(account, "not known"))
	if t.PublishedClient != "" {
		client += " (the published client of " + t.PublishedClient + ")"
	}
	out.line("  client   %s", cmp.Or(client, "not known"))
	switch {
	case t.live():
		out.line("  granted  %s", t.scopeWords(cat, t.grant.Scopes))
	case len(t.Scopes) > 0:
		out.line("  claims   %s (what the file says)", t.scopeWords(cat, t.Scopes))
	default:
		out.line("  scopes   not known from this file")
	}
	var tokens []string
	if t.RefreshToken.Present() {
		tokens = append(tokens, "a refresh token, which makes access tokens until it is revoked")
	}
	if t.AccessToken.Present() {
		text := "an access token"
		if t.grant != nil {
			switch t.grant.Access {
			case tokeninfo.Live:
				text += ", live"
			case tokeninfo.NotValid:
				text += ", not valid now"
			default:
				text += " (" + cmp.Or(t.grant.Reason, "not asked about") + ")"
			}
		}
		tokens = append(tokens, text)
	}
	out.line("  holds    %s", strings.Join(tokens, "; "))
}

// google reports whether the target is Google's: of other servers nothing more is
// known than what they say.
func (t target) google() bool {
	_, ok := t.server.(*google.Client)
	return ok
}

// scopeWords names scopes together with what they let their holder do.
func (t target) scopeWords(cat *scopes.Catalogue, written []string) string {
	if !t.google() {
		return strings.Join(written, ", ")
	}
	var words []string
	for _, w := range written {
		s, _ := cat.Normalise(w)
		info, _ := cat.Info(s)
		var powers []string
		for _, p := range info.Powers {
			powers = append(powers, string(p))
		}
		if text := fmt.Sprintf("%s (%s)", info.Short, strings.Join(powers, ", ")); !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	return strings.Join(words, ", ")
}

// told says what became of it.
func told(out *plainText, t target, e ended) {
	out.line("")
	for _, token := range []struct {
		name string
		said tokeninfo.Revocation
		dead bool
	}{{"refresh token", e.refresh, e.refreshDead}, {"access token", e.access, e.accessDead}} {
		text := ""
		switch token.said.Ended {
		case "":
			continue
		case tokeninfo.Revoked:
			text = "revoked"
		case tokeninfo.AlreadyDead:
			text = "was dead already"
		case tokeninfo.NotRevocable:
			text = "not revoked by itself: " + token.said.Reason
		default:
			text = "not revoked: " + token.said.Reason
		}
		mark := "!"
		switch {
		case token.dead:
			mark = "✓"
			text += "; asked again, " + t.server.Name() + " does not know it any more"
		case token.said.Done():
			text += "; that it is dead is not confirmed"
		}
		out.line("%s %s: %s", mark, token.name, text)
	}
	switch {
	case !e.deadAt.IsZero():
		out.line("✓ dead since %s at the latest", e.deadAt.UTC().Format("2006-01-02 15:04:05 UTC"))
	case !e.revokedAt.IsZero():
		out.line("! pending: %s", cmp.Or(e.pending, "not asked"))
		out.line("  The full effect may take a while; revoke again later to see: dead already is success.")
	case t.google():
		out.line("! still alive, as far as is known; end it at %s", connections)
	default:
		out.line("! still alive, as far as is known")
	}
}

// leftOver says what revoking does not do.
func leftOver(t target, e ended) string {
	lines := []string{"What this did not do:"}
	switch {
	case t.found:
		lines = append(lines, "- the places where it stands, and history, hold the dead token still: `git rm` takes nothing out of history")
	case t.name != "-" && !strings.HasPrefix(t.name, "$"):
		state := "; its tokens may be alive"
		if !e.deadAt.IsZero() {
			state = ", with nothing but dead tokens in it"
		}
		lines = append(lines, "- "+t.name+" is left where it is"+state)
	}
	lines = append(lines, "- the client secret stays as it was: if the client's file got out too, reset it where it was made")
	if t.google() {
		lines = append(lines,
			"- copies of the file stay where they are, and so do other grants of the account:",
			"  "+connections+" shows and ends them all")
	}
	return strings.Join(lines, "\n")
}

// plainText prints lines for people. What is not ours is made harmless, and
// secrets are taken out.
type plainText struct {
	to   io.Writer
	hide *redactor
}

func newPlainText(to io.Writer, c tokeninfo.Credential) *plainText {
	return &plainText{to, newRedactor([]audit.Held{{Credential: c}})}
}

// No line can be taken for a command by the log of a CI runner, whatever a file is
// called.
func (p *plainText) line(format string, args ...any) {
	text := strings.ReplaceAll(printable(p.hide.text(fmt.Sprintf(format, args...))), "##[", "## [")
	if strings.HasPrefix(strings.TrimLeft(text, " "), "::") {
		text = "| " + text
	}
	fmt.Fprintln(p.to, text)
}

// lines prints paragraphs as they are broken.
func (p *plainText) lines(paragraphs ...string) {
	for _, text := range paragraphs {
		for l := range strings.SplitSeq(text, "\n") {
			p.line("%s", l)
		}
	}
}
