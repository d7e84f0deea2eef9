package objects

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
)

// tally is how many objects were given in a way.
type tally struct{ ranges, streams int }

// gather reads all objects, and holds what is said of ranges to their bases.
func gather(t testing.TB, o Options, how Pass, dirs ...fs.FS) (map[ID]what, tally) {
	t.Helper()
	s, err := Open(o, dirs...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, skip := range s.Skips {
		t.Errorf("skipped %s: %v", skip.File, skip.Err)
	}
	var mu sync.Mutex
	all := make(map[ID]what)
	var count tally
	stats, err := s.Each(context.Background(), how, func(worker int, o *Object) error {
		data := o.Data
		if o.Stream != nil {
			if o.Data != nil {
				t.Errorf("%s: both a stream and data", o.ID)
			}
			var err error
			if data, err = io.ReadAll(o.Stream); err != nil {
				t.Errorf("%s: %v", o.ID, err)
			}
		}
		if int64(len(data)) != o.Size {
			t.Errorf("%s: %d of %d bytes", o.ID, len(data), o.Size)
		}
		if o.Inserted != nil {
			base, ok := o.FromBase.([]byte)
			if !ok {
				t.Errorf("%s: ranges without what the base left", o.ID)
			}
			checkRanges(t, o, base)
		} else if o.FromBase != nil {
			t.Errorf("%s: from a base that it has nothing of", o.ID)
		}
		o.Carry = bytes.Clone(data)
		mu.Lock()
		defer mu.Unlock()
		if _, twice := all[o.ID]; twice {
			t.Errorf("%s: given twice", o.ID)
		}
		if o.Stream != nil {
			count.streams++
		}
		if o.Inserted != nil {
			count.ranges++
		}
		all[o.ID] = what{o.Type, o.Size, sha256.Sum256(data)}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, skip := range stats.Skips {
		t.Errorf("skipped %s %s: %v", skip.File, skip.ID, skip.Err)
	}
	if stats.Objects != int64(len(all)) {
		t.Errorf("%d objects counted, %d given", stats.Objects, len(all))
	}
	if how.Only == nil && how.Types == nil && s.Len() != len(all) {
		t.Errorf("%d objects by the indexes, %d given", s.Len(), len(all))
	}
	return all, count
}

// checkRanges holds that ranges ascend apart, and that each stretch between them
// is a stretch of the base.
func checkRanges(t testing.TB, o *Object, base []byte) {
	t.Helper()
	last := 0
	stretch := func(to int) {
		if to < last || !bytes.Contains(base, o.Data[last:to]) {
			t.Errorf("%s: bytes %d to %d are not in the base", o.ID, last, to)
		}
	}
	for i, r := range o.Inserted {
		if r.Start < last || i > 0 && r.Start == last || r.End < r.Start || r.End > len(o.Data) {
			t.Errorf("%s: ranges %v of %d bytes", o.ID, o.Inserted, len(o.Data))
			return
		}
		stretch(r.Start)
		last = r.End
	}
	stretch(len(o.Data))
	if len(o.Inserted) == 0 && !bytes.Equal(base, o.Data) {
		t.Errorf("%s: differs from its base, and nothing is said to", o.ID)
	}
}

// tight are limits at which nearly nothing is kept and much is streamed.
var tight = Limits{Base: 2000, Whole: 1 << 20, Kept: 3000, Working: 1 << 20}

// compare holds what is read here, in several ways, to what git reads.
func compare(t *testing.T, want map[ID]what, format Format, dirs ...fs.FS) {
	t.Helper()
	if len(want) == 0 {
		t.Fatal("git reads nothing")
	}
	differ := func(t *testing.T, got map[ID]what) {
		t.Helper()
		for id, w := range want {
			if g, ok := got[id]; g != w {
				t.Errorf("%s: %s of %d bytes; read: %t, %s of %d", id, w.t, w.size, ok, g.t, g.size)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d objects, git has %d", len(got), len(want))
		}
	}
	t.Run("verified", func(t *testing.T) {
		got, _ := gather(t, Options{Format: format, Verify: true}, Pass{Workers: 1}, dirs...)
		differ(t, got)
	})
	t.Run("parallel", func(t *testing.T) {
		got, count := gather(t, Options{Format: format}, Pass{Workers: 5}, dirs...)
		differ(t, got)
		if least := len(want) / 20; count.ranges < least {
			t.Errorf("%d of %d objects are given with ranges", count.ranges, len(want))
		}
	})
	t.Run("tight", func(t *testing.T) {
		got, count := gather(t, Options{Format: format, Limits: tight}, Pass{Workers: 3}, dirs...)
		differ(t, got)
		large := false
		for _, w := range want {
			large = large || w.size > 2*tight.Base
		}
		if count.streams == 0 && large {
			t.Error("nothing was streamed")
		}
	})
	t.Run("unmapped", func(t *testing.T) {
		var files, streams []fs.FS
		for _, d := range dirs {
			files, streams = append(files, unmapped{d, true}), append(streams, unmapped{d, false})
		}
		got, _ := gather(t, Options{Format: format}, Pass{Workers: 2}, files...)
		differ(t, got)
		got, _ = gather(t, Options{Format: format, Limits: tight}, Pass{}, streams...)
		differ(t, got)
	})
	t.Run("one by one", func(t *testing.T) {
		s, err := Open(Options{Format: format, Verify: true}, dirs...)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		got := make(map[ID]what)
		r := s.NewReader()
		for id := range want {
			kind, data, err := r.Get(id)
			if err != nil || !s.Has(id) {
				t.Errorf("%s: %v", id, err)
			}
			got[id] = what{kind, int64(len(data)), sha256.Sum256(data)}
		}
		differ(t, got)
		if _, _, err := r.Get(makeID(format, bytes.Repeat([]byte{7}, 32))); !errors.Is(err, ErrMissing) {
			t.Errorf("an object that does not exist: %v", err)
		}
	})
	t.Run("some", func(t *testing.T) {
		got, _ := gather(t, Options{Format: format}, Pass{Workers: 2, Types: []Type{TypeCommit, TypeTag}}, dirs...)
		only, _ := gather(t, Options{Format: format}, Pass{Workers: 2, Only: func(id ID) bool { return id.sum[3]&3 == 0 }}, dirs...)
		for id, w := range want {
			if g, ok := got[id]; ok != (w.t == TypeCommit || w.t == TypeTag) || ok && g != w {
				t.Errorf("%s, %s: given %t, only commits and tags asked for", id, w.t, ok)
			}
			if g, ok := only[id]; ok != (id.sum[3]&3 == 0) || ok && g != w {
				t.Errorf("%s, %s: given %t, not as asked", id, w.t, ok)
			}
		}
	})
}

// unmapped hides that files are those of the system, and whether they can be
// read at will.
type unmapped struct {
	fs.FS
	at bool
}

func (u unmapped) Open(name string) (fs.File, error) {
	f, err := u.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if d, ok := f.(fs.ReadDirFile); ok && !u.at {
		return struct{ fs.ReadDirFile }{d}, nil
	}
	return struct {
		fs.ReadDirFile
		io.ReaderAt
	}{f.(fs.ReadDirFile), f.(io.ReaderAt)}, nil
}

// withoutIndex hides the indexes of packs.
type withoutIndex struct{ fs.FS }

func (w withoutIndex) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".idx") {
		return nil, fs.ErrNotExist
	}
	return w.FS.Open(name)
}
