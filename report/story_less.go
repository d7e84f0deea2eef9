package report

import (
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// less says what would be left of the risks if the program asked for no more than
// is enough; what it lacks; or why there is nothing to take away.
func (s *storyteller) less(row audit.ProgramRow) {
	again, told := false, 0
	for i, a := range row.Needs.Asked {
		if audit.Instead(row.Needs, a, s.cat) == nil {
			continue
		}
		if told++; told <= maxStoryChoice {
			s.narrow(row, i)
		}
	}
	if more := told - maxStoryChoice; more > 0 {
		s.say("And so with " + plural(more, "more choice") + " that the program makes when it runs.")
	}
	if told > 0 {
		again = s.mend(row, rules.ScopeNarrower, rules.ScopeUnneeded, rules.ScopeMissing)
	}
	for _, a := range row.Needs.Asked {
		if len(a.Conflicts) > 0 {
			s.say("Do not ask for these together:")
			s.conflicts(a.Conflicts)
			break
		}
	}
	if again {
		s.say("Then " + audit.SignInAgain + ".")
	}
	switch m := audit.MoralOf(row.Needs, s.cat); {
	case m.Wrong():
	case m == audit.NoCall:
		s.say("That cannot be told: no call is known.")
	case m == audit.Partly || m == audit.NoRequest:
		s.atLeast(row)
	default:
		s.least(row)
	}
	for _, text := range row.Needs.Possible {
		s.say("Perhaps less, which code cannot prove: " + Clean(text) + ".")
	}
	s.prices(row)
}

// atLeast says what is needed of a program that is not known to the end: not all
// of its calls, or not where it asks.
func (s *storyteller) atLeast(row audit.ProgramRow) {
	least := row.Needs.Least[0]
	switch {
	case len(least) == 0:
		s.say("The calls that are known take no scope.")
	case len(row.Needs.Requests) == 0:
		s.say(s.list(least, " and ") + isEnough(least) + " for the calls that are known.")
		s.reasons(row)
	default:
		s.say("The calls that are known take at least " + s.list(least, " and ") + ".")
	}
	if string(row.Needs.Verdict) != exact && len(row.Needs.Requests) > 0 {
		s.say("What could not be followed may use the rest of what you ask for: write those calls out, and ask again.")
	}
}

// narrow compares the risks of one set that is asked for with those of what should
// be.
func (s *storyteller) narrow(row audit.ProgramRow, of int) {
	a := row.Needs.Asked[of]
	set := audit.Instead(row.Needs, a, s.cat)
	less := "Ask for " + s.list(set, " and ")
	if len(set) == 0 {
		less = "Ask for no scope"
	}
	less += where(a.When)
	switch {
	case len(a.Missing) > 0 && !a.Excess && len(audit.Unneeded(row.Needs, a, s.cat)) == 0:
		s.say("Nothing can be taken away" + where(a.When) + ": Google refuses what you call. That needs " + s.list(set, " and ") + ".")
	case len(a.Missing) > 0:
		s.say(less + ": now Google refuses what you call.")
	case string(row.Needs.Verdict) != exact:
		s.say(less + ": all calls that are known still work.")
	default:
		s.say(less + ": all your calls still work.")
	}
	then, gone := s.cat.Risks(set...), s.cat.Spared(a.Scopes, set)
	lead := "Somebody else with your token could then"
	if len(then) > 0 {
		s.say(lead)
		s.riskItems(then)
		lead = "and no longer"
	} else {
		lead += " no longer"
	}
	if len(gone) > 0 {
		s.say(lead)
		s.riskItems(gone)
	}
}

// least says why a program that asks for what it needs can do with no less, and
// which other sets would do.
func (s *storyteller) least(row audit.ProgramRow) {
	least := row.Needs.Least
	if len(least[0]) == 0 {
		s.say("None of its calls takes a scope.")
		return
	}
	nothing := "Nothing less would do: "
	if len(row.Needs.Possible) > 0 {
		nothing = "Nothing less is certain to do: "
	}
	s.say(nothing + s.list(least[0], " and ") + isEnough(least[0]) + " for these calls, and the least.")
	s.reasons(row)
	others := 0
	for _, set := range least[1:] {
		in, out := difference(set, least[0]), difference(least[0], set)
		if s.more(set, least[0]) {
			continue
		}
		if len(in) != 1 || len(out) != 1 || others >= maxStoryChoice {
			others++
			continue
		}
		s.say(s.list(in, "") + " in place of " + s.list(out, "") + " would do as well, and is neither wider nor narrower. With it they could")
		s.riskItems(s.cat.Risks(in...))
	}
	if others > 0 {
		s.say("`scopeaudit needs` lists " + plural(others, "other set") + " that would do.")
	}
}

// difference is what one set has and another has not.
func difference(of, without []scopes.Scope) []scopes.Scope {
	return slices.DeleteFunc(slices.Clone(of), func(s scopes.Scope) bool { return slices.Contains(without, s) })
}

// more reports whether a set lets its holder do all that another does and more,
// though their reach cannot be compared: cloud-platform for what one API's own
// scope permits. Nobody should choose that.
func (s *storyteller) more(set, than []scopes.Scope) bool {
	have, less := s.powersOf(set), s.powersOf(than)
	return len(have) > len(less) && !slices.ContainsFunc(less, func(p scopes.Power) bool { return !slices.Contains(have, p) })
}

func (s *storyteller) powersOf(set []scopes.Scope) []scopes.Power {
	var all []scopes.Power
	for _, scope := range set {
		info, _ := s.cat.Info(scope)
		for _, p := range info.Powers {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// reasons names what narrower scopes refuse.
func (s *storyteller) reasons(row audit.ProgramRow) {
	for _, reason := range audit.Justify(row.Needs, s.cat) {
		for _, n := range reason.Narrower {
			c := row.Needs.Calls[n.Call]
			text := name(n.Scope.Short()) + " is not enough for " + Clean(c.Method) + " at" + tie + place(c.At)
			if n.Why != "" {
				text += ": " + Clean(n.Why)
			}
			s.item(text)
		}
	}
}

func (s *storyteller) list(set []scopes.Scope, between string) string {
	names := shortNames(set)
	for i := range names {
		names[i] = s.paint(bold, names[i])
	}
	return strings.Join(names, between)
}

func where(when string) string {
	if when == "" {
		return ""
	}
	return fmt.Sprintf(" where %s", Clean(when))
}
