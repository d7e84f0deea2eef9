package needs

import "slices"

// engine evaluates the modules of one program. What an expression may be is
// asked for where it matters (what is called, what is passed for a scope) and
// followed back from there, through names, parameters, results and attributes.
type engine struct {
	index    *Index
	modules  []*module
	byPath   map[string]*module
	packages map[string][]*module // of Go, by folder
	spaces   map[string][]*module // of Java and Kotlin, by package
	named    map[string][]*node   // the calls by the last name of what they call
	aliases  map[string][]string  // the names that something of one is given by who imports it
	tops     map[string][]*module // see topNames
	shared   map[string][]binding // of scripts of a shell, the names that functions and scripts share
	options  map[string][]*node   // the defaults of options of the command line
	entries  map[string][]*node   // what is put into entries of attributes
	indirect []*node              // the calls of what another call gives, or a table
	heirs    map[string][]*class  // the classes that are made from one of the name
	apis     map[string]bool      // those that the program shows that it uses
	memos    [][]value
	begun    []int   // by memo: how deep the evaluation began that is not done
	visits   []uint8 // by memo: how often it was found out in vain
	depth    int
	low      int // the least depth of an evaluation that ran into itself
	steps    int
	limit    int
	evals    int
	stop     func() bool // nil: it runs to its end
	over     bool
	pinned   map[*function]*node // the one call of a function that counts for the time being, if any; nil: none
	aside    map[int32][]value   // what is known then
	lending  int                 // how deep embedded structs are looked into
}

// Bounds of an evaluation.
const (
	maxDepth     = 300
	stepsPerNode = 10
	maxVisits    = 4 // of an expression that leans on itself, before what is known has to do
	minSteps     = 100_000
	stopEvery    = 1 << 12 // expressions
)

func newEngine(x *Index, modules []*module, paths map[string]*module) *engine {
	e := &engine{index: x, modules: modules, byPath: paths, named: map[string][]*node{}, shared: map[string][]binding{}, options: map[string][]*node{}, entries: map[string][]*node{}, heirs: map[string][]*class{}, aliases: map[string][]string{}, apis: map[string]bool{}, memos: [][]value{nil}, begun: []int{0}, visits: []uint8{0}}
	e.tops = topNames(modules)
	e.limit, e.packages, e.spaces = minSteps, map[string][]*module{}, map[string][]*module{}
	for _, m := range modules {
		if m.language == golang {
			e.packages[folderOf(m.path)] = append(e.packages[folderOf(m.path)], m)
		}
		for _, set := range m.entries {
			name := entryOf(set.kids[0].kids[0], set.kids[0].kids[1])
			e.entries[name] = append(e.entries[name], set.kids[1])
		}
		for _, s := range m.shared {
			e.shared[s.name] = append(e.shared[s.name], s.binding)
		}
		if m.language.jvm() {
			e.spaces[spaceOf(m)] = append(e.spaces[spaceOf(m)], m)
		}
		e.limit += stepsPerNode * m.nodes
		e.inherit(m)
		e.alias(m)
		for _, call := range m.calls {
			name := lastName(call.kids[0])
			switch call.kids[0].kind {
			case kCall, kIndex:
				e.indirect = append(e.indirect, call)
			}
			if name != "" {
				e.named[name] = append(e.named[name], call)
			}
			if name == "add_argument" || name == "add_option" || name == "option" {
				e.addOption(call)
			}
		}
	}
	return e
}

// lastName is the name that a call calls, or that a name in a list of arguments
// hands on.
func lastName(n *node) string {
	switch n.kind {
	case kName, kAttr:
		return n.text
	}
	return ""
}

// eval gives the values that an expression may have, at least one.
func (e *engine) eval(n *node) []value {
	if n == nil {
		return unknown
	}
	switch n.kind { // not worth remembering
	case kString:
		return []value{{kind: vString, text: n.text, origin: n}}
	case kConst:
		return []value{{kind: vConst, text: n.text, origin: n}}
	}
	if n.memo > 0 {
		if e.begun[n.memo] > 0 {
			e.low = min(e.low, e.begun[n.memo])
			return nil
		}
		if e.pinned != nil {
			if out := e.aside[n.memo]; out != nil {
				return out
			}
		} else if out := e.memos[n.memo]; out != nil {
			return out
		}
	}
	if e.evals++; e.evals%stopEvery == 0 && e.stop != nil && e.stop() {
		e.limit, e.stop = 0, nil // all else is unknown from here on
	}
	e.steps++
	if e.steps > e.limit || e.depth > maxDepth {
		e.over = e.over || e.steps > e.limit
		return unknown
	}
	if n.memo == 0 {
		n.memo = int32(len(e.memos))
		e.memos = append(e.memos, nil)
		e.begun = append(e.begun, 0)
		e.visits = append(e.visits, 0)
	}
	e.depth++
	outer := e.low
	e.low = 1 << 30
	depth := e.depth
	e.begun[n.memo] = depth
	out := e.evalNode(n)
	if len(out) == 0 && e.low >= depth {
		out = unknown
	}
	e.begun[n.memo] = 0
	e.depth--
	e.visits[n.memo]++
	if e.low >= depth { // it leans on nothing that is still being found out
		e.remember(n, out)
		e.low = outer
	} else if e.visits[n.memo] >= maxVisits {
		out = join(slices.Clone(out), value{})
		e.remember(n, out)
		e.low = outer
	} else {
		e.remember(n, nil)
		e.low = min(outer, e.low)
	}
	return out
}

// remember keeps what an expression may be; while one call of a function counts,
// beside what holds for all.
func (e *engine) remember(n *node, out []value) {
	if e.pinned != nil {
		e.aside[n.memo] = out
		return
	}
	e.memos[n.memo] = out
}

func (e *engine) evalNode(n *node) []value {
	switch n.kind {
	case kName:
		return e.lookup(n, n.text)
	case kTemplate:
		out := []value{{kind: vString, origin: n}}
		for _, kid := range n.kids {
			out = e.concat(out, e.part(out, kid))
		}
		return out
	case kAttr:
		var out []value
		for _, v := range e.eval(n.kids[0]) {
			out = join(out, e.attribute(v, n.text, n)...)
		}
		if n.kids[0].kind == kName && len(out) == 1 && (out[0].kind == vChain || out[0].kind == vUnknown) {
			out = append(e.option(n.text), out...)
		}
		if n.block != nil && n.block.fn.module.language == kotlin && !better(out) {
			if more := e.extension(n); more != nil {
				return more
			}
		}
		return narrow(out)
	case kCall:
		return e.call(n)
	case kList:
		v := value{kind: vList, origin: n}
		for _, kid := range n.kids {
			if kid.kind == kSpread {
				return e.spreadList(n)
			}
			v.items = append(v.items, item{values: e.eval(kid)})
			if len(v.items) >= maxItems {
				v.open = true
				break
			}
		}
		return []value{v}
	case kDict:
		return e.dict(n)
	case kIndex:
		return e.subscript(n)
	case kBinary:
		return e.binary(n)
	case kCond:
		when := ""
		if t := n.kids[0]; t.block != nil {
			when = t.block.fn.module.quote(t.pos, t.end)
		}
		var out []value
		for _, v := range e.eval(n.kids[1]) {
			out = join(out, v.under(when))
		}
		if len(n.kids) > 2 {
			for _, v := range e.eval(n.kids[2]) {
				out = join(out, v.under(not(when)))
			}
		}
		return out
	case kComp:
		return e.comprehension(n)
	case kAssign:
		return e.eval(n.kids[1])
	case kLambda, kFunc:
		return []value{{kind: vFunc, fn: n.fn}}
	case kSpread:
		return e.eval(n.kids[0])
	case kTyped:
		if len(n.kids) > 1 {
			if out := e.eval(n.kids[1]); allNone(out) {
				if of := e.typed(n.kids[0]); known(of) {
					return of
				}
				return out
			} else if known(out) {
				return out
			}
		}
		return e.typed(n.kids[0])
	case kBlock: // of an expression: its last statement
		if len(n.kids) > 0 {
			return e.eval(n.kids[len(n.kids)-1])
		}
	case kReturn:
		if len(n.kids) > 0 {
			return e.eval(n.kids[0])
		}
	case kWhen:
		var out []value
		for _, kid := range n.kids {
			if kid.kind == kPair {
				for _, v := range e.eval(kid.kids[1]) {
					out = join(out, v.under(kid.text))
				}
			}
		}
		return out
	}
	return unknown
}

// narrow leaves out what cannot be meant where something better can.
func narrow(values []value) []value {
	if !better(values) {
		return values
	}
	var out []value
	for _, v := range values {
		if v.kind == vUnknown && v.api != "" || v.kind == vConst {
			continue
		}
		out = append(out, v)
	}
	return out
}

// better reports whether a value is of a client.
func better(values []value) bool {
	return slices.ContainsFunc(values, func(v value) bool {
		switch v.kind {
		case vResource, vMethod, vRequest, vService:
			return true
		}
		return false
	})
}
