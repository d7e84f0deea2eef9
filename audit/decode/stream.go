package decode

import (
	"bytes"
	"io"

	"scopeaudit/audit/rules"
)

const (
	// window is how much of what is too large to hold is searched at once, and
	// windowOverlap by how much these overlap at least, maxOverlap at most. The
	// first must be no less than what package secrets needs, and the second no
	// more than it can count lines over.
	window        = 1 << 20
	windowOverlap = 16 << 10
	maxOverlap    = 60 << 10
)

// nextWindow says where in a window the next one begins: behind a line, or at
// least a word, so that what stands in it is encoded in whole. Within a run of
// base64 that is longer it keeps to its groups of four.
func nextWindow(data []byte) int {
	end := len(data) - windowOverlap
	low := max(len(data)-maxOverlap, 1)
	if i := bytes.LastIndexByte(data[low:end], '\n'); i >= 0 {
		return low + i + 1
	}
	start := end
	for start > 0 && (sextet[data[start-1]] != 0xFF || data[start-1] == '\\' || data[start-1] == '%') {
		start--
	}
	if start >= low {
		return start
	}
	return start + (end-start)&^3
}

// stream hands out text that is too large to hold in overlapping windows, each
// followed by what is encoded in it. In begins with head, which tells what it is.
func (r *reading) stream(m Member, head []byte, in io.Reader) error {
	r.asItStands(m.Name, head)
	v := View{First: true}
	if order, wide := sniffUTF16(head); wide {
		in = &utf16Reader{in: in, order: order}
	} else if bytes.HasPrefix(head, []byte(markUTF8)) {
		v.Offset = int64(len(markUTF8))
		in = &after{in: in, skip: len(markUTF8)}
	}
	var failed error
	err := r.fn(m, func(yield func(View) bool) {
		buf := r.space.buffer()
		for from, at := 0, Start(); ; {
			n, err := fill(buf[from:], in)
			n += from
			if v.Last = err != nil; v.Last && err != io.EOF {
				failed = err
			}
			v.Data = buf[:n]
			x := &index{text: v.Data, marks: []Cursor{at}}
			s := source{data: v.Data, offset: v.Offset, place: x.place}
			if !v.Last {
				s.cut = n - windowOverlap/2
			}
			if !yield(v) || !r.decoded(m, []source{s}, yield) || v.Last {
				return
			}
			step := nextWindow(v.Data)
			at = at.Advance(buf[:step])
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

// after leaves out the first bytes of a stream.
type after struct {
	in   io.Reader
	skip int
}

func (a *after) Read(p []byte) (int, error) {
	for a.skip > 0 {
		var some [8]byte
		n, err := a.in.Read(some[:min(a.skip, len(some))])
		if a.skip -= n; err != nil {
			return 0, err
		}
	}
	return a.in.Read(p)
}

// fill reads until buf is full; the error is io.EOF where the input ends first.
// Not io.ReadFull, whose error for that is also what damaged data gives.
func fill(buf []byte, in io.Reader) (int, error) {
	for n, idle := 0, 0; ; {
		if n == len(buf) {
			return n, nil
		}
		m, err := in.Read(buf[n:])
		if n += m; err != nil {
			return n, err
		}
		if m > 0 {
			idle = 0
		} else if idle++; idle > 100 {
			return n, io.ErrNoProgress
		}
	}
}

// text hands out the views of one file or member that is held as a whole. What
// is larger than a window is read like what is not held, which takes less memory
// than the views of a whole notebook.
func (r *reading) text(m Member, data []byte) error {
	if len(data) > r.space.windowSize() {
		return r.large(m, bytes.NewReader(data), int64(len(data)))
	}
	r.asItStands(m.Name, data)
	return r.hand(m, Views(data)...)
}

// hand hands out views and what is encoded in them.
func (r *reading) hand(m Member, views ...View) error {
	return r.fn(m, func(yield func(View) bool) {
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

// large hands out the views of what is too large to be held, or to be held once
// more: a notebook cell by cell, anything else in windows.
func (r *reading) large(m Member, at io.ReaderAt, size int64) error {
	head := make([]byte, min(size, sniffLen))
	n, _ := at.ReadAt(head, 0) // an error comes again
	head = head[:n]
	base := int64(0)
	if bytes.HasPrefix(head, []byte(markUTF8)) {
		base = int64(len(markUTF8))
	}
	if maybeNotebook(head[base:]) {
		text := io.NewSectionReader(at, base, size-base)
		if known := r.learn(text); known != nil {
			return r.notebook(m, known, text, base)
		}
	}
	return r.stream(m, head, io.NewSectionReader(at, 0, size))
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
