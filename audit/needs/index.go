package needs

import (
	"slices"
	"sort"
	"strings"

	"scopeaudit/audit/scopes"
)

// Index finds methods by what programs write: by API and path, and by the end of
// a path alone.
type Index struct {
	cat       *scopes.Catalogue
	apis      map[string][]method // by path
	methods   []method            // all
	tails     map[string]int      // "messages.list": where in methods the last such is, from 1 on
	last      map[string]bool     // "list"
	rpcs      []rpcAPI
	constants map[string]scopes.Scope // by the letters of their names: "gmailreadonly"
}

// method is a method with the path that clients spell.
type method struct {
	id, api, path string
	same          int // the one before it whose path ends so, as in tails
}

// NewIndex makes the index of a catalogue, which takes some 5 ms: a program does
// it once, when it needs it. An index is immutable and safe for concurrent use.
func NewIndex(cat *scopes.Catalogue) *Index {
	x := &Index{cat: cat, apis: make(map[string][]method, 400), methods: make([]method, 0, 18_000), tails: make(map[string]int, 12_000), last: make(map[string]bool, 3_000)}
	x.rpcs = readRPCs(rpcLines)
	x.constants = map[string]scopes.Scope{}
	for _, s := range cat.All() {
		x.constants[squash(s.Short())] = s
	}
	spelled := make([]byte, 0, 1<<20)
	ends := make([]int, 0, cap(x.methods))
	for id, api := range cat.IDs() {
		x.methods = append(x.methods, method{id: id, api: api})
		spelled = appendCanonical(spelled, id)
		ends = append(ends, len(spelled))
	}
	all, from := string(spelled), 0
	for i, end := range ends {
		_, x.methods[i].path, _ = strings.Cut(all[from:end], ".")
		from = end
	}
	for rest := x.methods; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].api == rest[0].api {
			n++
		}
		// An API of several documents has its methods in several places.
		x.apis[rest[0].api] = append(x.apis[rest[0].api], rest[:n:n]...)
		rest = rest[n:]
	}
	for _, methods := range x.apis {
		slices.SortStableFunc(methods, func(a, b method) int { return strings.Compare(a.path, b.path) })
	}
	for i := range x.methods {
		m := &x.methods[i]
		end := strings.LastIndexByte(m.path, '.')
		if m.path != "" {
			x.last[m.path[end+1:]] = true
		}
		if end > 0 {
			key := m.path[strings.LastIndexByte(m.path[:end], '.')+1:]
			m.same = x.tails[key]
			x.tails[key] = i + 1
		}
	}
	return x
}

// canonical is a name without what clients change in it: case, and the marks
// that are no part of a word in their language.
func canonical(name string) string {
	for i := range len(name) {
		if changed(name[i]) {
			return string(appendCanonical(make([]byte, 0, len(name)), name))
		}
	}
	return name
}

func appendCanonical(to []byte, name string) []byte {
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			to = append(to, c+'a'-'A')
		case !changed(c):
			to = append(to, c)
		}
	}
	return to
}

func changed(c byte) bool { return c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c == '$' }

// step follows a name from a resource of an API. It gives the method's ID, or
// that the name is a resource.
func (x *Index) step(api, path, name string) (id string, resource bool) {
	name = canonical(name)
	if path != "" {
		name = path + "." + name
	}
	methods := x.apis[api]
	i := sort.Search(len(methods), func(i int) bool { return methods[i].path > name })
	if i > 0 && methods[i-1].path == name {
		return methods[i-1].id, false
	}
	return "", i < len(methods) && strings.HasPrefix(methods[i].path, name) && methods[i].path[len(name)] == '.'
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
