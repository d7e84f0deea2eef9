package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// xz writes data as an .xz file of uncompressed LZMA2 chunks (xz file format
// 1.2.1): enough to be one, without an encoder. The chunks are so short that no
// token stands whole between two of their heads.
func xz(data []byte) []byte {
	le32 := binary.LittleEndian.AppendUint32
	sum := func(b []byte) []byte { return le32(b, crc32.ChecksumIEEE(b)) }
	flags := []byte{0, 1} // the check is CRC32

	out := append([]byte("\xfd7zXZ\x00"), flags...)
	out = le32(out, crc32.ChecksumIEEE(flags))
	// A header of 12 bytes: no sizes, the filter LZMA2 with its smallest dictionary.
	block := sum([]byte{12/4 - 1, 0, 0x21, 1, 0, 0, 0, 0})
	control := byte(1) // stored, the dictionary reset; then 2: stored
	for chunk := range slices.Chunk(data, 20) {
		block = append(append(block, control, 0, byte(len(chunk)-1)), chunk...)
		control = 2
	}
	block = append(block, 0)
	unpadded := len(block) + 4
	block = append(block, make([]byte, -len(block)&3)...)
	out = append(out, le32(block, crc32.ChecksumIEEE(data))...)

	index := binary.AppendUvarint([]byte{0, 1}, uint64(unpadded))
	index = binary.AppendUvarint(index, uint64(len(data)))
	index = sum(append(index, make([]byte, -len(index)&3)...))
	out = append(out, index...)
	footer := append(le32(nil, uint32(len(index)/4-1)), flags...)
	return bytes.Join([][]byte{out, le32(nil, crc32.ChecksumIEEE(footer)), footer, []byte("YZ")}, nil)
}
