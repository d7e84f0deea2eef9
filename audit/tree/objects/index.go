package objects

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync/atomic"
)

var errIndex = errors.New("corrupt pack index")

// index is a pack's index, of version 1 or 2 (gitformat-pack(5)): the names of
// its objects in ascending order, and where each begins.
type index struct {
	format Format
	count  int
	fanout []byte // 256 big-endian numbers: the objects up to each first byte
	// names and offsets are columns of the file; in version 1, of rows that hold
	// both.
	names, offsets []byte
	nameStep       int
	offsetStep     int
	large          []byte // offsets past 2 GiB
	// order is the positions by name, where the file has its names out of order.
	order atomic.Pointer[[]uint32]
}

// parseIndex takes an index apart. That names ascend and offsets lie in the pack
// is not held here: who uses them does.
func parseIndex(data []byte, format Format) (*index, error) {
	size := format.Size()
	x := &index{format: format}
	v2 := len(data) >= 8 && string(data[:4]) == "\xfftOc"
	if v2 {
		if version := binary.BigEndian.Uint32(data[4:]); version != 2 {
			return nil, fmt.Errorf("pack index of version %d: %w", version, ErrFormat)
		}
		data = data[8:]
	}
	if len(data) < 4*256+2*size {
		return nil, errIndex
	}
	x.fanout = data[:4*256]
	data = data[4*256 : len(data)-2*size]
	last := uint32(0)
	for i := range 256 {
		n := binary.BigEndian.Uint32(x.fanout[4*i:])
		if n < last {
			return nil, errIndex
		}
		last = n
	}
	x.count = int(last)
	if !v2 {
		if int64(x.count)*int64(4+size) != int64(len(data)) {
			return nil, errIndex
		}
		x.offsets, x.offsetStep = data, 4+size
		if x.count > 0 {
			x.names, x.nameStep = data[4:], 4+size
		}
		return x, nil
	}
	if int64(x.count)*int64(size+8) > int64(len(data)) {
		return nil, errIndex
	}
	x.names, x.nameStep, data = data[:x.count*size], size, data[x.count*size:]
	data = data[4*x.count:] // checksums of the compressed bytes
	x.offsets, x.offsetStep, x.large = data[:4*x.count], 4, data[4*x.count:]
	return x, nil
}

func (x *index) name(i int) []byte {
	return x.names[i*x.nameStep : i*x.nameStep+x.format.Size()]
}

func (x *index) id(i int) ID { return makeID(x.format, x.name(i)) }

// offset is where object i begins in the pack; it may be anything.
func (x *index) offset(i int) (uint64, bool) {
	n := binary.BigEndian.Uint32(x.offsets[i*x.offsetStep:])
	if n&(1<<31) == 0 || x.offsetStep != 4 {
		return uint64(n), true
	}
	at := int64(n&^(1<<31)) * 8
	if at+8 > int64(len(x.large)) {
		return 0, false
	}
	return binary.BigEndian.Uint64(x.large[at:]), true
}

// arrange makes every name be found, also in a file that has them out of order.
func (x *index) arrange() {
	first := func(b byte) int {
		if b == 0 {
			return 0
		}
		return int(binary.BigEndian.Uint32(x.fanout[4*int(b)-4:]))
	}
	var last []byte
	for i := range x.count {
		name := x.name(i)
		if i < first(name[0]) || i >= int(binary.BigEndian.Uint32(x.fanout[4*int(name[0]):])) || bytes.Compare(last, name) > 0 {
			order := make([]uint32, x.count)
			for i := range order {
				order[i] = uint32(i)
			}
			slices.SortStableFunc(order, func(a, b uint32) int { return bytes.Compare(x.name(int(a)), x.name(int(b))) })
			x.order.Store(&order)
			return
		}
		last = name
	}
}

// find gives the position of a name.
func (x *index) find(id ID) (int, bool) {
	want := id.sum[:x.format.Size()]
	if order := x.order.Load(); order != nil {
		i, ok := slices.BinarySearchFunc(*order, want, func(i uint32, want []byte) int { return bytes.Compare(x.name(int(i)), want) })
		if !ok {
			return 0, false
		}
		return int((*order)[i]), true
	}
	from, to := 0, int(binary.BigEndian.Uint32(x.fanout[4*int(want[0]):]))
	if want[0] > 0 {
		from = int(binary.BigEndian.Uint32(x.fanout[4*int(want[0])-4:]))
	}
	i := from + sort.Search(to-from, func(i int) bool { return bytes.Compare(x.name(from+i), want) >= 0 })
	return i, i < to && bytes.Equal(x.name(i), want)
}
