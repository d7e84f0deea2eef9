package audit

import (
	"fmt"
	"slices"

	"scopeaudit/audit/rules"
)

// What silences a finding at one place, in the order in which it is asked; the
// first that matches is named. A comment of another tool only lowers.
const (
	byPolicy   = "policy"
	byBaseline = "baseline"
	byComment  = "comment"
	byLowering = "lowering"
	byNobody   = ""
)

// silencer is what silences one place.
type silencer struct {
	by          string
	suppression Suppression
	comment     *Comment
}

// silence asks policy, baselines and comments about each place of the findings
// from first on. Places that are silenced and places that are not become findings
// of their own: an old secret in a new place is a new finding.
func (c *check) silence(first int) {
	renamed := make(map[string][]string)
	for i, n := first, len(c.findings); i < n; i++ {
		f := c.findings[i]
		parts := c.parted(f)
		c.findings[i] = parts[0]
		c.findings = append(c.findings, parts[1:]...)
		if len(parts) > 1 {
			for _, p := range parts {
				renamed[f.Fingerprint] = append(renamed[f.Fingerprint], p.Fingerprint)
			}
		}
	}
	if len(renamed) > 0 {
		c.rename(renamed)
	}
}

// parted gives a finding as one for each way in which its places are silenced.
func (c *check) parted(f Finding) []Finding {
	var order []string
	groups := make(map[string]*Finding)
	by := make(map[string]silencer)
	for n, s := range c.silencers(f) {
		g := groups[s.by]
		if g == nil {
			part := f
			part.Locations, part.Prints, part.Fingerprint = nil, nil, f.fingerprintAt(n)
			g = &part
			groups[s.by], by[s.by] = g, s
			order = append(order, s.by)
		}
		g.Locations = append(g.Locations, f.Locations[n])
		if f.Prints != nil {
			g.Prints = append(g.Prints, f.Prints[n])
		}
	}
	if len(order) == 0 {
		return []Finding{f} // it is nowhere
	}
	out := make([]Finding, len(order))
	for i, kind := range order {
		g := groups[kind]
		switch kind {
		case byNobody:
		case byLowering:
			m := by[kind].comment
			g.Lowered = &Lowering{From: g.Severity, Marker: m.Marker, Location: m.Location}
			g.Message += fmt.Sprintf("; %s, lowered by the comment %s", g.Severity, m.Marker)
			g.Severity = rules.Info
			c.silenced++
		default:
			s := by[kind].suppression
			g.Suppressed = &s
			c.silenced++
		}
		out[i] = *g
	}
	return out
}

// silencers says for each place of a finding what silences it.
func (c *check) silencers(f Finding) []silencer {
	out := make([]silencer, len(f.Locations))
	comments := c.commented(f)
	for n := range f.Locations {
		// All are asked: what would match is not unused.
		inPolicy, excused := c.excused(f, n)
		inBaseline, accepted := c.accepted(f, n)
		switch {
		case excused:
			out[n] = silencer{by: byPolicy, suppression: inPolicy}
		case accepted:
			out[n] = silencer{by: byBaseline, suppression: inBaseline}
		default:
			out[n] = comments[n]
		}
	}
	return out
}

// rename lets composites and parts name the findings that others were parted
// into.
func (c *check) rename(renamed map[string][]string) {
	counts := make(map[string]bool)
	for _, f := range c.findings {
		counts[f.Fingerprint] = counts[f.Fingerprint] || f.Suppressed == nil
	}
	for i := range c.findings {
		f := &c.findings[i]
		var parts []string
		for _, p := range f.Parts {
			if now, ok := renamed[p]; ok {
				parts = append(parts, now...)
			} else {
				parts = append(parts, p)
			}
		}
		f.Parts = parts
		if now, ok := renamed[f.PartOf]; ok {
			// What counts is shown, and its parts with it.
			f.PartOf = now[max(0, slices.IndexFunc(now, func(p string) bool { return counts[p] }))]
		}
	}
}
