package needs

// entered is the text of the assignment that a with of Python makes.
const entered = "with"

// enter gives what a with binds: what __enter__ of a class of the tree gives, where
// that is known, or what is entered.
func (e *engine) enter(n *node) []value {
	var out []value
	for _, v := range e.eval(n) {
		if v.kind == vInstance && v.class != nil {
			for _, f := range e.member(v, "__enter__") {
				if f.fn != nil {
					restore := e.asMade(v)
					if given := e.results(f.fn); known(given) {
						out = join(out, given...)
					}
					restore()
				}
			}
		}
		if len(out) == 0 {
			out = join(out, v)
		}
	}
	return out
}
