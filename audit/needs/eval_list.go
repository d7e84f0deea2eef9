package needs

import "strings"

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
		case vResource, vService, vExternal:
			out = join(out, e.computed(v, key)...)
		case vInstance, vRequest, vCredential:
			out = join(out, value{})
		case vWrapper:
			out = join(out, v)
		default:
			out = join(out, value{text: v.text})
		}
	}
	if kept := e.entry(n.kids[0], key); kept != nil && !known(out) {
		return kept
	}
	return out
}

// entry gives what a Python program keeps under a key in an attribute of something
// that is not of the tree, as in a web application's config.
func (e *engine) entry(attribute, key *node) []value {
	if attribute.kind != kAttr || key.kind != kString {
		return nil
	}
	var out []value
	for _, set := range e.entries[entryOf(attribute, key)] {
		out = join(out, e.eval(set)...)
	}
	return out
}

// entryOf names an entry by the attribute that it is in and its key.
func entryOf(attribute, key *node) string { return attribute.text + "\x00" + key.text }

// computed gives what brackets take out of a client or a library: in JavaScript they are a dot
// before a name that may be chosen at run time.
func (e *engine) computed(v value, key *node) []value {
	if key.block == nil || !key.block.fn.module.language.scripted() {
		return []value{{text: v.text}}
	}
	var out []value
	for _, k := range e.eval(key) {
		if k.kind == vString && !strings.Contains(k.text, unknownPart) {
			out = join(out, e.attribute(v, k.text, nil)...)
		} else {
			out = join(out, value{api: v.api})
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
