package decode

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// maxWindow is the largest dictionary that a decompressor is given, in bytes.
// An input may ask for gigabytes.
const maxWindow = 8 << 20

var (
	errWindow = errors.New("compressed with a larger window than the limit")
	errXZ     = errors.New("not xz as we read it")
)

// xzReader reads the container format of xz (tukaani.org/xz/xz-file-format.txt)
// and leaves LZMA2 to the library, whose own reader of it allocates whatever
// dictionary a block asks for. Checksums are not verified: what is damaged is
// searched all the same.
type xzReader struct {
	in    *bufio.Reader
	at    int64 // bytes read of the stream
	check int   // length of a block's check
	block *lzma.Reader2
	out   int64 // bytes unpacked
	asked int64 // bytes of dictionaries allocated
	err   error // what ended it
}

func newXZ(in io.Reader) (*xzReader, error) {
	r := &xzReader{in: bufio.NewReader(in)}
	return r, r.stream()
}

func (r *xzReader) Read(p []byte) (int, error) {
	for {
		if r.block == nil && r.err == nil {
			r.err = r.next()
		}
		if r.err != nil {
			return 0, r.err
		}
		n, err := r.block.Read(p)
		r.out += int64(n)
		if err == io.EOF {
			r.block = nil
			err = r.skip((-r.at)&3 + int64(r.check))
		}
		if n > 0 || err != nil {
			return n, unexpected(err)
		}
	}
}

// source counts what the library reads of a block.
type xzSource struct{ r *xzReader }

func (s xzSource) Read(p []byte) (int, error) {
	n, err := s.r.in.Read(p)
	s.r.at += int64(n)
	return n, err
}

func (s xzSource) ReadByte() (byte, error) { return s.r.byte() }

func (r *xzReader) byte() (byte, error) {
	b, err := r.in.ReadByte()
	if err == nil {
		r.at++
	}
	return b, unexpected(err)
}

func (r *xzReader) skip(n int64) error {
	k, err := r.in.Discard(int(n))
	r.at += int64(k)
	return unexpected(err)
}

// stream reads the header of a stream.
func (r *xzReader) stream() error {
	var head [12]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return unexpected(err)
	}
	if string(head[:6]) != magicXZ || head[6] != 0 || head[7] > 15 {
		return errXZ
	}
	// None, then five classes of three ids each.
	r.check = [...]int{0, 4, 8, 16, 32, 64}[(head[7]+2)/3]
	r.at = 12
	return nil
}

// next begins the next block, of this stream or the next one.
func (r *xzReader) next() error {
	for {
		size, err := r.byte()
		if err != nil {
			return err
		}
		if size != 0 {
			return r.header(int(size) * 4)
		}
		if err := r.index(); err != nil {
			return err
		}
		// Streams may follow each other, with zeros between.
		for {
			four, err := r.in.Peek(4)
			if len(four) == 0 {
				return io.EOF
			}
			if err != nil {
				return unexpected(err)
			}
			if binary.LittleEndian.Uint32(four) != 0 {
				break
			}
			if _, err := r.in.Discard(4); err != nil {
				return err
			}
		}
		if err := r.stream(); err != nil {
			return err
		}
	}
}

// index passes over the index and the footer.
func (r *xzReader) index() error {
	records, err := r.number()
	if err != nil {
		return err
	}
	for range records {
		for range 2 {
			if _, err := r.number(); err != nil {
				return err
			}
		}
	}
	return r.skip((-r.at)&3 + 4 + 12)
}

// number reads an integer of variable length.
func (r *xzReader) number() (uint64, error) {
	var v uint64
	for shift := 0; shift < 63; shift += 7 {
		b, err := r.byte()
		if err != nil {
			return 0, err
		}
		v |= uint64(b&0x7F) << shift
		if b < 0x80 {
			return v, nil
		}
	}
	return 0, errXZ
}

// header reads the rest of a block's header, which is size bytes in front of a
// checksum, and begins the block.
func (r *xzReader) header(size int) error {
	end := r.at - 1 + int64(size) + 4
	flags, err := r.byte()
	if err != nil {
		return err
	}
	if flags&0x3F != 0 {
		return errXZ // more than one filter, or what is not defined
	}
	for range flags>>6&1 + flags>>7 {
		if _, err := r.number(); err != nil {
			return err
		}
	}
	var filter [3]byte // LZMA2, one byte of properties: the dictionary
	for i := range filter {
		if filter[i], err = r.byte(); err != nil {
			return err
		}
	}
	if filter[0] != 0x21 || filter[1] != 1 || r.at > end {
		return errXZ
	}
	dict, err := lzma.DecodeDictCap(filter[2])
	if err != nil {
		return errXZ
	}
	if dict > maxWindow {
		return errWindow
	}
	// Blocks without content that ask for a dictionary each are a bomb.
	if r.asked += dict; r.asked > 16*r.out+64*maxWindow {
		return errBomb
	}
	if err := r.skip(end - r.at); err != nil {
		return err
	}
	r.block, err = lzma.Reader2Config{DictCap: int(max(dict, lzma.MinDictCap))}.NewReader2(xzSource{r})
	return err
}

// unexpected makes an end that should not be there an error.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
