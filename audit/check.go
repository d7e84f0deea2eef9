package audit

import (
	"fmt"
	"slices"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/scopes"
	"scopeaudit/audit/secrets"
	"scopeaudit/policies"
)

// Check compares the evidence with the policy. It reads no clock and no file:
// equal evidence gives an equal report. The caller fills in Tool and Sandbox.
func Check(e Evidence, p *policies.Policy, cat *scopes.Catalogue) Report {
	all := append(Rules(), e.Rules...)
	c := &check{
		evidence: e, policy: p, cat: cat, rules: make(map[rules.ID]rules.Rule, len(all)),
		excuses: make([]bool, len(p.Exceptions)), baselines: newBaselineBook(e.Baselines, e.Roots), comments: newCommentBook(e.Comments),
	}
	for _, r := range all {
		c.rules[r.ID] = r
	}
	c.takePrograms()
	for _, held := range withoutCopies(e.Credentials) {
		c.credential(fmt.Sprintf("c%d", len(c.rows)+1), held)
	}
	c.rowsOf()
	for _, p := range c.programs {
		c.program(p)
	}
	c.locked()
	c.leaks()
	for i := range c.findings {
		if s, ok := p.Severities[c.findings[i].Rule]; ok {
			c.findings[i].Severity = s
		}
	}
	c.silence(0)
	first := len(c.findings)
	c.exceptions()
	c.silence(first)
	c.states()
	c.advise()
	sortFindings(c.findings, all)

	r := Report{
		Complete:    !e.Coverage.Failed() && examinedAnything(e),
		Sandbox:     "none",
		Coverage:    e.Coverage,
		Policy:      PolicyRef{Name: p.Name, Source: string(p.Source), Digest: p.Digest, APIs: p.APIs},
		Scopes:      c.table(),
		Credentials: c.rows,
		Code:        c.code(),
		Programs:    c.programs,
		Findings:    c.findings,
		Baselines:   c.baselineUse(),
		Rules:       all,
		Notes:       slices.Concat(c.notes(), c.locking, c.commentNotes()),
	}
	r.Coverage.Suppressed += c.silenced
	return r
}

// Rules documents every rule that a report may carry: those of this package and
// those of the packages that find things.
func Rules() []rules.Rule {
	var all []rules.Rule
	all = append(all, scopeRules()...)
	all = append(all, needsRules()...)
	all = append(all, flowRules()...)
	all = append(all, credentialRules()...)
	all = append(all, clientRules()...)
	all = append(all, fileRules()...)
	all = append(all, policyRules()...)
	all = append(all, secrets.CopyRules()...)
	return append(all, secrets.Rules()...)
}

// check is the state of one comparison.
type check struct {
	evidence Evidence
	policy   *policies.Policy
	cat      *scopes.Catalogue
	rules    map[rules.ID]rules.Rule
	rows     []CredentialRow
	programs []ProgramRow
	locking  []string // notes on the lock
	findings []Finding

	excuses   []bool // which of the policy's exceptions matched
	baselines *baselineBook
	comments  *commentBook
	silenced  int
}

// finding starts a finding of a rule with what the rule gives by default.
func (c *check) finding(id rules.ID, at ...rules.Location) Finding {
	r := c.rules[id]
	return Finding{Rule: id, Severity: r.Severity, Confidence: r.Confidence, Remedy: r.Remedy, Locations: at}
}

// add records a finding that is not about a secret, under a fingerprint made of
// rule, path and subject.
func (c *check) add(f Finding, subject ...string) {
	var path string
	if len(f.Locations) > 0 {
		path = f.Locations[0].Path
		if m := f.Locations[0].Member; m != "" {
			path += "!" + m
		}
	}
	f.Fingerprint = fingerprint(f.Rule, path, subject...)
	c.findings = append(c.findings, f)
}

// states tells of each place in a file what git does with the file.
func (c *check) states() {
	known := make(map[string]rules.GitState, len(c.evidence.Files))
	for _, held := range c.evidence.Credentials {
		if held.Location.Origin == rules.Tree {
			known[held.Location.Path] = held.State.Git
		}
	}
	for name, state := range c.evidence.Files {
		known[name] = state.Git
	}
	for i := range c.findings {
		for n := range c.findings[i].Locations {
			if l := &c.findings[i].Locations[n]; l.Origin == rules.Tree || l.Origin == rules.Archive {
				l.Git = known[l.Path]
			}
		}
	}
}

// examinedAnything reports whether there is proof of work: a run that read
// nothing must not look clean, unless there was nothing new to read.
func examinedAnything(e Evidence) bool {
	return e.Coverage.Changes || e.Coverage.Files > 0 || e.Coverage.Blobs > 0 || len(e.Credentials) > 0
}
