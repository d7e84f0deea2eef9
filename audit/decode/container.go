package decode

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"io"
	"io/fs"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"scopeaudit/audit/rules"
)

// Why a member, or what is behind it, was not read.
const (
	SkipNested    = "archive within more archives than the limit"
	SkipMembers   = "more members than the limit: the rest was not read"
	SkipMember    = "archive in an archive, larger than the member limit: not opened"
	SkipSpool     = "zip that can only be read from its beginning on, larger than is held: not opened"
	SkipTotal     = "unpacks to more than the limit: the rest was not read"
	SkipBomb      = "unpacks to far more than its size, as a bomb does: the rest was not read"
	SkipWindow    = "compressed with a larger window than the limit"
	SkipMethod    = "compressed in a way that is not read"
	SkipFormat    = "packed in a format that is not opened: searched as it stands"
	SkipEncrypted = "encrypted"
	SkipLink      = "link in an archive"
	SkipCorrupt   = "damaged, or cut short: not all of it was read"
)

// Unnamed is what a compressed file is called that has no name of its own.
const Unnamed = "content"

// maxDirectory is how much of a zip may be its directory, in bytes, which is
// held in memory.
const maxDirectory = 8 << 20

var (
	errOffset = errors.New("offset before the beginning")
	errTotal  = errors.New(SkipTotal)
	errBomb   = errors.New(SkipBomb)
	// errStop ends the reading of an input whose limits are used up.
	errStop = errors.New("limits used up")
)

// container reads one archive or compressed file. It says whether any of it
// could be read; the error is fn's, or errStop.
func (r *reading) container(f format, at io.ReaderAt, size int64, name string, depth int) (bool, error) {
	if f == zipFormat {
		return r.zip(at, size, name, depth)
	}
	return r.unpack(f, io.NewSectionReader(at, 0, size), name, depth)
}

// unpack is container for those that are read from their beginning on.
func (r *reading) unpack(f format, whole io.Reader, name string, depth int) (bool, error) {
	switch f {
	case tarFormat:
		return r.tar(whole, name, depth)
	case gzipFormat:
		z, err := gzip.NewReader(bufio.NewReader(whole))
		if err != nil {
			return false, r.damaged(name, err)
		}
		return r.compressed(z, name, z.Name, depth)
	case bzip2Format:
		return r.compressed(bzip2.NewReader(bufio.NewReader(whole)), name, "", depth)
	case xzFormat:
		z, err := newXZ(whole)
		if err != nil {
			return false, r.damaged(name, err)
		}
		return r.compressed(z, name, "", depth)
	}
	z, err := zstd.NewReader(whole, zstdOptions()...)
	if err != nil {
		return false, r.damaged(name, err)
	}
	defer z.Close()
	return r.compressed(z, name, "", depth)
}

func zstdOptions() []zstd.DOption {
	return []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow)}
}

// compressed reads what one stream unpacks to: a tar, or one file.
func (r *reading) compressed(in io.Reader, name, own string, depth int) (bool, error) {
	b := bufio.NewReaderSize(&meter{in: in, reading: r, sum: &r.inflated}, 4<<10)
	head, err := b.Peek(tarBlock)
	if len(head) == 0 && err != nil && err != io.EOF {
		return false, r.damaged(name, err)
	}
	if isTar(head) {
		return r.tar(b, name, depth)
	}
	if own == "" {
		own = Unnamed
	}
	return true, r.member(b, join(name, own), depth)
}

func (r *reading) tar(in io.Reader, name string, depth int) (bool, error) {
	t := tar.NewReader(in)
	for any, before := false, r.damages; ; any = true {
		h, err := t.Next()
		if err == io.EOF || err != nil && r.damages > before {
			return true, nil // the member was cut short, which was noted
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return any, r.damaged(name, err)
		}
		switch h.Typeflag {
		case tar.TypeReg, tar.TypeCont, tar.TypeGNUSparse:
			r.plainTar(in, h)
			err = r.member(&meter{in: t, reading: r, sum: &r.unpacked}, join(name, h.Name), depth)
		case tar.TypeSymlink, tar.TypeLink:
			r.skips.add(join(name, h.Name), SkipLink, rules.ByDesign)
			err = nil
		default:
			err = nil
		}
		if err != nil {
			return true, err
		}
	}
}

func (r *reading) zip(at io.ReaderAt, size int64, name string, depth int) (bool, error) {
	g := &guarded{at: at, left: maxDirectory}
	z, err := zip.NewReader(g, size)
	if z == nil || err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return false, r.damaged(name, err)
	}
	g.open = true
	z.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor(zstdOptions()...))
	for _, f := range z.File {
		if f.Mode().IsDir() {
			continue
		}
		at := join(name, f.Name)
		switch {
		case f.Flags&1 != 0:
			r.skips.add(at, SkipEncrypted, rules.ByDesign)
			continue
		case f.Mode()&fs.ModeSymlink != 0:
			r.skips.add(at, SkipLink, rules.ByDesign)
			continue
		}
		in, err := f.Open()
		switch {
		case errors.Is(err, zip.ErrAlgorithm):
			r.skips.add(at, SkipMethod, rules.ByDesign)
		case err != nil:
			r.skips.add(at, SkipCorrupt, rules.ByFailure)
		default:
			r.plainZip(g.at, f)
			err = r.member(&meter{in: in, reading: r, sum: &r.unpacked}, at, depth)
			in.Close()
			if err != nil {
				return true, err
			}
		}
	}
	return true, nil
}

// guarded bounds what is read before the directory of a zip is known.
type guarded struct {
	at   io.ReaderAt
	left int64
	open bool
}

func (g *guarded) ReadAt(p []byte, off int64) (int, error) {
	if !g.open {
		if g.left -= int64(len(p)); g.left < 0 {
			return 0, errTotal
		}
	}
	return g.at.ReadAt(p, off)
}

// member reads one member and hands out what it holds. What can be read of a
// damaged one is handed out too.
func (r *reading) member(in io.Reader, name string, depth int) error {
	if r.members++; r.members > r.limits.Members {
		r.skips.add("", SkipMembers, rules.ByFailure)
		return errStop
	}
	if r.files != nil {
		return r.file(in, name)
	}
	head, more, failed := r.read(depth, 0, in, r.space.windowSize())
	f := sniff(head)
	if more && (f != noFormat && depth > 0 || maybeNotebook(head)) {
		head, more, failed = r.read(depth, len(head), in, int(r.limits.Member))
		if more && f != noFormat {
			r.skips.add(name, SkipMember, rules.ByFailure)
		}
	} else if more && f != noFormat {
		r.skips.add(name, SkipNested, rules.ByDesign)
	}
	if more {
		return r.streamed(Member{Name: name, Size: -1}, f, head, io.MultiReader(bytes.NewReader(head), in), SkipMember)
	}
	if failed != nil {
		failed = r.damaged(name, failed)
	}
	if err := r.content(Member{Name: name, Size: int64(len(head))}, head, depth); err != nil {
		return err
	}
	return failed
}

// streamed is [reading.stream] for what cannot be read again: that it was a zip
// with something in front may turn out at its end, and is a skip for that reason.
func (r *reading) streamed(m Member, f format, head []byte, in io.Reader, reason string) error {
	tail := &lastBytes{in: in}
	err := r.stream(m, head, tail)
	if err == nil && f == noFormat && sniffFormat(nil, tail.kept) != noFormat {
		r.skips.add(m.Name, reason, rules.ByFailure)
	}
	return err
}

// read reads a member into the buffer for its depth, which holds n bytes of it
// and is used again for the next one. It says whether there is more of it than
// limit.
func (r *reading) read(depth, n int, in io.Reader, limit int) (data []byte, more bool, err error) {
	for len(r.space.members) <= depth {
		r.space.members = append(r.space.members, nil)
	}
	buf := r.space.members[depth]
	for n <= limit {
		if n == len(buf) {
			grown := make([]byte, min(max(2*len(buf), 64<<10), limit+1))
			copy(grown, buf)
			buf = grown
			r.space.members[depth] = buf
		}
		m, err := fill(buf[n:min(len(buf), limit+1)], in)
		n += m
		if err == io.EOF {
			return buf[:n], false, nil
		}
		if err != nil {
			return buf[:n], false, err
		}
	}
	return buf[:n], true, nil
}

// lastBytes keeps the last bytes that pass, which tell a zip.
type lastBytes struct {
	in   io.Reader
	kept []byte
}

func (l *lastBytes) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	l.kept = append(l.kept, p[max(0, n-zipEndSize):n]...)
	l.kept = append(l.kept[:0], l.kept[max(0, len(l.kept)-zipEndSize):]...)
	return n, err
}

// damaged notes why a container or member could not be read to its end. It gives
// errStop if nothing more shall be read of the input.
func (r *reading) damaged(name string, err error) error {
	switch {
	case r.failed != nil:
		return errStop // the input is to blame, which is said once
	case errors.Is(err, errTotal):
		r.skips.add(name, SkipTotal, rules.ByFailure)
		return errStop
	case errors.Is(err, errBomb):
		r.skips.add(name, SkipBomb, rules.ByFailure)
		return errStop
	case errors.Is(err, errWindow), errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		r.skips.add(name, SkipWindow, rules.ByDesign)
	default:
		r.damages++
		r.skips.add(name, SkipCorrupt, rules.ByFailure)
	}
	return nil
}

// meter counts what is unpacked, and ends it at the limits.
type meter struct {
	in      io.Reader
	reading *reading
	sum     *int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.in.Read(p)
	*m.sum += int64(n)
	switch {
	case *m.sum > m.reading.limits.Total:
		return n, errTotal
	case *m.sum > m.reading.limits.Free && (*m.sum-m.reading.limits.Free)/m.reading.limits.Ratio > m.reading.size:
		return n, errBomb
	}
	return n, err
}

// join names a member of a container.
func join(container, member string) string {
	if container == "" {
		return member
	}
	return container + "!" + member
}
