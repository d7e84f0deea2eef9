package collect

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/tokeninfo/store"
)

// second looks at what has no trace of Google's APIs and may call a client that
// another file makes, in the languages in which there is any: it is read if it
// looks so, or if something imports it.
func (c *code) second(ctx context.Context) error {
	if len(c.spoken) == 0 {
		return nil
	}
	slices.SortFunc(c.possible, func(a, b possible) int { return strings.Compare(a.name, b.name) })
	l := look{code: c, left: maxSecond}
	var rest []possible
	var importers needs.Importers
	for _, p := range c.possible {
		switch {
		case !c.spoken[p.language]:
		case p.source != nil:
			c.sources = append(c.sources, p.source)
		default:
			data, ok := l.data(p)
			switch {
			case !ok:
			case l.mayCall(p, data):
				l.read(p, data)
			default:
				rest = append(rest, p)
				importers.Add(p.name, data)
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	rest = l.take(importers.Reaching(c.sources), rest)
	golang := needs.LanguageOf("x.go", nil)
	for more := c.sources; len(more) > 0 && ctx.Err() == nil; {
		before := len(c.sources)
		more, rest = nil, l.imported(more, rest)
		for _, s := range c.sources[before:] {
			// What Go packages import in turn says little, and is much.
			if s.Language() != golang {
				more = append(more, s)
			}
		}
	}
	if l.dropped > 0 {
		c.skip("", fmt.Sprintf("%d more sources that may call what others make: past the limit for one run", l.dropped), rules.ByDesign)
	}
	return ctx.Err()
}

// look is one second look.
type look struct {
	code    *code
	left    int64 // bytes that may still be read
	dropped int   // files that may not
}

// imported reads what some sources import, and gives the rest.
func (l *look) imported(by []*needs.Source, files []possible) (rest []possible) {
	names := make([]string, len(files))
	for i, p := range files {
		names[i] = p.name
	}
	return l.take(needs.Imported(by, names), files)
}

// take reads some of the files, and gives the rest.
func (l *look) take(names []string, files []possible) (rest []possible) {
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[name] = true
	}
	for _, p := range files {
		if !wanted[p.name] {
			rest = append(rest, p)
		} else if data, ok := l.data(p); ok {
			l.read(p, data)
		}
	}
	return rest
}

// data is what a file holds, if it is still what the walk met.
func (l *look) data(p possible) ([]byte, bool) {
	data, info, err := store.ReadFile(p.file, maxSource)
	if err != nil || info.Link != "" {
		l.code.skip(p.name, "changed while the tree was read", rules.ByFailure)
		return nil, false
	}
	return data, true
}

func (l *look) read(p possible, data []byte) {
	if l.left -= int64(len(data)); l.left < 0 {
		l.dropped++
		return
	}
	l.code.keep(p.name, p.file, data)
	l.code.sources = append(l.code.sources, needs.Read(p.name, data))
}

// mayCall reports whether a file may call a client that it is given. A Go file
// gets one from its own package or from one that it imports.
func (l *look) mayCall(p possible, data []byte) bool {
	if p.language == needs.LanguageOf("x.sh", nil) || !needs.MayCall(data) {
		return false // a script of a shell shares nothing with one that it does not read
	}
	if !strings.HasSuffix(p.name, ".go") || l.code.packages[path.Dir(p.name)] {
		return true
	}
	for folder := range l.code.packages {
		if bytes.Contains(data, []byte("/"+path.Base(folder)+`"`)) {
			return true
		}
	}
	return false
}
