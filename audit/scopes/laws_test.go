package scopes_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"scopeaudit/audit/scopes"
)

// Covers is proven an order on all scopes there are, pair by pair.
func TestCoversIsReflexiveAndTransitive(t *testing.T) {
	c := load(t)
	all := c.All()
	covered := map[scopes.Scope][]scopes.Scope{}
	pairs := 0
	for _, have := range all {
		if !c.Covers(have, have) {
			t.Errorf("%s does not cover itself", have)
		}
		for _, want := range all {
			if have != want && c.Covers(have, want) {
				covered[have] = append(covered[have], want)
				pairs++
			}
		}
	}
	for have, wants := range covered {
		for _, want := range wants {
			for _, less := range covered[want] {
				if !c.Covers(have, less) {
					t.Errorf("%s covers %s, which covers %s, which the first does not", have, want, less)
				}
			}
		}
	}
	if pairs < 300 {
		t.Errorf("only %d pairs of scopes cover one another", pairs)
	}
}

// What covers permits at least as much and is at least as grave.
func TestCoveringPermitsAllThatIsCovered(t *testing.T) {
	c := load(t)
	all := c.All()
	permits := map[scopes.Scope][]string{}
	for _, s := range all {
		for _, m := range c.Permits(s) {
			// Those left out accept a scope for reasons of their own.
			if m.ID != "script.scripts.run" && m.ID != "youtube.tests.insert" && m.API != "deepreview" && (m.API != "storage" || m.Version == "v1") {
				permits[s] = append(permits[s], m.ID)
			}
		}
	}
	for _, have := range all {
		for _, want := range all {
			if have == want || !c.Covers(have, want) {
				continue
			}
			for _, id := range permits[want] {
				if _, found := slices.BinarySearch(permits[have], id); !found {
					t.Errorf("%s covers %s without permitting %s", have, want, id)
				}
			}
			h, _ := c.Info(have)
			w, _ := c.Info(want)
			if scopes.Greatest(h.Powers).Rank() < scopes.Greatest(w.Powers).Rank() {
				t.Errorf("%s (%v) covers %s (%v)", have, h.Powers, want, w.Powers)
			}
		}
	}
}

// everyMethod lists the IDs of the methods that some scope permits.
func everyMethod(c *scopes.Catalogue) []string {
	seen := map[string]bool{}
	var ids []string
	for _, s := range c.All() {
		for _, m := range c.Permits(s) {
			if !seen[m.ID] {
				seen[m.ID] = true
				ids = append(ids, m.ID)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

func TestLeastPermitsAllAndNothingIsRedundant(t *testing.T) {
	c := load(t)
	all := everyMethod(c)
	var workspace []string
	for _, id := range all {
		m, _ := c.Method(id)
		if slices.Contains([]string{"gmail", "drive", "calendar", "sheets", "docs", "people", "tasks", "chat"}, m.API) {
			workspace = append(workspace, id)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		methods := rapid.SliceOfN(rapid.SampledFrom(workspace), 1, 12).Draw(t, "workspace methods")
		methods = append(methods, rapid.SliceOfN(rapid.SampledFrom(all), 0, 4).Draw(t, "any methods")...)
		sets, err := c.Least(methods)
		if err != nil || len(sets) == 0 {
			t.Fatalf("Least gives %v, %v", sets, err)
		}
		permits := func(set []scopes.Scope) bool {
			for _, id := range methods {
				if !slices.ContainsFunc(c.Permitting(id), func(s scopes.Scope) bool { return slices.Contains(set, s) }) {
					return false
				}
			}
			return true
		}
		covers := func(have, want []scopes.Scope) bool {
			for _, w := range want {
				if !slices.ContainsFunc(have, func(h scopes.Scope) bool { return c.Covers(h, w) }) {
					return false
				}
			}
			return true
		}
		for i, set := range sets {
			if !permits(set) {
				t.Fatalf("%v does not permit all of %v", set, methods)
			}
			// To permit is monotone in the set, so leaving out one scope at a
			// time tries every proper subset.
			for j := range set {
				if permits(slices.Delete(slices.Clone(set), j, j+1)) {
					t.Fatalf("%v permits %v without %s too", set, methods, set[j])
				}
			}
			if conflicts := c.Conflicts(set); len(conflicts) > 0 {
				t.Fatalf("%v spoils itself: %v", set, conflicts)
			}
			for j, other := range sets {
				if i != j && covers(set, other) && !covers(other, set) {
					t.Fatalf("%v is wider than %v", set, other)
				}
			}
		}
		slices.Reverse(methods)
		again, err := c.Least(append(methods, methods...))
		if err != nil || !slices.EqualFunc(sets, again, slices.Equal) {
			t.Fatalf("order or repetition of the methods changes %v to %v, %v", sets, again, err)
		}
	})
}

func TestLeastOfNothingAndOfTheUnknown(t *testing.T) {
	c := load(t)
	if sets, err := c.Least(nil); err != nil || len(sets) != 1 || sets[0] == nil || len(sets[0]) != 0 {
		t.Errorf("no methods need %v, %v, want the empty set alone", sets, err)
	}
	if sets, err := c.Least([]string{"gmail.users.messages.list", "gmail.users.messages.lsit"}); err == nil {
		t.Errorf("an unknown method gives %v, want an error", sets)
	}
}

func TestLeastWithEvidence(t *testing.T) {
	c := load(t)
	for _, test := range []struct {
		methods []string
		evident []string
		want    string
	}{
		{[]string{"gmail.users.messages.list"}, nil, "gmail.readonly"},
		{[]string{"gmail.users.messages.list"}, []string{"gmail.metadata"}, "gmail.metadata"},
		{[]string{"drive.files.create"}, nil, "drive"},
		{[]string{"drive.files.create"}, []string{"drive.file"}, "drive.file"},
		{[]string{"drive.files.create"}, []string{"drive.appdata"}, "drive.appdata"},
		{[]string{"calendar.calendars.insert"}, nil, "calendar.calendars"},
		// Who the user is comes before what else of the profile the same call may
		// give, and what everybody has before what partners have.
		{[]string{"people.people.get", "youtube.playlists.list", "youtube.playlistItems.insert"}, nil, "userinfo.profile youtube"},
		{[]string{"calendar.calendars.insert"}, []string{"calendar.app.created"}, "calendar.calendars"},
	} {
		var evident []scopes.Scope
		for _, s := range test.evident {
			evident = append(evident, full(s))
		}
		var want []scopes.Scope
		for s := range strings.FieldsSeq(test.want) {
			want = append(want, full(s))
		}
		sets, err := c.LeastWith(test.methods, evident...)
		if err != nil || !slices.Equal(sets[0], want) {
			t.Errorf("LeastWith(%v, %v) prefers %v, %v, want %s", test.methods, test.evident, sets, err, test.want)
		}
	}
}

// All of an API at once, and one method of every API: the bounds must hold.
func TestLeastIsBounded(t *testing.T) {
	c := load(t)
	all := everyMethod(c)
	var mixed []string
	last := ""
	for _, id := range all {
		if m, _ := c.Method(id); m.API != last {
			mixed = append(mixed, id)
			last = m.API
		}
	}
	for name, methods := range map[string][]string{"all methods": all, "one of each API": mixed} {
		sets, err := c.Least(methods)
		if err != nil || len(sets) == 0 {
			t.Errorf("%s: %d sets, %v", name, len(sets), err)
		}
		for _, id := range methods {
			permitting := c.Permitting(id)
			for _, set := range sets {
				if !slices.ContainsFunc(permitting, func(s scopes.Scope) bool { return slices.Contains(set, s) }) {
					t.Fatalf("%s: a set of %d scopes does not permit %s", name, len(set), id)
				}
			}
		}
	}
}

func TestNormaliseIsIdempotent(t *testing.T) {
	c := load(t)
	for _, s := range c.All() {
		if got, known := c.Normalise(string(s)); !known || got != s {
			t.Errorf("Normalise(%s) gives %s, %v", s, got, known)
		}
		info, known := c.Info(s)
		if !known {
			t.Errorf("%s is listed but not known", s)
		}
		if got, known := c.Normalise(info.Short); !known || got != s {
			t.Errorf("the short name %q normalises to %s, %v, want %s", info.Short, got, known, s)
		}
		if got, found := c.Suggest(string(s)); !found || got != s {
			t.Errorf("Suggest(%s) gives %s, %v", s, got, found)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"", " ", "/", "://", "http://", "https:///", "email", "gmail.readonly", " gmail.readonly\n",
		"https://mail.google.com", "https://www.googleapis.com/auth/", "HTTPS://WWW.GOOGLEAPIS.COM/AUTH/DRIVE", "drive,calendar", "\x00", "ſ.readonly"} {
		f.Add(s)
	}
	c := load(f)
	f.Fuzz(func(t *testing.T, text string) {
		s, known := c.Normalise(text)
		if again, stillKnown := c.Normalise(string(s)); again != s || stillKnown != known {
			t.Errorf("Normalise(%q) gives %q, %v, and of that %q, %v", text, s, known, again, stillKnown)
		}
		info, found := c.Info(s)
		if found != known || len(info.Powers) == 0 {
			t.Errorf("Normalise(%q) says known %v, Info %v with powers %v", text, known, found, info.Powers)
		}
		if guess, found := c.Suggest(text); found {
			if _, known := c.Normalise(string(guess)); !known {
				t.Errorf("Suggest(%q) gives %q, which nobody knows", text, guess)
			}
		}
		for _, part := range scopes.Split(text) {
			if part == "" || len(scopes.Split(part)) != 1 {
				t.Errorf("Split(%q) has the part %q", text, part)
			}
		}
	})
}
