package credfile

import (
	"bytes"
	"encoding/binary"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Caps on a pickle. A pickled credential has a few hundred opcodes.
const (
	maxOpcodes   = 1 << 18
	maxStrings   = 256 // taken from one list or object
	maxFollowing = 8   // containers followed into each other
)

type thingKind byte

const (
	isOther  thingKind = iota // None, numbers, marks: what is of no use here
	isMark                    //
	isText                    // text or bytes
	isGlobal                  // a name in a module; never imported
	isCall                    // a call that Python would make; never made
	isItems                   // list, tuple, set
	isDict                    // keys and values in turn
)

// thing is an inert stand-in for a Python value.
type thing struct {
	kind  thingKind
	str   string
	of    *thing   // what would be called
	items []*thing // contents, or the arguments of a call
	state *thing   // what BUILD would set
}

// name of a global: module, space, name.
func (t *thing) name() string {
	if t == nil || t.kind != isGlobal {
		return ""
	}
	return t.str
}

// attributes gives the text keys of an object's state, last one last.
func (t *thing) attributes() iter.Seq2[string, *thing] {
	return func(yield func(string, *thing) bool) {
		state := t.state
		if state != nil && state.kind == isItems && len(state.items) > 0 {
			state = state.items[0] // (state, slots)
		}
		if state == nil || state.kind != isDict {
			return
		}
		for i := 0; i+1 < len(state.items) && i < 2*maxStrings; i += 2 {
			if k := state.items[i]; k.kind == isText && !yield(k.str, state.items[i+1]) {
				return
			}
		}
	}
}

// strings gives the texts in a list, tuple or set, or the words of one text.
func (t *thing) strings() []string {
	for range maxFollowing {
		if t.kind != isCall || len(t.items) == 0 {
			break
		}
		t = t.items[0] // set([…])
	}
	if t.kind == isText {
		return splitScopes(t.str)
	}
	var out []string
	for _, item := range t.items[:min(len(t.items), maxStrings)] {
		if t.kind == isItems && item.kind == isText && looksSecret(item.str) == "" {
			out = append(out, item.str)
		}
	}
	return out
}

// machine walks the opcodes of a pickle, as Python's pickletools describes
// them, with inert things on its stack. It calls nothing and imports nothing.
type machine struct {
	data    []byte
	pos     int
	stack   []*thing
	marks   []int // positions of marks on the stack
	memo    map[uint64]*thing
	built   []*thing
	globals []string
	bad     bool
}

// run reads up to STOP and reports whether it got there.
func (m *machine) run() bool {
	m.memo = map[uint64]*thing{}
	for range maxOpcodes {
		op := m.take(1)
		if m.bad {
			return false
		}
		if op[0] == '.' {
			return true
		}
		if m.step(op[0]); m.bad {
			return false
		}
	}
	return false
}

// take gives the next n bytes; past the end the pickle is bad.
func (m *machine) take(n uint64) []byte {
	if m.bad || n > uint64(len(m.data)-m.pos) {
		m.bad = true
		return make([]byte, min(n, 8))
	}
	b := m.data[m.pos : m.pos+int(n)]
	m.pos += int(n)
	return b
}

func (m *machine) line() string {
	i := bytes.IndexByte(m.data[m.pos:], '\n')
	if i < 0 {
		m.bad = true
		return ""
	}
	s := m.data[m.pos : m.pos+i]
	m.pos += i + 1
	return string(bytes.TrimSuffix(s, []byte("\r")))
}

func (m *machine) number(bytes uint64) uint64 {
	var b [8]byte
	copy(b[:], m.take(bytes))
	return binary.LittleEndian.Uint64(b[:])
}

func (m *machine) push(t *thing)   { m.stack = append(m.stack, t) }
func (m *machine) text(s string)   { m.push(&thing{kind: isText, str: s}) }
func (m *machine) sized(n uint64)  { m.text(string(m.take(m.number(n)))) }
func (m *machine) other()          { m.push(&thing{}) }
func (m *machine) store(at uint64) { m.memo[at] = m.top() }

func (m *machine) pop() *thing {
	if len(m.stack) == 0 || m.stack[len(m.stack)-1].kind == isMark {
		m.bad = true
		return &thing{}
	}
	t := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return t
}

func (m *machine) top() *thing {
	if len(m.stack) == 0 {
		m.bad = true
		return &thing{}
	}
	return m.stack[len(m.stack)-1]
}

// popMark takes everything above the last mark, and the mark.
func (m *machine) popMark() []*thing {
	if len(m.marks) == 0 {
		m.bad = true
		return nil
	}
	at := m.marks[len(m.marks)-1]
	m.marks = m.marks[:len(m.marks)-1]
	if at >= len(m.stack) {
		m.bad = true
		return nil
	}
	items := append([]*thing(nil), m.stack[at+1:]...)
	m.stack = m.stack[:at]
	return items
}

func (m *machine) load(at uint64) {
	t, ok := m.memo[at]
	if !ok {
		m.bad = true
		return
	}
	m.push(t)
}

func (m *machine) index() uint64 {
	n, err := strconv.ParseUint(m.line(), 10, 32)
	m.bad = m.bad || err != nil
	return n
}

func (m *machine) global(module, name string) {
	full := module + " " + name
	if len(m.globals) < maxStrings {
		m.globals = append(m.globals, full)
	}
	m.push(&thing{kind: isGlobal, str: full})
}

// call notes a call. The helper by which the old protocols make an object has
// the class as its first argument.
func (m *machine) call(of *thing, args []*thing) {
	if n := of.name(); (n == "copy_reg _reconstructor" || n == "copyreg _reconstructor" ||
		n == "copy_reg __newobj__" || n == "copyreg __newobj__") && len(args) > 0 {
		of, args = args[0], args[1:]
	}
	m.push(&thing{kind: isCall, of: of, items: args})
}

// build notes an object's state.
func (m *machine) build() {
	state := m.pop()
	o := m.top()
	if o.state == nil && o.kind == isCall && len(m.built) < maxCredentials {
		m.built = append(m.built, o)
	}
	o.state = state
}

func (m *machine) extend(items []*thing) {
	if t := m.top(); t.kind == isItems || t.kind == isDict {
		t.items = append(t.items, items...)
	}
}

// latin1 turns bytes into the characters of the same number.
func latin1(s string) string {
	var out []byte
	for i := range len(s) {
		out = utf8.AppendRune(out, rune(s[i]))
	}
	return string(out)
}

// unquote reads protocol 0's STRING, a Python literal in ASCII.
func unquote(s string) string {
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '\'' && s[0] != '"' {
		return ""
	}
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return unescape(s, true)
}

// unescape resolves the backslash escapes of Python's text and byte literals.
func unescape(s string, all bool) string {
	var out []byte
	for i := 0; i < len(s); i++ {
		digits := 0
		if s[i] == '\\' && i+1 < len(s) {
			switch s[i+1] {
			case 'u':
				digits = 4
			case 'U':
				digits = 8
			case 'x':
				digits = 2
			}
		}
		if digits == 0 || i+2+digits > len(s) || !all && digits == 2 {
			if all && s[i] == '\\' && i+1 < len(s) {
				i++
				if j := strings.IndexByte("nrt", s[i]); j >= 0 {
					out = append(out, "\n\r\t"[j])
					continue
				}
			}
			out = append(out, s[i])
			continue
		}
		n, err := strconv.ParseUint(s[i+2:i+2+digits], 16, 32)
		if err != nil || n > utf8.MaxRune {
			out = append(out, s[i])
			continue
		}
		if digits == 2 {
			out = append(out, byte(n))
		} else {
			out = utf8.AppendRune(out, rune(n))
		}
		i += 1 + digits
	}
	return string(out)
}
