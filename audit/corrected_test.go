package audit_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"scopeaudit/audit"
	"scopeaudit/audit/needs"
	"scopeaudit/audit/rules"
)

var (
	becomes = regexp.MustCompile(": line ([0-9]+) becomes `([^`]*)`")
	goes    = regexp.MustCompile(": line ([0-9]+) goes, `")
)

// TestCorrectedLines makes each change to a line that a finding on scopes tells,
// and looks whether the finding is gone, what is called is the same, and nothing
// is worse.
func TestCorrectedLines(t *testing.T) {
	all := vectors(t)
	for name, sources := range programs(t, "fix", "before/") {
		all["fix/"+name] = sources
	}
	told := map[rules.ID]int{}
	for name, sources := range all {
		check := func(sources map[string]string) audit.Report {
			return audit.Check(audit.Evidence{Needs: inferred(t, sources)}, policy(t, anyPolicy), catalogue(t))
		}
		before := check(sources)
		for _, f := range before.Findings {
			if !slices.Contains([]rules.ID{rules.ScopeUnneeded, rules.ScopeNarrower, rules.ScopeMissing, rules.ScopeConflict, rules.ScopeExcess}, f.Rule) {
				continue
			}
			after, path := corrected(before, f, sources)
			if after == nil {
				continue
			}
			told[f.Rule]++
			now := check(after)
			if slices.ContainsFunc(now.Findings, func(g audit.Finding) bool { return g.Fingerprint == f.Fingerprint }) {
				t.Errorf("%s: after the change to %s there is still %s: %s\n%s\n%s", name, path, f.Rule, f.Message, f.Remedy, after[path])
			}
			if worse(now) > worse(before) || len(now.Programs) != len(before.Programs) {
				t.Errorf("%s: the change to %s makes it worse: %s: %s\n%s", name, path, f.Rule, f.Message, f.Remedy)
			}
			for i, row := range now.Programs {
				if !slices.EqualFunc(row.Needs.Calls, before.Programs[i].Needs.Calls, func(a, b needs.Call) bool { return a.Method == b.Method && a.State == b.State }) {
					t.Errorf("%s: the change to %s changes what is called", name, path)
				}
			}
		}
	}
	for id, least := range map[rules.ID]int{rules.ScopeUnneeded: 10, rules.ScopeNarrower: 60, rules.ScopeMissing: 5, rules.ScopeConflict: 1} {
		if told[id] < least {
			t.Errorf("only %d findings of %s tell the line", told[id], id)
		}
	}
}

// corrected makes the change that a finding tells; nil if it tells none.
func corrected(r audit.Report, f audit.Finding, sources map[string]string) (map[string]string, string) {
	m, gone := becomes.FindStringSubmatch(f.Remedy), false
	if m == nil {
		if m, gone = goes.FindStringSubmatch(f.Remedy), true; m == nil {
			return nil, ""
		}
	}
	n, _ := strconv.Atoi(m[1])
	i := slices.IndexFunc(r.Programs, func(row audit.ProgramRow) bool { return row.Path == f.Subject.Program })
	j := slices.IndexFunc(r.Programs[i].Needs.Requests, func(q needs.Request) bool {
		return q.At.Line == n && (f.Subject.Method != "" || q.Scope == f.Subject.Scope)
	})
	path := r.Programs[i].Needs.Requests[j].At.Path
	after := map[string]string{}
	for name, text := range sources {
		after[name] = text
	}
	lines := strings.SplitAfter(sources[path], "\n")
	if old := lines[n-1]; gone {
		lines[n-1] = ""
	} else {
		lines[n-1] = strings.Replace(old, strings.TrimSpace(old), m[2], 1)
	}
	after[path] = strings.Join(lines, "")
	return after, path
}

// worse is how many calls lack a scope, and programs are not known.
func worse(r audit.Report) int {
	n := 0
	for _, row := range r.Programs {
		for _, a := range row.Needs.Asked {
			n += len(a.Missing)
		}
		if row.Needs.Verdict != needs.Exact {
			n++
		}
	}
	return n
}
