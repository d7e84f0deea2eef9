// Package collect gathers the evidence of one run: it is the one place where
// trees, secrets and credentials meet. It reads files and speaks to no one.
package collect

import (
	"cmp"
	"context"
	"fmt"
	"io"
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
	// Stdin is standard input, if it is to be read: text, an archive, anything
	// that a file may be. Reports call it "-".
	Stdin io.Reader
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
	// Leaks is how many are kept, the first in order of their places; zero means
	// 100,000. The others are one skip by failure, which counts them.
	Leaks  int
	Limits tree.Limits
	// Exclude is what the walks pass by; nil: nothing.
	Exclude *tree.Excludes
	History HistoryMode
	// Needs says that what code needs is inferred too, from files as they are; nil:
	// it is not looked at.
	Needs *NeedsOptions
	// Change is what to look at instead of files and histories; nil: those.
	Change *Change
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
	if o.Change != nil && len(s.Paths) == 0 {
		s.Paths = []string{around(".")}
	}
	if o.Change != nil {
		o.Needs = nil // what a program needs, all of its files tell
	}
	places, err := locate(s.Paths)
	if err != nil {
		return audit.Evidence{}, err
	}
	defer places.close()
	named, err := places.credentials(s.Credentials, o.Exclude)
	if err != nil {
		return audit.Evidence{}, err
	}
	c := o.collector(ctx)
	e := audit.Evidence{Time: o.Time, TreeExamined: len(places.sources) > 0 && o.Change == nil}
	for _, pack := range o.Packs {
		e.Rules = append(e.Rules, pack.Rules()...)
	}
	if o.Workers < 1 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	for _, at := range places.sources {
		prefix := places.prefix(at)
		root := audit.Root{Typed: at.path, Real: at.real, Name: places.name(at.real), Excluded: o.Exclude.Match}
		if o.Change != nil {
			root.Excluded = func(string) bool { return true } // what is not new is as it was
		}
		e.Roots = append(e.Roots, root)
		if o.Change != nil {
			continue
		}
		var coverage rules.Coverage
		if o.History != HistoryOnly {
			coverage, err = tree.Walk(ctx, at.path, tree.Options{Workers: o.Workers, Limits: o.Limits, Exclude: o.Exclude, Git: at.git}, func(f tree.File) error {
				o.Progress.file(len(f.Bytes()))
				return c.file(f, path.Join(prefix, f.Path), at.lies(f.Rel))
			})
			if err == nil {
				err = ctx.Err() // of the last file, not all was read
			}
			if err != nil {
				return audit.Evidence{}, err
			}
		} else {
			// What the files hold is not asked for, but where there are more histories.
			met, err := tree.Walk(ctx, at.path, tree.Options{Workers: o.Workers, Limits: o.Limits, Exclude: o.Exclude, Git: at.git}, c.lookInto)
			if err != nil {
				return audit.Evidence{}, err
			}
			coverage.Skipped = slices.DeleteFunc(met.Skipped, func(s rules.Skipped) bool { return s.Reason != tree.SkipGit })
		}
		if o.History != NoHistory && !c.codeOnly() {
			if err := c.histories(ctx, at, &coverage, prefix, o); err != nil {
				return audit.Evidence{}, err
			}
		}
		if err := c.archived(ctx, at, &coverage, prefix, o); err != nil {
			return audit.Evidence{}, err
		}
		for i := range coverage.Skipped {
			coverage.Skipped[i].Path = path.Join(prefix, coverage.Skipped[i].Path)
		}
		e.Coverage.Add(coverage)
	}
	if o.Change != nil {
		coverage, err := c.changes(ctx, places, o)
		if err != nil {
			return audit.Evidence{}, err
		}
		e.Coverage.Add(coverage)
	}
	if s.Stdin != nil {
		coverage, err := c.stdin(ctx, s.Stdin, o.Progress)
		if err != nil {
			return audit.Evidence{}, err
		}
		e.Coverage.Add(coverage)
	}
	for _, skip := range o.Exclude.Skipped() {
		e.Coverage.Skipped = append(e.Coverage.Skipped, skip)
		e.Notes = append(e.Notes, skip.Reason) // what is left out by design is else a mere number
	}
	for _, unused := range o.Exclude.Unused() {
		e.Notes = append(e.Notes, fmt.Sprintf("nothing matches %q, which was to be left out", unused))
	}
	if c.code != nil {
		if e.Needs, e.Index, err = c.code.infer(ctx, places, quotes{c.scanner}); err != nil {
			return audit.Evidence{}, err
		}
		e.Sources = c.code.files
		e.Notes = append(e.Notes, c.code.notes...)
		e.Coverage.Skipped = append(e.Coverage.Skipped, c.code.skipped...)
	}
	c.results(&e)
	e.Notes = append(e.Notes, c.notes...)
	if slices.ContainsFunc(e.Coverage.Skipped, func(s rules.Skipped) bool { return s.Reason == tree.SkipGit }) {
		note := "git repositories in what was named were examined as their files are now; --history reads what they still hold"
		if o.History == NoHistory {
			note = "the files were examined as they are now; what git's history still holds was not, as --no-history asks"
		}
		e.Notes = append(e.Notes, note)
	}
	return join(e, named), nil
}

// How much one run remembers; what is past it is counted.
const (
	maxLeaks       = 100_000
	maxCredentials = 10_000
	maxSkips       = 10_000 // in what was read, of each kind
)

// collector gathers from the walk's goroutines.
type collector struct {
	scanner *secrets.Scanner
	code    *code                         // nil: what code needs is not asked
	reading func(io.ReaderAt) io.ReaderAt // of a large file, while the run lasts
	holding sync.Mutex                    // by who holds a large file

	mu          sync.Mutex
	leaks       bounded[secrets.Leak]
	credentials bounded[audit.Held]
	skipped     map[rules.SkipKind]*bounded[rules.Skipped]
	silenced    int // by the allowlists of packs
	aside       aside
	notes       []string
	archives    []archive       // met by this walk
	pointers    []string        // folders with a .git file that it met
	spaces      []*decode.Space // that no goroutine uses now
}

func (o Options) collector(ctx context.Context) *collector {
	c := &collector{
		scanner: o.scanner(),
		reading: func(at io.ReaderAt) io.ReaderAt { return reading{at, ctx, o.Progress} },
		leaks: bounded[secrets.Leak]{
			limit: cmp.Or(o.Leaks, maxLeaks), compare: func(a, b secrets.Leak) int { return a.Location.Compare(b.Location) },
		},
		credentials: bounded[audit.Held]{
			limit: maxCredentials, compare: func(a, b audit.Held) int { return a.Location.Compare(b.Location) },
		},
		skipped: make(map[rules.SkipKind]*bounded[rules.Skipped]),
	}
	if o.Change == nil && o.History != HistoryOnly { // else there are no whole programs
		c.code = newCode(o.Needs)
	}
	for _, kind := range []rules.SkipKind{rules.ByDesign, rules.ByFailure} {
		c.skipped[kind] = &bounded[rules.Skipped]{limit: maxSkips, compare: func(a, b rules.Skipped) int { return cmp.Compare(a.Path, b.Path) }}
	}
	return c
}

// add takes over what was found in one input.
func (c *collector) add(p *part) {
	if len(p.leaks)+len(p.credentials)+len(p.skipped)+p.silenced == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leaks.add(p.leaks) {
		c.aside.add(p.aside)
	}
	c.credentials.add(p.credentials)
	for _, s := range p.skipped {
		c.skipped[s.Kind].add([]rules.Skipped{s})
	}
	c.silenced += p.silenced
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
func (c *collector) results(e *audit.Evidence) {
	for _, kind := range []rules.SkipKind{rules.ByDesign, rules.ByFailure} {
		skipped, more := c.skipped[kind].list()
		e.Coverage.Skipped = append(e.Coverage.Skipped, skipped...)
		e.Coverage.Skipped = past(e.Coverage.Skipped, more, "that are not listed", kind)
	}
	leaks, more := c.leaks.list()
	leaks = withoutCopies(leaks)
	e.Leaks = append(leaks, secrets.Join(leaks)...)
	e.Coverage.Skipped = past(e.Coverage.Skipped, more, "places that look like secrets: past the limit for one run", rules.ByFailure)
	e.Credentials, more = c.credentials.list()
	e.Coverage.Skipped = past(e.Coverage.Skipped, more, "credentials: past the limit for one run", rules.ByFailure)
	e.Coverage.Suppressed = c.silenced
	if c.code != nil {
		c.aside.add(aside{files: c.code.states})
	}
	e.Files, e.Comments = c.aside.results()
	e.Comments = slices.DeleteFunc(e.Comments, func(m audit.Comment) bool {
		_, told := slices.BinarySearchFunc(leaks, m.Beside, func(l secrets.Leak, at rules.Location) int { return l.Location.Compare(at) })
		return m.Beside.Blob != "" && !told
	})
}

// past adds a skip for what was counted and not kept.
func past(skipped []rules.Skipped, more int, what string, kind rules.SkipKind) []rules.Skipped {
	if more > 0 {
		skipped = append(skipped, rules.Skipped{Reason: fmt.Sprintf("%d more %s", more, what), Kind: kind})
	}
	return skipped
}
