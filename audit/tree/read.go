package tree

import "scopeaudit/audit/rules"

// fileInfo is what is asked of an open file.
type fileInfo struct {
	regular   bool
	size      int64
	mode      uint32
	modeKnown bool
}

// reader reads whole files into one buffer that it uses again.
type reader struct{ buf []byte }

// smallBuffer holds most files of most trees, so that the buffer rarely grows.
const smallBuffer = 64 << 10

// read gives the content of an open file of at most limit bytes, valid until
// the next read; or why it gives none. A size of 0 is not believed, since files
// that the kernel makes up have it, and one that changed meanwhile does not
// matter: what was there is what counts.
func (r *reader) read(h handle, limit int64) (content []byte, info fileInfo, skip string, kind rules.SkipKind) {
	info, err := h.stat()
	switch {
	case err != nil:
		return nil, info, systemText(err), rules.ByFailure
	case !info.regular:
		return nil, info, SkipIrregular, rules.ByDesign
	case info.size > limit:
		return nil, info, SkipLarge, rules.ByDesign
	}
	// With room for a byte more than the file has, one read sees its end.
	if want := max(info.size+1, smallBuffer); int64(len(r.buf)) < want {
		r.buf = make([]byte, want)
	}
	n := 0
	for {
		m, err := h.read(r.buf[n:])
		if err != nil {
			return nil, info, systemText(err), rules.ByFailure
		}
		n += m
		switch {
		case int64(n) > limit:
			return nil, info, SkipLarge, rules.ByDesign
		case m == 0, info.size > 0 && int64(n) == info.size:
			return r.buf[:n], info, "", ""
		case n == len(r.buf):
			grown := make([]byte, min(2*int64(n), limit+1))
			copy(grown, r.buf)
			r.buf = grown
		}
	}
}
