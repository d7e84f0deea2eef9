// Package audit compares what was found with what a policy allows. It is pure:
// evidence in, report out; whoever gathers the evidence says when it was taken.
package audit

import (
	"crypto/sha256"
	"time"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/tokeninfo"
)

// Evidence is all that one run has learned, before anything is judged.
type Evidence struct {
	// Time is when the evidence was taken. Check reads no clock.
	Time time.Time
	// Credentials are those that were named, then those that were met in trees.
	Credentials []Held
	// Leaks are one for each place; Check joins equal secrets.
	Leaks []secrets.Leak
	// Rules documents the rules that found leaks and are not built in.
	Rules    []rules.Rule
	Coverage rules.Coverage
	// Files says what is known about the files that hold anything, by path.
	Files map[string]rules.FileState
	// Needs is what the code of the trees asks for, calls and needs; nil where no
	// code was looked at.
	Needs *needs.Result
	// Index, where it is not nil, says that what calls cost is to be worked out.
	Index *needs.Index
	// Sources are the files that were read as code, by the path that reports call
	// them; nil unless that was asked for.
	Sources map[string]SourceFile
	// Lock is what the programs needed before; nil: nobody compares.
	Lock *Lock
	// Comments stand beside leaks and want to silence them. What they may, Check
	// says.
	Comments []Comment
	// Roots are what was walked.
	Roots []Root
	// Baselines are what the user accepted earlier.
	Baselines []*Baseline
	// TreeExamined says that a tree was walked, so that "no leak" means
	// something, and GitFound that an enclosing work tree was read.
	TreeExamined bool
	// Notes are sentences for the reader about how the run went.
	Notes []string
}

// Root is one folder or file that was walked: as the user named it, its absolute
// path without links, and what the paths of its files begin with, or "." if that
// is nothing. Only the last is ever shown.
type Root struct {
	Typed, Real, Name string
	// Excluded says of a path below it whether the walk passed by, as the user
	// wanted; nil: nothing was passed by.
	Excluded func(path string) bool
}

// SourceFile is a file that was read as code.
type SourceFile struct {
	Lies string // where
	Sum  [sha256.Size]byte
}

// Comment is a comment in a file that wants to silence a leak beside it.
type Comment struct {
	// Beside is the leak's place.
	Beside rules.Location
	// Marker is what the comment begins with: AllowMarker for our own, or that of
	// another tool, which names no rule that we could go by.
	Marker string
	// Rule and Reason are what our own names; empty where it does not.
	Rule     rules.ID
	Reason   string
	Location rules.Location
}

// AllowMarker begins a comment that silences the findings of a rule on its line:
// the rule's ID and a reason follow.
const AllowMarker = "scopeaudit:allow"

// Held is one credential together with where it was met and what was asked.
type Held struct {
	Credential tokeninfo.Credential
	Location   rules.Location
	State      rules.FileState
	// Named says that the user named this very file, standard input or
	// variable; what is merely met in a tree is never asked about.
	Named bool
	// Server is the standard server that the user named in Google's place, by its
	// issuer; empty: Google. Policies are about Google's scopes: those of another
	// server are told, and not judged.
	Server string
	// Grant is the server's answer; nil when it was not asked.
	Grant *tokeninfo.Grant
	// Refresh is what became of the refresh token; nil when it was not tried.
	Refresh *Refresh
	// Probe is what the access token opened; nil when nothing was tried.
	Probe *tokeninfo.Probe
}

// Refresh is what a refresh token answered. Where it is live, Held's Grant is
// about the access token that was just made from it: the full grant, of which
// the token in the file may hold a part.
type Refresh struct {
	State RefreshState
	// Code is the server's word for why it is dead, such as "invalid_grant".
	Code string
	// Own is what was said about the access token in the file, if there is one.
	Own *tokeninfo.Grant
}
