package objects

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
)

func TestEachEnds(t *testing.T) {
	var all []packed
	for i := range 100 {
		all = append(all, whole(SHA1, TypeBlob, strings.Repeat("x", i)))
	}
	s, err := Open(Options{}, folderOf(t, SHA1, all))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mine := errors.New("mine")
	var calls atomic.Int64
	stats, err := s.Each(context.Background(), Pass{Workers: 3}, func(worker int, o *Object) error {
		if worker < 0 || worker > 2 {
			t.Errorf("worker %d", worker)
		}
		if calls.Add(1) == 10 {
			return mine
		}
		return nil
	})
	if err != mine || stats.Objects > 99 || stats.Failed != 0 {
		t.Errorf("%v, %+v", err, stats)
	}
	ctx, cancel := context.WithCancel(context.Background())
	calls.Store(0)
	stats, err = s.Each(ctx, Pass{Workers: 1}, func(int, *Object) error {
		if calls.Add(1) == 10 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || stats.Objects != calls.Load() {
		t.Errorf("%v, %+v, %d calls", err, stats, calls.Load())
	}
}

func TestLimitOfObjects(t *testing.T) {
	a, b := whole(SHA1, TypeBlob, "a"), whole(SHA1, TypeBlob, "b")
	dir := folderOf(t, SHA1, []packed{a, b}, []packed{a}, []packed{b})
	got, _, skips := read(t, Options{Limits: Limits{Objects: 3}}, Pass{}, dir)
	if len(got) != 2 || len(skips) != 1 || skips[0].File != "pack/pack-2.pack" {
		t.Errorf("%d objects, skipped %v", len(got), skips)
	}
}

// TestFileCut reads a store whose files become shorter after they were opened.
func TestFileCut(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("open files cannot be cut on Windows")
	}
	var all []packed
	for i := range 200 {
		all = append(all, whole(SHA1, TypeBlob, strings.Repeat(string(rune('a'+i%26)), i*7)+text))
	}
	for _, name := range []string{"p.pack", "p.idx"} {
		for _, left := range []int64{0, 4096} {
			dir := t.TempDir()
			pack, idx := writePack(t, SHA1, all...)
			if err := os.MkdirAll(filepath.Join(dir, "pack"), 0o777); err != nil {
				t.Fatal(err)
			}
			for name, data := range map[string][]byte{"p.pack": pack, "p.idx": idx} {
				if err := os.WriteFile(filepath.Join(dir, "pack", name), data, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			s, err := Open(Options{}, Folder(root, "."))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(filepath.Join(dir, "pack", name), left); err != nil {
				t.Fatal(err)
			}
			stats, err := s.Each(context.Background(), Pass{Workers: 2}, func(int, *Object) error { return nil })
			if err != nil || stats.Failed == 0 || stats.Objects == int64(len(all)) {
				t.Errorf("%s cut to %d: %+v, %v", name, left, stats, err)
			}
			r := s.NewReader()
			s.Has(all[0].id)
			for _, o := range all {
				r.Get(o.id)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestFolder holds that links are not followed.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	pack, idx := writePack(t, SHA1, whole(SHA1, TypeBlob, "elsewhere"))
	elsewhere := t.TempDir()
	for name, data := range map[string][]byte{"p.pack": pack, "p.idx": idx} {
		if err := os.WriteFile(filepath.Join(elsewhere, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "pack"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"p.pack", "p.idx"} {
		if err := os.Symlink(filepath.Join(elsewhere, name), filepath.Join(dir, "pack", name)); err != nil {
			t.Skip("this system makes no links: " + err.Error())
		}
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "ab")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	got, _, skips := read(t, Options{}, Pass{}, Folder(root, "."))
	if len(got) != 0 || len(skips) != 2 {
		t.Errorf("%d objects, skipped %v", len(got), skips)
	}
	for _, name := range []string{"/etc/passwd", "../x", ""} {
		if _, err := Folder(root, ".").Open(name); err == nil {
			t.Errorf("%q was opened", name)
		}
	}
}

// TestMadeAgain goes down chains whose bases are not kept.
func TestMadeAgain(t *testing.T) {
	base := strings.Repeat(text, 400)
	a := whole(SHA1, TypeBlob, base)
	all, contents := []packed{a}, []string{base}
	for branch := range 3 {
		last, id := base, a.id
		for i := range 30 {
			target, delta := copied(last, 0, len(last)-1-i, strings.Repeat("y", branch+1)+"z")
			o := named(SHA1, TypeBlob, target, id, delta)
			all, contents = append(all, o), append(contents, target)
			last, id = target, o.id
		}
	}
	wantRead(t, folderOf(t, SHA1, all), 0, contents...)
}

// TestLargeObjects has more workers than its limits give memory to: each waits
// for what others hold, none for ever, and no more is made at a time than there
func TestLargeObjects(t *testing.T) {
	const size = 2 << 20
	var all []packed
	want := make(map[ID]bool)
	contents := make(map[ID][sha256.Size]byte)
	add := func(o packed, content string) ID {
		all = append(all, o)
		want[o.id] = true
		contents[o.id] = sha256.Sum256([]byte(content))
		return o.id
	}
	for tree := range 5 {
		base := strings.Repeat(text+string(rune('a'+tree)), size/(len(text)+1))
		root := add(whole(SHA1, TypeBlob, base), base)
		for branch := range 3 {
			last, id := base, root
			for range 4 {
				target, delta := copied(last, branch, len(last)-branch-3, text)
				last, id = target, add(named(SHA1, TypeBlob, target, id, delta), target)
			}
		}
	}
	dir := folderOf(t, SHA1, all)
	for name, limits := range map[string]Limits{
		"kept":     {Base: 3 << 20, Kept: 5 << 20, Working: 32 << 20},
		"working":  {Base: 3 << 20, Kept: 32 << 20, Working: 5 << 20},
		"both":     {Base: 3 << 20, Kept: 3 << 20, Working: 3 << 20},
		"none":     {Base: 3 << 20, Kept: 1, Working: 1},
		"streamed": {Base: 1 << 20, Whole: 3 << 20, Kept: 5 << 20, Working: 5 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := gather(t, Options{Limits: limits, Verify: true}, Pass{Workers: 6}, dir)
			for id := range want {
				if got[id].size == 0 {
					t.Errorf("%s was not read", id)
				}
			}
		})
	}
	t.Run("none whole", func(t *testing.T) {
		got, count := gather(t, Options{Limits: Limits{Base: 1 << 20, Whole: 1 << 20, Kept: 1, Working: 1}}, Pass{Workers: 2}, dir)
		for _, o := range all {
			if len(got) != len(all) || count.streams != len(all) || got[o.id].hash != contents[o.id] {
				t.Fatalf("%d of %d objects, %d streams", len(got), len(all), count.streams)
			}
		}
	})
}

// TestIndexOutOfOrder finds what an index lists in the wrong order: what was given
// is asked for again.
func TestIndexOutOfOrder(t *testing.T) {
	var all []packed
	for i := range 50 {
		all = append(all, whole(SHA1, TypeBlob, strings.Repeat("x", i)))
	}
	pack, idx := writePack(t, SHA1, all...)
	const fanout, names = 8, 8 + 4*256
	for what, change := range map[string]func([]byte){
		"last name first": func(b []byte) {
			var name [20]byte
			copy(name[:], b[names+49*20:])
			copy(b[names+20:], b[names:names+49*20])
			copy(b[names:], name[:])
		},
		"all in the last bucket": func(b []byte) { clear(b[fanout : fanout+4*255]) },
	} {
		changed := bytes.Clone(idx)
		change(changed)
		s, err := Open(Options{}, fstest.MapFS{"pack/p.pack": {Data: pack}, "pack/p.idx": {Data: changed}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		given := 0
		reader := s.NewReader()
		if _, err := s.Each(t.Context(), Pass{Workers: 1}, func(_ int, o *Object) error {
			given++
			if _, _, err := reader.Get(o.ID); err != nil || !s.Has(o.ID) {
				t.Errorf("%s: %s: %v", what, o.ID, err)
			}
			return nil
		}); err != nil || given != 50 {
			t.Errorf("%s: %d objects, %v", what, given, err)
		}
	}
}
