package audit

import (
	"slices"
	"strings"

	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
)

// Reason is why a program needs a scope: the calls that nothing else permits, and
// what narrower scopes lack.
type Reason struct {
	Scope scopes.Scope
	Info  scopes.Info
	// Calls are the live ones that it permits, as indexes.
	Calls []int
	// Own is what the program needs it for itself, where no call needs it.
	Own *needs.Own
	// Narrower are scopes that let their holder do no more and do not permit all of
	// the calls.
	Narrower []Refusal
}

// Refusal is a call that a scope does not permit.
type Refusal struct {
	Scope scopes.Scope
	Call  int
	Why   string // what of the call's arguments decided, if that did
}

// maxRefusals is how many narrower scopes a reason names.
const maxRefusals = 4

// Justify gives the reasons for the preferred least set of a program.
func Justify(p needs.Program, cat *scopes.Catalogue) []Reason {
	if len(p.Least) == 0 {
		return nil
	}
	var reasons []Reason
	for _, s := range p.Least[0] {
		r := Reason{Scope: s}
		r.Info, _ = cat.Info(s)
		if i := slices.IndexFunc(p.Own, func(o needs.Own) bool { return o.Scope == s }); i >= 0 {
			r.Own = &p.Own[i]
		}
		var others []scopes.Scope
		for i, call := range p.Calls {
			if call.State != needs.Live || !slices.Contains(call.Permitted, s) {
				continue
			}
			r.Calls = append(r.Calls, i)
			for _, o := range cat.Permitting(call.Method) {
				if !slices.Contains(others, o) && !strings.Contains(string(o), ".addons.") {
					others = append(others, o)
				}
			}
		}
		sorted := cat.LeastFirst(others)
		for _, o := range sorted[:max(slices.Index(sorted, s), 0)] {
			if info, _ := cat.Info(o); !includes(r.Info.Powers, info.Powers) {
				continue
			}
			if refusal, refuses := refuse(p, r.Calls, o); refuses && len(r.Narrower) < maxRefusals {
				r.Narrower = append(r.Narrower, refusal)
			}
		}
		reasons = append(reasons, r)
	}
	return reasons
}

// includes reports whether some powers have others among them: who reads sees what
// describes too.
func includes(have, want []scopes.Power) bool {
	return !slices.ContainsFunc(want, func(p scopes.Power) bool {
		return !slices.Contains(have, p) && (p != scopes.Metadata || !slices.Contains(have, scopes.Read))
	})
}

// refuse finds a call that a scope does not permit.
func refuse(p needs.Program, calls []int, s scopes.Scope) (Refusal, bool) {
	for _, i := range calls {
		if slices.Contains(p.Calls[i].Permitted, s) {
			continue
		}
		r := Refusal{Scope: s, Call: i}
		for _, note := range p.Calls[i].Notes {
			if strings.Contains(note, s.Short()) {
				r.Why = note
			}
		}
		return r, true
	}
	return Refusal{}, false
}
