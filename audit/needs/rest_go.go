package needs

import (
	"slices"
	"strings"
)

// restySender is the client of resty that a call gives the address which its requests
// are relative to; nil for any other call. Source: https://resty.dev
func (e *engine) restySender(n *node) []value {
	callee := n.kids[0]
	if callee.kind != kAttr || callee.text != "SetBaseURL" || len(n.kids) != 2 {
		return nil
	}
	var out []value
	for _, v := range e.eval(n.kids[1]) {
		if v.kind == vString && strings.HasPrefix(v.text, "https://") {
			out = join(out, value{kind: vSender, text: v.text, origin: n})
		}
	}
	return out
}

// ofResty reports whether a call sends a request of resty by the name of its verb.
func (r *recorder) ofResty(n *node) bool {
	switch lastName(n.kids[0]) {
	case "Put", "Patch", "Delete":
	default:
		return false
	}
	return slices.ContainsFunc(n.block.fn.module.imports, func(imp *node) bool { return strings.Contains(imp.text, "/resty") })
}

// pathOf is an address that is put together from parts, some of which may be lists.
func (e *engine) pathOf(parts []*node) []value {
	list := value{kind: vList}
	for _, p := range parts {
		if values := e.eval(p); len(values) == 1 && values[0].kind == vList {
			list.items = append(list.items, values[0].items...)
			list.open = list.open || values[0].open
		} else {
			list.items = append(list.items, item{values: values})
		}
	}
	return e.joined(list)
}
