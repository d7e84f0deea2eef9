package main

import (
	"context"
	"time"

	"scopeaudit/tokeninfo"
)

// unasked goes on with an access token of a server that answers no question about
// tokens. It is used until it ends, by what it said as it was made; where that is
// not known, a refresh token tells whether there is a grant still.
func (s *signIn) unasked(ctx context.Context, h *heldToken, g tokeninfo.Grant) (done bool, err error) {
	c := h.credential
	if c.Expiry.IsZero() && c.RefreshToken.Present() {
		return s.renew(ctx, h)
	}
	g = s.unconfirmed(g, c, nil)
	if err := s.fits(g); err != nil {
		return false, err
	}
	verdict := "has not ended by what it says, and was left as it is"
	if c.Expiry.IsZero() {
		verdict = "was left as it is; whether it still works is not known"
	} else {
		g.ExpiresIn = time.Until(c.Expiry)
	}
	s.good(h, g, verdict)
	return true, nil
}

// unconfirmed stands in for the grant that a server does not tell: what it said
// when it made the token, or what the file says that it said. A server that names
// no scope has changed none (RFC 6749, section 6).
func (s *signIn) unconfirmed(g tokeninfo.Grant, c tokeninfo.Credential, said []string) tokeninfo.Grant {
	s.remark("not confirmed by the server: %s", g.Reason)
	if said == nil {
		said = c.Scopes
	}
	if said == nil {
		s.remark("which scopes the token holds is not known: neither the server says it nor %q", s.path)
	}
	return tokeninfo.Grant{Access: tokeninfo.Live, Scopes: said, Account: c.Account, Asked: g.Asked}
}
