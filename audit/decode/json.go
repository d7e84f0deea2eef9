package decode

import (
	"bytes"
	"errors"
)

// maxDepth is how deeply JSON may nest before it is taken for no notebook.
// Real notebooks stay below twenty, widgets included.
const maxDepth = 256

var errJSON = errors.New("not the JSON of a notebook")

// scanner walks over JSON and keeps positions. It is as strict as finding the
// end of a value needs, and reads each byte once or twice.
type scanner struct {
	data  []byte
	pos   int
	depth int
	// image is called with the bytes of each payload that is a picture, and is
	// never nil.
	image func(Range)
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
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

// str reads a string and gives what stands between its quotes, escaped.
func (s *scanner) str() (Range, error) {
	if !s.take('"') {
		return Range{}, errJSON
	}
	for start := s.pos; ; {
		n := bytes.IndexByte(s.data[s.pos:], '"')
		if n < 0 {
			return Range{}, errJSON
		}
		end := s.pos + n
		s.pos = end + 1
		// The quote is escaped if an odd number of backslashes stands before it.
		slashes := 0
		for end-slashes > start && s.data[end-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return Range{start, end}, nil
		}
	}
}

// object calls member with each key; member reads the value.
func (s *scanner) object(member func(key string) error) error {
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
		key, err := s.str()
		if err != nil || !s.take(':') {
			return errJSON
		}
		if err := member(string(s.data[key.Start:min(key.End, key.Start+maxKey)])); err != nil {
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

// value reads over any value, noting pictures in it, and gives its bytes.
func (s *scanner) value() (Range, error) {
	s.space()
	start := s.pos
	var err error
	switch s.peek() {
	case '{':
		err = s.object(func(key string) error { return s.member(key) })
	case '[':
		err = s.array(func() error { _, err := s.value(); return err })
	case '"':
		_, err = s.str()
	default:
		for s.pos < len(s.data) && literal(s.data[s.pos]) {
			s.pos++
		}
		if s.pos == start {
			err = errJSON
		}
	}
	return Range{start, s.pos}, err
}

// member reads over the value of a key that has no meaning of its own.
func (s *scanner) member(key string) error {
	r, err := s.value()
	if err == nil && isMedia(key) {
		s.image(r)
	}
	return err
}

func literal(b byte) bool {
	return 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '-' || b == '+' || b == '.' || b == 'E' || b == 'N' || b == 'I'
}
