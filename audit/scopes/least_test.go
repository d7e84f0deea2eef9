package scopes

import (
	"slices"
	"testing"
)

func TestSearchGivesNoRedundantSet(t *testing.T) {
	for name, test := range map[string]struct{ needs, want [][]uint16 }{
		"one for both or one for each": {[][]uint16{{1, 3}, {2, 3}}, [][]uint16{{1, 2}, {3}}},
		"no choice":                    {[][]uint16{{4}, {2}}, [][]uint16{{2, 4}}},
		"a triangle":                   {[][]uint16{{1, 2}, {2, 3}, {1, 3}}, [][]uint16{{1, 2}, {1, 3}, {2, 3}}},
		"nothing needed":               {nil, [][]uint16{nil}},
	} {
		s := &search{needs: test.needs, chosen: make([]bool, 5), excluded: make([]bool, 5)}
		s.step(0)
		slices.SortFunc(s.found, slices.Compare)
		if !slices.EqualFunc(s.found, test.want, slices.Equal) {
			t.Errorf("%s: found %v, want %v", name, s.found, test.want)
		}
	}
}

func TestTrimTakesRedundantScopesOut(t *testing.T) {
	s := &search{needs: [][]uint16{{1, 3}, {2, 3}}, chosen: make([]bool, 4), first: []uint16{1, 2, 3}}
	if got := s.trim(); len(got) != 1 && !slices.Equal(got, []uint16{1, 2}) {
		t.Errorf("trim leaves %v", got)
	}
}

// Wider candidates must go before the search, or it drowns in them.
func TestNeedsKeepOnlyTheNarrowest(t *testing.T) {
	c, _ := mustLoad(t)
	needs, err := c.needs([]string{"gmail.users.messages.list", "gmail.users.labels.list", "drive.files.list", "tasks.tasks.list"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []Scope
	for _, need := range needs {
		if len(need) != 1 {
			t.Errorf("the candidates %v remain for one need, want one", c.names(need))
		}
		got = append(got, c.names(need)...)
	}
	slices.Sort(got)
	if want := []Scope{expand("drive.metadata.readonly"), expand("gmail.readonly"), expand("tasks.readonly")}; !slices.Equal(got, want) {
		t.Errorf("the candidates are %v, want %v", got, want)
	}
}

// What a read-only scope opens is no excess of writing.
func TestExcessCountsWrites(t *testing.T) {
	c, _ := mustLoad(t)
	for short, want := range map[string]int{"gmail.readonly": 0, "calendar.freebusy": 0, "gmail.send": 1, "gmail.labels": 4} {
		n, known := c.number(expand(short))
		if e := c.excessOf([]uint16{uint16(n)}, map[string]excess{}); !known || e.writes != want {
			t.Errorf("%s opens %d writing methods, want %d", short, e.writes, want)
		}
	}
}
