package audit_test

import (
	"slices"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// TestLockVectors locks the programs of every vector: what is locked passes, and
// against a lock that lacks what the dearest calls cost just these fail, each at
// its line.
func TestLockVectors(t *testing.T) {
	raised := 0
	for name, sources := range vectors(t) {
		roots := []audit.Root{{Name: "."}}
		check := func(lock *audit.Lock) (audit.Report, []audit.Finding) {
			e := audit.Evidence{Needs: inferred(t, sources), Index: indexed(), Lock: lock, Roots: roots}
			r := audit.Check(e, policy(t, anyPolicy), catalogue(t))
			return r, slices.DeleteFunc(slices.Clone(r.Findings), func(f audit.Finding) bool { return f.Rule != rules.PriceRaised })
		}
		before, _ := check(nil)
		text := audit.NewLock(before, nil, roots).Encode()
		lock, err := audit.DecodeLock(text, "scopes.lock")
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		after, found := check(lock)
		if len(found) > 0 || len(after.Notes) > len(before.Notes) {
			t.Errorf("%s: %+v, %q", name, found, after.Notes)
		}
		for i, row := range before.Programs {
			if len(row.Price) == 0 {
				continue
			}
			n := slices.IndexFunc(lock.Programs, func(p audit.LockedProgram) bool { return p.Path == row.Path })
			less := &audit.Lock{Name: lock.Name, Programs: slices.Clone(lock.Programs)}
			less.Programs[n].Scopes = row.Price[0].Without
			_, found := check(less)
			var want, got []rules.Location
			for at, call := range before.Programs[i].Needs.Calls {
				if call.State == needs.Live && len(call.Permitted) > 0 && !enough(row.Needs, []int{at}, row.Price[0].Without) {
					want = append(want, call.At)
				}
			}
			for _, f := range found {
				got = append(got, f.Locations...)
			}
			for _, at := range want {
				if !slices.ContainsFunc(got, func(l rules.Location) bool { return l.Compare(at) == 0 }) {
					t.Errorf("%s: %s is not told", name, at)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s: %d calls are told, %d raise the price", name, len(got), len(want))
			}
			raised += len(want)
		}
	}
	if raised < 200 {
		t.Errorf("only %d calls raise a price", raised)
	}
}

// A renamed program is no new one, as long as it needs no more.
func TestLockMoved(t *testing.T) {
	evidence := func(folder string, lock *audit.Lock) audit.Evidence {
		sources := map[string]string{}
		for _, text := range python("SCOPES = []", list) {
			sources[folder+"/app.py"] = text
		}
		return audit.Evidence{Needs: inferred(t, sources), Lock: lock, Roots: []audit.Root{{Name: "."}}}
	}
	for _, c := range []struct {
		about  string
		scopes []scopes.Scope
		path   string
		want   int
	}{
		{"moved", []scopes.Scope{readonly}, "old", 0},
		{"moved, and was wider", []scopes.Scope{"https://mail.google.com/"}, "old", 0},
		{"moved, and needs more", []scopes.Scope{send}, "old", 1},
		{"the same", []scopes.Scope{readonly}, "new", 0},
	} {
		lock := &audit.Lock{Name: "scopes.lock", Programs: []audit.LockedProgram{{Path: c.path, Verdict: needs.Exact, Scopes: c.scopes}}}
		got := 0
		for _, f := range audit.Check(evidence("new", lock), policy(t, anyPolicy), catalogue(t)).Findings {
			if f.Rule == rules.PriceRaised {
				got++
			}
		}
		if got != c.want {
			t.Errorf("%s: %d findings, want %d", c.about, got, c.want)
		}
	}
}
