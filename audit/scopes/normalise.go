package scopes

import (
	"strings"
	"unicode"
)

// maxScope is the longest text that may be a scope. The longest of Google's has
// some 90 bytes; a longer text is not looked up.
const maxScope = 512

// Split takes a list of scopes apart that is written as one string: at white
// space, as RFC 6749 §3.3 has it, and at commas, as several client libraries
// and GAM write it; no scope of Google's has a comma in it. Quotes are for the
// caller's format to remove.
func Split(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

// Normalise gives the canonical form of a scope as people and files write it:
// aliases (email), short names (gmail.readonly), legacy URLs, a lost or added
// slash, http for https, a lost scheme. The second result says whether the
// catalogue knows the scope; an unknown one comes back as it was, trimmed.
//
// Case counts (RFC 6749 §3.3): a scope in the wrong case is refused by Google,
// so it is unknown here, and Suggest names the one that was meant.
func (c *Catalogue) Normalise(text string) (Scope, bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxScope {
		return Scope(text), false
	}
	bare := strings.TrimPrefix(strings.TrimPrefix(text, "https://"), "http://")
	bare = strings.TrimSuffix(bare, "/")
	forms := []string{text, bare, "https://" + bare, "https://" + bare + "/"}
	if !strings.Contains(text, "/") || text == bare+"/" {
		forms = append(forms, prefix+bare)
	}
	for _, form := range forms {
		s := c.table.meaning(form)
		if _, known := c.number(s); known {
			return s, true
		}
	}
	return Scope(text), false
}
