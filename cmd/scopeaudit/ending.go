package main

import (
	"cmp"
	"context"
	"time"

	"scopeaudit/tokeninfo"
)

// patience is how long each wait is between two questions whether a token is
// dead at last: the server says that its full effect may take a while. After
// them it is called pending.
func patience() []time.Duration {
	return []time.Duration{
		time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 30 * time.Second,
	}
}

// ended is what became of a credential that was to end.
type ended struct {
	// refresh and access are the server's answers; an empty Ended says that the
	// credential has no such token, or that it was not asked.
	refresh, access tokeninfo.Revocation
	revokedAt       time.Time // when a token was revoked or found dead; zero for never
	// refreshDead and accessDead say that the server was asked afterwards, and
	// knows the token no more.
	refreshDead, accessDead bool
	deadAt                  time.Time // when all of it was known to be dead; zero for not
	pending                 string    // why deadAt is zero
	mute                    bool      // the server cannot be asked whether a token is dead
}

// allDeadBefore says that the server knew none of the tokens when it was told.
func (e ended) allDeadBefore() bool {
	dead := func(r tokeninfo.Revocation) bool { return r.Ended == "" || r.Ended == tokeninfo.AlreadyDead }
	return !e.revokedAt.IsZero() && dead(e.refresh) && dead(e.access)
}

// end revokes a credential, the refresh token first, and asks until it is dead
// or patience is at its end; waiting hears of it once, with why. The error is the
// context's; what was done until then is told all the same.
func end(ctx context.Context, p tokeninfo.Provider, at clock, c tokeninfo.Credential, waiting func(why string)) (ended, error) {
	var e ended
	client := tokeninfo.Client{ID: c.ClientID, Secret: c.ClientSecret}
	for _, t := range []struct {
		token *tokeninfo.Secret
		said  *tokeninfo.Revocation
	}{{&c.RefreshToken, &e.refresh}, {&c.AccessToken, &e.access}} {
		if !t.token.Present() {
			continue
		}
		said, err := p.Revoke(ctx, client, *t.token)
		if err != nil {
			// It is no token of that server's and was not sent.
			said.Reason, *t.token = err.Error(), tokeninfo.Secret{}
		}
		*t.said = said
		if ctx.Err() != nil {
			return e, ctx.Err()
		}
		if said.Done() && e.revokedAt.IsZero() {
			e.revokedAt = at.Now()
		}
	}
	e.pending = cmp.Or(e.refresh.Reason, e.access.Reason)
	if e.revokedAt.IsZero() {
		return e, nil
	}
	for waits := patience(); ; waits = waits[1:] {
		if err := e.check(ctx, p, c, client); err != nil {
			return e, err
		}
		if (e.refreshDead || !c.RefreshToken.Present()) && (e.accessDead || !c.AccessToken.Present()) {
			e.deadAt, e.pending = at.Now(), ""
			return e, nil
		}
		if len(waits) == 0 || e.mute {
			return e, nil
		}
		if waiting != nil {
			waiting(e.pending)
			waiting = nil
		}
		if err := at.Sleep(ctx, waits[0]); err != nil {
			return e, err
		}
	}
}

// waiting tells whoever sits there why nothing moves.
func (a *app) waiting(why string) {
	a.remark("it was taken, and %s: asking again, for a minute at most; an interrupt ends the asking alone", why)
}

// check asks the server once whether the tokens are dead. Of a refresh token
// Google tells only when it is to revoke it again: then it knows it no more.
func (e *ended) check(ctx context.Context, p tokeninfo.Provider, c tokeninfo.Credential, client tokeninfo.Client) error {
	if c.AccessToken.Present() && !e.accessDead {
		grant, err := p.Lookup(ctx, c.AccessToken)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			e.pending = err.Error()
		case grant.Access == tokeninfo.NotValid:
			e.accessDead = true
		case grant.Access == tokeninfo.Live:
			e.pending = "the access token is still accepted"
		default:
			e.pending, e.mute = grant.Reason, grant.Mute
		}
	}
	if c.RefreshToken.Present() && !e.refreshDead {
		again := e.refresh
		if again.Ended != tokeninfo.AlreadyDead {
			again, _ = p.Revoke(ctx, client, c.RefreshToken)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case again.Ended == tokeninfo.AlreadyDead:
			e.refreshDead = true
		case again.Ended == tokeninfo.Revoked:
			// So says a standard server of a token that it never knew, too; but it
			// can be asked about refresh tokens, which Google cannot.
			grant, err := p.Lookup(ctx, c.RefreshToken)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			e.refresh, e.refreshDead = again, err == nil && grant.Access == tokeninfo.NotValid
			e.pending = "the refresh token is still known"
			if err == nil && grant.Access == tokeninfo.Unknown {
				e.pending, e.mute = grant.Reason, grant.Mute
			}
		default:
			e.pending = again.Reason
		}
	}
	return nil
}
