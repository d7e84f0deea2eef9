package collect

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"scopeaudit/audit"
	"scopeaudit/audit/decode"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/audit/tree"
)

// NeedsOptions say what is inferred from the code of a tree.
type NeedsOptions struct {
	Catalogue *scopes.Catalogue
	// Programs are folders, as the user typed them, each of which is one program
	// with all that is in it; none: what is one is found out.
	Programs []string
	// Dependencies says that other people's code counts too: what package
	// managers put into the tree.
	Dependencies bool
	// Only says that nothing else is looked for: no secrets, no credentials.
	Only bool
	// Sources says that the evidence shall list the files that were read.
	Sources bool
	// Price says that what calls cost will be asked.
	Price bool
}

// How much source one run holds.
const (
	// maxSource is the largest source that is read, in bytes: a notebook with
	// pictures.
	maxSource = 64 << 20
	// maxSources is how much source is read in all that has a trace of Google's
	// APIs. Of more nothing is inferred: what was left out might change it.
	maxSources = 128 << 20
	// maxSecond is how much is read in the second look at what has none.
	maxSecond = 32 << 20
)

// code gathers the sources of programs from the walk's goroutines. What may only
// call what others make is read when the walk has ended, if anything speaks to
// Google at all: of most trees none is.
type code struct {
	options NeedsOptions
	holding sync.Mutex // by who holds a large source

	mu        sync.Mutex
	sources   []*needs.Source
	spoken    map[needs.Language]bool // languages in which something speaks to Google
	packages  map[string]bool         // folders of such Go sources
	possible  []possible
	division  needs.Options
	archives  map[string]bool
	states    map[string]rules.FileState
	bytes     int64 // of the sources
	beyond    bool  // there are more than the limit
	foreign   int   // sources of other people
	generated int
	skipped   []rules.Skipped
	partial   bool // sources were skipped that may call anything
	notes     []string
	files     map[string]audit.SourceFile // that were read, if they are asked for
}

// possible is a file that was not read, or a member of an archive that was.
type possible struct {
	name     string
	language needs.Language
	file     string // where it lies
	source   *needs.Source
}

func newCode(o *NeedsOptions) *code {
	if o == nil {
		return nil
	}
	c := &code{options: *o, spoken: map[needs.Language]bool{}, packages: map[string]bool{}, archives: map[string]bool{}, states: map[string]rules.FileState{}}
	if o.Sources {
		c.files = map[string]audit.SourceFile{}
	}
	return c
}

// file takes a file of the walk for what it is; name is what the report calls it
// and at where it lies.
func (c *code) file(f tree.File, name, at string) {
	seen := f.Rel
	if c.options.Dependencies {
		seen = path.Base(seen) // as if it were no one else's
	}
	data := f.Bytes()
	if !f.Whole() {
		if needs.Sort(seen, nil) == needs.Ignored {
			return
		}
		if f.Size() > maxSource {
			c.skip(name, "source larger than the limit for one: what it calls is not known", rules.ByDesign)
			return
		}
		c.holding.Lock()
		defer c.holding.Unlock()
		data = make([]byte, f.Size())
		if n, _ := f.ReadAt(data, 0); n < len(data) {
			return // of which a skip tells
		}
	}
	if c.take(needs.Sort(seen, data), name, at, data) {
		state := f.State()
		c.mu.Lock()
		c.states[name] = state
		c.mu.Unlock()
	}
}

// member takes a file within an archive, and reports whether the view was the
// one that shows all of it.
func (c *code) member(archive string, m decode.Member, v decode.View) bool {
	if !v.First || !v.Last || v.Offset+int64(len(v.Data)) != m.Size {
		return false
	}
	seen := m.Name
	if c.options.Dependencies {
		seen = path.Base(seen)
	}
	kind := needs.Sort(seen, v.Data)
	if kind == needs.Ignored {
		return true
	}
	if libraryArchive(archive) && !c.options.Dependencies {
		kind = needs.Dependency
	}
	c.mu.Lock()
	c.archives[archive] = true
	c.mu.Unlock()
	c.take(kind, archive+archiveMark+m.Name, "", v.Data)
	return true
}

// archiveMark parts the path of an archive from that of its member.
const archiveMark = "!/"

// libraryArchive reports whether an archive is one in which libraries come.
func libraryArchive(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".whl", ".egg", ".jar", ".aar", ".war", ".crate", ".nupkg", ".gem", ".conda":
		return true
	}
	return false
}

// take reports whether it is a source that speaks to Google.
func (c *code) take(kind needs.Kind, name, at string, data []byte) bool {
	if kind == needs.Ignored {
		return false
	}
	var source *needs.Source
	speaks := false
	switch {
	case kind == needs.Relevant:
		if !c.room(len(data)) {
			return false
		}
		source = needs.Read(name, data)
		speaks = source.Speaks()
	case kind == needs.Possible && at == "" && needs.MayCall(data) && c.room(len(data)):
		source = needs.Read(name, data) // of an archive, which is not opened again
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if needs.IsManifest(name) && kind != needs.Dependency {
		c.division.Manifests = append(c.division.Manifests, name)
	}
	switch kind {
	case needs.Relevant:
		c.keep(name, at, data)
		c.sources = append(c.sources, source)
		if speaks {
			c.spoken[source.Language()] = true
			if strings.HasSuffix(name, ".go") {
				c.packages[path.Dir(name)] = true
			}
		}
	case needs.Possible:
		if at != "" || source != nil {
			c.possible = append(c.possible, possible{name, needs.LanguageOf(name, data), at, source})
		}
	case needs.Dependency:
		c.foreign++
	case needs.Generated:
		c.generated++
	}
	return speaks
}

// keep notes a file that was read. The caller holds mu, or is alone.
func (c *code) keep(name, at string, data []byte) {
	if c.files != nil && at != "" {
		c.files[name] = audit.SourceFile{Lies: at, Sum: sha256.Sum256(data)}
	}
}

// room counts what is read, and reports whether it is within the limit.
func (c *code) room(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bytes += int64(n); c.bytes <= maxSources {
		return true
	}
	c.beyond, c.sources = true, nil
	return false
}

// skip notes sources that were not read, and that may call anything.
func (c *code) skip(name, reason string, kind rules.SkipKind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.partial = true
	c.skipped = append(c.skipped, rules.Skipped{Path: name, Reason: reason, Kind: kind})
}

// infer says what the programs need, once everything was walked.
func (c *code) infer(ctx context.Context, p *places, quotes quotes) (*needs.Result, *needs.Index, error) {
	if c.beyond {
		c.skip("", "more source that has to do with Google's APIs than the limit for one run: name the folder of a program", rules.ByFailure)
		return nil, nil, nil
	}
	var index *needs.Index
	result := needs.Result{Read: len(c.sources)}
	if len(c.sources) > 0 {
		if err := c.second(ctx); err != nil {
			return nil, nil, err
		}
		for _, folder := range c.options.Programs {
			real, err := realPath(folder)
			if err != nil {
				return nil, nil, &tree.RootError{Path: folder, Err: err}
			}
			c.division.Programs = append(c.division.Programs, p.name(real))
		}
		slices.Sort(c.division.Manifests)
		c.division.Stop = func() bool { return ctx.Err() != nil }
		index = needs.NewIndex(c.options.Catalogue)
		result = index.Infer(c.sources, c.division)
		for i := range result.Programs {
			if c.partial {
				weaken(&result.Programs[i])
			}
			c.place(&result.Programs[i])
			quotes.program(&result.Programs[i])
		}
	}
	for i, folder := range c.division.Programs {
		if !slices.ContainsFunc(result.Programs, func(p needs.Program) bool { return p.Path == folder }) {
			c.notes = append(c.notes, fmt.Sprintf("nothing that asks for a scope or calls an API of Google's was found in the program %q", c.options.Programs[i]))
		}
	}
	result.Dependencies, result.Generated = c.foreign, c.generated
	if !c.options.Price {
		index = nil
	}
	return &result, index, ctx.Err()
}

// weaken takes back what unread sources might prove wrong.
func weaken(p *needs.Program) {
	if p.Verdict == needs.Exact {
		p.Verdict = needs.LowerBound
	}
	p.Why = append(p.Why, "not all files that may make calls were read")
	for i := range p.Asked {
		p.Asked[i].Unneeded, p.Asked[i].Excess, p.Asked[i].Enough = nil, false, nil
	}
}

// place gives what lies in archives its place there.
func (c *code) place(p *needs.Program) {
	if len(c.archives) == 0 {
		return
	}
	at := func(l *rules.Location) {
		if archive, member, found := strings.Cut(l.Path, archiveMark); found && c.archives[archive] {
			l.Origin, l.Path, l.Member = rules.Archive, archive, member
		}
	}
	for i := range p.Requests {
		at(&p.Requests[i].At)
		at(&p.Requests[i].Use)
	}
	for i := range p.Calls {
		at(&p.Calls[i].At)
	}
	for i := range p.Flow {
		at(&p.Flow[i].At)
	}
	for i := range p.Own {
		at(&p.Own[i].At)
	}
	for i := range p.Unresolved {
		at(&p.Unresolved[i].At)
	}
}

// lies is where a file of a source's walk lies, by its path from there.
func (s source) lies(rel string) string {
	if s.folder {
		return filepath.Join(s.real, filepath.FromSlash(rel))
	}
	return s.real
}

// codeOnly reports whether nothing is looked for but what code needs.
func (c *collector) codeOnly() bool { return c.code != nil && c.code.options.Only }
