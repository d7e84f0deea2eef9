package needs

import (
	"slices"
	"strings"

	"scopeaudit/audit/scopes"
)

// Index finds methods by what programs write: by API and path, and by the end of
// a path alone.
type Index struct {
	cat       *scopes.Catalogue
	paths     map[spelled]string      // to the ID; "" for a resource
	methods   []method                // all, by ID
	tails     map[string]int          // "messages.list": where in methods the last such is, from 1 on
	last      map[string]bool         // "list"
	ids       map[string][]string     // by API
	constants map[string]scopes.Scope // by the letters of their names: "gmailreadonly"
}

// method is a method with the path that clients spell.
type method struct {
	id   string
	same int // the one before it whose path ends so, as in tails
	spelled
}

// spelled is an API with a path in it: "gmail", "users.messages.list".
type spelled struct{ api, path string }

// NewIndex makes the index of a catalogue, which takes some 10 ms: a program does
// it once, when it needs it. An index is immutable and safe for concurrent use.
func NewIndex(cat *scopes.Catalogue) *Index {
	x := &Index{cat: cat, paths: make(map[spelled]string, 24_000), methods: make([]method, 0, 18_000), tails: make(map[string]int, 12_000), last: make(map[string]bool, 3_000), ids: map[string][]string{}}
	x.constants = map[string]scopes.Scope{}
	for _, s := range cat.All() {
		x.constants[squash(s.Short())] = s
	}
	for id, api := range cat.IDs() {
		x.ids[api] = append(x.ids[api], id)
		_, path, found := strings.Cut(canonical(id), ".")
		if !found {
			continue
		}
		x.paths[spelled{api, path}] = id
		for i := strings.LastIndexByte(path, '.'); i > 0; i = strings.LastIndexByte(path[:i], '.') {
			key := spelled{api, path[:i]}
			if _, known := x.paths[key]; known {
				break
			}
			x.paths[key] = ""
		}
		end := strings.LastIndexByte(path, '.')
		x.last[path[end+1:]] = true
		if end > 0 {
			key := path[strings.LastIndexByte(path[:end], '.')+1:]
			x.methods = append(x.methods, method{id: id, spelled: spelled{api, path}, same: x.tails[key]})
			x.tails[key] = len(x.methods)
		}
	}
	return x
}

// canonical is a name without what clients change in it: case, and the marks
// that are no part of a word in their language.
func canonical(name string) string {
	at := strings.IndexFunc(name, changed)
	if at < 0 {
		return name
	}
	out := append(make([]byte, 0, len(name)), name[:at]...)
	for _, c := range []byte(name[at:]) {
		switch {
		case c >= 'A' && c <= 'Z':
			out = append(out, c+'a'-'A')
		case !changed(rune(c)):
			out = append(out, c)
		}
	}
	return string(out)
}

func changed(r rune) bool { return r >= 'A' && r <= 'Z' || r == '_' || r == '-' || r == '$' }

// step follows a name from a resource of an API. It gives the method's ID, or
// that the name is a resource.
func (x *Index) step(api, path, name string) (id string, resource bool) {
	name = canonical(name)
	if path != "" {
		name = path + "." + name
	}
	id, known := x.paths[spelled{api, name}]
	return id, known && id == ""
}

// ending lists the methods whose path ends so, of the APIs that one is told of.
func (x *Index) ending(path string, apis map[string]bool) []method {
	end := strings.LastIndexByte(path, '.')
	if end < 0 {
		return nil
	}
	var out []method
	for i := x.tails[path[strings.LastIndexByte(path[:end], '.')+1:]]; i > 0; i = x.methods[i-1].same {
		m := x.methods[i-1]
		if apis != nil && !apis[m.api] {
			continue
		}
		if before, found := strings.CutSuffix(m.path, path); found && (before == "" || before[len(before)-1] == '.') {
			out = append(out, m)
		}
	}
	slices.Reverse(out)
	return out
}

// squash is a name by its letters and digits alone, as generated clients make
// the names of constants.
func squash(name string) string {
	name = strings.TrimPrefix(name, "https://")
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}
