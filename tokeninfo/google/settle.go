package google

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"scopeaudit/tokeninfo"
)

// settle joins a first verdict with a second. What only the second gives is
// taken over; what both give must agree.
func settle(first, second verdict) verdict {
	if second.access == tokeninfo.Unknown {
		return first
	}
	if what := difference(first, second); what != "" {
		v := unknown("the two disagree: tokeninfo and oauth2/v2 give different answers about " + what)
		v.disputed = true
		return v
	}
	first.confirmed = true
	if first.access != tokeninfo.Live {
		return first
	}
	first.verified = first.verified || second.verified && second.email != ""
	first.audience = cmp.Or(first.audience, second.audience)
	first.issuedTo = cmp.Or(first.issuedTo, second.issuedTo)
	first.userID = cmp.Or(first.userID, second.userID)
	first.email = cmp.Or(first.email, second.email)
	first.expiresIn = cmp.Or(first.expiresIn, second.expiresIn)
	return first
}

// difference names what two verdicts disagree about, empty for nothing. What
// one of them leaves out is not compared, nor are the seconds left, which pass.
func difference(a, b verdict) string {
	differ := func(x, y string) bool { return x != "" && y != "" && x != y }
	switch {
	case a.access != b.access:
		return "whether the token is valid"
	case a.access != tokeninfo.Live:
		return ""
	case !slices.Equal(scopeSet(a.scopes), scopeSet(b.scopes)):
		return "its scopes"
	case differ(a.audience, b.audience), differ(a.issuedTo, b.issuedTo):
		return "its client"
	case differ(a.userID, b.userID), !strings.EqualFold(a.email, b.email) && a.email != "" && b.email != "":
		return "its account"
	}
	return ""
}

// scopeSet sorts scopes into a set. The sign-in scopes have two spellings, and
// openid comes and goes without anybody asking for it; neither is a difference.
func scopeSet(scopes []string) []string {
	set := make([]string, 0, len(scopes))
	for _, s := range scopes {
		switch s {
		case "openid":
			continue
		case "email", "profile":
			s = "https://www.googleapis.com/auth/userinfo." + s
		}
		set = append(set, s)
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// repeats reports whether the verdict holds the token that was asked about: a
// server that sends it back would have us print it.
func (v verdict) repeats(token string) bool {
	for _, s := range append([]string{v.audience, v.issuedTo, v.userID, v.email, v.accessType}, v.scopes...) {
		if strings.Contains(s, token) {
			return true
		}
	}
	return false
}

// grant is the verdict in the words of package tokeninfo.
func (v verdict) grant(asked time.Time) tokeninfo.Grant {
	return tokeninfo.Grant{
		Access:          v.access,
		Reason:          v.reason,
		Disputed:        v.disputed,
		Scopes:          v.scopes,
		ClientID:        cmp.Or(v.audience, v.issuedTo),
		Account:         v.email,
		AccountVerified: v.verified && v.email != "",
		UserID:          v.userID,
		ExpiresIn:       v.expiresIn,
		AccessType:      v.accessType,
		Confirmed:       v.confirmed,
		Asked:           asked,
	}
}
