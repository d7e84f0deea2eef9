package scopes

import (
	"iter"
	"slices"
	"strings"
)

// Method describes the method with the given ID ("gmail.users.messages.list").
// Of several versions the preferred one is given: the version that Google's
// directory prefers, else the newest stable one.
func (c *Catalogue) Method(id string) (Method, bool) {
	i, found := c.find(id)
	if !found {
		return Method{}, false
	}
	return c.describe(c.methods[i]), true
}

// Versions describes the method with the given ID in every version that has it,
// the preferred one first.
func (c *Catalogue) Versions(id string) []Method {
	i, found := c.find(id)
	if !found {
		return nil
	}
	versions := []Method{c.describe(c.methods[i])}
	for _, m := range c.methods[i+1:] {
		if m.first {
			break
		}
		versions = append(versions, c.describe(m))
	}
	return versions
}

// FindMethods lists the methods whose ID is id or ends in "." + id, by ID. Of
// several versions the preferred one is given.
func (c *Catalogue) FindMethods(id string) []Method {
	return c.filter(func(m method) bool {
		before, found := strings.CutSuffix(c.id(m), id)
		return found && id != "" && (before == "" || before[len(before)-1] == '.')
	})
}

// Permits lists the methods that a token with just this scope may call, by ID.
// Of several versions the preferred one is given.
func (c *Catalogue) Permits(s Scope) []Method {
	n, found := c.number(s)
	if !found {
		return nil
	}
	accepted := make([]bool, len(c.sets))
	for i, set := range c.sets {
		accepted[i] = slices.Contains(set.scopes, uint16(n))
	}
	return c.filter(func(m method) bool { return accepted[m.set] })
}

// Permitting lists the scopes that permit the method, any one of which
// suffices, sorted. It is nil for an unknown method and for one that needs no
// OAuth scope.
func (c *Catalogue) Permitting(methodID string) []Scope {
	i, found := c.find(methodID)
	if !found {
		return nil
	}
	return c.names(c.sets[c.methods[i].set].scopes)
}

// Writes reports whether the method changes something: it is no GET, and no
// scope that is for reading only opens it.
func (c *Catalogue) Writes(methodID string) bool {
	i, found := c.find(methodID)
	return found && c.methods[i].verb != 'G' &&
		!slices.ContainsFunc(c.sets[c.methods[i].set].scopes, func(n uint16) bool { return c.known[n].readOnly() })
}

// find gives the place of the preferred description of a method.
func (c *Catalogue) find(id string) (int, bool) {
	return slices.BinarySearchFunc(c.methods, id, func(m method, id string) int {
		return strings.Compare(c.id(m), id)
	})
}

func (c *Catalogue) filter(keep func(method) bool) []Method {
	var methods []Method
	for _, m := range c.methods {
		if m.first && keep(m) {
			methods = append(methods, c.describe(m))
		}
	}
	return methods
}

func (c *Catalogue) id(m method) string { return c.text[m.id:][:m.idLen] }

func (c *Catalogue) describe(m method) Method {
	d := c.documents[m.document]
	return Method{
		ID:      c.id(m),
		API:     d.api,
		Version: d.version,
		Verb:    verbName(m.verb),
		Path:    c.text[m.path:][:m.pathLen],
		Scopes:  c.names(c.sets[m.set].scopes),
	}
}

// verbName is the HTTP method that a letter of the data file stands for.
func verbName(letter byte) string {
	switch letter {
	case 'G':
		return "GET"
	case 'P':
		return "POST"
	case 'U':
		return "PUT"
	case 'A':
		return "PATCH"
	case 'D':
		return "DELETE"
	}
	return ""
}

func (c *Catalogue) names(numbers []uint16) []Scope {
	var names []Scope
	for _, n := range numbers {
		names = append(names, c.known[n].name)
	}
	return names
}

// IDs yields the ID of each method and the API it belongs to, by ID. The API is
// the name of its document: "admin" for directory.users.list.
func (c *Catalogue) IDs() iter.Seq2[string, string] {
	return func(yield func(id, api string) bool) {
		for _, m := range c.methods {
			if m.first && !yield(c.id(m), c.documents[m.document].api) {
				return
			}
		}
	}
}
