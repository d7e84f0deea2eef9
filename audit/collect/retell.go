package collect

import (
	"bytes"
	"context"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/tree"
	"scopeaudit/audit/tree/objects"
	"scopeaudit/tokeninfo/credfile"
)

// retelling looks once more at the objects of a history that hold something, now
// that it is known where they lie: what a path says of them counts.
type retelling struct {
	*collector
	reader   *objects.Reader
	in       inside
	hits     map[objects.ID]objects.Type
	traces   map[objects.ID]tree.Trace
	excluded func(path string) bool // nil: nothing is
	identify bool                   // credentials too
}

func (r *retelling) tell(ctx context.Context, ids []objects.ID) error {
	found := &part{scanner: r.scanner}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, at := range locations(r.traces[id], id, r.hits[id]) {
			at = r.in.place(at)
			if r.excluded != nil && r.excluded(at.Path) {
				continue
			}
			if err := r.reader.Stream(id, func(o *objects.Object) error { return r.object(found, o, at) }); err != nil {
				found.skip(r.in.path, id.String(), err.Error(), rules.ByFailure)
			}
		}
	}
	found.leaks = onePlace(found.leaks, r.traces)
	r.add(found)
	return nil
}

// object looks at an object in one of its places.
func (r *retelling) object(found *part, o *objects.Object, at rules.Location) error {
	before := len(found.leaks)
	if o.Stream != nil {
		skips, err := new(decode.Space).EachReader(o.Stream, decode.Limits{}, found.input(at))
		return found.examined(nested(at.Path, at.Member), skips, err)
	}
	if at.Object != "" {
		at.Heading = heading(o.Data)
	}
	skips, err := decode.Each(o.Data, decode.Limits{}, found.input(at))
	if err := found.examined(nested(at.Path, at.Member), skips, err); err != nil {
		return err
	}
	if r.identify && at.Object == "" && len(o.Data) <= credfile.MaxFile {
		found.hold(at, o.Data)
	}
	var beside aside
	beside.beside(bytes.NewReader(o.Data), found.leaks[before:])
	found.aside.comments = append(found.aside.comments, beside.comments...)
	return nil
}

// heading is how many lines of a commit or tag come before its message
// (gitformat-commit: an empty line ends the header).
func heading(data []byte) int {
	header, _, ok := bytes.Cut(data, []byte("\n\n"))
	if !ok {
		return 0
	}
	return bytes.Count(header, []byte("\n")) + 2
}

// locations are where a report shows an object: for what git has staged each
// path, since the next commit brings it under all of them.
func locations(t tree.Trace, id objects.ID, kind objects.Type) []rules.Location {
	at := location(t, id, kind)
	if at.Origin != rules.Index {
		return []rules.Location{at}
	}
	var all []rules.Location
	for _, p := range t.Staged {
		at.Path = p
		all = append(all, at)
	}
	return all
}

// location is where a report shows an object, from the top of its repository on.
func location(t tree.Trace, id objects.ID, kind objects.Type) rules.Location {
	at := rules.Location{Origin: rules.History, Path: "object:" + kind.String(), Blob: id.String(), Refs: t.Refs, RefsKnown: t.RefsKnown}
	if len(t.Paths) > 0 {
		at.Path = t.Paths[0]
	}
	switch {
	case len(t.Paths) == 0 && len(t.Staged) > 0:
		at.Origin, at.Path = rules.Index, t.Staged[0]
	case len(t.Head) > 0:
		at.Path = t.Head[0]
	}
	if kind != objects.TypeBlob {
		at.Object = kind.String()
	}
	if !t.Commit.IsZero() {
		at.Commit, at.CommitTime = t.Commit.String(), t.When
	}
	if t.HeadKnown && kind == objects.TypeBlob {
		in := len(t.Head) > 0
		at.InHead = &in
	}
	return at
}
