package tree

import (
	"errors"
	"io"
	"io/fs"
	"sync/atomic"

	"scopeaudit/audit/rules"
)

// fileInfo is what is asked of an open file.
type fileInfo struct {
	regular   bool
	size      int64
	mode      uint32
	modeKnown bool
}

// reader reads files that are not large into one buffer that it uses again.
type reader struct{ buf []byte }

// smallBuffer holds most files of most trees, so that the buffer rarely grows.
const smallBuffer = 64 << 10

// read gives the content of an open file, valid until the next read; or, for a
// file of more than the limit for whole ones, its size and no content; or why it
// gives neither. A size of 0 is not believed, since files that the kernel makes
// up have it, and one that changed meanwhile does not matter: what was there is
// what counts.
func (r *reader) read(h handle, l Limits) (content []byte, info fileInfo, skip string, kind rules.SkipKind) {
	info, err := h.stat()
	switch {
	case err != nil:
		return nil, info, systemText(err), rules.ByFailure
	case !info.regular:
		return nil, info, SkipIrregular, rules.ByDesign
	case info.size > l.File:
		return nil, info, SkipLarge, rules.ByDesign
	case info.size > l.Whole:
		return nil, info, "", ""
	}
	// With room for a byte more than the file has, one read sees its end.
	if want := max(info.size+1, smallBuffer); int64(len(r.buf)) < want {
		r.buf = make([]byte, max(want, min(2*int64(len(r.buf)), l.Whole+1)))
	}
	n := 0
	for {
		m, err := h.read(r.buf[n:])
		if err != nil {
			return nil, info, systemText(err), rules.ByFailure
		}
		n += m
		switch {
		case int64(n) > l.Whole:
			return r.measure(h, n, info, l)
		case m == 0, info.size > 0 && int64(n) == info.size:
			info.size = int64(n)
			return r.buf[:n], info, "", ""
		case n == len(r.buf):
			grown := make([]byte, min(2*int64(n), l.Whole+1))
			copy(grown, r.buf)
			r.buf = grown
		}
	}
}

// measure reads a file to its end that has more bytes than it said, of which n
// were read, to learn how many there are.
func (r *reader) measure(h handle, n int, info fileInfo, l Limits) ([]byte, fileInfo, string, rules.SkipKind) {
	for info.size = int64(n); ; {
		m, err := h.read(r.buf)
		info.size += int64(m)
		switch {
		case err != nil:
			return nil, info, systemText(err), rules.ByFailure
		case info.size > l.File:
			return nil, info, SkipLarge, rules.ByDesign
		case m == 0:
			return nil, info, "", ""
		}
	}
}

// ErrChanged says that a file was cut short while it was read.
var ErrChanged = errors.New("changed while it was read")

// large is an open file that is not held in memory.
type large struct {
	handle handle
	size   int64
	closed atomic.Bool
}

func (l *large) ReadAt(p []byte, off int64) (n int, err error) {
	switch {
	case l.closed.Load():
		return 0, fs.ErrClosed // the descriptor may be another file's by now
	case off < 0 || off >= l.size:
		return 0, io.EOF
	}
	end := int64(len(p)) > l.size-off
	if end {
		p = p[:l.size-off]
	}
	for n < len(p) {
		m, err := l.handle.readAt(p[n:], off+int64(n))
		if err != nil {
			return n, errors.New(systemText(err))
		}
		if m == 0 {
			return n, ErrChanged
		}
		n += m
	}
	if end {
		return n, io.EOF
	}
	return n, nil
}

func (l *large) close() {
	if !l.closed.Swap(true) {
		l.handle.close()
	}
}
