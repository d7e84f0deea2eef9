// Package policies is the declared least privilege: what a credential may hold,
// who may hold it, and why. A policy is a small YAML file, read strictly: a
// policy that is misread is worse than none.
package policies

import (
	"time"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// Source says how a policy came to apply.
type Source string

const (
	SourceDefault Source = "default"  // nobody named one
	SourceBuiltIn Source = "built-in" // named, and embedded in the program
	SourceFile    Source = "file"
)

// Policy is one policy after its `extends` have been folded in.
type Policy struct {
	Name        string
	Description string
	Source      Source
	// Digest is "sha256:" and the hash of the files it was read from, in the
	// order of reading: the file itself, then what it extends, and so on. Only
	// their content counts, not their names.
	Digest string
	// APIs are the names of the APIs it judges ("gmail"); empty judges all. A
	// policy that somebody named judges every scope a credential holds, unless
	// its own file narrows that with `apis`. Only the default, which nobody
	// asked for, is limited from the start: see LoadDefault.
	APIs []string

	Allowed  []Entry // sorted by scope
	Denied   []Entry
	Required []Entry
	// AllowAny allows every known scope whose powers stay within MaxPower; it
	// is what any-readonly says.
	AllowAny bool
	// MaxPower is the greatest power a scope may have; empty for no limit.
	MaxPower scopes.Power

	// Clients and Accounts are patterns (see MatchPattern) of who may hold a
	// token; empty allows all.
	Clients  []string
	Accounts []string

	// RefreshToken says whether one may exist.
	RefreshToken Permission
	// MaxLifetime bounds how long an access token may still live; zero is no
	// bound.
	MaxLifetime time.Duration
	// FileMode holds the permission bits that a credential file may have at
	// most; zero checks nothing. 0600 is the usual value.
	FileMode uint32

	// Severities replace the default severity of rules.
	Severities map[rules.ID]rules.Severity
	Exceptions []Exception
}

// Entry is a scope with the reason it is listed for.
type Entry struct {
	Scope scopes.Scope
	Why   string
	// Note, when set, is the severity at which holding the scope is still
	// mentioned although it is allowed: identity scopes are info.
	Note *rules.Severity
	// File, Line and Column are where it stands.
	File         string
	Line, Column int
}

// Permission is a yes or no that may be left open.
type Permission string

const (
	Unsaid    Permission = ""
	Permitted Permission = "allowed"
	Forbidden Permission = "forbidden"
)
