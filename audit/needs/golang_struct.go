package needs

import (
	"slices"
	"strings"
)

// composite is the text of a call that makes a struct of Go, with its fields for
// arguments.
const composite = "composite"

// composed reports whether a value is a struct of Go of which it is known where it
// was made.
func (v value) composed() bool {
	return v.kind == vInstance && v.origin != nil && v.origin.text == composite
}

// fieldOf gives what a struct that was made at a known place holds: what was put into
// the field there or in its variable, and what is assigned to it elsewhere, but not
// what others of its type were made with.
func (e *engine) fieldOf(v value, name string) ([]value, bool) {
	if !v.composed() {
		return nil, false
	}
	for i := len(v.items) - 1; i >= 0; i-- {
		if v.items[i].key == name {
			return v.items[i].values, true
		}
	}
	var out []value
	parts, others := e.parts(v.class), false
	field := v.class.fieldIn(v.origin, name)
	if field != nil {
		out = e.eval(field)
	}
	for _, c := range parts {
		bs := withoutComposites(c.attrs[name])
		others = others || len(bs) < len(c.attrs[name])
		if len(bs) > 0 {
			out = join(out, e.atEnd(bs)...)
		}
	}
	if field == nil && !others {
		return nil, false
	}
	for i := 0; i < len(parts) && !known(out); i++ { // its type
		if bs := parts[i].scope.names.of(name); len(bs) > 0 {
			out = join(out, e.atEnd(bs)...)
		}
	}
	return out, true
}

// fieldIn is what a composite has for a field, by its name or by its place; nil if
// nothing.
func (c *class) fieldIn(made *node, name string) *node {
	if len(made.kids) > 1 && made.kids[1].kind != kKeyword {
		if c.node == nil {
			return nil
		}
		fields := c.node.kids[len(c.node.kids)-1].kids
		if len(fields) != len(made.kids)-1 { // fields of many values are left out
			return nil
		}
		for i, f := range fields {
			if f.kind == kAssign && f.kids[0].text == name {
				return made.kids[1+i]
			}
		}
		return nil
	}
	return named(made, name, -1)
}

// parts are the classes that stand for one struct of Go: its declaration, and what
// the files of its package add to it.
func (e *engine) parts(c *class) []*class {
	out := []*class{c}
	for _, m := range e.packages[folderOf(c.module.path)] {
		if other := m.classes[c.name]; other != nil && other != c {
			out = append(out, other)
		}
	}
	return out
}

// withoutComposites leaves out what structs are made with, each for itself.
func withoutComposites(bs []binding) []binding {
	var out []binding
	for _, b := range bs {
		if b.name != composite {
			out = append(out, b)
		}
	}
	return out
}

// madeAt gives the structs that the one call of a function which counts hands it for
// a parameter, or is made on, where it is seen how they were made.
func (e *engine) madeAt(fn *function, i int) []value {
	site := e.pinned[fn]
	if site == nil || fn.module.language != golang {
		return nil
	}
	var all []value
	offset := 0
	if fn.class != nil {
		offset = 1
	}
	if i < offset {
		for _, callee := range e.eval(site.kids[0]) {
			if callee.kind == vMethodOf && callee.fn == fn {
				all = append(all, value{kind: vInstance, class: callee.class, origin: callee.origin, items: callee.items})
			}
		}
	} else {
		all = e.passed(site, fn, i, i-offset)
	}
	var out []value
	for _, v := range all {
		if !v.composed() {
			return nil
		}
		out = append(out, v)
	}
	return out
}

// scopesSet records the scopes that the field of a configuration is set to, which is
// not of a struct of the program's own.
func (r *recorder) scopesSet(m *module) {
	if m.language != golang || len(m.sets) == 0 {
		return
	}
	oauth := slices.ContainsFunc(m.imports, func(imp *node) bool { return strings.HasPrefix(imp.text, "golang.org/x/oauth2") })
	for _, s := range m.sets {
		target := s.kids[0]
		own := slices.ContainsFunc(r.eval(target.kids[0]), func(v value) bool { return v.kind == vInstance })
		arg := s.kids[1]
		if arg.kind == kCall && arg.kids[0].text == "append" && len(arg.kids) > 2 && arg.kids[1].text == target.text { // to what was set before
			arg = &node{kind: kList, pos: arg.pos, end: arg.end, kids: arg.kids[2:], block: arg.block}
		}
		if !own && !s.block.dead && (oauth || holdsScopes(r.index.cat, r.eval(arg))) {
			r.ask(m, s, arg, m.quote(target.pos, target.end), true)
		}
	}
}

// asLists takes maps for lists of what they hold, over which loops of Go go.
func asLists(values []value) []value {
	out := slices.Clone(values)
	for i := range out {
		if out[i].kind == vDict {
			out[i].kind = vList
		}
	}
	return out
}
