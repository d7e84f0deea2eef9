package main

import (
	"bytes"
	"math/bits"
	"slices"
)

// bzip2 writes data, of some kilobytes, as a .bz2 file; the standard library only
// reads them. The block is sorted naively
// and coded with lengths that differ by one at most: nothing of it is fast or
// small, all of it is bzip2.
func bzip2(data []byte) []byte {
	var w bitWriter
	crc := blockCRC(data)
	w.bytes([]byte("BZh9"))
	w.put(48, 0x314159265359)
	w.put(32, uint64(crc))
	w.put(1, 0) // not randomised

	data = foldRuns(data)
	last, origin := rotate(data)
	w.put(24, uint64(origin))
	used := slices.Compact(slices.Sorted(slices.Values(data)))
	var groups uint64
	for _, b := range used {
		groups |= 1 << (15 - b>>4)
	}
	w.put(16, groups)
	for g := range byte(16) {
		if groups>>(15-g)&1 == 1 {
			for low := range byte(16) {
				w.put(1, map[bool]uint64{true: 1}[slices.Contains(used, g<<4|low)])
			}
		}
	}

	symbols := moveToFront(last, used)
	alphabet := len(used) + 2
	w.put(3, 2) // tables: two is the least, and they are alike
	selectors := (len(symbols) + 49) / 50
	w.put(15, uint64(selectors))
	w.put(selectors, 0)
	length, code := flatCode(alphabet)
	for range 2 {
		w.put(5, uint64(length(0)))
		for s := range alphabet {
			if s > 0 && length(s) > length(s-1) {
				w.put(2, 0b10)
			}
			w.put(1, 0)
		}
	}
	for _, s := range symbols {
		w.put(length(s), code(s))
	}
	w.put(48, 0x177245385090)
	w.put(32, uint64(crc)) // of the stream: that of its only block
	return w.end()
}

// foldRuns writes how many more follow after four equal bytes, up to 251 of them.
func foldRuns(data []byte) []byte {
	var out []byte
	for len(data) > 0 {
		n := 1
		for n < len(data) && n < 255 && data[n] == data[0] {
			n++
		}
		out = append(out, data[:min(n, 4)]...)
		if n >= 4 {
			out = append(out, byte(n-4))
		}
		data = data[n:]
	}
	return out
}

// rotate gives the last column of the sorted rotations of data, and which of
// them is data itself.
func rotate(data []byte) (last []byte, origin int) {
	twice := append(slices.Clone(data), data...)
	order := make([]int, len(data))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return bytes.Compare(twice[a:a+len(data)], twice[b:b+len(data)]) })
	for _, at := range order {
		last = append(last, twice[at+len(data)-1])
	}
	return last, slices.Index(order, 0)
}

// moveToFront codes each byte by its place in a list that keeps what was used
// last in front, runs of place zero in bijective base two, and the end.
func moveToFront(data, used []byte) []int {
	list := slices.Clone(used)
	var out []int
	zeros := 0
	flush := func() {
		for n := zeros; n > 0; n = (n - 1) / 2 {
			out = append(out, (n-1)%2)
		}
		zeros = 0
	}
	for _, b := range data {
		at := bytes.IndexByte(list, b)
		if at == 0 {
			zeros++
			continue
		}
		flush()
		out = append(out, at+1)
		copy(list[1:], list[:at])
		list[0] = b
	}
	flush()
	return append(out, len(used)+1)
}

// flatCode is a complete canonical prefix code of n symbols.
func flatCode(n int) (length func(int) int, code func(int) uint64) {
	long := bits.Len(uint(n - 1))
	short := 1<<long - n // symbols with one bit less
	length = func(s int) int {
		if s < short {
			return long - 1
		}
		return long
	}
	code = func(s int) uint64 {
		if s < short {
			return uint64(s)
		}
		return uint64(s + short)
	}
	return length, code
}

// blockCRC is CRC-32 with the bits of a byte taken from the top.
func blockCRC(data []byte) uint32 {
	crc := ^uint32(0)
	for _, b := range data {
		crc ^= uint32(b) << 24
		for range 8 {
			top := crc >> 31
			crc = crc<<1 ^ top*0x04c11db7
		}
	}
	return ^crc
}

// bitWriter writes bits, the highest first.
type bitWriter struct {
	out  []byte
	bits int
}

func (w *bitWriter) put(n int, v uint64) {
	for i := n - 1; i >= 0; i-- {
		if w.bits%8 == 0 {
			w.out = append(w.out, 0)
		}
		if i < 64 {
			w.out[len(w.out)-1] |= byte(v>>i&1) << (7 - w.bits%8)
		}
		w.bits++
	}
}

func (w *bitWriter) bytes(b []byte) {
	for _, c := range b {
		w.put(8, uint64(c))
	}
}

func (w *bitWriter) end() []byte { return w.out }
