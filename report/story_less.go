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
	again, told := false, 0
	for _, a := range row.Needs.Asked {
		if instead(row.Needs, a, s.cat) == nil {
			continue
		}
		if told++; told <= maxStoryChoice {
			s.narrow(row, a)
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
	switch moralOf(row, s.cat) {
	case tooMuch, tooLittle, wrongScopes:
	case obscure:
		s.say("That cannot be told: no call is known.")
	case partly:
		s.say("At least " + s.list(row.Needs.Least[0], " and ") + isNeeded(row.Needs.Least[0]) + ", for the calls that are known. What could not be followed may use the rest of what you ask for: write those calls out, and ask again.")
	case asksNowhere:
		s.say(s.list(row.Needs.Least[0], " and ") + isEnough(row.Needs.Least[0]) + " for the calls that are known.")
		s.reasons(row)
	default:
		s.least(row)
	}
	for _, text := range row.Needs.Possible {
		s.say("Perhaps less, which code cannot prove: " + Clean(text) + ".")
	}
	s.prices(row)
}

func isNeeded(set []scopes.Scope) string {
	if len(set) == 1 {
		return " is needed"
	}
	return " are needed"
}

func isEnough(set []scopes.Scope) string {
	if len(set) == 1 {
		return " is enough"
	}
	return " are enough"
}

// prices says which calls could be done without for a token that opens less.
func (s *storyteller) prices(row audit.ProgramRow) {
	told := 0
	var calls []int
	for _, step := range row.Price {
		calls = append(calls, step.Calls...)
		if len(step.Costs) == 0 || len(step.Without) == 0 {
			continue // more of the same, or all that is left
		}
		var names []string
		for _, i := range calls {
			if method := Clean(row.Needs.Calls[i].Method); !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, method+" ") }) {
				names = append(names, method+" at"+tie+place(row.Needs.Calls[i].At))
			}
		}
		calls = nil
		if more := len(names) - maxStoryPlaces; more > 0 {
			names = append(names[:maxStoryPlaces], plural(more, "more method"))
		}
		without := "; without, "
		if told++; told == 1 {
			s.say("And what your calls cost, the dearest first:")
		} else {
			without = "; without these too, "
		}
		if told > maxPricesTold {
			s.item("and more, which `scopeaudit needs --price` lists")
			return
		}
		s.item(s.paint(bold, powers(step.Costs)) + " for " + strings.Join(names, ", ") + without + s.list(step.Without, " and ") + isEnough(step.Without))
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

// mend repeats what the findings of a program say, once each and with all that it
// is for. It reports whether any of it asks for a new token.
func (s *storyteller) mend(row audit.ProgramRow, about ...rules.ID) (again bool) {
	var said []string
	missing := map[string][]string{} // the methods that a remedy is for
	var out []scopes.Scope           // to be taken out, where no line says how
	for _, f := range s.findings {
		if f.Subject.Program != row.Path || !slices.Contains(about, f.Rule) || f.Suppressed != nil {
			continue
		}
		text, renew := strings.CutSuffix(f.Remedy, ", "+audit.SignInAgain)
		again = again || renew
		if text == "take "+f.Subject.Scope.Short()+" out" {
			out = append(out, f.Subject.Scope)
			continue
		}
		if f.Rule == rules.ScopeMissing && !slices.Contains(missing[text], f.Subject.Method) {
			missing[text] = append(missing[text], f.Subject.Method)
		}
		if !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	if len(out) > 0 {
		slices.Sort(out)
		said = append(said, "take "+strings.Join(shortNames(slices.Compact(out)), ", ")+" out")
	}
	if len(said) == 0 {
		return again
	}
	s.say("To mend it:")
	for i, text := range said {
		if i == maxStoryCalls {
			s.item(plural(len(said)-i, "more change") + ", which `scopeaudit needs` lists")
			break
		}
		methods := missing[text]
		if more := len(methods) - maxStoryPlaces; more > 0 {
			methods = append(methods[:maxStoryPlaces:maxStoryPlaces], plural(more, "more method"))
		}
		if len(methods) > 0 {
			text = strings.Join(methods, ", ") + ": " + text
		}
		s.item(Clean(text))
	}
	return again
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
