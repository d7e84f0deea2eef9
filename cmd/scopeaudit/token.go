package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/google"
)

// tokenVariable holds a credential for machines that have no file for it: a bare
// access token or any of the JSON formats.
const tokenVariable = "SCOPEAUDIT_TOKEN"

// googlesAccess begins Google's access tokens. One in a file that names another
// server is Google's all the same, and an opaque one there is not.
const googlesAccess = "ya29."

// maxInput bounds what is read of standard input.
const maxInput = 16 << 20

const tokenLong = `Ask Google what a token really grants, and compare that with a policy.

  scopeaudit token token.json
  scopeaudit token --refresh token.json
  scopeaudit token --refresh --client client_credentials.json token.json
  scopeaudit token --policy gmail-send - < token.json
  SCOPEAUDIT_TOKEN=$(gcloud auth print-access-token) scopeaudit token

The file may be of any format that a Google client writes, or hold a bare access
token. The token is sent to Google's tokeninfo endpoint in a header, never in a
URL, and nowhere else; --offline sends nothing and compares what the file claims.

--probe tries what the token opens in Gmail, with calls that change nothing: the
profile, the list of labels, the list of messages with and without a search, the
language. Contents are not asked for, nor is the address unless --show-account
asks. What it may write follows from its scopes and is never tried.

--refresh tells what the refresh token is good for, which nothing else does: the
access token in the file may hold a part of it. It makes a live access token of
the full grant, in memory, asks about it and drops it. The file is left as it is,
unless the server gives another refresh token in the old one's place: that one is
written there first, and where it could not be, nothing is sent. Google gives none.

Only the client that a refresh token was made for can use it. Where the token file
names none, as Go's do, --client names the client's own file.

--issuer names a standard server (RFC 7662) in the place of Google, which is asked
in the name of the file's client. What is Google's is not sent there.`

// tokenFlags are the flags of token alone.
type tokenFlags struct {
	probing
	refresh bool
	issuer  string
	client  string // the file of the client, for tokens that name none
}

func (f tokenFlags) check(common *flags) error {
	switch {
	case f.refresh && common.offline:
		return usage("leave one of them out", "--refresh asks the server, and --offline asks no one")
	case f.issuer != "" && common.offline:
		return usage("leave one of them out", "--issuer names whom to ask, and --offline asks no one")
	case f.issuer != "" && f.wanted:
		return usage("leave one of them out", "--probe tries Gmail, and --issuer names another server than Google")
	}
	return f.probing.check(common)
}

func (a *app) tokenCommand() *cobra.Command {
	var f tokenFlags
	cmd := &cobra.Command{
		Use:   "token FILE|-",
		Short: "ask Google what a token grants, and compare",
		Long:  tokenLong,
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return usage("one credential at a time; `scopeaudit audit --credential A --credential B` takes several", "more than one file")
			case len(args) == 1:
				return a.token(cmd.Context(), args[0], f)
			case a.env.getenv(tokenVariable) != "":
				return a.token(cmd.Context(), "$"+tokenVariable, f)
			}
			return usage("name a file, - for standard input, or set the variable "+tokenVariable, "no token was given")
		},
	}
	obeys(cmd, "policy", "format", "output", "only", "skip", "fail-on", "exit-zero", "strict", "offline", "no-color", "quiet", "endpoint",
		"baseline", "write-baseline", "no-suppress")
	cmd.Flags().BoolVar(&f.refresh, "refresh", false, "ask with the refresh token too: makes a live access token in memory, asks what it grants and drops it")
	f.flags(cmd)
	cmd.Flags().StringVar(&f.client, "client", "", "the client's `FILE`, for a token file that names no client, as Go's do")
	cmd.Flags().StringVar(&f.issuer, "issuer", "", issuerHelp)
	return cmd
}

// token audits one named credential.
func (a *app) token(ctx context.Context, source string, f tokenFlags) error {
	if err := f.check(&a.flags); err != nil {
		return err
	}
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
	if err := credfile.Expect(credfile.WantToken, credentials, nil); err != nil {
		return inputFailure(err)
	}
	if f.client != "" {
		if err := ownedBy(named.Credentials, f.client); err != nil {
			return err
		}
	}
	if a.flags.offline {
		return a.finish(named, p)
	}
	servers, err := a.servers(named.Credentials, p.google, f.issuer)
	if err != nil {
		return err
	}
	if f.refresh {
		a.carryThrough() // a server that rotates gives what has to be kept
	}
	for i := range named.Credentials {
		held := &named.Credentials[i]
		held.Server = f.issuer
		if err := lookUp(ctx, servers[i], &named, held); err != nil {
			return err
		}
		if !f.refresh {
			continue
		}
		// The token that tells the full grant is also the one to try.
		minted, err := a.refresh(ctx, source, servers[i], &named, held)
		if err == nil && minted.Present() {
			err = f.one(ctx, p.google, &named, held, minted)
		}
		if err != nil {
			return err
		}
	}
	if err := f.probe(ctx, p.google, &named); err != nil {
		return err
	}
	return a.finish(named, p)
}

// ownedBy puts a client into the credentials that name none.
func ownedBy(held []audit.Held, file string) error {
	client, err := readClient(file)
	if err != nil {
		return err
	}
	for i := range held {
		c := &held[i].Credential
		if c.ClientID != "" && c.ClientID != client.ClientID {
			return usage("leave --client out", "%q is the file of another client than the one that the token file names", file)
		}
		if c.ClientID == "" {
			c.ClientID, c.ClientSecret, c.PublishedClient = client.ClientID, client.ClientSecret, client.PublishedClient
			c.Endpoints = append(c.Endpoints, client.Endpoints...) // to be judged with it
		}
	}
	return nil
}

// servers are whom to ask about each credential. None is asked before all are
// known to be fit to be sent where the user said.
func (a *app) servers(held []audit.Held, google *google.Client, issuer string) ([]tokeninfo.Provider, error) {
	servers := make([]tokeninfo.Provider, len(held))
	for i, h := range held {
		if servers[i] = google; issuer == "" {
			continue
		}
		var err error
		if servers[i], err = a.provider(issuer, clientOf(h.Credential)); err != nil {
			return nil, err
		}
		if err := servers[i].Identify(h.Credential); err != nil {
			return nil, usage(hintOf(err), "%v", err)
		}
	}
	return servers, nil
}

// load reads a credential that the user named, from wherever.
func (a *app) load(ctx context.Context, source string) (audit.Evidence, error) {
	var e audit.Evidence
	var err error
	switch source {
	case "-":
		data, readErr := a.readInput(ctx)
		if readErr != nil {
			return e, readErr
		}
		if len(data) > maxInput {
			return e, unfinished("a credential file is a few kilobytes", "standard input is larger than %d MiB", maxInput>>20)
		}
		e, err = collect.Bytes(data, rules.Location{Origin: rules.Stdin, Path: "-"})
	case "$" + tokenVariable:
		e, err = collect.Bytes([]byte(a.env.getenv(tokenVariable)), rules.Location{Origin: rules.Env, Path: tokenVariable})
	default:
		e, err = collect.Credential(source)
	}
	if err != nil {
		return e, inputFailure(err)
	}
	e.Time = time.Now()
	return e, nil
}

// readInput reads standard input, of which nobody knows when it ends: an
// interrupt ends the wait.
func (a *app) readInput(ctx context.Context) ([]byte, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		data, err := io.ReadAll(io.LimitReader(a.env.stdin, maxInput+1))
		done <- result{data, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		if r.err != nil {
			return nil, unfinished("give the credential on standard input, as in `scopeaudit token - < token.json`", "standard input: %v", reason(r.err))
		}
		return r.data, nil
	}
}

// ask puts Google's answers beside the credentials that the user named. Without
// a client nobody is asked. The error is the context's: what was not asked
// because of an interrupt is no answer.
func ask(ctx context.Context, client *google.Client, e *audit.Evidence) error {
	if client == nil {
		return nil
	}
	for i := range e.Credentials {
		if held := &e.Credentials[i]; held.Named {
			if err := lookUp(ctx, client, e, held); err != nil {
				return err
			}
		}
	}
	return nil
}

// lookUp asks a server about one access token. The error is the context's.
func lookUp(ctx context.Context, server tokeninfo.Provider, e *audit.Evidence, held *audit.Held) error {
	grant := tokeninfo.Grant{Access: tokeninfo.NoToken}
	if access := held.Credential.AccessToken; access.Present() {
		err := server.Identify(held.Credential)
		if err == nil || strings.HasPrefix(access.Reveal(), googlesAccess) {
			grant, err = server.Lookup(ctx, access)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			grant = tokeninfo.Grant{Access: tokeninfo.Unknown, Reason: err.Error()}
		}
	}
	held.Grant = &grant
	if grant.Access == tokeninfo.Unknown {
		e.Coverage.Skipped = append(e.Coverage.Skipped, rules.Skipped{
			Path: held.Location.Path, Kind: rules.ByFailure,
			Reason: fmt.Sprintf("what %s says about its access token is unknown: %s", server.Name(), grant.Reason),
		})
	}
	return nil
}
