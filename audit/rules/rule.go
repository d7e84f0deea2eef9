// Package rules is the vocabulary that every other package shares: what a rule
// is, how grave and how certain a finding is, where it was found, and what was
// looked at or left out. It imports nothing of ours and touches nothing, so
// that a report can be made, compared and tested without the tool around it.
package rules

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
	Text   string // the error as the user sees it: "invalid_grant"
	Means  string
	Causes []string // likeliest first
	Remedy string
}
