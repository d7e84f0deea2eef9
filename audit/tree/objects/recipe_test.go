package objects

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

// shuffled makes a delta of pieces of a base in any order, and bytes of its own.
func shuffled(rnd *rand.Rand, base []byte, pieces, most int) (target, delta []byte) {
	var body []byte
	for range pieces {
		if rnd.IntN(3) == 0 {
			literal := make([]byte, 1+rnd.IntN(127))
			for i := range literal {
				literal[i] = byte(rnd.Uint32())
			}
			target = append(target, literal...)
			body = append(append(body, byte(len(literal))), literal...)
			continue
		}
		n := 1 + rnd.IntN(min(most, len(base)))
		from := rnd.IntN(len(base) - n + 1)
		target = append(target, base[from:from+n]...)
		body = append(body, 0xff, byte(from), byte(from>>8), byte(from>>16), byte(from>>24), byte(n), byte(n>>8), byte(n>>16))
	}
	delta = binary.AppendUvarint(nil, uint64(len(base)))
	delta = binary.AppendUvarint(delta, uint64(len(target)))
	return target, append(delta, body...)
}

// TestLargeChains makes objects of many windows, of pieces in any order, over
// chains of several deltas, whole objects and loose ones at their ends.
func TestLargeChains(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	base := make([]byte, 3*madeWindow)
	for i := range base {
		base[i] = byte(rnd.Uint32() & 0x1f)
	}
	root := whole(SHA1, TypeBlob, string(base))
	all := []packed{root}
	want := map[ID][sha256.Size]byte{root.id: sha256.Sum256(base)}
	last, id := base, root.id
	for i := range 6 {
		target, delta := shuffled(rnd, last, 40+i*10, 1<<20)
		if i == 3 { // a small one on the way
			target, delta = shuffled(rnd, last, 3, 100)
		}
		o := named(SHA1, TypeBlob, string(target), id, delta)
		all = append(all, o)
		want[o.id] = sha256.Sum256(target)
		last, id = target, o.id
		if i == 2 {
			id = root.id // another branch
			last = base
		}
	}
	for _, limits := range []Limits{{Base: 1 << 20}, {Base: 100, Kept: 1, Working: 1}, {Base: 1 << 20, Whole: 1 << 21}} {
		dir := folderOf(t, SHA1, all)
		got, count := gather(t, Options{Limits: limits}, Pass{Workers: 2}, dir)
		for id, w := range want {
			if got[id].hash != w {
				t.Errorf("%s is not as it was", id)
			}
		}
		if count.streams < 4 {
			t.Errorf("%d streams", count.streams)
		}
		s, err := Open(Options{Limits: limits}, dir)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for id, w := range want {
			err := s.NewReader().Stream(id, func(o *Object) error {
				data := o.Data
				if o.Stream != nil {
					var err error
					if data, err = io.ReadAll(o.Stream); err != nil {
						return err
					}
				}
				if o.Type != TypeBlob || o.Size != int64(len(data)) || sha256.Sum256(data) != w {
					t.Errorf("%s: %d bytes that are not as they were", id, len(data))
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
	}
}

// TestTooLargeToMake refuses what is larger than git makes of deltas, and lists
// without end.
func TestTooLargeToMake(t *testing.T) {
	base := make([]byte, 1<<20)
	root := whole(SHA1, TypeBlob, string(base))
	grow := func(times int) []byte {
		delta := binary.AppendUvarint(nil, 1<<20)
		delta = binary.AppendUvarint(delta, uint64(times)<<20)
		return append(delta, bytes.Repeat([]byte{0xf0, 0, 0, 0x10}, times)...)
	}
	large := packed{id: numbered(SHA1, 1), kind: refDelta, ref: root.id, data: grow(513)}
	most := packed{id: numbered(SHA1, 2), kind: refDelta, ref: root.id, data: grow(512)}
	lies := packed{id: numbered(SHA1, 3), kind: refDelta, ref: root.id, data: append(binary.AppendUvarint(binary.AppendUvarint(nil, 1<<20), 400<<20), 0xf0, 0, 0, 0x10)}
	_, stats, _ := read(t, Options{}, Pass{}, folderOf(t, SHA1, []packed{root, large, lies}))
	tooLarge := 0
	for _, s := range stats.Skips {
		if errors.Is(s.Err, ErrTooLarge) {
			tooLarge++
		}
	}
	if stats.Failed != 2 || tooLarge != 1 {
		t.Errorf("%+v", stats)
	}
	s, err := Open(Options{}, folderOf(t, SHA1, []packed{root, most}))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := int64(0)
	if err := s.NewReader().Stream(most.id, func(o *Object) (err error) {
		n, err = io.Copy(io.Discard, o.Stream)
		return err
	}); err != nil || n != 512<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
