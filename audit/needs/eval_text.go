package needs

import (
	"slices"
	"strings"
)

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
	case "last": // of commands, what the last one writes
		return e.eval(n.kids[1])
	case "or", "||", "??", "?:":
		if n.block != nil && n.block.fn.module.language == shell {
			if out := e.fallback(left, n.kids[1]); out != nil {
				return out
			}
		}
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
	case "and", "&&", "try":
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

// part gives what a part of a text may be. A variable of a shell that stands for a
// segment of an address is not meant to be empty there, but was not filled yet.
func (e *engine) part(before []value, n *node) []value {
	values := e.eval(n)
	if n.kind == kString || n.block == nil || n.block.fn.module.language != shell || len(before) == 0 || !strings.HasSuffix(before[0].text, "/") {
		return values
	}
	var out []value
	for _, v := range values {
		if v.kind == vString && v.text == "" {
			v = value{text: v.text, when: v.when}
		}
		out = join(out, v)
	}
	return out
}

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
			if v.origin == nil || b.origin != nil && (a.text == "" || strings.HasPrefix(scopePrefix, a.text)) {
				v.origin = b.origin // what all scopes begin with names none
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

// hasAddress reports whether one of some values is an address.
func hasAddress(values []value) bool {
	return slices.ContainsFunc(values, func(v value) bool { return v.kind == vString && strings.HasPrefix(v.text, "https://") })
}

// trimmed is a list of values whose texts do not end so.
func trimmed(values []value, end string) []value {
	var out []value
	for _, v := range values {
		v.text = strings.TrimSuffix(v.text, end)
		out = join(out, v)
	}
	return out
}

// joined gives the text of the elements of a list with slashes between, as in an
// address.
func (e *engine) joined(list value) []value {
	if list.kind != vList || len(list.items) == 0 {
		return []value{{}}
	}
	out := list.items[0].values
	for _, it := range list.items[1:] {
		out = e.concat(e.concat(out, []value{{kind: vString, text: "/"}}), it.values)
	}
	if list.open {
		out = e.concat(out, unknown)
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
