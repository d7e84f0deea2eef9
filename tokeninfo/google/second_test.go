package google

import (
	"strings"
	"testing"

	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/fakegoogle"
)

func TestSecondOpinion(t *testing.T) {
	type outcome struct {
		access    tokeninfo.Access
		confirmed bool
		reason    string
	}
	agreed := outcome{tokeninfo.Live, true, ""}
	alone := outcome{tokeninfo.Live, false, ""}
	disagree := func(about string) outcome {
		return outcome{tokeninfo.Unknown, false, "the two disagree: tokeninfo and oauth2/v2 give different answers about " + about}
	}
	tests := map[string]struct {
		first, second fakegoogle.Misbehaviour
		want          outcome
	}{
		"both live":            {nil, nil, agreed},
		"order and doubles":    {nil, fakegoogle.OtherScopes("openid", email, readonly, email), agreed},
		"short names":          {nil, fakegoogle.OtherScopes("email", readonly), agreed},
		"openid comes by":      {nil, fakegoogle.OtherScopes(email, readonly), agreed},
		"no client":            {nil, fakegoogle.Without("audience", "issued_to"), agreed},
		"address in capitals":  {nil, fakegoogle.With("email", strings.ToUpper(account)), agreed},
		"both say not valid":   {fakegoogle.Invalid, fakegoogle.Invalid, outcome{tokeninfo.NotValid, true, ""}},
		"second is down":       {nil, fakegoogle.Status(500), alone},
		"second is full":       {nil, fakegoogle.Status(429), alone},
		"second does not see":  {nil, fakegoogle.Body(400, `{"error":"invalid_request"}`), alone},
		"second cut":           {nil, fakegoogle.Cut, alone},
		"second reset":         {nil, fakegoogle.Reset, alone},
		"second is HTML":       {nil, fakegoogle.HTML, alone},
		"second lies of type":  {nil, fakegoogle.ContentType("text/html"), alone},
		"second is too large":  {nil, fakegoogle.Endless, alone},
		"second has no scope":  {nil, fakegoogle.NoScope, alone},
		"second doubles a key": {nil, fakegoogle.DuplicateKeys, alone},
		"second is gone (204)": {nil, fakegoogle.Redirect(204, ""), alone},
		"second is no number":  {nil, fakegoogle.With("expires_in", "3599"), alone},
		"dead, second is down": {fakegoogle.Invalid, fakegoogle.Status(500), outcome{tokeninfo.NotValid, false, ""}},

		"only the first lives":  {nil, fakegoogle.Invalid, disagree("whether the token is valid")},
		"only the second lives": {fakegoogle.Invalid, nil, disagree("whether the token is valid")},
		"more scopes":           {nil, fakegoogle.OtherScopes(readonly, email, mailAll), disagree("its scopes")},
		"fewer scopes":          {nil, fakegoogle.OtherScopes(readonly), disagree("its scopes")},
		"other client":          {nil, fakegoogle.OtherClient("000000000001-other.apps.googleusercontent.com"), disagree("its client")},
		"other address":         {nil, fakegoogle.With("email", "other@example.com"), disagree("its account")},
		"other user":            {nil, fakegoogle.With("user_id", "10000002"), disagree("its account")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := fake(t)
			if tt.first != nil {
				s.Misbehave(fakegoogle.Current, tt.first)
			}
			if tt.second != nil {
				s.Misbehave(fakegoogle.V2, tt.second)
			}
			g := ask(t, s.URL(), 0)
			if got := (outcome{g.Access, g.Confirmed, g.Reason}); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			if g.Access != tokeninfo.Live && g.Scopes != nil {
				t.Errorf("a token that is not live has scopes %q", g.Scopes)
			}
		})
	}
}

func TestSecondFillsGaps(t *testing.T) {
	s := fake(t)
	s.Misbehave(fakegoogle.Current, fakegoogle.Without("aud", "azp", "sub", "email", "email_verified", "expires_in", "exp"))
	g := ask(t, s.URL(), 0)
	if g.ClientID != client || g.UserID != "10000001" || g.Account != account || !g.AccountVerified || g.ExpiresIn == 0 {
		t.Errorf("got %+v", g)
	}
}

func TestUnverifiedAccount(t *testing.T) {
	s := fake(t)
	unproved := student()
	unproved.Unverified = true
	s.Register(tokeninfo.NewSecret(planted()), unproved)
	if g := ask(t, s.URL(), 0); g.Account != account || g.AccountVerified {
		t.Errorf("got %+v", g)
	}
}

// Where the first gives no verdict, the second is not asked: it decides nothing.
func TestNoSecondWithoutFirst(t *testing.T) {
	s := fake(t)
	s.Misbehave(fakegoogle.Current, fakegoogle.Status(500))
	if g := ask(t, s.URL(), 0); g.Access != tokeninfo.Unknown || len(s.Requests()) != 1 {
		t.Errorf("got %+v after %d requests", g, len(s.Requests()))
	}
}
