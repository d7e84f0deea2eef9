package report

import (
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// less says what would be left of the risks if the program asked for no more than
// is enough; what it lacks; or why there is nothing to take away.
func (s *storyteller) less(row audit.ProgramRow) {
	for _, a := range row.Needs.Asked {
		s.narrow(row, a)
		if len(a.Conflicts) > 0 {
			s.say("Do not ask for these together:")
			s.conflicts(a.Conflicts)
		}
	}
	switch moralOf(row, s.cat) {
	case tooMuch, tooLittle, wrongScopes:
		s.say("Then " + audit.SignInAgain + ".")
	case obscure:
		s.say("That cannot be told: no call is known.")
	case partly:
		s.say("At least " + s.list(row.Needs.Least[0], " and ") + " is needed, for the calls that are known. What could not be followed may use the rest of what you ask for: write those calls out, and ask again.")
	case asksNowhere:
		s.say(s.list(row.Needs.Least[0], " and ") + " is enough for the calls that are known.")
		s.reasons(row)
	default:
		s.least(row)
	}
	for _, text := range row.Needs.Possible {
		s.say("Perhaps less, which code cannot prove: " + Clean(text) + ".")
	}
	if len(row.Price) > 1 {
		s.blank()
		s.say("And what each call costs, the dearest first:")
		s.price(row)
	}
}

// narrow compares the risks of what is asked for with those of what should be.
func (s *storyteller) narrow(row audit.ProgramRow, a needs.Asked) {
	set := instead(row.Needs, a, s.cat)
	if set == nil {
		return
	}
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
	now, then := s.risksOf(a.Scopes), s.risksOf(set)
	gone := slices.DeleteFunc(now, func(r scopes.Risk) bool { return slices.Contains(then, r) })
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
	s.mend(row, rules.ScopeNarrower, rules.ScopeUnneeded, rules.ScopeMissing)
}

// mend repeats what the findings of a program say, once each.
func (s *storyteller) mend(row audit.ProgramRow, about ...rules.ID) {
	var said []string
	for _, f := range s.findings {
		if f.Subject.Program != row.Path || !slices.Contains(about, f.Rule) || f.Suppressed != nil {
			continue
		}
		text := strings.TrimSuffix(f.Remedy, ", "+audit.SignInAgain)
		if f.Rule == rules.ScopeMissing {
			text = f.Message + ": " + text
		}
		if !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	if len(said) == 0 {
		return
	}
	s.say("To mend it:")
	for _, text := range said {
		s.item(Clean(text))
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
	s.say(nothing + s.list(least[0], " and ") + " is the least for these calls.")
	s.reasons(row)
	for i, set := range least[1:] {
		if i == maxLeastShown {
			break
		}
		s.say(s.list(set, " and ") + " would do as well, and is neither wider nor narrower. With it they could")
		s.riskItems(s.risksOf(set))
	}
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
