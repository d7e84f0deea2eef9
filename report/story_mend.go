package report

import (
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

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
