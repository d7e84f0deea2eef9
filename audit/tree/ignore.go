package tree

import (
	"bytes"
	"strings"
	"sync/atomic"
)

// maxIgnoreFile is the largest ignore file that is read; a larger one leaves
// unknown what it would have said. Those that people write have a few KiB.
const maxIgnoreFile = 1 << 20

// maxMatchWork bounds what all matching of one [Git] may cost, in steps of a few
// nanoseconds, so that hostile patterns end in "unknown" after seconds.
const maxMatchWork = 1 << 29

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
	// A name begins with prefix, and what follows is rest; the pattern has no
	// wildcard when exact. The cut is where git makes it, which decides whether
	// two stars behind it stand at the start.
	prefix string
	exact  bool
	rest   [2]glob // as written, and with ASCII letters folded
}

// parseIgnore reads an ignore file. Lines that can match nothing are left out.
func parseIgnore(data []byte) []pattern {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var patterns []pattern
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		if p, ok := parsePattern(string(line)); ok {
			patterns = append(patterns, p)
		}
	}
	return patterns
}

func parsePattern(line string) (pattern, bool) {
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
	wild := strings.IndexAny(line, `*?[\`)
	if wild < 0 {
		p.prefix, p.exact = line, true
		return p, true
	}
	rest := line
	if p.anchored {
		p.prefix, rest = line[:wild], line[wild:]
	}
	var ok bool
	for i, fold := range []bool{false, true} {
		if p.rest[i], ok = compileGlob(rest, fold); !ok {
			return pattern{}, false
		}
	}
	return p, true
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
	if len(text) < len(p.prefix) || !equal(text[:len(p.prefix)], p.prefix, fold) {
		return false
	}
	text = text[len(p.prefix):]
	if p.exact {
		return text == ""
	}
	g := p.rest[0]
	if fold {
		g = p.rest[1]
	}
	return g.match(text, fold, w)
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
