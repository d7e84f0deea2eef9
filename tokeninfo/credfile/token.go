package credfile

import (
	"strings"

	"scopeaudit/tokeninfo"
)

// maxToken is Google's documented cap on an access token, in bytes.
const maxToken = 2048

// FromToken makes a credential of a bare access token, as it comes from standard
// input or a variable. Space around it and a leading "Bearer " are dropped. What
// does not begin as Google's access tokens do is a *NotCredential that names what
// it is, if that shows: a password or another provider's token handed in by
// mistake must not be sent to Google.
func FromToken(given string) (tokeninfo.Credential, error) {
	s := strings.TrimSpace(given)
	if rest, ok := strings.CutPrefix(s, "Bearer "); ok {
		s = strings.TrimSpace(rest)
	}
	if e := notAToken(s); e != nil {
		e.Wanted = "an access token"
		return tokeninfo.Credential{}, e
	}
	c := tokeninfo.Credential{Kind: tokeninfo.BareAccessToken, AccessToken: tokeninfo.NewSecret(s)}
	finish(&c)
	return c, nil
}

// FromRefreshToken makes a credential of a bare refresh token, as it comes from
// standard input or a variable: it can be ended, though not asked about, since its
// client is not known. False is the answer to everything else, and to a token that
// looks cut short.
func FromRefreshToken(given string) (tokeninfo.Credential, bool) {
	s := strings.TrimSpace(given)
	if tokenRun(s, refreshPrefix+"0", "") != s || len(s) < minRefresh || len(s) > maxRefresh {
		return tokeninfo.Credential{}, false
	}
	c := tokeninfo.Credential{Kind: tokeninfo.TextCredential, RefreshToken: tokeninfo.NewSecret(s)}
	finish(&c)
	return c, true
}

// The sizes of a refresh token, in bytes: most have 103, and Google documents 512
// at most.
const (
	minRefresh = 40
	maxRefresh = 512
)

func notAToken(s string) *NotCredential {
	const give = "give the token file itself, which holds the access token too"
	switch {
	case s == "":
		return notCredential("nothing", "")
	case strings.HasPrefix(s, accessPrefix): // judged below
	case strings.HasPrefix(s, refreshPrefix), strings.HasPrefix(s, "1/"):
		return notCredential("a refresh token", "Google cannot look up a refresh token: "+give)
	case strings.HasSuffix(s, clientSuffix):
		return notCredential("a client ID", "it names a program and is no secret: "+give)
	case startsJSON([]byte(s)):
		return notCredential("JSON", "name the file, or give the whole of it on standard input")
	case isJWT(s):
		return notCredential("a signed token (JWT)", "an ID token says who someone is, not what a program may do: "+give)
	case otherProvider(s) != "":
		return notCredential("a token of "+otherProvider(s), "it is not sent to Google")
	default:
		if what := looksSecret(s); what != "" {
			return notCredential(what, give)
		}
		return notCredential("no access token of Google, which begins with ya29.", give)
	}
	if len(s) > maxToken {
		return notCredential("longer than any access token of Google", "")
	}
	for _, r := range s {
		if r <= ' ' || r >= 0x7f {
			return notCredential("text with spaces or characters that no token has", "give the token alone, on one line")
		}
	}
	return nil
}

// otherProvider names whose token it is by its published prefix.
func otherProvider(s string) string {
	for _, p := range []struct{ prefix, who string }{
		{"ghp_", "GitHub"}, {"gho_", "GitHub"}, {"ghu_", "GitHub"}, {"ghs_", "GitHub"}, {"github_pat_", "GitHub"},
		{"glpat-", "GitLab"}, {"xox", "Slack"}, {"EAA", "Facebook"}, {"Atza|", "Amazon"}, {"Atzr|", "Amazon"},
		{"AKIA", "Amazon Web Services"}, {"sk-", "an AI service"}, {"sk_live_", "Stripe"}, {"hf_", "Hugging Face"},
	} {
		if strings.HasPrefix(s, p.prefix) {
			return p.who
		}
	}
	return ""
}
