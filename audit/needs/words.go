package needs

// wordSet tells whether a text has one of some words. It looks at the ends of
// windows as long as the shortest word and moves on as far as the two bytes there
// allow, as Wu and Manber do: a look for one word after the other reads a text
// as often as there are words, and more slowly where their first letters are
// common.
type wordSet struct {
	words []string
	size  int // of the window
	// shift is by two bytes how far behind the end of a window the next may end.
	shift [1 << 12]uint8
}

// newWordSet makes a set of words of two bytes or more.
func newWordSet(words []string) *wordSet {
	s := &wordSet{words: words, size: 255}
	for _, w := range words {
		s.size = min(s.size, len(w))
	}
	for i := range s.shift {
		s.shift[i] = uint8(s.size - 1)
	}
	for _, w := range words {
		for end := 1; end < s.size; end++ {
			at := &s.shift[pair(w[end-1], w[end])]
			*at = min(*at, uint8(s.size-1-end))
		}
	}
	return s
}

func pair(a, b byte) int { return (int(a)<<5 ^ int(b)) & (1<<12 - 1) }

// in reports whether a text has a word of the set.
func (s *wordSet) in(data []byte) bool {
	for i := s.size - 1; i < len(data); {
		if n := s.shift[pair(data[i-1], data[i])]; n > 0 {
			i += int(n)
			continue
		}
		i++
		from := data[i-s.size:]
		for _, w := range s.words {
			if len(w) <= len(from) && string(from[:len(w)]) == w {
				return true
			}
		}
	}
	return false
}
