package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// results turns findings into results, worst first. Where there are more than
// GitHub shows, the mildest are cut and the last result says how many.
func results(findings []audit.Finding, all *sarifRules) []sarifResult {
	worst := slices.Clone(findings)
	slices.SortStableFunc(worst, func(a, b audit.Finding) int {
		return cmp.Or(
			cmp.Compare(b2i(a.Suppressed != nil), b2i(b.Suppressed != nil)),
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(b.Confidence, a.Confidence),
		)
	})
	if len(worst) <= MaxSARIFResults {
		return list(worst, func(f audit.Finding) sarifResult { return newSARIFResult(f, all) })
	}
	kept, cut := worst[:MaxSARIFResults-1], worst[MaxSARIFResults-1:]
	out := list(kept, func(f audit.Finding) sarifResult { return newSARIFResult(f, all) })
	return append(out, newSARIFResult(audit.Finding{
		Rule: resultsCut.ID, Severity: resultsCut.Severity, Confidence: resultsCut.Confidence,
		Message: fmt.Sprintf("%d more findings, none graver than %s, are not in this report", len(cut), cut[0].Severity),
		Remedy:  resultsCut.Remedy,
		// The place is that of the worst that was cut: a result must have one.
		Locations:   cut[0].Locations[:min(1, len(cut[0].Locations))],
		Fingerprint: string(resultsCut.ID),
	}, all))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func newSARIFResult(f audit.Finding, all *sarifRules) sarifResult {
	id, index := all.of(f.Rule, f.Severity)
	out := sarifResult{
		RuleID: id, RuleIndex: index, Level: level(f.Severity),
		Message:    sarifMessage{Text: text(resultMessage(f))},
		Properties: &sarifResultBag{Confidence: text(f.Confidence.String()), Secret: text(f.Secret)},
	}
	if len(f.Locations) > 0 {
		out.Properties.Git = text(f.Locations[0].Git)
	}
	// Only the first location annotates a line, so the rest are related ones.
	places := f.Locations
	if len(places) == 0 {
		places = []rules.Location{{}}
	}
	for i, l := range places[:min(len(places), maxSARIFLocations)] {
		at := newSARIFLocation(l)
		if i == 0 {
			out.Locations = []sarifLocation{at}
			continue
		}
		at.ID = i
		out.Related = append(out.Related, at)
	}
	if f.Fingerprint != "" {
		out.Fingerprints = map[string]text{sarifFingerprint: text(f.Fingerprint)}
	}
	if s := f.Suppressed; s != nil {
		out.Suppressions = []sarifSuppression{newSARIFSuppression(*s)}
	}
	return out
}

// resultMessage is the title of GitHub's alert: what is wrong, which value, and
// what to do. SARIF would make a link of "[text](target)", so that is broken up:
// messages carry names that are not ours.
func resultMessage(f audit.Finding) string {
	s := stopped(cmp.Or(f.Message, string(f.Rule)))
	if f.Masked != "" {
		s += " The value is " + f.Masked + "."
	}
	if n := len(f.Locations) - maxSARIFLocations; n > 0 {
		s += " It is in " + plural(n, "more place") + "."
	}
	if len(f.Locations) > 0 {
		switch f.Locations[0].Git {
		case rules.GitTracked:
			s += " Git tracks the file."
		case rules.GitIgnored:
			s += " Git ignores the file, which is still on this disk."
		}
	}
	if f.Remedy != "" {
		s += " To mend it: " + f.Remedy
	}
	if f.InGit != "" {
		s = stopped(s) + " In git: " + f.InGit
	}
	return strings.ReplaceAll(s, "](", "] (")
}

func newSARIFSuppression(s audit.Suppression) sarifSuppression {
	out := sarifSuppression{Kind: "external", Status: "accepted", Justification: text(s.Reason)}
	if s.By == "comment" {
		out.Kind = "inSource"
	}
	if s.Location.Path != "" {
		at := newSARIFLocation(s.Location)
		out.Location = &at
	}
	return out
}

func newSARIFLocation(l rules.Location) sarifLocation {
	at := sarifLocation{Physical: sarifPhysical{
		Artifact: sarifArtifact{URI: locationURI(l)},
		Region:   region(l),
	}}
	var more []string
	if l.Member != "" {
		more = append(more, "in the archive, at "+rules.Location{Path: l.Member, Line: l.Line, Column: l.Column}.String())
		at.Physical.Region = sarifRegion{StartLine: 1} // lines are the member's
	}
	if cell := l.CellName(); cell != "" {
		more = append(more, cell)
	}
	if l.Commit != "" {
		more = append(more, "commit "+l.Commit)
	}
	if state := gitState(l); state != "" {
		more = append(more, state)
	}
	if len(more) > 0 {
		at.Message = &sarifMessage{Text: text(strings.ReplaceAll(strings.Join(more, ", "), "](", "] ("))}
	}
	return at
}

// region gives what is known of the place. GitHub wants a line; the whole file
// is its first.
func region(l rules.Location) sarifRegion {
	r := sarifRegion{StartLine: max(l.Line, 1)}
	if l.Line < 1 || l.Column < 1 {
		return r
	}
	r.StartColumn = l.Column
	if l.EndLine >= l.Line && l.EndColumn > 0 && (l.EndLine > l.Line || l.EndColumn >= l.Column) {
		r.EndLine, r.EndColumn = l.EndLine, l.EndColumn
	}
	return r
}

// locationURI is a relative URI: of the file, or a name that stands in for what
// is no file. Every byte but the unreserved ones of RFC 3986 is encoded, so a
// name cannot become a scheme, a query or another host.
func locationURI(l rules.Location) string {
	switch l.Origin {
	case rules.Stdin:
		return "standard-input"
	case rules.Env:
		return "environment/" + encodePath(l.Path)
	}
	if uri := encodePath(l.Path); uri != "" {
		return uri
	}
	return "not-a-file"
}

func encodePath(path string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(strings.TrimLeft(path, "/")) {
		switch {
		case isLetter(c), '0' <= c && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// invocation says whether all was examined, and names what was not: failures
// first, then what was left out by design.
func invocation(r audit.Report) sarifInvocation {
	out := sarifInvocation{ExecutionSuccessful: r.Complete, Notifications: []sarifNotice{}}
	skipped := slices.Clone(r.Coverage.Skipped)
	slices.SortStableFunc(skipped, func(a, b rules.Skipped) int {
		return cmp.Compare(b2i(a.Kind != rules.ByFailure), b2i(b.Kind != rules.ByFailure))
	})
	for i, s := range skipped {
		notice := sarifNotice{Level: "note"}
		if s.Kind == rules.ByFailure {
			notice.Level = "error"
		}
		if i == maxSARIFNotices-1 && len(skipped) > maxSARIFNotices {
			notice.Message.Text = text(fmt.Sprintf("%d more were not examined", len(skipped)-i))
			out.Notifications = append(out.Notifications, notice)
			break
		}
		notice.Message.Text = text("not examined: " + s.Path + ": " + s.Reason)
		out.Notifications = append(out.Notifications, notice)
	}
	for _, b := range r.Baselines {
		out.Notifications = append(out.Notifications, baselineNotices(b)...)
	}
	return out
}

// baselineNotices says what became of a baseline, and names the entries that can
// go.
func baselineNotices(b audit.BaselineUse) []sarifNotice {
	say := func(format string, args ...any) sarifNotice {
		return sarifNotice{Level: "note", Message: sarifMessage{text("baseline " + b.Name + ": " + fmt.Sprintf(format, args...))}}
	}
	out := []sarifNotice{say("%s", baselineCounts(b))}
	for i, e := range b.Unmatched {
		if i == maxSARIFNotices {
			return append(out, say("%d more match nothing", len(b.Unmatched)-i))
		}
		out = append(out, say("matches nothing: %s", unmatched(e)))
	}
	return out
}
