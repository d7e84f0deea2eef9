package audit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"scopeaudit/audit/rules"
)

// Baseline is a list of findings that were accepted: those are listed and do not
// count, while the same secret in a new place is a new finding. It holds no
// secret and no time.
type Baseline struct {
	// Name is what the user calls it: the file's name.
	Name    string
	Format  BaselineFormat
	Entries []BaselineEntry
}

// BaselineFormat says whose baseline it is. The values are part of the JSON
// report.
type BaselineFormat string

// The formats that DecodeBaseline reads.
const (
	OwnBaseline    BaselineFormat = "scopeaudit"
	GitleaksReport BaselineFormat = "gitleaks-report" // its JSON report
	GitleaksIgnore BaselineFormat = "gitleaksignore"
)

// BaselineEntry is one finding at one place. Ours is known by its fingerprint,
// which holds rule and path, and in git's history by rule and blob as well;
// that of another tool by path and line.
type BaselineEntry struct {
	Line        int      // in the baseline
	Rule        rules.ID // another tool's for its baselines
	Path        string   // for ours only told: the fingerprint decides
	Fingerprint string
	Blob        string
	Reason      string // why it was accepted; may be empty
	// First and Last are the lines of another tool's finding, and Commit the
	// commit in which it saw it, if not in files.
	First, Last int
	Commit      string
}

// baselineFormat and baselineVersion are what a baseline of ours begins with.
// Within one version names are neither renamed nor removed.
const (
	baselineFormat  = "scopeaudit-baseline"
	baselineVersion = 1
)

// entryJSON is an entry as it is written, in this order.
type entryJSON struct {
	Rule        rules.ID `json:"rule"`
	Path        string   `json:"path"`
	Fingerprint string   `json:"fingerprint"`
	Blob        string   `json:"blob,omitempty"`
	Reason      string   `json:"reason,omitempty"`
}

// Encode writes the baseline in our format: sorted, one entry a line, so that
// equal findings give equal bytes and a change is a small one.
func (b *Baseline) Encode() []byte {
	entries := slices.Clone(b.Entries)
	slices.SortFunc(entries, func(a, b BaselineEntry) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Blob, b.Blob), cmp.Compare(b.Reason, a.Reason))
	})
	entries = slices.CompactFunc(entries, func(a, b BaselineEntry) bool {
		return a.Fingerprint == b.Fingerprint && a.Blob == b.Blob
	})
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n  \"format\": %q,\n  \"version\": %d,\n  \"findings\": [", baselineFormat, baselineVersion)
	for i, e := range entries {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n    ")
		line := json.NewEncoder(&out)
		line.SetEscapeHTML(false)
		// Strings always encode, with U+FFFD for what is no UTF-8.
		_ = line.Encode(entryJSON{e.Rule, e.Path, e.Fingerprint, e.Blob, e.Reason})
		out.Truncate(out.Len() - 1) // the encoder's line end
	}
	if len(entries) > 0 {
		out.WriteString("\n  ")
	}
	out.WriteString("]\n}\n")
	return out.Bytes()
}

// Accept makes a baseline of what counts in a report and of what was accepted
// before, without the entries that match nothing, and marks all of that as
// suppressed, as the next run will. Name is that of the file; accepted is how many
// entries are new in it.
func Accept(r *Report, name string) (b *Baseline, accepted int) {
	b = &Baseline{Name: name, Format: OwnBaseline}
	for _, u := range r.Baselines {
		b.Entries = append(b.Entries, u.Kept...)
	}
	seen := make(map[BaselineEntry]bool) // a value at two lines of a file is one entry
	for i := range r.Findings {
		f := &r.Findings[i]
		reason, fresh := "", f.Suppressed == nil
		switch {
		case len(f.Locations) == 0:
			continue // an entry is about a place
		case fresh:
			f.Suppressed = &Suppression{By: "baseline", Reason: "accepted now", Location: rules.Location{Origin: rules.Policy, Path: name}}
			r.Coverage.Suppressed++
			if f.Lowered != nil {
				r.Coverage.Suppressed-- // counted already
			}
		case f.Suppressed.By == "baseline":
			reason = f.Suppressed.Reason
		default:
			continue
		}
		for n, at := range f.Locations {
			e := BaselineEntry{Rule: f.Rule, Path: placeName(at), Fingerprint: f.fingerprintAt(n), Reason: reason}
			if at.Origin == rules.History {
				e.Blob = at.Blob
			}
			if seen[e] {
				continue
			}
			seen[e] = true
			b.Entries = append(b.Entries, e)
			if fresh {
				accepted++
			}
		}
	}
	return b, accepted
}

// placeName is the path as fingerprints hold it.
func placeName(l rules.Location) string {
	if l.Member != "" {
		return l.Path + "!" + l.Member
	}
	return l.Path
}
