package tokeninfo

import "time"

// Access is what is known about an access token. The values are part of the
// JSON format.
type Access string

const (
	Live     Access = "live"
	NotValid Access = "not_valid" // expired, revoked or never valid: Google does not say which
	Unknown  Access = "unknown"   // no answer, or an answer that is none
	NotAsked Access = "not_asked"
	NoToken  Access = "none" // there is no access token to ask about
)

// Grant is what Google says about an access token, and nothing else.
type Grant struct {
	Access Access
	// Reason says why Access is Unknown, in a sentence without secrets.
	Reason string
	// Disputed says that Access is Unknown because the server contradicts itself,
	// and not because an answer is wanting.
	Disputed bool
	// Mute says that Access is Unknown because the server answers no question about
	// tokens, or none of this client: it will not do so later either.
	Mute bool
	// Scopes are as Google gives them, split but not normalised. They and all
	// below mean something only while Access is Live.
	Scopes   []string
	ClientID string
	Account  string // only with an e-mail scope
	// AccountVerified says that Google vouches for the address in Account.
	// Anybody can open a Google account under an address not yet proved.
	AccountVerified bool
	UserID          string // only with an identity scope
	ExpiresIn       time.Duration
	AccessType      string // "online" or "offline", where the answer has it
	// Confirmed says that a second endpoint said the same. It is false where
	// the second gave no answer, which is no disagreement.
	Confirmed bool
	// Asked is when.
	Asked time.Time
}
