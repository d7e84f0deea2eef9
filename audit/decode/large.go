package decode

import (
	"bytes"
	"io"
	"slices"

	"scopeaudit/audit/rules"
)

// maybeNotebook says whether what begins with head, and is too large to hold,
// is worth reading to its end to see whether it is a notebook: the first key is
// one that Jupyter's writers put first.
func maybeNotebook(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 || head[0] != '{' {
		return false
	}
	head = bytes.TrimLeft(head[1:], " \t\r\n")
	for _, key := range []string{`"cells"`, `"metadata"`, `"nbformat"`, `"nbformat_minor"`, `"orig_nbformat"`, `"worksheets"`} {
		if bytes.HasPrefix(head, []byte(key)) {
			return true
		}
	}
	return false
}

// learn reads a text to its end, and gives nil if it is no notebook.
func (r *reading) learn(text *io.SectionReader) *facts {
	t := &tape{buf: r.space.buffer(), in: io.NewSectionReader(text, 0, text.Size())}
	n := &notebook{learn: &facts{}}
	t.feed(&n.scan, nil)
	if n.read() != nil || !n.learn.typed || t.failed != nil {
		return nil
	}
	return n.learn
}

// notebook hands out the views of a notebook that is not held, which begins at
// offset in its input: those that [Views] would give, but that a long text comes
// in several, and the file itself in windows among them.
func (r *reading) notebook(m Member, known *facts, text *io.SectionReader, offset int64) error {
	var failed error
	err := r.fn(m, func(yield func(View) bool) {
		places := &indexAt{text: text, marks: []Cursor{Start()}}
		n := &notebook{
			known: known, offset: offset, place: places.place, window: r.space.windowSize(),
			emit: func(v View) bool {
				return yield(v) && r.decoded(m, []source{{data: v.Data, ranges: v.Ranges, offset: v.Offset, place: v.Place}}, yield)
			},
		}
		n.text, r.space.prose = r.space.prose, joined{}
		defer func() { r.space.prose = n.text }()
		stopped := false
		rest := func(last bool) bool {
			base := n.scan.base
			v := View{Data: n.scan.data, Offset: offset + base, First: base == 0, Last: last, Ranges: n.rest(last)}
			place := func(start, end int) rules.Location { return places.place(base+int64(start), base+int64(end)) }
			stopped = stopped || !yield(v) || !r.decoded(m, []source{{data: v.Data, ranges: v.Ranges, offset: v.Offset, place: place}}, yield)
			return !stopped
		}
		t := &tape{buf: r.space.buffer(), in: io.NewSectionReader(text, 0, text.Size())}
		t.feed(&n.scan, func(step int) bool {
			if !rest(false) {
				return false
			}
			from := n.scan.base + int64(step)
			n.covered = slices.DeleteFunc(n.covered, func(c span) bool { return c.end <= from })
			return true
		})
		switch err := n.read(); {
		case stopped || err == errEnough:
		case err == nil:
			rest(true)
		case t.failed != nil:
			failed = t.failed
		default: // it was a notebook a moment ago
			failed = io.ErrUnexpectedEOF
		}
	})
	if err == nil && failed != nil {
		return r.damaged(m.Name, failed)
	}
	return err
}

// tape lets a text pass by a scanner, window by window.
type tape struct {
	in     io.Reader
	buf    []byte
	ended  bool
	failed error
}

// feed makes s read from the tape. Before a full window moves on, slide is told
// how much of it goes, and may end the reading; what it did not want to see is
// not kept for the next one.
func (t *tape) feed(s *scanner, slide func(step int) bool) {
	s.data = t.buf[:0]
	s.fill = func() bool {
		if t.ended {
			return false
		}
		if len(s.data) == len(t.buf) {
			step := s.pos
			if slide != nil {
				if step = min(step, nextWindow(s.data)); !slide(step) {
					t.ended = true
					return false
				}
			}
			n := copy(t.buf, s.data[step:])
			s.data, s.pos, s.base = t.buf[:n], s.pos-step, s.base+int64(step)
		}
		from := len(s.data)
		n, err := fill(t.buf[from:], t.in)
		s.data = t.buf[:from+n]
		if err != nil {
			t.ended = true
			if err != io.EOF {
				t.failed = err
			}
		}
		return n > 0
	}
}

// indexAt finds lines and columns in a text that is not held, by reading it
// again as far as is needed: places are asked for where something was found.
type indexAt struct {
	text  io.ReaderAt
	marks []Cursor // the place of every farStep-th byte
	buf   []byte
}

// farStep is how many bytes are read again at most to place one byte.
const farStep = 64 << 10

func (x *indexAt) at(off int64) Cursor {
	for n := int64(len(x.marks)); n <= off/farStep; n++ {
		x.marks = append(x.marks, x.advance(x.marks[n-1], (n-1)*farStep, farStep))
	}
	mark := off / farStep
	return x.advance(x.marks[mark], mark*farStep, int(off-mark*farStep))
}

// advance reads n bytes at off, which is at c. What can no longer be read moves
// nothing; the reading of the text itself finds that out.
func (x *indexAt) advance(c Cursor, off int64, n int) Cursor {
	if x.buf == nil {
		x.buf = make([]byte, farStep)
	}
	n, _ = x.text.ReadAt(x.buf[:n], off)
	return c.Advance(x.buf[:n])
}

func (x *indexAt) place(start, end int64) rules.Location {
	from, to := x.at(start), x.at(end)
	return rules.Location{Line: from.Line, Column: from.Column, EndLine: to.Line, EndColumn: to.Column}
}
