package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scopeaudit/audit/scopes"
	"scopeaudit/policies"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/login"
	"scopeaudit/tokeninfo/store"
)

const loginLong = `Obtain a token that holds what the policy allows and nothing more, and keep it in
a file that your own program loads. By default it can only read mail.

  scopeaudit login client_credentials.json
  scopeaudit login --output inbox/token.json client_credentials.json
  scopeaudit login --policy gmail-send --scope gmail.send --output send.json client_credentials.json
  scopeaudit login --no-browser client_credentials.json

A token that is there already and fits is used; one that has ended is renewed;
only where neither works is a browser opened, once. The command may be repeated.
What was granted is compared with what was asked for before anything is kept.

Over SSH, --no-browser prints the address. Open it where your browser is; the last
page fails to load there: copy its address from the address bar and paste it here.

Exit status: 0 a token that fits is in the file; 1 what was granted, or is there
already, is not what was asked for or is more than the policy allows, and nothing of
it was kept; 2 nobody was asked, because of the command, the policy or the client's
file; 3 no token was obtained or renewed.`

// tokenFile is where a token is kept if nobody says otherwise; it is the name
// that Google's own quickstarts use.
const tokenFile = "token.json"

// loginFlags are the flags of login alone.
type loginFlags struct {
	scopes       []string
	as           string
	hint         string
	issuer       string
	noBrowser    bool
	allowPartial bool
	revokeExtra  bool
	revokeFirst  bool
	replace      bool
	ephemeral    bool
	revokeAtEnd  bool
	yes          bool
	timeout      time.Duration
}

func (a *app) loginCommand() *cobra.Command {
	var f loginFlags
	cmd := &cobra.Command{
		Use:   "login CLIENT",
		Short: "obtain a token that can only do what the policy allows",
		Long:  loginLong,
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("name the client's file, as the Cloud console gives it out: client_credentials.json", "login takes one file, and %d were named", len(args))
			}
			err := a.login(cmd.Context(), args[0], f)
			var fault *failure
			if errors.As(err, &fault) && fault.code == exitFindings {
				// What was found is said, and decides the exit status as in
				// every verb.
				report(a.env.stderr, err)
				if !a.flags.exitZero {
					a.outcome = exitFindings
				}
				return nil
			}
			if errors.Is(err, context.Canceled) {
				return unfinished("run the command again: it goes on with what is there", "interrupted")
			}
			return err
		},
	}
	obeys(cmd, "policy", "exit-zero", "no-color", "endpoint")
	p := cmd.Flags()
	p.SortFlags = false
	p.StringVar(&a.flags.output, "output", "", "keep the token in `FILE` (default "+tokenFile+")")
	p.StringArrayVar(&f.scopes, "scope", nil, "ask for `SCOPE` (may repeat); the policy must allow it, and without the flag decides")
	p.StringVar(&f.as, "as", "", "write the file as a `KIND` of client does: python, go, node or adc (default python, or as the file is)")
	p.StringVar(&f.hint, "login-hint", "", "sign in as this `ACCOUNT`, an e-mail address")
	p.BoolVar(&f.noBrowser, "no-browser", false, "open no browser: print the address, and take the address of the last page from standard input")
	p.BoolVar(&f.allowPartial, "allow-partial", false, "keep a token that was granted less than was asked for")
	p.BoolVar(&f.revokeExtra, "revoke-extra", false, "revoke a token that was granted more than was asked for; this may end the whole grant")
	p.BoolVar(&f.revokeFirst, "revoke-first", false, "revoke the token that is there before a new one is asked for; asks, since this may end the whole grant")
	p.BoolVar(&f.replace, "replace", false, "replace what is there, also another account's, another client's or another kind's, and ask for a new consent")
	p.BoolVar(&f.ephemeral, "ephemeral", false, "keep no refresh token: the file is good for about an hour")
	p.BoolVar(&f.revokeAtEnd, "revoke-at-end", false, "with --ephemeral: wait for Enter or the end of standard input, then revoke; this may end the whole grant")
	p.BoolVarP(&f.yes, "yes", "y", false, "agree beforehand to what --revoke-first would ask")
	p.DurationVar(&f.timeout, "timeout", login.DefaultTimeout, "wait for the consent as long as `DURATION`")
	p.StringVar(&f.issuer, "issuer", "", issuerHelp)
	return cmd
}

// signIn is one run of login: what it was asked to do, and with whom.
type signIn struct {
	*app
	loginFlags
	catalogue *scopes.Catalogue
	policy    *policies.Policy
	provider  tokeninfo.Provider
	client    tokeninfo.Credential
	asked     []scopes.Scope
	path      string
	kind      tokeninfo.Kind
	redirect  login.Redirect
	asker     *asker // nil where nothing is to be asked
}

func (a *app) login(ctx context.Context, clientFile string, f loginFlags) error {
	s := &signIn{app: a, loginFlags: f, path: tokenFile}
	if a.flags.output != "" {
		s.path = a.flags.output
	}
	if err := s.check(); err != nil {
		return err
	}
	var err error
	if s.revokeFirst {
		if s.asker, err = a.asker("login --revoke-first", s.yes); err != nil {
			return err
		}
	}
	if s.catalogue, err = a.catalogue(); err != nil {
		return err
	}
	if s.policy, err = a.policy(); err != nil {
		return err
	}
	if err := s.loadClient(clientFile); err != nil {
		return err
	}
	if sameFile(s.path, clientFile) {
		return usage("name another file with --output", "%q is the client's file, and the token would take its place", clientFile)
	}
	if s.asked, err = s.wanted(); err != nil {
		return err
	}
	a.carryThrough()
	held, err := s.held()
	if err != nil {
		return err
	}
	done, err := s.climb(ctx, held)
	if err != nil || done {
		return err
	}
	// A consent whose token cannot be kept is not asked for.
	if err := s.writable(held != nil); err != nil {
		return err
	}
	return s.consent(ctx, held)
}

// writable says why the token could not be kept where it is to be; over is for one
// that is there.
func (s *signIn) writable(over bool) error {
	err := store.CanWrite(s.path, over)
	var file *store.FileError
	if errors.As(err, &file) && file.Problem == store.NotRegular {
		return unfinished("name a file with --output: a token is kept in a file, for you alone to read", "%v", err)
	}
	if err != nil {
		return inputFailure(err)
	}
	return nil
}

// check looks at the flags alone.
func (s *signIn) check() error {
	var known bool
	switch s.kind, known = credfile.KindName(s.as); {
	case !known:
		return usage("--as is python, go, node or adc", "--as: no client is called %q", s.as)
	case s.path == "-":
		return usage("name a file; a token on standard output ends in a log", "--output: the token goes to a file")
	case s.revokeAtEnd && !s.ephemeral:
		return usage("add --ephemeral", "--revoke-at-end is for a token that is not kept")
	case s.ephemeral && refreshOnly(s.kind):
		return usage("use --as python or --as go", "files for %s hold nothing but a refresh token", s.as)
	case s.revokeFirst && s.replace:
		return usage("leave out the one that is not meant", "--revoke-first ends what is there, --replace leaves it alive")
	case s.timeout <= 0:
		return usage("such as --timeout 2m", "--timeout: nobody consents in no time")
	}
	return nil
}

// loadClient reads the client's file and makes the provider for it.
func (s *signIn) loadClient(file string) error {
	var err error
	if s.client, err = readClient(file); err != nil {
		return err
	}
	if s.provider, err = s.app.provider(s.issuer, clientOf(s.client)); err != nil {
		return err
	}
	if err := s.provider.Identify(s.client); err != nil {
		return usage(hintOf(err), "%q: %v", file, err)
	}
	if !s.policy.AllowsClient(s.client.ClientID) {
		return usage("use the client that the policy names, or another --policy", "the policy %s allows no token of the client %q", s.policy.Name, s.client.ClientID)
	}
	if s.policy.RefreshToken == policies.Forbidden && !s.ephemeral {
		return usage("--ephemeral keeps no refresh token", "the policy %s allows no refresh token", s.policy.Name)
	}
	if s.redirect, err = login.ChooseRedirect(s.client.ClientType, s.client.RedirectURIs, s.issuer == ""); err != nil {
		return usage(hintOf(err), "%q: %v", file, err)
	}
	return nil
}

// wanted are the scopes to ask for, each of which the policy allows.
func (s *signIn) wanted() ([]scopes.Scope, error) {
	if len(s.scopes) == 0 {
		return s.fromPolicy()
	}
	var out []scopes.Scope
	for _, given := range s.scopes {
		for _, text := range scopes.Split(given) {
			scope, known := s.catalogue.Normalise(text)
			if why, hint := s.forbids(scope, known); why != "" {
				return nil, usage(hint, "--scope %q: %s", text, why)
			}
			if !slices.Contains(out, scope) {
				out = append(out, scope)
			}
		}
	}
	if len(out) == 0 {
		return nil, usage("such as --scope gmail.readonly", "--scope names no scope")
	}
	return out, nil
}

// fromPolicy asks for what the policy requires, else for the one thing that it
// allows beside signing in. Of several only the user knows which are needed.
func (s *signIn) fromPolicy() ([]scopes.Scope, error) {
	if s.issuer != "" {
		return nil, usage("such as --scope openid", "policies are about Google's scopes: name with --scope what to ask %s for", s.issuer)
	}
	var required, data, identity []scopes.Scope
	for _, e := range s.policy.Required {
		required = append(required, e.Scope)
	}
	for _, e := range s.policy.Allowed {
		info, _ := s.catalogue.Info(e.Scope)
		switch {
		case slices.ContainsFunc(s.policy.Denied, func(d policies.Entry) bool { return d.Scope == e.Scope }):
		case scopes.Greatest(info.Powers) != scopes.Identity:
			data = append(data, e.Scope)
		case e.Note == nil:
			identity = append(identity, e.Scope)
		}
	}
	switch {
	case len(required) > 0:
		return required, nil
	case len(data) == 1:
		return data, nil
	case len(data) > 1:
		return nil, usage("name what your program needs with --scope", "the policy %s allows several scopes: %s", s.policy.Name, joined(short(data)))
	case len(identity) > 0 && !s.policy.AllowAny:
		return identity, nil
	}
	return nil, usage("name what your program needs with --scope", "the policy %s lists no scope to ask for", s.policy.Name)
}

// forbids says why a scope may not be asked for or held, empty if it may, and
// which narrower one would do.
func (s *signIn) forbids(scope scopes.Scope, known bool) (why, hint string) {
	if !known && s.issuer != "" {
		return "", "" // another server's; policies are about Google's
	}
	if !known {
		if meant, ok := s.catalogue.Suggest(string(scope)); ok {
			return "no scope of Google's is called so", fmt.Sprintf("%s may be what was meant", meant.Short())
		}
		return "no scope of Google's is called so", "`scopeaudit explain gmail.readonly` shows one"
	}
	info, _ := s.catalogue.Info(scope)
	verdict := s.policy.Judge(scope, s.catalogue)
	if verdict.Allowed && !verdict.Denied && !s.policy.PowerExceeds(info) {
		return "", ""
	}
	why = fmt.Sprintf("the policy %s does not allow it; it lets its holder %s", s.policy.Name, joined(info.Powers))
	var covered, all []scopes.Scope
	for _, e := range s.policy.Allowed {
		i, _ := s.catalogue.Info(e.Scope)
		if scopes.Greatest(i.Powers) == scopes.Identity {
			continue
		}
		all = append(all, e.Scope)
		if s.catalogue.Covers(scope, e.Scope) {
			covered = append(covered, e.Scope)
		}
	}
	switch {
	case len(covered) > 0:
		i, _ := s.catalogue.Info(covered[0])
		hint = fmt.Sprintf("%s is narrower, allowed, and enough to %s; for more, name a --policy that allows it", covered[0].Short(), joined(i.Powers))
	case len(all) > 0:
		hint = fmt.Sprintf("the policy allows %s; for more, name a --policy that allows it (`scopeaudit policy list`)", joined(short(all)))
	default:
		hint = "name a --policy that allows it (`scopeaudit policy list`)"
	}
	return why, hint
}

func short(list []scopes.Scope) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.Short())
	}
	return out
}

// excess are those of some scopes, as files and servers write them, that the
// policy does not allow. openid, which Google adds, opens nothing.
func (s *signIn) excess(texts []string) []string {
	var out []string
	for _, text := range texts {
		scope, known := s.catalogue.Normalise(text)
		if why, _ := s.forbids(scope, known); why != "" && scope != "openid" {
			out = append(out, strings.TrimSpace(scope.Short()))
		}
	}
	return out
}
