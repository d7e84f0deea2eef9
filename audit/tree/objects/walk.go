package objects

import (
	"io"

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

	rebuilt int64 // bytes of bases that were made again

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

// deriveLarge is derive for what is too large to be held, or made of such a base.
func (w *walker) deriveLarge(rank uint32, t Type, size int64) (frame, error) {
	f := frame{rank: rank, t: t, size: size}
	held := w.work(madeWindow + min(size, w.store.opts.Limits.Base))
	defer func() { w.working.release(held) }()
	made, stream, err := w.reader.large(w.pack, w.l.offsets[rank])
	if err != nil {
		return f, err
	}
	defer made.Close()
	if size > w.store.opts.Limits.Base {
		return f, w.give(&f, nil, stream, nil)
	}
	if f.data, err = w.whole(stream, size); err == nil {
		err = w.give(&f, f.data, nil, nil)
	}
	if err != nil {
		w.drop(&f)
	}
	return f, err
}

// whole reads an object that is made piece by piece.
func (w *walker) whole(stream io.Reader, size int64) ([]byte, error) {
	data := w.free.get(int(size))
	if _, err := io.ReadFull(stream, data); err != nil {
		w.free.put(data)
		return nil, err
	}
	return data, nil
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
	case size > limits.Base || baseSize > limits.Base:
		w.working.release(held)
		held = 0
		return w.deriveLarge(rank, base.t, size)
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
