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

// in reports whether a text has a word of the set. It looks at both halves in
// turn: neither waits for what the other reads of the table.
func (s *wordSet) in(data []byte) bool {
	half := len(data)/2 + s.size - 1
	i, j := s.size-1, half
	for i < half && j < len(data) {
		m, n := s.shift[pair(data[i-1], data[i])], s.shift[pair(data[j-1], data[j])]
		if m == 0 {
			if s.at(data[i+1-s.size:]) {
				return true
			}
			m = 1
		}
		if n == 0 {
			if s.at(data[j+1-s.size:]) {
				return true
			}
			n = 1
		}
		i, j = i+int(m), j+int(n)
	}
	return s.from(data, i, half) || s.from(data, j, len(data))
}

// from reports whether a word begins in a window that ends at i or behind, and
// before an end.
func (s *wordSet) from(data []byte, i, end int) bool {
	for i < min(end, len(data)) {
		n := s.shift[pair(data[i-1], data[i])]
		if n == 0 {
			if s.at(data[i+1-s.size:]) {
				return true
			}
			n = 1
		}
		i += int(n)
	}
	return false
}

// at reports whether a text begins with a word of the set.
func (s *wordSet) at(data []byte) bool {
	for _, w := range s.words {
		if len(w) <= len(data) && string(data[:len(w)]) == w {
			return true
		}
	}
	return false
}
