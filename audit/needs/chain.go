package needs

import (
	"slices"
	"strings"
)

// chain is a call at the end of names that begin at something unknown. Where
// the names are those of a method, it is that method.
func (e *engine) chain(c value, n *node) []value {
	if c.from == mockMaker {
		return []value{{from: mockMaker}}
	}
	dot := strings.LastIndexByte(c.path, '.')
	name := c.path[dot+1:]
	switch name {
	case "get", "format", "join", "split", "copy", "values", "keys", "items", "replace", "map", "flatMap":
		if out, done := e.builtinMethod(n, name); done {
			return out
		}
	}
	if dot < 0 && len(n.kids) == 2 {
		if out := e.collected(n.kids[0], n.kids[1]); out != nil {
			return out
		}
	}
	called := calledResources(n)
	if dot >= 0 && (int(c.called) >= strings.Count(c.path, ".") || !called) && !e.isMap(c.path[:dot]) {
		for _, spelled := range spellings(name) {
			path := canonicalPath(c.path[:dot+1] + spelled)
			if found := e.candidates(path, c.from == foreignMaker); len(found) > 0 {
				var out []value
				for _, m := range found {
					out = append(out, value{kind: vRequest, api: m.api, path: m.path, text: m.id, origin: n, from: c.from})
				}
				return out
			}
		}
	}
	if dot >= 0 && (name == "execute" || name == "next_chunk") {
		return unknown
	}
	if name == "discover" { // of aiogoogle
		if v, ok := e.namedAPI(n); ok {
			return []value{v}
		}
	}
	if len(n.kids) > 1 || !called { // a resource takes nothing
		return []value{{text: name, from: c.from}}
	}
	c.called++
	return []value{c}
}

// isMap reports whether a single name before a method is that of a map: one of that
// name is asked what it has, or set, which no resource of an API is.
func (e *engine) isMap(path string) bool {
	for _, method := range [...]string{"has", "set"} {
		for _, n := range e.named[method] {
			if callee := n.kids[0]; callee.kind == kAttr && lastName(callee.kids[0]) == path {
				return true
			}
		}
	}
	return false
}

// maxSegments is how many names a path to a method has at most.
const maxSegments = 8

func canonicalPath(path string) string {
	parts := strings.Split(path, ".")
	for i, p := range parts {
		parts[i] = canonical(p)
	}
	return strings.Join(parts, ".")
}

// candidates are the methods that a path on something unknown may mean: those
// of an API that the program shows that it uses. If it shows none, a path that
// only one API has is enough, unless it begins at something foreign.
func (e *engine) candidates(path string, others bool) []method {
	for ; strings.Contains(path, "."); path = path[strings.IndexByte(path, '.')+1:] {
		if found := e.index.ending(path, e.apis); len(found) > 0 {
			return oneAPI(found)
		}
		if len(e.apis) == 0 && !others && strings.Count(path, ".") > 1 {
			if found := oneAPI(e.index.ending(path, nil)); len(found) == 1 {
				return found
			}
		}
	}
	return nil
}

// oneAPI keeps the shortest paths of each API: what is meant is not behind
// resources that were not named.
func oneAPI(found []method) []method {
	slices.SortStableFunc(found, func(a, b method) int { return strings.Count(a.path, ".") - strings.Count(b.path, ".") })
	var out []method
	for _, m := range found {
		if !slices.ContainsFunc(out, func(o method) bool { return o.api == m.api }) {
			out = append(out, m)
		}
	}
	return out
}

// pieces is the list that a text is split into: at white space, or at a text that
// is written there.
func pieces(text value, n *node) value {
	parts := strings.Fields(text.text)
	if len(n.kids) > 1 && n.kids[1].kind == kString && n.kids[1].text != "" {
		parts = strings.Split(text.text, n.kids[1].text)
	}
	list := value{kind: vList, when: text.when, open: len(parts) > maxItems}
	text.when = ""
	for _, part := range parts[:min(len(parts), maxItems)] {
		text.text = part
		list.items = append(list.items, item{values: []value{text}})
	}
	return list
}

// replacing is a text in which a part that is written there is replaced.
func (e *engine) replacing(text value, n *node) []value {
	if n.kids[1].kind != kString || n.kids[1].text == "" || !strings.Contains(text.text, n.kids[1].text) {
		return []value{text}
	}
	by := texts(e.eval(n.kids[2]))
	if len(by) == 0 {
		by = []string{unknownPart}
	}
	var out []value
	for _, part := range by {
		v := text
		if v.text = strings.ReplaceAll(text.text, n.kids[1].text, part); len(v.text) <= maxText {
			out = join(out, v)
		}
	}
	return out
}

// mapped is the list of what a function gives for the elements of another.
func (e *engine) mapped(list value, by *node) value {
	v := value{kind: vList, origin: list.origin, when: list.when, open: list.kind != vList}
	for _, f := range e.eval(by) {
		if f.kind != vFunc {
			v.open = true
			continue
		}
		for _, w := range e.results(f.fn) {
			v.items = append(v.items, item{values: []value{w}})
		}
	}
	return v
}

// builtinMethod is what methods of strings, lists and dictionaries give.
func (e *engine) builtinMethod(n *node, name string) ([]value, bool) {
	callee := n.kids[0]
	if callee.kind != kAttr {
		return nil, false
	}
	receivers := e.eval(callee.kids[0])
	var out []value
	done, open := false, false
	for _, r := range receivers {
		switch {
		case (name == "map" || name == "flatMap") && len(n.kids) > 1 && (r.kind == vList || (r.kind == vUnknown || r.kind == vChain) && callee.block.fn.module.language.scripted()):
			// of a list that is not known the function makes each element, too
			if v := e.mapped(r, n.kids[1]); r.kind == vList || len(v.items) > 0 {
				out, done = append(out, v), true
			}
		case r.kind == vUnknown || r.kind == vChain:
			open = true
			if name == "get" && len(n.kids) > 1 {
				if kept := e.entry(callee.kids[0], n.kids[1]); kept != nil {
					out, done, open = join(out, kept...), true, false
				}
			}
		case r.kind == vString && name == "format":
			out, done = join(out, e.formatCall(r, n)...), true
		case r.kind == vString && r.text == "/" && name == "join" && len(n.kids) == 2:
			for _, v := range e.eval(n.kids[1]) {
				out, done = join(out, e.joined(v)...), true
			}
		case r.kind == vString && name == "join" && len(n.kids) > 1:
			for _, v := range e.eval(n.kids[1]) {
				if v.kind == vList || v.kind == vDict {
					out, done = append(out, v), true // the elements matter, not what is between
				}
			}
		case r.kind == vString && (name == "replace" || name == "replaceAll") && len(n.kids) > 2:
			out, done = join(out, e.replacing(r, n)...), true
		case r.kind == vString && name == "split":
			out, done = append(out, pieces(r, n)), true
		case r.kind == vString && (name == "strip" || name == "rstrip" || name == "lower" || name == "toString" || name == "trim"):
			out, done = join(out, r), true
		case r.kind == vList && (name == "join" || name == "copy"):
			out, done = append(out, r), true
		case r.kind == vDict && (name == "values" || name == "copy"):
			v := r
			if name == "values" {
				v.kind = vList
			}
			out, done = append(out, v), true
		case r.kind == vDict && name == "keys":
			out, done = append(out, value{kind: vList, items: keyItems(r), when: r.when}), true
		case r.kind == vDict && name == "items":
			v := value{kind: vList, when: r.when}
			for _, it := range r.items {
				v.items = append(v.items, item{values: []value{{kind: vList, items: []item{{values: []value{{kind: vString, text: it.key}}}, {values: it.values}}}}})
			}
			out, done = append(out, v), true
		case r.kind == vDict && name == "get" && len(n.kids) > 1:
			key := e.eval(n.kids[1])
			keys := texts(key)
			done = true
			if len(keys) == 1 && len(key) == 1 {
				if slices.ContainsFunc(r.items, func(it item) bool { return it.key == keys[0] }) || len(n.kids) == 2 {
					out = join(out, e.fields([]value{r}, keys[0])...)
				} else {
					out = join(out, e.eval(n.kids[2])...)
				}
				continue
			}
			out = join(out, e.choices(r, n, keys)...)
			if len(n.kids) > 2 {
				when := ""
				if k := n.kids[1]; k.block != nil {
					when = k.block.fn.module.quote(k.pos, k.end) + " is anything else"
				}
				for _, v := range e.eval(n.kids[2]) {
					out = join(out, v.under(when))
				}
			}
		case r.kind == vList && name == "concat" && len(n.kids) > 1:
			all := []value{r}
			for _, arg := range n.kids[1:] {
				all = e.concatLists(all, e.eval(arg))
			}
			out, done = append(out, all...), true
		case r.kind == vList && (name == "flat" || name == "filter" || name == "slice" || name == "sort" || name == "reverse" || name == "values"):
			out, done = append(out, r), true
		}
	}
	if done && open {
		out = join(out, value{})
	}
	return out, done
}

func keyItems(v value) []item {
	var out []item
	for _, it := range v.items {
		out = append(out, item{values: []value{{kind: vString, text: it.key}}})
	}
	return out
}

// formatCall fills in "{}" and "{name}".
func (e *engine) formatCall(p value, n *node) []value {
	var args []value
	text := p.text
	list := value{kind: vList}
	for _, arg := range n.kids[1:] {
		if arg.kind == kKeyword {
			if t := texts(e.eval(arg.kids[0])); len(t) == 1 {
				text = strings.ReplaceAll(text, "{"+arg.text+"}", t[0])
			}
			continue
		}
		list.items = append(list.items, item{values: e.eval(arg)})
	}
	args = append(args, list)
	p.text = text
	return e.format([]value{p}, "{", args)
}
