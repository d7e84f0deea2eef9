package decode

import (
	"encoding/binary"
	"math/bits"

	"scopeaudit/audit/rules"
)

// unread are the bytes that archives and compressed files begin with which are
// not opened. Nothing can be found in them as they stand, and that is said.
var unread = [...]string{
	"7z\xBC\xAF\x27\x1C",
	"Rar!\x1A\x07",
	"\x04\x22\x4D\x18",        // LZ4
	"LZIP\x01",                // lzip
	"\x89LZO\x00\r\n\x1A\n",   // lzop
	"MSCF\x00\x00\x00\x00",    // cabinets of Windows
	"\xED\xAB\xEE\xDB",        // RPM
	"!<arch>\ndebian-binary ", // Debian's packages
}

// asItStands notes that what begins so is searched, and holds more than can be
// seen.
func (r *reading) asItStands(name string, head []byte) {
	known := isLZMA(head) || isCompress(head)
	for _, magic := range unread {
		known = known || len(head) >= len(magic) && string(head[:len(magic)]) == magic
	}
	if known {
		r.skips.add(name, SkipFormat, rules.ByDesign)
	}
}

// isLZMA knows the form of LZMA before xz: usual properties, the size of a
// dictionary, and that of the file or none.
func isLZMA(head []byte) bool {
	if len(head) < 14 || head[0] != 0x5D || head[13] != 0 {
		return false
	}
	dictionary, size := binary.LittleEndian.Uint32(head[1:]), binary.LittleEndian.Uint64(head[5:])
	return dictionary >= 1<<12 && bits.OnesCount32(dictionary) <= 2 && (size == 1<<64-1 || size < 1<<40)
}

// isCompress knows Unix's compress, with codes of 9 to 16 bits.
func isCompress(head []byte) bool {
	return len(head) > 3 && head[0] == 0x1F && head[1] == 0x9D && head[2]&0x60 == 0 && 9 <= head[2]&0x1F && head[2]&0x1F <= 16
}
