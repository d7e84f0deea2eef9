package objects

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

var (
	// ErrMissing says that no pack and no loose file holds an object: the
	// repository is shallow or partial, or damaged.
	ErrMissing = errors.New("object is missing")
	// ErrTooLarge says that an object is beyond [Limits].
	ErrTooLarge = errors.New("object is too large")
)

// Limits bound memory. A field that is zero has the value of DefaultLimits.
type Limits struct {
	Base    int64 // bytes of the largest object that is kept as a base, or given whole where it can be streamed
	Whole   int64 // bytes of the largest object that is ever put together in memory, and of the deltas of a larger one
	Made    int64 // bytes of the largest object that deltas make; git makes none of larger ones (core.bigFileThreshold)
	Kept    int64 // bytes of bases that are kept at the same time
	Working int64 // bytes of objects above 1 MiB that are in work at the same time
	Objects int   // entries of all packs
}

// DefaultLimits are enough for every repository known, on a small machine.
func DefaultLimits() Limits {
	return Limits{Base: 32 << 20, Whole: 256 << 20, Made: 512 << 20, Kept: 64 << 20, Working: 64 << 20, Objects: 64 << 20}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Base <= 0 {
		l.Base = d.Base
	}
	if l.Whole <= 0 {
		l.Whole = d.Whole
	}
	l.Whole = max(l.Whole, l.Base)
	if l.Made <= 0 {
		l.Made = d.Made
	}
	if l.Kept <= 0 {
		l.Kept = d.Kept
	}
	if l.Working <= 0 {
		l.Working = d.Working
	}
	if l.Objects <= 0 {
		l.Objects = d.Objects
	}
	return l
}

// Options say how a store is read.
type Options struct {
	Format Format
	Limits Limits
	// Verify holds each object to its name and each stream to its checksum, as
	// git-fsck(1) does. Without it a damaged object may go unnoticed where it
	// still decompresses to the size that it should have.
	Verify bool
	// Index makes the index of a pack that has none, which takes longer than
	// reading it; git takes no notice of such a pack. Without it, it is a skip.
	Index bool
	// Single says that a few objects will be asked for by their names: what only
	// all of them together need, which takes time by their number, is then left
	// to the first call that needs it, and so are the Skips that it finds.
	Single bool
	// Elsewhere gives what is in a form that is not read here; may be nil.
	Elsewhere Elsewhere
}

// Skip is something that was not read.
type Skip struct {
	File string // in the object directories: a pack or a loose object
	ID   ID     // the object, or zero for a whole file
	Err  error
}

// Store is the objects of a repository. It is safe for concurrent use until it
// is closed.
type Store struct {
	opts   Options
	dirs   []fs.FS
	packs  []*pack
	loose  []looseObject // ascending, each once, and in no pack
	Skips  []Skip        // packs and folders that could not be opened
	hidden []bitmap      // of each pack: what another pack gives, by position in its index

	other []ID // what only Options.Elsewhere has, ascending

	surveyed sync.Once
	survey   error // why loose and hidden are not known
}

// Open opens an object directory, "objects" of a git directory, and those that
// it borrows from (its alternates, in turn). Which of these may be read is for
// the caller to say: "info/alternates" is not looked at.
//
// A pack or folder that cannot be read is in Skips. The error is of the first
// directory, when that cannot be read at all.
func Open(o Options, dirs ...fs.FS) (*Store, error) {
	o.Limits = o.Limits.orDefault()
	s := &Store{opts: o, dirs: dirs}
	total := 0
	for i, dir := range dirs {
		if _, err := fs.ReadDir(dir, "."); err != nil {
			if i == 0 {
				return nil, err
			}
			s.Skips = append(s.Skips, Skip{File: ".", Err: err})
			continue
		}
		entries, err := fs.ReadDir(dir, "pack")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.Skips = append(s.Skips, Skip{File: "pack", Err: err})
		}
		for _, name := range packNames(entries) {
			name = path.Join("pack", name)
			p, err := openPack(dir, name, o)
			if err == nil && p.idx.count > o.Limits.Objects-total {
				p.close()
				err = errTooLarge
			}
			if err != nil {
				s.Skips = append(s.Skips, Skip{File: name + ".pack", Err: err})
				continue
			}
			total += p.idx.count
			s.packs = append(s.packs, p)
		}
	}
	if o.Single {
		return s, nil
	}
	if err := s.all(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// all finds out which objects there are, each once.
func (s *Store) all() error {
	s.surveyed.Do(func() {
		// A fault here is a file that was cut while it was opened.
		s.survey = guard(func() error {
			for _, p := range s.packs {
				p.idx.arrange()
			}
			s.hidden = hideCopies(s.packs)
			s.findLoose()
			s.other = s.elsewhere()
			return nil
		})
	})
	return s.survey
}

// packNames gives the names of packs without their endings, each once: of those,
// too, of which only the index is there, so that they are missed.
func packNames(entries []fs.DirEntry) []string {
	var names []string
	for _, e := range entries {
		name, ending := strings.CutSuffix(e.Name(), ".pack")
		if !ending {
			name, ending = strings.CutSuffix(e.Name(), ".idx")
		}
		if ending {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Close lets go of the files. Nothing of the store may be in use.
func (s *Store) Close() error {
	var err error
	for _, p := range s.packs {
		err = errors.Join(err, p.close())
	}
	s.packs = nil
	return err
}

// Format is how the store names objects.
func (s *Store) Format() Format { return s.opts.Format }

// Len is how many objects the store holds, each counted once.
func (s *Store) Len() int {
	if s.all() != nil {
		return 0
	}
	n := len(s.loose) + len(s.other)
	for i, p := range s.packs {
		n += p.idx.count - s.hidden[i].count()
	}
	return n
}

// Has reports whether the store holds an object.
func (s *Store) Has(id ID) bool {
	found := false
	guard(func() error {
		if err := s.all(); err != nil {
			return err
		}
		if _, _, found = s.findPacked(id, nil); !found {
			_, found = s.findLooseObject(id)
		}
		if !found {
			_, found = slices.BinarySearchFunc(s.other, id, ID.Compare)
		}
		return nil
	})
	return found
}

// findPacked finds an object in a pack other than but.
func (s *Store) findPacked(id ID, but *pack) (*pack, int, bool) {
	for _, p := range s.packs {
		if p == but {
			continue
		}
		if i, ok := p.idx.find(id); ok {
			return p, i, true
		}
	}
	return nil, 0, false
}

func (s *Store) findLooseObject(id ID) (looseObject, bool) {
	i, ok := slices.BinarySearchFunc(s.loose, id, func(o looseObject, id ID) int { return o.id.Compare(id) })
	if !ok {
		return looseObject{}, false
	}
	return s.loose[i], true
}

// bitmap is a set of positions; nil is empty.
type bitmap []uint64

func (b bitmap) has(i int) bool { return b != nil && b[i>>6]>>(i&63)&1 != 0 }
func (b bitmap) set(i int)      { b[i>>6] |= 1 << (i & 63) }

func (b bitmap) count() int {
	n := 0
	for _, w := range b {
		for ; w != 0; w &= w - 1 {
			n++
		}
	}
	return n
}

// hideCopies marks the objects of each pack that an earlier one holds too, or
// that its index lists twice, by merging the indexes. Names that do not ascend,
// as they should, only make copies be missed.
func hideCopies(packs []*pack) []bitmap {
	hidden := make([]bitmap, len(packs))
	hide := func(pack, i int) {
		if hidden[pack] == nil {
			hidden[pack] = make(bitmap, packs[pack].idx.count/64+1)
		}
		hidden[pack].set(i)
	}
	type cursor struct{ pack, at int }
	less := func(a, b cursor) bool {
		c := bytes.Compare(packs[a.pack].idx.name(a.at), packs[b.pack].idx.name(b.at))
		return c < 0 || c == 0 && a.pack < b.pack
	}
	var heap []cursor
	down := func(i int) {
		for {
			least := i
			for c := 2*i + 1; c <= 2*i+2 && c < len(heap); c++ {
				if less(heap[c], heap[least]) {
					least = c
				}
			}
			if least == i {
				return
			}
			heap[i], heap[least] = heap[least], heap[i]
			i = least
		}
	}
	for i, p := range packs {
		if p.idx.count > 0 {
			heap = append(heap, cursor{i, 0})
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		down(i)
	}
	var last []byte
	for len(heap) > 0 {
		top := &heap[0]
		idx := packs[top.pack].idx
		name := idx.name(top.at)
		if last != nil && bytes.Equal(last, name) {
			hide(top.pack, top.at)
		}
		last = name
		if top.at++; top.at == idx.count {
			heap[0] = heap[len(heap)-1]
			heap = heap[:len(heap)-1]
		}
		down(0)
	}
	return hidden
}
