package needs

import "slices"

// alias notes the names that a module gives to what it takes out of others, where
// they are not the names that it has there.
func (e *engine) alias(m *module) {
	for _, imp := range m.imports {
		for _, kid := range imp.kids {
			if kid.kind != kPair || len(kid.kids) != 2 {
				continue
			}
			name, here := kid.kids[0].text, kid.kids[1].text
			if name == "default" {
				name = e.defaultName(e.scriptModule(imp.text, m), "default")
			}
			e.addAlias(name, here)
		}
	}
	if m.language != script {
		return
	}
	for here, bs := range m.top.names.all {
		if len(bs) == 1 && bs[0].how == byAssign && bs[0].value.kind == kCall && lastName(bs[0].value.kids[0]) == "require" && len(bs[0].value.kids) == 2 {
			e.addAlias(e.defaultName(e.scriptModule(bs[0].value.kids[1].text, m), wholeModule), here)
		}
	}
}

func (e *engine) addAlias(name, here string) {
	if name != "" && name != "*" && name != here && !slices.Contains(e.aliases[name], here) {
		e.aliases[name] = append(e.aliases[name], here)
	}
}

// defaultName is the name that a module has for what it exports as a whole; empty
// if that has none.
func (e *engine) defaultName(m *module, export string) string {
	if m == nil {
		return ""
	}
	for _, b := range m.top.names.of(export) {
		if b.value != nil && b.value.kind == kName {
			return b.value.text
		}
	}
	return ""
}

// callsOf are the calls of what goes by a name, or by one that it was given where
// it was taken.
func (e *engine) callsOf(name string) []*node {
	calls := e.named[name]
	for _, other := range e.aliases[name] {
		calls = append(calls[:len(calls):len(calls)], e.named[other]...)
	}
	return calls
}
