package objects

import "slices"

func (w *walker) failed(id ID, err error) {
	skip := Skip{ID: id, Err: err}
	if w.pack != nil {
		skip.File = w.pack.name + ".pack"
	} else {
		skip.File = looseObject{id: id}.name()
	}
	w.stats.fail(skip)
}

// rescue looks elsewhere for an object that could not be read in this pack, and
// for those that are made of it.
func (w *walker) rescue(rank uint32, err error) {
	todo := []uint32{rank}
	for len(todo) > 0 && !w.stopped.Load() {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for c := w.l.first[r]; c != none; c = w.l.next[c] {
			if w.l.weight[c] > 0 {
				todo = append(todo, c)
			}
		}
		pos := int(w.l.pos[r])
		if !w.wanted(w.n, pos) {
			continue
		}
		o, elsewhere := w.reader.get(w.pack.idx.id(pos), w.pack)
		switch {
		case elsewhere != nil:
			w.failed(w.pack.idx.id(pos), err)
		case w.asked(o.t):
			f := frame{rank: r, t: o.t, size: int64(len(o.data))}
			if err := w.give(&f, o.data, nil, nil); err != nil {
				w.failed(w.pack.idx.id(pos), err)
			}
		}
	}
}

// looseObject gives an object from a file of its own.
func (w *walker) looseObject(o looseObject) {
	if w.how.Only != nil && !w.how.Only(o.id) {
		return
	}
	t, size, content, file, err := w.reader.loose.open(o)
	if err != nil {
		w.failed(o.id, err)
		return
	}
	defer file.Close()
	if !w.asked(t) {
		return
	}
	f := frame{t: t, size: size}
	if size > w.store.opts.Limits.Base {
		err = w.giveID(o.id, &f, nil, content, nil)
	} else {
		held := w.work(size)
		defer func() { w.working.release(held) }()
		var data []byte
		if data, err = readExactly(content, size); err == nil {
			err = w.giveID(o.id, &f, data, nil, nil)
		}
	}
	if err != nil {
		w.failed(o.id, err)
	}
}

// delivery is what fn is told of an object's base.
type delivery struct {
	inserted []Range
	carry    any
}

// give hands an object of the pack to fn, if it is asked for, and notes in the
// frame what fn leaves to those that are made of it. The error is not one of
// fn's, but says that the object could not be read after all.
func (w *walker) give(f *frame, data []byte, stream *exactReader, base *delivery) error {
	pos := int(w.l.pos[f.rank])
	if !w.wanted(w.n, pos) {
		return nil
	}
	return w.giveID(w.pack.idx.id(pos), f, data, stream, base)
}

func (w *walker) giveID(id ID, f *frame, data []byte, stream *exactReader, base *delivery) error {
	o := &w.object
	*o = Object{ID: id, Type: f.t, Size: f.size, Data: slices.Clip(data)}
	if stream != nil {
		o.Stream = stream
	} else if w.store.opts.Verify && HashObject(id.format, f.t, data) != id {
		return errName
	}
	if base != nil && base.inserted != nil {
		o.Inserted, o.FromBase = base.inserted, base.carry
	}
	err := w.fn(w.number, o)
	if stream != nil && stream.failure() != nil {
		return stream.failure()
	}
	if err != nil {
		w.stop(err)
		return nil
	}
	f.given, f.carry = true, o.Carry
	w.stats.Objects++
	w.stats.Bytes += f.size
	return nil
}
