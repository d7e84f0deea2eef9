package oidc

import (
	"fmt"
	"net/url"
	"strings"

	"scopeaudit/tokeninfo"
)

// GooglesSecret says that something is Google's and is sent to no one else.
type GooglesSecret struct{ what string }

func (e *GooglesSecret) Error() string {
	return "not sent anywhere: " + e.what + " is Google's, and --issuer names another server"
}

// Hint says what to do instead.
func (e *GooglesSecret) Hint() string { return "leave --issuer out to ask Google" }

// OtherServer says that a file names another server than the user.
type OtherServer struct{ field, value string }

func (e *OtherServer) Error() string {
	return fmt.Sprintf("not sent anywhere: the file's %s lies at another place than --issuer says: %q", e.field, e.value)
}

// Hint says what to do instead.
func (e *OtherServer) Hint() string {
	return "find out which server made the credential, and name that one"
}

// Identify refuses what is Google's by its client, its secrets or the servers
// that it names, and what names a server that is not the issuer's.
func (c *Client) Identify(held tokeninfo.Credential) error {
	if held.PublishedClient != "" {
		return &GooglesSecret{"its client ID"}
	}
	if err := refuse(held.ClientID, held.ClientSecret, held.AccessToken, held.RefreshToken, held.IDToken); err != nil {
		return err
	}
	if held.PrivateKey.Present() {
		return &GooglesSecret{"a service-account key"}
	}
	for _, e := range held.Endpoints {
		u, err := url.Parse(e.Value)
		switch {
		case !e.Foreign, err == nil && isGoogles(u.Hostname()):
			// google-auth writes Google's universe and nobody reads it.
			if e.Field == "universe_domain" {
				continue
			}
			return &GooglesSecret{"the file's " + e.Field}
		case e.Field != "universe_domain" && !c.here(e.Value):
			return &OtherServer{e.Field, e.Value}
		}
	}
	return nil
}

// oldRefresh is how many characters follow 1/ in Google's old refresh tokens
// (observed). Shorter and longer ones may be anybody's.
const oldRefresh = 43

// refuse looks at a client ID and secrets, and opens no connection.
func refuse(clientID string, secrets ...tokeninfo.Secret) error {
	// Those of today end in .apps.googleusercontent.com, older ones in .project.
	if strings.HasSuffix(clientID, ".googleusercontent.com") {
		return &GooglesSecret{"the client ID"}
	}
	for _, s := range secrets {
		for _, mark := range []struct{ prefix, what string }{
			{"ya29.", "an access token"}, {"1//", "a refresh token"}, {"GOCSPX-", "a client secret"},
			{"4/0", "an authorization code"}, {"AIza", "an API key"},
		} {
			if strings.HasPrefix(s.Reveal(), mark.prefix) {
				return &GooglesSecret{mark.what}
			}
		}
		if tail, ok := strings.CutPrefix(s.Reveal(), "1/"); ok && len(tail) == oldRefresh && !strings.ContainsAny(tail, "/.") {
			return &GooglesSecret{"a refresh token of the old kind"}
		}
	}
	return nil
}
