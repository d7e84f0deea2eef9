package scopes

// Catalogue holds the scopes and methods of all Google APIs. It is immutable
// and safe for concurrent use.
type Catalogue struct{}

// Load decodes the embedded catalogue.
func Load() (*Catalogue, error) { return &Catalogue{}, nil }

// Normalise gives the canonical form of a scope as people and files write it:
// aliases (email), short names (gmail.readonly), legacy URLs, a lost or added
// slash. The second result says whether the catalogue knows the scope; an
// unknown one comes back as it was, trimmed.
func (c *Catalogue) Normalise(text string) (Scope, bool) { return Scope(text), false }

// Suggest names the known scope that text most likely means, if one is close.
func (c *Catalogue) Suggest(text string) (Scope, bool) { return "", false }

// Info describes a scope. For an unknown scope it says false and holds the
// scope and the powers that its name suggests, at worst all.
func (c *Catalogue) Info(s Scope) (Info, bool) { return Info{Scope: s}, false }

// All lists every scope of the catalogue, sorted.
func (c *Catalogue) All() []Scope { return nil }

// Method describes the method with the given ID ("gmail.users.messages.list").
// Of several versions the preferred one is given.
func (c *Catalogue) Method(id string) (Method, bool) { return Method{}, false }

// FindMethods lists the methods whose ID is id or ends in "." + id.
func (c *Catalogue) FindMethods(id string) []Method { return nil }

// Permits lists the methods that a token with just this scope may call.
func (c *Catalogue) Permits(s Scope) []Method { return nil }

// Covers reports whether have allows everything that want allows, by methods
// and by reach. It is reflexive and transitive.
func (c *Catalogue) Covers(have, want Scope) bool { return have == want }

// Conflicts lists the pairs in held that spoil each other.
func (c *Catalogue) Conflicts(held []Scope) []Conflict { return nil }

// Least gives the least sets of scopes that permit all the methods, best first:
// the first is preferred, the rest are alternatives. An unknown method is an
// error.
func (c *Catalogue) Least(methods []string) ([][]Scope, error) { return nil, nil }

// Powers lists all powers, mildest first.
func Powers() []Power {
	return []Power{Identity, Metadata, Read, Send, Write, Delete, Settings}
}

// Rank is the position of p in Powers, -1 for no power at all.
func (p Power) Rank() int { return -1 }

// Greatest is the last of the powers by rank; empty for none.
func Greatest(powers []Power) Power { return "" }
