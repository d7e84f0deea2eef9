package objects

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"runtime/debug"
)

var (
	errCutFile   = errors.New("file ends early")
	errIrregular = errors.New("not a regular file")
	errTooLarge  = errors.New("file is too large")
)

// maxUnmapped bounds a pack or index that can neither be mapped nor read at
// will, such as one that an archive holds compressed: it is read as a whole.
const maxUnmapped = 64 << 20

// source is an open pack or index. Where the system can, it is mapped.
type source struct {
	at     io.ReaderAt
	size   int64
	mapped []byte
	close  func() error
}

// openSource opens a file of fsys for reading anywhere in it.
func openSource(fsys fs.FS, name string) (*source, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errIrregular
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	s := &source{size: info.Size(), close: func() error { return nil }}
	if file, ok := f.(*os.File); ok {
		if s.mapped, s.close, err = mapFile(file, s.size); err == nil {
			return s, f.Close()
		}
	}
	if at, ok := f.(io.ReaderAt); ok {
		s.at, s.close = at, f.Close
		return s, nil
	}
	defer f.Close()
	s.mapped, err = readLimited(f, maxUnmapped)
	s.size = int64(len(s.mapped))
	s.close = func() error { return nil }
	return s, err
}

func readLimited(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, errTooLarge
	}
	return data, err
}

// readFile reads a small file of at most limit bytes.
func readFile(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errIrregular
	case info.Size() > limit:
		return nil, errTooLarge
	}
	return readLimited(f, limit)
}

// bytes gives n bytes from off. They may lie in scratch, which is returned for
// the next call, grown where it had to be.
func (s *source) bytes(off, n int64, scratch []byte) (data, next []byte, err error) {
	if off < 0 || n < 0 || off > s.size-n {
		return nil, scratch, errCutFile
	}
	if s.mapped != nil {
		return s.mapped[off : off+n : off+n], scratch, nil
	}
	if int64(cap(scratch)) < n {
		scratch = make([]byte, n+n/4)
	}
	data = scratch[:n]
	if k, err := s.at.ReadAt(data, off); k < len(data) {
		if err == nil || err == io.EOF {
			err = errCutFile
		}
		return nil, scratch, err
	}
	return data, scratch, nil
}

// reader reads n bytes from off in turn.
func (s *source) reader(off, n int64) io.Reader {
	if s.mapped != nil {
		return &sliceReader{s.mapped[off : off+n]}
	}
	return io.NewSectionReader(s.at, off, n)
}

// sliceReader reads bytes; it is an io.ByteReader, so that inflating needs no
// buffer before it.
type sliceReader struct{ rest []byte }

func (r *sliceReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *sliceReader) ReadByte() (byte, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b, nil
}

// catchFault turns a fault of memory into an error, when it is deferred while
// debug.SetPanicOnFault is on: a mapped file that became shorter than it was
// then does not end the program.
func catchFault(err *error) {
	r := recover()
	if r == nil {
		return
	}
	if _, ok := r.(interface {
		runtime.Error
		Addr() uintptr
	}); !ok {
		panic(r)
	}
	*err = errCutFile
}

// guard runs fn, which may read mapped files, and makes an error of a fault.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer catchFault(&err)
	return fn()
}

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// Folder gives the folder at dir below root as a file system whose files can be
// mapped, and whose opening neither follows links nor waits for pipes.
func Folder(root *os.Root, dir string) fs.FS { return folder{root, dir} }

type folder struct {
	root *os.Root
	dir  string
}

func (f folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	p := path.Join(f.dir, name)
	before, err := f.root.Lstat(p)
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() && !before.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errIrregular}
	}
	file, err := f.root.OpenFile(p, openFlags, 0)
	if err != nil {
		return nil, err
	}
	// Something else may have taken its place.
	if after, err := file.Stat(); err != nil || !os.SameFile(before, after) {
		file.Close()
		return nil, &fs.PathError{Op: "open", Path: name, Err: errIrregular}
	}
	return file, nil
}
