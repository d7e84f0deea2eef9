package objects

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"sort"

	"github.com/klauspost/compress/zlib"
)

// An object that is too large to be held, or is made of one that is, is made piece
// by piece: all deltas of its chain become one list of what comes from where, and
// the object at the chain's end is inflated past as often as that needs, once where
// pieces keep their order.
const (
	// maxPieces bounds the list.
	maxPieces = 1 << 19
	// madeWindow is how much is made at a time, and madeStep how much is inflated.
	madeWindow = 8 << 20
	madeStep   = 64 << 10
)

// piece is a part of an object: bytes of a delta, or of the object at the end of
// the chain.
type piece struct {
	end     int64 // in the object; the piece begins where the one before ends
	from    int64 // in the other, where literal is nil
	literal []byte
}

// recipe is how an object is made.
type recipe struct {
	t      Type
	size   int64
	pieces []piece // nil: all of the root
	root   entry
	in     *pack       // where the root is; nil:
	loose  looseObject // in a file
}

// recipe reads the deltas of the chain of the object at off.
func (r *Reader) recipe(p *pack, off uint64) (*recipe, error) {
	type link struct {
		p *pack
		e entry
	}
	var chain []link
	to := &recipe{}
	for to.t == 0 {
		if len(chain) > maxDepth {
			return nil, errDepth
		}
		e, raw, err := p.entry(off, r.raw)
		r.raw = raw
		if err != nil {
			return nil, err
		}
		switch e.kind {
		case offsetDelta:
			chain = append(chain, link{p, e})
			off = e.base
		case refDelta:
			chain = append(chain, link{p, e})
			q, i, ok := p, 0, false
			if i, ok = p.idx.find(e.baseID); !ok {
				q, i, ok = r.s.findPacked(e.baseID, p)
			}
			if !ok {
				if err := r.looseRoot(to, e.baseID); err != nil {
					return nil, err
				}
				break
			}
			p = q
			if off, ok = p.idx.offset(i); !ok {
				return nil, errIndex
			}
		default:
			to.t, to.size, to.root, to.in = Type(e.kind), e.size, e, p
		}
	}
	left := r.s.opts.Limits.Whole // bytes of deltas
	for _, l := range slices.Backward(chain) {
		if left -= l.e.size; left < 0 {
			return nil, ErrTooLarge
		}
		delta, err := r.inflate(l.p, l.e, nil)
		if err != nil {
			return nil, err
		}
		base, target, rest, err := deltaSizes(delta)
		switch {
		case err != nil:
			return nil, err
		case base != to.size || !deltaMakes(target, rest):
			return nil, errDelta
		case target > r.s.opts.Limits.Made:
			return nil, ErrTooLarge
		}
		if err := to.then(rest, target); err != nil {
			return nil, err
		}
	}
	return to, nil
}

func (r *Reader) looseRoot(to *recipe, id ID) error {
	for _, dir := range r.s.dirs {
		o := looseObject{id, dir}
		t, size, _, f, err := r.loose.open(o)
		if err == nil {
			f.Close()
			to.t, to.size, to.loose = t, size, o
			return nil
		}
	}
	return ErrMissing
}

// then puts another delta on top, whose instructions make size bytes.
func (to *recipe) then(delta []byte, size int64) error {
	var made []piece
	at := int64(0)
	add := func(from int64, n int64, literal []byte) error {
		at += n
		if k := len(made) - 1; k >= 0 && literal == nil && made[k].literal == nil {
			if begin := start(made, k); made[k].from+made[k].end-begin == from {
				made[k].end = at
				return nil
			}
		}
		if len(made) == maxPieces {
			return ErrTooLarge
		}
		made = append(made, piece{at, from, literal})
		return nil
	}
	for i := 0; i < len(delta); {
		c := delta[i]
		i++
		if c&0x80 == 0 {
			n := int(c)
			if n == 0 || n > len(delta)-i {
				return errDelta
			}
			if err := add(0, int64(n), delta[i:i+n]); err != nil {
				return err
			}
			i += n
			continue
		}
		var fields [7]int64
		for bit := range fields {
			if c>>bit&1 != 0 {
				if i == len(delta) {
					return errDelta
				}
				fields[bit] = int64(delta[i])
				i++
			}
		}
		from := fields[0] | fields[1]<<8 | fields[2]<<16 | fields[3]<<24
		n := cmp.Or(fields[4]|fields[5]<<8|fields[6]<<16, 1<<16)
		if from > to.size || n > to.size-from {
			return errDelta
		}
		if to.pieces == nil {
			if err := add(from, n, nil); err != nil {
				return err
			}
			continue
		}
		for k := holding(to.pieces, from); n > 0; k++ {
			p := to.pieces[k]
			skip := from - start(to.pieces, k)
			m := min(n, p.end-from)
			literal := p.literal
			if literal != nil {
				literal = literal[skip : skip+m]
			}
			if err := add(p.from+skip, m, literal); err != nil {
				return err
			}
			from += m
			n -= m
		}
	}
	if at != size {
		return errDelta
	}
	to.size = size
	if to.pieces = made; made == nil {
		to.pieces = []piece{} // of nothing
	}
	return nil
}

func start(pieces []piece, k int) int64 {
	if k == 0 {
		return 0
	}
	return pieces[k-1].end
}

// holding gives the piece that a byte is in.
func holding(pieces []piece, at int64) int {
	return sort.Search(len(pieces), func(k int) bool { return pieces[k].end > at })
}

// maker gives the bytes that a recipe makes.
type maker struct {
	*recipe
	at     int64  // how much was made
	window []byte // room
	ready  []byte // of it, and not given

	src   io.Reader // the root
	pos   int64     // in it, of step
	step  []byte    // what was read last
	room  []byte    // for it
	z     io.ReadCloser
	files looseReader
	file  io.Closer
	spent int64
}

// large gives the object at off piece by piece; it is to be closed.
func (r *Reader) large(p *pack, off uint64) (*maker, *exactReader, error) {
	recipe, err := r.recipe(p, off)
	if err != nil {
		return nil, nil, err
	}
	m := &maker{recipe: recipe}
	return m, &exactReader{r: m, left: m.size}, nil
}

// Close lets go of the files.
func (m *maker) Close() error {
	if m.file != nil {
		return m.file.Close()
	}
	return nil
}

// rewind goes to the beginning of the root.
func (m *maker) rewind() error {
	m.pos, m.step = 0, nil
	if m.in == nil {
		m.Close()
		_, _, content, f, err := m.files.open(m.loose)
		if err != nil {
			return err
		}
		m.src, m.file = content, f
		return nil
	}
	src := m.in.src.reader(int64(m.root.data), int64(m.in.end-m.root.data))
	if m.z != nil {
		m.src = m.z
		return m.z.(zlib.Resetter).Reset(src, nil)
	}
	z, err := zlib.NewReader(src)
	m.src, m.z = z, z
	return err
}

func (m *maker) Read(p []byte) (int, error) {
	if m.pieces == nil { // as it is
		if m.src == nil {
			if err := m.rewind(); err != nil {
				return 0, err
			}
		}
		return m.src.Read(p)
	}
	if len(m.ready) == 0 {
		if m.at == m.size {
			return 0, io.EOF
		}
		if err := m.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, m.ready)
	m.ready = m.ready[n:]
	return n, nil
}

// wanted is a part of the root and where it goes.
type wanted struct {
	from int64
	to   []byte
}

var errSpent = errors.New("large object whose pieces are out of order too often")

// fill makes the next window.
func (m *maker) fill() error {
	n := min(madeWindow, m.size-m.at)
	if m.window == nil {
		m.window = make([]byte, n)
	}
	m.ready = m.window[:n]
	var from []wanted
	for k, done := holding(m.pieces, m.at), int64(0); done < n; k++ {
		p := m.pieces[k]
		skip := m.at + done - start(m.pieces, k)
		to := m.ready[done:min(n, p.end-m.at)]
		if p.literal != nil {
			copy(to, p.literal[skip:])
		} else {
			from = append(from, wanted{p.from + skip, to})
		}
		done += int64(len(to))
	}
	m.at += n
	slices.SortFunc(from, func(a, b wanted) int { return cmp.Compare(a.from, b.from) })
	if len(from) > 0 && (m.src == nil || from[0].from < m.pos) {
		if err := m.rewind(); err != nil {
			return err
		}
	}
	if m.room == nil {
		m.room = make([]byte, madeStep)
	}
	for open := from[:0:0]; ; {
		end := m.pos + int64(len(m.step))
		for len(from) > 0 && from[0].from < end {
			open = append(open, from[0])
			from = from[1:]
		}
		open = slices.DeleteFunc(open, func(w wanted) bool {
			low, high := max(w.from, m.pos), min(w.from+int64(len(w.to)), end)
			copy(w.to[low-w.from:high-w.from], m.step[low-m.pos:high-m.pos])
			return high == w.from+int64(len(w.to))
		})
		if len(from)+len(open) == 0 {
			return nil
		}
		k, err := m.src.Read(m.room)
		if k == 0 && err != nil {
			return errors.Join(errSize, err)
		}
		m.pos, m.step = end, m.room[:k]
		if m.spent += int64(k); m.spent > 4<<30+64*m.size {
			return errSpent
		}
	}
}
