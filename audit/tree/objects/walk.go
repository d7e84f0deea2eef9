package objects

import (
	"io"
	"slices"

	"github.com/klauspost/compress/zlib"
)

// counted is the size from which memory is taken from the shared budgets. Less
// than that is not worth the lock: a worker keeps no more of such bases than the
// logarithm of the objects of a tree.
const (
	countedKept    = 64 << 10
	countedWorking = 1 << 20
)

// walker is one worker of a pass. It goes down the trees of deltas and keeps of
// each only the bases whose deltas are not all done. The largest branch of a
// base comes last, when the base itself is no longer needed, so that it keeps
// few, however long the chains.
type walker struct {
	*pass
	number int
	stats  Stats
	reader *Reader // for bases from elsewhere
	z      *inflater
	stream io.ReadCloser
	free   buffers
	raw    []byte // as a file has it, where files are not mapped
	delta  []byte // the last one
	chain  []uint32
	ranges []Range
	object Object

	pack  *pack
	n     uint32 // of the pack
	l     *layout
	stack []frame
}

// frame is a base whose deltas are being done.
type frame struct {
	rank  uint32
	child uint32 // the next delta to look at
	last  uint32 // the delta to end with
	given bool   // fn has seen it
	t     Type
	size  int64
	data  []byte // nil where it is not kept
	held  int64  // of the budget
	carry any
}

func newWalker(p *pass, number int) *walker {
	return &walker{
		pass: p, number: number, reader: p.store.NewReader(), z: newInflater(p.store.opts.Verify),
		free: buffers{large: &p.large},
	}
}

func (w *walker) run() {
	for !w.stopped.Load() {
		from := int(w.next.Add(1)) - 1
		if from >= len(w.units) {
			break
		}
		w.tree(w.units[from])
	}
	for !w.stopped.Load() {
		i := int(w.loose.Add(1)) - 1
		if i >= len(w.store.loose) {
			break
		}
		w.looseObject(w.store.loose[i])
	}
}

func (w *walker) failed(id ID, err error) {
	skip := Skip{ID: id, Err: err}
	if w.pack != nil {
		skip.File = w.pack.name + ".pack"
	} else {
		skip.File = looseObject{id: id}.name()
	}
	w.stats.fail(skip)
}

// tree gives the objects of one tree of deltas.
func (w *walker) tree(u unit) {
	w.pack, w.n, w.l = w.store.packs[u.pack], u.pack, w.layouts[u.pack]
	err := func() (err error) {
		defer catchFault(&err)
		w.walk(u.root)
		return nil
	}()
	if err != nil { // the index became shorter
		for len(w.stack) > 0 {
			w.pop()
		}
		w.failed(ID{}, err)
	}
	w.pack = nil
}

func (w *walker) walk(root uint32) {
	w.root(root)
	for len(w.stack) > 0 {
		if w.stopped.Load() {
			for len(w.stack) > 0 {
				w.pop()
			}
			break
		}
		f := &w.stack[len(w.stack)-1]
		c, last := w.nextChild(f)
		if c == none {
			w.pop()
			continue
		}
		w.child(c, last)
	}
}

func (w *walker) pop() {
	w.drop(&w.stack[len(w.stack)-1])
	w.stack[len(w.stack)-1] = frame{}
	w.stack = w.stack[:len(w.stack)-1]
}

// drop lets go of a base's content.
func (w *walker) drop(f *frame) {
	if f.held > 0 {
		w.kept.release(f.held)
		f.held = 0
	}
	if f.data != nil {
		w.free.put(f.data)
		f.data = nil
	}
}

// nextChild gives the next delta of a base to do, and whether it is the last.
func (w *walker) nextChild(f *frame) (uint32, bool) {
	for f.child != none {
		c := f.child
		f.child = w.l.next[c]
		if c != f.last && w.l.weight[c] > 0 {
			return c, false
		}
	}
	c := f.last
	f.last = none
	return c, true
}

// entry reads the header of an object of the pack.
func (w *walker) entry(rank uint32) (entry, error) {
	off := w.l.offsets[rank]
	var e entry
	err := func() (err error) {
		defer catchFault(&err)
		e, w.raw, err = w.pack.entry(off, w.raw)
		return err
	}()
	return e, err
}

// inflate decompresses an entry into buf, which is grown where it must be.
func (w *walker) inflate(e entry, buf []byte) (data []byte, err error) {
	if e.size > w.store.opts.Limits.Whole {
		return buf, ErrTooLarge
	}
	data, w.raw, err = w.pack.inflate(w.z, e, buf, w.raw)
	return data, err
}

// plausible reports whether the bytes up to the next object can make as many as
// an entry says, so that a lie asks for no memory.
func (w *walker) plausible(rank uint32, e entry) bool {
	end := w.pack.end
	if int(rank)+1 < len(w.l.offsets) {
		if next := w.l.offsets[rank+1]; next > w.l.offsets[rank] {
			end = next
		}
	}
	return e.data <= end && e.size/maxRatio <= int64(end-e.data)
}

// root begins a tree: with a whole object, or with a delta whose base is not in
// this pack.
func (w *walker) root(rank uint32) {
	e, err := w.entry(rank)
	if err != nil {
		w.rescue(rank, err)
		return
	}
	f := frame{rank: rank, t: Type(e.kind), size: e.size}
	switch {
	case e.kind == offsetDelta:
		w.rescue(rank, errOffset) // no object begins there
		return
	case e.kind == refDelta:
		base, err := w.reader.get(e.baseID, w.pack)
		if err == nil && !w.asked(base.t) {
			return
		}
		if err == nil {
			f, err = w.derive(rank, e, &frame{t: base.t, size: int64(len(base.data)), data: base.data})
		}
		if err != nil {
			w.rescue(rank, err)
			return
		}
	case !w.asked(f.t):
		return
	case !w.plausible(rank, e):
		w.rescue(rank, errSize)
		return
	case e.size > w.store.opts.Limits.Base:
		if err := w.give(&f, nil, w.openStream(e), nil); err != nil {
			w.rescue(rank, err)
			return
		}
	default:
		held := w.work(e.size)
		f.data, err = w.inflate(e, w.free.get(int(e.size)))
		if err == nil {
			err = w.give(&f, f.data, nil, nil)
		}
		w.working.release(held)
		if err != nil {
			w.rescue(rank, err)
			return
		}
	}
	w.push(f)
}

// openStream gives a large object piece by piece.
func (w *walker) openStream(e entry) *exactReader {
	src := w.pack.src.reader(int64(e.data), int64(w.pack.end-e.data))
	if w.stream == nil {
		if z, err := zlib.NewReader(src); err == nil {
			w.stream = z
		} else {
			return &exactReader{err: errZlib}
		}
	} else if err := w.stream.(zlib.Resetter).Reset(src, nil); err != nil {
		return &exactReader{err: errZlib}
	}
	return &exactReader{r: w.stream, left: e.size}
}

// child makes a delta of the base on top of the stack; last says that it is that
// base's last one, which is then let go of.
func (w *walker) child(rank uint32, last bool) {
	top := len(w.stack) - 1
	base := w.stack[top]
	if last {
		w.stack[top] = frame{}
		w.stack = w.stack[:top]
	}
	e, err := w.entry(rank)
	var f frame
	if err == nil {
		f, err = w.derive(rank, e, &base)
	}
	if last {
		w.drop(&base)
	}
	if err != nil {
		w.rescue(rank, err)
		return
	}
	w.push(f)
}

// derive makes an object of its base and delta, and gives it.
func (w *walker) derive(rank uint32, e entry, base *frame) (f frame, err error) {
	limits := &w.store.opts.Limits
	if !w.plausible(rank, e) {
		return f, errSize
	}
	held := w.work(e.size)
	defer func() { w.working.release(held) }()
	delta, err := w.inflate(e, w.delta)
	if err != nil {
		return f, err
	}
	w.keepDelta(delta)
	baseSize, size, rest, err := deltaSizes(delta)
	switch {
	case err != nil:
		return f, err
	case baseSize != base.size:
		return f, errDelta
	case size > limits.Whole || baseSize > limits.Whole:
		return f, ErrTooLarge
	case size > countedWorking && !deltaMakes(size, rest):
		return f, errDelta
	}
	need := e.size + size
	if base.data == nil {
		need += 2 * base.size
	}
	if need > countedWorking {
		// Waiting for more while holding some could wait for ever; so what is
		// held is given back, and a large delta decompressed again.
		w.working.release(held)
		if held > 0 {
			delta, rest = nil, nil
		}
		held = w.work(need)
		if delta == nil {
			if delta, err = w.inflate(e, nil); err != nil {
				return f, err
			}
			if _, _, rest, err = deltaSizes(delta); err != nil {
				return f, err
			}
		}
	}
	from := base.data
	if from == nil {
		// It uses the room for deltas.
		w.delta = nil
		if from, err = w.rebuild(base.rank); err != nil {
			return f, err
		}
	}
	data := w.free.get(int(size))
	w.ranges, err = applyDelta(data, from, rest, w.ranges[:0])
	if base.data == nil {
		w.free.put(from)
	}
	if err != nil {
		w.free.put(data)
		return f, err
	}
	f = frame{rank: rank, t: base.t, size: size, data: data}
	inserted := w.ranges
	if !base.given {
		inserted = nil
	} else if inserted == nil {
		inserted = []Range{}
	}
	if err := w.give(&f, data, nil, &delivery{inserted, base.carry}); err != nil {
		w.drop(&f)
		return f, err
	}
	return f, nil
}

// keepDelta keeps the room of a delta for the next, unless it is large.
func (w *walker) keepDelta(delta []byte) {
	w.delta = delta
	if cap(delta) > countedWorking {
		w.delta = nil
	}
}

// work takes memory for an object from the shared budget, if it is large.
func (w *walker) work(n int64) int64 {
	if n <= countedWorking {
		return 0
	}
	return w.working.wait(n)
}

// push makes an object the base of those that are made of it, if there are any,
// and keeps its content, if there is room.
func (w *walker) push(f frame) {
	f.last = none
	most := uint32(0)
	for c := w.l.first[f.rank]; c != none; c = w.l.next[c] {
		if w.l.weight[c] > most {
			f.last, most = c, w.l.weight[c]
		}
	}
	if f.last == none || w.stopped.Load() {
		w.drop(&f)
		return
	}
	f.child = w.l.first[f.rank]
	if f.data != nil && f.size > countedKept && !w.keep(&f) {
		w.drop(&f)
	}
	w.stack = append(w.stack, f)
}

// keep finds room for a base. Those further up are needed last, and make room
// first.
func (w *walker) keep(f *frame) bool {
	if f.size > w.store.opts.Limits.Base || f.size > w.kept.total {
		return false
	}
	for i := 0; ; i++ {
		if w.kept.try(f.size) {
			f.held = f.size
			return true
		}
		for i < len(w.stack) && w.stack[i].held == 0 {
			i++
		}
		if i >= len(w.stack) {
			break
		}
		w.drop(&w.stack[i])
	}
	// This worker holds nothing now, and may wait for the others.
	f.held = w.kept.wait(f.size)
	return true
}

// rebuild makes the content of a base again that was not kept.
func (w *walker) rebuild(rank uint32) (data []byte, err error) {
	w.chain = w.chain[:0]
	kept := len(w.stack) - 1
	var from []byte // what is kept of the nearest base above, if anything
	for r := rank; ; {
		for kept >= 0 && w.stack[kept].rank != r && w.stack[kept].data == nil {
			kept--
		}
		if kept >= 0 && w.stack[kept].rank == r && w.stack[kept].data != nil {
			from = w.stack[kept].data
			break
		}
		if len(w.chain) == maxDepth {
			return nil, errDepth
		}
		w.chain = append(w.chain, r)
		if r = w.l.base[r]; r == none {
			break
		}
	}
	own := false // whether the content so far may be used for something else
	data = from
	var delta []byte
	for k := len(w.chain) - 1; k >= 0; k-- {
		if w.stopped.Load() {
			return nil, errStopped
		}
		e, err := w.entry(w.chain[k])
		if err != nil {
			return nil, err
		}
		if e.kind < offsetDelta {
			if data, err = w.inflate(e, w.free.get(int(e.size))); err != nil {
				return nil, err
			}
			own = true
			continue
		}
		if data == nil {
			base, err := w.reader.get(e.baseID, w.pack)
			if err != nil {
				return nil, err
			}
			data = base.data
		}
		if delta, err = w.inflate(e, delta); err != nil {
			return nil, err
		}
		base, size, rest, err := deltaSizes(delta)
		if err != nil || base != int64(len(data)) || size > w.store.opts.Limits.Whole {
			return nil, errDelta
		}
		if !w.mayRebuild(size) {
			return nil, errCostly
		}
		next := w.free.get(int(size))
		if w.ranges, err = applyDelta(next, data, rest, w.ranges[:0]); err != nil {
			return nil, err
		}
		if own {
			w.free.put(data)
		}
		data, own = next, true
	}
	return data, nil
}

// mayRebuild counts what is made again. Ordinary packs need next to nothing of
// it; one that is made to waste time ends here.
func (w *walker) mayRebuild(size int64) bool {
	const some, times = 4 << 30, 64
	return w.rebuilt.Add(size) <= some+times*w.stats.Bytes
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
