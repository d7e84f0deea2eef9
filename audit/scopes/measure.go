package scopes

import (
	"slices"
	"strings"
)

// aside reports whether a method says nothing about what a scope allows, and is
// left out where authority is judged:
//   - scripts.run accepts whatever scopes the script needs that it runs;
//   - the Deep Review API takes drive.file as its ticket, and drive would not
//     cover drive.file for it;
//   - youtube.tests.insert, a test of Google's own, takes youtube.readonly and
//     no other scope, and youtube would not cover it for that;
//   - two methods that only the unfinished versions of the Storage API ever had
//     take the scopes for storage but not cloud-platform.
func aside(id string, d document) bool {
	return id == "script.scripts.run" || id == "youtube.tests.insert" || d.api == "deepreview" || d.api == "storage" && strings.HasPrefix(d.version, "v1beta")
}

// set is a set of scopes that methods accept, any one of which suffices, and
// what the methods that accept just this set have in common. Of several
// descriptions of a method only the first counts.
type set struct {
	scopes  []uint16 // by number, in order
	methods int
	writes  int // methods that change something
	powers  powerSet
	apis    []string // that use it in any version, not sorted
}

// measure fills in what follows from the methods: for sets, then for scopes.
func (c *Catalogue) measure() {
	for i := range c.known {
		c.known[i].row = c.table.find(c.known[i].name)
	}
	readOnly := make([]bool, len(c.sets))
	for i, s := range c.sets {
		readOnly[i] = slices.ContainsFunc(s.scopes, func(n uint16) bool { return c.known[n].readOnly() })
	}
	for _, m := range c.methods {
		s := &c.sets[m.set]
		d := c.documents[m.document]
		if len(s.apis) == 0 || s.apis[len(s.apis)-1] != d.api {
			s.apis = append(s.apis, d.api)
		}
		id := c.id(m)
		if !m.first || aside(id, d) {
			continue
		}
		power := Read
		if !readOnly[m.set] {
			power = methodPower(m.verb, id)
		}
		s.methods++
		s.powers |= setOf(power)
		if m.verb != 'G' && !readOnly[m.set] {
			s.writes++
		}
	}
	for i := range c.sets {
		s := &c.sets[i]
		for _, n := range s.scopes {
			k := &c.known[n]
			if s.methods > 0 {
				k.sets = append(k.sets, uint16(i))
				k.powers |= s.powers
			}
			k.apis = append(k.apis, s.apis...)
		}
	}
	for i := range c.known {
		k := &c.known[i]
		slices.Sort(k.apis)
		k.apis = slices.Clip(slices.Compact(k.apis))
		k.reach = c.table.reachOf(k.name, i, len(k.sets) > 0)
		k.powers = k.effective()
	}
}

// methodPower tells from verb and name what a method does. It is called for
// methods that no read-only scope opens.
func methodPower(verb byte, id string) Power {
	name := id[strings.LastIndexByte(id, '.')+1:]
	begins := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(name, w) })
	}
	switch {
	case verb == 'G' || begins("get", "list", "search", "query", "lookup", "find", "count", "fetch", "batchGet",
		"autocomplete", "analyze", "annotate", "test"):
		return Read
	case verb == 'D' || begins("delete", "batchDelete", "remove", "purge"):
		return Delete
	case begins("send"):
		return Send
	case begins("setIamPolicy"):
		return Settings
	}
	return Write
}

// readOnly reports whether a scope is for reading only, by our table or else by
// its name. What it opens is no write, whatever the verb says: users.watch and
// freebusy.query are POST.
func (k scope) readOnly() bool {
	if k.row != nil {
		powers := k.row.powers &^ setOf(Identity)
		return powers != 0 && setOf(Metadata, Read).includes(powers)
	}
	return namedReadOnly(k.name)
}

func namedReadOnly(s Scope) bool {
	for _, suffix := range []string{".readonly", ".read", ".read_only", ".read-only"} {
		if strings.HasSuffix(string(s), suffix) {
			return true
		}
	}
	return false
}

// effective gives the powers of our table, else those that the name claims,
// else those of the methods together with those that the consent text names:
// discovery may list only the reads of a scope that is for writing.
func (k scope) effective() powerSet {
	if k.row != nil {
		return k.row.powers
	}
	if namedReadOnly(k.name) {
		return suggestedPowers(k.name)
	}
	powers := k.powers | textPowers(k.consent)
	if powers == 0 {
		return suggestedPowers(k.name)
	}
	return powers
}

// textPowers reads the verbs of a consent text.
func textPowers(consent string) powerSet {
	var powers powerSet
	for word := range strings.FieldsFuncSeq(strings.ToLower(consent), func(r rune) bool { return r < 'a' || r > 'z' }) {
		switch word {
		case "see", "view", "read", "list", "download", "search", "copy":
			powers |= setOf(Read)
		case "send":
			powers |= setOf(Send)
		case "manage", "edit", "move", "create", "add", "update", "change", "modify", "write", "insert", "submit", "publish", "upload", "configure", "store":
			powers |= setOf(Write)
		case "delete", "remove":
			powers |= setOf(Delete)
		case "administer", "permissions", "sharing":
			powers |= setOf(Settings)
		}
	}
	return powers
}

// suggestedPowers are those that a name promises, for a scope of which nothing
// else is known; a name that promises nothing may mean anything.
func suggestedPowers(s Scope) powerSet {
	switch {
	case !namedReadOnly(s):
		return setOf(Powers()...)
	case strings.Contains(string(s), "metadata"):
		return setOf(Metadata)
	}
	return setOf(Read)
}
