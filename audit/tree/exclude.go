package tree

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"

	"scopeaudit/audit/rules"
)

// Excludes are patterns of what the user wants left out, and how much each of
// them left out so far. Nil leaves out nothing. They may serve several walks, and
// several goroutines.
type Excludes struct {
	patterns []*exclude
	work     work
}

type exclude struct {
	text string
	pattern
	files, folders atomic.Int64
}

// NewExcludes reads patterns as a line of .gitignore has them, relative to the
// named folder: "*.log" matches names in any folder, "/build/" one folder, and
// "docs/**/*.md" paths. A pattern that takes back what another leaves out is an
// error, as is one that can match nothing.
func NewExcludes(patterns []string) (*Excludes, error) {
	x := &Excludes{}
	x.work.left.Store(math.MaxInt64)
	for _, text := range patterns {
		switch {
		case strings.HasPrefix(text, "!"):
			return nil, fmt.Errorf(`%q takes back what another pattern leaves out, which is not read; for a name that begins with "!" write "\!"`, text)
		case strings.HasPrefix(text, "#"):
			return nil, fmt.Errorf(`%q is a comment; for a name that begins with "#" write "\#"`, text)
		case strings.ContainsAny(text, "\n\x00"):
			return nil, fmt.Errorf("%q is more than one line", text)
		}
		p, ok := parsePattern(text, false)
		if !ok {
			return nil, fmt.Errorf("%q can match nothing", text)
		}
		x.patterns = append(x.patterns, &exclude{text: text, pattern: p})
	}
	if len(x.patterns) == 0 {
		return nil, errors.New("no pattern")
	}
	return x, nil
}

// match gives the pattern that leaves out the entry at path, relative to the
// named folder, if one does.
func (x *Excludes) match(path string, isDir bool) *exclude {
	if x == nil {
		return nil
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	for _, p := range x.patterns {
		if p.matches(path, name, isDir, false, &x.work) {
			return p
		}
	}
	return nil
}

// leavesOut reports whether a walk passes by an entry, and counts it.
func (x *Excludes) leavesOut(path string, isDir bool) bool {
	p := x.match(path, isDir)
	if p == nil {
		return false
	}
	if isDir {
		p.folders.Add(1)
	} else {
		p.files.Add(1)
	}
	return true
}

// Match reports whether a walk passes by the file at path, relative to the named
// folder and separated by slashes: it or a folder that it lies in is left out.
func (x *Excludes) Match(path string) bool {
	for i := range len(path) {
		if path[i] == '/' && x.match(path[:i], true) != nil {
			return true
		}
	}
	return x.match(path, false) != nil
}

// LeavesOut is Match for a file that is none of a walk's, and counts it.
func (x *Excludes) LeavesOut(path string) bool {
	for i := range len(path) {
		if path[i] == '/' {
			if p := x.match(path[:i], true); p != nil {
				p.files.Add(1)
				return true
			}
		}
	}
	return x.leavesOut(path, false)
}

// Skipped tells for each pattern that left out anything how much: one skip by
// design, without a path.
func (x *Excludes) Skipped() []rules.Skipped {
	if x == nil {
		return nil
	}
	var all []rules.Skipped
	for _, p := range x.patterns {
		var what []string
		if n := p.folders.Load(); n > 0 {
			what = append(what, number(n, "folder"))
		}
		if n := p.files.Load(); n > 0 {
			what = append(what, number(n, "file"))
		}
		if len(what) > 0 {
			all = append(all, rules.Skipped{
				Reason: fmt.Sprintf("left out as %q asks: %s", p.text, strings.Join(what, " and ")), Kind: rules.ByDesign,
			})
		}
	}
	return all
}

// Unused gives the patterns that left out nothing.
func (x *Excludes) Unused() []string {
	if x == nil {
		return nil
	}
	var unused []string
	for _, p := range x.patterns {
		if p.files.Load()+p.folders.Load() == 0 {
			unused = append(unused, p.text)
		}
	}
	return unused
}

func number(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
