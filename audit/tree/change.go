package tree

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree/objects"
)

// Change is what is new on one side of a history, or in the index. Finding it
// takes time and memory by its own size, not by that of the repository.
type Change struct {
	// Objects are blobs, commits and tags, each once; the first commits come
	// first. A blob is new where no parent of its commit holds it: one that was
	// taken out earlier and comes back is new again.
	Objects []New
	// Cut says that the clone is shallow and ends before the sides meet: what is
	// new was then told by the files of both.
	Cut bool
	// Refs are what To of a range names, if it names a ref: they lead to all of it.
	Refs []string
	// Skipped is what could not be read on the way.
	Skipped []rules.Skipped
}

// New is one object of a [Change].
type New struct {
	ID   objects.ID
	Type objects.Type
	// Trace says by which path and commit it came; not what HEAD and the refs
	// make of it.
	Trace Trace
}

// Range finds what commits can reach from the revision to and not from the
// revision from. Either may be all zeros, as git's hooks and hosting services
// name what is not there: all that to reaches is new then, or nothing is. Blobs
// are told where want says so of a path under which they come; nil wants all. The
// error is a [*RevisionError], or the context's.
func (h *History) Range(ctx context.Context, from, to string, want func(path string) bool) (*Change, error) {
	c := h.change(ctx, want)
	if isNone(to) {
		return &c.Change, nil
	}
	var known []objects.ID
	if !isNone(from) {
		id, tags, err := h.resolve(c.r, from)
		if err != nil {
			return nil, err
		}
		start, err := h.commit(c.r, id)
		if err != nil {
			return nil, &RevisionError{Revision: from, Err: err}
		}
		known = append(tags, id)
		c.base = start.tree
	}
	tip, tags, err := h.resolve(c.r, to)
	if err != nil {
		return nil, err
	}
	c.Refs = h.refsNamed(to)
	var old []objects.ID
	if len(known) > 0 {
		old = known[len(known)-1:]
	}
	commits, err := c.only(tip, old)
	if err != nil {
		return nil, err
	}
	for _, k := range commits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c.add(New{ID: k.id, Type: objects.TypeCommit, Trace: Trace{Commit: k.id, When: k.when}})
		c.brings(k)
	}
	for _, tag := range tags {
		if !slices.Contains(known, tag) {
			c.add(New{ID: tag, Type: objects.TypeTag})
		}
	}
	return &c.Change, nil
}

// isNone reports whether a revision is all zeros.
func isNone(revision string) bool { return revision != "" && strings.Trim(revision, "0") == "" }

// changer is the making of one Change.
type changer struct {
	Change
	ctx   context.Context
	h     *History
	r     *objects.Reader
	want  func(path string) bool // nil: all
	again int                    // how often a folder was gone into once more
	base  objects.ID             // the tree on the old side; zero for none
	known map[objects.ID]int     // by their numbers in Objects
	lost  map[objects.ID]bool    // which are not here and were told
}

func (h *History) change(ctx context.Context, want func(path string) bool) *changer {
	return &changer{ctx: ctx, h: h, want: want, r: h.store.NewReader(), known: make(map[objects.ID]int), lost: make(map[objects.ID]bool)}
}

func (c *changer) add(o New) {
	if _, met := c.known[o.ID]; !met {
		c.known[o.ID] = len(c.Objects)
		c.Objects = append(c.Objects, o)
	}
}

// blob adds a blob that is new under a path, if that is wanted.
func (c *changer) blob(id objects.ID, path string, t Trace) {
	if c.want != nil && !c.want(path) {
		return
	}
	n, met := c.known[id]
	if !met {
		c.add(New{ID: id, Type: objects.TypeBlob, Trace: t})
		return
	}
	for _, paths := range []*[]string{&c.Objects[n].Trace.Paths, &c.Objects[n].Trace.Staged} {
		if at, have := slices.BinarySearch(*paths, path); len(*paths) > 0 && !have && len(*paths) < MaxPaths {
			*paths = slices.Insert(*paths, at, path)
		}
	}
}

// maxAgain is how often in all a folder is gone into once more that looks as one
// which was told: a few small trees can stand for billions of folders.
const maxAgain = 100_000

// anew says whether to go into a folder that looks as one that was told. One of
// them is enough, but where other paths may be wanted.
func (c *changer) anew() bool {
	if c.want == nil {
		return false
	}
	if c.again++; c.again == maxAgain {
		c.Skipped = append(c.Skipped, rules.Skipped{Path: c.h.Dir + "/objects", Reason: "more folders of the same content than are told apart", Kind: rules.ByFailure})
	}
	return c.again < maxAgain
}

// miss notes an object that cannot be read.
func (c *changer) miss(id objects.ID, err error) {
	if c.lost[id] {
		return
	}
	c.lost[id] = true
	c.Skipped = append(c.Skipped, c.h.Missed(id, err))
}

// Missed is the skip of an object that was asked for and cannot be read: by
// design where the clone is a partial one.
func (h *History) Missed(id objects.ID, err error) rules.Skipped {
	s := rules.Skipped{Path: h.Dir + "/objects", Reason: fmt.Sprintf("object %s: %v", id, err), Kind: rules.ByFailure}
	if h.Partial && errors.Is(err, objects.ErrMissing) {
		s.Kind = rules.ByDesign
	}
	return s
}

// reached is a commit on the way.
type reached struct {
	commit
	old    bool // the old side reaches it
	popped bool
	n      int // when it was met
}

// slack is how many commits are looked at after those that are left all seem to
// be old, since dates may lie.
const slack = 5

// only gives the commits that tip reaches and old do not, the first ones first.
// Both sides are walked at once, by date: a date that lies may make an old commit
// count as new, and never the reverse.
func (c *changer) only(tip objects.ID, old []objects.ID) ([]commit, error) {
	met := make(map[objects.ID]*reached)
	var queue byDate
	fresh := 0 // in the queue, on the new side
	push := func(id objects.ID, isOld bool) {
		if w := met[id]; w != nil {
			if isOld && !w.old {
				// Its ancestors that were met are old too.
				for next := []*reached{w}; len(next) > 0; {
					w := next[len(next)-1]
					next = next[:len(next)-1]
					if w.old {
						continue
					}
					w.old = true
					if !w.popped {
						fresh--
						continue
					}
					for _, p := range w.parents {
						if w := met[p]; w != nil {
							next = append(next, w)
						}
					}
				}
			}
			return
		}
		k, err := c.h.commit(c.r, id)
		if err != nil {
			if errors.Is(err, ErrNoRevision) {
				err = objects.ErrMissing
			}
			c.miss(id, err)
			return
		}
		w := &reached{commit: k, old: isOld, n: len(met)}
		met[id] = w
		heap.Push(&queue, w)
		if !isOld {
			fresh++
		}
	}
	for _, id := range old {
		push(id, true)
	}
	push(tip, false)
	var found []*reached
	for left := slack; queue.Len() > 0 && left > 0; {
		if err := c.ctx.Err(); err != nil {
			return nil, err
		}
		w := heap.Pop(&queue).(*reached)
		w.popped = true
		if !w.old {
			fresh--
			found = append(found, w)
		}
		for _, p := range w.parents {
			push(p, w.old)
		}
		switch {
		case fresh > 0, queue.Len() > 0 && len(found) > 0 && !found[len(found)-1].when.After(queue[0].when):
			left = slack
		default:
			left--
		}
	}
	var out []commit
	for _, w := range slices.Backward(found) {
		if !w.old {
			out = append(out, w.commit)
			c.Cut = c.Cut || len(old) > 0 && c.h.shallow()[w.id]
		}
	}
	return out, nil
}

// byDate is a heap of commits, the latest first.
type byDate []*reached

func (q byDate) Len() int { return len(q) }
func (q byDate) Less(i, j int) bool {
	return cmp.Or(q[j].when.Compare(q[i].when), cmp.Compare(q[i].n, q[j].n)) < 0
}
func (q byDate) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *byDate) Push(x any)   { *q = append(*q, x.(*reached)) }
func (q *byDate) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}

// brings adds the blobs that a commit has and none of its parents, nor the tree
// on the old side, under the same name.
func (c *changer) brings(k commit) {
	var olds []objects.ID
	for _, p := range k.parents {
		if parent, err := c.h.commit(c.r, p); err == nil {
			olds = append(olds, parent.tree)
		}
	}
	if !c.base.IsZero() {
		olds = append(olds, c.base)
	}
	d := c.difference()
	d.trees("", k.tree, olds, 0)
	d.done(func(path string, id objects.ID) {
		c.blob(id, path, Trace{Paths: []string{path}, Commit: k.id, Path: path, When: k.when})
	})
}
