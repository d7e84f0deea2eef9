package needs

import (
	"slices"
	"strings"
)

// engine evaluates the modules of one program. What an expression may be is
// asked for where it matters (what is called, what is passed for a scope) and
// followed back from there, through names, parameters, results and attributes.
type engine struct {
	index    *Index
	modules  []*module
	byPath   map[string]*module
	packages map[string][]*module // of Go, by folder
	named    map[string][]*node   // the calls by the last name of what they call
	apis     map[string]bool      // those that the program shows that it uses
	memos    [][]value
	begun    []int   // by memo: how deep the evaluation began that is not done
	visits   []uint8 // by memo: how often it was found out in vain
	depth    int
	low      int // the least depth of an evaluation that ran into itself
	steps    int
	limit    int
	over     bool
	reads    map[*node]bool // literals that a sink has seen
}

// Bounds of an evaluation.
const (
	maxDepth     = 300
	stepsPerNode = 10
	maxVisits    = 4 // of an expression that leans on itself, before what is known has to do
	minSteps     = 100_000
)

func newEngine(x *Index, modules []*module, paths map[string]*module) *engine {
	e := &engine{index: x, modules: modules, byPath: paths, named: map[string][]*node{}, apis: map[string]bool{}, reads: map[*node]bool{}, memos: [][]value{nil}, begun: []int{0}, visits: []uint8{0}}
	e.limit, e.packages = minSteps, map[string][]*module{}
	for _, m := range modules {
		if m.language == golang {
			e.packages[folderOf(m.path)] = append(e.packages[folderOf(m.path)], m)
		}
		e.limit += stepsPerNode * m.nodes
		for _, call := range m.calls {
			if name := lastName(call.kids[0]); name != "" {
				e.named[name] = append(e.named[name], call)
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
		if out := e.memos[n.memo]; out != nil {
			return out
		}
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
		e.memos[n.memo] = out
		e.low = outer
	} else if e.visits[n.memo] >= maxVisits {
		out = join(slices.Clone(out), value{})
		e.memos[n.memo] = out
		e.low = outer
	} else {
		e.memos[n.memo] = nil
		e.low = min(outer, e.low)
	}
	return out
}

func (e *engine) evalNode(n *node) []value {
	switch n.kind {
	case kName:
		return e.lookup(n, n.text)
	case kTemplate:
		out := []value{{kind: vString, origin: n}}
		for _, kid := range n.kids {
			out = e.concat(out, e.eval(kid))
		}
		return out
	case kAttr:
		var out []value
		for _, v := range e.eval(n.kids[0]) {
			out = join(out, e.attribute(v, n.text, n)...)
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
		return e.typed(n.kids[0])
	}
	return unknown
}

// narrow leaves out what cannot be meant where something better can.
func narrow(values []value) []value {
	better := false
	for _, v := range values {
		switch v.kind {
		case vResource, vMethod, vRequest, vService:
			better = true
		}
	}
	if !better {
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

// spreadList is a list that holds the elements of others.
func (e *engine) spreadList(n *node) []value {
	out := []value{{kind: vList, origin: n}}
	for _, kid := range n.kids {
		if kid.kind != kSpread {
			out = e.concatLists(out, []value{{kind: vList, items: []item{{values: e.eval(kid)}}}})
			continue
		}
		out = e.concatLists(out, e.eval(kid.kids[0]))
	}
	return out
}

// concatLists puts lists together, each with each.
func (e *engine) concatLists(left, right []value) []value {
	var out []value
	for _, a := range left {
		for _, b := range right {
			v := a
			v.when = both(a.when, b.when)
			switch {
			case b.kind == vList || b.kind == vDict:
				v.items = append(a.items[:len(a.items):len(a.items)], b.items...)
				v.open = a.open || b.open
			case b.kind == vString:
				v.items = append(a.items[:len(a.items):len(a.items)], item{values: []value{b}})
			case b.kind == vConst:
			default:
				v.open = true
			}
			if a.kind == vDict && b.kind == vList {
				v.kind = vList
			}
			if len(v.items) > maxItems {
				v.items, v.open = v.items[:maxItems], true
			}
			if len(out) >= maxValues {
				return out
			}
			out = append(out, v)
		}
	}
	return out
}

func (e *engine) dict(n *node) []value {
	out := []value{{kind: vDict, origin: n}}
	for _, kid := range n.kids {
		switch kid.kind {
		case kPair:
			for i := range out {
				key, ok := "", true
				switch k := kid.kids[0]; k.kind {
				case kString, kConst:
					key = k.text
				default:
					if t := texts(e.eval(k)); len(t) == 1 {
						key = t[0]
					} else if k.kind == kAttr || k.kind == kName {
						key = k.text
					} else {
						ok = false
					}
				}
				out[i].open = out[i].open || !ok
				if ok && len(out[i].items) < maxItems {
					out[i].items = append(out[i].items[:len(out[i].items):len(out[i].items)], item{key: key, values: e.eval(kid.kids[1])})
				}
			}
		case kSpread:
			out = e.concatLists(out, e.eval(kid.kids[0]))
		default:
			for i := range out {
				out[i].open = true
			}
		}
	}
	return out
}

// subscript gives an element. Which entry of a dictionary, only the run knows
// where the key is no constant: each, under its key.
func (e *engine) subscript(n *node) []value {
	if len(n.kids) < 2 {
		return unknown
	}
	key := n.kids[1]
	var out []value
	for _, v := range e.eval(n.kids[0]) {
		switch v.kind {
		case vList:
			if key.kind == kOther && key.text == "slice" {
				out = join(out, v)
				continue
			}
			if key.kind == kOther && key.text == "any" {
				out = join(out, e.elements([]value{v})...)
				continue
			}
			if key.kind == kConst {
				if i := small(key.text); i >= 0 && i < len(v.items) {
					for _, w := range v.items[i].values {
						out = join(out, w.under(v.when))
					}
					continue
				}
			}
			out = join(out, e.elements([]value{v})...)
		case vDict:
			keys := texts(e.eval(key))
			switch {
			case key.kind == kOther && key.text == "any":
				out = join(out, e.elements([]value{v})...)
			case len(keys) == 1 && len(e.eval(key)) == 1:
				out = join(out, e.fields([]value{v}, keys[0])...)
			default:
				out = join(out, e.choices(v, n, keys)...)
			}
		case vExternal:
			out = join(out, value{text: v.text})
		case vInstance, vResource, vService, vRequest, vCredential:
			out = join(out, value{})
		case vWrapper:
			out = join(out, v)
		default:
			out = join(out, value{text: v.text})
		}
	}
	return out
}

// choices are the entries of a dictionary that a computed key may name.
func (e *engine) choices(v value, n *node, keys []string) []value {
	what := ""
	if k := n.kids[min(1, len(n.kids)-1)]; k.block != nil {
		if k.kind == kKeyword {
			k = k.kids[0]
		}
		what = k.block.fn.module.quote(k.pos, k.end)
	}
	var out []value
	for _, it := range v.items {
		if len(keys) > 1 && len(keys) < maxValues {
			named := it.key == anyKey
			for _, k := range keys {
				named = named || k == it.key
			}
			if !named {
				continue
			}
		}
		for _, w := range it.values {
			if w = w.under(v.when); it.key != anyKey {
				w = w.under(what + ` is "` + it.key + `"`)
			}
			out = join(out, w)
		}
	}
	if len(out) == 0 || v.open {
		out = join(out, value{})
	}
	return out
}

// small reads a number that may be an index, else -1.
func small(s string) int {
	if s == "" || len(s) > 3 {
		return -1
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}

func (e *engine) binary(n *node) []value {
	left := e.eval(n.kids[0])
	switch n.text {
	case "filter":
		return left
	case "or", "||", "??", "?:":
		var out []value
		for _, v := range left {
			if v.kind != vConst {
				out = join(out, v)
			}
		}
		when := ""
		if known(left) {
			if k := n.kids[0]; k.block != nil {
				when = not(k.block.fn.module.quote(k.pos, k.end))
			}
		}
		for _, v := range e.eval(n.kids[1]) {
			out = join(out, v.under(when))
		}
		return out
	case "and", "&&":
		return join(left, e.eval(n.kids[1])...)
	case "+":
		var lists, rest []value
		for _, v := range left {
			if v.kind == vList {
				lists = append(lists, v)
			} else {
				rest = append(rest, v)
			}
		}
		right := e.eval(n.kids[1])
		out := e.concatLists(lists, right)
		if len(rest) > 0 {
			for _, v := range right {
				if v.kind == vList { // something unknown before a list
					v.open = true
					out = join(out, v)
				} else {
					out = append(out, e.concat(rest, []value{v})...)
				}
			}
		}
		if len(out) > maxValues {
			out = out[:maxValues]
		}
		return out
	case "|":
		return e.concatLists(left, e.eval(n.kids[1]))
	case "%":
		return e.format(left, "%", e.eval(n.kids[1]))
	}
	return unknown
}

// unknownPart stands in a text for what is computed.
const unknownPart = "\x00"

// concat puts strings together, each with each.
func (e *engine) concat(left, right []value) []value {
	var out []value
	if len(left) == 0 { // what is still being found out
		left = unknown
	}
	if len(right) == 0 {
		right = unknown
	}
	for _, a := range left {
		for _, b := range right {
			v := value{kind: vString, when: both(a.when, b.when), origin: a.origin}
			if v.origin == nil || a.text == "" && b.origin != nil {
				v.origin = b.origin
			}
			x, y := a.text, b.text
			if a.kind != vString {
				x = unknownPart
			}
			if b.kind != vString && !(b.kind == vConst && small(b.text) >= 0) {
				y = unknownPart
			}
			v.text = x + y
			if len(v.text) > maxText {
				v.text = v.text[:maxText]
			}
			if len(out) >= maxValues {
				return out
			}
			out = append(out, v)
		}
	}
	return out
}

// format fills in the marks of a text in order.
func (e *engine) format(patterns []value, mark string, args []value) []value {
	var out []value
	for _, p := range patterns {
		if p.kind != vString {
			out = join(out, value{})
			continue
		}
		var in [][]value
		for _, a := range args {
			if a.kind == vList {
				for _, it := range a.items {
					in = append(in, it.values)
				}
			} else {
				in = append(in, []value{a})
			}
		}
		made := []value{{kind: vString, origin: p.origin, when: p.when}}
		text, n := p.text, 0
		for {
			i := strings.Index(text, mark)
			if i < 0 || i+len(mark) >= len(text)+1 {
				break
			}
			end := i + len(mark)
			if mark == "%" {
				if end >= len(text) {
					break
				}
				end++
			} else if close := strings.IndexByte(text[i:], '}'); close > 0 {
				end = i + close + 1
			}
			made = e.concat(made, []value{{kind: vString, text: text[:i], origin: p.origin}})
			if n < len(in) {
				made = e.concat(made, in[n])
			} else {
				made = e.concat(made, unknown)
			}
			n++
			text = text[end:]
			if n > 64 {
				break
			}
		}
		out = join(out, e.concat(made, []value{{kind: vString, text: text, origin: p.origin}})...)
	}
	return out
}

// comprehension is a list of one element for each value that its element takes.
func (e *engine) comprehension(n *node) []value {
	element := n.kids[0]
	if element.kind == kPair {
		element = element.kids[1]
	}
	var out []value
	for _, v := range e.eval(element) {
		found := false
		for i := range out {
			if out[i].when == v.when {
				out[i].items = append(out[i].items, item{values: []value{v}})
				found = true
			}
		}
		if !found {
			out = append(out, value{kind: vList, origin: n, when: v.when, items: []item{{values: []value{v}}}})
		}
	}
	return out
}
