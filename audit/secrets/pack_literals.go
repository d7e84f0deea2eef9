package secrets

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// anchorText is a literal; with fold it is in lower case and matches in either.
type anchorText struct {
	text string
	fold bool
}

// anchorSet is what a pattern hangs on: every match has one of the texts in it,
// which ends at most before bytes behind the match's first one.
type anchorSet struct {
	texts  []anchorText
	before int              // -1: not bounded
	tail   []*syntax.Regexp // what the pattern goes on with behind the text; nil: unknown
}

// profile is what is known of one node of a pattern.
type profile struct {
	longest int // length of the longest match in bytes; -1: not bounded
	// exact is all that the node matches, where that is little: nothing else
	// makes one. A position (^, \b) is the empty text.
	exact []anchorText
	best  *anchorSet
}

const (
	maxExact   = 64  // texts that one node may stand for
	maxJoined  = 64  // bytes of a text that is joined of several
	maxAnchors = 512 // texts that one pattern may hang on
	// minAnchor is the shortest text that a pattern may hang on. Shorter ones
	// are everywhere.
	minAnchor = 2
)

// required gives what every match of the pattern has in it, or nil, and the
// length of the longest match.
//
// Texts without case are ASCII: of what (?i) takes for k and s, the Kelvin sign
// and the long s are not seen where they stand in an anchor.
func required(re *syntax.Regexp) (*anchorSet, int) {
	s := profileOf(re)
	return s.set(), s.longest
}

// set gives the best set of a node, made of its exact texts if it has some.
func (s profile) set() *anchorSet {
	set := s.best
	if s.exact != nil {
		set = &anchorSet{texts: s.exact, before: s.longest, tail: []*syntax.Regexp{}}
	}
	if set == nil || set.rareness() <= 0 {
		return nil
	}
	return set
}

// rareness orders sets: the longer its shortest text and the fewer there are,
// the less often it is met. Zero is too common to be of use.
func (a *anchorSet) rareness() int {
	if len(a.texts) > maxAnchors {
		return 0
	}
	shortest := len(a.texts[0].text)
	for _, t := range a.texts {
		shortest = min(shortest, len(t.text))
	}
	if shortest < minAnchor {
		return 0
	}
	n := 1 + 8*min(shortest, maxAnchor)
	for k := len(a.texts); k > 1 && n > 1; k /= 2 {
		n--
	}
	return n
}

func profileOf(re *syntax.Regexp) profile {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return profile{exact: []anchorText{{}}}
	case syntax.OpLiteral:
		return literalProfile(re)
	case syntax.OpCharClass:
		return classProfile(re)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return profile{longest: utf8.UTFMax}
	case syntax.OpCapture:
		return profileOf(re.Sub[0])
	case syntax.OpStar:
		return profile{longest: times(profileOf(re.Sub[0]).longest, -1)}
	case syntax.OpPlus:
		return repeatProfile(re.Sub[0], 1, -1)
	case syntax.OpQuest:
		s := profileOf(re.Sub[0])
		s.best = nil
		if s.exact != nil {
			s.exact = append([]anchorText{{}}, s.exact...)
		}
		return s
	case syntax.OpRepeat:
		return repeatProfile(re.Sub[0], re.Min, re.Max)
	case syntax.OpConcat:
		return concatProfile(re.Sub)
	case syntax.OpAlternate:
		return alternateProfile(re.Sub)
	}
	return profile{} // OpNoMatch
}

func literalProfile(re *syntax.Regexp) profile {
	s, text, folds, exact := profile{}, strings.Builder{}, false, true
	for _, r := range re.Rune {
		size := utf8.RuneLen(r)
		if re.Flags&syntax.FoldCase != 0 {
			switch {
			case r >= utf8.RuneSelf:
				size, exact = utf8.UTFMax, false
			case 'A' <= r && r <= 'Z':
				r |= 0x20
			}
			if r == 'k' || r == 's' {
				size = len("K") // the longest of what folds to one of them
			}
			folds = folds || 'a' <= r && r <= 'z'
		}
		s.longest += size
		text.WriteRune(r)
	}
	if exact {
		s.exact = []anchorText{{text.String(), folds}}
	}
	return s
}

func classProfile(re *syntax.Regexp) profile {
	if len(re.Rune) == 0 {
		return profile{}
	}
	s := profile{longest: utf8.RuneLen(re.Rune[len(re.Rune)-1])} // the last is the highest
	for i := 0; i < len(re.Rune); i += 2 {
		lo, hi := re.Rune[i], re.Rune[i+1]
		if lo == hi && (lo == 'ſ' || lo == 'K') && len(s.exact) > 0 {
			continue
		}
		if hi >= utf8.RuneSelf || len(s.exact)+int(hi-lo) >= 8 {
			s.exact = nil
			return s
		}
		for r := lo; r <= hi; r++ {
			s.exact = append(s.exact, anchorText{text: string(r)})
		}
	}
	return s
}

func repeatProfile(sub *syntax.Regexp, least, most int) profile {
	of := profileOf(sub)
	s := profile{longest: times(of.longest, most)}
	if least == 0 {
		return s
	}
	if least == most && of.exact != nil {
		s.exact = []anchorText{{}}
		for range least {
			if s.exact = cross(s.exact, of.exact); s.exact == nil {
				break
			}
		}
	}
	if set := of.set(); set != nil && s.exact == nil {
		// It is the first round's; what comes behind it is the rest of any.
		s.best = &anchorSet{texts: set.texts, before: set.before}
	}
	return s
}

func alternateProfile(subs []*syntax.Regexp) profile {
	var s profile
	all := &anchorSet{}
	var tails []*syntax.Regexp
	exact := []anchorText{}
	for _, sub := range subs {
		of := profileOf(sub)
		s.longest = longer(s.longest, of.longest)
		if exact != nil && of.exact != nil && len(exact)+len(of.exact) <= maxExact {
			exact = append(exact, of.exact...)
		} else {
			exact = nil
		}
		if set := of.set(); set != nil && all != nil {
			all.texts = append(all.texts, set.texts...)
			all.before = longer(all.before, set.before)
			if set.tail != nil {
				tails = append(tails, &syntax.Regexp{Op: syntax.OpConcat, Sub: set.tail})
			}
		} else {
			all = nil
		}
	}
	if s.exact = exact; exact == nil {
		s.best = all
		if all != nil && len(tails) == len(subs) {
			all.tail = []*syntax.Regexp{{Op: syntax.OpAlternate, Sub: tails}}
		}
	}
	return s
}

// concatProfile joins neighbours that stand for few texts to one row of texts, and
// chooses the best of the rows and of what the others hang on.
func concatProfile(subs []*syntax.Regexp) profile {
	var s profile
	row, rowLongest, rowStart := []anchorText{{}}, 0, 0
	offer := func(set *anchorSet) {
		if s.best == nil || set.rareness() > s.best.rareness() {
			s.best = set
		}
	}
	flush := func(i int) {
		offer(&anchorSet{texts: row, before: plus(s.longest, rowLongest), tail: subs[i:]})
		s.longest = plus(s.longest, rowLongest)
		row, rowLongest, rowStart = []anchorText{{}}, 0, i
	}
	for i, sub := range subs {
		of := profileOf(sub)
		if of.exact != nil {
			next := cross(row, of.exact)
			if next == nil {
				flush(i)
				next = of.exact
			}
			row, rowLongest = next, plus(rowLongest, of.longest)
			continue
		}
		flush(i)
		if set := of.set(); set != nil {
			set = &anchorSet{texts: set.texts, before: plus(s.longest, set.before), tail: set.tail}
			if set.tail != nil {
				set.tail = append(append([]*syntax.Regexp{}, set.tail...), subs[i+1:]...)
			}
			offer(set)
		}
		s.longest = plus(s.longest, of.longest)
		rowStart = i + 1
	}
	if rowStart == 0 {
		return profile{longest: rowLongest, exact: row}
	}
	flush(len(subs))
	if s.best.rareness() <= 0 {
		s.best = nil
	}
	return s
}

// cross gives every text of a followed by every one of b, or nil if those are
// too many or too long.
func cross(a, b []anchorText) []anchorText {
	if len(a)*len(b) > maxExact {
		return nil
	}
	out := make([]anchorText, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			if x.text != "" && len(x.text)+len(y.text) > maxJoined {
				return nil
			}
			t := anchorText{x.text + y.text, x.fold || y.fold}
			if t.fold {
				t.text = string(lower(t.text))
			}
			out = append(out, t)
		}
	}
	return out
}

// plus, times and longer reckon with lengths, of which -1 has no bound.
func plus(a, b int) int {
	if a < 0 || b < 0 {
		return -1
	}
	return a + b
}

func times(a, n int) int {
	if a == 0 || n == 0 {
		return 0
	}
	if a < 0 || n < 0 {
		return -1
	}
	return a * n
}

func longer(a, b int) int {
	if a < 0 || b < 0 {
		return -1
	}
	return max(a, b)
}

// lower folds ASCII.
func lower[text string | []byte](s text) []byte {
	out := append(make([]byte, 0, len(s)), s...)
	for i, b := range out {
		if isUpper(b) {
			out[i] = b | 0x20
		}
	}
	return out
}
