package objects

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"math"
	"path"
	"strings"
)

// Bounds on what is read of refs in tables, beside those in other files.
const (
	maxTables     = 10_000
	maxTableNames = 256 << 20 // bytes of the names of all refs
)

var errTable = errors.New("corrupt reftable")

// refTables are the refs in a git directory's "reftable", a stack of tables of
// which the later ones go before the earlier (gitformat-reftable, in git's
// Documentation/technical). The error says that they are not known.
func refTables(format Format, dir fs.FS) (map[string]Ref, error) {
	list, err := readFile(dir, "reftable/tables.list", maxPackedRefs)
	if err != nil {
		return nil, err
	}
	refs := make(map[string]Ref)
	names := 0
	for count, rest := 0, string(list); rest != ""; count++ {
		var name string
		name, rest, _ = strings.Cut(rest, "\n")
		if count == maxTables || !fs.ValidPath(name) || strings.Contains(name, "/") {
			return nil, errTable
		}
		if err := addTable(format, dir, name, refs, &names); err != nil {
			return nil, err
		}
	}
	return refs, nil
}

// addTable reads one table.
func addTable(format Format, dir fs.FS, name string, refs map[string]Ref, names *int) error {
	src, err := openSource(dir, path.Join("reftable", name))
	if err != nil {
		return err
	}
	defer src.close()
	return guard(func() error {
		data, _, err := src.bytes(0, src.size, nil)
		if err != nil {
			return err
		}
		return eachTableRef(format, data, func(name []byte, ref *Ref) error {
			if ref == nil {
				delete(refs, string(name))
				return nil
			}
			if *names += len(name) + len(ref.Target); *names > maxTableNames || len(refs) >= maxRefs {
				return errTooLarge
			}
			ref.Name = string(name)
			refs[ref.Name] = *ref
			return nil
		})
	})
}

// eachTableRef gives the refs of one table, in order; nil is one that is gone.
func eachTableRef(format Format, data []byte, fn func(name []byte, ref *Ref) error) error {
	header := 24
	if len(data) < header || string(data[:4]) != "REFT" {
		return errTable
	}
	switch hash := SHA1; data[4] {
	case 2:
		if header = 28; len(data) < header {
			return errTable
		}
		switch string(data[24:28]) {
		case "sha1":
		case "s256":
			hash = SHA256
		default:
			return errTable
		}
		fallthrough
	case 1:
		if hash != format {
			return errTable
		}
	default:
		return errors.New("reftable of an unknown version")
	}
	footer := header + 5*8 + 4 // the header once more, where sections begin, a checksum
	end := len(data) - footer
	if end < header || !bytes.Equal(data[:header], data[end:end+header]) ||
		crc32.ChecksumIEEE(data[end:len(data)-4]) != binary.BigEndian.Uint32(data[len(data)-4:]) {
		return errTable
	}
	step := be24(data[5:])
	// The first block begins with the file; its own header is behind that of the
	// file. Blocks of refs come first.
	for at, skip := 0, header; at+skip+4 <= end && data[at+skip] == 'r'; skip = 0 {
		size := be24(data[at+skip+1:])
		if size < skip+4+2 || size > end-at {
			return errTable
		}
		if err := tableBlock(format, data[at:at+size], skip+4, fn); err != nil {
			return err
		}
		if size < step && at+size < end && data[at+size] == 0 {
			size = step // the rest is padding
		}
		at += size
	}
	return nil
}

// tableBlock gives the refs of one block, which begin at from.
func tableBlock(format Format, block []byte, from int, fn func(name []byte, ref *Ref) error) error {
	restarts := int(binary.BigEndian.Uint16(block[len(block)-2:]))
	end := len(block) - 2 - 3*restarts
	if end < from {
		return errTable
	}
	r := tableReader{rest: block[from:end]}
	var name []byte
	for len(r.rest) > 0 && !r.failed {
		prefix := r.number()
		suffix := r.number()
		if prefix > len(name) || suffix>>3 > maxRefFile-prefix {
			return errTable
		}
		name = append(name[:prefix], r.bytes(suffix>>3)...)
		r.number() // when it was written
		ref := &Ref{}
		switch suffix & 7 {
		case 0:
			ref = nil
		case 1:
			ref.ID = r.id(format)
		case 2:
			ref.ID = r.id(format)
			r.id(format) // what the tag leads to
		case 3:
			ref.Target = string(r.bytes(r.number()))
		default:
			return errTable
		}
		if r.failed {
			break
		}
		if err := fn(name, ref); err != nil {
			return err
		}
	}
	if r.failed {
		return errTable
	}
	return nil
}

// tableReader takes fields from the front.
type tableReader struct {
	rest   []byte
	failed bool
}

// number reads an integer as gitformat-pack(5) has offsets. One that is larger
// than any length here is less, and still too large.
func (r *tableReader) number() int {
	n := uint64(0)
	for i, b := range r.rest {
		n = n<<7 | uint64(b&0x7f)
		if b&0x80 == 0 {
			r.rest = r.rest[i+1:]
			return int(min(n, math.MaxInt32))
		}
		if n++; n > 1<<48 {
			break
		}
	}
	r.failed, r.rest = true, nil
	return 0
}

func (r *tableReader) bytes(n int) []byte {
	if n > len(r.rest) {
		r.failed, r.rest = true, nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *tableReader) id(format Format) ID {
	if b := r.bytes(format.Size()); b != nil {
		return makeID(format, b)
	}
	return ID{}
}

func be24(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }
