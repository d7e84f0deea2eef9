// Package secrets finds credentials in text: by their shapes, by the names of
// the keys they stand under, and by what stands beside them. It reads bytes
// that it is given, and what it returns never holds the secret itself.
package secrets

import "scopeaudit/audit/rules"

// Key is drawn at random for one run. Equality tags are made under it, so that
// a tag tells nothing to whoever lacks the key.
type Key [32]byte

// Tag is equal for equal secrets within one run: HMAC-SHA-256 of the value
// under the run's Key. It is never printed.
type Tag [32]byte

// Kind is what a secret is, where the rule that found it does not say.
type Kind string

// The kinds that composites are made of; other secrets have none.
const (
	AccessToken  Kind = "access_token"
	RefreshToken Kind = "refresh_token"
	ClientSecret Kind = "client_secret"
	ClientID     Kind = "client_id" // an identifier
)

// Leak is one place where a secret was found.
type Leak struct {
	Rule       rules.ID
	Kind       Kind
	Severity   rules.Severity
	Confidence rules.Confidence
	// Message says what was found, in a sentence without the secret.
	Message string
	// Masked is the kind, the length, and the last four characters where the
	// value is long and random: "ya29.…(163)…x7Qk". Empty for composites.
	Masked string
	// Fingerprint names this finding across runs: 32 hexadecimal digits, made
	// of rule, path and value as the design says.
	Fingerprint string
	Tag         Tag
	// KeyName is the name the value stands under ("refresh_token"), or empty.
	KeyName string
	// ClientID is the OAuth client that stands beside the secret, if one does:
	// an identifier, not a secret.
	ClientID string
	Location rules.Location
	// Parts are the fingerprints of what a composite is made of.
	Parts []string
}
