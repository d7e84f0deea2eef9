// Package collect gathers the evidence of one run: it is the one place where
// trees, secrets and credentials meet. It reads files and speaks to no one.
package collect

import (
	"cmp"
	"context"
	"fmt"
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
	// Paths are folders to walk and files to read.
	Paths []string
}

// Options say how.
type Options struct {
	// Key makes equal secrets of this run recognisable, and of this run only.
	Key secrets.Key
	// Time is when the evidence is taken.
	Time time.Time
	// Workers is how many goroutines read; below one means one for each core.
	Workers int
	Limits  tree.Limits
}

// Run walks the sources and gathers what is in them. What cannot be read is in
// the evidence's coverage; the error is a *tree.RootError for a source that
// cannot be read at all, or the context's.
func Run(ctx context.Context, s Sources, o Options) (audit.Evidence, error) {
	c := &collector{scanner: secrets.NewScanner(o.Key)}
	e := audit.Evidence{Time: o.Time, TreeExamined: true}
	if o.Workers < 1 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	for _, path := range s.Paths {
		coverage, err := tree.Walk(ctx, path, tree.Options{Workers: o.Workers, Limits: o.Limits}, c.file)
		if err != nil {
			return audit.Evidence{}, err
		}
		e.Coverage.Add(coverage)
	}
	slices.SortFunc(c.skipped, func(a, b rules.Skipped) int { return cmp.Compare(a.Path, b.Path) })
	e.Coverage.Skipped = append(e.Coverage.Skipped, c.skipped...)
	e.Leaks, e.Credentials = c.results()
	return e, nil
}

// collector gathers from the walk's goroutines.
type collector struct {
	scanner *secrets.Scanner

	mu          sync.Mutex
	leaks       []secrets.Leak
	credentials []audit.Held
	skipped     []rules.Skipped
}

// file looks at one file with everything that looks at files.
func (c *collector) file(f tree.File) error {
	at := rules.Location{Origin: rules.Tree, Path: f.Path}
	data := f.Bytes()
	pass := c.scanner.Begin(at)
	for _, v := range decode.Views(data) {
		pass.Scan(v)
	}
	leaks, dropped := pass.End(), pass.Dropped()
	held := identify(at, data)
	if len(leaks)+len(held)+dropped == 0 {
		return nil
	}
	if len(held) > 0 {
		state := f.State()
		for i := range held {
			held[i].State = state
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leaks = append(c.leaks, leaks...)
	c.credentials = append(c.credentials, held...)
	if dropped > 0 {
		c.skipped = append(c.skipped, rules.Skipped{
			Path: f.Path, Kind: rules.ByFailure,
			Reason: fmt.Sprintf("%d more places that look like secrets: past the limit for one file", dropped),
		})
	}
	return nil
}

// results puts everything in the order of its places, since the walk's
// goroutines finish in any order, and joins what lies in several files.
func (c *collector) results() ([]secrets.Leak, []audit.Held) {
	slices.SortStableFunc(c.leaks, func(a, b secrets.Leak) int { return a.Location.Compare(b.Location) })
	slices.SortStableFunc(c.credentials, func(a, b audit.Held) int { return a.Location.Compare(b.Location) })
	return append(c.leaks, secrets.Join(c.leaks)...), c.credentials
}

// identify lists the credentials in data. That there is none is no error here:
// most files of a tree hold none.
func identify(at rules.Location, data []byte) []audit.Held {
	if !credfile.Maybe(data) {
		return nil
	}
	credentials, err := credfile.Identify(data)
	if err != nil {
		return nil
	}
	held := make([]audit.Held, len(credentials))
	for i, cred := range credentials {
		place := cred.Place
		place.Origin, place.Path = at.Origin, at.Path
		held[i] = audit.Held{Credential: cred, Location: place}
	}
	return held
}
