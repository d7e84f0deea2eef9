package needs

import "strings"

// lookup gives the values that a name may have where it is used.
func (e *engine) lookup(use *node, name string) []value {
	at := use.block
	if at == nil { // too deep to be bound
		return unknown
	}
	if lang := at.fn.module.language; name == "this" && (lang.scripted() || lang.jvm()) {
		for fn := at.fn; fn != nil; fn = fn.outer {
			if fn.class != nil {
				return []value{{kind: vInstance, class: e.selfOf(fn)}}
			}
			if fn.subject != nil {
				return e.eval(fn.subject)
			}
			if fn.isClass() {
				if c := at.fn.module.classes[fn.name]; c != nil {
					return []value{{kind: vInstance, class: c}}
				}
			}
		}
	}
	if name == "super" && at.fn.module.language.scripted() {
		return e.bases(use)
	}
	for fn := at.fn; fn != nil; fn = fn.outer {
		if fn.isClass() && at.fn.module.language.jvm() { // a method knows what its class has
			if out := e.ofClass(fn, name); out != nil {
				return out
			}
			continue
		}
		if out := e.ofClient(fn, name, use); out != nil {
			return out
		}
		if fn.isClass() && fn.module.language == golang { // a struct's fields are no names in it
			continue
		}
		if fn != at.fn && fn.outer == nil && fn.module.language == shell { // another function may have assigned to it
			break
		}
		if bs := fn.names.of(name); len(bs) > 0 && (!fn.isClass() || fn == at.fn && fn.module.language != golang) && !later(bs, use, fn) {
			return e.reaching(bs, use, fn)
		}
		if stars := fn.names.of("*"); len(stars) > 0 && !fn.module.language.scripted() { // where they are what it exports
			for _, b := range stars {
				if m := e.resolve(b.value, fn.module); m != nil {
					if out := e.exported(m, name); out != nil {
						return out
					}
				}
			}
		}
	}
	if m := at.fn.module; m.language == golang {
		if out := e.inFolder(folderOf(m.path), name, m); out != nil {
			return out
		}
	}
	if m := at.fn.module; m.language.scripted() {
		return e.global(name, m)
	}
	if at.fn.module.language.jvm() {
		return e.jvmGlobal(use, name)
	}
	if at.fn.module.language == shell {
		return e.sharedByScripts(name)
	}
	return []value{{kind: vUnknown, text: name}}
}

// ofClass gives what a class, or one that it is made from, calls a name; nil if
// nothing.
func (e *engine) ofClass(fn *function, name string) []value {
	c := fn.module.classes[fn.name]
	if c == nil || c.scope != fn {
		if bs := fn.names.of(name); len(bs) > 0 {
			return e.atEnd(bs)
		}
		return nil
	}
	if out := e.member(value{kind: vInstance, class: c}, name); known(out) || len(fn.names.of(name)) > 0 {
		return out
	}
	return nil
}

// inFolder looks a name up in the files of a Go package.
func (e *engine) inFolder(folder, name string, but *module) []value {
	var out []value
	for _, m := range e.packages[folder] {
		if bs := m.top.names.of(name); m != but && len(bs) > 0 {
			out = join(out, e.atEnd(bs)...)
		}
	}
	return out
}

// isClass reports whether a function stands for the body of a class, whose
// names its methods do not see.
func (f *function) isClass() bool { return f.node != nil && f.node.kind == kClass }

// atEnd gives the values of a name of a module, or of an attribute, as seen
// from elsewhere: order counts among statements of the same block only.
func (e *engine) atEnd(bs []binding) []value { return e.choose(bs, nil) }

// reaching gives the values of those bindings that may hold where a name of fn
// is used.
func (e *engine) reaching(bs []binding, use *node, fn *function) []value {
	if use.block.fn != fn {
		return e.choose(reachable(bs, use.block, fn), nil)
	}
	return e.choose(bs, use)
}

func (b binding) adds() bool { return b.how == byAppend || b.how == byExtend || b.how == bySetKey }

// encloses reports whether block a is b or around it.
func encloses(a, b *block) bool {
	for b != nil && b.depth > a.depth {
		b = b.parent
	}
	return a == b
}

// together reports whether two blocks are in the same loop.
func together(a, b *block) bool {
	for ; a != nil; a = a.parent {
		if a.loop && encloses(a, b) {
			return true
		}
	}
	return false
}

// sure reports whether block b is always run where block from is: there is no
// branch between.
func sure(b, from *block) bool {
	for b != nil && !encloses(b, from) {
		if b.branch || b.dead {
			return false
		}
		b = b.parent
	}
	return b != nil
}

// condition is under which circumstances block b is run, seen from where both
// begin.
func condition(b, from *block) string {
	when := ""
	for b != nil && (from == nil || !encloses(b, from)) {
		if b.branch && b.when != "" && b.when != "except" {
			when = both(b.when, when)
		}
		b = b.parent
	}
	return when
}

// choose chooses among the bindings of one name. A nil use is one in another
// function or module, where all has been run.
func (e *engine) choose(bs []binding, use *node) []value {
	e.steps += 1 + len(bs)/4
	if e.steps > e.limit {
		e.over = true
		return unknown
	}
	if e.depth >= maxDepth { // modules that import from each other in a circle
		return unknown
	}
	e.depth++
	defer func() { e.depth-- }()
	var from *block
	pos := int32(1<<31 - 1)
	if use != nil {
		from, pos = use.block, use.pos
	} else {
		from = bs[0].block
		for from.parent != nil && from.parent.fn == from.fn {
			from = from.parent
		}
	}
	// The last that is surely run before the use hides those before it.
	first := -1
	for i, b := range bs {
		if !b.adds() && b.pos <= pos && sure(b.block, from) && !b.block.dead {
			first = i
		}
	}
	var bases []binding
	for i, b := range bs {
		if b.adds() || b.block.dead && !(from.dead) {
			continue
		}
		if i < first && b.block.fn == bs[first].block.fn {
			continue
		}
		if b.pos > pos && !together(b.block, from) {
			continue
		}
		bases = append(bases, b)
	}
	if len(bases) > 2*maxValues {
		e.over, bases = true, bases[:2*maxValues]
	}
	if len(bases) == 0 {
		for _, b := range bs { // used before all of them: any
			if !b.adds() {
				bases = append(bases, b)
			}
		}
	}
	if len(bases) > 1 && first >= 0 && exhaustive(bases[1:], from) {
		bases = bases[1:]
	}
	var out []value
	for _, base := range bases {
		when := ""
		if len(bases) > 1 {
			when = condition(base.block, from)
			if when == "" && base.how == byAssign && sure(base.block, from) {
				when = e.otherwise(bases, base, from)
			}
		}
		vs := e.bound(base)
		for _, v := range vs {
			out = join(out, v.under(when))
		}
		out = e.added(out, bs, base, from, pos)
	}
	return out
}

// otherwise is the condition under which an assignment holds that the others
// may replace.
func (e *engine) otherwise(bases []binding, base binding, from *block) string {
	when := ""
	for _, b := range bases {
		if b.pos <= base.pos && b.block == base.block {
			continue
		}
		c := condition(b.block, from)
		if c == "" {
			return ""
		}
		when = both(when, not(c))
	}
	return when
}

// added adds to lists what is put into them after they were made.
func (e *engine) added(out []value, bs []binding, base binding, from *block, pos int32) []value {
	for _, b := range bs {
		if !b.adds() || b.block.dead || b.pos < base.pos && b.block.fn == base.block.fn && !together(b.block, base.block) {
			continue
		}
		// What a compiler wrote adds to one name thousands of times.
		if e.steps += 1 + len(bs)/8; e.steps > e.limit {
			e.over = true
			return unknown
		}
		if b.block.fn == from.fn && b.pos > pos && !together(b.block, from) || replaced(bs, base, b) {
			continue
		}
		more := e.bound(b)
		certain := sure(b.block, from) || b.block.loop || b.block.fn != from.fn
		when := condition(b.block, from)
		var next []value
		for _, v := range out {
			if v.kind != vList && v.kind != vDict && v.kind != vString && !v.composed() {
				next = join(next, v)
				continue
			}
			grown := []value{v}
			if v.kind != vString && b.how == byExtend {
				grown = e.concatLists(grown, more)
			} else {
				grown[0] = e.grow(v, b, more)
			}
			if !certain && when != "" {
				next = append(next, v.under(not(when)))
				for i := range grown {
					grown[i] = grown[i].under(when)
				}
			}
			next = append(next, grown...)
		}
		if len(next) > maxValues {
			next = next[:maxValues]
		}
		out = next
	}
	return out
}

// grow is a list or dictionary with more in it.
func (e *engine) grow(v value, b binding, more []value) value {
	switch {
	case v.kind == vString && b.how != byExtend: // what is appended to is no text
		return v
	case v.kind == vString:
		return e.concat([]value{v}, more)[0]
	case b.how == byAppend && !e.elementwise(b):
		v.items = append(v.items[:len(v.items):len(v.items)], item{values: more})
	case b.how == byAppend:
		for _, w := range more {
			v.items = append(v.items[:len(v.items):len(v.items)], item{values: []value{w}})
		}
	case b.how == bySetKey:
		v.items = append(v.items[:len(v.items):len(v.items)], item{key: b.name, values: more})
	}
	if len(v.items) > maxItems {
		v.items, v.open = v.items[:maxItems], true
	}
	return v
}

// elementwise reports whether what is added differs with each turn of a loop.
func (e *engine) elementwise(b binding) bool {
	for x := b.block; x != nil; x = x.parent {
		if x.loop {
			return true
		}
	}
	return false
}

// bound gives the values that one binding gives.
func (e *engine) bound(b binding) []value {
	switch b.how {
	case byAssign, byAppend, byExtend, bySetKey:
		return e.eval(b.value)
	case byEnter:
		return e.enter(b.value)
	case byElement:
		values := e.eval(b.value)
		if b.block.fn.module.language == golang {
			values = asLists(values)
		}
		return e.elements(values)
	case byIndex:
		var out []value
		for _, v := range e.eval(b.value) {
			if v.kind == vList && b.index < len(v.items) && !v.open {
				out = join(out, v.items[b.index].values...)
			} else if b.index == 0 && v.kind != vList && v.kind != vDict && (v.kind != vString || b.block.fn.module.language == golang) && v.kind != vConst {
				out = join(out, v) // Go's second result is an error
			} else {
				out = join(out, value{})
			}
		}
		return out
	case byField:
		return e.fields(e.eval(b.value), b.name)
	case byParam:
		return e.argument(b.block.fn, b.index)
	case byFunc:
		return []value{{kind: vFunc, fn: b.value.fn}}
	case byClass:
		if c := e.class(b.value, b.block.fn.module); c != nil {
			return []value{{kind: vClass, class: c}}
		}
	case byImport:
		if m := b.block.fn.module; m.language == golang {
			if folder := packageFolder(e.packages, b.name); folder != noFolder {
				return []value{{kind: vModule, module: e.packages[folder][0], path: folder}}
			}
			return []value{{kind: vExternal, text: b.name}}
		}
		if m := e.resolveName(b.name, b.block.fn.module); m != nil {
			return []value{{kind: vModule, module: m}}
		}
		return []value{{kind: vExternal, text: b.name}}
	case byFrom:
		if m := b.block.fn.module; m.language.scripted() {
			return e.taken(b.value.text, b.name, m)
		} else if m.language.jvm() {
			return e.imported(b.value.text, b.name)
		}
		if m := e.resolve(b.value, b.block.fn.module); m != nil {
			if out := e.exported(m, b.name); out != nil {
				return out
			}
		}
		full := b.name
		if strings.HasSuffix(b.value.text, ".") {
			full = b.value.text + b.name
		} else if b.value.text != "" {
			full = b.value.text + "." + b.name
		}
		if m := e.resolveName(full, b.block.fn.module); m != nil { // from package import module
			return []value{{kind: vModule, module: m}}
		}
		if out := e.wrapperScopes(full, b.value); out != nil {
			return out
		}
		return []value{{kind: vExternal, text: full}}
	}
	return unknown
}
