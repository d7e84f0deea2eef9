package decode

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"scopeaudit/audit/rules"
)

// notebookViews reads a Jupyter notebook (nbformat 3 and 4), or gives nil if
// text is none or is half written: then it is searched as the text it is. The
// text begins at offset in its input, where a byte-order mark may stand.
func notebookViews(text []byte, offset int64) []View {
	head := bytes.TrimLeft(text[:min(len(text), sniffLen)], " \t\r\n")
	if len(head) == 0 || head[0] != '{' || len(text) > math.MaxInt32 ||
		!bytes.Contains(text, []byte(`"cells"`)) || !bytes.Contains(text, []byte(`"cell_type"`)) {
		return nil
	}
	n := &notebook{text: text, offset: offset, index: newIndex(text)}
	n.scan = scanner{data: text, image: func(r Range) { n.covered = append(n.covered, r) }}
	if n.read() != nil {
		return nil
	}
	rest := View{Data: text, Offset: offset, First: true, Last: true, Place: n.index.place, Ranges: n.rest()}
	return append(n.views, rest)
}

// notebook is one notebook while it is read.
type notebook struct {
	text    []byte
	offset  int64
	index   *index
	scan    scanner
	cells   int
	views   []View
	covered []Range // read as a view, or a picture; ascending
}

func (n *notebook) read() error {
	found := false
	err := n.scan.object(func(key string) error {
		switch {
		case key == "cells" && n.scan.peek() == '[':
			found = true
			return n.scan.array(n.cell)
		case key == "worksheets" && n.scan.peek() == '[':
			return n.scan.array(func() error {
				return n.scan.object(func(key string) error {
					if key == "cells" && n.scan.peek() == '[' {
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

// cell reads one cell. Its execution count may stand after its source, so
// places get it through a pointer.
func (n *notebook) cell() error {
	n.cells++
	if n.scan.peek() != '{' {
		_, err := n.scan.value()
		return err
	}
	at := &rules.Location{Cell: n.cells}
	return n.scan.object(func(key string) error {
		switch key {
		case "source", "input":
			return n.prose(at, false)
		case "execution_count", "prompt_number":
			r, err := n.scan.value()
			if count, bad := strconv.Atoi(string(n.text[r.Start:min(r.End, r.Start+maxKey)])); bad == nil && count > 0 {
				at.Execution = count
			}
			return err
		case "outputs":
			if n.scan.peek() == '[' {
				return n.scan.array(func() error { return n.output(at) })
			}
		}
		return n.scan.member(key)
	})
}

// output reads one output: a stream, a result, displayed data, or an error.
// In nbformat 3 the representations are keys of the output itself.
func (n *notebook) output(at *rules.Location) error {
	if n.scan.peek() != '{' {
		_, err := n.scan.value()
		return err
	}
	return n.scan.object(func(key string) error {
		switch key {
		case "text", "html", "latex", "svg", "javascript", "json", "traceback", "evalue":
			return n.prose(at, true)
		case "png", "jpeg", "pdf":
			r, err := n.scan.value()
			n.scan.image(r)
			return err
		case "data":
			if n.scan.peek() == '{' {
				return n.scan.object(func(mime string) error {
					if strings.HasPrefix(mime, "text/") || strings.HasPrefix(mime, "application/json") {
						return n.prose(at, true)
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
func isMedia(key string) bool {
	if key == "image/svg+xml" {
		return false
	}
	for _, kind := range []string{"image/", "audio/", "video/", "application/pdf"} {
		if strings.HasPrefix(key, kind) {
			return true
		}
	}
	return false
}

// prose reads a string, or a list of strings that belong together, as one
// view. Any other value is searched as the JSON it is.
func (n *notebook) prose(at *rules.Location, output bool) error {
	n.scan.space()
	start := n.scan.pos
	m := &joined{}
	switch n.scan.peek() {
	case '"':
		r, err := n.scan.str()
		if err != nil {
			return err
		}
		m.add(n.text, r)
	case '[':
		plain := true
		err := n.scan.array(func() error {
			if n.scan.peek() != '"' {
				plain = false
				_, err := n.scan.value()
				return err
			}
			r, err := n.scan.str()
			if err == nil {
				m.add(n.text, r)
			}
			return err
		})
		if err != nil {
			return err
		}
		if !plain {
			m = rawJSON(n.text, Range{start, n.scan.pos})
		}
	default:
		r, err := n.scan.value()
		if err != nil {
			return err
		}
		m = rawJSON(n.text, r)
	}
	n.covered = append(n.covered, Range{start, n.scan.pos})
	if len(m.data) == 0 {
		return nil
	}
	n.views = append(n.views, View{
		Data: m.data, Offset: n.offset + int64(start), First: true, Last: true,
		Place: func(start, end int) rules.Location {
			l := n.index.place(m.span(start, end))
			l.Cell, l.Execution, l.Output = at.Cell, at.Execution, output
			return l
		},
	})
	return nil
}

// rest gives what no view covers and what is no picture.
func (n *notebook) rest() []Range {
	out := []Range{}
	pos := 0
	for _, r := range n.covered {
		if r.Start > pos {
			out = append(out, Range{pos, r.Start})
		}
		pos = max(pos, r.End)
	}
	return append(out, Range{pos, len(n.text)})
}
