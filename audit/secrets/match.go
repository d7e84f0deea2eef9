package secrets

import (
	"bytes"
	"time"

	"scopeaudit/audit/rules"
)

// reach is how many bytes on either side of an anchor a detector may look at.
// Whatever it decides, it decides from these alone: so a large input gives the
// same findings whole and in windows.
const reach = 4 << 10

// farness says how far a detector looks.
type farness int

const (
	nearby    farness = iota
	alongRun          // to the ends of the word that an anchor stands in
	overLines         // over several lines
)

// looksFar says whether a change further than nearReach from an anchor may matter
// to what the detector makes of it.
func (d *detector) looksFar(w window) bool {
	if d.far == alongRun {
		start := w.at
		for start > 0 && isToken(w.data[start-1]) {
			start--
		}
		return w.at-start > nearReach/2 || run(w.data, w.at, isToken)-w.at > nearReach/2
	}
	return d.far == overLines
}

func isToken(b byte) bool {
	return isURL64(b) || b == '.' || b == '+' || b == '/' || b == '=' || b == '%' || b == '\\'
}

// nearReach is how many bytes on either side of an anchor most detectors look at.
const nearReach = 512

// Overlap is by how much the windows of a large input must overlap, in bytes:
// an anchor and its reach on both sides then lie within one of them.
const Overlap = 2*reach + maxLiteral

// detector finds one kind of secret. Its anchors are literals that stand in, or
// right before, every secret of the kind; match judges the bytes around one.
type detector struct {
	anchors []string
	// fold finds the anchors in either case; they are then in lower case.
	fold bool
	// far says when a change further than nearReach from an anchor may matter.
	far   farness
	match func(w window) (match, bool)
}

// window is what a detector sees: the bytes within reach of an anchor.
type window struct {
	data []byte
	at   int // where the anchor begins
	// now is the time that expiry is judged by; zero means not at all.
	now time.Time
}

// match is what a detector found. It is the only thing here that holds a secret,
// and it does not outlive the call of Scan that made it.
type match struct {
	rule       rules.ID
	kind       Kind
	severity   rules.Severity
	confidence rules.Confidence
	message    string
	start, end int    // the value, in the window
	from, to   int    // all that the finding rests on: value, key name, partner
	value      []byte // what is compared and fingerprinted, if not data[start:end]
	key        string // canonical or harmless key name, see keyname.go
	label      string // what masking may show: a public prefix or an identifier
	random     bool   // long and random: value may be fingerprinted
	tail       bool   // the last four characters may be shown
	clientID   string
	fact       bool // no finding by itself; only stands in composites
	pack       bool // of a pack's rule
}

// span fills in what a finding rests on: the value, and more if given.
func (m *match) span(from, to int) {
	m.from, m.to = min(m.start, from), max(m.end, to)
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }
func isUpper(b byte) bool { return 'A' <= b && b <= 'Z' }
func isAlnum(b byte) bool { return isLower(b) || isUpper(b) || isDigit(b) }
func isURL64(b byte) bool { return isAlnum(b) || b == '_' || b == '-' }
func isB64(b byte) bool   { return isAlnum(b) || b == '+' || b == '/' }

// run gives the end of the bytes from start on that satisfy in.
func run(data []byte, start int, in func(byte) bool) int {
	end := start
	for end < len(data) && in(data[end]) {
		end++
	}
	return end
}

// bounded says where a value that begins at start and whose characters run to
// end really ends, and whether it begins there: it must not be the tail of a
// longer word, unless a format (pickle, Java, SQLite) says its length in bytes
// before it, which may look like letters.
func bounded(data []byte, start, end int) (int, bool) {
	if n := counted(data, start, end); n >= 8 && start+n <= end {
		return start + n, true
	}
	if start == 0 {
		return end, true
	}
	if b := data[start-1]; isURL64(b) || b == '.' || b == '/' || b == '+' {
		return end, escaped(data[:start]) || unicodeOpcode(data[:start])
	}
	return end, true
}

// escaped says whether data ends in an escape that stands for a sign, though it
// looks like letters: \n, %3D, \u0022, a terminal's colour.
func escaped(data []byte) bool {
	n, sign := escapeBefore(data)
	return n > 0 && !isURL64(sign) && sign != '.' && sign != '/' && sign != '+'
}

// counted gives the length that a format says the value has whose characters run
// from start to end, or zero.
func counted(data []byte, start, end int) int {
	if n := serialised(data, start); n > 0 || end-start < minStored {
		return n
	}
	return recordText(data, start)
}

// minStored is how long a value must be for the rows of a database to be thought
// of, in bytes: no kind of secret that its shape tells is shorter.
const minStored = 16

// serialised gives the length that stands before a string in a Python pickle
// (SHORT_BINUNICODE, BINUNICODE, SHORT_BINSTRING, BINSTRING) or a Java object
// stream (TC_STRING), or zero. Nothing is loaded; only lengths are believed,
// and only where they fit.
func serialised(data []byte, start int) int {
	back := func(n int) byte {
		if start < n {
			return 0
		}
		return data[start-n]
	}
	switch {
	case back(2) == 0x8C || back(2) == 'U' && (start < 3 || !isAlnum(back(3))):
		return int(back(1))
	case (back(5) == 'X' || back(5) == 'T') && back(2) == 0 && back(1) == 0:
		return int(back(4)) | int(back(3))<<8
	case back(3) == 't' && back(2) < 0x10:
		return int(back(2))<<8 | int(back(1))
	}
	return 0
}

// unicodeOpcode says whether data ends in what stands before a string in a pickle
// of protocol 0, which is text: "V" at the start of a line, or right after the
// opcode that takes what was before.
func unicodeOpcode(data []byte) bool {
	n := len(data)
	return data[n-1] == 'V' && (n == 1 || data[n-2] == '\n' || n > 2 && data[n-2] == 's' && data[n-3] == '\n')
}

// near says whether any of the words stands within distance bytes of [from, to).
func near(data []byte, from, to, distance int, words ...string) bool {
	part := data[max(from-distance, 0):min(to+distance, len(data))]
	for _, w := range words {
		if bytes.Contains(part, []byte(w)) {
			return true
		}
	}
	return false
}
