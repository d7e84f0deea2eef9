package needs

import (
	"cmp"
	"iter"
	"slices"
)

// bases are the classes that the class around a use of super is made from, each
// as what super() gives.
func (e *engine) bases(n *node) []value {
	if n.block == nil {
		return unknown
	}
	for fn := n.block.fn; fn != nil; fn = fn.outer {
		if fn.class == nil {
			continue
		}
		kind := vInstance
		if fn.class.module.language.scripted() {
			kind = vClass
		}
		var out []value
		for _, c := range e.madeFrom(fn.class) {
			out = join(out, value{kind: kind, class: c, exact: true})
		}
		if out != nil {
			return out
		}
		break
	}
	return unknown
}

// madeFrom are the classes of the tree that a class names as what it is made from.
func (e *engine) madeFrom(c *class) []*class {
	if c.node == nil {
		return nil
	}
	var out []*class
	for _, base := range c.node.kids[:len(c.node.kids)-1] {
		if base.kind == kKeyword {
			continue
		}
		for _, b := range e.eval(base) {
			if b.kind == vClass && b.class != c {
				out = append(out, b.class)
			}
		}
	}
	return out
}

// makerFor is the class whose constructor is run when an object of c is made: its
// own, or the nearest that it is made from with one.
func (e *engine) makerFor(c *class) *class {
	last := c
	for last = range e.lineage(c) {
		if len(last.scope.names.of("__init__")) > 0 || len(last.scope.names.of("constructor")) > 0 {
			break
		}
	}
	return last
}

// maxLineage is how many classes are made from each other that are looked at.
const maxLineage = 16

// lineage goes from a class to the first of those that it is made from, and on
// from there.
func (e *engine) lineage(c *class) iter.Seq[*class] {
	return func(yield func(*class) bool) {
		for range maxLineage {
			if c == nil || !yield(c) {
				return
			}
			from := e.madeFrom(c)
			if len(from) == 0 {
				return
			}
			c = from[0]
		}
	}
}

// made are the calls that may run a constructor: by the name of its class, or of
// one made from it, and by super in such.
func (e *engine) made(fn *function) []*node {
	sites := e.callsOf(fn.class.name)
	heirs := e.heirs[fn.class.name]
	if len(heirs) == 0 {
		return sites
	}
	sites = append(sites[:len(sites):len(sites)], e.named["super"]...)
	sites = append(sites, e.named["__init__"]...)
	for i := 0; i < len(heirs) && i < maxSites; i++ {
		sites = append(sites, e.named[heirs[i].name]...)
		for _, further := range e.heirs[heirs[i].name] {
			if further != heirs[i] && len(heirs) < maxSites {
				heirs = append(heirs[:len(heirs):len(heirs)], further)
			}
		}
	}
	return sites
}

// inherit notes which classes name which as what they are made from.
func (e *engine) inherit(m *module) {
	var all []*class
	for _, c := range m.classes {
		if c.node != nil {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *class) int { return cmp.Compare(a.node.pos, b.node.pos) })
	for _, c := range all {
		for _, base := range c.node.kids[:len(c.node.kids)-1] {
			if name := lastName(base); name != "" && name != c.name {
				e.heirs[name] = append(e.heirs[name], c)
			}
		}
	}
}

// ofHeirs is an attribute that only the classes have which are made from the one
// of an instance.
func (e *engine) ofHeirs(v value, name string) []value {
	if v.class == nil || v.class.module.language == golang {
		return nil
	}
	var out []value
	for i, c := range e.heirs[v.class.name] {
		if i == maxSites || !slices.Contains(e.madeFrom(c), v.class) {
			continue
		}
		for _, bs := range [][]binding{c.attrs[name], c.scope.names.of(name)} {
			if len(bs) > 0 {
				out = join(out, e.methods(e.atEnd(bs), value{kind: vInstance, class: c})...)
			}
		}
		if len(out) == 0 {
			out = join(out, e.ofHeirs(value{class: c}, name)...)
		}
	}
	return out
}

// overridden gives what a name of an instance of a class may be, which is an instance
// of a class too that is made from it: each with a method of its own is an alternative.
func (e *engine) overridden(own []value, of *class, name string) []value {
	var others []value
	from := []*class{of}
	for i := 0; i < len(from) && len(from) < maxSites; i++ {
		for _, c := range e.heirs[from[i].name] {
			if slices.Contains(from, c) || !slices.Contains(e.madeFrom(c), from[i]) {
				continue
			}
			from = append(from, c)
			if bs := c.scope.names.of(name); len(bs) > 0 && bs[0].how == byFunc {
				for _, v := range e.methods(e.atEnd(bs), value{kind: vInstance, class: c}) {
					others = join(others, v.under("this is "+c.name))
				}
			}
		}
	}
	if len(others) == 0 {
		return own
	}
	var out []value
	for _, v := range own {
		if v.kind != vMethodOf || v.fn.body != nil { // else abstract
			out = join(out, v.under("this is "+of.name))
		}
	}
	return join(out, others...)
}

// chosenBy puts what decides about scopes under the condition that what gives it is
// the one that is called.
func chosenBy(when string, values []value) []value {
	if when == "" {
		return values
	}
	var out []value
	for _, v := range values {
		if v.kind == vString || v.kind == vList || v.kind == vDict {
			v = v.under(when)
		}
		out = join(out, v)
	}
	return out
}

// selfOf is the class of the instance that a method is called on: while one call
// of it counts, the one that it has there.
func (e *engine) selfOf(fn *function) *class {
	site := e.pinned[fn]
	if site == nil {
		return fn.class
	}
	of := fn.class
	for _, v := range e.eval(site.kids[0]) {
		if v.kind != vMethodOf || v.fn != fn || v.class == nil {
			continue
		}
		if of != fn.class && of != v.class {
			return fn.class
		}
		of = v.class
	}
	return of
}

// classOf gives the class of a name, which may be declared further down, or in
// another file.
func (m *module) classOf(name string) *class {
	c := m.classes[name]
	if c == nil {
		c = &class{name: name, module: m, attrs: map[string][]binding{}}
		c.scope = &function{name: name, module: m, outer: m.top}
		m.classes[name] = c
	}
	return c
}

// asMade says for a while that the class of a member of an enumeration is made as
// that member is.
func (e *engine) asMade(v value) (restore func()) {
	if v.class == nil || v.origin == nil || v.origin.text != constant {
		return func() {}
	}
	for _, b := range v.class.scope.names.of("constructor") {
		if b.how == byFunc && e.pinned[b.value.fn] != v.origin {
			return e.pin(b.value.fn, v.origin)
		}
	}
	return func() {}
}
