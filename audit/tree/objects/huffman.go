package objects

import "math/bits"

// An entry of a decoding table is one number, so that one load says all:
//
//	bits 0-7    bits to take from the stream, extra bits among them
//	bits 8-12   of these, the bits of the code itself
//	bits 16-30  the literal, or what the extra bits are added to, or where the
//	            second table starts
//	bit 31      a literal
//	bits 13-15  exceptions: see the constants
const (
	entryLiteral = 1 << 31
	entryInvalid = 1 << 15 // no code of this alphabet
	entryEnd     = 1 << 14 // the end of the block
	entrySecond  = 1 << 13 // bits 8-12 are the bits of a second table
	entrySpecial = entryInvalid | entryEnd | entrySecond
)

const (
	maxCode = 15 // bits of the longest code (RFC 1951, 3.2.7)

	litBits  = 10 // bits that the first tables are looked up by
	distBits = 8
	// The most entries that tables for a complete code of 288 and of 32 symbols
	// can need is 1334 and 402; the next power of two lets a mask stand for a
	// bounds check.
	litTable  = 2048
	distTable = 512
)

// codeTable fills table from the lengths of the codes of an alphabet, whose
// entries symbols gives without lengths; it returns the bits of the first table.
// Like zlib, it takes a code that is complete, or that has a single code of one
// bit, or none.
func codeTable(table []uint32, lengths []uint8, symbols []uint32, first int) (int, bool) {
	var count [maxCode + 1]int
	for _, n := range lengths {
		count[n]++
	}
	longest := maxCode
	for longest > 0 && count[longest] == 0 {
		longest--
	}
	if longest == 0 {
		table[0], table[1] = entryInvalid, entryInvalid
		return 1, true
	}
	var next, start [maxCode + 2]int // the next code of a length; where its symbols start
	space := 0                       // used up of 1<<maxCode
	code := 0
	for n := 1; n <= longest; n++ {
		space += count[n] << (maxCode - n)
		next[n] = code
		code = (code + count[n]) << 1
		start[n+1] = start[n] + count[n]
	}
	single := longest == 1 && count[1] == 1
	if space != 1<<maxCode && !single {
		return 0, false
	}
	if single {
		table[1] = entryInvalid
	}
	var sorted [288]uint16
	place := start
	for sym, n := range lengths {
		if n != 0 {
			sorted[place[n]] = uint16(sym)
			place[n]++
		}
	}
	first = min(first, longest)
	for n := 1; n <= first; n++ {
		for i, sym := range sorted[start[n]:start[n+1]] {
			at := int(bits.Reverse16(uint16(next[n]+i)) >> (16 - n))
			e := symbols[sym] + uint32(n)<<8 + uint32(n)
			for ; at < 1<<first; at += 1 << n {
				table[at] = e
			}
		}
	}
	// Codes that are longer share second tables by their first bits: each is as
	// wide as the codes that follow need to fill it.
	end, prefix, from, width := 1<<first, -1, 0, 0
	for n := first + 1; n <= longest; n++ {
		for i, sym := range sorted[start[n]:start[n+1]] {
			rev := int(bits.Reverse16(uint16(next[n]+i)) >> (16 - n))
			if p := rev & (1<<first - 1); p != prefix {
				prefix, from, width = p, end, n-first
				for used := count[n] - i; used < 1<<width && first+width < longest; {
					width++
					used = used<<1 + count[first+width]
				}
				end += 1 << width
				if end > len(table) {
					return 0, false
				}
				table[p] = uint32(from)<<16 | entrySecond | uint32(width)<<8 | uint32(first)
			}
			e := symbols[sym] + uint32(n-first)<<8 + uint32(n-first)
			for at := rev >> first; at < 1<<width; at += 1 << (n - first) {
				table[from+at] = e
			}
		}
	}
	return first, true
}

// alphabets are the entries of the symbols before their codes are known, and
// the tables of the fixed code (RFC 1951, 3.2.5 and 3.2.6).
type alphabets struct {
	lit     [288]uint32
	dist    [32]uint32
	lengths [19]uint32

	fixedLit  [litTable]uint32
	fixedDist [distTable]uint32

	fixedLitBits, fixedDistBits int
}

func newAlphabets() *alphabets {
	a := new(alphabets)
	for i := range 256 {
		a.lit[i] = entryLiteral | uint32(i)<<16
	}
	a.lit[256] = entryEnd
	length := uint32(3)
	for i := range uint32(28) {
		extra := uint32(0)
		if i >= 8 {
			extra = i/4 - 1
		}
		a.lit[257+i] = length<<16 | extra
		length += 1 << extra
	}
	a.lit[285] = 258 << 16
	a.lit[286], a.lit[287] = entryInvalid, entryInvalid
	distance := uint32(1)
	for i := range uint32(30) {
		extra := uint32(0)
		if i >= 4 {
			extra = i/2 - 1
		}
		a.dist[i] = distance<<16 | extra
		distance += 1 << extra
	}
	a.dist[30], a.dist[31] = entryInvalid, entryInvalid
	for i := range uint32(19) {
		a.lengths[i] = i << 16
	}

	var n [288]uint8
	for i := range n {
		switch {
		case i < 144:
			n[i] = 8
		case i < 256:
			n[i] = 9
		case i < 280:
			n[i] = 7
		default:
			n[i] = 8
		}
	}
	a.fixedLitBits, _ = codeTable(a.fixedLit[:], n[:], a.lit[:], litBits)
	for i := range 32 {
		n[i] = 5
	}
	a.fixedDistBits, _ = codeTable(a.fixedDist[:], n[:32], a.dist[:], distBits)
	return a
}
