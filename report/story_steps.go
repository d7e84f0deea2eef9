package report

import (
	"cmp"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
)

// asked lists the scopes that a program asks for, each with its lines and what
// Google's consent screen makes of it.
func (s *storyteller) asked(row audit.ProgramRow) {
	var order []scopes.Scope
	at := map[scopes.Scope][]int{}
	for i, r := range row.Needs.Requests {
		if at[r.Scope] == nil {
			order = append(order, r.Scope)
		}
		at[r.Scope] = append(at[r.Scope], i)
	}
	if len(order) == 0 {
		s.say("Nothing that was found: the scopes may come from the environment, from the account of the machine, or from a file that was not read.")
	}
	for i, scope := range order {
		if i == maxStoryScopes {
			s.say("And " + s.list(order[i:], ", ") + ".")
			break
		}
		var where []rules.Location
		var when []string
		for _, j := range at[scope] {
			r := row.Needs.Requests[j]
			where = append(where, r.At)
			if r.When != "" && !slices.Contains(when, Clean(r.When)) {
				when = append(when, Clean(r.When))
			}
		}
		text := s.paint(bold, name(scope.Short()))
		if len(when) > 0 && len(when) <= maxStoryPlaces {
			text += " where " + strings.Join(when, ", or ")
		} else if len(when) > 0 {
			text += " under " + plural(len(when), "condition")
		}
		s.wrap("  ", "    ", text+", at"+tie+places(where))
		s.source(row.Needs.Requests[at[scope][0]].Line)
		info, known := s.cat.Info(scope)
		switch {
		case !known:
			s.wrap("    ", "    ", "No document of Google's knows this scope.")
		case info.Text != "":
			s.wrap("    ", "    ", `Google's screen says "`+Clean(info.Text)+`"`)
		}
	}
}

// called lists the methods that a program calls: what will be refused first, then
// what changes something. What does not count follows.
func (s *storyteller) called(row audit.ProgramRow) {
	n := row.Needs
	at := map[string][]int{}
	var order []string
	for i, c := range n.Calls {
		if string(c.State) != liveCall {
			continue
		}
		if at[c.Method] == nil {
			order = append(order, c.Method)
		}
		at[c.Method] = append(at[c.Method], i)
	}
	refused := func(method string) bool { return refusedCalls(row, at[method]) }
	slices.SortStableFunc(order, func(a, b string) int {
		return cmp.Or(b2i(refused(b))-b2i(refused(a)), b2i(s.cat.Writes(b))-b2i(s.cat.Writes(a)))
	})
	if len(order) == 0 {
		s.say("Nothing that could be followed.")
	}
	for i, method := range order {
		if i == maxStoryCalls {
			s.say("And " + plural(len(order)-i, "more method") + ", which `scopeaudit needs` lists.")
			break
		}
		var where []rules.Location
		for _, j := range at[method] {
			where = append(where, n.Calls[j].At)
		}
		s.wrap("  ", "    ", s.paint(bold, Clean(method))+s.does(method)+", at"+tie+places(where))
		s.source(n.Calls[at[method][0]].Text)
		if refused(method) {
			s.wrap("    ", "    ", s.paint(redBold, "403 insufficientPermissions:")+" nothing that you ask for permits it")
		}
	}
	s.uncounted(row)
}

// refusedCalls reports whether a program lacks the scope for any of some calls.
func refusedCalls(row audit.ProgramRow, calls []int) bool {
	for _, a := range row.Needs.Asked {
		if slices.ContainsFunc(calls, func(i int) bool { return slices.Contains(a.Missing, i) }) {
			return true
		}
	}
	return false
}

// does says whether a method changes something, if discovery knows it.
func (s *storyteller) does(method string) string {
	if _, known := s.cat.Method(method); !known {
		return ""
	}
	if s.cat.Writes(method) {
		return " changes something"
	}
	return " only reads"
}

// uncounted tells of what was commented out, cannot be reached, or could not be
// followed.
func (s *storyteller) uncounted(row audit.ProgramRow) {
	n := row.Needs
	var idle []string
	for _, c := range n.Calls {
		if string(c.State) != liveCall {
			idle = append(idle, Clean(c.Method)+" at"+tie+place(c.At)+" ("+Clean(string(c.State))+")")
		}
	}
	if more := len(idle) - maxStoryPlaces; more > 0 {
		idle = append(idle[:maxStoryPlaces], plural(more, "more call"))
	}
	if len(idle) > 0 {
		s.say("Not counted, since it does not run: " + strings.Join(idle, ", ") + ".")
	}
	if len(n.Unresolved) == 0 {
		return
	}
	s.say(s.paint(yellow, "Not followed:"))
	for i, u := range n.Unresolved {
		if i == maxStoryPlaces {
			s.item(plural(len(n.Unresolved)-i, "more place") + ", which `scopeaudit needs` lists")
			break
		}
		text := place(u.At) + ": " + Clean(u.Why)
		if u.Text != "" {
			text = Clean(u.Text) + " at" + tie + text
		}
		s.item(text)
	}
}

// risks says what whoever gets hold of the token could do, by scope, the gravest
// first; each risk once.
func (s *storyteller) risks(row audit.ProgramRow) {
	if !s.warned {
		s.warned = true
		s.say("A token works for whoever holds it: no password, no second factor, nobody is asked. A copy in a commit, in the output of a notebook or in a message is enough.")
	}
	var all []scopes.Scope
	for _, a := range row.Needs.Asked {
		all = append(all, a.Scopes...)
	}
	with := "With "
	if len(all) == 0 && len(row.Needs.Least) > 0 {
		all = row.Needs.Least[0]
		with = "With no more than its calls need, "
	}
	if len(all) == 0 {
		s.say("What its token opens is not known.")
		return
	}
	slices.Sort(all)
	all = s.cat.LeastFirst(slices.Compact(all))
	slices.Reverse(all)
	var before, nothing, beyond, shown []scopes.Scope // told already, nothing new, too many, and told now
	for _, scope := range all {
		fresh := s.cat.Spared([]scopes.Scope{scope}, shown)
		switch {
		case s.told[scope]:
			before, shown = append(before, scope), append(shown, scope)
			continue
		case len(fresh) == 0:
			nothing = append(nothing, scope)
			continue
		case len(shown) >= maxStoryScopes:
			beyond = append(beyond, scope)
			continue
		}
		s.told[scope] = true
		shown = append(shown, scope)
		text := with + s.paint(bold, name(scope.Short()))
		if _, known := s.cat.Info(scope); !known {
			text += ", going by its name,"
		}
		text += " they could"
		if len(fresh) < len(s.cat.Risks(scope)) {
			text += " also"
		}
		s.say(text)
		s.riskItems(fresh)
	}
	if len(before) > 0 {
		s.say("With " + s.list(before, " or ") + " they could do what is told above.")
	}
	if len(beyond) > 0 {
		s.say("And what " + s.list(beyond, ", ") + " open: `scopeaudit explain` tells of each.")
	}
	switch {
	case len(nothing) == len(all):
		s.say("With " + s.list(nothing, ", ") + " they could do nothing: what it opened was shut.")
	case len(nothing) > 0:
		s.say("Nothing more with " + s.list(nothing, ", ") + ".")
	}
}

func (s *storyteller) riskItems(risks []scopes.Risk) {
	for _, r := range risks {
		s.item(r.Text)
	}
}
