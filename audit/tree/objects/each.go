package objects

import (
	"cmp"
	"context"
	"errors"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
)

// Object is one object, as Each gives it. It is the caller's until fn returns.
type Object struct {
	ID   ID
	Type Type
	Size int64
	// Data is the whole content. It must not be changed.
	Data []byte
	// Stream gives the content where that is too large to be held in memory,
	// which Limits.Base decides; Data is nil then. Where reading it fails, the
	// object is given once more if there is another copy.
	Stream io.Reader
	// Inserted are the ranges of Data that its base does not have, ascending and
	// apart from each other, where the base was given to fn before; an empty one
	// marks a place where parts of the base meet that did not meet there. Nil
	// means all of it.
	Inserted []Range
	// FromBase is what fn left in Carry when it was given the base; nil where
	// Inserted is.
	FromBase any
	// Carry is for fn to leave something to the objects that are made of this
	// one: that it holds a secret, say, which these then hold too.
	Carry any
}

// Pass says which objects Each gives, and how.
type Pass struct {
	Workers int              // goroutines; 0 for one a processor
	Types   []Type           // nil for all
	Only    func(id ID) bool // nil for all; called by several goroutines
}

// Stats is what a pass came to.
type Stats struct {
	Objects int64 // given to fn
	Bytes   int64 // of their contents
	// Failed counts the objects that could not be read, and Skips names the
	// first maxSkips of them.
	Failed int64
	Skips  []Skip
}

const maxSkips = 100

func (s *Stats) add(o *Stats) {
	s.Objects += o.Objects
	s.Bytes += o.Bytes
	s.Failed += o.Failed
	s.Skips = append(s.Skips, o.Skips...)
	s.Skips = s.Skips[:min(len(s.Skips), maxSkips)]
}

func (s *Stats) fail(skip Skip) {
	s.Failed++
	if len(s.Skips) < maxSkips {
		s.Skips = append(s.Skips, skip)
	}
}

// Each gives every object of the store to fn once, in no order but that a base
// comes before what is made of it. Every object is decompressed once: the deltas
// of a base are applied while it is at hand.
//
// fn is called by several goroutines, whose numbers from 0 on it is given. An
// error of fn, or the end of ctx, ends the pass and is returned. What cannot be
// read does not: it is in Stats, which is right up to the end in either case.
func (s *Store) Each(ctx context.Context, how Pass, fn func(worker int, o *Object) error) (Stats, error) {
	if how.Workers <= 0 {
		how.Workers = runtime.GOMAXPROCS(0)
	}
	if err := s.all(); err != nil {
		return Stats{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p := &pass{
		store: s, fn: fn, how: how,
		kept:    newBudget(s.opts.Limits.Kept),
		working: newBudget(s.opts.Limits.Working),
		large:   largeBuffers{most: s.opts.Limits.Working},
	}
	defer context.AfterFunc(ctx, func() { p.stopped.Store(true) })()
	p.stop = func(err error) {
		p.stopped.Store(true)
		cancel(err)
	}
	var stats Stats
	p.plan(&stats)

	all := make([]Stats, how.Workers)
	var wg sync.WaitGroup
	for i := range how.Workers {
		wg.Go(func() {
			defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
			w := newWalker(p, i)
			w.run()
			all[i] = w.stats
		})
	}
	wg.Wait()
	for i := range all {
		stats.add(&all[i])
	}
	p.others(&stats)
	return stats, context.Cause(ctx)
}

var (
	errStopped = errors.New("stopped")
	errCostly  = errors.New("deltas that would take too long")
)

// pass is what the workers of one Each share.
type pass struct {
	store   *Store
	fn      func(int, *Object) error
	how     Pass
	layouts []*layout // of each pack; nil where nothing of it is asked for
	units   []unit    // trees of deltas, the large ones first
	next    atomic.Int64
	loose   atomic.Int64 // the next loose object

	kept, working *budget
	large         largeBuffers
	stopped       atomic.Bool
	stop          func(error)
}

// unit is a tree of deltas.
type unit struct{ pack, root uint32 }

// heavy is how many objects make a tree one to begin with, so that no worker is
// left with it when the others are done.
const heavy = 256

// plan lays all packs out.
func (p *pass) plan(stats *Stats) {
	s := p.store
	p.layouts = make([]*layout, len(s.packs))
	for i, pack := range s.packs {
		var l *layout
		err := guard(func() (err error) {
			l, err = pack.layOut(func(pos int) bool { return p.wanted(uint32(i), pos) }, p.how.Workers)
			return err
		})
		if err != nil {
			stats.fail(Skip{File: pack.name + ".pack", Err: err})
			stats.Failed += int64(pack.idx.count - s.hidden[i].count() - 1)
			continue
		}
		p.layouts[i] = l
		for _, r := range l.roots {
			if l.weight[r] > 0 {
				p.units = append(p.units, unit{uint32(i), r})
			}
		}
		for _, r := range l.lost {
			if l.weight[r] > 0 {
				stats.fail(Skip{File: pack.name + ".pack", ID: pack.idx.id(int(l.pos[r])), Err: errCycle})
			}
		}
	}
	// The others stay in the order of the pack, which its objects were made to
	// be read in.
	weight := func(u unit) uint32 {
		if w := p.layouts[u.pack].weight[u.root]; w >= heavy {
			return w
		}
		return 0
	}
	slices.SortStableFunc(p.units, func(a, b unit) int { return cmp.Compare(weight(b), weight(a)) })
}

// asked reports whether objects of a type are asked for.
func (p *pass) asked(t Type) bool { return p.how.Types == nil || slices.Contains(p.how.Types, t) }

// wanted reports whether fn is to be given an object of a pack.
func (p *pass) wanted(pack uint32, pos int) bool {
	return !p.store.hidden[pack].has(pos) &&
		(p.how.Only == nil || p.how.Only(p.store.packs[pack].idx.id(pos)))
}
