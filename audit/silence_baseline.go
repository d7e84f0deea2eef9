package audit

import (
	"path"
	"strings"

	"scopeaudit/audit/rules"
)

// baselineBook knows the entries of all baselines by what they match on.
type baselineBook struct {
	all     []*Baseline
	used    [][]bool
	prints  map[entryKey]entryRef
	blobs   map[entryKey]entryRef
	byPlace map[string][]entryRef // other tools', by path
}

// entryKey is a rule and a fingerprint or a blob.
type entryKey struct {
	rule rules.ID
	name string
}

type entryRef struct{ baseline, entry int }

func (b *baselineBook) at(r entryRef) BaselineEntry { return b.all[r.baseline].Entries[r.entry] }

func newBaselineBook(all []*Baseline, roots []Root) *baselineBook {
	b := &baselineBook{
		all: all, used: make([][]bool, len(all)),
		prints: make(map[entryKey]entryRef), blobs: make(map[entryKey]entryRef), byPlace: make(map[string][]entryRef),
	}
	for i, baseline := range all {
		b.used[i] = make([]bool, len(baseline.Entries))
		for j, e := range baseline.Entries {
			ref := entryRef{i, j}
			if baseline.Format == OwnBaseline {
				// Of equal ones the first is named.
				if key := (entryKey{e.Rule, e.Fingerprint}); !b.has(key) {
					b.prints[key] = ref
				}
				if e.Blob != "" {
					b.blobs[entryKey{e.Rule, e.Blob}] = ref
				}
			} else if e.Commit == "" {
				for _, name := range namesOf(e.Path, roots) {
					b.byPlace[name] = append(b.byPlace[name], ref)
				}
			}
		}
	}
	return b
}

func (b *baselineBook) has(key entryKey) bool { _, ok := b.prints[key]; return ok }

// namesOf gives what a path of another tool is called here: it starts from where
// that tool was started, as the paths do that the user named.
func namesOf(name string, roots []Root) []string {
	names := []string{name}
	for _, r := range roots {
		for _, top := range []string{r.Typed, r.Real} {
			top = slashed(top)
			rest, below := strings.CutPrefix(name, top+"/")
			if name != top && !below {
				continue
			}
			if own := path.Join(r.Name, rest); own != name {
				names = append(names, own)
			}
		}
	}
	return names
}

// accepted says whether a baseline covers the place n of a finding.
func (c *check) accepted(f Finding, n int) (Suppression, bool) {
	b, at := c.baselines, f.Locations[n]
	ref, ok := b.prints[entryKey{f.Rule, f.fingerprintAt(n)}]
	if !ok && at.Origin == rules.History && at.Blob != "" {
		ref, ok = b.blobs[entryKey{f.Rule, at.Blob}]
	}
	if !ok {
		for _, r := range b.byPlace[placeName(at)] {
			e := b.at(r)
			if e.First <= max(at.Line, at.EndLine) && at.Line <= e.Last && sameRule(e.Rule, f.Rule, c.rules) {
				b.used[r.baseline][r.entry] = true
				if !ok {
					ref, ok = r, true
				}
			}
		}
	}
	if !ok {
		return Suppression{}, false
	}
	b.used[ref.baseline][ref.entry] = true
	e := b.at(ref)
	return Suppression{
		By: byBaseline, Reason: e.Reason,
		Location: rules.Location{Origin: rules.Policy, Path: b.all[ref.baseline].Name, Line: e.Line},
	}, true
}

// baselineUse tells which entries match nothing, so that they can be taken out.
func (c *check) baselineUse() []BaselineUse {
	b := c.baselines
	skipped := make(map[string]string)
	for _, s := range c.evidence.Coverage.Skipped {
		skipped[s.Path] = s.Reason
	}
	var out []BaselineUse
	for i, baseline := range b.all {
		u := BaselineUse{Name: baseline.Name, Format: baseline.Format, Entries: len(baseline.Entries)}
		for j, e := range baseline.Entries {
			before := len(u.Unmatched)
			switch {
			case b.used[i][j]:
				u.Matched++
			case e.Commit != "":
				u.Unmatched = append(u.Unmatched, UnmatchedEntry{e, "it is about git's history, and only files are compared with it"})
			case !c.examined(baseline.Format, e.Path, skipped):
				u.Outside++
			default:
				u.Unmatched = append(u.Unmatched, UnmatchedEntry{e, c.whyUnmatched(baseline.Format, e)})
			}
			if baseline.Format == OwnBaseline && len(u.Unmatched) == before {
				u.Kept = append(u.Kept, e)
			}
		}
		out = append(out, u)
	}
	return out
}

func (c *check) whyUnmatched(format BaselineFormat, e BaselineEntry) string {
	if _, known := c.rules[e.Rule]; format == OwnBaseline && !known {
		return "its rule was not looked for"
	}
	return ""
}

// examined reports whether a walk went over the place of an entry: what was not
// looked at may be as it was.
func (c *check) examined(format BaselineFormat, name string, skipped map[string]string) bool {
	names := []string{name}
	if format != OwnBaseline {
		names = namesOf(name, c.evidence.Roots)
	}
	for _, name := range names {
		if path.IsAbs(name) {
			continue
		}
		if member := strings.IndexByte(name, '!'); member > 0 && skipped[name[:member]] != "" {
			return false
		}
		for up := name; up != "." && up != "/"; up = path.Dir(up) {
			if skipped[up] != "" {
				return false
			}
		}
		for _, r := range c.evidence.Roots {
			if r.covers(name) {
				return true
			}
		}
	}
	return false
}

// covers reports whether the walk went over a path.
func (r Root) covers(name string) bool {
	if r.Name != "." && name != r.Name {
		below, ok := strings.CutPrefix(name, r.Name+"/")
		if !ok {
			return strings.HasPrefix(name, r.Name+"!") // a member of the archive that it is
		}
		name = below
	}
	file, _, _ := strings.Cut(name, "!")
	return r.Excluded == nil || !r.Excluded(file)
}
