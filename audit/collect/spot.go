package collect

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
	"scopeaudit/audit/tree"
	"scopeaudit/tokeninfo"
	"scopeaudit/tokeninfo/credfile"
	"scopeaudit/tokeninfo/store"
)

// Spot is one file, one member of an archive, or one object of git's history, that
// a user pointed at: it was read again, and this time the values of its secrets
// were kept.
type Spot struct {
	// Leaks are what stands in it.
	Leaks []secrets.Leak
	// Credentials are those that its own format tells of.
	Credentials []tokeninfo.Credential

	values map[secrets.Tag]tokeninfo.Secret
}

// Value is the value of a secret of the spot.
func (s Spot) Value(tag secrets.Tag) tokeninfo.Secret { return s.values[tag] }

// ReadSpot reads what stands at a place, given the content of the file or object
// that it is in: where the place is a member, an archive. Tags are those of a
// [Run] under the same key.
func ReadSpot(data []byte, at rules.Location, o Options) (Spot, error) {
	return readSpot(bytes.NewReader(data), at.Member, at, o)
}

// ReadFile reads what stands at a place in a file, which may be of any size: only
// the credentials of a large one are not told. The error may be a
// *store.FileError.
func ReadFile(ctx context.Context, file string, at rules.Location, o Options) (spot Spot, err error) {
	data, _, err := store.ReadFile(file, store.MaxCredential)
	if err == nil {
		return ReadSpot(data, at, o)
	}
	if unread := (*store.FileError)(nil); !errors.As(err, &unread) || unread.Problem != store.TooBig {
		return Spot{}, err
	}
	_, err = tree.Walk(ctx, file, tree.Options{}, func(f tree.File) error {
		spot, err = readSpot(f, at.Member, at, o)
		return err
	})
	return spot, err
}

// content is that of a file.
type content interface {
	io.ReaderAt
	Size() int64
}

// readSpot reads a member of what is given, or with none, that itself.
func readSpot(from content, member string, at rules.Location, o Options) (Spot, error) {
	s := Spot{values: make(map[secrets.Tag]tokeninfo.Secret)}
	found := &part{scanner: o.scanner().Revealing(func(tag secrets.Tag, value string) {
		s.values[tag] = tokeninfo.NewSecret(value)
	})}
	input := at
	input.Member = ""
	if _, err := decode.EachAt(from, from.Size(), decode.Limits{}, found.input(input)); err != nil {
		return Spot{}, err
	}
	for _, l := range found.leaks {
		if l.Location.Member == member {
			l.Location.Member = at.Member
			s.Leaks = append(s.Leaks, l)
		}
	}
	if held, ok := memberOf(from, member); ok {
		s.Credentials, _ = credfile.Identify(held) // that it holds none is no error
	}
	return s, nil
}

// memberOf takes a member out of an archive, or out of one in it, if it is no
// larger than a credential's file may be.
func memberOf(from content, member string) (held []byte, ok bool) {
	if member == "" {
		if from.Size() > credfile.MaxFile {
			return nil, false
		}
		held = make([]byte, from.Size())
		n, err := from.ReadAt(held, 0)
		return held, n == len(held) && (err == nil || err == io.EOF)
	}
	for name, inner := range splitMember(member) {
		_, err := decode.Files(from, from.Size(), decode.Limits{}, func(f decode.File) error {
			if f.Name != name || held != nil {
				return nil
			}
			content, err := io.ReadAll(io.LimitReader(f.Content, credfile.MaxFile+1))
			if err == nil && len(content) <= credfile.MaxFile {
				held = content
			}
			return err
		})
		if err == nil && held != nil {
			return memberOf(bytes.NewReader(held), inner)
		}
	}
	return nil, false
}

// splitMember gives every name that a member of an archive may have which is an
// archive itself, with what is in there; last, the whole name.
func splitMember(member string) iter.Seq2[string, string] {
	return func(yield func(name, inner string) bool) {
		for i, c := range member {
			if c == '!' && !yield(member[:i], member[i+1:]) {
				return
			}
		}
		yield(member, "")
	}
}
