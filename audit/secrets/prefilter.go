package secrets

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// prefilter finds every place where one of some literals stands, in one pass
// (Wu and Manber: a table over pairs of bytes says how far the search may jump).
// Of each literal the four bytes that are rarest in text are looked for; the
// rest is compared where they are met. No literal has two zeros in a row.
type prefilter struct {
	shift  [1 << 16]uint8  // by pair: how far to jump; zero where a probe may end
	bucket [1 << 16]uint16 // by pair: one more than an index into probes
	probes [][]probe
	short  []probe // those of minLiteral
}

// probe is what is looked for of one literal.
type probe struct {
	literal string
	fold    bool   // ASCII letters match in either case; literal is in lower case
	at      int    // where the four bytes begin in literal; -1 if one stands before it
	word    uint32 // the four bytes
	mask    uint32 // 0x20 for each byte that is compared without case
	id      int    // what the caller calls it
}

// probeLen is how many bytes a probe compares at once. A literal of one byte
// less is looked for behind any byte, and at the start of the data.
const probeLen = 4

// minLiteral is the shortest literal there may be.
const minLiteral = probeLen - 1

// literal is one thing to look for.
type literal struct {
	text string
	fold bool
	id   int
}

func newPrefilter(literals []literal) *prefilter {
	f := &prefilter{}
	for i := range f.shift {
		f.shift[i] = probeLen - 1
	}
	for _, l := range literals {
		p := probe{literal: l.text, fold: l.fold, id: l.id, at: -1}
		first, four := 1, "\xFF"+l.text
		if len(l.text) >= probeLen {
			p.at = rarest(l.text)
			first, four = 0, l.text[p.at:p.at+probeLen]
		} else {
			f.short = append(f.short, p)
			p.word, p.mask = 0xFF, 0xFF
		}
		for i := first; i < probeLen; i++ {
			p.word |= uint32(four[i]) << (8 * i)
			if l.fold && isLower(four[i]) {
				p.mask |= 0x20 << (8 * i)
			}
		}
		for end := 1; end < probeLen; end++ {
			if end == first {
				for a := range 1 << 8 {
					for _, b := range cases(four[end], l.fold) {
						pair := uint16(b)<<8 | uint16(a)
						f.shift[pair] = min(f.shift[pair], uint8(probeLen-1-end))
					}
				}
				continue
			}
			for _, a := range cases(four[end-1], l.fold) {
				for _, b := range cases(four[end], l.fold) {
					pair := uint16(b)<<8 | uint16(a)
					f.shift[pair] = min(f.shift[pair], uint8(probeLen-1-end))
					if end == probeLen-1 {
						if f.bucket[pair] == 0 {
							f.probes = append(f.probes, nil)
							f.bucket[pair] = uint16(len(f.probes))
						}
						list := &f.probes[f.bucket[pair]-1]
						*list = append(*list, p)
					}
				}
			}
		}
	}
	return f
}

// each calls hit with the id and the position of every literal that begins in
// data[from:to], in ascending order of where their rarest bytes stand; those of
// minLiteral at the very start first.
func (f *prefilter) each(data []byte, from, to int, hit func(id, pos int)) {
	// A literal that begins before to may have its probe after it.
	end := min(len(data), to+maxLiteral)
	if from == 0 && to > 0 {
		for n := range f.short {
			if p := &f.short[n]; p.matches(data, 0) {
				hit(p.id, 0)
			}
		}
	}
	var s search
	// A short literal's probe begins one byte before it.
	for i := max(from-1, 0) + probeLen - 1; i < end; i += blockSize {
		rest := data[i-1 : end]
		if n := min(len(rest), blockSize+1); blank(rest[:n]) {
			continue
		}
		size, text := lane, &s.text
		if len(rest) >= len(text) {
			text = (*[blockSize + 1]byte)(rest)
		} else {
			size = (len(rest) + lanes - 1) / lanes
			clear(text[copy(text[:], rest):])
		}
		f.candidates(text, size, &s)
		for l := range s.met {
			for _, at := range s.met[l].at[:s.met[l].n] {
				if at := i + int(at); at < end {
					f.verify(data, at, from, to, hit)
				}
			}
		}
	}
}

// Each jump waits for the memory to say how far it goes, so one search leaves
// the processor idle most of the time: several side by side do not.
const (
	lanes     = 4
	lane      = 2 << 10 // how many bytes each takes at once, at most
	blockSize = lanes * lane
)

// search is what is used again for each block.
type search struct {
	text [blockSize + 1]byte // of the last block, which is not whole
	met  [lanes]struct {
		n  int
		at [lane]uint16
	}
}

// candidates finds where the pairs stand that may end a probe, in lanes of size
// bytes each.
func (f *prefilter) candidates(text *[blockSize + 1]byte, size int, s *search) {
	var n0, n1, n2, n3 int
	a, b, c, d := 0, size, 2*size, 3*size
	for {
		// So many steps can all four go without looking where they are.
		steps := min(size-a, 2*size-b, 3*size-c, 4*size-d) / (probeLen - 1)
		if steps <= 0 {
			break
		}
		for ; steps > 0; steps-- {
			i, j := f.shift[pairAt(text, a)], f.shift[pairAt(text, b)]
			k, l := f.shift[pairAt(text, c)], f.shift[pairAt(text, d)]
			if i == 0 {
				s.met[0].at[n0&(lane-1)] = uint16(a)
				n0++
				i = 1
			}
			if j == 0 {
				s.met[1].at[n1&(lane-1)] = uint16(b)
				n1++
				j = 1
			}
			if k == 0 {
				s.met[2].at[n2&(lane-1)] = uint16(c)
				n2++
				k = 1
			}
			if l == 0 {
				s.met[3].at[n3&(lane-1)] = uint16(d)
				n3++
				l = 1
			}
			a, b, c, d = a+int(i), b+int(j), c+int(k), d+int(l)
		}
	}
	s.met[0].n = f.lane(text, a, size, n0, &s.met[0].at)
	s.met[1].n = f.lane(text, b, 2*size, n1, &s.met[1].at)
	s.met[2].n = f.lane(text, c, 3*size, n2, &s.met[2].at)
	s.met[3].n = f.lane(text, d, 4*size, n3, &s.met[3].at)
}

// lane searches what is left of one lane, whose first n places are known.
func (f *prefilter) lane(text *[blockSize + 1]byte, i, end, n int, at *[lane]uint16) int {
	for i < end {
		jump := f.shift[pairAt(text, i)]
		if jump == 0 {
			at[n&(lane-1)] = uint16(i)
			n++
			jump = 1
		}
		i += int(jump)
	}
	return n
}

// pairAt is the pair of bytes that begins at i.
func pairAt(text *[blockSize + 1]byte, i int) uint16 {
	i &= blockSize - 1
	return uint16(text[i]) | uint16(text[i+1])<<8
}

// verify compares all literals whose probe may end at i.
func (f *prefilter) verify(data []byte, i, from, to int, hit func(id, pos int)) {
	word := binary.LittleEndian.Uint32(data[i-probeLen+1:])
	probes := f.probes[f.bucket[word>>16]-1]
	for n := range probes {
		p := &probes[n]
		if word|p.mask != p.word {
			continue
		}
		start := i - probeLen + 1 - p.at
		if start >= from && start < to && p.matches(data, start) {
			hit(p.id, start)
		}
	}
}

// blank says whether data is nothing but zeros, as most of the image of a disk
// is.
func blank(data []byte) bool {
	for len(data) > 0 {
		n := min(len(data), len(zeros))
		if data[0] != 0 || !bytes.Equal(data[:n], zeros[:n]) {
			return false
		}
		data = data[n:]
	}
	return true
}

var zeros [4 << 10]byte

// maxLiteral is the longest literal there may be.
const maxLiteral = 32

func (p *probe) matches(data []byte, start int) bool {
	if len(p.literal) == probeLen {
		return true // the word was all of it
	}
	if start+len(p.literal) > len(data) {
		return false
	}
	for i := range len(p.literal) {
		b := data[start+i]
		if p.fold && 'A' <= b && b <= 'Z' {
			b |= 0x20
		}
		if b != p.literal[i] {
			return false
		}
	}
	return true
}

func cases(b byte, fold bool) []byte {
	if fold && isLower(b) {
		return []byte{b, b &^ 0x20}
	}
	return []byte{b}
}

func isLower(b byte) bool { return 'a' <= b && b <= 'z' }

// rarest says where in text the four bytes begin at whose last two the search
// stops least often; of equals, those that have the rarest letters.
func rarest(text string) int {
	best, at := 1<<30, 0
	for i := 0; i+probeLen <= len(text); i++ {
		sum := len(pairsOfSource) * pairCommonness(text[i+probeLen-2:i+probeLen])
		for j := range probeLen {
			sum += commonness(text[i+j])
		}
		if sum < best {
			best, at = sum, i
		}
	}
	return at
}

// pairsOfSource are the pairs of letters and signs that source code, YAML and
// JSON have most, as counted in Kubernetes and Google's API descriptions without
// regard to case; the most frequent first.
const pairsOfSource = "er re es on in st te at se ti or et th nt de he co en me io al is le // ta po ng ro li ri fi ed ec ur ce tr ea pe " +
	"ns il am it od ct ar ie ge el ve na ou to an rr ne ic ap ma s. ca ra nd pa ue ll un ad ts ty id pr so tu em rs si rt us ch pt ac ld " +
	"ol lo if fo pi sp no ex rn lu nc be ni as t. sc ds om tc qu eq .s e. ss of cr rc ai ul di tt la oo ag fa mp up yp im va cl c. ef mi 1. 0. "

// pairCommonness is zero for a pair that is not in the list.
func pairCommonness(pair string) int {
	if i := strings.Index(pairsOfSource, pair+" "); i >= 0 {
		return len(pairsOfSource) - i
	}
	return 0
}

// commonness is higher for the letters that English uses most; capitals, digits
// and signs are rare.
func commonness(b byte) int {
	const letters = "zqxjkvbygwpfmuldhcrsnioate" // rarest first
	if i := strings.IndexByte(letters, b); i >= 0 {
		return 4 + i
	}
	if b == '/' || b == '.' || b == '0' || b == '1' {
		return 4
	}
	return 1
}
