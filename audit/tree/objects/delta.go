package objects

import (
	"errors"
	"math/bits"
)

var errDelta = errors.New("corrupt delta")

// Range is a half-open interval of an object's bytes.
type Range struct{ Start, End int }

// deltaSizes reads the sizes of base and target that a delta starts with, and
// gives what is left of it.
func deltaSizes(delta []byte) (base, target int64, rest []byte, err error) {
	if base, delta, err = deltaSize(delta); err == nil {
		target, delta, err = deltaSize(delta)
	}
	return base, target, delta, err
}

func deltaSize(delta []byte) (int64, []byte, error) {
	size := uint64(0)
	for i, shift := 0, 0; i < len(delta) && shift <= 56; i, shift = i+1, shift+7 {
		c := delta[i]
		size |= uint64(c&0x7f) << shift
		if c&0x80 == 0 {
			return int64(size), delta[i+1:], nil
		}
	}
	return 0, nil, errDelta
}

// deltaMakes reports whether a delta's instructions make as many bytes as it
// says, before room is made for them.
func deltaMakes(target int64, delta []byte) bool {
	for i := 0; i < len(delta); {
		c := delta[i]
		i++
		if c&0x80 == 0 {
			i += int(c)
			target -= int64(c)
			continue
		}
		i += bits.OnesCount8(c & 0x0f)
		n := int64(0)
		for bit := range 3 {
			if c>>(4+bit)&1 != 0 {
				if i >= len(delta) {
					return false
				}
				n |= int64(delta[i]) << (8 * bit)
				i++
			}
		}
		if n == 0 {
			n = 1 << 16
		}
		target -= n
	}
	return target == 0
}

// applyDelta makes dst, which has the target's size, of base and a delta's
// instructions (gitformat-pack(5), "Deltified representation"). It appends to
// fresh the ranges of dst that the delta inserts, ascending and apart from each
// other; an empty one marks where pieces of base meet that did not there, or
// where dst starts or ends elsewhere than base does.
func applyDelta(dst, base, delta []byte, fresh []Range) ([]Range, error) {
	out := 0
	next := 0 // what in base would go on from the last copy; -1 after an insertion
	mark := func(start, end int) {
		if k := len(fresh) - 1; k >= 0 && fresh[k].End == start {
			fresh[k].End = end
		} else {
			fresh = append(fresh, Range{start, end})
		}
	}
	for i := 0; i < len(delta); {
		c := delta[i]
		i++
		if c&0x80 == 0 {
			n := int(c)
			if n == 0 || n > len(delta)-i || n > len(dst)-out {
				return fresh, errDelta
			}
			copy(dst[out:out+n], delta[i:i+n])
			mark(out, out+n)
			i += n
			out += n
			next = -1
			continue
		}
		var from, n int
		for bit := range 4 {
			if c>>bit&1 != 0 {
				if i == len(delta) {
					return fresh, errDelta
				}
				from |= int(delta[i]) << (8 * bit)
				i++
			}
		}
		for bit := range 3 {
			if c>>(4+bit)&1 != 0 {
				if i == len(delta) {
					return fresh, errDelta
				}
				n |= int(delta[i]) << (8 * bit)
				i++
			}
		}
		if n == 0 {
			n = 1 << 16
		}
		if from < 0 || from > len(base) || n > len(base)-from || n > len(dst)-out {
			return fresh, errDelta
		}
		if next >= 0 && from != next {
			mark(out, out)
		}
		copy(dst[out:out+n], base[from:from+n])
		out += n
		next = from + n
	}
	if out != len(dst) {
		return fresh, errDelta
	}
	if next >= 0 && next != len(base) {
		mark(out, out)
	}
	return fresh, nil
}
