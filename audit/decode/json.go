package decode

import (
	"bytes"
	"errors"
)

// maxDepth is how deeply JSON may nest before it is taken for no notebook.
// Real notebooks stay below twenty, widgets included.
const maxDepth = 256

var errJSON = errors.New("not the JSON of a notebook")

// scanner walks over JSON, of which it may hold a window only, and keeps
// positions. It is as strict as finding the end of a value needs, and reads each
// byte once or twice.
type scanner struct {
	data []byte
	pos  int
	base int64 // where data begins in the text
	// fill reads more behind data, and may drop what is before pos; it says
	// false at the end. Nil: data is all there is.
	fill  func() bool
	depth int
	key   [maxKey]byte
	// tee gets the bytes that are read over, from teed on; nil: nobody wants them.
	tee  func([]byte)
	teed int
	// image is told where the value of a key begins that is a picture, and where
	// it ends.
	image func(begins bool)
}

// offset is where in the text the next byte stands.
func (s *scanner) offset() int64 { return s.base + int64(s.pos) }

func (s *scanner) more() bool {
	if s.fill == nil {
		return false
	}
	s.drain()
	before := s.pos
	ok := s.fill()
	s.teed += s.pos - before
	return ok
}

// drain hands out what tee has not got.
func (s *scanner) drain() {
	if s.tee != nil && s.teed < s.pos {
		s.tee(s.data[s.teed:s.pos])
		s.teed = s.pos
	}
}

func (s *scanner) space() {
	for {
		for s.pos < len(s.data) {
			switch s.data[s.pos] {
			case ' ', '\t', '\n', '\r':
				s.pos++
			default:
				return
			}
		}
		if !s.more() {
			return
		}
	}
}

// peek gives the next byte that is not space, or zero at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.pos >= len(s.data) {
		return 0
	}
	return s.data[s.pos]
}

func (s *scanner) take(b byte) bool {
	if s.peek() != b {
		return false
	}
	s.pos++
	return true
}

// str reads a string. What stands between its quotes, escaped, goes to add in
// pieces, which begin at pos; add says how much of a piece it took, which is all
// of the last one, and leaves no more than one escape.
func (s *scanner) str(add func(piece []byte, last bool) int) error {
	if !s.take('"') {
		return errJSON
	}
	for {
		end, found := s.closing()
		piece := s.data[s.pos:end]
		switch {
		case found:
			if add != nil {
				add(piece, true)
			}
			s.pos = end + 1
			return nil
		case add != nil:
			s.pos += add(piece, false)
		default:
			s.pos = end
		}
		if !s.more() {
			return errJSON
		}
	}
}

// closing finds the quote that ends the string in which pos stands, or else how
// far no backslash is cut from what it escapes.
func (s *scanner) closing() (end int, found bool) {
	for at := s.pos; ; at = end + 1 {
		n := bytes.IndexByte(s.data[at:], '"')
		if end = at + n; n < 0 {
			end = len(s.data)
		}
		// The quote is escaped if an odd number of backslashes stands before it.
		slashes := 0
		for end-slashes > s.pos && s.data[end-slashes-1] == '\\' {
			slashes++
		}
		switch {
		case n < 0:
			return end - slashes%2, false
		case slashes%2 == 0:
			return end, true
		}
	}
}

// object calls member with each key, which is valid until the value is read;
// member does that.
func (s *scanner) object(member func(key []byte) error) error {
	if !s.take('{') {
		return errJSON
	}
	if s.depth++; s.depth > maxDepth {
		return errJSON
	}
	defer func() { s.depth-- }()
	if s.take('}') {
		return nil
	}
	for {
		n := 0
		err := s.str(func(piece []byte, _ bool) int {
			n += copy(s.key[n:], piece)
			return len(piece)
		})
		if err != nil || !s.take(':') {
			return errJSON
		}
		if err := member(s.key[:n]); err != nil {
			return err
		}
		if s.take('}') {
			return nil
		}
		if !s.take(',') {
			return errJSON
		}
	}
}

// maxKey cuts keys: the ones that we know are short.
const maxKey = 64

// array calls element before each element; element reads it.
func (s *scanner) array(element func() error) error {
	if !s.take('[') {
		return errJSON
	}
	if s.depth++; s.depth > maxDepth {
		return errJSON
	}
	defer func() { s.depth-- }()
	if s.take(']') {
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if s.take(']') {
			return nil
		}
		if !s.take(',') {
			return errJSON
		}
	}
}

// value reads over any value, noting pictures in it.
func (s *scanner) value() error {
	switch s.peek() {
	case '{':
		return s.object(s.member)
	case '[':
		return s.array(s.value)
	case '"':
		return s.str(nil)
	}
	_, err := s.word()
	return err
}

// word reads a number or one of the names of JSON, and gives its beginning.
func (s *scanner) word() (string, error) {
	var word []byte
	start := s.offset()
	for {
		from := s.pos
		for s.pos < len(s.data) && literal(s.data[s.pos]) {
			s.pos++
		}
		word = append(word, s.data[from:min(s.pos, from+maxKey-len(word))]...)
		if s.pos < len(s.data) || !s.more() {
			break
		}
	}
	if s.offset() == start {
		return "", errJSON
	}
	return string(word), nil
}

// member reads over the value of a key that has no meaning of its own.
func (s *scanner) member(key []byte) error {
	if !isMedia(key) {
		return s.value()
	}
	s.space()
	s.image(true)
	err := s.value()
	s.image(false)
	return err
}

func literal(b byte) bool {
	return 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '-' || b == '+' || b == '.' || b == 'E' || b == 'N' || b == 'I'
}
