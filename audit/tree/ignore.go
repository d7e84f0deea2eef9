package tree

import (
	"bytes"
	"strings"
	"sync/atomic"
)

// The bounds of ignore files, for one and for all that a [Git] reads; those that
// people write have a few KiB. What lies beyond leaves unknown what it would
// have said. Patterns take up to some 25 times the memory of their text.
const (
	maxIgnoreFile  = 512 << 10
	maxIgnoreBytes = 4 << 20
)

// maxMatchWork bounds what all matching of one [Git] may cost, in steps of a
// nanosecond or two, so that hostile patterns end in "unknown" after seconds.
const maxMatchWork = 1 << 30

// work is what may still be spent on matching.
type work struct{ left atomic.Int64 }

func (w *work) spend(steps int) bool { return w.left.Add(-int64(steps)) >= 0 }

// exhausted reports whether some match was not paid for.
func (w *work) exhausted() bool { return w.left.Load() < 0 }

// pattern is one line of an ignore file.
type pattern struct {
	negated bool // what it matches is not ignored after all
	dirOnly bool
	// anchored patterns hold a slash and match the path from the ignore file's
	// folder on; others match the name alone.
	anchored bool
	// A text begins with the bytes of fixed, and rest matches what follows. The
	// cut is where git makes it, which decides whether two stars behind it stand
	// at the start.
	fixed string
	rest  glob
	// ending says that the text ends with fixed instead, after any bytes: most
	// patterns with a wildcard are like *.log.
	ending bool
}

// parseIgnore reads an ignore file; never nil. Lines that can match nothing are
// left out. fold is whether matching shall not tell upper from lower case.
func parseIgnore(data []byte, fold bool) []pattern {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	patterns := []pattern{}
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		if p, ok := parsePattern(string(line), fold); ok {
			patterns = append(patterns, p)
		}
	}
	return patterns
}

func parsePattern(line string, fold bool) (pattern, bool) {
	if strings.HasPrefix(line, "#") {
		return pattern{}, false
	}
	line = strings.TrimSuffix(line, "\r")
	line, _, _ = strings.Cut(line, "\x00") // where git's strings end
	line = trimSpaces(line)
	var p pattern
	line, p.negated = strings.CutPrefix(line, "!")
	line, p.dirOnly = strings.CutSuffix(line, "/")
	p.anchored = strings.Contains(line, "/")
	if p.anchored {
		line = strings.TrimPrefix(line, "/")
	}
	if line == "" {
		return pattern{}, false
	}
	const special = `*?[\`
	wild := strings.IndexAny(line, special)
	switch {
	case wild < 0:
		p.fixed = line
		return p, true
	case !p.anchored && line[0] == '*' && !strings.ContainsAny(line[1:], special):
		p.fixed, p.ending = line[1:], true
		return p, true
	case p.anchored:
		p.fixed, line = line[:wild], line[wild:]
	}
	var ok bool
	p.rest, ok = compileGlob(line, fold)
	return p, ok
}

// trimSpaces cuts the spaces at the end that no backslash protects.
func trimSpaces(s string) string {
	end := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ':
			continue
		case '\\':
			// A backslash at the very end protects nothing, and git then trims
			// nothing either.
			if i++; i == len(s) {
				return s
			}
		}
		end = i + 1
	}
	return s[:end]
}

// matches reports whether p names the file or folder at path, relative to the
// folder of the ignore file, whose last part is name.
func (p *pattern) matches(path, name string, isDir, fold bool, w *work) bool {
	if p.dirOnly && !isDir {
		return false
	}
	text := name
	if p.anchored {
		text = path
	}
	n := len(text) - len(p.fixed)
	switch {
	case n < 0:
		return false
	case p.ending:
		return equal(text[n:], p.fixed, fold)
	case !equal(text[:len(p.fixed)], p.fixed, fold):
		return false
	}
	return p.rest.match(text[len(p.fixed):], fold, w)
}

// equal compares two strings of the same length.
func equal(a, b string, fold bool) bool {
	if !fold {
		return a == b
	}
	for i := range len(a) {
		if foldByte(a[i], true) != foldByte(b[i], true) {
			return false
		}
	}
	return true
}

// ignores are the patterns that hold in one folder: those of its own ignore
// file, and those of the folders above, which give way to it.
type ignores struct {
	patterns []pattern
	// base is how long the path of the patterns' folder is, its last slash
	// included.
	base int
	up   *ignores
}

// verdict reports whether path, relative to the top of the work tree, is named
// by the patterns: the last line that matches decides, of the nearest file that
// has one.
func (ig *ignores) verdict(path string, isDir, fold bool, w *work) bool {
	name := path[strings.LastIndexByte(path, '/')+1:]
	for ; ig != nil; ig = ig.up {
		if !w.spend(len(ig.patterns)) {
			return false
		}
		for i := len(ig.patterns) - 1; i >= 0; i-- {
			p := &ig.patterns[i]
			if p.matches(path[ig.base:], name, isDir, fold, w) {
				return !p.negated
			}
		}
	}
	return false
}
