package needs

import (
	"slices"
	"strings"
)

// argument gives what a parameter may be: what it is called with, wherever in
// the program that is, and its default.
func (e *engine) argument(fn *function, i int) []value {
	p := fn.params[i]
	if made := e.madeAt(fn, i); made != nil {
		return made
	}
	if fn.class != nil && i == 0 && !fn.static && fn.self() == p.name {
		return []value{{kind: vInstance, class: e.selfOf(fn)}}
	}
	if p.from != nil {
		return e.eval(p.from)
	}
	var out, typed []value
	if p.typed != nil {
		switch of := e.eval(p.typed); {
		case len(of) == 0 || of[0].kind == vList:
		case of[0].kind == vRequest, of[0].kind == vUnknown && of[0].from != anyMaker: // the callers may tell more
			typed = of
		case known(of):
			return of
		}
	}
	name := fn.name
	if fn.class != nil && (name == "__init__" || name == "constructor") && fn.class.name != "" {
		name = fn.class.name
	}
	sites := e.callsOf(name)
	if name != fn.name {
		sites = e.made(fn)
	}
	if fn.name == "" && fn.node != nil {
		sites = e.named[e.nameOf(fn)]
	}
	if len(e.indirect) <= maxSites {
		sites = append(sites[:len(sites):len(sites)], e.indirect...)
	}
	if site, pinned := e.pinned[fn]; pinned {
		sites = []*node{site}
	}
	type found struct {
		values []value
		when   string
	}
	var all []found
	for _, site := range sites {
		if e.steps++; e.steps > e.limit {
			break
		}
		if site.block == nil || site.block.dead {
			continue
		}
		for _, callee := range e.eval(site.kids[0]) {
			if callee.fn == fn || callee.kind == vClass && fn.class != nil && name != fn.name && e.makerFor(callee.class) == fn.class {
				offset := 0
				if fn.class != nil && !fn.static && fn.self() == fn.params[0].name && callee.kind != vFunc {
					offset = 1
				}
				values := e.passed(site, fn, i, i-offset)
				if values == nil && fn.module.language == shell && !slices.ContainsFunc(site.kids[1:], isSeveral) { // empty there
					values = []value{{kind: vString}}
				}
				if values != nil {
					all = append(all, found{values, condition(site.block, nil)})
				}
				break
			}
		}
		if len(all) > maxValues {
			break
		}
	}
	for _, f := range all {
		for _, v := range f.values {
			if v.from == mockMaker { // others may hand it a client
				v = value{text: p.name}
			}
			if len(all) > 1 {
				v = v.under(f.when)
			}
			out = join(out, v)
		}
	}
	if len(all) == 0 {
		out = append(e.option(p.name), e.fixture(fn, p.name)...)
	}
	if p.value != nil && (len(all) == 0 || !known(out)) {
		out = join(e.eval(p.value), out...)
	}
	if typed != nil && !known(out) {
		return typed
	}
	return out
}

// fixture gives what a parameter may be that no caller is seen to fill: what pytest
// has a function of its name make, or something unknown.
func (e *engine) fixture(fn *function, name string) []value {
	if fn.module.language == python && strings.HasPrefix(fn.name, "test") {
		var out []value
		for _, b := range fn.module.top.names.of(name) {
			if b.how == byFunc {
				out = join(out, e.results(b.value.fn)...)
			}
		}
		if out != nil {
			return out
		}
		if strings.HasPrefix(name, "mock") {
			return []value{{text: name, from: mockMaker}}
		}
	}
	return []value{{text: name}}
}

// option gives the default of an option of the command line, by argparse or click,
// under the condition that it is not given.
func (e *engine) option(name string) []value {
	var out []value
	for i, fallback := range e.options[name] {
		if i == maxValues {
			break
		}
		for _, v := range e.eval(fallback) {
			if v.kind == vString || v.kind == vList {
				out = join(out, v.under("--"+name+" is not given"))
			}
		}
	}
	return out
}

// addOption notes the default of an option that a call declares.
func (e *engine) addOption(n *node) {
	fallback := named(n, "default", -1)
	if fallback == nil {
		return
	}
	for _, arg := range positional(n) {
		if name, found := strings.CutPrefix(arg.text, "--"); found && arg.kind == kString {
			name = strings.ReplaceAll(name, "-", "_")
			e.options[name] = append(e.options[name], fallback)
		}
	}
}

// nameOf is the name that a function without one is kept under.
func (e *engine) nameOf(fn *function) string {
	for name, bs := range e.kept(fn).all {
		for _, b := range bs {
			if b.value == fn.node {
				return name
			}
		}
	}
	return ""
}

// kept are the names among which a function without one may be.
func (e *engine) kept(fn *function) *names {
	if fn.outer == nil {
		return nil
	}
	return &fn.outer.names
}

// passed gives what a call passes for a parameter; nil where it passes nothing.
func (e *engine) passed(site *node, fn *function, i, place int) []value {
	p := fn.params[i]
	if p.rest != "" {
		return e.rest(site, fn, p, place)
	}
	at := 0
	for _, arg := range site.kids[1:] {
		switch arg.kind {
		case kKeyword:
			if arg.text == p.name {
				return e.eval(arg.kids[0])
			}
		case kSpread:
			if arg.text == "**" {
				for _, v := range e.eval(arg.kids[0]) {
					if v.kind == vDict {
						for _, it := range v.items {
							if it.key == p.name {
								return it.values
							}
						}
					}
				}
				continue
			}
			for _, v := range e.eval(arg.kids[0]) {
				if j := place - at; v.kind == vList && j >= 0 && j < len(v.items) {
					return v.items[j].values
				}
			}
			return unknown
		default:
			if at == place {
				return e.eval(arg)
			}
			at++
		}
	}
	if p.value != nil {
		return e.eval(p.value)
	}
	return nil
}

// rest gives what a call passes beyond the parameters that have names.
func (e *engine) rest(site *node, fn *function, p parameter, place int) []value {
	v := value{kind: vList, origin: site}
	if p.rest == "**" {
		v.kind = vDict
	}
	at := 0
	for _, arg := range site.kids[1:] {
		switch {
		case arg.kind == kSpread && p.rest != "**":
			v = e.spreadInto(v, arg.kids[0])
		case arg.kind == kSpread:
			v.open = true
		case arg.kind == kKeyword && p.rest == "**":
			known := false
			for _, q := range fn.params {
				known = known || q.name == arg.text
			}
			if !known {
				v.items = append(v.items, item{key: arg.text, values: e.eval(arg.kids[0])})
			}
		case arg.kind != kKeyword:
			if at >= place && p.rest != "**" && len(v.items) < maxItems {
				v.items = append(v.items, item{values: e.eval(arg)})
			}
			at++
		}
	}
	if fn.module.language.jvm() && len(v.items) == 1 { // an array in their place
		if only := v.items[0].values; len(only) == 1 && only[0].kind == vList {
			return only
		}
	}
	return []value{v}
}

// spreadInto is a list with the elements of another behind its own.
func (e *engine) spreadInto(to value, from *node) value {
	values := e.eval(from)
	if len(values) != 1 || values[0].kind != vList || len(to.items)+len(values[0].items) > maxItems {
		to.open = true
		return to
	}
	to.items = append(to.items, values[0].items...)
	to.open = to.open || values[0].open
	return to
}

// within is the condition under which a block of a function is run, once the
// function is.
func within(b *block, fn *function) string {
	when := ""
	for ; b != nil && b.fn == fn; b = b.parent {
		if b.branch && b.when != "" && b.when != "except" {
			when = both(b.when, when)
		}
	}
	return when
}

// results gives what a function gives back.
func (e *engine) results(fn *function) []value {
	if len(fn.results) > 0 {
		v := value{kind: vList}
		for _, t := range fn.results {
			v.items = append(v.items, item{values: e.eval(t)})
		}
		if known(v.items[0].values) && v.items[0].values[0].kind != vList {
			if len(v.items) == 1 {
				return v.items[0].values
			}
			return []value{v}
		}
	}
	var out []value
	passed := "" // what did not hold, or an earlier return would have been taken
	for _, g := range fn.gives {
		if g.block != nil && g.block.dead {
			continue
		}
		when := within(g.block, fn)
		for _, v := range e.eval(g) {
			if len(fn.gives) > 1 && (v.kind == vString || v.kind == vList || v.kind == vDict) {
				if when != "" {
					v = v.under(when)
				} else {
					v = v.under(passed)
				}
			}
			out = join(out, v)
		}
		if when != "" && when != "otherwise" {
			passed = both(passed, not(when))
		}
	}
	if len(fn.gives) == 0 {
		return []value{{kind: vConst, text: "None"}}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
