// Package tokeninfo is the vocabulary of credentials: what a file claims
// (Credential), what Google says (Grant), and the secret inside that must never
// be printed (Secret). It reads no file and speaks to no one: the packages
// below it do.
package tokeninfo

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a value that must not be shown. Its bytes are behind a function, so
// that no fmt verb, encoder or logger reaches them even inside another struct;
// the only way in is Reveal, which is easy to search for.
type Secret struct{ reveal func() string }

// NewSecret wraps a value. The empty value gives the zero Secret.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{reveal: func() string { return value }}
}

// Reveal returns the value. Every caller is a place to look at in review.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// Present reports whether there is a value at all.
func (s Secret) Present() bool { return s.reveal != nil }

// Redacted is what a present Secret prints as.
const Redacted = "[secret]"

// String hides the value.
func (s Secret) String() string {
	if s.reveal == nil {
		return ""
	}
	return Redacted
}

// Format hides the value under every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// GoString hides the value under %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the value in JSON and every other text encoding.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the value in log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
