package decode

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"sort"

	"scopeaudit/audit/rules"
)

// errEnough ends the reading of a notebook when no more views are wanted.
var errEnough = errors.New("no more views are wanted")

// prose is a string, or a list of strings that belong together, while it is put
// together. What is longer than a window is handed out in several.
type prose struct {
	n      *notebook
	at     rules.Location
	text   *joined
	start  int64 // of the value in the text
	origin int64 // what the segments of text count from
	gone   int64 // how much was handed out and is no longer held
	ended  error
}

// prose reads the value of a key that holds text. What is no string, and no list
// of strings, is searched as the JSON it is.
func (n *notebook) prose(at rules.Location) error {
	s := &n.scan
	first := s.peek()
	p := &n.value
	*p = prose{n: n, at: at, start: s.offset(), origin: s.offset()}
	if n.emit == nil {
		return p.learn(first)
	}
	p.text = &n.text
	if n.window == 0 {
		p.text = &joined{}
	}
	p.text.data, p.text.segments = p.text.data[:0], p.text.segments[:0]
	n.cover(true)
	var err error
	switch _, mixed := slices.BinarySearch(n.known.mixed, p.start); {
	case first == '"':
		err = s.str(p.add)
	case first == '[' && !mixed:
		err = s.array(func() error {
			if s.peek() != '"' { // of more lists than we know of
				return s.value()
			}
			return s.str(p.add)
		})
	default:
		s.tee, s.teed = p.raw, s.pos
		err = s.value()
		s.drain()
		s.tee = nil
	}
	n.cover(false)
	if err == nil && (len(p.text.data) > 0 || p.gone > 0) {
		p.emit(true)
	}
	if p.ended != nil {
		return p.ended
	}
	return err
}

// learn reads over the value and notes what sort it is.
func (p *prose) learn(first byte) error {
	s := &p.n.scan
	if first != '[' {
		return s.value()
	}
	plain := true
	err := s.array(func() error {
		plain = plain && s.peek() == '"'
		return s.value()
	})
	if f := p.n.learn; !plain && len(f.mixed) < maxFacts {
		f.mixed = append(f.mixed, p.start)
	}
	return err
}

// longestEscape is a surrogate pair: \ud834\udd1e.
const longestEscape = 12

// add appends a piece of a JSON string. A malformed escape is kept as it stands.
func (p *prose) add(piece []byte, last bool) int {
	p.check()
	from := int(p.n.scan.offset() - p.origin)
	for pos := 0; pos < len(piece); {
		run := bytes.IndexByte(piece[pos:], '\\')
		if run < 0 {
			run = len(piece) - pos
		}
		p.copy(piece[pos:pos+run], from+pos)
		if pos += run; pos == len(piece) {
			break
		}
		if !last && len(piece)-pos < longestEscape {
			return pos
		}
		at, size := len(p.text.data), 0
		p.text.data, size = unescape(p.text.data, piece[pos:])
		p.text.note(at, from+pos, size)
		pos += size
	}
	return len(piece)
}

// raw appends bytes as they stand, which end at pos.
func (p *prose) raw(piece []byte) {
	p.check()
	p.copy(piece, int(p.n.scan.offset()-p.origin)-len(piece))
}

func (p *prose) copy(piece []byte, from int) {
	at := len(p.text.data)
	p.text.data = append(p.text.data, piece...)
	p.text.note(at, from, len(piece))
}

// maxSegments is how many segments a window has; most have one for each line, and
// a hostile one for each byte, at twelve times its size. No less than windows
// overlap by.
const maxSegments = 128 << 10

// check hands a window out if there is one.
func (p *prose) check() {
	length := p.n.scan.offset() - p.origin
	if p.n.window == 0 || p.ended != nil ||
		len(p.text.data) < p.n.window && len(p.text.segments) < maxSegments && length < math.MaxInt32/2 {
		return
	}
	p.emit(false)
	step := nextWindow(p.text.data)
	if length >= math.MaxInt32/2 {
		step = len(p.text.data) // nearly all of it stands for nothing
	}
	from := p.text.drop(step)
	p.gone += int64(step)
	if p.origin += int64(from); len(p.text.data) == 0 {
		p.origin = p.n.scan.offset()
	}
}

func (p *prose) emit(last bool) {
	if p.ended != nil {
		return
	}
	text, at, origin, place := p.text, p.at, p.origin, p.n.place
	v := View{
		Data: text.data, Offset: p.n.offset + p.start + p.gone, First: p.gone == 0, Last: last,
		Place: func(start, end int) rules.Location {
			from, to := text.span(start, end)
			l := place(origin+int64(from), origin+int64(to))
			l.Cell, l.Execution, l.Output = at.Cell, at.Execution, at.Output
			return l
		},
	}
	if !p.n.emit(v) {
		p.ended = errEnough
	}
}

// drop forgets the first n bytes, and gives what the original is then counted
// from.
func (j *joined) drop(n int) int {
	i := max(sort.Search(len(j.segments), func(i int) bool { return int(j.segments[i].at) > n })-1, 0)
	if n >= len(j.data) || len(j.segments) == 0 {
		j.data, j.segments = j.data[:0], j.segments[:0]
		return 0
	}
	s := &j.segments[i]
	// A segment may begin only where a whole part of the original does.
	whole := (n - int(s.at)) / int(s.den)
	rest := n - int(s.at) - whole*int(s.den)
	s.from += int32(whole * int(s.num))
	s.at = int32(n - rest)
	from := s.from
	j.segments = append(j.segments[:0], j.segments[i:]...)
	for k := range j.segments {
		j.segments[k].at -= int32(n)
		j.segments[k].from -= from
	}
	j.data = append(j.data[:0], j.data[n:]...)
	return int(from)
}
