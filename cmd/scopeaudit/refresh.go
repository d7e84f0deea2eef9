package main

import (
	"context"
	"errors"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/store"
)

// refresh asks what a refresh token that the user named is good for. It makes a
// live access token, which is asked about and given back, to be used and dropped.
// Only what the server gives in the old refresh token's place is written, into
// the source that it came from, before anything else. What a file says about
// servers is never dialled: a credential that names another server than the one
// that is asked is not sent. The error is the context's, or that a new refresh
// token was lost.
func (a *app) refresh(ctx context.Context, source string, server tokeninfo.Provider, e *audit.Evidence, held *audit.Held) (minted tokeninfo.Secret, err error) {
	c := held.Credential
	if !c.RefreshToken.Present() {
		return minted, nil
	}
	untold := func(why string) {
		e.Coverage.Skipped = append(e.Coverage.Skipped, rules.Skipped{
			Path: held.Location.Path, Kind: rules.ByFailure,
			Reason: "what its refresh token grants is unknown: " + why,
		})
	}
	outcome := &audit.Refresh{State: audit.RefreshUnknown, Own: held.Grant}
	if err := server.Identify(c); err != nil {
		untold("it was not sent: " + err.Error())
		return minted, nil
	}
	if c.ClientID == "" {
		untold("it was not sent: the file names no client, and only the client it was made for can use it; --client names that")
		return minted, nil
	}
	data, unkept := holding(source, c)
	if unkept != nil && server.Rotates() {
		untold("it was not sent: " + server.Name() + " may give another in its place, and " + unkept.Error())
		return minted, nil
	}
	a.remark("the refresh token makes a live access token of the full grant, which is asked about and dropped")
	token, err := refreshed(ctx, server, c)
	if fresh := token.Refresh; fresh.Present() && fresh.Reveal() != c.RefreshToken.Reveal() {
		if unkept != nil {
			a.remark("another refresh token came in answer and was dropped, since %v: sign in again if the old one stops working", unkept)
		} else {
			if _, err := keepRotated(source, data, c, fresh); err != nil {
				return minted, err
			}
			a.remark("another refresh token came in answer: %q holds it now, in the old one's place", source)
		}
		held.Credential.RefreshToken = fresh
	}
	var refusal *tokeninfo.Refusal
	switch {
	case ctx.Err() != nil:
		return minted, ctx.Err()
	case errors.As(err, &refusal) && refusal.Code == "invalid_grant":
		// Only this code is about the token (RFC 6749, section 5.2).
		outcome.State, outcome.Code = audit.RefreshDead, refusal.Error()
		held.Refresh = outcome
		return minted, nil
	case err != nil:
		held.Refresh = outcome
		untold(err.Error())
		return minted, nil
	}
	grant, err := server.Lookup(ctx, token.Access)
	if ctx.Err() != nil {
		return minted, ctx.Err()
	}
	outcome.State = audit.RefreshLive
	held.Refresh = outcome
	switch {
	case err != nil:
		untold(err.Error())
	case grant.Access != tokeninfo.Live:
		untold("the token made from it could not be asked about: " + grant.Reason)
	default:
		held.Grant = &grant
		minted = token.Access
	}
	return minted, nil
}

// holding is what the file of a credential holds, or why it could not keep
// another refresh token.
func holding(source string, c tokeninfo.Credential) ([]byte, error) {
	if source == "-" {
		return nil, errors.New("standard input cannot hold it")
	}
	if strings.HasPrefix(source, "$") {
		return nil, errors.New("a variable cannot hold it")
	}
	data, _, err := store.ReadFile(source, store.MaxCredential)
	if err != nil {
		return nil, err
	}
	now, err := credfile.Identify(data)
	if err != nil || len(now) != 1 || now[0].RefreshToken.Reveal() != c.RefreshToken.Reveal() {
		return nil, errors.New("the file holds several credentials, or was changed meanwhile")
	}
	return data, rotatable(source, data, c)
}
