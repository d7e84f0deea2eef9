package tree

// glob is the wildcard part of an ignore pattern, made ready for matching. It
// means what gitignore(5) and git's own matcher make of it, byte by byte.
//
// Matching follows all ways through the pattern at once, so that its time is
// bounded by pattern length times text length whatever a hostile pattern holds.
type glob []element

type elementKind uint8

const (
	literal   elementKind = iota // the byte char
	anyByte                      // ?: a byte other than a slash
	byteClass                    // [...]: a byte of set
	star                         // *: bytes other than a slash, or none
	starAny                      // **: any bytes, or none
	// dirs and dirsMore together are "**/": no bytes, or any that end in a
	// slash. dirsMore is reached only from within and needs the slash.
	dirs
	dirsMore
)

type element struct {
	kind elementKind
	char byte
	set  *byteSet
}

// byteSet is one bit for each byte.
type byteSet [4]uint64

func (s *byteSet) add(b byte)      { s[b>>6] |= 1 << (b & 63) }
func (s *byteSet) remove(b byte)   { s[b>>6] &^= 1 << (b & 63) }
func (s *byteSet) has(b byte) bool { return s[b>>6]>>(b&63)&1 != 0 }

// compileGlob reads a pattern; ok is false when it can match nothing, as with a
// class that is never closed or a trailing backslash. ASCII letters match their
// other case when fold is set.
func compileGlob(p string, fold bool) (g glob, ok bool) {
	for i := 0; i < len(p); {
		switch c := p[i]; c {
		case '?':
			g = append(g, element{kind: anyByte})
			i++
		case '*':
			end := i + 1
			for end < len(p) && p[end] == '*' {
				end++
			}
			wide := end-i > 1 && (i == 0 || p[i-1] == '/')
			rest := p[end:]
			switch {
			case wide && rest != "" && rest[0] == '/':
				g = append(g, element{kind: dirs}, element{kind: dirsMore})
				end++
			case wide && (rest == "" || len(rest) > 1 && rest[:2] == `\/`):
				g = append(g, element{kind: starAny})
			default:
				g = append(g, element{kind: star})
			}
			i = end
		case '[':
			set, n := parseClass(p[i:], fold)
			if n == 0 {
				return nil, false
			}
			g = append(g, element{kind: byteClass, set: set})
			i += n
		case '\\':
			if i++; i == len(p) {
				return nil, false
			}
			// As in git, a capital letter behind a backslash is not folded, and
			// then matches nothing.
			g = append(g, element{kind: literal, char: p[i]})
			i++
		default:
			g = append(g, element{kind: literal, char: foldByte(c, fold)})
			i++
		}
	}
	return g, true
}

func foldByte(c byte, fold bool) byte {
	if fold && 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// takes reports whether an element that takes one byte takes c.
func (e element) takes(c byte, fold bool) bool {
	switch e.kind {
	case literal:
		return e.char == foldByte(c, fold)
	case anyByte:
		return c != '/'
	default:
		return e.set.has(c)
	}
}

// match reports whether the glob is the whole of text. Each step is paid for
// from w.
func (g glob) match(text string, fold bool, w *work) bool {
	if len(g) == 0 {
		return text == ""
	}
	// at[i] says that elements up to i have matched what was read so far.
	states := make([]bool, 2*(len(g)+1))
	at, next := states[:len(g)+1], states[len(g)+1:]
	at[0] = true
	g.skipEmpty(at)
	for i := range len(text) {
		if !w.spend(len(g) + 1) {
			return false
		}
		clear(next)
		alive := false
		for j, e := range g {
			if !at[j] {
				continue
			}
			c := text[i]
			switch e.kind {
			case star:
				next[j] = next[j] || c != '/'
			case starAny:
				next[j] = true
			case dirs: // left by skipEmpty
			case dirsMore:
				next[j] = true
				next[j+1] = next[j+1] || c == '/'
			default:
				next[j+1] = next[j+1] || e.takes(c, fold)
			}
			alive = alive || next[j] || next[j+1]
		}
		if !alive {
			return false
		}
		at, next = next, at
		g.skipEmpty(at)
	}
	return at[len(g)]
}

// skipEmpty goes past the elements that may match nothing.
func (g glob) skipEmpty(at []bool) {
	for j, e := range g {
		if !at[j] {
			continue
		}
		switch e.kind {
		case star, starAny:
			at[j+1] = true
		case dirs:
			at[j+1], at[j+2] = true, true
		}
	}
}

// parseClass reads the class that p begins with and gives how long it is, 0 for
// one that is never closed or names an unknown class.
func parseClass(p string, fold bool) (*byteSet, int) {
	var set byteSet
	i := 1
	negated := i < len(p) && (p[i] == '!' || p[i] == '^')
	if negated {
		i++
	}
	// from is the byte before a hyphen, 0 where a hyphen means itself.
	var from byte
	for first := true; ; first = false {
		if i >= len(p) {
			return nil, 0
		}
		c := p[i]
		switch {
		case c == ']' && !first:
			if fold {
				// A text's letter counts as its lower case, as in git.
				for b := byte('A'); b <= 'Z'; b++ {
					set.remove(b)
					if set.has(foldByte(b, true)) {
						set.add(b)
					}
				}
			}
			if negated {
				for j := range set {
					set[j] = ^set[j]
				}
			}
			set.remove('/')
			return &set, i + 1
		case c == '\\':
			if i++; i >= len(p) {
				return nil, 0
			}
			set.add(p[i])
			from = p[i]
		case c == '-' && from != 0 && i+1 < len(p) && p[i+1] != ']':
			i++
			if p[i] == '\\' {
				if i++; i >= len(p) {
					return nil, 0
				}
			}
			for b := int(from); b <= int(p[i]); b++ {
				set.add(byte(b))
				set.add(foldByte(byte(b), fold))
			}
			from = 0
		case c == '[' && i+1 < len(p) && p[i+1] == ':':
			end := i + 2
			for end < len(p) && p[end] != ']' {
				end++
			}
			if end == len(p) {
				return nil, 0
			}
			if end == i+2 || p[end-1] != ':' {
				set.add('[') // no name after all
				from = '['
				break
			}
			in := class(p[i+2 : max(i+2, end-1)])
			if in == nil {
				return nil, 0
			}
			for b := range 256 {
				if in(byte(b)) {
					set.add(byte(b))
					set.add(foldByte(byte(b), fold))
				}
			}
			i, from = end, 0
		default:
			set.add(c)
			from = c
		}
		i++
	}
}

// class gives one of the named classes of POSIX, for ASCII; nil for another
// name. Space has only what git takes for it, which leaves out the vertical tab
// and the form feed.
func class(name string) func(byte) bool {
	switch name {
	case "alnum":
		return func(c byte) bool { return isAlpha(c) || isDigit(c) }
	case "alpha":
		return isAlpha
	case "blank":
		return func(c byte) bool { return c == ' ' || c == '\t' }
	case "cntrl":
		return func(c byte) bool { return c < ' ' || c == 0x7f }
	case "digit":
		return isDigit
	case "graph":
		return func(c byte) bool { return '!' <= c && c <= '~' }
	case "lower":
		return func(c byte) bool { return 'a' <= c && c <= 'z' }
	case "print":
		return func(c byte) bool { return ' ' <= c && c <= '~' }
	case "punct":
		return func(c byte) bool { return '!' <= c && c <= '~' && !isAlpha(c) && !isDigit(c) }
	case "space":
		return func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
	case "upper":
		return func(c byte) bool { return 'A' <= c && c <= 'Z' }
	case "xdigit":
		return func(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
	}
	return nil
}

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
