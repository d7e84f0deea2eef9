package objects

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
)

var errDepth = errors.New("delta chain is too long")

// maxDepth is how many deltas may lie on each other where one object is asked
// for; git makes no more than 4095.
const maxDepth = 10_000

// maxCached bounds the objects that a Reader remembers.
const maxCached = 16 << 20

// Reader gives objects by their names. It remembers some of what it read, since
// deltas share bases. It is not safe for concurrent use.
type Reader struct {
	s       *Store
	z       *inflater
	loose   looseReader
	raw     []byte // as a file has it, where files are not mapped
	young   map[place]object
	old     map[place]object
	inYoung int
}

// place is where a packed object lies.
type place struct {
	p   *pack
	off uint64
}

type object struct {
	t    Type
	data []byte
}

// NewReader makes a reader of the store's objects.
func (s *Store) NewReader() *Reader {
	return &Reader{s: s, z: newInflater(s.opts.Verify)}
}

// Get reads an object. What it returns must not be changed. An error may wrap
// [ErrMissing] or [ErrTooLarge].
func (r *Reader) Get(id ID) (Type, []byte, error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	o, err := r.get(id, nil)
	return o.t, o.data, err
}

// get reads an object from any place but the pack that is given. Where it lies
// in several, a damaged copy does no harm.
func (r *Reader) get(id ID, but *pack) (object, error) {
	var first error
	for _, p := range r.s.packs {
		if p == but {
			continue
		}
		i, ok := r.s.position(p, id)
		if !ok {
			continue
		}
		o, err := r.packed(p, i)
		if err == nil {
			err = r.check(id, o)
		}
		if err == nil {
			return o, nil
		}
		if first == nil {
			first = err
		}
	}
	for _, dir := range r.s.dirs {
		o, err := r.readLoose(looseObject{id, dir})
		if err == nil {
			err = r.check(id, o)
		}
		if err == nil {
			return o, nil
		}
		if first == nil && !isNotExist(err) {
			first = err
		}
	}
	if o, err := r.fromElsewhere(id); err == nil || first == nil {
		return o, err
	}
	return object{}, first
}

func (r *Reader) check(id ID, o object) error {
	if r.s.opts.Verify && HashObject(r.s.opts.Format, o.t, o.data) != id {
		return errName
	}
	return nil
}

var errName = errors.New("content does not fit its name")

// position finds an object in a pack's index.
func (s *Store) position(p *pack, id ID) (i int, ok bool) {
	var err error
	defer func() { ok = ok && err == nil }()
	defer catchFault(&err)
	return p.idx.find(id)
}

func (r *Reader) readLoose(o looseObject) (object, error) {
	t, size, content, f, err := r.loose.open(o)
	if err != nil {
		return object{}, err
	}
	defer f.Close()
	if size > r.s.opts.Limits.Whole {
		return object{}, ErrTooLarge
	}
	data, err := readExactly(content, size)
	return object{t, data}, err
}

// readExactly reads size bytes and the end behind them. What claims to be large
// has to be: memory grows with what is read.
func readExactly(r io.Reader, size int64) ([]byte, error) {
	const trusted = 1 << 20
	data := make([]byte, 0, min(size, trusted))
	for {
		if len(data) == cap(data) {
			if int64(len(data)) == size {
				break
			}
			grown := make([]byte, len(data), min(size, 2*int64(cap(data))))
			copy(grown, data)
			data = grown
		}
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
	}
	var more [1]byte
	if _, err := r.Read(more[:]); err != io.EOF {
		return nil, errSize
	}
	return data, nil
}

// packed puts an object of a pack together. Its chain is gathered first, so that
// neither depth nor a circle reaches the stack.
func (r *Reader) packed(p *pack, i int) (o object, err error) {
	defer catchFault(&err)
	off, ok := p.idx.offset(i)
	if !ok {
		return object{}, errIndex
	}
	type link struct {
		place
		e entry
	}
	var chain []link
	for {
		at := place{p, off}
		if c, ok := r.cached(at); ok {
			o = c
			break
		}
		if len(chain) > maxDepth {
			return object{}, errDepth
		}
		e, raw, err := p.entry(off, r.raw)
		r.raw = raw
		if err != nil {
			return object{}, err
		}
		if e.kind < offsetDelta && e.size > r.s.opts.Limits.Base && len(chain) > 0 {
			return r.packedLarge(chain[0].p, chain[0].off)
		}
		if e.kind < offsetDelta {
			data := []byte(nil)
			if data, err = r.inflate(p, e, nil); err != nil {
				return object{}, err
			}
			o = object{Type(e.kind), data}
			r.remember(at, o)
			break
		}
		chain = append(chain, link{at, e})
		if e.kind == offsetDelta {
			off = e.base
			continue
		}
		// By its name: here, or anywhere.
		if i, ok := p.idx.find(e.baseID); ok {
			if off, ok = p.idx.offset(i); !ok {
				return object{}, errIndex
			}
			continue
		}
		q, i, ok := r.s.findPacked(e.baseID, p)
		if !ok {
			if o, err = r.anyLoose(e.baseID); err != nil {
				return object{}, fmt.Errorf("base of a delta: %w", err)
			}
			break
		}
		p = q
		if off, ok = p.idx.offset(i); !ok {
			return object{}, errIndex
		}
	}
	var delta []byte
	for k := len(chain) - 1; k >= 0; k-- {
		if delta, err = r.inflate(chain[k].p, chain[k].e, delta); err != nil {
			return object{}, err
		}
		base, target, rest, err := deltaSizes(delta)
		switch {
		case err != nil:
			return object{}, err
		case base != int64(len(o.data)):
			return object{}, errDelta
		case target > r.s.opts.Limits.Base:
			return r.packedLarge(chain[0].p, chain[0].off)
		case !deltaMakes(target, rest):
			return object{}, errDelta
		}
		data := make([]byte, target)
		if _, err := applyDelta(data, o.data, rest, nil); err != nil {
			return object{}, err
		}
		o.data = data
		r.remember(chain[k].place, o)
	}
	return o, nil
}

// packedLarge is packed for what is made of something that is too large to be
// held.
func (r *Reader) packedLarge(p *pack, off uint64) (object, error) {
	made, stream, err := r.large(p, off)
	if err != nil {
		return object{}, err
	}
	defer made.Close()
	if made.size > r.s.opts.Limits.Whole {
		return object{}, ErrTooLarge
	}
	data, err := readExactly(stream, made.size)
	return object{made.t, data}, err
}

func (r *Reader) anyLoose(id ID) (o object, err error) {
	err = ErrMissing
	for _, dir := range r.s.dirs {
		if o, err = r.readLoose(looseObject{id, dir}); err == nil {
			return o, nil
		} else if isNotExist(err) {
			err = ErrMissing
		}
	}
	return o, err
}

// inflate decompresses what an entry holds into buf, grown where it has to be.
func (r *Reader) inflate(p *pack, e entry, buf []byte) (data []byte, err error) {
	if e.size > r.s.opts.Limits.Whole {
		return buf, ErrTooLarge
	}
	data, r.raw, err = p.inflate(r.z, e, buf, r.raw)
	return data, err
}

// cached and remember keep two generations of objects, of which the older is
// let go of when the younger is full.
func (r *Reader) cached(at place) (object, bool) {
	if o, ok := r.young[at]; ok {
		return o, true
	}
	o, ok := r.old[at]
	if ok {
		r.remember(at, o)
	}
	return o, ok
}

func (r *Reader) remember(at place, o object) {
	if len(o.data) > maxCached/8 {
		return
	}
	if r.young == nil || r.inYoung+len(o.data) > maxCached/2 {
		r.old, r.young, r.inYoung = r.young, make(map[place]object), 0
	}
	r.young[at] = o
	r.inYoung += len(o.data) + 64 // the entry itself
}
