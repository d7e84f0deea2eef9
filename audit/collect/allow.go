package collect

import (
	"bufio"
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
)

// aside is what is asked of files that hold leaks, and of no others: what git
// does with them, and which comments stand beside the leaks.
type aside struct {
	files    map[string]rules.FileState
	comments []audit.Comment
}

// read looks at one file that was scanned.
func (a *aside) read(f tree.File, name string, leaks []secrets.Leak) {
	if len(leaks) == 0 {
		return
	}
	a.files = map[string]rules.FileState{name: f.State()}
	a.beside(io.NewSectionReader(f, 0, min(f.Size(), maxAllowRead)), leaks)
}

// beside looks for comments in a text. Those in members of archives and in UTF-16
// are not seen.
func (a *aside) beside(text io.Reader, leaks []secrets.Leak) {
	var places []rules.Location
	for _, l := range leaks {
		if l.Location.Member == "" && l.Location.Line > 0 {
			places = append(places, l.Location)
		}
	}
	if len(places) > 0 {
		a.comments = comments(text, places)
	}
}

func (a *aside) add(o aside) {
	if a.files == nil {
		a.files = make(map[string]rules.FileState)
	}
	maps.Copy(a.files, o.files)
	a.comments = append(a.comments, o.comments...)
}

// results puts the comments in the order of their places.
func (a *aside) results() (map[string]rules.FileState, []audit.Comment) {
	slices.SortStableFunc(a.comments, func(a, b audit.Comment) int {
		return cmp.Or(a.Beside.Compare(b.Beside), a.Location.Compare(b.Location))
	})
	return a.files, a.comments
}

// comments finds what stands beside leaks: on the first and the last line of
// each, and on the line before.
func comments(r io.Reader, places []rules.Location) []audit.Comment {
	slices.SortFunc(places, rules.Location.Compare)
	places = slices.CompactFunc(places, func(a, b rules.Location) bool { return a.Compare(b) == 0 })
	on := make(map[int][]rules.Location)
	notebook, last := false, 0
	for _, p := range places {
		on[p.Line-1] = append(on[p.Line-1], rules.Location{})
		on[p.Line] = append(on[p.Line], p)
		if p.EndLine > p.Line { // in a block of lines
			on[p.EndLine] = append(on[p.EndLine], p)
		}
		notebook = notebook || p.Cell > 0
		last = max(last, p.Line, p.EndLine)
	}
	lines := make(map[int]*line)
	buffered := bufio.NewReaderSize(decode.Text(r), 64<<10)
	for n := 1; n <= last; n++ {
		text, err := readLine(buffered, on[n] != nil, n == last)
		if mayMark(text) {
			lines[n] = newLine(strings.TrimRight(string(text), "\r\n"), n, on[n], notebook)
		}
		if err != nil {
			break
		}
	}
	var out []audit.Comment
	for _, p := range places {
		for _, m := range marksBeside(p, lines) {
			at := p
			at.Line, at.Column, at.EndLine, at.EndColumn = m.line, m.column, 0, 0
			for _, id := range m.rules {
				out = append(out, audit.Comment{Beside: p, Marker: m.marker, Rule: id, Reason: m.reason, Location: at})
			}
		}
	}
	return out
}

// readLine reads the next line and gives its text if it is wanted and not too
// long to be looked at. Of the last line no more is read than that.
func readLine(r *bufio.Reader, wanted, last bool) ([]byte, error) {
	var text []byte
	for {
		part, err := r.ReadSlice('\n')
		if wanted = wanted && len(text)+len(part) <= maxAllowLine; wanted {
			text = append(text, part...)
		}
		if err == bufio.ErrBufferFull && (wanted || !last) {
			continue
		}
		if !wanted {
			text = nil
		}
		return text, err
	}
}

// marksBeside gives the marks that speak of a place: those on its own line, and
// on the one before those that say so, or ours if nothing else stands there.
func marksBeside(p rules.Location, lines map[int]*line) []mark {
	var out []mark
	var before *piece
	if l := lines[p.Line]; l != nil {
		own, above := l.pieceAt(p.Column)
		before = above
		for _, m := range own.marks {
			if !m.next {
				out = append(out, m)
			}
		}
	}
	if l := lines[p.EndLine]; l != nil && p.EndLine > p.Line {
		own, _ := l.pieceAt(p.EndColumn)
		for _, m := range own.marks {
			if !m.next {
				out = append(out, m)
			}
		}
	}
	if l := lines[p.Line-1]; before == nil && l != nil {
		before = &l.pieces[len(l.pieces)-1]
	}
	if before != nil {
		for _, m := range before.marks {
			if m.next || m.alone && m.marker == audit.AllowMarker {
				out = append(out, m)
			}
		}
	}
	return out
}
