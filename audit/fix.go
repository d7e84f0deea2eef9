package audit

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// Fix is how the files of a program come to ask for no more than is enough, or
// why that cannot be done for its author.
type Fix struct {
	Program string
	Files   []FixedFile
	Why     string // lower case, no full stop; empty if Files are the fix
}

// FixedFile is one file before and after.
type FixedFile struct {
	Path     string // as reports call it
	Old, New []byte
	lines    []fixedLine
}

// NewFixes narrows what the programs of a report ask for, where each request is a
// literal and all is known of the calls. Programs that ask for no more than is
// enough have no fix. Read gives a file by the path that reports call it; what it
// gives must be what was examined.
func NewFixes(r Report, cat *scopes.Catalogue, read func(path string) ([]byte, error)) []Fix {
	c := &check{cat: cat}
	var fixes []Fix
	for _, row := range r.Programs {
		p := row.Needs
		if !slices.ContainsFunc(p.Asked, func(a needs.Asked) bool { return a.Excess || len(a.Unneeded) > 0 }) {
			continue
		}
		f := Fix{Program: row.Path}
		edits, why := c.edits(p)
		if why == "" {
			f.Files, why = apply(edits, read)
		}
		if f.Why = why; why != "" {
			f.Files = nil
		}
		fixes = append(fixes, f)
	}
	return fixes
}

// edit replaces the literal at a place; an empty text takes it out.
type edit struct {
	at   rules.Location
	old  string
	text string
}

// edits says which literals to replace, or why none is.
func (c *check) edits(p needs.Program) ([]edit, string) {
	switch {
	case p.Verdict != needs.Exact:
		return nil, "not all of its calls are known: " + strings.Join(p.Why, "; ")
	case len(p.Asked) > 1:
		return nil, "it chooses its scopes at run time, and each choice is for itself"
	case len(p.Asked[0].Missing) > 0:
		return nil, "some of its calls are not permitted by what it asks for: mend that first"
	}
	a := p.Asked[0]
	wide := c.replaced(a)
	var more []scopes.Scope
	if a.Excess {
		more = slices.DeleteFunc(slices.Clone(a.Enough), func(s scopes.Scope) bool { return slices.Contains(a.Scopes, s) })
	}
	places := map[scopes.Scope]int{}
	var edits []edit
	for _, r := range p.Requests {
		if r.At.Origin != rules.Tree {
			return nil, fmt.Sprintf("%s is in an archive", r.At)
		}
		if !c.isLiteral(r) {
			return nil, fmt.Sprintf("what is asked for at %s is not a literal", r.At)
		}
		e := edit{at: r.At, old: r.Text}
		if slices.ContainsFunc(edits, func(o edit) bool { return o.at.Compare(r.At) == 0 }) {
			continue
		}
		switch {
		case len(wide) > 0 && r.Scope == wide[0]:
			var texts []string
			for _, s := range more {
				text, ok := c.spelt(r, s)
				if !ok {
					return nil, fmt.Sprintf("%s cannot be written as what stands at %s is", c.short(s), r.At)
				}
				texts = append(texts, text)
			}
			if len(texts) > 1 && !isElement(r) {
				return nil, fmt.Sprintf("what is asked for at %s is no element of a list on its line", r.At)
			}
			e.text = strings.Join(texts, ", ")
		case slices.Contains(wide, r.Scope), slices.Contains(a.Unneeded, r.Scope):
		default:
			continue
		}
		if e.text == "" && !isElement(r) {
			return nil, fmt.Sprintf("what is asked for at %s is no element of a list on its line", r.At)
		}
		places[r.Scope]++
		edits = append(edits, e)
	}
	for _, s := range wide {
		if len(wide) > 1 && places[s] != 1 {
			return nil, "several scopes are too wide and asked for at several places"
		}
	}
	return edits, ""
}

// isElement reports whether what asks for a scope is an element of a list: on its
// line, or alone on one.
func isElement(r needs.Request) bool {
	rest, first := strings.CutPrefix(r.Line, r.Text)
	return inList(r) || first && alone(rest)
}

// apply makes the edits, file by file.
func apply(edits []edit, read func(string) ([]byte, error)) ([]FixedFile, string) {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.at.Path, b.at.Path), a.at.Compare(b.at)) })
	var files []FixedFile
	for len(edits) > 0 {
		n := 1
		for n < len(edits) && edits[n].at.Path == edits[0].at.Path {
			n++
		}
		path := edits[0].at.Path
		data, err := read(path)
		if err != nil {
			return nil, err.Error()
		}
		f := FixedFile{Path: path, Old: data}
		for line := range bytes.Lines(data) {
			f.lines = append(f.lines, fixedLine{old: string(line), new: string(line)})
		}
		for i := n - 1; i >= 0; i-- { // from the end, so that places stay
			if why := f.edit(edits[i]); why != "" {
				return nil, why
			}
		}
		for _, l := range f.lines {
			f.New = append(f.New, l.new...)
		}
		files = append(files, f)
		edits = edits[n:]
	}
	return files, ""
}

// edit replaces a literal on its line.
func (f *FixedFile) edit(e edit) string {
	changed := fmt.Sprintf("%s changed since it was read", f.Path)
	if e.at.Line < 1 || e.at.Line > len(f.lines) || e.at.Column < 1 {
		return changed
	}
	l := &f.lines[e.at.Line-1]
	line := strings.TrimPrefix(l.new, "\xEF\xBB\xBF")
	mark := l.new[:len(l.new)-len(line)]
	start := 0
	for range e.at.Column - 1 {
		_, size := utf8.DecodeRuneInString(line[start:])
		start += size
	}
	before, rest := line[:start], line[start:]
	after, found := strings.CutPrefix(rest, e.old)
	if !found {
		return changed
	}
	if e.text != "" {
		l.new = mark + before + e.text + after
		return ""
	}
	if pkg, _, constant := strings.Cut(e.old, "."); quoteOf(e.old) == "" && constant && bytes.Count(f.Old, []byte(pkg+".")) < 2 {
		return fmt.Sprintf("%s would no longer use the package %s, which it imports", f.Path, pkg)
	}
	trimmed := strings.TrimLeft(after, " \t")
	switch comma := strings.HasPrefix(trimmed, ","); {
	case strings.TrimSpace(before) == "" && alone(trimmed):
		l.new = ""
	case strings.HasSuffix(strings.TrimRight(before, " \t"), ","):
		l.new = mark + strings.TrimSuffix(strings.TrimRight(before, " \t"), ",") + after
	case comma:
		l.new = mark + before + strings.TrimLeft(trimmed[1:], " \t")
	default:
		l.new = mark + before + after
	}
	return ""
}

// alone reports whether nothing but a comma and a comment is left of a line.
func alone(rest string) bool {
	rest = strings.TrimSpace(strings.TrimPrefix(rest, ","))
	return rest == "" || strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, "//")
}

// fixedLine is a line before and after; it is taken out if it is empty after.
type fixedLine struct{ old, new string }

// diffContext is how many lines stand around a change.
const diffContext = 3

// Diff is the change as a unified diff, with lines of the file as they are: what
// prints it for people cleans it.
func (f FixedFile) Diff() string {
	var b strings.Builder
	name := f.Path
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r >= 0x7f }) {
		fmt.Fprintf(&b, "--- %q\n+++ %q\n", "a/"+name, "b/"+name)
	} else {
		fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n", name, name)
	}
	removed := 0 // lines so far
	for i := 0; i < len(f.lines); i++ {
		if f.lines[i].old == f.lines[i].new {
			continue
		}
		start, end := max(0, i-diffContext), i
		for j := i; j < len(f.lines) && j <= end+2*diffContext+1; j++ {
			if f.lines[j].old != f.lines[j].new {
				end = j
			}
		}
		end = min(len(f.lines), end+diffContext+1)
		gone := 0
		for _, l := range f.lines[start:end] {
			if l.new == "" {
				gone++
			}
		}
		fmt.Fprintf(&b, "@@ -%d,%d +%d,%d @@\n", start+1, end-start, start+1-removed, end-start-gone)
		for run := f.lines[start:end]; len(run) > 0; {
			n := 0 // changed lines: those before come first
			for n < len(run) && run[n].old != run[n].new {
				writeLine(&b, '-', run[n].old)
				n++
			}
			for _, l := range run[:n] {
				writeLine(&b, '+', l.new)
			}
			if n == 0 {
				writeLine(&b, ' ', run[0].old)
				n = 1
			}
			run = run[n:]
		}
		removed += gone
		i = end - 1
	}
	return b.String()
}

func writeLine(b *strings.Builder, mark byte, line string) {
	if line == "" {
		return // it was taken out
	}
	b.WriteByte(mark)
	b.WriteString(line)
	if !strings.HasSuffix(line, "\n") {
		b.WriteString("\n\\ No newline at end of file\n")
	}
}
