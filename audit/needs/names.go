package needs

// names are those of a function, each with how it gets its values; one that is
// only declared has none. Most functions have a few, for which a list is smaller
// than a map, and sooner made and searched.
type names struct {
	list  []knownName
	index map[string]int // into list, where there are many
}

type knownName struct {
	name     string
	bindings []binding
}

// manyNames is from how many on they are indexed.
const manyNames = 12

func (n *names) find(name string) int {
	if n.index != nil {
		if i, found := n.index[name]; found {
			return i
		}
		return -1
	}
	for i := range n.list {
		if n.list[i].name == name {
			return i
		}
	}
	return -1
}

// has reports whether a name is known.
func (n *names) has(name string) bool { return n.find(name) >= 0 }

// of gives the bindings of a name.
func (n *names) of(name string) []binding {
	if i := n.find(name); i >= 0 {
		return n.list[i].bindings
	}
	return nil
}

// make makes a name known, and gives where its bindings are until the next one
// is made known.
func (n *names) make(name string) *[]binding {
	i := n.find(name)
	if i < 0 {
		i = len(n.list)
		n.list = append(n.list, knownName{name: name})
		switch {
		case n.index != nil:
			n.index[name] = i
		case len(n.list) == manyNames:
			n.index = make(map[string]int, 2*manyNames)
			for i := range n.list {
				n.index[n.list[i].name] = i
			}
		}
	}
	return &n.list[i].bindings
}

// all goes over the names in the order in which they became known.
func (n *names) all(yield func(string, []binding) bool) {
	if n == nil {
		return
	}
	for _, one := range n.list {
		if !yield(one.name, one.bindings) {
			return
		}
	}
}
