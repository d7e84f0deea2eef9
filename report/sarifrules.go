package report

import (
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// resultsCut is the rule of the last result of a report that was cut. It is
// about the report and not about what was audited, so it is listed only where
// it occurs.
var resultsCut = rules.Rule{
	ID:         "results-cut",
	Title:      "more findings than a SARIF report shows",
	Severity:   rules.Medium,
	Confidence: rules.HighConfidence,
	What:       "There are more findings than GitHub shows for one upload; the mildest were left out of this report.",
	Why:        "What is not listed here is still there.",
	Remedy:     "Mend the findings listed here first, or read the whole list in the text or JSON report.",
}

// sarifRules lists all rules and finds the entry for a finding. In SARIF the
// severity that GitHub shows belongs to the rule, so a rule whose findings are
// of another severity than its default gets a second entry, "scope-excess/low".
type sarifRules struct {
	list  []sarifRule
	index map[text]int
}

func newSARIFRules(r audit.Report) *sarifRules {
	s := &sarifRules{list: []sarifRule{}, index: make(map[text]int)}
	defaults := make(map[rules.ID]rules.Rule, len(r.Rules))
	for _, rule := range r.Rules {
		if _, twice := defaults[rule.ID]; twice {
			continue
		}
		defaults[rule.ID] = rule
		s.add(text(rule.ID), rule)
	}
	cut := len(r.Findings) > MaxSARIFResults
	if cut {
		defaults[resultsCut.ID] = resultsCut
		s.add(text(resultsCut.ID), resultsCut)
	}
	for _, f := range r.Findings {
		rule, ok := defaults[f.Rule]
		if !ok {
			// Every rule should be in the report; a finding is shown all the same.
			rule = rules.Rule{ID: f.Rule, Title: string(f.Rule), Severity: f.Severity, Confidence: f.Confidence}
			defaults[f.Rule] = rule
			s.add(text(f.Rule), rule)
		}
		if rule.Severity != f.Severity {
			id := text(f.Rule) + "/" + text(f.Severity.String())
			if _, ok := s.index[id]; !ok {
				rule.Severity = f.Severity
				s.add(id, rule)
			}
		}
	}
	return s
}

func (s *sarifRules) add(id text, r rules.Rule) {
	s.index[id] = len(s.list)
	s.list = append(s.list, newSARIFRule(id, r))
}

// of gives the entry of a finding: its own severity's if there is one.
func (s *sarifRules) of(id rules.ID, severity rules.Severity) (text, int) {
	split := text(id) + "/" + text(severity.String())
	if i, ok := s.index[split]; ok {
		return split, i
	}
	return text(id), s.index[text(id)]
}

func newSARIFRule(id text, r rules.Rule) sarifRule {
	title := sentence(r.Title)
	what := title
	if r.What != "" {
		what = Clean(r.What)
	}
	p := sarifProperties{Tags: []text{"security", "oauth"}}
	if r.Confidence >= rules.LowConfidence && r.Confidence <= rules.HighConfidence {
		p.Precision = text(r.Confidence.String())
	}
	// The property makes GitHub call it a security rule, and its scale has no
	// place for what is merely good to know.
	if r.Severity == rules.Info {
		p.Tags, p.ProblemSeverity = []text{"oauth"}, "recommendation"
	} else {
		p.SecuritySeverity = securitySeverity(r.Severity)
	}
	return sarifRule{
		ID:               id,
		Name:             text(pascal(string(r.ID))),
		ShortDescription: sarifText{Text: limit(title)},
		FullDescription:  sarifText{Text: limit(what)},
		Help:             sarifText{Text: ruleHelp(r, false), Markdown: ruleHelp(r, true)},
		Default:          sarifConfig{Level: level(r.Severity)},
		Properties:       p,
	}
}

// securitySeverity is a score that GitHub reads back as the same word: above 9
// critical, from 7 high, from 4 medium, else low.
func securitySeverity(s rules.Severity) string {
	switch s {
	case rules.Critical:
		return "9.5"
	case rules.High:
		return "8.0"
	case rules.Medium:
		return "5.5"
	}
	return "2.0"
}

// level is SARIF's word for a severity.
func level(s rules.Severity) string {
	switch {
	case s >= rules.High:
		return "error"
	case s == rules.Medium:
		return "warning"
	}
	return "note"
}

// ruleHelp prints a rule's documentation, as plain text or as Markdown.
func ruleHelp(r rules.Rule, markdown bool) string {
	var b strings.Builder
	for _, part := range ruleParts(r) {
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		body := cleanLines(part.body)
		switch {
		case markdown && part.code:
			fence := "```"
			for strings.Contains(body, fence) {
				fence += "`"
			}
			b.WriteString("**" + part.title + "**\n\n" + fence + "\n" + body + "\n" + fence)
		case markdown && part.list:
			b.WriteString("**" + part.title + "**\n\n- " + strings.ReplaceAll(body, "\n", "\n- "))
		case markdown:
			b.WriteString("**" + part.title + "**\n\n" + body)
		default:
			b.WriteString(part.title + "\n" + body)
		}
	}
	if b.Len() == 0 {
		return sentence(r.Title)
	}
	return b.String()
}

// pascal makes ScopeExcess of scope-excess, which is how SARIF names rules.
func pascal(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// sentence makes a title a sentence, with a capital and a full stop.
func sentence(title string) string {
	s := stopped(Clean(title))
	if 'a' <= s[0] && s[0] <= 'z' {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	return s
}

// stopped ends a phrase with a full stop: where space is short, GitHub shows the
// first sentence. A message keeps its first letter, which may be a file's name.
func stopped(s string) string {
	if s == "" || !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

// limit cuts a description at GitHub's bound.
func limit(s string) string {
	runes := []rune(s)
	if len(runes) <= maxSARIFText {
		return s
	}
	return string(slices.Concat(runes[:maxSARIFText-1], []rune("…")))
}

// cleanLines cleans text of several lines, keeping its line breaks.
func cleanLines(s string) string {
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	for i, l := range lines {
		lines[i] = Clean(strings.ReplaceAll(l, "\t", "    "))
	}
	return strings.Join(lines, "\n")
}
