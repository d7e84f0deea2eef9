package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/login"
	"scopeaudit/tokeninfo/oidc"
	"scopeaudit/tokeninfo/store"
)

// lastWords bounds the revocation at the end, which an interrupt does not stop.
const lastWords = 2 * time.Minute

// consent asks for one, and keeps what comes of it.
func (s *signIn) consent(ctx context.Context, h *heldToken) error {
	var kept tokeninfo.Token
	o := login.Options{
		Provider: s.provider, Client: clientOf(s.client), Redirect: s.redirect,
		Scopes: texts(s.asked), LoginHint: s.hint, Timeout: s.timeout,
		Finish: func(ctx context.Context, token tokeninfo.Token) (login.Page, error) {
			page, err := s.finish(ctx, h, token)
			if err == nil {
				kept = token
			}
			return page, err
		},
		Rejected: func(why string) { s.remark("that was not the address of the last page: %s", why) },
	}
	why := s.withoutBrowser()
	if why != "" {
		o.Pasted = s.lines()
	}
	o.Started = func(consent, start string) { s.invite(ctx, why, consent, start) }
	err := login.Run(ctx, o)
	var refusal *tokeninfo.Refusal
	var fault *failure
	switch {
	case err == nil:
		return s.atEnd(ctx, kept)
	case errors.As(err, &fault):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, login.ErrTimeout):
		return unfinished("nothing was written; if the page showed an error, `scopeaudit explain errors` lists what errors mean; --timeout gives more time", "nobody consented within %v", s.timeout)
	case errors.Is(err, login.ErrOtherServer):
		return unfinished("the code was not used and nothing was written; if it happens again, something on the way leads your browser astray: do not sign in there", "no token was obtained: %v", err)
	case errors.As(err, &refusal):
		return unfinished(fmt.Sprintf("`scopeaudit explain %s` says what it means; nothing was written", refusal.Code), "%v", refusal)
	}
	return unfinished(hintOf(err), "no token was obtained: %v", err)
}

// withoutBrowser says why no browser is opened, empty if one is.
func (s *signIn) withoutBrowser() string {
	switch {
	case s.noBrowser:
		return "no browser is opened"
	case s.env.browse != nil:
		return ""
	case runtime.GOOS != "darwin" && runtime.GOOS != "windows" && s.env.getenv("DISPLAY") == "" && s.env.getenv("WAYLAND_DISPLAY") == "":
		return "there is no screen here to open a browser on"
	}
	return ""
}

// invite shows the user where to consent. The browser is given a short address
// of this machine: what it is started with stands in the list of processes.
func (s *signIn) invite(ctx context.Context, why, consent, start string) {
	s.remark("asking for %s at %s", joined(short(s.asked)), s.provider.Name())
	for _, c := range s.catalogue.Conflicts(s.asked) {
		s.remark("%s beside %s: %s", c.Scope.Short(), c.With.Short(), c.Why)
	}
	if why == "" {
		// Whether a browser came up takes a moment to tell; an interrupt does not
		// wait for that.
		started := make(chan error, 1)
		go func() { started <- s.browse(start) }()
		select {
		case <-ctx.Done():
			return
		case err := <-started:
			if err == nil {
				s.remark("your browser opens; if it does not, open this address in it:")
			} else {
				s.remark("no browser could be started; open this address in one on this computer:")
			}
		}
	} else {
		s.remark("%s; open this address in one:", why)
	}
	fmt.Fprintf(s.env.stderr, "\n  %s\n\n", consent)
	if why != "" {
		s.remark("if the browser runs on another computer, its last page fails to load: paste that page's address here")
	}
	s.remark("waiting for %v; if the page shows an error instead, Ctrl-C ends this and `scopeaudit explain errors` lists what errors mean", s.timeout)
}

// finish compares what was granted with what was asked for, and keeps it if it
// fits. Nothing of a token that does not fit is written.
func (s *signIn) finish(ctx context.Context, h *heldToken, token tokeninfo.Token) (login.Page, error) {
	granted, grant, err := s.granted(ctx, token)
	if err != nil {
		return login.Page{}, err
	}
	d := login.Compare(s.catalogue, texts(s.asked), granted)
	page := s.page(d, grant.Access == tokeninfo.Live)
	if err := s.rightful(h, grant); err != nil {
		page.Good, page.Title, page.Text = false, "Nothing was kept", "The token is not the one that was wanted. Go back to the terminal: it says why."
		return page, err
	}
	if len(d.Extra) > 0 {
		return page, s.tooMuch(ctx, token, d.Extra)
	}
	if s.tooLittle(d.Missing) {
		hint := "run the command again and tick every box, or keep what was granted with --allow-partial"
		if len(d.Missing) == len(s.asked) {
			hint = "run the command again and tick the boxes: nothing that was asked for was granted"
		}
		return page, &failure{exitFindings, fmt.Sprintf("not granted: %s; nothing was saved, and the token was dropped", joined(short(d.Missing))), hint}
	}
	if err := s.save(ctx, h, token, grant, d.Granted); err != nil {
		return login.Page{}, err
	}
	if len(d.Missing) > 0 {
		s.remark("not granted: %s; kept all the same, as --allow-partial wants", joined(short(d.Missing)))
	}
	return page, nil
}

// granted is what both the token answer and the lookup say, which must agree.
func (s *signIn) granted(ctx context.Context, token tokeninfo.Token) ([]string, tokeninfo.Grant, error) {
	grant, err := s.provider.Lookup(ctx, token.Access)
	dropped := "the token was dropped, nothing was saved; run the command again"
	switch {
	case ctx.Err() != nil:
		return nil, grant, ctx.Err()
	case err != nil:
		return nil, grant, unfinished(dropped, "the token that came is none that can be asked about: %v", err)
	case grant.Access == tokeninfo.NotValid:
		return nil, grant, unfinished(dropped, "%s does not know the token that it just made", s.provider.Name())
	case grant.Disputed:
		return nil, grant, unfinished(dropped, "what was granted is unknown: %s", grant.Reason)
	case grant.Mute && token.Scopes == nil:
		// What is asked for and granted as it was need not be named (RFC 6749,
		// section 5.1).
		s.remark("not confirmed by the server: it named no scope, which means all that was asked for, and %s", grant.Reason)
		return texts(s.asked), grant, nil
	case grant.Access != tokeninfo.Live && token.Scopes == nil:
		return nil, grant, unfinished(dropped, "nobody says what was granted: %s", grant.Reason)
	case grant.Access != tokeninfo.Live:
		s.remark("what was granted is not confirmed by the server: %s", grant.Reason)
		return token.Scopes, grant, nil
	case token.Scopes == nil:
		return grant.Scopes, grant, nil
	}
	with := func(list []string) []string { return append([]string{"openid"}, list...) }
	if d := login.Compare(s.catalogue, with(token.Scopes), with(grant.Scopes)); len(d.Missing)+len(d.Extra) > 0 {
		return nil, grant, unfinished(dropped, "%s says two things about what was granted", s.provider.Name())
	}
	return grant.Scopes, grant, nil
}

// rightful looks whose token it is.
func (s *signIn) rightful(h *heldToken, g tokeninfo.Grant) error {
	dropped := "the token was dropped, nothing was saved"
	switch {
	case g.Access != tokeninfo.Live:
	case g.ClientID != "" && g.ClientID != s.client.ClientID:
		return &failure{exitFindings, "the token belongs to another client than the one it was asked for", dropped}
	case g.Account == "":
	case s.hint != "" && !strings.EqualFold(g.Account, s.hint):
		return &failure{exitFindings, fmt.Sprintf("%s signed in instead of %s", g.Account, s.hint), dropped + "; choose the right account on the sign-in page"}
	case !s.policy.AllowsAccount(g.Account):
		return &failure{exitFindings, fmt.Sprintf("the policy %s allows no token of %s", s.policy.Name, g.Account), dropped}
	case h != nil && h.credential.Account != "" && !strings.EqualFold(g.Account, h.credential.Account) && !s.replace:
		return &failure{exitFindings, fmt.Sprintf("%q holds another account's token, which is not overwritten", s.path), dropped + "; choose another file with --output, or say --replace"}
	}
	return nil
}

// tooMuch ends a token that holds more than was asked for.
func (s *signIn) tooMuch(ctx context.Context, token tokeninfo.Token, extra []scopes.Scope) error {
	text := fmt.Sprintf("granted, and not asked for: %s; nothing was saved, and the token was dropped", some(short(extra)))
	if !s.revokeExtra {
		where := "at " + connections
		if s.issuer != "" {
			where = "where that server shows its grants"
		}
		return &failure{exitFindings, text, "the grant itself lives on at " + s.provider.Name() +
			": run the command again with --revoke-extra, or end it " + where}
	}
	s.warn()
	if err := s.end(ctx, s.made(token)); err != nil {
		return err
	}
	return &failure{exitFindings, text + " and revoked", "run the command again: what was granted before is gone"}
}

// made is a token as a credential of this client.
func (s *signIn) made(token tokeninfo.Token) tokeninfo.Credential {
	return tokeninfo.Credential{
		ClientID: s.client.ClientID, ClientSecret: s.client.ClientSecret,
		AccessToken: token.Access, RefreshToken: token.Refresh, Expiry: token.Expiry, Lifetime: token.Lifetime,
	}
}

// save writes the token file.
func (s *signIn) save(ctx context.Context, h *heldToken, token tokeninfo.Token, grant tokeninfo.Grant, granted []scopes.Scope) error {
	c := s.made(token)
	c.Scopes = texts(granted)
	if s.ephemeral {
		c.RefreshToken = tokeninfo.Secret{}
	}
	if server, ok := s.provider.(*oidc.Client); ok {
		where, err := server.TokenEndpoint(ctx)
		if err != nil {
			return unfinished(hintOf(err), "no token was saved: %v", err)
		}
		c.Endpoints = []tokeninfo.Endpoint{{Field: "token_uri", Value: where}}
	}
	data, err := credfile.Encode(c, s.kind)
	if err != nil {
		return err
	}
	o := store.WriteOptions{}
	if h != nil {
		o.Replace, o.Was = true, h.data
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := store.WriteFile(s.path, data, o); err != nil {
		return inputFailure(err)
	}
	fmt.Fprintf(s.env.stdout, "%s\n", printable(fmt.Sprintf("saved %q, readable by you alone", s.path)))
	s.describe(texts(granted), grant.Account, token.Expiry, c.RefreshToken.Present())
	switch {
	case s.ephemeral && token.Refresh.Present() && !s.revokeAtEnd:
		s.remark("the refresh token that came too was dropped and not revoked: the grant lives on at %s", s.provider.Name())
	case !c.RefreshToken.Present() && !s.ephemeral && s.issuer != "":
		s.remark("no refresh token came: the file is good until the access token ends")
	case !c.RefreshToken.Present() && !s.ephemeral:
		s.remark("no refresh token came: remove the app's access at %s and sign in again to get one", connections)
	}
	if !token.RefreshExpiry.IsZero() {
		fmt.Fprintf(s.env.stdout, "  the refresh token itself ends at %s\n", token.RefreshExpiry.UTC().Format(time.RFC3339))
	}
	s.mindGit()
	return nil
}

// describe says what a token opens, whose it is, and how long it lasts.
func (s *signIn) describe(granted []string, account string, expiry time.Time, refresh bool) {
	out := s.env.stdout
	for i, text := range granted {
		if i == maxSome {
			fmt.Fprintf(out, "  and %s\n", plural(len(granted)-i, "more scope"))
			break
		}
		scope, known := s.catalogue.Normalise(text)
		line := "  " + clipped(scope.Short())
		if known {
			info, _ := s.catalogue.Info(scope)
			line += ": " + joined(info.Powers)
		}
		fmt.Fprintln(out, printable(withoutSecrets(line)))
	}
	if account != "" {
		fmt.Fprintln(out, printable(withoutSecrets("  account "+account)))
	} else if s.hint != "" {
		s.remark("whose token it is cannot be told, since none of its scopes says so: it may be another account's than %q", s.hint)
	}
	if !expiry.IsZero() && !refreshOnly(s.kind) {
		fmt.Fprintf(out, "  the access token ends at %s\n", expiry.UTC().Format(time.RFC3339))
	}
	if refresh {
		fmt.Fprintln(out, "  the refresh token makes new ones until it is revoked: the file is as good as a password")
	}
}

// mindGit warns of a token file that git would take along.
func (s *signIn) mindGit() {
	e, err := collect.Credential(s.path)
	if err != nil || len(e.Credentials) == 0 {
		return
	}
	switch e.Credentials[0].State.Git {
	case rules.GitUntracked:
		s.remark("git does not ignore %q yet: name it in .gitignore before the next commit", s.path)
	case rules.GitTracked:
		s.remark("git tracks %q: run `git rm --cached` on it and name it in .gitignore, and never push it", s.path)
	}
}

// page is what the browser shows; proven is that the server was asked about the
// token that it made.
func (s *signIn) page(d login.Difference, proven bool) login.Page {
	p := login.Page{Good: true, Title: "Done: the token can do this, and nothing else", Text: "It is kept on this computer. Go back to the terminal."}
	if !proven {
		p.Title = "Done: the token can do this, which was not confirmed"
	}
	switch {
	case len(d.Extra) > 0:
		p = login.Page{Title: "More was granted than was asked for", Text: "The token was not kept. Go back to the terminal: it says how to end it."}
	case s.tooLittle(d.Missing):
		p = login.Page{Title: "Less was granted than was asked for", Text: "The token was not kept. Go back to the terminal, and tick every box the next time."}
	case len(d.Missing) > 0:
		p.Title = "Done, with less than was asked for"
	}
	const granted = "granted"
	item := func(scope scopes.Scope, word string) login.Item {
		means := ""
		if info, known := s.catalogue.Info(scope); known {
			means = info.Text
		}
		return login.Item{Good: word == granted, Word: word, Name: scope.Short(), Means: means}
	}
	for _, scope := range d.Granted {
		word := granted
		if slices.Contains(d.Extra, scope) {
			word = "granted, and not asked for"
		}
		p.Items = append(p.Items, item(scope, word))
	}
	for _, scope := range d.Missing {
		p.Items = append(p.Items, item(scope, "not granted"))
	}
	return p
}

// atEnd waits, for --revoke-at-end, until the user is done, and then revokes.
func (s *signIn) atEnd(ctx context.Context, token tokeninfo.Token) error {
	if !s.revokeAtEnd {
		return nil
	}
	s.warn()
	s.remark("the token works until you press Enter; it is revoked then")
	var ended <-chan time.Time
	if !token.Expiry.IsZero() {
		timer := time.NewTimer(time.Until(token.Expiry))
		defer timer.Stop()
		ended = timer.C
	}
	select {
	case <-s.lines():
	case <-ctx.Done():
	case <-ended:
	}
	// An interrupt is one way to say that the end has come.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if err := s.end(last, s.made(token)); err != nil {
		return err
	}
	fmt.Fprintf(s.env.stdout, "%s\n", printable(fmt.Sprintf("revoked; what is left in %q is dead", s.path)))
	return nil
}
