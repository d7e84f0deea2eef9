package secrets

import (
	"io"
	"unicode/utf8"
)

// packText is what a rule sees of a view: the bytes within reach of an anchor.
type packText struct {
	data       []byte
	begins     bool // data begins where the input does
	ends       bool
	end, floor int // of the anchor; where the last match of the rule ended
}

// next finds the next match at an anchor, from where the one before ended: what
// the pattern finds in the whole input, if it is not too long. Loc is as
// regexp.FindSubmatchIndex has it; looked is how many bytes were looked at.
func (r *packRule) next(t packText) (loc []int, looked int) {
	from := boundary(t.data, max(t.floor, t.end-r.before))
	to := min(len(t.data), t.end+r.after+r.longest+utf8.UTFMax, t.end+packSpan)
	if from >= to {
		return nil, 0
	}
	begins, ends := 0, 0
	if from == 0 && t.begins {
		begins = 1
	} else if from > 0 {
		_, size := utf8.DecodeLastRune(t.data[:from])
		from -= size
	}
	if to == len(t.data) && t.ends {
		ends = 1
	}
	re, looked := r.pattern[begins][ends](), to-from
	if looked <= readerFloor {
		loc = re.FindSubmatchIndex(t.data[from:to])
	} else {
		// Most searches end long before the text does. What was read tells.
		text := runeCounter{data: t.data[from:to]}
		loc = re.FindReaderSubmatchIndex(&text)
		looked = text.at
	}
	if loc == nil {
		return nil, looked
	}
	loc = loc[2:]
	for i := range loc {
		if loc[i] >= 0 {
			loc[i] += from
		}
	}
	if loc[0] > t.end+r.after || loc[1] == to && ends == 0 {
		return nil, looked
	}
	return loc, looked
}

// readerFloor is how long a text must be to be read character by character.
const readerFloor = 1 << 10

// runeCounter is an io.RuneReader that knows how far it was read.
type runeCounter struct {
	data []byte
	at   int
}

func (r *runeCounter) ReadRune() (char rune, size int, err error) {
	if r.at == len(r.data) {
		return 0, 0, io.EOF
	}
	char, size = utf8.DecodeRune(r.data[r.at:])
	r.at += size
	return char, size, nil
}

// starts says whether what follows the anchor may be the rest of a match.
func (r *packRule) starts(data []byte, end int) bool {
	if r.head == nil {
		return true
	}
	head := r.head()
	return head == nil || head.Match(data[end-1:min(len(data), end+headSpan+utf8.UTFMax)])
}

// boundary gives i, or where the character begins that i is inside of.
func boundary(data []byte, i int) int {
	for back := 1; back < utf8.UTFMax && back <= i; back++ {
		if i < len(data) && utf8.RuneStart(data[i]) {
			return i
		}
		if _, size := utf8.DecodeRune(data[i-back:]); size > back {
			return i - back
		}
	}
	return i
}
