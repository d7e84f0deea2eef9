package report

import (
	"fmt"
	"strings"
	"time"

	"scopeaudit/audit"
	"scopeaudit/audit/rules"
)

// maxPlacesShown bounds the places that text shows for one finding; the JSON
// report has all of them.
const maxPlacesShown = 8

// findings lists what counts, gravest first. What a composite is made of is
// nested under it and not said twice, and what one remedy mends is listed under
// the first of its kind.
func (p *page) findings(all []audit.Finding) {
	if tally(all).total == 0 {
		return
	}
	p.heading("Findings")
	parts := nest(all)
	printed := make([]bool, len(all))
	full, rest := alike(all, parts)
	for _, i := range full {
		p.finding(all, i, parts, printed)
		p.others(all, rest[i])
	}
}

// nesting says which findings are shown under another.
type nesting struct {
	nested   []bool
	children map[string][]int // by the fingerprint of the composite
}

func nest(all []audit.Finding) nesting {
	n := nesting{nested: make([]bool, len(all)), children: make(map[string][]int)}
	counts := make(map[string]bool, len(all))
	for _, f := range all {
		if f.Suppressed == nil && f.Fingerprint != "" {
			counts[f.Fingerprint] = true
		}
	}
	whole := make(map[string]string, len(all))
	for _, f := range all {
		whole[f.Fingerprint] = f.PartOf
	}
	for i, f := range all {
		if f.Suppressed == nil && counts[f.PartOf] && hasTop(f.Fingerprint, whole) {
			n.nested[i] = true
			n.children[f.PartOf] = append(n.children[f.PartOf], i)
		}
	}
	return n
}

// hasTop reports whether a finding's composites end somewhere: findings that
// name each other as parts would hide each other.
func hasTop(id string, whole map[string]string) bool {
	for range len(whole) + 1 {
		if id = whole[id]; id == "" {
			return true
		}
	}
	return false
}

func (p *page) finding(all []audit.Finding, i int, parts nesting, printed []bool) {
	f := all[i]
	printed[i] = true
	p.blank()
	severity := p.paint(severityColor(f.Severity), f.Severity.String())
	head := p.paint(bold, name(string(f.Rule))) + p.paint(dim, ", "+f.Confidence.String()+" confidence")
	if p.narrow() {
		p.wrap("  "+severity+" ", "    ", head)
		p.wrap("    ", "    ", Clean(f.Message))
	} else {
		p.wrap("  "+severity+strings.Repeat(" ", gutter-2-columns(severity)), strings.Repeat(" ", gutter), head)
		p.wrap(strings.Repeat(" ", gutter), strings.Repeat(" ", gutter), Clean(f.Message))
	}
	for n, l := range f.Locations {
		if n == maxPlacesShown {
			p.field("", fmt.Sprintf("and %d more; the JSON report lists them all", len(f.Locations)-n))
			break
		}
		label := ""
		if n == 0 {
			label = "at"
		}
		p.field(label, placeInGit(l))
	}
	if f.Masked != "" {
		p.field("value", Clean(f.Masked))
	}
	p.parts(all, f.Fingerprint, parts, printed)
	if f.Remedy != "" {
		p.field("mend", p.remedy(f))
	}
	if f.InGit != "" {
		p.field("git", Clean(f.InGit))
	}
}

// remedy is what mends a finding. One of more than a line that was given already
// is not given again.
func (p *page) remedy(f audit.Finding) string {
	rule, said := p.remedies[f.Remedy]
	switch {
	case !said:
		p.remedies[f.Remedy] = f.Rule
		return Clean(f.Remedy)
	case columns(f.Remedy) <= p.width-gutter:
		return Clean(f.Remedy)
	case rule == f.Rule:
		return "as above"
	}
	return "as for " + name(string(rule)) + " above"
}

// parts lists what a composite is made of, one line each: the composite's
// remedy is the one that counts.
func (p *page) parts(all []audit.Finding, of string, parts nesting, printed []bool) {
	for _, i := range parts.children[of] {
		if printed[i] {
			continue
		}
		printed[i] = true
		f := all[i]
		text := p.paint(severityColor(f.Severity), f.Severity.String()) + ", " + gist(Clean(f.Message))
		if f.Masked != "" {
			text += ", " + Clean(f.Masked)
		}
		if len(f.Locations) > 0 {
			text += ", at" + tie + place(f.Locations[0])
		}
		if more := len(f.Locations) - 1; more > 0 {
			text += " and " + plural(more, "more place")
		}
		p.field("part", text)
		p.parts(all, f.Fingerprint, parts, printed)
	}
}

// gist is what a message says first: what was found, before what that means.
func gist(message string) string {
	if i := strings.IndexAny(message, ";:"); i > 0 {
		return message[:i]
	}
	return message
}

// suppressed lists what was found and silenced, so that nothing is hidden.
func (p *page) suppressed(all []audit.Finding) {
	first := true
	for _, f := range all {
		if f.Suppressed == nil {
			continue
		}
		if first {
			p.heading("Suppressed (these do not count)")
			first = false
		}
		text := f.Severity.String() + " " + name(string(f.Rule))
		if len(f.Locations) > 0 {
			text += " at " + place(f.Locations[0])
			if more := len(f.Locations) - 1; more > 0 {
				text += " and " + plural(more, "more place")
			} else if state := gitState(f.Locations[0]); state != "" {
				text += ", " + state
			}
		}
		p.wrap("  ", "    ", text)
		p.wrap("    ", "    ", suppression(*f.Suppressed))
	}
}

func suppression(s audit.Suppression) string {
	text := "by " + Clean(s.By)
	if s.Location.Path != "" {
		text += " at " + place(s.Location)
	}
	if !s.Until.IsZero() {
		text += ", until " + s.Until.UTC().Format(time.DateOnly)
	}
	if s.Reason != "" {
		text += ": " + Clean(s.Reason)
	}
	return text
}

// place says where something is, as people write it.
func place(l rules.Location) string {
	switch l.Origin {
	case rules.Stdin:
		l.Path = "standard input"
	case rules.Env:
		l.Path = "variable " + name(l.Path)
	default:
		l.Path = name(l.Path)
		if text := message(l); text != "" {
			return text + remains(l)
		}
	}
	if l.Member != "" {
		l.Member = tied(name(l.Member))
	}
	l.Path = tied(l.Path)
	text := l.String()
	if cell := l.CellName(); cell != "" {
		text = strings.TrimSuffix(text, cell+")") + tied(cell) + ")"
	}
	if l.Commit != "" {
		text += ", commit " + short(Clean(l.Commit))
		if !l.CommitTime.IsZero() {
			text += " of " + l.CommitTime.Format(time.DateOnly)
		}
	}
	if l.Origin == rules.History {
		text += remains(l)
	}
	if l.Origin == rules.Index {
		text += ", staged"
	}
	return text
}

// message names a place in the text of a commit, a tag or a note as people do;
// empty where it is in a file.
func message(l rules.Location) string {
	if l.Member != "" {
		return ""
	}
	text := ""
	object, onNote := strings.ReplaceAll(l.Path, "/", ""), len(l.Refs) > 0
	for _, ref := range l.Refs {
		onNote = onNote && strings.HasPrefix(ref, "refs/notes/")
	}
	switch {
	case l.Object == "commit":
		text = "commit message " + short(Clean(l.Blob))
	case l.Object == "tag":
		text = "text of tag " + short(Clean(l.Blob))
		for _, ref := range l.Refs {
			if tag, ok := strings.CutPrefix(ref, "refs/tags/"); ok && len(l.Refs) == 1 {
				text = "text of tag " + name(tag)
			}
		}
	case onNote && (len(object) == 40 || len(object) == 64) && strings.Trim(object, "0123456789abcdef") == "":
		text = "note on " + short(object)
	default:
		return ""
	}
	switch line := l.Line - l.Heading; {
	case line > 0:
		text += fmt.Sprintf(", line %d", line)
	case l.Line > 0:
		text += fmt.Sprintf(", header line %d", l.Line)
	}
	if !l.CommitTime.IsZero() {
		text += ", of " + l.CommitTime.Format(time.DateOnly)
	}
	return tied(text)
}

// remains says what is left of something that was committed.
func remains(l rules.Location) string {
	switch {
	case l.RefsKnown && len(l.Refs) == 0:
		return ", in no branch or tag"
	case l.InHead == nil:
		return ""
	case *l.InHead:
		return ", still in HEAD"
	}
	return ", no longer in HEAD"
}

// gitState says what git does with the file of a place; empty where there is no
// repository.
func gitState(l rules.Location) string {
	switch l.Git {
	case rules.GitTracked:
		return "tracked by git"
	case rules.GitIgnored:
		return "ignored by git, still on this disk"
	case rules.GitUntracked:
		return "not in git yet, not ignored"
	case rules.GitUnknown:
		return "what git does with it is unknown"
	}
	return ""
}

// placeInGit is a place and what git does with it.
func placeInGit(l rules.Location) string {
	if state := gitState(l); state != "" {
		return place(l) + ", " + state
	}
	return place(l)
}

// short is a git object name as people quote it.
func short(object string) string {
	if len(object) > 12 {
		return object[:12]
	}
	return object
}
