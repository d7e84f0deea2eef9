package scopes

import (
	"cmp"
	"slices"
	"strings"
)

// Catalogue holds the scopes and methods of all Google APIs. It is immutable
// and safe for concurrent use.
type Catalogue struct {
	version   string // of the module google.golang.org/api
	table     *table
	known     []scope // by name; a scope's number is its place
	sets      []set   // the distinct sets of scopes that methods accept
	apis      []API   // by name
	documents []document
	methods   []method // by ID
	text      string   // of the methods' IDs and paths
	cautions  []caution
}

// scope is what the catalogue holds ready about one scope.
type scope struct {
	name    Scope
	consent string
	sets    []uint16 // those that hold it and that some method uses, in order
	apis    []string // by name
	powers  powerSet
	reach   reach
	row     *row // of our table, nil if it has none
}

// API is one Google API.
type API struct {
	Name  string // "gmail", as in discovery documents
	Title string // "Gmail API"
}

// Load decodes the embedded catalogue. It takes some 10 ms: a program does it
// once, when it needs it.
func Load() (*Catalogue, error) {
	d, err := decode(packed)
	if err != nil {
		return nil, err
	}
	t, err := readTable()
	if err != nil {
		return nil, err
	}
	c := &Catalogue{version: d.version, table: t, documents: d.documents, methods: d.methods, text: d.text, cautions: cautions()}
	c.join(d)
	c.measure()
	return c, nil
}

// Version is the version of the Go module google.golang.org/api whose discovery
// documents the catalogue was made from.
func (c *Catalogue) Version() string { return c.version }

// All lists every scope of the catalogue, sorted.
func (c *Catalogue) All() []Scope {
	all := make([]Scope, len(c.known))
	for i, k := range c.known {
		all[i] = k.name
	}
	return all
}

// APIs lists the APIs that have scopes, by name.
func (c *Catalogue) APIs() []API { return slices.Clone(c.apis) }

// API finds an API by its name.
func (c *Catalogue) API(name string) (API, bool) {
	i, found := slices.BinarySearchFunc(c.apis, name, func(a API, name string) int { return strings.Compare(a.Name, name) })
	if !found {
		return API{}, false
	}
	return c.apis[i], true
}

// join makes one list of scopes from the data file and our tables, and turns
// the file's numbers into places in that list. What is only another way to
// write a scope (https://www.google.com/m8/feeds) goes where that scope goes.
func (c *Catalogue) join(d *decoded) {
	for i, name := range d.scopes {
		if s := Scope(name); c.table.meaning(name) == s {
			c.known = append(c.known, scope{name: s, consent: d.consent[i]})
		}
	}
	for i := range c.table.rows {
		if r := &c.table.rows[i]; r.outside {
			c.known = append(c.known, scope{name: r.scope, consent: r.text, apis: []string{r.api}})
		}
	}
	slices.SortFunc(c.known, func(a, b scope) int { return strings.Compare(string(a.name), string(b.name)) })

	numbers := make([]uint16, len(d.scopes))
	for i, name := range d.scopes {
		n, _ := c.number(c.table.meaning(name))
		numbers[i] = uint16(n)
	}
	c.sets = make([]set, len(d.sets))
	for i, s := range d.sets {
		for j := range s {
			s[j] = numbers[s[j]]
		}
		slices.Sort(s)
		c.sets[i].scopes = slices.Compact(s)
	}
	c.apis = append(d.apis, c.table.apis...)
	slices.SortFunc(c.apis, func(a, b API) int { return cmp.Compare(a.Name, b.Name) })
}

// number finds the place of a scope in canonical form.
func (c *Catalogue) number(s Scope) (int, bool) {
	return slices.BinarySearchFunc(c.known, s, func(k scope, s Scope) int {
		return strings.Compare(string(k.name), string(s))
	})
}
