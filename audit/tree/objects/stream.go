package objects

import (
	"io"
	"runtime/debug"
)

// Stream hands an object to fn as [Store.Each] does: whole, or piece by piece where
// it is larger than [Limits].Base. Where reading it fails, it is given once more if
// there is another copy. The error is that of fn or of reading; it may wrap
// [ErrMissing] or [ErrTooLarge].
func (r *Reader) Stream(id ID, fn func(o *Object) error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	for _, p := range r.s.packs {
		if i, ok := r.s.position(p, id); ok {
			if read, err := r.streamPacked(p, i, id, fn); read {
				return err
			}
		}
	}
	for _, dir := range r.s.dirs {
		t, size, content, f, err := r.loose.open(looseObject{id, dir})
		if err != nil || size <= r.s.opts.Limits.Base {
			if err == nil {
				f.Close()
			}
			continue
		}
		err = fn(&Object{ID: id, Type: t, Size: size, Stream: content})
		f.Close()
		if content.failure() == nil {
			return err
		}
	}
	o, err := r.get(id, nil)
	if err != nil {
		return err
	}
	return fn(&Object{ID: id, Type: o.t, Size: int64(len(o.data)), Data: o.data})
}

// streamPacked gives a packed object, if it is large and can be read.
func (r *Reader) streamPacked(p *pack, i int, id ID, fn func(o *Object) error) (read bool, err error) {
	defer catchFault(&err)
	off, ok := p.idx.offset(i)
	if !ok {
		return false, nil
	}
	e, raw, err := p.entry(off, r.raw)
	r.raw = raw
	if err != nil {
		return false, nil
	}
	size := e.size
	if e.kind >= offsetDelta {
		delta, err := r.inflate(p, e, nil)
		if err != nil {
			return false, nil
		}
		if _, size, _, err = deltaSizes(delta); err != nil {
			return false, nil
		}
	}
	if size <= r.s.opts.Limits.Base {
		return false, nil
	}
	made, stream, err := r.large(p, off)
	if err != nil {
		return false, nil
	}
	defer made.Close()
	err = fn(&Object{ID: id, Type: made.t, Size: made.size, Stream: io.Reader(stream)})
	return stream.failure() == nil, err
}
