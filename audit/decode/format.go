package decode

import (
	"bytes"
	"io"
)

// format is a kind of archive or compression.
type format int

const (
	noFormat format = iota
	zipFormat
	tarFormat
	gzipFormat
	bzip2Format
	xzFormat
	zstdFormat
)

// The bytes that formats begin with.
const (
	magicZip   = "PK\x03\x04"
	magicGzip  = "\x1F\x8B\x08"
	magicBzip2 = "BZh"
	magicXZ    = "\xFD7zXZ\x00"
	magicZstd  = "\x28\xB5\x2F\xFD"

	// Blocks of bzip2, and its end, begin with digits of π and of its root.
	bzip2Block = "1AY&SY"
	bzip2End   = "\x17\x72\x45\x38\x50\x90"

	// A zip's directory ends so, 22 bytes before the end if it has no comment.
	// It may have anything in front: a program that unpacks it.
	zipEnd     = "PK\x05\x06"
	zipEndSize = 22

	tarBlock = 512
)

// sniffFormat tells what data is by what it holds. Head is its beginning, of at
// least a block of tar if it is as long, and tail its last zipEndSize bytes.
func sniffFormat(head, tail []byte) format {
	has := func(magic string) bool { return len(head) >= len(magic) && string(head[:len(magic)]) == magic }
	switch {
	case has(magicZip), has(zipEnd) && len(head) >= zipEndSize:
		return zipFormat
	case has(magicGzip) && len(head) > 9 && head[3] < 0x20:
		return gzipFormat
	case has(magicBzip2) && len(head) >= 10 && '1' <= head[3] && head[3] <= '9' &&
		(string(head[4:10]) == bzip2Block || string(head[4:10]) == bzip2End):
		return bzip2Format
	case has(magicXZ):
		return xzFormat
	case has(magicZstd):
		return zstdFormat
	case isTar(head):
		return tarFormat
	case len(tail) == zipEndSize && string(tail[:4]) == zipEnd && tail[20] == 0 && tail[21] == 0:
		return zipFormat
	}
	return noFormat
}

// isTar says whether head is the header of a member of tar: by its magic, or for
// the oldest ones by the checksum, which no text has by chance.
func isTar(head []byte) bool {
	if len(head) < tarBlock || head[0] == 0 {
		return false
	}
	if sum := head[148:156]; sum[0] != ' ' && (sum[0] < '0' || sum[0] > '7') {
		return false
	}
	var want, sum, signed int
	for _, b := range bytes.Trim(head[148:156], " \x00") {
		if b < '0' || b > '7' {
			return false
		}
		want = want<<3 | int(b-'0')
	}
	sum, signed = 8*' ', 8*' ' // the checksum counts as spaces
	for i, b := range head[:tarBlock] {
		if i < 148 || i >= 156 {
			sum += int(b)
			signed += int(int8(b))
		}
	}
	return want == sum || want == signed
}

func sniff(data []byte) format {
	return sniffFormat(data[:min(len(data), tarBlock)], data[max(0, len(data)-zipEndSize):])
}

// sniffAt is sniffFormat of what an io.ReaderAt holds, or of as much of it as can
// be read.
func sniffAt(at io.ReaderAt, size int64) format {
	head := make([]byte, min(size, tarBlock))
	n, _ := at.ReadAt(head, 0)
	tail := make([]byte, min(size, zipEndSize))
	m, _ := at.ReadAt(tail, size-int64(len(tail)))
	return sniffFormat(head[:n], tail[:m])
}
