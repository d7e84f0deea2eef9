package objects

import (
	"encoding/binary"
	"errors"
	"hash/adler32"
)

var (
	errInflate = errors.New("corrupt deflate data")
	errZlib    = errors.New("corrupt zlib header")
	errCut     = errors.New("deflate data ends early")
	errSize    = errors.New("object is not of the size that it says")
	errSum     = errors.New("wrong checksum of deflate data")
)

// inflater decompresses objects (RFC 1950, RFC 1951). A pack says of each object
// how large it is, and holds its compressed bytes in one piece; so this one goes
// from slice to slice without a window between, which is what makes it faster
// than a reader. It is not safe for concurrent use.
type inflater struct {
	alpha *alphabets
	lit   [litTable]uint32
	dist  [distTable]uint32
	code  [128]uint32
	lens  [288 + 32]uint8
	sum   bool // hold the data to their checksum
	used  int  // bytes of the last stream
}

func newInflater(sum bool) *inflater { return &inflater{alpha: newAlphabets(), sum: sum} }

// inflate fills dst from the zlib stream at the start of src, which must hold
// exactly as much, and returns how many bytes of src the stream takes. What lies
// behind it in src may be anything. It goes faster to the end where dst has room
// for slack bytes more, which it then spoils.
func (z *inflater) inflate(dst, src []byte) (int, error) {
	if len(src) < 2 {
		return 0, errCut
	}
	if h := binary.BigEndian.Uint16(src); h%31 != 0 || src[0]&15 != 8 || src[0]>>4 > 7 || src[1]&0x20 != 0 {
		return 0, errZlib
	}
	s := stream{src: src, dst: dst[:cap(dst)], size: len(dst), pos: 2}
	for last := false; !last; {
		s.refill()
		last = s.buf&1 != 0
		kind := s.buf >> 1 & 3
		s.take(3)
		var err error
		switch kind {
		case 0:
			err = s.stored()
		case 1:
			err = s.block(&z.alpha.fixedLit, &z.alpha.fixedDist, z.alpha.fixedLitBits, z.alpha.fixedDistBits)
		case 2:
			var lit, dist int
			if lit, dist, err = z.tables(&s); err == nil {
				err = s.block(&z.lit, &z.dist, lit, dist)
			}
		default:
			err = errInflate
		}
		if err != nil {
			return 0, err
		}
	}
	end := s.at()
	if s.over() || end+4 > len(src) {
		return 0, errCut
	}
	if s.out != s.size {
		return 0, errSize
	}
	if z.sum && binary.BigEndian.Uint32(src[end:]) != adler32.Checksum(dst) {
		return 0, errSum
	}
	z.used = end + 4
	return z.used, nil
}

// slack is more than a step of decompression can make: three literals, and a
// match that is copied in words of 8.
const slack = 3 + 258 + 8

// stream is where decompression has come to.
type stream struct {
	src, dst []byte
	pos, out int
	size     int    // how much dst may hold in the end
	buf      uint64 // bits not yet used, the next lowest
	n        uint   // how many; at least, since bits above them may be set too
	virtual  int    // zero bytes that were read behind the end of src
}

func (s *stream) take(n uint) { s.buf >>= n; s.n -= n }

// refill makes at least 56 bits ready. Behind the end of the input it makes
// zeros, which over tells of.
func (s *stream) refill() {
	if s.pos+8 <= len(s.src) {
		s.buf |= binary.LittleEndian.Uint64(s.src[s.pos:]) << (s.n & 63)
		s.pos += int(63-s.n) >> 3
		s.n |= 56
		return
	}
	for s.n < 56 {
		if s.pos < len(s.src) {
			// Bits above n may be there from a fast refill: the same ones.
			s.buf |= uint64(s.src[s.pos]) << s.n
			s.pos++
		} else {
			s.virtual++
		}
		s.n += 8
	}
}

// at is the position in src of the first byte of which no bit was used.
func (s *stream) at() int { return s.pos + s.virtual - int(s.n>>3) }

// over reports whether more bits were used than there are.
func (s *stream) over() bool { return s.virtual*8 > int(s.n) }

// stored copies a block that is not compressed (RFC 1951, 3.2.4).
func (s *stream) stored() error {
	if s.over() {
		return errCut
	}
	at := s.at()
	if at+4 > len(s.src) {
		return errCut
	}
	n := int(binary.LittleEndian.Uint16(s.src[at:]))
	if n^0xffff != int(binary.LittleEndian.Uint16(s.src[at+2:])) {
		return errInflate
	}
	at += 4
	switch {
	case n > len(s.src)-at:
		return errCut
	case n > s.size-s.out:
		return errSize
	}
	copy(s.dst[s.out:], s.src[at:at+n])
	s.out += n
	s.pos, s.buf, s.n, s.virtual = at+n, 0, 0, 0
	return nil
}

// tables reads the codes of a dynamic block (RFC 1951, 3.2.7).
func (z *inflater) tables(s *stream) (litWidth, distWidth int, err error) {
	s.refill()
	lits := int(s.buf&31) + 257
	dists := int(s.buf>>5&31) + 1
	codes := int(s.buf>>10&15) + 4
	s.take(14)
	if lits > 286 || dists > 30 {
		return 0, 0, errInflate
	}
	var lens [19]uint8
	for i := range codes {
		if i&15 == 0 {
			s.refill()
		}
		lens["\x10\x11\x12\x00\x08\x07\x09\x06\x0a\x05\x0b\x04\x0c\x03\x0d\x02\x0e\x01\x0f"[i]] = uint8(s.buf & 7)
		s.take(3)
	}
	bits, ok := codeTable(z.code[:], lens[:], z.alpha.lengths[:], 7)
	if !ok {
		return 0, 0, errInflate
	}
	for i := 0; i < lits+dists; {
		s.refill()
		e := z.code[s.buf&(1<<bits-1)]
		if e&entryInvalid != 0 {
			return 0, 0, errInflate
		}
		s.take(uint(e & 0xff))
		var val uint8
		var n int
		switch sym := e >> 16; sym {
		default:
			z.lens[i] = uint8(sym)
			i++
			continue
		case 16:
			if i == 0 {
				return 0, 0, errInflate
			}
			val, n = z.lens[i-1], 3+int(s.buf&3)
			s.take(2)
		case 17:
			n = 3 + int(s.buf&7)
			s.take(3)
		case 18:
			n = 11 + int(s.buf&127)
			s.take(7)
		}
		if n > lits+dists-i {
			return 0, 0, errInflate
		}
		for end := i + n; i < end; i++ {
			z.lens[i] = val
		}
	}
	if s.over() {
		return 0, 0, errCut
	}
	if z.lens[256] == 0 {
		return 0, 0, errInflate // the block could not end
	}
	litWidth, ok = codeTable(z.lit[:], z.lens[:lits], z.alpha.lit[:], litBits)
	if !ok {
		return 0, 0, errInflate
	}
	distWidth, ok = codeTable(z.dist[:], z.lens[lits:lits+dists], z.alpha.dist[:], distBits)
	if !ok {
		return 0, 0, errInflate
	}
	return litWidth, distWidth, nil
}

// block decompresses the symbols of one block. The first loop runs where neither
// the input nor the output can end, the second looks at each step.
func (s *stream) block(lit *[litTable]uint32, dist *[distTable]uint32, litWidth, distWidth int) error {
	src, dst := s.src, s.dst
	pos, out, buf, n := s.pos, s.out, s.buf, s.n
	litMask, distMask := uint64(1)<<litWidth-1, uint64(1)<<distWidth-1
	// A step takes at most 15 bytes and makes less than slack.
	for s.virtual == 0 && pos+16 <= len(src) && out+slack <= len(dst) && out <= s.size {
		buf |= binary.LittleEndian.Uint64(src[pos:]) << (n & 63)
		pos += int(63-n) >> 3
		n |= 56
		e := lit[buf&litMask&(litTable-1)]
		if e&entryLiteral != 0 {
			buf >>= e & 63
			n -= uint(e & 63)
			dst[out] = byte(e >> 16)
			out++
			e = lit[buf&litMask&(litTable-1)]
			if e&entryLiteral != 0 {
				buf >>= e & 63
				n -= uint(e & 63)
				dst[out] = byte(e >> 16)
				out++
				e = lit[buf&litMask&(litTable-1)]
				if e&entryLiteral != 0 {
					buf >>= e & 63
					n -= uint(e & 63)
					dst[out] = byte(e >> 16)
					out++
					continue
				}
			}
			// At most 20 bits are gone, and a length takes 20.
		}
		if e&entrySpecial != 0 {
			if e&entrySecond != 0 {
				buf >>= e & 63
				n -= uint(e & 63)
				e = lit[(uint64(e>>16)+buf&(1<<(e>>8&31)-1))&(litTable-1)]
				if e&entryLiteral != 0 {
					buf >>= e & 63
					n -= uint(e & 63)
					dst[out] = byte(e >> 16)
					out++
					continue
				}
			}
			if e&entryInvalid != 0 {
				return errInflate
			}
			if e&entryEnd != 0 {
				buf >>= e & 63
				n -= uint(e & 63)
				s.pos, s.out, s.buf, s.n = pos, out, buf, n
				return nil
			}
		}
		length := int(e>>16&0x1ff) + int(buf&(1<<(e&63)-1)>>(e>>8&31))
		buf >>= e & 63
		n -= uint(e & 63)

		if n < 28 { // the longest code of a distance, 15 bits, and 13 extra ones
			buf |= binary.LittleEndian.Uint64(src[pos:]) << (n & 63)
			pos += int(63-n) >> 3
			n |= 56
		}
		e = dist[buf&distMask&(distTable-1)]
		if e&entrySpecial != 0 {
			if e&entryInvalid != 0 {
				return errInflate
			}
			buf >>= e & 63
			n -= uint(e & 63)
			e = dist[(uint64(e>>16)+buf&(1<<(e>>8&31)-1))&(distTable-1)]
			if e&entryInvalid != 0 {
				return errInflate
			}
		}
		back := int(e>>16) + int(buf&(1<<(e&63)-1)>>(e>>8&31))
		buf >>= e & 63
		n -= uint(e & 63)
		if back > out {
			return errInflate
		}
		from := out - back
		if back >= 8 {
			// Word by word, up to 7 bytes too many, which the next step overwrites.
			to := dst[out : out+length+8]
			was := dst[from : from+length+8]
			for i := 0; i < length; i += 8 {
				binary.LittleEndian.PutUint64(to[i:], binary.LittleEndian.Uint64(was[i:]))
			}
		} else if back == 1 {
			to := dst[out : out+length]
			b := dst[from]
			for i := range to {
				to[i] = b
			}
		} else {
			to := dst[out : out+length]
			was := dst[from : from+length]
			for i := range to {
				to[i] = was[i]
			}
		}
		out += length
	}
	s.pos, s.out, s.buf, s.n = pos, out, buf, n
	return s.slow(lit, dist, litMask, distMask)
}

// slow is block near the ends of input and output.
func (s *stream) slow(lit *[litTable]uint32, dist *[distTable]uint32, litMask, distMask uint64) error {
	for {
		s.refill()
		e := lit[s.buf&litMask&(litTable-1)]
		if e&entryLiteral == 0 && e&entrySecond != 0 {
			s.take(uint(e & 63))
			e = lit[(uint64(e>>16)+s.buf&(1<<(e>>8&31)-1))&(litTable-1)]
		}
		switch {
		case e&entryLiteral != 0:
			s.take(uint(e & 63))
			if s.out >= s.size {
				return errSize
			}
			s.dst[s.out] = byte(e >> 16)
			s.out++
			if s.over() {
				return errCut
			}
			continue
		case e&entryInvalid != 0:
			return errInflate
		case e&entryEnd != 0:
			s.take(uint(e & 63))
			if s.over() {
				return errCut
			}
			return nil
		}
		length := int(e>>16&0x1ff) + int(s.buf&(1<<(e&63)-1)>>(e>>8&31))
		s.take(uint(e & 63))
		s.refill()
		e = dist[s.buf&distMask&(distTable-1)]
		if e&entrySecond != 0 {
			s.take(uint(e & 63))
			e = dist[(uint64(e>>16)+s.buf&(1<<(e>>8&31)-1))&(distTable-1)]
		}
		if e&entryInvalid != 0 {
			return errInflate
		}
		back := int(e>>16) + int(s.buf&(1<<(e&63)-1)>>(e>>8&31))
		s.take(uint(e & 63))
		switch {
		case s.over():
			return errCut
		case back > s.out:
			return errInflate
		case length > s.size-s.out:
			return errSize
		}
		to, was := s.dst[s.out:s.out+length], s.dst[s.out-back:]
		for i := range to {
			to[i] = was[i]
		}
		s.out += length
	}
}
