// Package rules is the vocabulary that every other package shares: what a rule
// is, how grave and how certain a finding is, where it was found, and what was
// looked at or left out. It imports nothing of ours and touches nothing, so
// that a report can be made, compared and tested without the tool around it.
package rules

import "strings"

// ID names a rule. IDs are lower-case words joined by hyphens, and a promise:
// baselines, policies and suppressions carry them.
type ID string

// Rule is one check as a value that carries its own documentation. What
// `explain` prints, what SARIF shows as help and what the README lists are all
// printed from it, so they cannot drift apart.
type Rule struct {
	ID       ID
	Title    string   // a few words, no full stop: "scope wider than the policy allows"
	Severity Severity // the default; a policy may set another
	// Confidence is how sure a match of this rule usually is.
	Confidence Confidence
	What       string // one or two sentences: when does it fire
	Why        string // what someone could do with it, or what breaks
	Before     string // a short example that fires; may be empty
	After      string // the same example mended; may be empty
	// Remedy says what to do, in general. A finding carries a remedy of its
	// own with names filled in. It never names a verb that does not exist.
	Remedy string
	// Sources are where the facts come from: RFCs, Google's pages, discovery.
	Sources []string
}

// Advice explains an error text that people meet: what it usually means, the
// causes in order of likelihood, and what to do.
type Advice struct {
	Text   string   // the error as the user sees it: "invalid_grant"
	Also   []string // other wordings of the same, of a page or of a library
	Means  string
	Causes []string // likeliest first
	Remedy string
	// Sources are where the facts come from.
	Sources []string
}

// Explains reports whether an error text that somebody met, of any length, is
// the one that a explains. Case, line ends and kinds of apostrophe do not count.
func (a Advice) Explains(met string) bool {
	met = alike(met)
	for _, known := range append([]string{a.Text}, a.Also...) {
		if strings.Contains(met, alike(known)) {
			return true
		}
	}
	return false
}

func alike(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.Join(strings.Fields(s), " ")), "’", "'")
}
