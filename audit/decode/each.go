package decode

import (
	"bytes"
	"cmp"
	"io"
	"iter"
	"math"

	"scopeaudit/audit/rules"
)

// Limits bound what is made of one input. A zero field means the default that is
// named beside it.
type Limits struct {
	// Budget is how many bytes are decoded from escapes, base64 and the like, in
	// the input and all its members together. What lies beyond is searched as it
	// stands, and is one skip by failure.
	Budget int // 32 MiB
	// Nesting is how often what was decoded is decoded again; negative: nothing
	// is decoded but notebooks and UTF-16.
	Nesting int // 2
	// Depth is how many archives within each other are opened; negative: none.
	// What lies deeper is a skip by design.
	Depth int // 1
	// Members is how many members of archives are read. Those beyond are a skip
	// by failure.
	Members int // 100,000
	// Member is up to which size, unpacked, a member is held that is an archive
	// or a notebook. A larger notebook comes in windows, as every other member
	// above 1 MiB does; a larger archive in another is a skip by failure.
	Member int64 // 16 MiB
	// Spool is up to which size a stream is held that must be.
	Spool int64 // 32 MiB
	// Total is how much is unpacked in all; the rest is a skip by failure.
	Total int64 // 1 GiB
	// Ratio is how many times larger than the input what is unpacked from it may
	// be, once it is past Free: more is a bomb, a skip by failure. An empty disk
	// image of 100 MiB in a small file is honest, and unpacked in no time.
	Ratio int64 // 250
	Free  int64 // 256 MiB
}

func (l Limits) orDefaults() Limits {
	l.Budget = orDefault(l.Budget, 32<<20)
	l.Nesting = orDefault(l.Nesting, 2)
	l.Depth = orDefault(l.Depth, 1)
	l.Members = orDefault(l.Members, 100_000)
	l.Member = min(orDefault(l.Member, 16<<20), math.MaxInt32)
	l.Spool = min(orDefault(l.Spool, 32<<20), math.MaxInt32)
	l.Total = orDefault(l.Total, 1<<30)
	l.Ratio = max(orDefault(l.Ratio, 250), 1)
	l.Free = orDefault(l.Free, 256<<20)
	return l
}

// orDefault takes zero for the default, and less for none at all.
func orDefault[T int | int64](v, def T) T {
	switch {
	case v == 0:
		return def
	case v < 0:
		return 0
	}
	return v
}

// Why something was not searched, or not as it should have been.
const (
	SkipBudget = "more encoded text than the limit: the rest was searched as it stands"
)

// Member says which part of an input views belong to.
type Member struct {
	// Name is the path in the archive, as the archive has it: hostile. It is
	// empty for the input itself. Of archives within archives, the names are
	// joined by "!".
	Name string
	// Size is how many bytes it has, unpacked; -1 if it is too large to be held.
	Size int64
}

// Each hands out what one whole input consists of: itself, or, for an archive or
// a compressed file, its members. Which it is, its content says, never its name.
// The views of each are those of [Views], and after them what is encoded in
// these: escapes of many languages, percent encoding, character references,
// quoted-printable, strings put together from pieces, UTF-16 among other bytes,
// and base64. Those views have context around what was decoded, and Ranges that
// say what was; their places are those of the encoded text, in the text of the
// member.
//
// Views are made while they are asked for. They are valid until fn returns; an
// error of fn ends the work and is returned. Skips carry the member's name as
// their path.
//
//	skips, err := decode.Each(data, decode.Limits{}, func(m decode.Member, views iter.Seq[decode.View]) error {
//		at := rules.Location{Origin: rules.Tree, Path: path}
//		if m.Name != "" {
//			at.Origin, at.Member = rules.Archive, m.Name
//		}
//		pass := scanner.Begin(at)
//		for v := range views {
//			pass.Scan(v)
//		}
//		leaks = append(leaks, pass.End()...)
//		return nil
//	})
//
// Work and memory are linear in the sizes that the limits allow; text without
// encoded parts costs one search for them, and no memory.
func Each(data []byte, l Limits, fn func(Member, iter.Seq[View]) error) ([]rules.Skipped, error) {
	return new(Space).Each(data, l, fn)
}

// EachAt is [Each] for what is too large to hold, of size bytes. Archives and
// compressed files give their members as ever, and notebooks their cells; other
// text comes in windows of 1 MiB that overlap, each followed by what is encoded
// in it. Those of UTF-16 are counted in its UTF-8. A view is valid until the
// next one.
//
// The error may also be a [*ReadError], after what could be read was handed out.
func EachAt(at io.ReaderAt, size int64, l Limits, fn func(Member, iter.Seq[View]) error) ([]rules.Skipped, error) {
	return new(Space).EachAt(at, size, l, fn)
}

// ReadError says that the input itself could not be read to its end, or was
// shorter than it was said to be: [io.ErrUnexpectedEOF].
type ReadError struct{ Err error }

func (e *ReadError) Error() string { return "cannot be read to its end: " + e.Err.Error() }

func (e *ReadError) Unwrap() error { return e.Err }

// Space is memory that is used again for one input after the other: a window,
// the members of archives. The zero value is ready; it serves one goroutine.
type Space struct {
	window  []byte
	members [][]byte // by depth
	edits   []edit
	prose   joined
	size    int // of the window, for tests; zero is the usual
}

// maxKept is how much memory of one sort a Space keeps from one input to the
// next, in bytes.
const maxKept = 2 << 20

func (s *Space) buffer() []byte {
	if s.window == nil {
		s.window = make([]byte, s.windowSize())
	}
	return s.window
}

func (s *Space) windowSize() int { return cmp.Or(s.size, window) }

// Each is the function [Each] within this space.
func (s *Space) Each(data []byte, l Limits, fn func(Member, iter.Seq[View]) error) ([]rules.Skipped, error) {
	r := s.reading(l, fn)
	r.size = int64(len(data))
	return r.end(r.content(Member{Size: r.size}, data, r.limits.Depth))
}

// EachIn is Each for an input of which only some ranges are new, as the text that
// a delta makes is: its views say so, and what is encoded is looked for where it
// touches them. They are ascending and do not overlap; an empty one marks where
// something was taken out. What has a shape of its own, such as an archive, a
// notebook or UTF-16, is given whole.
func (s *Space) EachIn(data []byte, ranges []Range, l Limits, fn func(Member, iter.Seq[View]) error) ([]rules.Skipped, error) {
	if ranges == nil {
		return s.Each(data, l, fn)
	}
	r := s.reading(l, fn)
	r.size = int64(len(data))
	if sniff(data) == noFormat && isPlain(data) {
		base := 0
		if bytes.HasPrefix(data, []byte(markUTF8)) {
			base = len(markUTF8)
		}
		v := View{Data: data[base:], Offset: int64(base), Ranges: widened(ranges, base, len(data)-base), Delta: true, First: true, Last: true}
		return r.end(r.hand(Member{Size: r.size}, v))
	}
	return r.end(r.content(Member{Size: r.size}, data, r.limits.Depth))
}

// EachAt is the function [EachAt] within this space.
func (s *Space) EachAt(at io.ReaderAt, size int64, l Limits, fn func(Member, iter.Seq[View]) error) ([]rules.Skipped, error) {
	r := s.reading(l, fn)
	r.size = size
	in := &input{at: at, size: size, failed: &r.failed}
	f := sniffAt(in, size)
	read, err := false, error(nil)
	if f != noFormat && r.limits.Depth > 0 {
		read, err = r.container(f, in, size, "", r.limits.Depth-1)
	} else if f != noFormat {
		r.skips.add("", SkipNested, rules.ByDesign)
	}
	if !read && err == nil {
		err = r.large(Member{Size: size}, in, size)
	}
	return r.end(err)
}

// EachReader is [EachAt] for a stream whose size is not known before its end.
// What can only be read from both ends, a zip or a notebook, is held in memory up
// to the limit for that; beyond, a notebook is searched as the text that it is,
// and a zip too, which is a skip by failure.
func (s *Space) EachReader(in io.Reader, l Limits, fn func(Member, iter.Seq[View]) error) ([]rules.Skipped, error) {
	r := s.reading(l, fn)
	in = &counter{in: in, reading: r}
	depth := r.limits.Depth
	head, more, err := r.read(depth, 0, in, s.windowSize())
	f := sniff(head)
	if more && (f == zipFormat && depth > 0 || maybeNotebook(bytes.TrimPrefix(head, []byte(markUTF8)))) {
		if head, more, err = r.read(depth, len(head), in, int(r.limits.Spool)); more && f == zipFormat {
			r.skips.add("", SkipSpool, rules.ByFailure)
		}
	}
	all := io.MultiReader(bytes.NewReader(head), in)
	switch read := false; {
	case !more:
		if err != nil {
			r.failed = err
		}
		return r.end(r.content(Member{Size: int64(len(head))}, head, depth))
	case f != noFormat && f != zipFormat && depth > 0:
		if read, err = r.unpack(f, all, "", depth-1); read || err != nil {
			return r.end(err)
		}
		all = io.MultiReader(bytes.NewReader(head), in) // less what was tried
	case f != noFormat && depth == 0:
		r.skips.add("", SkipNested, rules.ByDesign)
	}
	return r.end(r.streamed(Member{Size: -1}, f, head, all, SkipSpool))
}

// counter counts a stream, and remembers its failure.
type counter struct {
	in      io.Reader
	reading *reading
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.reading.size += int64(n)
	if err != nil && err != io.EOF {
		c.reading.failed = err
	}
	return n, err
}

// input remembers the first failure to read what was handed in.
type input struct {
	at     io.ReaderAt
	size   int64
	failed *error
}

func (in *input) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errOffset // what an archive says of where its members are
	}
	n, err := in.at.ReadAt(p, off)
	switch {
	case err == nil, err == io.EOF && off+int64(n) >= in.size:
		return n, err
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	if *in.failed == nil {
		*in.failed = err
	}
	return n, err
}

// reading is one input while it is read.
type reading struct {
	limits  Limits
	size    int64 // of the input
	fn      func(Member, iter.Seq[View]) error
	space   *Space
	decoder decoder
	skips   skips
	failed  error             // of reading the input
	files   func(File) error  // what takes members as they are; nil: fn takes views
	claimed int64             // the size of the member at hand
	plain   *io.SectionReader // the member at hand, where it lies in the input uncompressed

	members, damages   int
	inflated, unpacked int64 // bytes from streams, and of members
}

func (s *Space) reading(l Limits, fn func(Member, iter.Seq[View]) error) *reading {
	l = l.orDefaults()
	return &reading{limits: l, fn: fn, space: s, decoder: decoder{left: l.Budget, edits: s.edits}}
}

// end gives back what was borrowed, and what there is to say.
func (r *reading) end(err error) ([]rules.Skipped, error) {
	s := r.space
	s.edits = r.decoder.edits[:0]
	if cap(s.prose.data) > maxKept {
		s.prose = joined{}
	}
	for i, b := range s.members {
		if cap(b) > maxKept {
			s.members[i] = nil
		}
	}
	if err == errStop {
		err = nil
	}
	if err == nil && r.failed != nil {
		err = &ReadError{r.failed}
	}
	return r.skips.list(), err
}

// content hands out what one file or member consists of; depth is how many more
// archives may be opened. What cannot be opened is searched as it stands.
func (r *reading) content(m Member, data []byte, depth int) error {
	if f := sniff(data); f != noFormat {
		if depth == 0 {
			r.skips.add(m.Name, SkipNested, rules.ByDesign)
		} else if read, err := r.container(f, bytes.NewReader(data), int64(len(data)), m.Name, depth-1); read || err != nil {
			return err
		}
	}
	return r.text(m, data)
}
