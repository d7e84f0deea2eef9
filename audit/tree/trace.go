package tree

import (
	"cmp"
	"context"
	"encoding/binary"
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
	// Commit is the first that brought it, by its date, and Path where to; zero
	// where no commit that is here holds it.
	Commit objects.ID
	Path   string
	When   time.Time
	// Refs are those whose history holds it, sorted; nil with RefsKnown says that
	// none does: it is dangling here, and not in a fresh clone.
	Refs      []string
	RefsKnown bool
}

// MaxPaths is how many paths of one object a [Trace] tells.
const MaxPaths = 20

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
	t.mark()
	if err := t.names(ctx, workers); err != nil {
		return nil, err
	}
	return t.traces(), nil
}

// tracer is one Trace.
type tracer struct {
	history *History
	ids     []objects.ID
	number  map[objects.ID]int32 // of each object that is asked for

	mu      sync.Mutex
	edges   []edge   // from trees to those in them
	direct  []short  // trees that hold an object themselves
	commits []commit // in the order of their dates, then IDs
	tags    map[objects.ID]objects.ID
	marked  map[short]bool // trees that lead to an object
	trees   map[objects.ID][]entry
	at      map[objects.ID]int32 // of each commit
}

// short is the beginning of a tree's ID: enough to choose which trees to read
// again, where the whole ID decides.
type short uint64

type edge struct{ from, to short }

func shorten(id objects.ID) short {
	b := id.Bytes()
	return short(binary.BigEndian.Uint64(b))
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
			from, direct := shorten(o.ID), false
			var edges []edge
			for e, err := range objects.TreeEntries(format, o.Data) {
				switch {
				case err != nil:
				case e.IsFolder():
					edges = append(edges, edge{from, shorten(e.ID)})
				default:
					_, hit := t.number[e.ID]
					direct = direct || hit
				}
			}
			t.mu.Lock()
			defer t.mu.Unlock()
			t.edges = append(t.edges, edges...)
			if direct {
				t.direct = append(t.direct, from)
			}
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
	slices.SortFunc(t.commits, func(a, b commit) int { return cmp.Or(a.when.Compare(b.when), a.id.Compare(b.id)) })
	t.at = make(map[objects.ID]int32, len(t.commits))
	for i, c := range t.commits {
		t.at[c.id] = int32(i)
	}
	return err
}

// mark goes from the trees that hold an object up to those that lead to them.
func (t *tracer) mark() {
	slices.SortFunc(t.edges, func(a, b edge) int { return cmp.Compare(a.to, b.to) })
	t.marked = make(map[short]bool)
	next := t.direct
	for len(next) > 0 {
		tree := next[len(next)-1]
		next = next[:len(next)-1]
		if t.marked[tree] {
			continue
		}
		t.marked[tree] = true
		i, _ := slices.BinarySearchFunc(t.edges, tree, func(e edge, to short) int { return cmp.Compare(e.to, to) })
		for ; i < len(t.edges) && t.edges[i].to == tree; i++ {
			next = append(next, t.edges[i].from)
		}
	}
	t.edges, t.direct = nil, nil
}

// names reads the marked trees again.
func (t *tracer) names(ctx context.Context, workers int) error {
	t.trees = make(map[objects.ID][]entry)
	if len(t.marked) == 0 {
		return nil
	}
	format := t.history.store.Format()
	_, err := t.history.store.Each(ctx, objects.Pass{
		Workers: workers, Types: []objects.Type{objects.TypeTree}, Only: func(id objects.ID) bool { return t.marked[shorten(id)] },
	}, func(_ int, o *objects.Object) error {
		var found []entry
		for e, err := range objects.TreeEntries(format, o.Data) {
			switch {
			case err != nil:
			case e.IsFolder() && t.marked[shorten(e.ID)]:
				found = append(found, entry{string(e.Name), e.ID, -1})
			case !e.IsFolder():
				if n, ok := t.number[e.ID]; ok {
					found = append(found, entry{string(e.Name), e.ID, n})
				}
			}
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.trees[o.ID] = found
		return nil
	})
	return err
}

// traces puts together what was learned.
func (t *tracer) traces() map[objects.ID]Trace {
	out := make([]Trace, len(t.ids))
	paths := make([]map[string]bool, len(t.ids))
	brought := make([][]int32, len(t.commits)) // what each commit brings, by number
	for i, c := range t.commits {
		var olds []objects.ID
		for _, p := range c.parents {
			if at, ok := t.at[p]; ok {
				olds = append(olds, t.commits[at].tree)
			}
		}
		t.changes("", c.tree, olds, func(path string, n int32) {
			brought[i] = append(brought[i], n)
			if out[n].Commit.IsZero() {
				out[n].Commit, out[n].Path, out[n].When = c.id, path, c.when
			}
			if paths[n] == nil {
				paths[n] = make(map[string]bool)
			}
			if len(paths[n]) < MaxPaths {
				paths[n][path] = true
			}
		}, 0)
		if n, ok := t.number[c.id]; ok {
			brought[i] = append(brought[i], n)
			out[n].Commit, out[n].When = c.id, c.when
		}
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
	t.inRefs(out, brought)
	traces := make(map[objects.ID]Trace, len(out))
	for n, id := range t.ids {
		traces[id] = out[n]
	}
	return traces
}

// maxNesting is how many folders within each other are followed.
const maxNesting = 1000

// changes calls fn for each object that stands under a name in tree and under
// the same name in none of olds.
func (t *tracer) changes(prefix string, tree objects.ID, olds []objects.ID, fn func(path string, n int32), depth int) {
	if slices.Contains(olds, tree) || depth > maxNesting {
		return
	}
	for _, e := range t.trees[tree] {
		var before []objects.ID
		same := false
		for _, old := range olds {
			for _, o := range t.trees[old] {
				if o.name == e.name {
					same = same || o.id == e.id
					before = append(before, o.id)
				}
			}
		}
		switch {
		case same:
		case e.object >= 0:
			fn(prefix+e.name, e.object)
		default:
			t.changes(prefix+e.name+"/", e.id, before, fn, depth+1)
		}
	}
}

// inHead says which objects HEAD's tree holds, and where.
func (t *tracer) inHead(out []Trace) {
	head := t.history.refs.Head
	var tree objects.ID
	known := head.ID.IsZero() && head.Target != "" && t.history.refs.Known // a branch without a commit
	if at, ok := t.at[head.ID]; ok {
		tree, known = t.commits[at].tree, true
	}
	for n := range out {
		out[n].HeadKnown = known
	}
	t.changes("", tree, nil, func(path string, n int32) {
		if len(out[n].Head) < MaxPaths {
			out[n].Head = append(out[n].Head, path)
		}
	}, 0)
}

// inRefs says which refs lead to each object. Commits go on what their parents
// hold, for 64 objects at a time.
func (t *tracer) inRefs(out []Trace, brought [][]int32) {
	order := t.parentsFirst()
	tips := t.tips()
	reach := make([]uint64, len(t.commits))
	for low := 0; low < len(out); low += 64 {
		clear(reach)
		for _, i := range order {
			for _, n := range brought[i] {
				if int(n) >= low && int(n) < low+64 {
					reach[i] |= 1 << (int(n) - low)
				}
			}
			for _, p := range t.commits[i].parents {
				if at, ok := t.at[p]; ok {
					reach[i] |= reach[at]
				}
			}
		}
		for n := low; n < min(low+64, len(out)); n++ {
			out[n].RefsKnown = t.history.refs.Known
			for _, tip := range tips {
				if tip.objects[int32(n)] || tip.commit >= 0 && reach[tip.commit]>>(n-low)&1 != 0 {
					out[n].Refs = append(out[n].Refs, tip.name)
				}
			}
		}
	}
}

// tip is what a ref leads to: a commit, or what it or a tag names otherwise.
type tip struct {
	name    string
	commit  int32 // -1 for none
	objects map[int32]bool
}

func (t *tracer) tips() []tip {
	var tips []tip
	for _, ref := range append([]objects.Ref{t.history.refs.Head}, t.history.refs.All...) {
		p := tip{name: ref.Name, commit: -1, objects: make(map[int32]bool)}
		id := ref.ID
		for range maxNesting {
			if n, ok := t.number[id]; ok {
				p.objects[n] = true
			}
			if at, ok := t.at[id]; ok {
				p.commit = at
			}
			t.changes("", id, nil, func(_ string, n int32) { p.objects[n] = true }, 0)
			next, ok := t.tags[id]
			if !ok {
				break
			}
			id = next
		}
		if id := ref.ID; !id.IsZero() {
			tips = append(tips, p)
		}
	}
	slices.SortStableFunc(tips, func(a, b tip) int { return strings.Compare(a.name, b.name) })
	return tips
}

// parentsFirst orders commits so that parents come before their children; those
// of a circle, which only a forger makes, come last.
func (t *tracer) parentsFirst() []int32 {
	waits := make([]int32, len(t.commits))
	children := make([][]int32, len(t.commits))
	for i, c := range t.commits {
		for _, p := range c.parents {
			if at, ok := t.at[p]; ok {
				waits[i]++
				children[at] = append(children[at], int32(i))
			}
		}
	}
	order := make([]int32, 0, len(t.commits))
	for i, n := range waits {
		if n == 0 {
			order = append(order, int32(i))
		}
	}
	for k := 0; k < len(order); k++ {
		for _, child := range children[order[k]] {
			if waits[child]--; waits[child] == 0 {
				order = append(order, child)
			}
		}
	}
	for i, n := range waits {
		if n > 0 {
			order = append(order, int32(i))
		}
	}
	return order
}
