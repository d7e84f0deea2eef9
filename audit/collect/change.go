package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree"
	"scopeaudit/audit/tree/objects"
	"scopeaudit/tokeninfo/credfile"
)

// Change is what is new somewhere: what git has staged and HEAD has not, or what
// the revision To reaches and From does not. With it a run reads nothing else.
// Sources narrow it to files and folders; without any it is that of the
// repository around the current folder, as a whole.
type Change struct {
	Staged bool
	// Index is another index than that of the work tree, as the variable
	// GIT_INDEX_FILE names it: from the top of the work tree.
	Index string
	// From may be all zeros: then all that To reaches is new.
	From, To string
}

// around is the top of the work tree around a folder, or the folder itself.
func around(folder string) string {
	git, err := tree.OpenGit(folder)
	if err != nil {
		return folder // which is said where it is opened next
	}
	defer git.Close()
	return cmp.Or(git.Top(), folder)
}

// String is what was asked for, as people say it.
func (c Change) String() string {
	if c.Staged {
		return "what git has staged"
	}
	return fmt.Sprintf("what is new in %s..%s", c.From, c.To)
}

// ErrNoRepository says that what the user named is in no repository.
var ErrNoRepository = errors.New("it is in no work tree of git, nor a git directory")

// ChangeError says that what is new in a repository cannot be told. It wraps a
// [*tree.RevisionError], ErrNoRepository, or what [tree.History.Staged] says.
type ChangeError struct {
	Path string // as the user typed it
	Err  error
}

func (e *ChangeError) Error() string { return fmt.Sprintf("%q: %v", e.Path, e.Err) }

func (e *ChangeError) Unwrap() error { return e.Err }

// changes looks at what is new in the repositories that the sources lie in, in
// each once.
func (c *collector) changes(ctx context.Context, p *places, o Options) (rules.Coverage, error) {
	coverage := rules.Coverage{Changes: true}
	done := make(map[string]bool)
	for _, at := range p.sources {
		top := cmp.Or(at.git.Top(), at.real)
		if done[top] {
			continue
		}
		done[top] = true
		a := &area{exclude: o.Exclude, met: make(map[string]verdict)}
		for _, s := range p.sources {
			if cmp.Or(s.git.Top(), s.real) == top {
				a.parts = append(a.parts, partOf(s))
			}
		}
		more, err := c.changed(ctx, at, a, p.prefix(at), o)
		if err != nil {
			return coverage, err
		}
		coverage.Add(more)
	}
	return coverage, nil
}

// area is the part of a repository that was asked for.
type area struct {
	parts   []string // by their paths from the top; "" for that itself
	exclude *tree.Excludes
	met     map[string]verdict
}

type verdict int

const (
	wanted verdict = iota + 1
	elsewhere
	leftOut
)

// partOf is what a source names of its repository.
func partOf(s source) string {
	rel, err := filepath.Rel(cmp.Or(s.git.Top(), s.real), s.real)
	if err != nil || rel == "." {
		return ""
	}
	return filepath.ToSlash(rel)
}

func (a *area) whole() bool { return slices.Contains(a.parts, "") }

// below gives a path from the top as one from what was asked for, if it lies there.
func (a *area) below(name string) (string, bool) {
	for _, p := range a.parts {
		if p == "" {
			return name, true
		}
		if name == p {
			return path.Base(name), true
		}
		if rel, ok := strings.CutPrefix(name, p+"/"); ok {
			return rel, true
		}
	}
	return "", false
}

// holds reports whether what changed under a path was asked for, and counts what
// was not.
func (a *area) holds(name string) bool {
	v := a.met[name]
	if v == 0 {
		v = elsewhere
		if rel, ok := a.below(name); ok {
			v = wanted
			if a.exclude != nil && a.exclude.LeavesOut(rel) {
				v = leftOut
			}
		}
		a.met[name] = v
	}
	return v == wanted
}

// shows reports whether a path is one of those that were asked for.
func (a *area) shows(name string) bool {
	rel, ok := a.below(name)
	return ok && !a.exclude.Match(rel)
}

// others is how many changed paths are elsewhere.
func (a *area) others() int {
	n := 0
	for _, v := range a.met {
		if v == elsewhere {
			n++
		}
	}
	return n
}

// changed looks at what is new in one repository; name is what the report calls
// its top.
func (c *collector) changed(ctx context.Context, at source, a *area, name string, o Options) (rules.Coverage, error) {
	fail := func(err error) (rules.Coverage, error) {
		if ctx.Err() != nil {
			return rules.Coverage{}, ctx.Err()
		}
		return rules.Coverage{}, &ChangeError{at.path, err}
	}
	h, skipped := at.git.Repository()
	switch {
	case len(skipped) > 0:
		return fail(errors.New(skipped[0].Reason))
	case h == nil:
		return fail(ErrNoRepository)
	}
	defer h.Close()
	var change *tree.Change
	var err error
	if o.Change.Staged {
		index := o.Change.Index
		if index != "" && !filepath.IsAbs(index) {
			index = filepath.Join(at.git.Top(), index)
		}
		change, err = h.Staged(ctx, index, a.holds)
	} else {
		change, err = h.Range(ctx, o.Change.From, o.Change.To, a.holds)
	}
	if err != nil {
		return fail(err)
	}
	s := &survey{collector: c, history: h, reader: h.Reader(), in: inside{path: name}, hits: make(map[objects.ID]objects.Type), traces: make(map[objects.ID]tree.Trace)}
	s.Coverage = rules.Coverage{Changes: true, Skipped: slices.Concat(h.Skipped, change.Skipped)}
	news := change.Objects
	if !a.whole() { // a message is in no folder
		news = slices.DeleteFunc(slices.Clone(news), func(n tree.New) bool { return n.Type != objects.TypeBlob })
	}
	if err := s.all(ctx, news, o); err != nil {
		return rules.Coverage{}, err
	}
	for i := range s.Skipped {
		s.Skipped[i].Path = path.Join(name, s.Skipped[i].Path)
	}
	if err := s.tell(ctx, change, a); err != nil {
		return rules.Coverage{}, err
	}
	c.notes = append(c.notes, changeNotes(o.Change, change, a, len(change.Objects)-len(news))...)
	return s.Coverage, nil
}

// changeNotes say what was asked for, and what is new beside it.
func changeNotes(asked *Change, found *tree.Change, a *area, messages int) []string {
	notes := []string{"only " + asked.String() + " was examined"}
	if found.Cut {
		notes = append(notes, "the clone is shallow and ends before both sides meet: what is new was told by the files of both, and what came and went in between is not here")
	}
	var other []string
	if n := a.others(); n > 0 {
		other = append(other, count(n, "changed file"))
	}
	if messages > 0 {
		other = append(other, count(messages, "message"))
	}
	if len(other) > 0 && !a.whole() {
		notes = append(notes, "not examined is what is new elsewhere in the repository ("+strings.Join(other, " and ")+"): without a path all of it is")
	}
	return notes
}

// survey is the first look at the objects of a change.
type survey struct {
	*collector
	history *tree.History
	in      inside

	reading sync.Mutex // by who uses the reader, or holds what is large
	reader  *objects.Reader

	mu sync.Mutex
	rules.Coverage
	hits   map[objects.ID]objects.Type
	traces map[objects.ID]tree.Trace
}

// largeObject is the size in bytes from which on one object is held at a time.
const largeObject = 1 << 20

// all looks at each object once.
func (s *survey) all(ctx context.Context, news []tree.New, o Options) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan tree.New)
	var wg sync.WaitGroup
	for range min(o.Workers, len(news)) {
		wg.Go(func() {
			for n := range next {
				if ctx.Err() != nil {
					continue
				}
				if err := s.object(n, o.Progress); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, n := range news {
		next <- n
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// object looks at one object, and tells whether it holds anything.
func (s *survey) object(n tree.New, progress *Progress) error {
	s.reading.Lock()
	held := true
	release := func() {
		if held {
			s.reading.Unlock()
		}
		held = false
	}
	defer release()
	space := s.space()
	defer s.giveBack(space)
	at := s.in.place(location(n.Trace, n.ID, n.Type))
	found := &part{scanner: s.scanner}
	var skips []rules.Skipped
	var size int64
	err := s.reader.Stream(n.ID, func(o *objects.Object) (err error) {
		size = o.Size
		progress.file(int(size))
		found.leaks, found.watched = nil, false // of a copy that could not be read to its end
		if o.Stream != nil {
			skips, err = space.EachReader(o.Stream, decode.Limits{}, found.input(at))
			return err
		}
		if len(o.Data) < largeObject {
			release()
		}
		found.watched = n.Type == objects.TypeBlob && credfile.Framed(o.Data)
		skips, err = space.Each(o.Data, decode.Limits{}, found.input(at))
		return err
	})
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.Skipped = append(s.Skipped, s.history.Missed(n.ID, err))
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Blobs++
	s.Bytes += size
	if n.Type == objects.TypeBlob {
		s.ChangedFiles++
	}
	if len(found.leaks) > 0 || found.watched {
		s.hits[n.ID], s.traces[n.ID] = n.Type, n.Trace
		return nil // whoever tells of it looks again
	}
	// Nothing is left but what could not be looked at.
	found.leaks = nil
	if err := found.examined(at.Path, skips, nil); err != nil {
		return err
	}
	s.add(found)
	return nil
}

// tell learns where that which holds anything lies now, and tells of it.
func (s *survey) tell(ctx context.Context, change *tree.Change, a *area) error {
	if len(s.hits) == 0 {
		return nil
	}
	ids := slices.SortedFunc(maps.Keys(s.hits), objects.ID.Compare)
	want := make(map[objects.ID]bool, len(ids))
	for _, id := range ids {
		want[id] = true
	}
	head, known := s.history.InHead(ctx, want)
	for _, id := range ids {
		t := s.traces[id]
		t.Head, t.HeadKnown = head[id], known || len(head[id]) > 0
		// The name under which it was asked for goes before others.
		slices.SortStableFunc(t.Head, func(x, y string) int { return boolCompare(a.shows(y), a.shows(x)) })
		t.Refs = change.Refs
		s.traces[id] = t
	}
	r := &retelling{collector: s.collector, reader: s.reader, in: s.in, hits: s.hits, traces: s.traces, identify: true}
	return r.tell(ctx, ids)
}
