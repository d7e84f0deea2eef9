// Package needs tells which OAuth scopes a program needs, from its source: which
// scopes it asks for, which API methods it calls, and which scopes would be
// enough. It reads bytes that it is given and touches nothing.
//
// A source is lexed and parsed by small readers of our own, which never fail;
// then each call is followed back to the client that it is made on, through
// names, parameters, results and attributes, over the files of a program. What
// cannot be followed is listed, and weakens the verdict.
package needs

import (
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// Verdict says how much is known about what a program needs.
type Verdict string

// The verdicts, strongest first. They are part of the JSON format.
const (
	Exact      Verdict = "exact"       // every call is known, and every scope that is asked for
	LowerBound Verdict = "lower_bound" // some calls are known: it needs at least the least set
	Unknown    Verdict = "unknown"     // scopes are asked for, and no call is known
	None       Verdict = "none"        // no scope and no call
)

// State says whether a call is made.
type State string

// The states. They are part of the JSON format.
const (
	Live        State = "live"
	Unreachable State = "unreachable" // behind a return, or a condition that never holds
	Commented   State = "commented"
)

// Request is one scope at one place where it is asked for.
type Request struct {
	Scope scopes.Scope
	// Known says that the catalogue has the scope; else Scope is as written.
	Known bool
	// At is where the scope is written, By the function that it is passed to,
	// empty if only its name or place says that it is meant to be asked for, and
	// Use where that is called.
	At  rules.Location
	By  string
	Use rules.Location
	// Text is what stands at At, cut short, and Line the line that it stands on,
	// without white space around it; empty if that is very long.
	Text, Line string
	// When is the condition under which it is asked for, where the program
	// chooses; empty: always.
	When string
	// JustifiedBy are the calls that it permits, as indexes into Calls.
	JustifiedBy []int
}

// Call is one call of an API method.
type Call struct {
	// Method is its ID in Google's discovery documents, or for what these do not
	// have a name of ours: "imap", "apps-script.GmailApp.search".
	Method string
	API    string
	At     rules.Location
	Text   string // the call as written, cut short
	State  State
	When   string // the condition it stands under, where there is one
	// Permitted are the scopes any one of which is enough for it, with the
	// arguments that it has, sorted.
	Permitted []scopes.Scope
	// Notes say what of its arguments decided.
	Notes []string
	// PermittedBy are those of the scopes that the program asks for.
	PermittedBy []scopes.Scope
	facts       facts
}

// Unresolved is a place where something is called that could not be followed.
type Unresolved struct {
	At   rules.Location
	Text string
	Why  string
	// APIs are those that it may touch; none: any.
	APIs []string
}

// Asked is one set of scopes that a program asks for at once. A program that
// chooses at run time has several, each with its condition.
type Asked struct {
	When   string
	Scopes []scopes.Scope
	// Unneeded are those that no call needs.
	Unneeded []scopes.Scope
	// Excess says that the calls could do with strictly less: Enough is a set
	// that is enough, and no more than what is asked for.
	Excess bool
	Enough []scopes.Scope
	// Missing are the calls that none of the scopes permits, as indexes.
	Missing []int
	// Conflicts are pairs that spoil each other.
	Conflicts []scopes.Conflict
}

// Own is a scope that a script of Apps Script needs itself, to show a page or to
// keep its settings, and what for.
type Own struct {
	Scope scopes.Scope
	At    rules.Location
	Text  string // as written, cut short
}

// Program is what is known about one program: files that belong together.
type Program struct {
	// Path is its folder, or its file where a folder holds several programs;
	// "." is the top.
	Path  string
	Files []string
	// Verdict is exact, a lower bound, unknown or none, and Why the reasons for
	// all but exact.
	Verdict Verdict
	Why     []string
	// Least are the least sets of scopes for the calls; the first is preferred,
	// the rest are alternatives. It is empty where no call is known.
	Least [][]scopes.Scope
	// Own are those in all least sets that no call needs.
	Own        []Own
	Requests   []Request
	Asked      []Asked
	Calls      []Call
	Unresolved []Unresolved
	// Flow is what is remarkable about how it obtains and keeps its token, in the
	// order of the files.
	Flow []Flow
	// Possible are notes on scopes that may be enough, which code cannot prove.
	Possible []string
}

// Result is what is known about all programs of a tree.
type Result struct {
	Programs []Program
	// Read is the number of sources that were read, Dependencies and Generated
	// those that were left out: they say nothing of what this program needs.
	Read, Dependencies, Generated int
}

// Verdict is the weakest of the programs that have anything.
func (r Result) Verdict() Verdict {
	order := []Verdict{None, Exact, LowerBound, Unknown}
	worst := 0
	for _, p := range r.Programs {
		for i, v := range order {
			if v == p.Verdict {
				worst = max(worst, i)
			}
		}
	}
	return order[worst]
}
