package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"sync"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
	"scopeaudit/audit/tree/objects"
)

// HistoryMode says whether what was ever committed is looked at too.
type HistoryMode int

// The modes.
const (
	// HistoryOfTop reads the history of a named folder that is the top of a work
	// tree, or a git directory.
	HistoryOfTop HistoryMode = iota
	// HistoryAll reads that of work trees around and below the named folder too.
	HistoryAll
	NoHistory
	// HistoryOnly reads the histories that HistoryAll reads, and no files.
	HistoryOnly
)

// histories looks at the histories that belong to a source. What it reads is no
// longer among the skips of the walk.
func (c *collector) histories(ctx context.Context, at source, coverage *rules.Coverage, prefix string, o Options) error {
	all := o.History != HistoryOfTop
	done := make(map[string]bool) // stores, since several work trees may share one
	examine := func(h *tree.History, work string, skipped []rules.Skipped) error {
		coverage.Skipped = append(coverage.Skipped, skipped...)
		if h == nil || done[h.Store] {
			return nil
		}
		done[h.Store] = true
		more, err := c.history(ctx, h, inside{path: path.Join(prefix, work)}, o)
		coverage.Add(more)
		return err
	}
	read := func(h *tree.History, work string, skipped []rules.Skipped) error {
		// It is read now, or not for another reason.
		var dir string
		if h != nil {
			defer h.Close()
			dir = h.Dir
		} else if len(skipped) > 0 {
			dir = skipped[0].Path
		}
		coverage.Skipped = slices.DeleteFunc(coverage.Skipped, func(s rules.Skipped) bool {
			return s.Reason == tree.SkipGit && dir != "" && (s.Path == dir || s.Path == path.Join(dir, "objects"))
		})
		if err := examine(h, work, skipped); err != nil || h == nil {
			return err
		}
		return h.Submodules(examine)
	}
	h, skipped := at.git.History(all)
	if h == nil && skipped == nil && !all && at.git.Top() != "" {
		c.notes = append(c.notes, fmt.Sprintf("what git's history holds of %q was not examined: --history does", at.path))
	}
	if err := read(h, "", skipped); err != nil {
		return err
	}
	if all {
		for _, s := range slices.Clone(coverage.Skipped) {
			if s.Reason != tree.SkipGit {
				continue
			}
			folder := path.Dir(s.Path)
			h, skipped := at.git.HistoryOf(folder)
			if err := read(h, folder, skipped); err != nil {
				return err
			}
		}
	}
	slices.Sort(c.pointers)
	for _, folder := range c.pointers {
		switch store := at.git.StoreOf(folder); {
		case store == "":
			coverage.Skipped = append(coverage.Skipped, rules.Skipped{Path: path.Join(folder, ".git"), Reason: tree.SkipStore, Kind: rules.ByDesign})
		case done[store]:
		case !all:
			coverage.Skipped = append(coverage.Skipped, rules.Skipped{Path: path.Join(folder, ".git"), Reason: tree.SkipGit, Kind: rules.ByDesign})
		default:
			h, skipped := at.git.HistoryOf(folder)
			if err := read(h, folder, skipped); err != nil {
				return err
			}
		}
	}
	c.pointers = nil
	return nil
}

// pointer notes a .git file, which says where the git directory of its folder is.
func (c *collector) pointer(f tree.File) {
	if folder, file := path.Split(f.Path); file == ".git" && folder != "" {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.pointers = append(c.pointers, path.Clean(folder))
	}
}

// history looks at every object of a repository.
func (c *collector) history(ctx context.Context, h *tree.History, in inside, o Options) (rules.Coverage, error) {
	s := &search{collector: c, hits: make(map[objects.ID]objects.Type)}
	stats, err := h.Each(ctx, o.Workers, func(worker int, obj *objects.Object) error {
		o.Progress.file(int(obj.Size))
		return s.object(worker, o.Workers, obj)
	})
	if err != nil {
		return rules.Coverage{}, err
	}
	absent, err := h.Absent(ctx, o.Workers)
	if err != nil {
		return rules.Coverage{}, err
	}
	coverage := rules.Coverage{Blobs: int(stats.Objects), Bytes: stats.Bytes, Skipped: slices.Concat(h.Skipped, missing(h, stats, absent))}
	ids := slices.SortedFunc(maps.Keys(s.hits), objects.ID.Compare)
	traces, err := h.Trace(ctx, ids, o.Workers)
	if err != nil {
		return rules.Coverage{}, err
	}
	r := &retelling{collector: c, reader: h.Reader(), in: in, hits: s.hits, traces: traces}
	if o.Exclude != nil {
		r.excluded = o.Exclude.Match
	}
	if err := r.tell(ctx, ids); err != nil {
		return rules.Coverage{}, err
	}
	return coverage, nil
}

// search is the pass over all objects, which tells those that hold anything.
type search struct {
	*collector

	mu   sync.Mutex
	hits map[objects.ID]objects.Type
}

// met is what an object leaves to those made of it: that it holds something, so
// that these are to be looked at whole.
type met struct{}

// object looks at one object, or at what it has that its base has not.
func (s *search) object(worker, workers int, o *objects.Object) error {
	space := s.space()
	defer s.giveBack(space)
	var hit, any bool
	each := func(_ decode.Member, views iter.Seq[decode.View]) error {
		pass := s.scanner.Begin(rules.Location{Origin: rules.History})
		for v := range views {
			pass.Scan(v)
		}
		hit = hit || len(pass.End()) > 0
		any = any || pass.Met()
		return nil
	}
	var ranges []decode.Range
	if o.Inserted != nil && o.FromBase == nil {
		ranges = make([]decode.Range, len(o.Inserted))
		for i, r := range o.Inserted {
			ranges[i] = decode.Range{Start: int(r.Start), End: int(r.End)}
		}
	}
	var err error
	if o.Stream != nil {
		_, err = space.EachReader(o.Stream, decode.Limits{}, each)
	} else {
		_, err = space.EachIn(o.Data, ranges, decode.Limits{}, each)
	}
	var failed *decode.ReadError
	if err != nil && !errors.As(err, &failed) {
		return err
	}
	if any {
		o.Carry = met{}
	}
	if hit {
		s.mu.Lock()
		s.hits[o.ID] = o.Type
		s.mu.Unlock()
	}
	return nil
}

// onePlace leaves one leak of those that are the same secret at the same path,
// in one version of a file after the other: that which was there first.
func onePlace(leaks []secrets.Leak, traces map[objects.ID]tree.Trace) []secrets.Leak {
	when := make(map[string]tree.Trace, len(traces))
	for id, t := range traces {
		when[id.String()] = t
	}
	slices.SortStableFunc(leaks, func(a, b secrets.Leak) int {
		x, y := when[a.Location.Blob], when[b.Location.Blob]
		return cmp.Or(boolCompare(x.Commit.IsZero(), y.Commit.IsZero()), x.When.Compare(y.When), cmp.Compare(a.Location.Blob, b.Location.Blob))
	})
	type place struct {
		rule         rules.ID
		tag          secrets.Tag
		path, member string
		parts        string
	}
	first := make(map[place]int)
	out := leaks[:0]
	for _, l := range leaks {
		p := place{l.Rule, l.Tag, l.Location.Path, l.Location.Member, fmt.Sprint(l.Parts)}
		i, ok := first[p]
		if !ok {
			first[p] = len(out)
			out = append(out, l)
			continue
		}
		at := &out[i].Location
		if l.Location.InHead != nil && *l.Location.InHead {
			at.InHead = l.Location.InHead
		}
		at.Refs = slices.Compact(slices.Sorted(slices.Values(slices.Concat(at.Refs, l.Location.Refs))))
	}
	slices.SortStableFunc(out, func(a, b secrets.Leak) int { return a.Location.Compare(b.Location) })
	return out
}

// withoutCopies leaves out what git has staged of a file that shows the same: the
// next commit is all that it would tell of.
func withoutCopies(leaks []secrets.Leak) []secrets.Leak {
	type place struct {
		rule         rules.ID
		tag          secrets.Tag
		path, member string
	}
	files := make(map[place]bool)
	for _, l := range leaks {
		if l.Location.Blob == "" {
			files[place{l.Rule, l.Tag, l.Location.Path, l.Location.Member}] = true
		}
	}
	return slices.DeleteFunc(leaks, func(l secrets.Leak) bool {
		return l.Location.Origin == rules.Index && files[place{l.Rule, l.Tag, l.Location.Path, l.Location.Member}]
	})
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// missing tells what could not be read of a history, and how many objects are not
// there.
func missing(h *tree.History, stats objects.Stats, absent tree.Absence) []rules.Skipped {
	var out []rules.Skipped
	for _, s := range stats.Skips {
		if errors.Is(s.Err, objects.ErrMissing) && h.Partial {
			continue // what it is made of is counted
		}
		out = append(out, rules.Skipped{Path: path.Join(h.Dir, "objects", s.File), Reason: fmt.Sprintf("object %s: %v", s.ID, s.Err), Kind: rules.ByFailure})
	}
	if more := int(stats.Failed) - len(stats.Skips); more > 0 {
		out = append(out, rules.Skipped{Path: path.Join(h.Dir, "objects"), Reason: fmt.Sprintf("%d more objects could not be read", more), Kind: rules.ByFailure})
	}
	if absent.Meant > 0 {
		out = append(out, rules.Skipped{Path: path.Join(h.Dir, "objects"), Reason: fmt.Sprintf("%d %s", absent.Meant, tree.SkipMissing), Kind: rules.ByDesign})
	}
	if n := absent.Lost; n > 0 {
		what := "1 object"
		if n > 1 {
			what = fmt.Sprintf("%d objects", n)
		}
		out = append(out, rules.Skipped{Path: path.Join(h.Dir, "objects"), Reason: what + " " + tree.SkipLost, Kind: rules.ByFailure})
	}
	return out
}
