package objects

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
)

var (
	errPack   = errors.New("corrupt pack")
	errOffset = errors.New("offset outside the pack")
	errHeader = errors.New("corrupt header of a packed object")
)

// The types of packed objects besides those of [Type].
const (
	offsetDelta = 6
	refDelta    = 7
)

// packHeader is the length of "PACK", the version and the count.
const packHeader = 12

// maxEntryHeader bounds what stands before an object's compressed bytes: ten
// bytes of type and size, and an offset of as many or a name.
const maxEntryHeader = 10 + 32

// pack is an open pack with its index. It is safe for concurrent use.
type pack struct {
	name   string // without .pack
	src    *source
	idx    *index
	idxSrc *source

	format Format
	end    uint64 // where the objects end and the checksum begins
}

// openPack opens the pack of a name in an object directory.
func openPack(dir fs.FS, name string, o Options) (*pack, error) {
	format := o.Format
	src, err := openSource(dir, name+".pack")
	if err != nil {
		return nil, err
	}
	p := &pack{name: name, src: src, format: format}
	err = guard(func() error {
		head, _, err := src.bytes(0, packHeader, nil)
		if err != nil {
			return err
		}
		if string(head[:4]) != "PACK" {
			return errPack
		}
		if version := binary.BigEndian.Uint32(head[4:]); version != 2 && version != 3 {
			return fmt.Errorf("pack of version %d: %w", version, ErrFormat)
		}
		if src.size < int64(packHeader+format.Size()) {
			return errCutFile
		}
		p.end = uint64(src.size) - uint64(format.Size())
		return p.openIndex(dir, int64(binary.BigEndian.Uint32(head[8:])), o)
	})
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *pack) openIndex(dir fs.FS, count int64, o Options) error {
	var data []byte
	src, err := openSource(dir, p.name+".idx")
	switch {
	case err == nil:
		p.idxSrc = src
		data, _, err = src.bytes(0, src.size, nil)
	case isNotExist(err) && o.Index:
		data, err = p.scan(int(count), o.Limits)
	}
	if err != nil {
		return err
	}
	if p.idx, err = parseIndex(data, p.format); err != nil {
		return err
	}
	if int64(p.idx.count) != count {
		return errIndex
	}
	return nil
}

func (p *pack) close() error {
	err := p.src.close()
	if p.idxSrc != nil {
		err = errors.Join(err, p.idxSrc.close())
	}
	return err
}

// entry is the header of a packed object.
type entry struct {
	kind   uint8 // a Type, offsetDelta or refDelta
	size   int64 // of what is compressed: the object, or its delta
	data   uint64
	base   uint64 // of an offsetDelta: where its base begins
	baseID ID     // of a refDelta
}

// entry reads the header of the object at off.
func (p *pack) entry(off uint64, scratch []byte) (e entry, next []byte, err error) {
	if off < packHeader || off >= p.end {
		return entry{}, scratch, errOffset
	}
	b, next, err := p.src.bytes(int64(off), int64(min(p.end-off, maxEntryHeader)), scratch)
	if err != nil {
		return entry{}, next, err
	}
	e, n, err := parseEntry(b, off, p.format)
	e.data = off + uint64(n)
	return e, next, err
}

// parseEntry reads a header from b, which lies at off in the pack; n is its
// length. Neither a size nor an offset overflows: what would is corrupt.
func parseEntry(b []byte, off uint64, format Format) (e entry, n int, err error) {
	if len(b) == 0 {
		return e, 0, errHeader
	}
	c := b[0]
	n = 1
	e.kind = c >> 4 & 7
	size := uint64(c & 15)
	for shift := 4; c&0x80 != 0; shift += 7 {
		if n >= len(b) || shift > 56 {
			return e, n, errHeader
		}
		c = b[n]
		n++
		size |= uint64(c&0x7f) << shift
	}
	if size > 1<<60 {
		return e, n, errHeader
	}
	e.size = int64(size)
	switch e.kind {
	case uint8(TypeCommit), uint8(TypeTree), uint8(TypeBlob), uint8(TypeTag):
	case offsetDelta:
		back := uint64(0)
		for first := true; ; first = false {
			if n >= len(b) || back >= 1<<56 {
				return e, n, errHeader
			}
			c = b[n]
			n++
			if !first {
				back++
			}
			back = back<<7 | uint64(c&0x7f)
			if c&0x80 == 0 {
				break
			}
		}
		if back == 0 || back > off {
			return e, n, errOffset
		}
		e.base = off - back
	case refDelta:
		if len(b)-n < format.Size() {
			return e, n, errHeader
		}
		e.baseID = makeID(format, b[n:])
		n += format.Size()
	default:
		return e, n, errHeader
	}
	return e, n, nil
}

// inflate decompresses what an entry holds into buf, which is grown where it has
// to be; raw is room for compressed bytes, where they must be read. An object
// can be no larger than a thousand times its compressed bytes (RFC 1951), so that
// a size that lies asks for no memory.
func (p *pack) inflate(z *inflater, e entry, buf, raw []byte) (data, nextRaw []byte, err error) {
	defer catchFault(&err)
	if e.data > p.end {
		return buf, raw, errCutFile
	}
	left := int64(p.end - e.data)
	if e.size/maxRatio > left {
		return buf, raw, errSize
	}
	if buf == nil || int64(cap(buf)) < e.size {
		buf = make([]byte, e.size, e.size+e.size/4+slack)
	}
	buf = buf[:e.size]
	// Where the compressed bytes end only inflating tells. Deflate adds little to
	// what it cannot compress; an odd encoder may add more.
	for n := min(left, e.size+e.size/64+256); ; n = min(left, 4*n) {
		if p.src.mapped != nil {
			n = left
		}
		src, next, err := p.src.bytes(int64(e.data), n, raw)
		raw = next
		if err != nil {
			return buf, raw, err
		}
		if _, err = z.inflate(buf, src); err != errCut || n == left {
			return buf, raw, err
		}
	}
}

// maxRatio is more than deflate can reach: 258 bytes by two bits.
const maxRatio = 1032
