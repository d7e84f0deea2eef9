package main

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"scopeaudit/audit"
	"scopeaudit/audit/collect"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

// find is one grant that sos found: its tokens, and all places of them.
type find struct {
	target
	fingerprint string
	locations   []rules.Location
	since       time.Time // of the first commit that holds it; zero for none
	commit      string
	ended       ended
}

// maxFinds bounds how many places are read again: a tree with more is a dump of
// many people's tokens, for which sos is the wrong tool.
const maxFinds = 200

// gatherFinds makes finds of the leaks of a run, each read again where it is.
// Versions of one credential are one find. Lost says in words what could not be
// read again.
func gatherFinds(ctx context.Context, e audit.Evidence, o collect.Options) (finds []*find, lost []string, err error) {
	byTag := make(map[secrets.Tag][]secrets.Leak)
	var order []secrets.Tag
	for _, l := range e.Leaks {
		if !audit.Revocable(l) {
			continue
		}
		if byTag[l.Tag] == nil {
			order = append(order, l.Tag)
		}
		byTag[l.Tag] = append(byTag[l.Tag], l)
	}
	for _, tag := range order {
		// The files first: they are what people know.
		slices.SortStableFunc(byTag[tag], func(a, b secrets.Leak) int {
			return boolToInt(a.Location.Blob != "") - boolToInt(b.Location.Blob != "")
		})
	}
	// Refresh tokens first: an access token beside one belongs to its find.
	slices.SortStableFunc(order, func(a, b secrets.Tag) int {
		return strings.Compare(string(byTag[b][0].Kind), string(byTag[a][0].Kind))
	})
	if more := len(order) - maxFinds; more > 0 {
		order = order[:maxFinds]
		lost = append(lost, plural(more, "more token")+" were found and not looked at: run sos on smaller folders")
	}
	known := make(map[string]*find) // by the values of their tokens
	for _, tag := range order {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		t, spotted := readOne(ctx, e, byTag[tag], o)
		if !spotted {
			lost = append(lost, byTag[tag][0].Masked+" at "+where(byTag[tag][0].Location)+" could not be read again")
			continue
		}
		f := known[t.RefreshToken.Reveal()]
		if f == nil || !t.RefreshToken.Present() {
			f = known[t.AccessToken.Reveal()]
		}
		if f == nil {
			f = &find{target: t, fingerprint: byTag[tag][0].Fingerprint}
			finds = append(finds, f)
		}
		for _, value := range []string{t.RefreshToken.Reveal(), t.AccessToken.Reveal()} {
			if value != "" {
				known[value] = f
			}
		}
		f.add(byTag[tag])
	}
	return finds, lost, nil
}

// readOne reads a token again at the first of its places where it still is.
func readOne(ctx context.Context, e audit.Evidence, leaks []secrets.Leak, o collect.Options) (target, bool) {
	for _, l := range leaks {
		spot, err := collect.ReadAgain(ctx, e, l.Location, o)
		if err != nil {
			continue
		}
		if t, err := theOne(spot, []secrets.Leak{l}); err == nil {
			t.ClientID = cmp.Or(t.ClientID, joinedClient(e.Leaks, spot, t))
			return t, true
		}
	}
	return target{}, false
}

// add takes over where a token of the find stands, and since when.
func (f *find) add(leaks []secrets.Leak) {
	for _, l := range leaks {
		same := func(o rules.Location) bool {
			return o.Path == l.Location.Path && o.Member == l.Location.Member && o.Blob == l.Location.Blob && o.Line == l.Location.Line
		}
		if !slices.ContainsFunc(f.locations, same) {
			f.locations = append(f.locations, l.Location)
		}
		if t := l.Location.CommitTime; !t.IsZero() && (f.since.IsZero() || t.Before(f.since)) {
			f.since, f.commit = t, l.Location.Commit
		}
	}
}
