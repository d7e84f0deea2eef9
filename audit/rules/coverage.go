package rules

// SkipKind tells a gap that was meant from one that was not.
type SkipKind string

const (
	// ByDesign marks what scopeaudit never looks into: links, devices, binary
	// files over the cap. It leaves a report complete.
	ByDesign SkipKind = "design"
	// ByFailure marks what should have been read and was not: it makes a
	// report incomplete, and a clean result is then not claimed.
	ByFailure SkipKind = "failure"
)

// Skipped is one thing that was not examined, and why.
type Skipped struct {
	Path   string
	Reason string
	Kind   SkipKind
}

// Coverage is the proof that work was done: what was read and what was not.
type Coverage struct {
	Files int   // files read
	Bytes int64 // bytes read
	Blobs int   // git objects read
	// Changes says that only what is new somewhere was asked for, and ChangedFiles
	// how many files were read there: none may be new, and all is examined then.
	Changes      bool
	ChangedFiles int
	Suppressed   int // findings silenced by policy, baseline or comment, or lowered to info by one
	Skipped      []Skipped
}

// Add joins what another part of the same run covered.
func (c *Coverage) Add(o Coverage) {
	c.Files += o.Files
	c.Bytes += o.Bytes
	c.Blobs += o.Blobs
	c.Changes = c.Changes || o.Changes
	c.ChangedFiles += o.ChangedFiles
	c.Suppressed += o.Suppressed
	c.Skipped = append(c.Skipped, o.Skipped...)
}

// Failed reports whether anything that should have been read was not.
func (c Coverage) Failed() bool {
	for _, s := range c.Skipped {
		if s.Kind == ByFailure {
			return true
		}
	}
	return false
}

// GitState is what git does with a file, as far as its index and ignore files
// tell when read as files.
type GitState string

const (
	GitTracked   GitState = "tracked"   // the index holds it: it is, or will be, committed
	GitIgnored   GitState = "ignored"   // an ignore file names it
	GitUntracked GitState = "untracked" // neither: the next `git add .` commits it
	GitUnknown   GitState = "unknown"   // there is a repository that we could not read
	GitNone      GitState = "none"      // no work tree encloses it
)

// FileState is what a file system and git say about a file.
type FileState struct {
	// Mode is the permission bits; ModeKnown is false where the system has
	// none (Windows) or the bytes did not come from a file.
	Mode      uint32
	ModeKnown bool
	Git       GitState
}
