package tokeninfo

import "slices"

// What [Credential.CannotTell] says that an answer of the server settles.
const (
	ScopesRequested = "The scopes written here are what a program asked for; what was granted is unknown from this file."
	ScopesGranted   = "The scopes written here were granted when the file was written; what is granted now is unknown from this file."
	ScopesMissing   = "Which scopes were granted is unknown from this file: it lists none."
	RefreshUnused   = "Whether the refresh token still works, and for which scopes, is unknown until it is used."
	ExpiryMissing   = "When the access token ends is unknown from this file."
)

// Untold is what is still unknown of a credential where the server has told what it
// grants, or when its access token ends, and where its refresh token was tried.
func (c Credential) Untold(granted, ends, tried bool) []string {
	return slices.DeleteFunc(slices.Clone(c.CannotTell), func(text string) bool {
		switch text {
		case ScopesRequested, ScopesGranted, ScopesMissing:
			return granted
		case ExpiryMissing:
			return ends
		case RefreshUnused:
			return tried
		}
		return false
	})
}
