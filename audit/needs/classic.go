package needs

// A classic script takes in nothing: a page loads several, and they share the
// names at their top.
func (m *module) classic() bool {
	return m.language == script && !m.manifest && len(m.required()) == 0
}

// free are the names that a module uses and that nothing in it binds.
func (m *module) free() map[string]bool {
	out := map[string]bool{}
	m.eachName(func(n *node) {
		if n.block == nil {
			return
		}
		for fn := n.block.fn; fn != nil; fn = fn.outer {
			if len(fn.names.of(n.text)) > 0 || fn.names.has(n.text) {
				return
			}
		}
		out[n.text] = true
	})
	return out
}

// joinClassic joins classic scripts of one root of which one uses what another
// has at its top, and none beside that one.
func (d *division) joinClassic() {
	declared := map[string][]int{}
	var all []int
	for i, m := range d.modules {
		if !m.classic() {
			continue
		}
		all = append(all, i)
		for name, bs := range m.top.names.all {
			if len(bs) > 0 {
				declared[d.roots[i]+"\x00"+name] = append(declared[d.roots[i]+"\x00"+name], i)
			}
		}
	}
	if len(all) < 2 {
		return
	}
	for _, i := range all {
		for name := range d.modules[i].free() {
			if by := declared[d.roots[i]+"\x00"+name]; len(by) == 1 {
				d.join(i, by[0])
				d.imports[i] = append(d.imports[i], by[0])
			}
		}
	}
}

// topNames are the classic scripts of a program by the names at their top; nil
// where there are not several.
func topNames(modules []*module) map[string][]*module {
	out, classic := map[string][]*module{}, 0
	for _, m := range modules {
		if !m.classic() {
			continue
		}
		classic++
		for name, bs := range m.top.names.all {
			if len(bs) > 0 {
				out[name] = append(out[name], m)
			}
		}
	}
	if classic < 2 {
		return nil
	}
	return out
}

// fromPage gives what another classic script of the program has at its top.
func (e *engine) fromPage(name string, m *module) []value {
	for _, other := range e.tops[name] {
		if other != m && m.classic() {
			return e.atEnd(other.top.names.of(name))
		}
	}
	return nil
}
