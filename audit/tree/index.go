package tree

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"path"
	"slices"
	"strings"
)

// The bounds of an index: of the file (a million entries take some 100 MB), of
// all files that a [Git] reads, of one path in it, and of all paths together,
// which in version 4 are longer than the file.
const (
	maxIndexFile  = 128 << 20
	maxIndexBytes = 512 << 20
	maxIndexPath  = 4096
	maxIndexPaths = 1 << 30
)

var (
	errIndexCorrupt = errors.New("corrupt index")
	errIndexUnread  = errors.New("index with a feature that is not read here")
)

// index is what git's index tells about paths. It keeps a keyed 64-bit hash of
// each instead of the path: eight bytes an entry whatever a hostile index holds,
// and no entry can be made to collide with another.
type index struct {
	seed   maphash.Seed
	fold   bool
	paths  []uint64 // sorted
	folded []uint64 // the same paths in lower case (ASCII), sorted; nil unless asked for
	// opaque are folders whose content the index does not list: submodules and
	// the folders of a sparse index.
	opaque []uint64
	// elsewhere are ignore files that a sparse checkout keeps out of the work
	// tree, where git reads them from its objects.
	elsewhere []uint64
}

// newIndex is the index of a repository that has none yet.
func newIndex() *index { return &index{seed: maphash.MakeSeed()} }

// parseIndex reads an index of version 2, 3 or 4 as gitformat-index(5) has it,
// with object names of hashSize bytes. Its checksum is verified unless it is
// all zero, which is how git writes it with index.skipHash. A split index is
// an error, since half of its entries are in another file. fold prepares for
// questions that do not tell upper from lower case.
func parseIndex(data []byte, hashSize int, fold bool) (*index, error) {
	x := newIndex()
	x.fold = fold
	if err := eachEntry(data, hashSize, x.add); err != nil {
		return nil, err
	}
	for _, list := range [][]uint64{x.paths, x.folded, x.opaque, x.elsewhere} {
		slices.Sort(list)
	}
	return x, nil
}

func checksumFits(body, sum []byte) bool {
	if !slices.ContainsFunc(sum, func(b byte) bool { return b != 0 }) {
		return true
	}
	if len(sum) == sha256.Size {
		got := sha256.Sum256(body)
		return bytes.Equal(got[:], sum)
	}
	got := sha1.Sum(body)
	return bytes.Equal(got[:], sum)
}

// The flags and modes of an entry.
const (
	flagExtended     = 0x4000
	flagNameLength   = 0x0fff
	flagSkipWorktree = 0x4000 // in the extended flags
	flagIntentToAdd  = 0x2000 // likewise: a path that the next commit will not hold
	modeType         = 0xf000
	modeSubmodule    = 0xe000
	modeFolder       = 0x4000
)

// listedFile is a file, submodule or folder of an index.
type listedFile struct {
	name     string
	id       []byte // of the object; valid while the index's bytes are
	mode     uint32
	extended uint16 // flags
}

// eachEntry calls fn with each entry of an index; an error may come after some.
func eachEntry(index []byte, hashSize int, fn func(listedFile)) error {
	_, err := readEntries(index, hashSize, fn)
	return err
}

// readEntries is eachEntry; it gives the extensions, which follow the entries.
func readEntries(index []byte, hashSize int, fn func(listedFile)) (extensions []byte, err error) {
	if len(index) < 12+hashSize || string(index[:4]) != "DIRC" {
		return nil, errIndexCorrupt
	}
	body, sum := index[:len(index)-hashSize], index[len(index)-hashSize:]
	if !checksumFits(body, sum) {
		return nil, errIndexCorrupt
	}
	version, count := binary.BigEndian.Uint32(body[4:]), binary.BigEndian.Uint32(body[8:])
	if version < 2 || version > 4 {
		return nil, errIndexUnread
	}
	data := body[12:]
	var name []byte
	total := 0
	for range count {
		head := 40 + hashSize + 2
		if len(data) < head {
			return nil, errIndexCorrupt
		}
		id := data[40 : 40+hashSize]
		mode := binary.BigEndian.Uint32(data[24:])
		flags := binary.BigEndian.Uint16(data[head-2:])
		var extended uint16
		if flags&flagExtended != 0 {
			if version < 3 || len(data) < head+2 {
				return nil, errIndexCorrupt
			}
			extended = binary.BigEndian.Uint16(data[head:])
			head += 2
		}
		used := head
		if version == 4 {
			cut, n := offsetVarint(data[used:])
			if n == 0 || cut > uint64(len(name)) {
				return nil, errIndexCorrupt
			}
			used += n
			name = name[:len(name)-int(cut)]
		} else {
			name = name[:0]
		}
		end := bytes.IndexByte(data[used:min(len(data), used+maxIndexPath+1)], 0)
		if end < 0 {
			return nil, errIndexCorrupt
		}
		name = append(name, data[used:used+end]...)
		used += end + 1
		if version < 4 {
			if int(flags&flagNameLength) != min(len(name), flagNameLength) {
				return nil, errIndexCorrupt
			}
			used = (head + len(name) + 8) &^ 7 // padded with zeros
		}
		total += len(name)
		if len(name) == 0 || len(name) > maxIndexPath || total > maxIndexPaths || used > len(data) {
			return nil, errIndexCorrupt
		}
		fn(listedFile{string(name), id, mode, extended})
		data = data[used:]
	}
	return data, checkExtensions(data)
}

func (x *index) add(e listedFile) {
	if !e.isFile() {
		x.opaque = append(x.opaque, x.hash(strings.TrimSuffix(e.name, "/")))
		return
	}
	x.paths = append(x.paths, x.hash(e.name))
	if x.fold {
		x.folded = append(x.folded, x.hash(foldString(e.name)))
	}
	if e.extended&flagSkipWorktree != 0 && path.Base(e.name) == ".gitignore" {
		x.elsewhere = append(x.elsewhere, x.hash(e.name))
	}
}

func (e listedFile) isFile() bool {
	return e.mode&modeType != modeFolder && e.mode&modeType != modeSubmodule
}

// offsetVarint reads the number that version 4 puts before a name: seven bits a
// byte, big end first, each continuation adding one. The length is 0 for none.
func offsetVarint(p []byte) (v uint64, n int) {
	for i, b := range p[:min(len(p), 5)] {
		if i > 0 {
			v++
		}
		v = v<<7 | uint64(b&0x7f)
		if b&0x80 == 0 {
			return v, i + 1
		}
	}
	return 0, 0
}

// checkExtensions walks the extensions after the entries. Those whose name
// begins with a capital letter may be passed over; "link" makes the index a
// split one; "sdir" says that folders stand for files, which entries deals with.
func checkExtensions(data []byte) error {
	for len(data) > 0 {
		if len(data) < 8 {
			return errIndexCorrupt
		}
		name, size := string(data[:4]), binary.BigEndian.Uint32(data[4:])
		if uint64(size) > uint64(len(data)-8) {
			return errIndexCorrupt
		}
		if name != "sdir" && (name[0] < 'A' || name[0] > 'Z') {
			return errIndexUnread
		}
		data = data[8+size:]
	}
	return nil
}

func (x *index) hash(name string) uint64 { return maphash.String(x.seed, name) }

func has(list []uint64, hash uint64) bool {
	_, ok := slices.BinarySearch(list, hash)
	return ok
}

// tracked reports whether the index holds the file at name. known is false when
// a folder above it is one that the index does not list.
func (x *index) tracked(name string, fold bool) (tracked, known bool) {
	if has(x.paths, x.hash(name)) || fold && has(x.folded, x.hash(foldString(name))) {
		return true, true
	}
	if len(x.opaque) > 0 {
		for i := range len(name) {
			if name[i] == '/' && has(x.opaque, x.hash(name[:i])) {
				return false, false
			}
		}
	}
	return false, true
}

// foldString is the path in lower case as git folds it: ASCII letters only.
func foldString(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = foldByte(c, true)
	}
	return string(b)
}
