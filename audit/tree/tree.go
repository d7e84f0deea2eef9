// Package tree reads what a user named, a folder or a single file, as hostile
// data: it hands the content of regular files out through a callback and says
// of everything else why it was left out. It follows no link, blocks on no
// pipe, opens no device and starts no process, but for git objects in a format
// that is not read here: the git that is installed reads these, from a git
// directory of ours.
//
// What git does with a file is told by [Git], from the index and the ignore
// files, which are read as bytes. Git's configuration is not obeyed.
package tree

import (
	"io"
	"math"

	"scopeaudit/audit/rules"
)

// Why something was not read, as [rules.Skipped] carries it. Failures that the
// system reports carry the system's own words instead.
const (
	SkipLink      = "symbolic link"
	SkipPipe      = "named pipe"
	SkipSocket    = "socket"
	SkipDevice    = "device"
	SkipIrregular = "not a regular file"
	SkipGit       = "git directory: not read as files"
	SkipLarge     = "larger than the file limit"
	SkipDeep      = "deeper than the depth limit"
	SkipEntries   = "more entries than the limit: the rest was not read"
	SkipBytes     = "more bytes than the limit: the rest was not read"
)

// Limits bound what one walk reads and remembers. A zero field means the
// default that is named beside it.
type Limits struct {
	// Whole is the size in bytes up to which a file is read before it is handed
	// out; a larger one is handed out open, and read by [File.ReadAt].
	Whole int64 // 1 MiB
	// File is the size above which a file is skipped, by design: what claims
	// more is no file of data, but a window on memory or a sparse image.
	File int64 // 64 GiB
	// Bytes is how much is read in all, and Entries how many files, folders and
	// others are looked at; what lies beyond is one skip by failure.
	Bytes   int64 // 1 TiB
	Entries int   // 10,000,000
	// Depth is how many folders lie between the named one and the deepest that
	// is read; what lies below is a skip by failure.
	Depth int // 1,000
	// Skips is how many skips of each kind are listed; the others are counted
	// in one last entry without a path.
	Skips int // 10,000
}

func (l Limits) orDefaults() Limits {
	l.File = orDefault(l.File, 64<<30)
	l.Whole = min(orDefault(l.Whole, 1<<20), l.File, math.MaxInt32) // one byte more is read, to see growth
	l.Bytes = orDefault(l.Bytes, 1<<40)
	l.Entries = orDefault(l.Entries, 10_000_000)
	l.Depth = orDefault(l.Depth, 1_000)
	l.Skips = orDefault(l.Skips, 10_000)
	return l
}

func orDefault[T int | int64](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

// Options say how to walk. The zero value is one worker and the default limits.
type Options struct {
	// Workers is how many goroutines read and call back; below one means one.
	// Fewer are started where the system allows few open files.
	Workers int
	Limits  Limits
	// Exclude is what is passed by, and counted; what it says of it is not in the
	// coverage, since it may serve several walks.
	Exclude *Excludes
	// Git is what [OpenGit] gave for the same root, for a caller that asks it
	// after the walk too. Nil: Walk opens and closes one of its own.
	Git *Git
}

// File is one regular file. It and its bytes are valid only until the callback
// returns, except for the strings.
type File struct {
	// Path is relative to the top of the enclosing work tree, else to the named
	// folder, and Rel always to the named folder; for a single named file they
	// start at its own folder. Both are separated by slashes and otherwise as
	// the system gave them: control characters and invalid UTF-8 included.
	Path, Rel string

	content   []byte
	large     *large // nil: content is all
	mode      uint32
	modeKnown bool
	git       *Git
}

// Whole reports whether the file was read, so that Bytes gives it.
func (f File) Whole() bool { return f.large == nil }

// Bytes is the whole content, or nil for a large file. The buffer is used again
// for the next file: a callback that keeps any of it copies it.
func (f File) Bytes() []byte { return f.content }

// Size is how many bytes were read or, of a large file, how many there were when
// it was opened.
func (f File) Size() int64 {
	if f.large != nil {
		return f.large.size
	}
	return int64(len(f.content))
}

// ReadAt reads from the content, so that archives and streams take a File as
// an [io.ReaderAt] of Size bytes. Of a large file that was cut short since it was
// opened, the error is [ErrChanged].
func (f File) ReadAt(p []byte, off int64) (int, error) {
	if f.large != nil {
		return f.large.ReadAt(p, off)
	}
	if off < 0 || off >= int64(len(f.content)) {
		return 0, io.EOF
	}
	n := copy(p, f.content[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// State says what the permission bits of the file were when it was opened, and
// what git does with it. The first call of a walk reads the index.
func (f File) State() rules.FileState {
	return rules.FileState{Mode: f.mode, ModeKnown: f.modeKnown, Git: f.git.State(f.Path)}
}
