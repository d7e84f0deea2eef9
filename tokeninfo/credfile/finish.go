package credfile

import (
	"slices"
	"strings"

	"scopeaudit/tokeninfo"
)

// The client IDs of programs whose secret is published, observed in their
// source. A refresh token that belongs to one of them is as good as a password.
const (
	claspClient    = "1072944905499-vm2v2i5dvn0a0d2o4ca36i1vge8cvbn0" + clientSuffix
	firebaseClient = "563584335869-fgrhgmd47bqnekij5i8b5pr03ho849e6" + clientSuffix
	rcloneClient   = "202264815644" + clientSuffix
)

// publishedClient names the program whose client this is.
func publishedClient(id string) string {
	switch id {
	case "32555940559" + clientSuffix:
		return "gcloud"
	case "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur" + clientSuffix:
		return "gcloud application-default"
	case firebaseClient:
		return "firebase-tools"
	case claspClient:
		return "clasp"
	case "681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j" + clientSuffix:
		return "gemini-cli"
	case rcloneClient:
		return "rclone (Drive)"
	}
	return ""
}

// finish adds what follows from the rest of a credential.
func finish(c *tokeninfo.Credential) {
	c.PublishedClient = publishedClient(c.ClientID)
	if c.Claim == "" {
		c.Claim = tokeninfo.ClaimNone
	}
	for i := range c.Endpoints {
		c.Endpoints[i].Value = withhold(c, c.Endpoints[i].Value)
	}
	for i := range c.RedirectURIs {
		c.RedirectURIs[i] = withhold(c, showURL(c.RedirectURIs[i]))
	}
	c.Warnings = unique(c.Warnings)
	c.CannotTell = unique(append(c.CannotTell, cannotTell(*c)...))
}

// withhold empties a text that holds one of the credential's own secrets.
func withhold(c *tokeninfo.Credential, s string) string {
	for _, secret := range []tokeninfo.Secret{c.AccessToken, c.RefreshToken, c.ClientSecret, c.IDToken, c.PrivateKey} {
		if secret.Present() && strings.Contains(s, secret.Reveal()) {
			return "…"
		}
	}
	return s
}

// unique keeps the first of equal sentences.
func unique(in []string) []string {
	var out []string
	for _, s := range in {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// cannotTell says what nobody can learn from the file. It is never empty: no
// file can prove what Google grants now.
func cannotTell(c tokeninfo.Credential) []string {
	switch c.Kind {
	case tokeninfo.ClientSecrets:
		return []string{"Which scopes anyone has granted to this client is unknown from this file: it holds no token."}
	case tokeninfo.ServiceAccount, tokeninfo.GAMService:
		return []string{"What this key may do is decided by IAM and domain-wide delegation, and is unknown from this file."}
	case tokeninfo.GDCHAccount:
		return []string{"What this key may do is decided on the premises of its cloud, without OAuth scopes, and is unknown from this file."}
	case tokeninfo.ExternalAccount:
		return []string{"What this configuration may do is decided by IAM and by an identity provider elsewhere, and is unknown from this file."}
	case tokeninfo.ExternalUser:
		return []string{"What this user may do is decided by a company's identity provider and IAM, and is unknown from this file."}
	}
	var out []string
	if c.Kind == tokeninfo.ImpersonatedAccount {
		out = append(out, "What the impersonated account may do is decided by IAM, and is unknown from this file.")
	}
	if c.PrivateKey.Present() {
		out = append(out, "What this key may do is decided by IAM and domain-wide delegation, and is unknown from this file.")
	}
	if !c.AccessToken.Present() && !c.RefreshToken.Present() {
		if len(out) == 0 && len(c.CannotTell) == 0 {
			out = append(out, "The tokens are missing or empty: what they could do is unknown from this file.")
		}
		return out
	}
	switch c.Claim {
	case tokeninfo.ClaimRequested:
		out = append(out, tokeninfo.ScopesRequested)
	case tokeninfo.ClaimGranted:
		out = append(out, tokeninfo.ScopesGranted)
	default:
		out = append(out, tokeninfo.ScopesMissing)
	}
	if c.RefreshToken.Present() {
		out = append(out, tokeninfo.RefreshUnused)
		if c.ClientID == "" {
			out = append(out, "Which client the refresh token belongs to is unknown from this file.")
		}
	}
	if c.AccessToken.Present() && c.Expiry.IsZero() {
		out = append(out, tokeninfo.ExpiryMissing)
	}
	return out
}
