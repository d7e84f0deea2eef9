package needs

import "strings"

// annotates is the text of an annotation of a name that is given no value.
const annotates = ":"

// field gives what an annotation in its class, or one that it is made from, says of
// an attribute that is given no value anywhere; nil if none does.
func (e *engine) field(c *class, name string) []value {
	for of := range e.lineage(c) {
		t := of.fields[name]
		if t == nil {
			continue
		}
		if values := e.typed(t); known(values) {
			return values
		}
		return nil
	}
	return nil
}

// annotated gives what an annotation of Python says that something is, where it is
// more than a name: Optional["Mailbox"], Mailbox | None.
func (e *engine) annotated(t *node) []value {
	if t.block == nil || t.block.fn.module.language != python {
		return unknown
	}
	switch {
	case t.kind == kString && !strings.ContainsAny(t.text, ". [|"):
		return e.instanceOf(e.lookup(t, t.text), t)
	case t.kind == kBinary && t.text == "|":
		if of := e.typed(t.kids[0]); known(of) {
			return of
		}
		return e.typed(t.kids[1])
	case t.kind == kIndex && len(t.kids) == 2:
		switch lastName(t.kids[0]) {
		case "Optional", "Annotated", "Final", "ClassVar", "Union":
			return e.typed(t.kids[1])
		}
	}
	return unknown
}
