package decode

import (
	"archive/tar"
	"archive/zip"
	"io"
	"math"
	"strings"

	"scopeaudit/audit/rules"
)

// File is a member of an archive as it is.
type File struct {
	// Name is the path in the archive, as the archive has it: hostile.
	Name string
	// Size is how many bytes it has, as the archive has it; -1 if it does not say.
	Size int64
	// Content gives the file; what is not read of it costs no memory.
	Content io.Reader
	// Place is where the file lies in the input uncompressed, to be read at will
	// for as long as the input; nil where it does not.
	Place *io.SectionReader
}

// Files hands out the members of one archive, which may be compressed as a whole,
// in their order. Of an input that is none, nothing is handed out. The limits and
// what is skipped are those of [EachAt]; archives in it are files like others.
//
// An error of fn ends the work and is returned, but that of reading Content,
// which is a skip.
func Files(at io.ReaderAt, size int64, l Limits, fn func(File) error) ([]rules.Skipped, error) {
	s := new(Space)
	r := s.reading(l, nil)
	r.size, r.files, r.claimed = size, fn, -1
	in := &input{at: at, size: size, failed: &r.failed}
	var err error
	if f := sniffAt(in, size); f != noFormat {
		_, err = r.container(f, in, size, "", 0)
	}
	return r.end(err)
}

// file hands out one member.
func (r *reading) file(in io.Reader, name string) error {
	content := &remembering{in: in}
	err := r.files(File{Name: name, Size: r.claimed, Content: content, Place: r.plain})
	if content.failed != nil {
		return r.damaged(name, content.failed)
	}
	return err
}

// remembering keeps the error of a reader.
type remembering struct {
	in     io.Reader
	failed error
}

func (r *remembering) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	if err != nil && err != io.EOF {
		r.failed = err
	}
	return n, err
}

// plainTar finds the member whose header was read last in a tar that is not
// compressed.
func (r *reading) plainTar(in io.Reader, h *tar.Header) {
	r.plain, r.claimed = nil, h.Size
	whole, ok := in.(*io.SectionReader)
	if !ok || r.files == nil || h.Typeflag != tar.TypeReg {
		return
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return
		}
	}
	// The reader of tars takes no byte more than it needs.
	off, err := whole.Seek(0, io.SeekCurrent)
	if err == nil && h.Size <= whole.Size()-off {
		r.plain = io.NewSectionReader(whole, off, h.Size)
	}
}

// plainZip finds a member of a zip that is stored as it is.
func (r *reading) plainZip(at io.ReaderAt, f *zip.File) {
	r.plain, r.claimed = nil, int64(min(f.UncompressedSize64, math.MaxInt64))
	if r.files == nil || f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 {
		return
	}
	if off, err := f.DataOffset(); err == nil && int64(f.UncompressedSize64) >= 0 {
		r.plain = io.NewSectionReader(at, off, int64(f.UncompressedSize64))
	}
}
