package tree

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"scopeaudit/audit/tree/objects"
)

// Trace is where an object of a repository lies.
type Trace struct {
	// Paths are those under which commits held it, sorted, at most MaxPaths; none
	// for a commit or tag, or for what no commit that is here holds.
	Paths []string
	// Staged are the paths under which git's index holds it now.
	Staged []string
	// Head are the paths under which HEAD's tree holds it now. HeadKnown is false
	// where HEAD could not be read.
	Head      []string
	HeadKnown bool
	// Commit is the first that brought it, and Path where to: of those that none
	// of their ancestors went before, the one of the earliest date. Zero where no
	// commit that is here holds it.
	Commit objects.ID
	Path   string
	When   time.Time
	// Refs are those whose history holds it, sorted, at most MaxRefs: HEAD and
	// branches before tags, and these before others. Nil with RefsKnown says that
	// none does: it is dangling here, and not in a fresh clone.
	Refs      []string
	RefsKnown bool
}

// How many paths and refs of one object a [Trace] tells.
const (
	MaxPaths = 20
	MaxRefs  = 20
)

// Trace finds where some objects, by their IDs, lie. Trees and commits are read
// twice whatever the number of objects: once to learn which trees lead to one of
// them, and those once more to learn by which names.
func (h *History) Trace(ctx context.Context, ids []objects.ID, workers int) (map[objects.ID]Trace, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	t := &tracer{history: h, number: make(map[objects.ID]int32, len(ids)), ids: ids}
	for i, id := range ids {
		t.number[id] = int32(i)
	}
	if err := t.survey(ctx, workers); err != nil {
		return nil, err
	}
	t.marked = t.graph.above(t.graph.direct)
	t.broken = t.graph.above(t.graph.absent())
	t.graph = treeGraph{}
	if err := t.names(ctx, workers); err != nil {
		return nil, err
	}
	return t.traces(ctx)
}

// tracer is one Trace.
type tracer struct {
	history *History
	ids     []objects.ID
	number  map[objects.ID]int32 // of each object that is asked for

	mu      sync.Mutex
	graph   treeGraph
	commits []commit // in the order of their dates, then IDs
	tags    map[objects.ID]objects.ID
	marked  treeSet                // trees that lead to an object
	broken  treeSet                // trees that lead to one that is not here, and these
	trees   map[objects.ID][]entry // by their names
	at      map[objects.ID]int32   // of each commit
}

// entry is a name of a tree that leads to an object.
type entry struct {
	name   string
	id     objects.ID
	object int32 // -1 for a tree
}

type commit struct {
	id, tree objects.ID
	parents  []objects.ID
	when     time.Time
}

// survey reads all trees, commits and tags.
func (t *tracer) survey(ctx context.Context, workers int) error {
	t.tags = make(map[objects.ID]objects.ID)
	format := t.history.store.Format()
	_, err := t.history.store.Each(ctx, objects.Pass{
		Workers: workers, Types: []objects.Type{objects.TypeTree, objects.TypeCommit, objects.TypeTag},
	}, func(_ int, o *objects.Object) error {
		switch o.Type {
		case objects.TypeTree:
			var folders []short
			direct := false
			for e, err := range objects.TreeEntries(format, o.Data) {
				switch {
				case err != nil:
					return nil // and so it is not present
				case e.IsFolder():
					folders = append(folders, shorten(e.ID))
				case !e.IsSubmodule():
					_, hit := t.number[e.ID]
					direct = direct || hit
				}
			}
			t.mu.Lock()
			defer t.mu.Unlock()
			t.graph.add(shorten(o.ID), folders, direct)
		case objects.TypeCommit:
			c, err := objects.ParseCommit(format, o.Data)
			if err != nil {
				return nil
			}
			t.mu.Lock()
			defer t.mu.Unlock()
			t.commits = append(t.commits, commit{o.ID, c.Tree, c.Parents, c.Committer.When})
		case objects.TypeTag:
			tag, err := objects.ParseTag(format, o.Data)
			if err != nil {
				return nil
			}
			t.mu.Lock()
			defer t.mu.Unlock()
			t.tags[o.ID] = tag.Object
		}
		return nil
	})
	for _, c := range t.commits {
		t.graph.of(shorten(c.tree))
	}
	t.graph.close()
	// A date that cannot be read makes no commit the first.
	slices.SortFunc(t.commits, func(a, b commit) int {
		return cmp.Or(boolCompare(a.when.IsZero(), b.when.IsZero()), a.when.Compare(b.when), a.id.Compare(b.id))
	})
	t.at = make(map[objects.ID]int32, len(t.commits))
	for i, c := range t.commits {
		t.at[c.id] = int32(i)
	}
	return err
}

// names reads the marked trees again.
func (t *tracer) names(ctx context.Context, workers int) error {
	t.trees = make(map[objects.ID][]entry)
	if !slices.Contains(t.marked.in, true) {
		return nil
	}
	format := t.history.store.Format()
	_, err := t.history.store.Each(ctx, objects.Pass{
		Workers: workers, Types: []objects.Type{objects.TypeTree}, Only: t.marked.has,
	}, func(_ int, o *objects.Object) error {
		var found []entry
		for e, err := range objects.TreeEntries(format, o.Data) {
			switch {
			case err != nil:
			case e.IsFolder() && t.marked.has(e.ID):
				found = append(found, entry{string(e.Name), e.ID, -1})
			case !e.IsFolder() && !e.IsSubmodule():
				if n, ok := t.number[e.ID]; ok {
					found = append(found, entry{string(e.Name), e.ID, n})
				}
			}
		}
		slices.SortStableFunc(found, func(a, b entry) int { return strings.Compare(a.name, b.name) })
		t.mu.Lock()
		defer t.mu.Unlock()
		t.trees[o.ID] = found
		return nil
	})
	return err
}

// traces puts together what was learned.
func (t *tracer) traces(ctx context.Context) (map[objects.ID]Trace, error) {
	out := make([]Trace, len(t.ids))
	paths := make([]map[string]bool, len(t.ids))
	brought := make([][]int32, len(t.commits)) // what each commit brings, by number
	for i, c := range t.commits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t.brings(c, func(path string, n int32) {
			brought[i] = append(brought[i], n)
			if paths[n] == nil {
				paths[n] = make(map[string]bool)
			}
			if len(paths[n]) < MaxPaths {
				paths[n][path] = true
			}
		})
		if n, ok := t.number[c.id]; ok {
			brought[i] = append(brought[i], n)
		}
		slices.Sort(brought[i])
		brought[i] = slices.Clip(slices.Compact(brought[i]))
	}
	for n := range out {
		out[n].Paths = slices.Sorted(maps.Keys(paths[n]))
	}
	t.history.staged(func(path string, id objects.ID) {
		if n, ok := t.number[id]; ok && len(out[n].Staged) < MaxPaths {
			out[n].Staged = append(out[n].Staged, path)
		}
	})
	t.inHead(out)
	firsts, err := t.inRefs(ctx, out, brought)
	if err != nil {
		return nil, err
	}
	for i, numbers := range firsts {
		c := t.commits[i]
		for _, n := range numbers {
			out[n].Commit, out[n].When = c.id, c.when
		}
		t.brings(c, func(path string, n int32) {
			if at := &out[n]; at.Commit == c.id && (at.Path == "" || path < at.Path) {
				at.Path = path
			}
		})
	}
	traces := make(map[objects.ID]Trace, len(out))
	for n, id := range t.ids {
		traces[id] = out[n]
	}
	return traces, nil
}

const (
	maxNesting = 1000 // folders within each other that are followed
	maxPairs   = 2000 // folders that one commit has in the place of others, each counted once
)

// brings calls fn for each path and object that a commit has and none of its
// parents.
func (t *tracer) brings(c commit, fn func(path string, n int32)) {
	var olds []objects.ID
	for _, p := range c.parents {
		if at, ok := t.at[p]; ok {
			olds = append(olds, t.commits[at].tree)
		}
	}
	t.changes(c.tree, olds, fn)
}

// changes calls fn for each object that stands under a name in tree and under
// the same name in none of olds. Folders of the same content are gone into as
// often as there are paths to tell, and no more: a few small trees can stand for
// billions of folders, and one that is forged for folders without end. Past
// maxPairs all of a folder counts as new: so it does of the parents that have it.
func (t *tracer) changes(tree objects.ID, olds []objects.ID, fn func(path string, n int32)) {
	type pair struct {
		tree objects.ID
		olds string
	}
	seen := make(map[pair]int)
	var visit func(prefix string, tree objects.ID, olds []objects.ID, depth int)
	visit = func(prefix string, tree objects.ID, olds []objects.ID, depth int) {
		entries := t.trees[tree]
		if len(entries) == 0 || slices.Contains(olds, tree) || depth > maxNesting {
			return
		}
		if len(seen) >= maxPairs {
			olds = nil
		}
		at := pair{tree: tree}
		for _, old := range olds {
			at.olds += string(old.Bytes())
		}
		if seen[at]++; seen[at] > MaxPaths {
			return
		}
		for _, e := range entries {
			var before []objects.ID
			for _, old := range olds {
				if was, ok := t.named(old, e.name); ok {
					before = append(before, was)
				}
			}
			switch {
			case slices.Contains(before, e.id):
			case e.object >= 0:
				fn(prefix+e.name, e.object)
			default:
				visit(prefix+e.name+"/", e.id, before, depth+1)
			}
		}
	}
	visit("", tree, olds, 0)
}

// named gives what stands under a name in a tree, as far as it leads to an object.
func (t *tracer) named(tree objects.ID, name string) (objects.ID, bool) {
	entries := t.trees[tree]
	i, ok := slices.BinarySearchFunc(entries, name, func(e entry, name string) int { return strings.Compare(e.name, name) })
	if !ok {
		return objects.ID{}, false
	}
	return entries[i].id, true
}

// inHead says which objects HEAD's tree holds, and where.
func (t *tracer) inHead(out []Trace) {
	head := t.history.refs.Head
	var tree objects.ID
	known := head.ID.IsZero() && head.Target != "" && t.history.refs.Known // a branch without a commit
	if at, ok := t.at[head.ID]; ok {
		tree = t.commits[at].tree
		known = !t.broken.has(tree)
	}
	t.changes(tree, nil, func(path string, n int32) {
		if len(out[n].Head) < MaxPaths {
			out[n].Head = append(out[n].Head, path)
		}
	})
	for n := range out {
		out[n].HeadKnown = known || len(out[n].Head) > 0
		slices.Sort(out[n].Head)
	}
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
