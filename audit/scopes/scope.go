// Package scopes is the catalogue of Google's OAuth scopes: which scopes exist,
// what each lets its holder do, which API methods each permits, and how they
// relate. Names and methods are generated from Google's discovery documents;
// powers, classes and caveats are tables of our own with a source for each row.
package scopes

import "strings"

// Scope is a scope in canonical form: a URL as Google's tokeninfo gives it, or
// "openid". Make one with Catalogue.Normalise.
type Scope string

// Short is the scope as people write it: without the beginning that most of
// Google's share.
func (s Scope) Short() string { return strings.TrimPrefix(string(s), prefix) }

// Power is what a scope lets its holder do, which is another question than how
// Google classes it: reading all mail and deleting all mail are both
// "restricted".
type Power string

// The powers, mildest first. The order is the one a policy's greatest power is
// compared by; Powers lists it.
const (
	Identity Power = "identity" // who the user is
	Metadata Power = "metadata" // headers, labels, names; not the content
	Read     Power = "read"
	Send     Power = "send"  // speak in the user's name
	Write    Power = "write" // add and change
	Delete   Power = "delete"
	Settings Power = "settings" // change how the account works: forwarding, filters, sharing
)

// Tier is Google's class of a scope.
type Tier string

// Google's classes, mildest first. Unclassed means that Google publishes none,
// or that we do not know of it.
const (
	Unclassed    Tier = "unclassified"
	NonSensitive Tier = "non-sensitive"
	Sensitive    Tier = "sensitive"
	Restricted   Tier = "restricted"
)

// Info is all that the catalogue knows about one scope.
type Info struct {
	Scope  Scope
	Short  string   // "gmail.readonly", as people write it
	Text   string   // what Google's consent screen says, from discovery
	APIs   []string // the APIs that list it ("gmail"), sorted
	Powers []Power  // mildest first, never empty
	// Derived says that Powers come from the methods' verbs and the scope's
	// name, because our table has no row for it.
	Derived bool
	Tier    Tier
	Assumed bool // Tier is by analogy: no list of Google's that we know of names the scope
	// Dead says that the service behind the scope was shut: it opens nothing.
	Dead    bool
	Sources []string // where Powers and Tier come from
	Caveats []Caveat
}

// Caveat is something that the lists of methods do not tell about a scope.
type Caveat struct {
	Text    string
	Sources []string
}

// Conflict is a pair of scopes that spoil each other when held together.
type Conflict struct {
	Scope, With Scope // holding Scope breaks something that With would allow
	Why         string
	Sources     []string
}

// Method is one API method.
type Method struct {
	ID      string // "gmail.users.messages.list"
	API     string // "gmail"
	Version string // "v1"
	Verb    string // "GET"
	Path    string // "gmail/v1/users/{userId}/messages"
	Scopes  []Scope
}
