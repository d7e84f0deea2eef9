package labels

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
)

// Count is of what was found, missed, and found though it is not there.
type Count struct{ Right, Missed, False int }

func (c *Count) add(o Count) {
	c.Right += o.Right
	c.Missed += o.Missed
	c.False += o.False
}

// Recall is the share of what is there that was found.
func (c Count) Recall() float64 { return share(c.Right, c.Missed) }

// Precision is the share of what was found that is there.
func (c Count) Precision() float64 { return share(c.Right, c.False) }

func share(part, rest int) float64 {
	if part+rest == 0 {
		return 1
	}
	return float64(part) / float64(part+rest)
}

// Score is how well what was found agrees with what was said.
type Score struct {
	Programs          int
	Calls, Requested  Count
	Verdicts, Accused int // programs for which the verdict, and excess, is labelled
	RightVerdicts     int
	RightAccusations  int // excess that is there and was told
	MissedAccusations int
	FalseAccusations  int
	Clean             int // programs in which nothing differs
	Differences       []string
}

// Add joins two scores.
func (s *Score) Add(o Score) {
	s.Programs += o.Programs
	s.Calls.add(o.Calls)
	s.Requested.add(o.Requested)
	s.Verdicts += o.Verdicts
	s.Accused += o.Accused
	s.RightVerdicts += o.RightVerdicts
	s.RightAccusations += o.RightAccusations
	s.MissedAccusations += o.MissedAccusations
	s.FalseAccusations += o.FalseAccusations
	s.Clean += o.Clean
	s.Differences = append(s.Differences, o.Differences...)
}

func (s *Score) differ(format string, args ...any) {
	s.Differences = append(s.Differences, fmt.Sprintf(format, args...))
}

// Compare holds a result to what is said of one program of the tree.
func Compare(want Program, r needs.Result) Score {
	got := under(r, want.Path)
	s := Score{Programs: 1}
	s.calls(want, got)
	s.requests(want, got)
	s.judgement(want, got)
	for _, place := range want.Unresolved {
		if !slices.ContainsFunc(got.Unresolved, func(u needs.Unresolved) bool { return holds(place, u.At) }) {
			s.differ("unresolved %s:%d: not told", place.File, place.From)
		}
	}
	if len(s.Differences) == 0 {
		s.Clean = 1
	}
	return s
}

func holds(p Place, at rules.Location) bool {
	return p.Holds(at.Path, at.Line, cmp.Or(at.EndLine, at.Line))
}

// calls counts live calls: one label for each, and one that has no label is
// false. Those that are told apart must be told, and told apart.
func (s *Score) calls(want Program, got part) {
	is := func(l Label, c needs.Call) bool {
		return (l.Name == method(c.Method) || l.Name == "*") && holds(l.Place, c.At)
	}
	for _, l := range want.Calls {
		found := slices.ContainsFunc(got.Calls, func(c needs.Call) bool { return is(l, c) && string(c.State) == l.State })
		switch {
		case found && l.State == string(needs.Live):
			s.Calls.Right++
		case !found && l.State == string(needs.Live):
			s.Calls.Missed++
			s.differ("call %s %s:%d: missed", l.Name, l.Place.File, l.Place.From)
		case !found:
			s.differ("call %s %s:%d: not told as %s", l.Name, l.Place.File, l.Place.From, l.State)
		}
	}
	for _, c := range got.Calls {
		if c.State != needs.Live {
			continue
		}
		labelled := func(l Label) bool { return is(l, c) && cmp.Or(l.State, "live") == "live" }
		if !slices.ContainsFunc(want.Calls, labelled) && !slices.ContainsFunc(want.MayCall, labelled) {
			s.Calls.False++
			s.differ("call %s %s:%d: not there", method(c.Method), c.At.Path, c.At.Line)
		}
	}
}

// requests counts the places where scopes are asked for. A place at which only
// the scope is wrong, or that has no label while the scope has one elsewhere, is
// not false: where a scope is written and where it is used may both be told.
func (s *Score) requests(want Program, got part) {
	for _, l := range want.Requested {
		found := slices.ContainsFunc(got.Requests, func(r needs.Request) bool {
			return scope(r.Scope) == l.Name && (holds(l.Place, r.At) || holds(l.Place, r.Use))
		})
		if !found {
			s.Requested.Missed++
			s.differ("requested %s %s:%d: missed", l.Name, l.Place.File, l.Place.From)
			continue
		}
		s.Requested.Right++
		chosen := slices.ContainsFunc(got.Requests, func(r needs.Request) bool { return scope(r.Scope) == l.Name && r.When != "" })
		if l.When && !chosen {
			s.differ("requested %s %s:%d: not told as chosen at run time", l.Name, l.Place.File, l.Place.From)
		}
	}
	told := map[string]bool{}
	for _, r := range got.Requests {
		name := scope(r.Scope)
		named := func(l Label) bool { return l.Name == name }
		may := func(l Label) bool { return (l.Name == name || l.Name == "*") && holds(l.Place, r.At) }
		if told[name] || slices.ContainsFunc(want.Requested, named) || slices.ContainsFunc(want.MayRequest, may) {
			continue
		}
		told[name] = true
		s.Requested.False++
		s.differ("requested %s %s:%d: not there", name, r.At.Path, r.At.Line)
	}
}

// judgement compares what is concluded.
func (s *Score) judgement(want Program, got part) {
	if want.Verdict != "" {
		s.Verdicts++
		if string(got.Verdict) == want.Verdict {
			s.RightVerdicts++
		} else {
			s.differ("verdict: %s, not %s", got.Verdict, want.Verdict)
		}
	}
	if want.OverKnown {
		s.Accused++
		switch {
		case want.Over && got.accused:
			s.RightAccusations++
		case want.Over:
			s.MissedAccusations++
			s.differ("over-privileged: not told")
		case got.accused:
			s.FalseAccusations++
			s.differ("over-privileged: a false accusation")
		}
	}
	if want.Least != nil {
		s.least(want, got)
	}
	if want.MissingKnown {
		var missing []string
		for _, a := range got.Asked {
			for _, i := range a.Missing {
				missing = append(missing, method(got.Calls[i].Method))
			}
		}
		slices.Sort(missing)
		missing = slices.Compact(missing)
		expected := slices.Sorted(slices.Values(want.Missing))
		if !slices.Equal(missing, expected) {
			s.differ("missing: %q, not %q", missing, expected)
		}
	}
}

// least compares the preferred set, and looks for the alternatives.
func (s *Score) least(want Program, got part) {
	if got.several != "" {
		s.differ("least: the tree was divided into %s", got.several)
		return
	}
	var sets [][]string
	var texts []string
	for _, set := range got.Least {
		var names []string
		for _, one := range set {
			names = append(names, scope(one))
		}
		slices.Sort(names)
		sets = append(sets, names)
		texts = append(texts, strings.Join(names, " "))
	}
	agree := len(sets) > 0 && slices.Equal(sets[0], want.Least[0])
	for _, set := range want.Least {
		agree = agree && slices.ContainsFunc(sets, func(one []string) bool { return slices.Equal(one, set) })
	}
	if !agree {
		s.differ("least: %s, not %v", strings.Join(texts, " | "), want.Least)
	}
}
