package credfile

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Caps on what is read as one JSON text. A credential is a few kilobytes; what
// is larger is left to the text rules, which need no tree.
const (
	maxJSON   = 1 << 20 // bytes
	maxDepth  = 128     // arrays and objects inside each other
	maxValues = 1 << 17 // values of all sorts
)

type kind byte

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

// value is one JSON value. Objects keep every key in the order of the file, so
// that a key written twice can be told.
type value struct {
	kind  kind
	str   string   // the text, or the literal of a number or boolean
	keys  []string // of an object, beside items
	items []value
}

// jsonError says where reading stopped, never what stood there.
type jsonError struct {
	line  int
	cut   bool // the input ended too early
	large bool // past one of the caps
}

func (e *jsonError) Error() string {
	switch {
	case e.cut:
		return fmt.Sprintf("half-written JSON (ends at line %d)", e.line)
	case e.large:
		return fmt.Sprintf("JSON that is nested too deeply or holds too much (line %d)", e.line)
	}
	return fmt.Sprintf("damaged JSON (line %d)", e.line)
}

// parser reads JSON as Python's json module does, which is what writes and
// reads most credential files: NaN and Infinity are numbers and a key may come
// twice. encoding/json refuses the one and hides the other.
type parser struct {
	data   []byte
	pos    int
	values int
	nan    bool // NaN or Infinity was met
	raw    bool // a control character stood in a string
}

// parseJSON reads a whole text.
func parseJSON(data []byte) (value, *parser, *jsonError) {
	p := &parser{data: data}
	if len(data) > maxJSON {
		return value{}, p, &jsonError{line: 1, large: true}
	}
	v, err := p.value(0)
	if err == nil {
		if p.space(); p.pos < len(p.data) {
			err = p.fail()
		}
	}
	return v, p, err
}

func (p *parser) fail() *jsonError {
	end := min(p.pos, len(p.data))
	cut := p.pos >= len(p.data)
	line := 1 + bytes.Count(p.data[:end], []byte("\n"))
	if cut && end > 0 && p.data[end-1] == '\n' {
		line-- // the last line ends here, no new one begins
	}
	return &jsonError{line: max(line, 1), cut: cut}
}

func (p *parser) tooMuch() *jsonError {
	e := p.fail()
	e.cut, e.large = false, true
	return e
}

func (p *parser) space() {
	for p.pos < len(p.data) {
		switch p.data[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

// next skips space and gives the byte there, 0 at the end.
func (p *parser) next() byte {
	if p.space(); p.pos < len(p.data) {
		return p.data[p.pos]
	}
	return 0
}

func (p *parser) value(depth int) (value, *jsonError) {
	if p.values++; p.values > maxValues || depth > maxDepth {
		return value{}, p.tooMuch()
	}
	switch c := p.next(); {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.list(depth)
	case c == '"':
		s, err := p.string()
		return value{kind: text, str: s}, err
	case c == '-' || '0' <= c && c <= '9':
		return p.number()
	}
	for _, w := range []struct {
		word string
		kind kind
	}{{"true", boolean}, {"false", boolean}, {"null", null}, {"NaN", number}, {"Infinity", number}} {
		if ok, err := p.word(w.word); ok || err != nil {
			p.nan = p.nan || w.kind == number
			return value{kind: w.kind, str: w.word}, err
		}
	}
	return value{}, p.fail()
}

// word takes a literal; a literal cut off by the end of the input is an error.
func (p *parser) word(w string) (bool, *jsonError) {
	rest := p.data[p.pos:]
	if len(rest) > 0 && len(rest) < len(w) && w[:len(rest)] == string(rest) {
		p.pos = len(p.data)
		return false, p.fail()
	}
	if !bytes.HasPrefix(rest, []byte(w)) {
		return false, nil
	}
	p.pos += len(w)
	return true, nil
}

func (p *parser) object(depth int) (value, *jsonError) {
	v := value{kind: object}
	p.pos++
	if p.next() == '}' {
		p.pos++
		return v, nil
	}
	for {
		if p.next() != '"' {
			return v, p.fail()
		}
		key, err := p.string()
		if err != nil {
			return v, err
		}
		if p.next() != ':' {
			return v, p.fail()
		}
		p.pos++
		item, err := p.value(depth + 1)
		if err != nil {
			return v, err
		}
		v.keys, v.items = append(v.keys, key), append(v.items, item)
		switch p.next() {
		case ',':
			p.pos++
		case '}':
			p.pos++
			return v, nil
		default:
			return v, p.fail()
		}
	}
}

func (p *parser) list(depth int) (value, *jsonError) {
	v := value{kind: list}
	p.pos++
	if p.next() == ']' {
		p.pos++
		return v, nil
	}
	for {
		item, err := p.value(depth + 1)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item)
		switch p.next() {
		case ',':
			p.pos++
		case ']':
			p.pos++
			return v, nil
		default:
			return v, p.fail()
		}
	}
}

func (p *parser) digits() bool {
	start := p.pos
	for p.pos < len(p.data) && '0' <= p.data[p.pos] && p.data[p.pos] <= '9' {
		p.pos++
	}
	return p.pos > start
}

func (p *parser) at(chars string) bool {
	return p.pos < len(p.data) && bytes.IndexByte([]byte(chars), p.data[p.pos]) >= 0
}

func (p *parser) number() (value, *jsonError) {
	start := p.pos
	if p.at("-") {
		p.pos++
		if ok, err := p.word("Infinity"); ok || err != nil {
			p.nan = true
			return value{kind: number, str: "-Infinity"}, err
		}
	}
	if p.at("0") {
		p.pos++
	} else if !p.digits() {
		return value{}, p.fail()
	}
	if p.at(".") {
		if p.pos++; !p.digits() {
			return value{}, p.fail()
		}
	}
	if p.at("eE") {
		if p.pos++; p.at("+-") {
			p.pos++
		}
		if !p.digits() {
			return value{}, p.fail()
		}
	}
	return value{kind: number, str: string(p.data[start:p.pos])}, nil
}

func (p *parser) string() (string, *jsonError) {
	p.pos++
	start := p.pos
	for ; p.pos < len(p.data); p.pos++ { // most strings need no decoding
		switch c := p.data[p.pos]; {
		case c == '"':
			p.pos++
			return string(p.data[start : p.pos-1]), nil
		case c == '\\':
			return p.escaped(append([]byte(nil), p.data[start:p.pos]...))
		case c < ' ':
			p.raw = true
		}
	}
	return "", p.fail()
}

// escaped goes on with a string in which a backslash was met.
func (p *parser) escaped(out []byte) (string, *jsonError) {
	for p.pos < len(p.data) {
		c := p.data[p.pos]
		p.pos++
		switch {
		case c == '"':
			return string(out), nil
		case c != '\\':
			p.raw = p.raw || c < ' '
			out = append(out, c)
		case p.pos >= len(p.data):
			return "", p.fail()
		default:
			e := p.data[p.pos]
			p.pos++
			if e == 'u' {
				r, err := p.unicode()
				if err != nil {
					return "", err
				}
				out = utf8.AppendRune(out, r)
				continue
			}
			i := bytes.IndexByte([]byte(`"\/bfnrt`), e)
			if i < 0 {
				p.pos--
				return "", p.fail()
			}
			out = append(out, "\"\\/\b\f\n\r\t"[i])
		}
	}
	return "", p.fail()
}

// unicode reads the four digits after \u, and a second escape where the first
// is half of a pair. A half alone becomes U+FFFD.
func (p *parser) unicode() (rune, *jsonError) {
	r, err := p.hex4()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if bytes.HasPrefix(p.data[p.pos:], []byte(`\u`)) {
		back := p.pos
		p.pos += 2
		low, err := p.hex4()
		if err != nil {
			return 0, err
		}
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, nil
		}
		p.pos = back
	}
	return utf8.RuneError, nil
}

func (p *parser) hex4() (rune, *jsonError) {
	if len(p.data)-p.pos < 4 {
		p.pos = len(p.data)
		return 0, p.fail()
	}
	n, err := strconv.ParseUint(string(p.data[p.pos:p.pos+4]), 16, 16)
	if err != nil {
		return 0, p.fail()
	}
	p.pos += 4
	return rune(n), nil
}
