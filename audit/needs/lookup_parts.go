package needs

import "slices"

func (e *engine) class(n *node, m *module) *class {
	if c := m.classes[n.text]; c != nil && c.node == n {
		return c
	}
	return m.classes[n.text]
}

// elements gives what a loop over values sees.
func (e *engine) elements(values []value) []value {
	var out []value
	for _, v := range values {
		switch v.kind {
		case vList:
			for _, it := range v.items {
				for _, w := range it.values {
					out = join(out, w.under(v.when))
				}
			}
			if v.open {
				out = join(out, value{})
			}
		case vDict:
			for _, it := range v.items {
				out = join(out, value{kind: vString, text: it.key})
			}
		case vString:
			out = join(out, value{})
		case vWrapper:
			out = join(out, v)
		case vClass: // an enumeration
			out = join(out, e.constants(v.class)...)
		default:
			out = join(out, value{text: v.text})
		}
	}
	return out
}

// constants are the texts that a class names, or unknown if it names none.
func (e *engine) constants(c *class) []value {
	var out []value
	for _, bs := range c.scope.names.all {
		for _, v := range e.atEnd(bs) {
			if v.kind == vString {
				out = join(out, v)
			}
		}
	}
	if len(out) == 0 {
		return unknown
	}
	return out
}

// fields gives a property of values.
func (e *engine) fields(values []value, name string) []value {
	var out []value
	for _, v := range values {
		found := false
		if v.kind == vDict {
			for i := len(v.items) - 1; i >= 0; i-- {
				if v.items[i].key == anyKey {
					for _, w := range v.items[i].values {
						out = join(out, w.under(v.when))
					}
					found = true
				} else if it := v.items[i]; it.key == name {
					for _, w := range it.values {
						out = join(out, w.under(v.when))
					}
					found = true
					break
				}
			}
		}
		if !found {
			out = join(out, e.attribute(v, name, nil)...)
		}
	}
	return out
}

// later reports whether a name of Java or Kotlin means nothing yet in its function
// where it is used: until then it is that of what is around.
func later(bs []binding, use *node, fn *function) bool {
	return use.block.fn == fn && fn.module.language.jvm() && !slices.ContainsFunc(bs, func(b binding) bool { return b.pos <= use.pos })
}

// exhaustive reports whether two branches of one condition both assign.
func exhaustive(bases []binding, from *block) bool {
	for i, a := range bases {
		for _, b := range bases[i+1:] {
			x, y := a.block, b.block
			if x != y && x.parent == y.parent && x.when != "" && (not(x.when) == y.when || x.when == not(y.when)) && sure(x.parent, from) {
				return true
			}
		}
	}
	return false
}

// replaced reports whether what was first is something else by the time that
// something is added to it.
func replaced(bs []binding, first, addition binding) bool {
	return slices.ContainsFunc(bs, func(b binding) bool {
		return !b.adds() && b.pos > first.pos && b.pos < addition.pos && b.block.fn == addition.block.fn && sure(b.block, addition.block)
	})
}
