package tokeninfo

import (
	"context"
	"time"
)

// Client is a program as an authorization server knows it (RFC 6749, section 2).
type Client struct {
	ID string
	// Secret is absent for a public client. That of an installed program is not
	// confidential to anybody, and still not ours to show.
	Secret Secret
}

// Authorization is what a consent is asked for (RFC 6749, section 4.1.1; RFC
// 7636, section 4.3).
type Authorization struct {
	Client      Client
	RedirectURI string
	Scopes      []string
	State       string
	// Verifier is the PKCE code verifier; only its S256 challenge is sent.
	Verifier Secret
	// LoginHint is the account to ask for, empty for whichever.
	LoginHint string
}

// Consent is where a user consents, and by what the answer is known.
type Consent struct {
	// URL is the address of the server's page.
	URL string
	// Issuer is the server's own name. An answer that gives another was made by
	// another server (RFC 9207, section 2.4).
	Issuer string
	// NamesItself says that the server promises to name itself in each answer, so
	// that one without a name is not its (RFC 9207, section 3).
	NamesItself bool
}

// Code is an authorization code and what it is exchanged with.
type Code struct {
	Client      Client
	Value       Secret
	RedirectURI string
	Verifier    Secret
}

// Token is what a token endpoint answered. It says nothing that the server did
// not say.
type Token struct {
	Access, Refresh, ID Secret
	// Scopes are as answered, split but not normalised; nil where the answer
	// names none, which is no statement (RFC 6749, section 5.1).
	Scopes []string
	// Expiry is when the access token ends; zero where the answer is silent.
	Expiry time.Time
	// Lifetime is how long the access token lives, as answered.
	Lifetime time.Duration
	// RefreshExpiry is when the refresh token ends, for access that the user
	// limited in time; else zero.
	RefreshExpiry time.Time
}

// Ended is what a revocation endpoint did with a token.
type Ended string

// The ends of a token.
const (
	Revoked      Ended = "revoked"
	AlreadyDead  Ended = "already_dead"  // it was not valid before
	NotRevocable Ended = "not_revocable" // the server does not revoke tokens of this kind
	RevokeFailed Ended = "unknown"       // no answer, or an answer that is none
)

// Revocation is the answer to a request to revoke a token.
type Revocation struct {
	Ended Ended
	// Reason says why it did not work, in a sentence without secrets.
	Reason string
}

// Done reports whether the token is at its end now.
func (r Revocation) Done() bool { return r.Ended == Revoked || r.Ended == AlreadyDead }

// Refusal is a token endpoint's error answer (RFC 6749, section 5.2).
type Refusal struct {
	Server string // the host
	// Code is the error, such as "invalid_grant". It is the server's word, cut to
	// the characters and the length that error codes have.
	Code string
	// Subtype is Google's error_subtype, such as "invalid_rapt"; mostly empty.
	Subtype string
}

func (e *Refusal) Error() string {
	s := e.Server + " refused: " + e.Code
	if e.Subtype != "" {
		s += " (" + e.Subtype + ")"
	}
	return s
}

// Provider is an authorization server. Google is the first, and a standard
// server that the user names the second. No method sends a credential that
// Identify refuses, as far as the method can see it; callers that hold a whole
// credential ask first.
//
// Trouble on the way is an error that holds a host and a class of trouble, never
// what the transport or the server said; Lookup and Revoke put it into their
// answers.
type Provider interface {
	// Name is what to call the server in a sentence: "Google".
	Name() string
	// Identify says why the secrets of a credential must not be sent to this
	// server, nil if they may. It opens no connection.
	Identify(Credential) error
	// Authorize says where the user consents.
	Authorize(context.Context, Authorization) (Consent, error)
	// Exchange turns an authorization code into a token. The error is a *Refusal
	// where the server said no.
	Exchange(context.Context, Code) (Token, error)
	// Refresh makes a new access token, of the full grant: no scope is sent. It
	// mints a live credential. The error is a *Refusal where the server said no.
	Refresh(ctx context.Context, client Client, refresh Secret) (Token, error)
	// Rotates reports whether Refresh may end the refresh token that it is given
	// and hand out another, so that a caller who cannot keep the new one must not
	// ask.
	Rotates() bool
	// Lookup asks what an access token is good for. Trouble on the way is not
	// an error but a Grant with Access Unknown and a Reason; the error is for a
	// token that must not be sent at all.
	Lookup(ctx context.Context, access Secret) (Grant, error)
	// Revoke ends a refresh or an access token; it may end the account's whole
	// grant to the client. The error is for what must not be sent at all.
	Revoke(ctx context.Context, client Client, token Secret) (Revocation, error)
}
