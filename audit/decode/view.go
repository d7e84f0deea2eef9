// Package decode turns what people commit into text that can be searched, and
// remembers where each byte came from: notebooks, encodings, escapes, strings in
// pieces, archives. It reads bytes that it is given and touches nothing else.
package decode

import "scopeaudit/audit/rules"

// Range is a half-open interval of bytes.
type Range struct{ Start, End int }

// View is one piece of text to be searched. A whole file is one view; a large
// file is several that overlap; a notebook is one for each cell and output; a
// git delta is its target with the inserted ranges.
type View struct {
	Data []byte
	// Offset is where Data starts in the input, in bytes.
	Offset int64
	// Ranges are the parts of Data in which something new begins; nil means
	// all of it. What lies outside is context: a match may extend into it. They
	// are ascending and do not overlap; an empty one marks where something was
	// taken out.
	Ranges []Range
	// Delta says that Ranges are changes of a text that was searched before, and
	// in which nothing was met: then it is enough to look near them.
	Delta bool
	// First and Last say that Data starts, or ends, where the input does. Where
	// they are false, a match that touches that border may be cut short, and is
	// left to the neighbouring view, which overlaps.
	First, Last bool
	// Cut, where it is not zero, says that Data ends where a window does and not
	// the text: what begins at Cut or behind it may be cut short, and is left to
	// a view of the next window, which has it too.
	Cut int
	// Place maps a range of Data to where it stands in the original input. Nil
	// means that Data is the input itself from Offset on: lines are counted.
	// The fields Origin, Path and Member are left for the caller to fill in.
	Place func(start, end int) rules.Location
}

// Whole is the view of an input that fits in memory.
func Whole(data []byte) View { return View{Data: data, First: true, Last: true} }
