package decode

import (
	"io"

	"scopeaudit/audit/rules"
)

const (
	// window is how much of what is too large to hold is searched at once, and
	// windowOverlap by how much these overlap. It must be no less than what
	// package secrets needs, and no more than it can count lines over.
	window        = 1 << 20
	windowOverlap = 16 << 10
)

// stream hands out text that is too large to hold in overlapping windows, each
// followed by what is encoded in it. Head was read of it already.
func (r *reading) stream(m Member, head []byte, in io.Reader) error {
	var failed error
	err := r.fn(m, func(yield func(View) bool) {
		size := window
		if m.Size >= 0 && m.Size < window {
			size = int(m.Size) + 1
		}
		buf := make([]byte, size)
		v := View{First: true}
		for from, at := 0, Start(); ; {
			n := copy(buf[from:], head)
			head = head[n:]
			n += from
			for n < len(buf) && !v.Last {
				more, err := in.Read(buf[n:])
				n += more
				if v.Last = err != nil; v.Last && err != io.EOF {
					failed = err
				}
			}
			v.Data = buf[:n]
			x := &index{text: v.Data, marks: []Cursor{at}}
			if !yield(v) || !r.decoded(m, []source{{data: v.Data, offset: v.Offset, place: x.place}}, yield) || v.Last {
				return
			}
			step := n - windowOverlap
			at = x.at(step)
			v.Offset += int64(step)
			v.First = false
			from = copy(buf, buf[step:n])
		}
	})
	if err == nil && failed != nil {
		return r.damaged(m.Name, failed)
	}
	return err
}

// text hands out the views of one file or member that is held as a whole.
func (r *reading) text(m Member, data []byte) error {
	return r.fn(m, func(yield func(View) bool) {
		views := Views(data)
		sources := make([]source, len(views))
		for i, v := range views {
			if !yield(v) {
				return
			}
			sources[i] = source{data: v.Data, ranges: v.Ranges, offset: v.Offset, place: v.Place}
		}
		r.decoded(m, sources, yield)
	})
}

// decoded yields what is encoded in sources, and says whether to go on.
func (r *reading) decoded(m Member, sources []source, yield func(View) bool) bool {
	d := &r.decoder
	spent := d.spent
	d.yield = yield
	for _, s := range sources {
		if !d.views(s, r.limits.Nesting) {
			return false
		}
	}
	if d.spent && !spent {
		r.skips.add(m.Name, SkipBudget, rules.ByFailure)
	}
	return true
}
