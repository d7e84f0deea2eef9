// Package collect gathers the evidence of one run: it is the one place where
// trees, secrets and credentials meet. It reads files and speaks to no one.
package collect

import (
	"cmp"
	"context"
	"path"
	"runtime"
	"slices"
	"sync"
	"time"

	"scopeaudit/audit"
	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo/credfile"
)

// Sources is what to look at.
type Sources struct {
	// Paths are folders to walk and files to read. What lies within another is
	// read once.
	Paths []string
	// Credentials are files that the user named as credentials, wherever they
	// lie: those in Paths are marked as named instead of listed twice.
	Credentials []string
}

// Options say how.
type Options struct {
	// Key makes equal secrets of this run recognisable, and of this run only.
	Key secrets.Key
	// Time is when the evidence is taken; what has an end is judged by it.
	Time time.Time
	// Packs are rules of others, beside the built-in ones.
	Packs []*secrets.Pack
	// Wanted are secrets whose copies are looked for, and then nothing else is.
	Wanted []secrets.Wanted
	// Progress is counted up on the way; nil: nobody looks.
	Progress *Progress
	// Workers is how many goroutines read; below one means one for each core.
	Workers int
	Limits  tree.Limits
}

// scanner is what looks at the files.
func (o Options) scanner() *secrets.Scanner {
	if len(o.Wanted) > 0 {
		return secrets.NewFinder(o.Key, o.Wanted...)
	}
	return secrets.NewScanner(o.Key, o.Packs...).At(o.Time).Watching(credfile.Literals(), credfile.Tells)
}

// Run walks the sources and gathers what is in them. What cannot be read is in
// the evidence's coverage; the error is a *tree.RootError for a path that cannot
// be read at all, one of [Credential] for a credential, or the context's.
//
// Paths in the evidence are relative to the top of the enclosing work tree, else
// to the named folder; where that differs between sources, to the folder above
// them all.
func Run(ctx context.Context, s Sources, o Options) (audit.Evidence, error) {
	places, err := locate(s.Paths)
	if err != nil {
		return audit.Evidence{}, err
	}
	defer places.close()
	named, err := places.credentials(s.Credentials)
	if err != nil {
		return audit.Evidence{}, err
	}
	c := &collector{scanner: o.scanner()}
	e := audit.Evidence{Time: o.Time, TreeExamined: true}
	for _, pack := range o.Packs {
		e.Rules = append(e.Rules, pack.Rules()...)
	}
	if o.Workers < 1 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	for _, at := range places.sources {
		prefix := places.prefix(at)
		e.Roots = append(e.Roots, audit.Root{Typed: at.path, Real: at.real, Name: places.name(at.real)})
		coverage, err := tree.Walk(ctx, at.path, tree.Options{Workers: o.Workers, Limits: o.Limits, Git: at.git}, func(f tree.File) error {
			o.Progress.file(f.Size())
			return c.file(f, path.Join(prefix, f.Path))
		})
		if err != nil {
			return audit.Evidence{}, err
		}
		for i := range coverage.Skipped {
			coverage.Skipped[i].Path = path.Join(prefix, coverage.Skipped[i].Path)
		}
		e.Coverage.Add(coverage)
		if skip, ok := places.objects(at); ok {
			e.Coverage.Skipped = append(e.Coverage.Skipped, skip)
		}
	}
	slices.SortFunc(c.skipped, func(a, b rules.Skipped) int { return cmp.Compare(a.Path, b.Path) })
	e.Coverage.Skipped = append(e.Coverage.Skipped, c.skipped...)
	if slices.ContainsFunc(e.Coverage.Skipped, func(s rules.Skipped) bool { return s.Reason == tree.SkipGit }) {
		e.Notes = append(e.Notes, "the files were examined as they are now; what git's history still holds was not")
	}
	e.Coverage.Suppressed = c.silenced
	e.Leaks, e.Credentials = c.results()
	e.Files, e.Comments = c.aside.results()
	return join(e, named), nil
}

// collector gathers from the walk's goroutines, and each of these from one file.
type collector struct {
	scanner *secrets.Scanner
	watched bool       // the file may hold a credential
	holding sync.Mutex // by who holds a large file

	mu          sync.Mutex
	leaks       []secrets.Leak
	credentials []audit.Held
	skipped     []rules.Skipped
	silenced    int // by the allowlists of packs
	aside       aside
	spaces      []*decode.Space // that no goroutine uses now
}

// space lends memory to a goroutine: there is one for each in the end.
func (c *collector) space() *decode.Space {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.spaces) - 1
	if last < 0 {
		return new(decode.Space)
	}
	s := c.spaces[last]
	c.spaces = c.spaces[:last]
	return s
}

func (c *collector) giveBack(s *decode.Space) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spaces = append(c.spaces, s)
}

// results puts everything in the order of its places, since the walk's
// goroutines finish in any order, and joins what lies in several files.
func (c *collector) results() ([]secrets.Leak, []audit.Held) {
	slices.SortStableFunc(c.leaks, func(a, b secrets.Leak) int { return a.Location.Compare(b.Location) })
	slices.SortStableFunc(c.credentials, func(a, b audit.Held) int { return a.Location.Compare(b.Location) })
	return append(c.leaks, secrets.Join(c.leaks)...), c.credentials
}
