package objects

import (
	"errors"
	"io"
	"slices"
)

// ErrFormat says that a pack, an index, or the names of objects are made in a way
// that is not known here.
var ErrFormat = errors.New("in a format that is not read here")

// FormatError says that a repository's configuration calls the format of its
// object names by a name that is not known here. It wraps [ErrFormat].
type FormatError struct{ Name string }

func (e *FormatError) Error() string { return "unknown format of object names" }

func (e *FormatError) Unwrap() error { return ErrFormat }

// Elsewhere gives objects that a store does not hold in a form that is read here.
// It is safe for concurrent use.
type Elsewhere interface {
	// List names all objects, those that the store holds perhaps among them.
	List() []ID
	// Read hands out one object; content lasts until fn returns, whose error Read
	// returns, and gives size bytes or an error.
	Read(id ID, fn func(t Type, size int64, content io.Reader) error) error
}

// elsewhere lists what is only there.
func (s *Store) elsewhere() []ID {
	if s.opts.Elsewhere == nil {
		return nil
	}
	var ids []ID
	for _, id := range s.opts.Elsewhere.List() {
		_, _, packed := s.findPacked(id, nil)
		_, loose := s.findLooseObject(id)
		if !packed && !loose {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, ID.Compare)
	return slices.Compact(ids)
}

// others gives the objects from elsewhere in one pass.
func (p *pass) others(stats *Stats) {
	limits := &p.store.opts.Limits
	for _, id := range p.store.other {
		if p.stopped.Load() {
			return
		}
		if p.how.Only != nil && !p.how.Only(id) {
			continue
		}
		err := p.store.opts.Elsewhere.Read(id, func(t Type, size int64, content io.Reader) error {
			if !p.asked(t) {
				return nil
			}
			o := &Object{ID: id, Type: t, Size: size}
			exact := &exactReader{r: content, left: size}
			if size > limits.Base {
				o.Stream = exact
			} else {
				var err error
				if o.Data, err = readExactly(exact, size); err != nil {
					return err
				}
				o.Data = slices.Clip(o.Data)
			}
			err := p.fn(0, o)
			if failed := exact.failure(); failed != nil {
				return failed
			}
			if err != nil {
				p.stop(err)
				return nil
			}
			stats.Objects++
			stats.Bytes += size
			return nil
		})
		if err != nil {
			stats.fail(Skip{ID: id, Err: err})
		}
	}
}

// fromElsewhere is [Reader.get] for one of them.
func (r *Reader) fromElsewhere(id ID) (o object, err error) {
	if r.s.opts.Elsewhere == nil {
		return object{}, ErrMissing
	}
	err = r.s.opts.Elsewhere.Read(id, func(t Type, size int64, content io.Reader) error {
		if size > r.s.opts.Limits.Whole {
			return ErrTooLarge
		}
		data, err := readExactly(&exactReader{r: content, left: size}, size)
		o = object{t, data}
		return err
	})
	return o, err
}
