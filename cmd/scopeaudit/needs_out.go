package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/scopes"
	"scopeaudit/policies"
	reports "scopeaudit/report"
	"scopeaudit/tokeninfo/store"
)

// justify prints why each scope is needed, in place of a report.
func (a *app) justify(r audit.Report, p *prepared) error {
	var out bytes.Buffer
	if err := reports.Justification(&out, r, p.catalogue, a.pageLook()); err != nil {
		return err
	}
	if !r.Complete {
		a.outcome = exitUnfinished
	}
	return a.page(out.Bytes())
}

// writePolicy writes the policy that allows what the code needs, and nothing
// else; never over a file.
func (f needsFlags) writePolicy(r *audit.Report, p *prepared) error {
	if f.policyOut == "" {
		return nil
	}
	o := deserved(*r, p.catalogue)
	if len(o.Needs) == 0 {
		return unfinished("name the folder of a program that calls Google's APIs", "no call is known, so there is nothing to write a policy from")
	}
	text, err := policies.Deserved(o)
	if err != nil {
		return err
	}
	if err := store.WriteFile(f.policyOut, text, store.WriteOptions{Mode: 0o644}); err != nil {
		return unfinished("nothing was written; --policy-out never writes over a file", "policy not written: %v", err)
	}
	r.Notes = append(r.Notes, "a policy that allows what the code needs is in "+f.policyOut+": `scopeaudit audit --policy "+f.policyOut+"` goes by it")
	return nil
}

// deserved is what the policy is made from that the programs of a report deserve.
func deserved(r audit.Report, cat *scopes.Catalogue) policies.DeservedOptions {
	o := policies.DeservedOptions{Catalogue: cat}
	if !r.Complete {
		o.Beware = append(o.Beware, "not all was examined: this is a lower bound.")
	}
	known := map[scopes.Scope]bool{}
	for _, row := range r.Programs {
		if row.Needs.Verdict != needs.Exact {
			o.Beware = append(o.Beware, fmt.Sprintf("what %s needs is not known to the end: this is a lower bound.", row.Path))
		}
		for _, reason := range audit.Justify(askedFirst(row.Needs), cat) {
			if known[reason.Scope] || len(reason.Calls) == 0 && reason.Own == nil {
				continue
			}
			known[reason.Scope] = true
			if len(reason.Calls) == 0 {
				o.Needs = append(o.Needs, policies.Need{Scope: reason.Scope, Why: fmt.Sprintf("%s at %s", reason.Own.Text, reason.Own.At)})
				continue
			}
			dearest := row.Needs.Calls[reason.Calls[0]]
			if n := len(reason.Narrower); n > 0 { // that which even the next narrower does not permit
				dearest = row.Needs.Calls[reason.Narrower[n-1].Call]
			}
			why := fmt.Sprintf("%s at %s", dearest.Method, dearest.At)
			if more := len(reason.Calls) - 1; more > 0 {
				why += " and " + plural(more, "more call")
			}
			o.Needs = append(o.Needs, policies.Need{Scope: reason.Scope, Why: why})
		}
	}
	slices.SortFunc(o.Needs, func(a, b policies.Need) int { return cmp.Compare(a.Scope, b.Scope) })
	return o
}

// askedFirst prefers, of the least sets of a program, one that it asks for: the
// policy that it deserves is not to make it ask for another.
func askedFirst(p needs.Program) needs.Program {
	asks := func(set []scopes.Scope) bool {
		return slices.ContainsFunc(p.Asked, func(a needs.Asked) bool {
			return !slices.ContainsFunc(set, func(s scopes.Scope) bool { return !slices.Contains(a.Scopes, s) })
		})
	}
	if i := slices.IndexFunc(p.Least, asks); i > 0 {
		p.Least = slices.Concat(p.Least[i:i+1], p.Least[:i], p.Least[i+1:])
	}
	return p
}
