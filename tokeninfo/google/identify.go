package google

import (
	"fmt"

	"scopeaudit/tokeninfo"
)

// NotGoogles says why the secrets of a credential are not sent to Google.
type NotGoogles struct {
	why  string
	hint string
}

func (e *NotGoogles) Error() string { return e.why }

// Hint says what to do instead.
func (e *NotGoogles) Hint() string { return e.hint }

// Identify refuses credentials that are not for Google's own token endpoint: a
// file that names another server, and kinds that get their tokens elsewhere.
// What a file names is compared and never dialled; the refusal is there so that
// nobody takes an answer of Google's for one about such a file.
func (c *Client) Identify(held tokeninfo.Credential) error {
	switch held.Kind {
	case tokeninfo.ExternalAccount, tokeninfo.ExternalUser:
		return &NotGoogles{"this credential gets its tokens by identity federation, not from Google's token endpoint",
			"it ends where the identity provider ends it"}
	case tokeninfo.ImpersonatedAccount, tokeninfo.GDCHAccount, tokeninfo.ServiceAccount, tokeninfo.GAMService:
		if !held.RefreshToken.Present() && !held.AccessToken.Present() {
			return &NotGoogles{"this credential is a service account's and holds no user's token",
				"a service-account key is ended by deleting the key in the project that it belongs to"}
		}
	}
	for _, e := range held.Endpoints {
		if e.Foreign {
			return &NotGoogles{fmt.Sprintf("the file's %s is not Google's, and nothing was sent: %q", e.Field, e.Value),
				"find out who wrote that address into the file; for a standard server that you trust, name it with --issuer"}
		}
	}
	return nil
}
