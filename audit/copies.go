package audit

import (
	"slices"

	"scopeaudit/tokeninfo"
)

// withoutCopies leaves out what was pasted into source or a notebook from a
// credential file that is there as well: it is the same credential, judged once.
// The secret rules report every place it lies at.
func withoutCopies(all []Held) []Held {
	return slices.DeleteFunc(slices.Clone(all), func(h Held) bool {
		return h.Credential.Kind == tokeninfo.TextCredential && slices.ContainsFunc(all, func(other Held) bool {
			return other.Credential.Kind != tokeninfo.TextCredential && samePower(h.Credential, other.Credential)
		})
	})
}

// samePower reports whether two credentials open the same and claim the same.
func samePower(a, b tokeninfo.Credential) bool {
	if !a.RefreshToken.Present() && !a.AccessToken.Present() {
		return false
	}
	return a.RefreshToken.Reveal() == b.RefreshToken.Reveal() &&
		a.AccessToken.Reveal() == b.AccessToken.Reveal() &&
		slices.Equal(slices.Sorted(slices.Values(a.Scopes)), slices.Sorted(slices.Values(b.Scopes)))
}
