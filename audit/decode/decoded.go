package decode

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"sort"

	"scopeaudit/audit/rules"
)

// context is how much of the text on either side of what was decoded a view
// has, in bytes: the name of a key stands there, and the rest of a secret of
// which a part was escaped.
const context = 1 << 10

// source is a text that decoders look into: an input, a notebook's cell, or what
// another decoder made.
type source struct {
	data   []byte
	ranges []Range // where something new begins; nil means all of it
	offset int64   // of data in the input
	cut    int     // as in a [View]
	// place is nil where data is the input from offset on, as in a [View].
	place func(start, end int) rules.Location
}

// decoder makes views of what is encoded in the texts of one input.
type decoder struct {
	left  int // bytes that may still be decoded
	spent bool
	edits []edit // scratch, for one step
	yield func(View) bool
}

// views yields what is decoded from s, and from that again, to a depth. It says
// whether to go on.
func (d *decoder) views(s source, depth int) bool {
	if depth == 0 || len(s.data) > math.MaxInt32 {
		return true
	}
	for _, p := range passes {
		if !d.pass(p, s, depth) {
			return false
		}
	}
	return true
}

// pass yields a view for each piece of s in whose middle p finds something.
func (d *decoder) pass(p pass, s source, depth int) bool {
	regions := d.regions(p, s)
	if len(regions) > 0 && s.place == nil {
		s.place = newIndex(s.data).place
	}
	for _, r := range regions {
		for r.Start < r.End {
			child, next, ok := d.piece(p, s, r)
			if !ok {
				return true // reported once, by spent
			}
			r.Start = next
			v := View{Data: child.data, Offset: child.offset, Ranges: child.ranges, First: true, Last: true, Cut: child.cut, Place: child.place}
			if !d.yield(v) || !d.views(child, depth-1) {
				return false
			}
		}
	}
	return true
}

// regions gives the parts of s in which p finds what is worth a view, each with
// its context. Block by block, so that the edits of a file that consists of
// escapes are never held together.
func (d *decoder) regions(p pass, s source) []Range {
	var out []Range
	for _, z := range zones(s) {
		var next [maxFinders]int
		for from, to := 0, z.Start; to < z.End; {
			from, to = to, min(z.End, to+block)
			if s.data[from] == 0 && zeros(s.data[from:to]) == to-from {
				continue // as most of the image of a disk
			}
			d.edits = d.edits[:0]
			for i, find := range p {
				if next[i] < to {
					d.edits, next[i] = find(d.edits, s.data, max(next[i], from), to, false)
				}
			}
			byStart(d.edits)
			for _, e := range d.edits {
				if s.ranges != nil && !touches(s.ranges, e.start, e.end) {
					continue
				}
				r := Range{max(0, e.start-context), min(len(s.data), e.end+context)}
				if n := len(out); n > 0 && r.Start <= out[n-1].End {
					out[n-1].End = max(out[n-1].End, r.End)
				} else {
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// zones are the parts of a text where what is encoded may begin that touches its
// ranges.
func zones(s source) []Range {
	if s.ranges == nil {
		return []Range{{0, len(s.data)}}
	}
	var out []Range
	for _, r := range s.ranges {
		end := min(r.End+1, len(s.data))
		if n := len(out); n > 0 && r.Start-lead <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, end)
		} else if z := (Range{leadIn(s.data, r.Start), end}); n > 0 && z.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, end)
		} else if z.Start < z.End {
			out = append(out, z)
		}
	}
	return out
}

const (
	lead      = 512       // from how far before a change what is encoded is looked for, in bytes
	maxLeadIn = 256 << 10 // where it may begin, if it is one long run of base64 up to there
)

// leadIn gives where what is encoded at at may begin: at a line's start some way
// before, or that of the base64 in which this lies, wrapped or not.
func leadIn(text []byte, at int) int {
	least := max(0, at-maxLeadIn)
	start := max(0, at-lead)
	for {
		for start > least && sextet[text[start-1]] != 0xFF {
			start--
		}
		above, ok := lineAbove(text[least:start])
		if !ok {
			break
		}
		start = least + above
	}
	low := max(least, start-8*lead)
	if n := bytes.LastIndexByte(text[low:start], '\n'); n >= 0 {
		return low + n + 1
	}
	return start
}

// lineAbove gives the length of text without the line end, and the indentation
// behind it, that it ends in, if the line before that ends in wrapped base64.
func lineAbove(text []byte) (int, bool) {
	above, ok := bytes.CutSuffix(bytes.TrimRight(text[max(0, len(text)-maxIndent):], " \t"), []byte("\n"))
	if !ok {
		return 0, false
	}
	end := len(text) - min(len(text), maxIndent) + len(bytes.TrimSuffix(above, []byte("\r")))
	for i := end - 1; i >= end-minWrapped; i-- {
		if i < 0 || sextet[text[i]] == 0xFF {
			return 0, false
		}
	}
	return end, true
}

const (
	block      = 64 << 10  // how much is searched at once
	maxPiece   = 256 << 10 // how much of a region is one view
	overlap    = 16 << 10  // by how much the pieces of a long region overlap
	maxFinders = 8
)

// piece decodes all that p finds in the first piece of a region of s, and says
// where the next one starts. It says false if that is more than may be decoded.
func (d *decoder) piece(p pass, s source, r Range) (child source, next int, ok bool) {
	next = r.End
	long := r.End-r.Start > maxPiece
	if long {
		r.End = r.Start + maxPiece
		next = r.End - overlap
	}
	d.edits = d.edits[:0]
	for _, find := range p {
		d.edits, _ = find(d.edits, s.data, r.Start, r.End, true)
	}
	byStart(d.edits)
	j := &joined{data: make([]byte, 0, r.End-r.Start)}
	var ranges []Range
	pos := r.Start
	for _, e := range d.edits {
		if e.start < pos {
			continue // within the one before
		}
		j.copy(s.data, pos, e.start)
		at := len(j.data)
		j.expand(s.data, e)
		pos = e.end
		// The next piece begins within nothing that is encoded, and what is long
		// is decoded once.
		if !long || e.end > next && (e.start < next || e.end-e.start > overlap) {
			next = max(next, e.end)
		}
		if d.left -= len(j.data) - at; d.left < 0 {
			d.spent = true
			return source{}, 0, false
		}
		if n := len(ranges); n > 0 && ranges[n-1].End == at {
			ranges[n-1].End = len(j.data)
		} else {
			ranges = append(ranges, Range{at, len(j.data)})
		}
	}
	j.copy(s.data, pos, max(pos, r.End))
	start, _ := j.span(0, 0)
	cut := 0
	if s.cut > 0 && r.End == len(s.data) {
		// Never zero, which says nothing: what comes first is context.
		cut = max(1, sort.Search(len(j.data), func(i int) bool {
			from, _ := j.span(i, i)
			return from >= s.cut
		}))
	}
	return source{
		data: j.data, ranges: ranges, offset: s.offset + int64(start), cut: cut,
		place: func(start, end int) rules.Location { return s.place(j.span(start, end)) },
	}, next, true
}

// byStart sorts edits by where they start; of two that start at the same place
// the longer comes first.
func byStart(edits []edit) {
	for i := 1; i < len(edits); i++ {
		if edits[i-1].start >= edits[i].start { // most often there is one kind
			slices.SortFunc(edits, func(a, b edit) int { return cmp.Or(a.start-b.start, b.end-a.end) })
			return
		}
	}
}

// touches says whether [start, end) has a byte in, or a border on, a range.
func touches(ranges []Range, start, end int) bool {
	i, _ := slices.BinarySearchFunc(ranges, start, func(r Range, start int) int {
		if r.End < start {
			return -1
		}
		return 1
	})
	return i < len(ranges) && ranges[i].Start <= end
}
