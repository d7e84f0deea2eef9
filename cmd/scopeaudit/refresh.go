package main

import (
	"context"
	"errors"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo"
)

// refresh asks what the refresh tokens that the user named are good for. Each
// makes a live access token, which is asked about and dropped: nothing is
// written. While it lives, it is given to minted. What a file says about servers is never dialled: a credential that
// names another server than the provider's is not sent. The error is the
// context's.
func (a *app) refresh(ctx context.Context, provider tokeninfo.Provider, e *audit.Evidence, minted func(*audit.Held, tokeninfo.Secret) error) error {
	for i := range e.Credentials {
		held := &e.Credentials[i]
		if !held.Named || !held.Credential.RefreshToken.Present() {
			continue
		}
		untold := func(why string) {
			e.Coverage.Skipped = append(e.Coverage.Skipped, rules.Skipped{
				Path: held.Location.Path, Kind: rules.ByFailure,
				Reason: "what its refresh token grants is unknown: " + why,
			})
		}
		outcome := &audit.Refresh{State: audit.RefreshUnknown, Own: held.Grant}
		if err := provider.Identify(held.Credential); err != nil {
			untold("it was not sent: " + err.Error())
			continue
		}
		if held.Credential.ClientID == "" {
			untold("it was not sent: the file names no client, and only the client it was made for can use it")
			continue
		}
		a.remark("the refresh token makes a live access token of the full grant, which is asked about and dropped")
		token, err := provider.Refresh(ctx, clientOf(held.Credential), held.Credential.RefreshToken)
		var refusal *tokeninfo.Refusal
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &refusal) && refusal.Code == "invalid_grant":
			// Only this code is about the token (RFC 6749, section 5.2).
			outcome.State, outcome.Code = audit.RefreshDead, refusal.Error()
			held.Refresh = outcome
			continue
		case err != nil:
			held.Refresh = outcome
			untold(err.Error())
			continue
		}
		if token.Refresh.Present() && token.Refresh.Reveal() != held.Credential.RefreshToken.Reveal() {
			a.remark("another refresh token came in answer and was dropped: sign in again if the old one stops working")
		}
		grant, err := provider.Lookup(ctx, token.Access)
		if ctx.Err() != nil {
			return ctx.Err()
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
			if err := minted(held, token.Access); err != nil {
				return err
			}
		}
	}
	return nil
}
