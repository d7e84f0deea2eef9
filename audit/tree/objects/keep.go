package objects

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
		if e.kind < offsetDelta && e.size > w.store.opts.Limits.Base {
			return w.rebuildLarge(rank)
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
		if err != nil || base != int64(len(data)) {
			return nil, errDelta
		}
		if size > w.store.opts.Limits.Base {
			if own {
				w.free.put(data)
			}
			return w.rebuildLarge(rank)
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

// rebuildLarge is rebuild for what is made of something that is too large to be
// held.
func (w *walker) rebuildLarge(rank uint32) ([]byte, error) {
	made, stream, err := w.reader.large(w.pack, w.l.offsets[rank])
	if err != nil {
		return nil, err
	}
	defer made.Close()
	if made.size > w.store.opts.Limits.Base {
		return nil, ErrTooLarge
	}
	if !w.mayRebuild(made.root.size + made.size) {
		return nil, errCostly
	}
	return w.whole(stream, made.size)
}

// mayRebuild counts what is made again. Ordinary packs need next to nothing of
// it; one that is made to waste time ends here.
func (w *walker) mayRebuild(size int64) bool {
	const some, times = 4 << 30, 64
	w.rebuilt += size
	return w.rebuilt <= some+times*w.stats.Bytes
}
