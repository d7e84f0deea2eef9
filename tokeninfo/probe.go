package tokeninfo

import "time"

// Probe is what an access token opened when calls that change nothing were
// tried with it. It says what works now, not which scope makes it work.
type Probe struct {
	Calls []ProbedCall
	// Account is the mailbox's address; empty unless it was asked for.
	Account string
	// Asked is when.
	Asked time.Time
}

// ProbedCall is one call of a probe.
type ProbedCall struct {
	Method string // "gmail.users.messages.list"
	// Search says that the call searched, by the parameter q.
	Search  bool
	Outcome Outcome
	// Reason says why Outcome is NotProven, in a sentence without secrets.
	Reason string
}

// Outcome is what became of a call. The values are part of the JSON format.
type Outcome string

// The outcomes.
const (
	Opened    Outcome = "opened"
	Refused   Outcome = "refused" // for want of a scope
	NotProven Outcome = "unknown" // no answer, or one that says nothing about scopes
)
