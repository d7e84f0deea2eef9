package needs

import (
	"slices"
	"strings"
)

// leaves reports whether nothing that follows a statement is reached; an empty
// one is nil.
func leaves(n *node) bool {
	if n == nil {
		return false
	}
	switch n.kind {
	case kReturn:
		return n.text != "yield"
	case kStop:
		return true
	case kCall:
		switch callee := n.kids[0]; callee.kind {
		case kName:
			return callee.text == "exit" || callee.text == "quit" || callee.text == "exitProcess"
		case kAttr:
			if r := callee.kids[0]; r.kind == kName {
				return r.text == "sys" && callee.text == "exit" || r.text == "os" && callee.text == "_exit" ||
					r.text == "os" && callee.text == "Exit" || r.text == "log" && strings.HasPrefix(callee.text, "Fatal") || (r.text == "process" || r.text == "System") && callee.text == "exit"
			}
		}
	case kBlock:
		return len(n.kids) > 0 && leaves(n.kids[len(n.kids)-1])
	case kIf:
		return len(n.kids) == 3 && leaves(n.kids[1]) && leaves(n.kids[2])
	}
	return false
}

// reachable leaves out the bindings of a name of fn that no function which was made
// in a block meets, for fn is left at the end of that block.
func reachable(bs []binding, made *block, fn *function) []binding {
	for made != nil && made.fn != fn {
		made = made.parent
	}
	for ; made != nil && made.fn == fn; made = made.parent {
		if !made.gives {
			continue
		}
		behind := func(b binding) bool { return b.pos >= made.end && b.block.fn == fn && !together(b.block, made) }
		if i := slices.IndexFunc(bs, behind); i > 0 {
			return slices.DeleteFunc(slices.Clone(bs), behind)
		}
	}
	return bs
}

// gives reports whether statements end by a return, so that what follows them in
// their function is not run after them.
func gives(n *node) bool {
	for n.kind == kBlock && len(n.kids) > 0 {
		n = n.kids[len(n.kids)-1]
	}
	return n.kind == kReturn && n.text != "yield"
}
