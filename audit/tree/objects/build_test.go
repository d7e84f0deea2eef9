package objects

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// packed is an object of a pack that a test makes, hostile ones among them.
type packed struct {
	id   ID
	kind uint8  // a Type, offsetDelta or refDelta
	data []byte // the object's content or the delta
	base int    // of an offsetDelta: which object before it
	ref  ID     // of a refDelta

	size   int64  // if not 0: the size that the header claims
	back   uint64 // if not 0: the offset that an offsetDelta claims
	stream []byte // if not nil: what stands in the place of compressed data
}

// whole is an object as it should be.
func whole(f Format, t Type, content string) packed {
	return packed{id: HashObject(f, t, []byte(content)), kind: uint8(t), data: []byte(content)}
}

// named is a delta against an object that it names.
func named(f Format, t Type, target string, base ID, delta []byte) packed {
	return packed{id: HashObject(f, t, []byte(target)), kind: refDelta, ref: base, data: delta}
}

// copied makes a delta that copies a stretch of base and then adds text.
func copied(base string, from, n int, text string) (target string, delta []byte) {
	target = base[from:from+n] + text
	delta = binary.AppendUvarint(nil, uint64(len(base)))
	delta = binary.AppendUvarint(delta, uint64(len(target)))
	if n > 0 {
		delta = append(delta, 0x80|0x0f|0x70, byte(from), byte(from>>8), byte(from>>16), byte(from>>24), byte(n), byte(n>>8), byte(n>>16))
	}
	for rest := text; rest != ""; {
		k := min(len(rest), 127)
		delta = append(append(delta, byte(k)), rest[:k]...)
		rest = rest[k:]
	}
	return target, delta
}

// writePack makes a pack and its index.
func writePack(t testing.TB, f Format, all ...packed) (pack, idx []byte) {
	t.Helper()
	pack = binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(all)))
	offsets := make([]uint64, len(all))
	for i, o := range all {
		offsets[i] = uint64(len(pack))
		size := uint64(len(o.data))
		if o.size != 0 {
			size = uint64(o.size)
		}
		c := o.kind<<4 | byte(size&15)
		for size >>= 4; size > 0; size >>= 7 {
			pack = append(pack, c|0x80)
			c = byte(size & 0x7f)
		}
		pack = append(pack, c)
		switch o.kind {
		case offsetDelta:
			back := offsets[i] - offsets[o.base]
			if o.back != 0 {
				back = o.back
			}
			b := []byte{byte(back & 0x7f)}
			for back >>= 7; back > 0; back >>= 7 {
				back--
				b = append(b, 0x80|byte(back&0x7f))
			}
			slices.Reverse(b)
			pack = append(pack, b...)
		case refDelta:
			pack = append(pack, o.ref.sum[:f.Size()]...)
		}
		if o.stream != nil {
			pack = append(pack, o.stream...)
		} else {
			pack = append(pack, deflated(t, o.data, 6)...)
		}
	}
	pack = append(pack, checksum(f, pack)...)
	ids := make([]ID, len(all))
	for i, o := range all {
		ids[i] = o.id
	}
	return pack, writeIndex(f, ids, offsets, pack[len(pack)-f.Size():])
}

// writeIndex makes an index of version 2.
func writeIndex(f Format, ids []ID, offsets []uint64, sum []byte) []byte {
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return ids[a].Compare(ids[b]) })
	idx := []byte("\xfftOc\x00\x00\x00\x02")
	for first := range 256 {
		n := 0
		for _, id := range ids {
			if int(id.sum[0]) <= first {
				n++
			}
		}
		idx = binary.BigEndian.AppendUint32(idx, uint32(n))
	}
	for _, i := range order {
		idx = append(idx, ids[i].sum[:f.Size()]...)
	}
	idx = append(idx, make([]byte, 4*len(ids))...)
	for _, i := range order {
		idx = binary.BigEndian.AppendUint32(idx, uint32(offsets[i]))
	}
	idx = append(idx, sum...)
	return append(idx, checksum(f, idx)...)
}

func checksum(f Format, b []byte) []byte {
	h := f.new()
	h.Write(b)
	return h.Sum(nil)
}

// folderOf is an object directory of packs.
func folderOf(t testing.TB, f Format, packs ...[]packed) fstest.MapFS {
	t.Helper()
	dir := fstest.MapFS{"pack": {Mode: fs.ModeDir | 0o755}}
	for i, all := range packs {
		pack, idx := writePack(t, f, all...)
		dir[fmt.Sprintf("pack/pack-%d.pack", i)] = &fstest.MapFile{Data: pack}
		dir[fmt.Sprintf("pack/pack-%d.idx", i)] = &fstest.MapFile{Data: idx}
	}
	return dir
}

// read gives the contents of what can be read, and what cannot.
func read(t testing.TB, o Options, how Pass, dirs ...fs.FS) (map[ID]string, Stats, []Skip) {
	t.Helper()
	s, err := Open(o, dirs...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	how.Workers = 1
	got := make(map[ID]string)
	stats, err := s.Each(context.Background(), how, func(_ int, o *Object) error {
		var b bytes.Buffer
		if o.Stream != nil {
			if _, err := b.ReadFrom(o.Stream); err != nil {
				return nil // told of by the store
			}
		}
		b.Write(o.Data)
		if _, twice := got[o.ID]; twice {
			t.Errorf("%s given twice", o.ID)
		}
		got[o.ID] = b.String()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, stats, s.Skips
}

// wantRead holds that exactly these contents can be read, and how many objects
// cannot.
func wantRead(t *testing.T, dir fs.FS, failed int64, contents ...string) {
	t.Helper()
	for _, o := range []Options{{Verify: true}, {Limits: Limits{Base: 10, Whole: 1 << 20, Kept: 20}}} {
		got, stats, _ := read(t, o, Pass{}, dir)
		want := make(map[ID]string)
		for _, c := range contents {
			want[HashObject(SHA1, TypeBlob, []byte(c))] = c
		}
		for id, c := range want {
			if got[id] != c {
				t.Errorf("%.40q: read %.40q", c, got[id])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d objects read, want %d", len(got), len(want))
		}
		if stats.Failed != failed {
			t.Errorf("%d failed, want %d: %v", stats.Failed, failed, stats.Skips)
		}
	}
}

const text = "The quick brown fox jumps over the lazy dog. "

func TestBasesElsewhere(t *testing.T) {
	base := strings.Repeat(text, 20)
	one, delta1 := copied(base, 100, 500, "one")
	two, delta2 := copied(one, 3, 400, "two")
	three, delta3 := copied(two, 3, 300, "three")
	a := whole(SHA1, TypeBlob, base)
	b := named(SHA1, TypeBlob, one, a.id, delta1)
	c := named(SHA1, TypeBlob, two, b.id, delta2)
	d := named(SHA1, TypeBlob, three, c.id, delta3)
	all := []string{base, one, two, three}

	for name, packs := range map[string][][]packed{
		"one pack":        {{a, b, c, d}},
		"behind":          {{d, c, b, a}},
		"one a pack":      {{a}, {b}, {c}, {d}},
		"one a pack back": {{d}, {c}, {b}, {a}},
		"to and fro":      {{a, c}, {b, d}},
		"copies":          {{a, b, c, d}, {d, c, b, a}, {a}, {b}},
	} {
		t.Run(name, func(t *testing.T) { wantRead(t, folderOf(t, SHA1, packs...), 0, all...) })
	}
	t.Run("loose", func(t *testing.T) {
		dir := folderOf(t, SHA1, []packed{b, c, d})
		dir[looseObject{id: a.id}.name()] = &fstest.MapFile{Data: deflated(t, append(looseHeader(TypeBlob, int64(len(base))), base...), 6)}
		wantRead(t, dir, 0, all...)
	})
	t.Run("missing", func(t *testing.T) { wantRead(t, folderOf(t, SHA1, []packed{b, c, d}), 3) })
}

func TestCircles(t *testing.T) {
	base := strings.Repeat(text, 20)
	a := whole(SHA1, TypeBlob, base)
	one, delta := copied(base, 0, 500, "one")
	ok := named(SHA1, TypeBlob, one, a.id, delta)
	x, y := whole(SHA1, TypeBlob, "x").id, whole(SHA1, TypeBlob, "y").id
	dx := packed{id: x, kind: refDelta, ref: y, data: delta}
	dy := packed{id: y, kind: refDelta, ref: x, data: delta}
	self := packed{id: x, kind: refDelta, ref: x, data: delta}
	wantRead(t, folderOf(t, SHA1, []packed{a, ok, dx, dy}), 2, base, one)
	wantRead(t, folderOf(t, SHA1, []packed{a, ok, self}), 1, base, one)
	wantRead(t, folderOf(t, SHA1, []packed{a, dx}, []packed{ok, dy}), 2, base, one)
	for _, dir := range []fs.FS{folderOf(t, SHA1, []packed{dx, dy}), folderOf(t, SHA1, []packed{dx}, []packed{dy})} {
		s, err := Open(Options{}, dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.NewReader().Get(x); err == nil {
			t.Error("a circle was read")
		}
		s.Close()
	}
}

func TestLies(t *testing.T) {
	base := strings.Repeat(text, 20)
	a := whole(SHA1, TypeBlob, base)
	one, delta := copied(base, 10, 500, "one")
	d := packed{id: HashObject(SHA1, TypeBlob, []byte(one)), kind: offsetDelta, base: 0, data: delta}
	spoiled := func(o packed, change func(*packed)) packed {
		change(&o)
		return o
	}
	for name, test := range map[string]struct {
		pack   []packed
		failed int64
		want   []string
	}{
		"size too large":     {[]packed{spoiled(a, func(o *packed) { o.size = 901 })}, 1, nil},
		"size too small":     {[]packed{spoiled(a, func(o *packed) { o.size = 899 })}, 1, nil},
		"size of petabytes":  {[]packed{spoiled(a, func(o *packed) { o.size = 1 << 52 }), whole(SHA1, TypeBlob, one)}, 1, []string{one}},
		"size beyond all":    {[]packed{spoiled(a, func(o *packed) { o.size = -1 }), whole(SHA1, TypeBlob, one)}, 1, []string{one}},
		"no such type":       {[]packed{spoiled(a, func(o *packed) { o.kind = 5 }), whole(SHA1, TypeBlob, one)}, 1, []string{one}},
		"not compressed":     {[]packed{spoiled(a, func(o *packed) { o.stream = []byte(base) }), whole(SHA1, TypeBlob, one)}, 1, []string{one}},
		"delta of delta":     {[]packed{a, spoiled(d, func(o *packed) { o.data = o.data[:len(o.data)-1] })}, 1, []string{base}},
		"delta of others":    {[]packed{whole(SHA1, TypeBlob, base+"x"), d}, 1, []string{base + "x"}},
		"base before all":    {[]packed{a, spoiled(d, func(o *packed) { o.back = 1 << 40 })}, 1, []string{base}},
		"base in the header": {[]packed{a, spoiled(d, func(o *packed) { o.back = 20 })}, 1, []string{base}},
		"base inside":        {[]packed{a, spoiled(d, func(o *packed) { o.back = 3 })}, 1, []string{base}},
		"delta of nothing":   {[]packed{a, spoiled(d, func(o *packed) { o.data = nil })}, 1, []string{base}},
		"delta of sizes":     {[]packed{a, spoiled(d, func(o *packed) { o.data = o.data[:4] })}, 1, []string{base}},
		"base is broken":     {[]packed{spoiled(a, func(o *packed) { o.size = 901 }), d}, 2, nil},
	} {
		t.Run(name, func(t *testing.T) { wantRead(t, folderOf(t, SHA1, test.pack), test.failed, test.want...) })
	}
	t.Run("name", func(t *testing.T) {
		lie := packed{id: d.id, kind: uint8(TypeBlob), data: []byte("other")}
		_, stats, _ := read(t, Options{Verify: true}, Pass{}, folderOf(t, SHA1, []packed{lie, a}))
		if stats.Failed != 1 || stats.Objects != 1 {
			t.Errorf("%+v", stats)
		}
	})
	t.Run("a good copy", func(t *testing.T) {
		bad := spoiled(a, func(o *packed) { o.size = 901 })
		wantRead(t, folderOf(t, SHA1, []packed{bad, d}, []packed{a}, []packed{whole(SHA1, TypeBlob, one)}), 0, base, one)
		dir := folderOf(t, SHA1, []packed{bad})
		dir[looseObject{id: a.id}.name()] = &fstest.MapFile{Data: deflated(t, append(looseHeader(TypeBlob, int64(len(base))), base...), 6)}
		wantRead(t, dir, 0, base)
	})
}

// TestBomb holds that a delta which asks for much gets it only within the
// limits, and no memory is made for what it does not make.
func TestBomb(t *testing.T) {
	base := strings.Repeat("x", 1<<16)
	a := whole(SHA1, TypeBlob, base)
	bomb := func(claim uint64, copies int) packed {
		delta := binary.AppendUvarint(nil, 1<<16)
		delta = binary.AppendUvarint(delta, claim)
		for range copies {
			delta = append(delta, 0x80) // all of the base
		}
		return packed{id: HashObject(SHA1, TypeBlob, fmt.Append(nil, claim, copies)), kind: refDelta, ref: a.id, data: delta}
	}
	dir := folderOf(t, SHA1, []packed{a, bomb(1<<40, 3), bomb(1<<30, 1<<14), bomb(200<<20, 16), bomb(1<<21, 1<<5)})
	_, stats, _ := read(t, Options{Limits: Limits{Base: 1 << 20, Whole: 1 << 22}}, Pass{}, dir)
	if stats.Objects != 2 || stats.Failed != 3 {
		t.Errorf("%+v", stats)
	}
}

func TestLooseFiles(t *testing.T) {
	object := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: deflated(t, []byte(s), 6)} }
	good := HashObject(SHA1, TypeBlob, []byte("hello"))
	name := looseObject{id: good}.name()
	for content, ok := range map[string]bool{
		"blob 5\x00hello":                   true,
		"blob 5\x00hell":                    false,
		"blob 5\x00hello!":                  false,
		"blob 05\x00hello":                  false,
		"blob +5\x00hello":                  false,
		"blob 5 \x00hello":                  false,
		"blob -1\x00hello":                  false,
		"blob 99999999999999999999\x00":     false,
		"blob 4611686018427387903\x00hello": false,
		"blub 5\x00hello":                   false,
		"blob":                              false,
		"":                                  false,
	} {
		dir := fstest.MapFS{name: object(content), "pack/x.keep": {}, "info/packs": {}, name + "x": {}, "zz/" + name[3:]: {}, name[:2] + "/tmp_obj_1": {}}
		if ok {
			wantRead(t, dir, 0, "hello")
		} else {
			wantRead(t, dir, 1)
		}
	}
	wantRead(t, fstest.MapFS{name: {Data: []byte("not compressed")}}, 1)
	wantRead(t, fstest.MapFS{name: {}}, 1)
}

func TestBadFiles(t *testing.T) {
	pack, idx := writePack(t, SHA1, whole(SHA1, TypeBlob, "hello"))
	for name, dir := range map[string]fstest.MapFS{
		"no index":       {"pack/p.pack": {Data: pack}},
		"no pack":        {"pack/p.idx": {Data: idx}},
		"empty index":    {"pack/p.pack": {Data: pack}, "pack/p.idx": {}},
		"index cut":      {"pack/p.pack": {Data: pack}, "pack/p.idx": {Data: idx[:len(idx)-1]}},
		"empty pack":     {"pack/p.pack": {}, "pack/p.idx": {Data: idx}},
		"pack of header": {"pack/p.pack": {Data: pack[:12]}, "pack/p.idx": {Data: idx}},
		"pack version":   {"pack/p.pack": {Data: append([]byte("PACK\x00\x00\x00\x04"), pack[8:]...)}, "pack/p.idx": {Data: idx}},
		"another count":  {"pack/p.pack": {Data: append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x02"), pack[12:]...)}, "pack/p.idx": {Data: idx}},
		"a folder":       {"pack/p.pack": {Mode: fs.ModeDir}, "pack/p.idx": {Data: idx}},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, skips := read(t, Options{}, Pass{}, dir)
			if len(got) != 0 || len(skips) != 1 {
				t.Errorf("read %d objects, skipped %v", len(got), skips)
			}
		})
	}
	thin, _ := writePack(t, SHA1, named(SHA1, TypeBlob, "x", HashObject(SHA1, TypeBlob, nil), []byte{0, 1, 1, 'x'}))
	for name, data := range map[string][]byte{"thin": thin, "cut": pack[:len(pack)-1], "longer": append(bytes.Clone(pack), 0)} {
		if _, _, skips := read(t, Options{Index: true}, Pass{}, fstest.MapFS{"pack/p.pack": {Data: data}}); len(skips) != 1 {
			t.Errorf("%s pack without index: skipped %v", name, skips)
		}
	}
	// What lies between is cut off: the object is there no more.
	cut := slices.Concat(pack[:14], pack[len(pack)-20:])
	wantRead(t, fstest.MapFS{"pack/p.pack": {Data: cut}, "pack/p.idx": {Data: idx}}, 1)
	if _, err := Open(Options{}, fstest.MapFS{}); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestIndexOfLargePack(t *testing.T) {
	id := HashObject(SHA1, TypeBlob, []byte("hello"))
	_, idx := writePack(t, SHA1, whole(SHA1, TypeBlob, "hello"))
	at := 8 + 1024 + 20 + 4
	large := slices.Concat(idx[:at], []byte{0x80, 0, 0, 0}, []byte{0, 0, 0, 5, 0, 0, 0, 12}, idx[at+4:])
	x, err := parseIndex(large, SHA1)
	if err != nil {
		t.Fatal(err)
	}
	i, ok := x.find(id)
	off, known := x.offset(i)
	if !ok || !known || off != 5<<32+12 {
		t.Errorf("found %t, offset %#x, %t", ok, off, known)
	}
	large[at+3] = 1
	if _, known := x.offset(i); known {
		t.Error("an offset beyond the table is taken")
	}
}
