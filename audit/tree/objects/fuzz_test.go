package objects

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/fstest"
)

// seedPacks are packs and indexes to start from.
func seedPacks(f *testing.F, format Format) (packs, indexes [][]byte) {
	base := strings.Repeat(text, 5)
	one, delta1 := copied(base, 10, 100, "one")
	two, delta2 := copied(one, 3, 80, "two")
	a := whole(format, TypeBlob, base)
	b := named(format, TypeBlob, one, a.id, delta1)
	c := named(format, TypeBlob, two, b.id, delta2)
	offset := packed{id: b.id, kind: offsetDelta, base: 0, data: delta1}
	for _, all := range [][]packed{nil, {a}, {a, b, c}, {c, b, a}, {a, offset, c}, {b, c}, {whole(format, TypeTree, ""), whole(format, TypeCommit, "x"), whole(format, TypeTag, "y")}} {
		pack, idx := writePack(f, format, all...)
		packs, indexes = append(packs, pack), append(indexes, idx)
	}
	return packs, indexes
}

// FuzzPack reads any pack, with an index of any offsets: all that it gives is of
// the size that it says, no memory beyond the limits is taken, and nothing
// panics. The names are made up; the seeds name their bases by them.
func FuzzPack(f *testing.F) {
	name := func(format Format, i int) ID { return makeID(format, bytes.Repeat([]byte{byte(i + 1)}, 32)) }
	for _, format := range []Format{SHA1, SHA256} {
		base := strings.Repeat(text, 5)
		one, delta1 := copied(base, 10, 100, "one")
		_, delta2 := copied(one, 3, 80, "two")
		a := packed{id: name(format, 0), kind: uint8(TypeBlob), data: []byte(base)}
		b := packed{id: name(format, 1), kind: refDelta, ref: a.id, data: delta1}
		c := packed{id: name(format, 2), kind: refDelta, ref: b.id, data: delta2}
		d := packed{id: name(format, 1), kind: offsetDelta, base: 0, data: delta1}
		for _, all := range [][]packed{{a}, {a, b, c}, {a, d, c}, {c, c, c}, {b, a}} {
			pack, _ := writePack(f, format, all...)
			var offsets []byte
			x := uint64(packHeader)
			for i := range all {
				one, _ := writePack(f, format, all[:i+1]...)
				offsets = binary.BigEndian.AppendUint16(offsets, uint16(x))
				x = uint64(len(one) - format.Size())
			}
			f.Add(pack, offsets, format == SHA256)
		}
	}
	f.Fuzz(func(t *testing.T, pack, places []byte, sha256 bool) {
		format := SHA1
		if sha256 {
			format = SHA256
		}
		var ids []ID
		var offsets []uint64
		for ; len(places) >= 2 && len(ids) < 100; places = places[2:] {
			ids = append(ids, name(format, len(ids)))
			offsets = append(offsets, uint64(binary.BigEndian.Uint16(places)))
		}
		idx := writeIndex(format, ids, offsets, make([]byte, format.Size()))
		if len(pack) >= packHeader {
			pack = bytes.Clone(pack)
			copy(pack, "PACK\x00\x00\x00\x02")
			binary.BigEndian.PutUint32(pack[8:], uint32(len(ids)))
		}
		readAny(t, pack, idx, sha256)
		readAny(t, pack, nil, sha256)
	})
}

// FuzzPackFiles reads any pack with any index.
func FuzzPackFiles(f *testing.F) {
	for _, format := range []Format{SHA1, SHA256} {
		packs, indexes := seedPacks(f, format)
		for i := range packs {
			f.Add(packs[i], indexes[i], format == SHA256)
		}
	}
	f.Fuzz(readAny)
}

func readAny(t *testing.T, pack, idx []byte, sha256 bool) {
	o := Options{Limits: Limits{Base: 1 << 10, Whole: 1 << 16, Made: 1 << 18, Kept: 1 << 11, Working: 1 << 16}}
	if sha256 {
		o.Format = SHA256
	}
	s, err := Open(o, fstest.MapFS{"pack/p.pack": {Data: pack}, "pack/p.idx": {Data: idx}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	seen := make(map[ID]bool)
	stats, err := s.Each(context.Background(), Pass{Workers: 1}, func(_ int, o *Object) error {
		if o.Stream != nil {
			n, err := io.Copy(io.Discard, o.Stream)
			if err == nil && n != o.Size {
				t.Errorf("%d bytes, said to be %d", n, o.Size)
			}
			return nil
		}
		if int64(len(o.Data)) != o.Size || o.Size > 1<<16 {
			t.Errorf("%d bytes, said to be %d", len(o.Data), o.Size)
		}
		if base, ok := o.FromBase.([]byte); ok {
			checkRanges(t, o, base)
		}
		o.Carry = bytes.Clone(o.Data)
		seen[o.ID] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if stats.Objects > int64(len(idx)+len(pack)) {
		t.Errorf("%d objects of %d bytes", stats.Objects, len(idx))
	}
	r := s.NewReader()
	for id := range seen {
		if _, _, err := r.Get(id); err != nil {
			t.Errorf("given, and not found: %v", err)
		}
	}
}

func FuzzIndex(f *testing.F) {
	for _, format := range []Format{SHA1, SHA256} {
		_, indexes := seedPacks(f, format)
		for _, idx := range indexes {
			f.Add(idx, []byte("0123456789abcdef0123456789abcdef"))
		}
	}
	f.Fuzz(func(t *testing.T, data, name []byte) {
		for _, format := range []Format{SHA1, SHA256} {
			x, err := parseIndex(data, format)
			if err != nil {
				continue
			}
			if x.count*(format.Size()+4) > len(data) {
				t.Fatalf("%d objects in %d bytes", x.count, len(data))
			}
			for i := range x.count {
				x.offset(i)
				if at, ok := x.find(x.id(i)); ok && x.id(at) != x.id(i) {
					t.Fatal("found another")
				}
			}
			if len(name) >= format.Size() {
				x.find(makeID(format, name))
			}
		}
	})
}

// FuzzDelta holds a delta that is taken to what it says, and deltaMakes to
// applyDelta.
func FuzzDelta(f *testing.F) {
	base := strings.Repeat(text, 5)
	for _, at := range []int{0, 10, 100} {
		_, delta := copied(base, at, 100, strings.Repeat("new", at))
		f.Add([]byte(base), delta)
	}
	f.Add([]byte(base), []byte{})
	f.Add([]byte{}, []byte{0, 0})
	f.Add([]byte("ab"), []byte{2, 4, 0x91, 1, 1, 0x91, 0, 1, 2, 'c', 'd'})
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		size, target, rest, err := deltaSizes(delta)
		if err != nil || size != int64(len(base)) || target > 1<<20 {
			return
		}
		dst := make([]byte, target)
		ranges, err := applyDelta(dst, base, rest, nil)
		if err != nil {
			return
		}
		if !deltaMakes(target, rest) {
			t.Error("a delta that can be applied is not thought to")
		}
		if ranges == nil {
			ranges = []Range{}
		}
		checkRanges(t, &Object{Data: dst, Inserted: ranges}, base)
	})
}

func FuzzLoose(f *testing.F) {
	for _, s := range []string{"blob 5\x00hello", "tree 0\x00", "blob 99\x00x", "tag 1"} {
		f.Add(deflated(f, []byte(s), 6))
	}
	name := looseObject{id: HashObject(SHA1, TypeBlob, []byte("hello"))}.name()
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Open(Options{Limits: Limits{Base: 100, Whole: 1000}}, fstest.MapFS{name: {Data: data}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		stats, err := s.Each(context.Background(), Pass{Workers: 1}, func(_ int, o *Object) error {
			n := int64(len(o.Data))
			if o.Stream != nil {
				var err error
				if n, err = io.Copy(io.Discard, o.Stream); err != nil {
					return nil
				}
			}
			if n != o.Size || HashObject(SHA1, o.Type, o.Data).IsZero() {
				t.Errorf("%d bytes, said to be %d", n, o.Size)
			}
			return nil
		})
		if err != nil || stats.Objects+stats.Failed != 1 {
			t.Errorf("%+v, %v", stats, err)
		}
	})
}

func FuzzTree(f *testing.F) {
	f.Add([]byte("100644 a\x0001234567890123456789" + "40000 b\x0001234567890123456789"))
	f.Add([]byte("160000 \x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, format := range []Format{SHA1, SHA256} {
			used := 0
			for e, err := range TreeEntries(format, content) {
				if err != nil {
					break
				}
				if len(e.Name) == 0 || bytes.ContainsAny(e.Name, "/\x00") {
					t.Errorf("name %q", e.Name)
				}
				used += len(e.Name) + format.Size() + 3
			}
			if used > len(content) {
				t.Errorf("entries of %d bytes in %d", used, len(content))
			}
		}
	})
}

func FuzzCommit(f *testing.F) {
	id := strings.Repeat("0123456789", 4)
	f.Add([]byte("tree " + id + "\nparent " + id + "\nauthor A <a@b> 1 +0100\ncommitter A <a@b> 1 +0100\ngpgsig x\n y\n\nmessage\n"))
	f.Add([]byte("object " + id + "\ntype commit\ntag v1\ntagger A <a@b> 1 +0100\n\nmessage\n"))
	f.Add([]byte("tree " + id[:24] + id + "\n\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, format := range []Format{SHA1, SHA256} {
			if c, err := ParseCommit(format, content); err == nil {
				if !bytes.HasPrefix(content, []byte("tree "+c.Tree.String()[:2])) && !bytes.Equal(bytes.ToLower(content[5:7]), []byte(c.Tree.String()[:2])) {
					t.Errorf("tree %s", c.Tree)
				}
				if !bytes.HasSuffix(content, c.Message) || len(c.Parents)*2*format.Size() > len(content) {
					t.Errorf("message %q, %d parents", c.Message, len(c.Parents))
				}
			}
			if tag, err := ParseTag(format, content); err == nil && (tag.Type == 0 || !bytes.HasSuffix(content, tag.Message)) {
				t.Errorf("%+v", tag)
			}
		}
	})
}

// FuzzRefs reads files of refs and configuration.
func FuzzRefs(f *testing.F) {
	id := strings.Repeat("0123456789", 4)
	f.Add([]byte("ref: refs/heads/main\n"), []byte(id+"\n"), []byte("# pack-refs\n"+id+" refs/tags/v1\n^"+id+"\n"), []byte("[extensions]\nobjectformat=sha256"))
	f.Fuzz(func(t *testing.T, head, ref, packed, config []byte) {
		e, _ := ReadExtensions(config)
		dir := fstest.MapFS{"HEAD": {Data: head}, "refs/heads/main": {Data: ref}, "packed-refs": {Data: packed}, "shallow": {Data: ref}, "info/alternates": {Data: packed}}
		for _, ref := range ReadRefs(e, dir, dir).All {
			if !ref.ID.IsZero() && ref.ID.Format() != e.Objects {
				t.Errorf("%+v", ref)
			}
		}
		Alternates(dir)
	})
}
