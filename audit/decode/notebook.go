package decode

import (
	"bytes"
	"math"
	"slices"
	"strconv"

	"scopeaudit/audit/rules"
)

// notebookViews reads a Jupyter notebook (nbformat 3 and 4), or gives nil if
// text is none or is half written: then it is searched as the text it is. The
// text begins at offset in its input, where a byte-order mark may stand.
func notebookViews(text []byte, offset int64) []View {
	if !opensObject(text) || len(text) > math.MaxInt32 ||
		!bytes.Contains(text, []byte(`"cells"`)) || !bytes.Contains(text, []byte(`"cell_type"`)) {
		return nil
	}
	index := newIndex(text)
	known := &facts{}
	first := notebook{learn: known, scan: scanner{data: text}}
	if first.read() != nil || !known.typed {
		return nil
	}
	var views []View
	n := notebook{
		known: known, offset: offset, scan: scanner{data: text},
		place: func(start, end int64) rules.Location { return index.place(int(start), int(end)) },
		emit:  func(v View) bool { views = append(views, v); return true },
	}
	if n.read() != nil {
		return nil // which the first reading ruled out
	}
	return append(views, View{Data: text, Offset: offset, First: true, Last: true, Place: index.place, Ranges: n.rest(true)})
}

// opensObject says whether text begins as a JSON object does.
func opensObject(text []byte) bool {
	head := bytes.TrimLeft(text[:min(len(text), sniffLen)], " \t\r\n")
	return len(head) > 0 && head[0] == '{'
}

// facts are what a first reading learns of a notebook, for what stands behind
// what it is needed for.
type facts struct {
	typed  bool     // it has a cell that says what it is
	counts []counts // ascending by cell
	// mixed are where lists begin that are not of strings alone; ascending.
	mixed []int64
}

type counts struct{ cell, execution int32 }

// maxFacts is how many counts, and how many lists, are known of one notebook.
// Without, In [7] is not said, and strings in a list are put together.
const maxFacts = 1 << 18

func (f *facts) execution(cell int) int {
	i, ok := slices.BinarySearchFunc(f.counts, int32(cell), func(c counts, cell int32) int { return int(c.cell - cell) })
	if !ok {
		return 0
	}
	return int(f.counts[i].execution)
}

// notebook is one notebook while it is read: once to learn what it is, and again
// to hand out its views.
type notebook struct {
	scan   scanner
	learn  *facts // filled by the first reading; nil in the second
	known  *facts
	offset int64 // of the text in the input
	window int   // how long a text may be before it is handed out in several; 0: views are kept
	place  func(start, end int64) rules.Location
	emit   func(View) bool // nil in the first reading

	cells   int
	text    joined
	value   prose  // that is read now
	covered []span // of what is held: read as a view, or a picture; ascending
	open    bool   // the last of these has not ended
}

// span is a half-open interval of a text that is not held.
type span struct{ start, end int64 }

func (n *notebook) read() error {
	n.scan.image = n.cover
	found := false
	err := n.scan.object(func(key []byte) error {
		switch {
		case string(key) == "cells" && n.scan.peek() == '[':
			found = true
			return n.scan.array(n.cell)
		case string(key) == "worksheets" && n.scan.peek() == '[':
			return n.scan.array(func() error {
				return n.scan.object(func(key []byte) error {
					if string(key) == "cells" && n.scan.peek() == '[' {
						found = true
						return n.scan.array(n.cell)
					}
					return n.scan.member(key)
				})
			})
		}
		return n.scan.member(key)
	})
	if err == nil && (!found || n.scan.peek() != 0) {
		return errJSON
	}
	return err
}

// cover notes that what stands from here on is not searched as text of the file,
// or is again.
func (n *notebook) cover(begins bool) {
	switch at := n.scan.offset(); {
	case n.emit == nil:
	case begins:
		n.covered = append(n.covered, span{at, math.MaxInt64})
		n.open = true
	default:
		n.covered[len(n.covered)-1].end = at
		n.open = false
	}
}

// cell reads one cell.
func (n *notebook) cell() error {
	n.cells++
	if n.scan.peek() != '{' {
		return n.scan.value()
	}
	at := rules.Location{Cell: n.cells}
	if n.known != nil {
		at.Execution = n.known.execution(n.cells)
	}
	return n.scan.object(func(key []byte) error {
		switch string(key) {
		case "cell_type":
			if n.learn != nil {
				n.learn.typed = true
			}
		case "source", "input":
			return n.prose(at)
		case "execution_count", "prompt_number":
			return n.execution()
		case "outputs":
			if n.scan.peek() == '[' {
				at := at
				at.Output = true
				return n.scan.array(func() error { return n.output(at) })
			}
		}
		return n.scan.member(key)
	})
}

// execution reads the number that stands beside a cell.
func (n *notebook) execution() error {
	if !literal(n.scan.peek()) {
		return n.scan.value()
	}
	word, err := n.scan.word()
	count, bad := strconv.ParseInt(word, 10, 32)
	if f := n.learn; f != nil && bad == nil && count > 0 && len(f.counts) < maxFacts {
		f.counts = append(f.counts, counts{int32(n.cells), int32(count)})
	}
	return err
}

// output reads one output: a stream, a result, displayed data, or an error.
// In nbformat 3 the representations are keys of the output itself.
func (n *notebook) output(at rules.Location) error {
	if n.scan.peek() != '{' {
		return n.scan.value()
	}
	return n.scan.object(func(key []byte) error {
		switch string(key) {
		case "text", "html", "latex", "svg", "javascript", "json", "traceback", "evalue":
			return n.prose(at)
		case "png", "jpeg", "pdf":
			n.scan.space()
			n.cover(true)
			err := n.scan.value()
			n.cover(false)
			return err
		case "data":
			if n.scan.peek() == '{' {
				return n.scan.object(func(mime []byte) error {
					if hasPrefix(mime, "text/") || hasPrefix(mime, "application/json") {
						return n.prose(at)
					}
					return n.scan.member(mime)
				})
			}
		}
		return n.scan.member(key)
	})
}

// isMedia says that a key holds pictures, sound or paper in base64, as the
// data of outputs and the attachments of cells do. An SVG is text and may hold
// anything.
func isMedia(key []byte) bool {
	return string(key) != "image/svg+xml" &&
		(hasPrefix(key, "image/") || hasPrefix(key, "audio/") || hasPrefix(key, "video/") || hasPrefix(key, "application/pdf"))
}

func hasPrefix(key []byte, prefix string) bool {
	return len(key) >= len(prefix) && string(key[:len(prefix)]) == prefix
}

// rest gives, of the text that is held, what no view covers and what is no
// picture.
func (n *notebook) rest(last bool) []Range {
	out := []Range{}
	base, pos := n.scan.base, 0
	for _, c := range n.covered {
		if start := int(max(c.start-base, 0)); start > pos {
			out = append(out, Range{pos, start})
		}
		pos = max(pos, int(min(c.end-base, int64(len(n.scan.data)))))
	}
	if pos < len(n.scan.data) || last {
		out = append(out, Range{pos, len(n.scan.data)})
	}
	return out
}
