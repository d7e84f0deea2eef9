package rules

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Origin says what kind of place a location is in.
type Origin string

// The origins. They are part of the JSON format.
const (
	Tree    Origin = "tree"    // a file of the work tree or of a named folder
	Index   Origin = "index"   // a blob that git has staged
	History Origin = "history" // an object of git's history
	Archive Origin = "archive" // a member of an archive
	Stdin   Origin = "stdin"
	Env     Origin = "env" // an environment variable; Path is its name
	Policy  Origin = "policy"
)

// Location is where something was found. Lines and columns count from 1, and
// zero means "not known"; columns count Unicode code points; the end column is
// one past the last character, as SARIF has it.
type Location struct {
	Origin Origin
	// Path uses slashes and is relative to the top of the enclosing work tree,
	// else to the named folder. Standard input is "-".
	Path string
	// Member is the path inside an archive, when Path is one.
	Member                           string
	Line, Column, EndLine, EndColumn int

	// Cell is the 1-based number of a notebook's cell, zero outside one;
	// Execution is the number Jupyter shows beside it (In [7]), zero for none.
	// Output says that the place is in what the cell printed, not in its source.
	Cell, Execution int
	Output          bool

	// Blob and Commit are object names in git: what holds it, and the commit that
	// first brought that, at CommitTime. InHead says whether HEAD still has it
	// (nil: not known), Refs which refs reach it; none with RefsKnown means that
	// no clone will have it.
	Blob, Commit string
	CommitTime   time.Time
	InHead       *bool
	Refs         []string
	RefsKnown    bool
	// Object is "commit" or "tag" where the place is in the text of one and in no
	// file; the first Heading lines of that text are git's, the message follows.
	Object  string
	Heading int

	// Git is what git does with the file, for places in files; empty where it
	// was not asked.
	Git GitState
}

// String gives the place as people write it: path:line:column, with the
// notebook's cell where there is one. It does not clean hostile names: what
// prints it does.
func (l Location) String() string {
	var b strings.Builder
	b.WriteString(l.Path)
	if l.Member != "" {
		b.WriteString("!" + l.Member)
	}
	if l.Line > 0 {
		fmt.Fprintf(&b, ":%d", l.Line)
		if l.Column > 0 {
			fmt.Fprintf(&b, ":%d", l.Column)
		}
	}
	if cell := l.CellName(); cell != "" {
		b.WriteString(" (" + cell + ")")
	}
	return b.String()
}

// CellName names a notebook's cell as its reader sees it, "cell 5, In [7]" or
// "cell 5, output", and is empty outside notebooks.
func (l Location) CellName() string {
	if l.Cell == 0 {
		return ""
	}
	name := fmt.Sprintf("cell %d", l.Cell)
	if l.Execution > 0 {
		name += fmt.Sprintf(", In [%d]", l.Execution)
	}
	if l.Output {
		name += ", output"
	}
	return name
}

// Compare orders locations by path, member and place, so that reports are the
// same on every run.
func (l Location) Compare(o Location) int {
	return cmp.Or(
		cmp.Compare(l.Path, o.Path),
		cmp.Compare(l.Member, o.Member),
		cmp.Compare(l.Line, o.Line),
		cmp.Compare(l.Column, o.Column),
		cmp.Compare(l.Cell, o.Cell),
		cmp.Compare(l.Origin, o.Origin),
		cmp.Compare(l.Blob, o.Blob),
	)
}
