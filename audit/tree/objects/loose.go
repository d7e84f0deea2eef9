package objects

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strconv"

	"github.com/klauspost/compress/zlib"
)

var errLoose = errors.New("corrupt loose object")

// looseObject is an object in a file of its own.
type looseObject struct {
	id  ID
	dir fs.FS
}

// name is the file's path in its object directory.
func (o looseObject) name() string {
	s := o.id.String()
	return s[:2] + "/" + s[2:]
}

// findLoose lists the loose objects that no pack holds. Files that are not named
// like objects are none.
func (s *Store) findLoose() {
	for _, dir := range s.dirs {
		for i := range 256 {
			first := string("0123456789abcdef"[i>>4]) + string("0123456789abcdef"[i&15])
			entries, err := fs.ReadDir(dir, first)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				s.Skips = append(s.Skips, Skip{File: first, Err: err})
			}
			for _, e := range entries {
				id, err := ParseID(s.opts.Format, first+e.Name())
				if err != nil || id.String()[2:] != e.Name() {
					continue
				}
				if _, _, packed := s.findPacked(id, nil); !packed {
					s.loose = append(s.loose, looseObject{id, dir})
				}
			}
		}
	}
	slices.SortStableFunc(s.loose, func(a, b looseObject) int { return a.id.Compare(b.id) })
	s.loose = slices.CompactFunc(s.loose, func(a, b looseObject) bool { return a.id == b.id })
}

// maxLooseHeader is longer than "commit ", the digits of an int64, and a zero.
const maxLooseHeader = 32

// looseReader reads loose objects one after the other.
type looseReader struct {
	z    io.ReadCloser
	head [maxLooseHeader]byte
}

// open begins to read an object: its type, size and content, which r gives. The
// caller closes f.
func (l *looseReader) open(o looseObject) (t Type, size int64, r *exactReader, f fs.File, err error) {
	f, err = o.dir.Open(o.name())
	if err != nil {
		return 0, 0, nil, nil, err
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return 0, 0, nil, f, errIrregular
	}
	if l.z == nil {
		l.z, err = zlib.NewReader(f)
	} else {
		err = l.z.(zlib.Resetter).Reset(f, nil)
	}
	if err != nil {
		return 0, 0, nil, f, errLoose
	}
	n, err := io.ReadFull(l.z, l.head[:])
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return 0, 0, nil, f, errLoose
	}
	t, size, length := parseLoose(l.head[:n])
	if t == 0 {
		return 0, 0, nil, f, errLoose
	}
	all := io.MultiReader(bytes.NewReader(l.head[length:n]), l.z)
	return t, size, &exactReader{r: all, left: size}, f, nil
}

// parseLoose reads what stands before the content: a type, a space, the size,
// and a zero byte, all length bytes long. The type is 0 when it does not.
func parseLoose(b []byte) (t Type, size int64, length int) {
	head, _, ok := bytes.Cut(b, []byte{0})
	if !ok {
		return 0, 0, 0
	}
	kind, digits, ok := bytes.Cut(head, []byte{' '})
	if !ok {
		return 0, 0, 0
	}
	n, err := strconv.ParseUint(string(digits), 10, 62)
	if err != nil || len(digits) > 1 && digits[0] == '0' {
		return 0, 0, 0
	}
	return parseType(string(kind)), int64(n), len(head) + 1
}

// exactReader gives what r does, and fails if that is not left bytes; it
// remembers an error, so that one of ours can be told from one of who reads.
type exactReader struct {
	r    io.Reader
	left int64
	err  error
}

func (x *exactReader) Read(p []byte) (n int, err error) {
	if x.err != nil {
		return 0, x.err
	}
	defer func() { x.err = err }()
	defer catchFault(&err)
	if x.left == 0 {
		// Reading on checks the sum, where there is one.
		var more [1]byte
		switch n, err := io.ReadFull(x.r, more[:]); {
		case n > 0:
			return 0, errSize
		case err != io.EOF:
			return 0, errInflate
		}
		return 0, io.EOF
	}
	if int64(len(p)) > x.left {
		p = p[:x.left]
	}
	n, err = x.r.Read(p)
	x.left -= int64(n)
	switch {
	case err == io.EOF && x.left > 0:
		return n, errSize
	case err == io.EOF || err == nil:
		return n, nil
	}
	return n, errInflate
}

// failure is an error of the stream itself.
func (x *exactReader) failure() error {
	if x.err == io.EOF {
		return nil
	}
	return x.err
}
