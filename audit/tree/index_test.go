package tree

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// indexEntry is one entry of an index that a test builds.
type indexEntry struct {
	name     string
	mode     uint32
	extended uint16
}

// buildIndex writes an index as gitformat-index(5) describes it.
func buildIndex(version uint32, hashSize int, entries []indexEntry, extensions ...string) []byte {
	out := binary.BigEndian.AppendUint32([]byte("DIRC"), version)
	out = binary.BigEndian.AppendUint32(out, uint32(len(entries)))
	before := ""
	for _, e := range entries {
		start := len(out)
		out = append(out, make([]byte, 24)...)
		out = binary.BigEndian.AppendUint32(out, e.mode)
		out = append(out, make([]byte, 12+hashSize)...)
		flags := uint16(min(len(e.name), flagNameLength))
		if e.extended != 0 {
			out = binary.BigEndian.AppendUint16(out, flags|flagExtended)
			out = binary.BigEndian.AppendUint16(out, e.extended)
		} else {
			out = binary.BigEndian.AppendUint16(out, flags)
		}
		if version < 4 {
			out = append(out, e.name...)
			out = append(out, make([]byte, 8-(len(out)-start)%8)...)
			continue
		}
		same := 0
		for same < min(len(before), len(e.name)) && before[same] == e.name[same] {
			same++
		}
		out = append(out, encodeOffset(len(before)-same)...)
		out = append(append(out, e.name[same:]...), 0)
		before = e.name
	}
	for _, x := range extensions {
		out = append(out, x[:4]...)
		out = binary.BigEndian.AppendUint32(out, uint32(len(x)-4))
		out = append(out, x[4:]...)
	}
	return seal(out, hashSize)
}

// encodeOffset writes the number that offsetVarint reads.
func encodeOffset(n int) []byte {
	out := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		out = append(out, byte(n&0x7f)|0x80)
	}
	slices.Reverse(out)
	return out
}

// seal adds the checksum.
func seal(body []byte, hashSize int) []byte {
	if hashSize == sha1.Size {
		sum := sha1.Sum(body)
		return append(body, sum[:]...)
	}
	sum := sha256.Sum256(body)
	return append(body, sum[:]...)
}

func TestIndexHoldsWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfDistinct(rapid.StringMatching(`(a|b|dir/|long{0,50}){0,4}[a-z]{1,3}`), rapid.ID[string]).Draw(t, "names")
		version := rapid.SampledFrom([]uint32{2, 3, 4}).Draw(t, "version")
		size := rapid.SampledFrom([]int{sha1.Size, sha256.Size}).Draw(t, "size")
		var entries []indexEntry
		for _, n := range names {
			e := indexEntry{name: n, mode: 0o100644}
			if version > 2 && rapid.Bool().Draw(t, "extended") {
				e.extended = 0x2000
			}
			entries = append(entries, e)
		}
		data := buildIndex(version, size, entries, "TREEx", "ZZZZ")
		x, err := parseIndex(data, size, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			if is, known := x.tracked(n, false); !is || !known {
				t.Fatalf("%q is lost", n)
			}
			if is, _ := x.tracked(strings.ToUpper(n), true); !is {
				t.Fatalf("%q is lost in upper case", n)
			}
			if is, known := x.tracked(n+"!", true); is || !known {
				t.Fatalf("%q is held", n+"!")
			}
		}
		// No cut is mistaken for a whole, and no other hash size fits.
		cut := rapid.IntRange(0, len(data)-1).Draw(t, "cut")
		if _, err := parseIndex(data[:cut], size, false); err == nil {
			t.Fatalf("the first %d of %d bytes were taken", cut, len(data))
		}
		if _, err := parseIndex(data, sha1.Size+sha256.Size-size, false); err == nil {
			t.Fatal("the other hash size was taken")
		}
	})
}

func TestIndexRefused(t *testing.T) {
	file := func(name string) []indexEntry { return []indexEntry{{name: name, mode: 0o100644}} }
	mend := func(data []byte, change func([]byte)) []byte {
		body := slices.Clone(data[:len(data)-sha1.Size])
		change(body)
		return seal(body, sha1.Size)
	}
	good := buildIndex(2, sha1.Size, file("name"))
	four := buildIndex(4, sha1.Size, file("name"))
	for name, data := range map[string][]byte{
		"empty":              nil,
		"no entries, cut":    []byte("DIRC"),
		"signature":          mend(good, func(b []byte) { b[0] = 'X' }),
		"version 1":          mend(good, func(b []byte) { b[7] = 1 }),
		"version 5":          mend(good, func(b []byte) { b[7] = 5 }),
		"count too great":    mend(good, func(b []byte) { b[8] = 0xff }),
		"count too small":    mend(good, func(b []byte) { b[11] = 0 }),
		"name length":        mend(good, func(b []byte) { b[12+61]++ }),
		"extended in 2":      mend(good, func(b []byte) { b[12+60] |= 0x40 }),
		"cut more than is":   mend(four, func(b []byte) { b[12+62] = 1 }),
		"endless varint":     mend(four, func(b []byte) { copy(b[12+62:], "\xff\xff\xff\xff\xff\xff") }),
		"empty name":         buildIndex(2, sha1.Size, file("")),
		"long name":          buildIndex(2, sha1.Size, file(strings.Repeat("x", maxIndexPath+1))),
		"long name in 4":     buildIndex(4, sha1.Size, []indexEntry{{name: strings.Repeat("x", maxIndexPath)}, {name: strings.Repeat("x", maxIndexPath+1)}}),
		"split":              buildIndex(2, sha1.Size, file("name"), "linkxxxx"),
		"unknown, required":  buildIndex(2, sha1.Size, file("name"), "newsxxxx"),
		"extension too long": mend(buildIndex(2, sha1.Size, file("name"), "TREE"), func(b []byte) { b[len(b)-1] = 9 }),
		"rest too short":     seal(append(slices.Clone(good[:len(good)-sha1.Size]), "TREE"...), sha1.Size),
	} {
		if _, err := parseIndex(data, sha1.Size, false); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := parseIndex(good, sha1.Size, false); err != nil {
		t.Errorf("the good one: %v", err)
	}
	if _, err := parseIndex(buildIndex(2, sha1.Size, file(strings.Repeat("x", maxIndexPath))), sha1.Size, false); err != nil {
		t.Errorf("the longest name: %v", err)
	}
}

func TestIndexOpaqueFolders(t *testing.T) {
	x, err := parseIndex(buildIndex(3, sha1.Size, []indexEntry{
		{name: "module", mode: 0o160000}, {name: "sparse/", mode: 0o040000}, {name: "file", mode: 0o100644},
		{name: "out/.gitignore", mode: 0o100644, extended: flagSkipWorktree},
		{name: "in/.gitignore", mode: 0o100644, extended: 0x2000},
	}, "sdir"), sha1.Size, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][2]bool{
		"module/f": {false, false}, "sparse/a/f": {false, false}, "file": {true, true}, "modules/f": {false, true}, "f": {false, true},
	} {
		if is, known := x.tracked(name, false); is != want[0] || known != want[1] {
			t.Errorf("%s: %v, %v; want %v", name, is, known, want)
		}
	}
	r := repo{index: x}
	if !r.elsewhere("out/.gitignore") || r.elsewhere("in/.gitignore") {
		t.Error("which ignore files are kept out of the work tree is wrong")
	}
}

func TestOffsetVarint(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 129, 16511, 16512, 1 << 20} {
		p := encodeOffset(n)
		if v, used := offsetVarint(p); v != uint64(n) || used != len(p) {
			t.Errorf("%d is read as %d in %d bytes of %d", n, v, used, len(p))
		}
	}
}

func FuzzIndex(f *testing.F) {
	files := []indexEntry{{name: "a/b", mode: 0o100644}, {name: "a/c", mode: 0o100644, extended: flagSkipWorktree}, {name: "d", mode: 0o160000}}
	for _, version := range []uint32{3, 4} {
		for _, size := range []int{sha1.Size, sha256.Size} {
			data := buildIndex(version, size, files, "TREEx", "sdir")
			f.Add(data[:len(data)-size], size == sha256.Size)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, long bool) {
		size := sha1.Size
		if long {
			size = sha256.Size
		}
		// Sealed, so that the reader behind the checksum is reached.
		x, err := parseIndex(seal(slices.Clone(body), size), size, true)
		if err != nil {
			return
		}
		if n := len(x.paths) + len(x.opaque); n > len(body)/62 || len(x.paths) != len(x.folded) {
			t.Errorf("%d entries from %d bytes", n, len(body))
		}
		x.tracked("a/b/c", true)
	})
}

func BenchmarkIndex(b *testing.B) {
	var entries []indexEntry
	for i := range 100_000 {
		entries = append(entries, indexEntry{name: fmt.Sprintf("some/folder/of/a/project/%03d/file-%06d.go", i/100, i), mode: 0o100644})
	}
	for _, version := range []uint32{2, 4} {
		b.Run(fmt.Sprint("v", version), func(b *testing.B) {
			data := buildIndex(version, sha1.Size, entries)
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := parseIndex(data, sha1.Size, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
