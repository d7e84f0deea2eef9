package decode

import (
	"bytes"

	"scopeaudit/audit/rules"
)

// markUTF8 is the byte-order mark that some editors begin UTF-8 with.
const markUTF8 = "\xEF\xBB\xBF"

// Views gives the views of one whole input, by its content: the text itself
// (UTF-16 and byte-order marks resolved), and for a notebook one view for each
// cell's source and each output, then one of the file with Ranges for what lies
// outside them. What a notebook's outputs and attachments hold of pictures, sound
// and paper in base64 is in none of the ranges.
//
// Bytes that are no text (pickle, SQLite, Java) come back as they are. The work
// is linear in len(data), and so is the memory: nothing for plain text, some
// five times as much for a notebook that consists of escapes.
func Views(data []byte) []View {
	if text, ok := decodeUTF16(data); ok {
		if views := notebookViews(text, 0); views != nil {
			return views
		}
		return []View{{Data: text, First: true, Last: true, Place: newIndex(text).place}}
	}
	base := 0
	if bytes.HasPrefix(data, []byte(markUTF8)) {
		base = len(markUTF8)
	}
	if views := notebookViews(data[base:], int64(base)); views != nil {
		return views
	}
	return []View{{Data: data[base:], Offset: int64(base), First: true, Last: true}}
}

// isPlain says whether a text is one view, and that its own bytes.
func isPlain(data []byte) bool {
	if _, wide := sniffUTF16(data); wide {
		return false
	}
	head := bytes.TrimPrefix(data[:min(len(data), sniffLen)], []byte(markUTF8))
	head = bytes.TrimLeft(head, " \t\r\n")
	return len(head) == 0 || head[0] != '{' || !bytes.Contains(data, []byte(`"cell_type"`))
}

// beside is how far from a change what is encoded may stand that it changes, in
// bytes: a cut may go through an escape.
const beside = 64

// widened gives what changes may have to do with, in a text without the first
// base bytes of theirs, which are a mark.
func widened(ranges []Range, base, size int) []Range {
	wide := make([]Range, 0, len(ranges))
	for _, r := range ranges {
		r = Range{max(r.Start-base-beside, 0), min(r.End-base+beside, size)}
		if n := len(wide); n > 0 && r.Start <= wide[n-1].End {
			wide[n-1].End = max(wide[n-1].End, r.End)
		} else if r.Start <= r.End {
			wide = append(wide, r)
		}
	}
	return wide
}

// index finds lines and columns in a text that is held as a whole.
type index struct {
	text  []byte
	marks []Cursor // the place of every markStep-th byte, filled as needed
}

// markStep is how many bytes are read again at most to place one byte.
const markStep = 4 << 10

func newIndex(text []byte) *index { return &index{text: text, marks: []Cursor{Start()}} }

// at is the place of the byte at off, which may be len(text).
func (x *index) at(off int) Cursor {
	off = min(max(off, 0), len(x.text))
	for n := len(x.marks); n <= off/markStep; n++ {
		x.marks = append(x.marks, x.marks[n-1].Advance(x.text[(n-1)*markStep:n*markStep]))
	}
	mark := off / markStep
	return x.marks[mark].Advance(x.text[mark*markStep : off])
}

func (x *index) place(start, end int) rules.Location {
	from, to := x.at(start), x.at(end)
	return rules.Location{Line: from.Line, Column: from.Column, EndLine: to.Line, EndColumn: to.Column}
}
