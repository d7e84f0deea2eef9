package audit

import (
	"cmp"
	"fmt"
	"slices"

	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

// leakKey is what makes two leaks one finding: the same rule about the same
// secret, wherever it lies.
type leakKey struct {
	rule rules.ID
	tag  secrets.Tag
}

// leaks joins equal secrets into one finding with several places, gives equal
// secrets equal correlation IDs, and hangs parts below their composites.
func (c *check) leaks() {
	leaks := slices.Clone(c.evidence.Leaks)
	slices.SortStableFunc(leaks, func(a, b secrets.Leak) int {
		return cmp.Or(age(a.Location)-age(b.Location), a.Location.Compare(b.Location), cmp.Compare(a.Rule, b.Rule))
	})
	var (
		index = make(map[leakKey]int)        // into c.findings
		named = make(map[secrets.Tag]string) // the correlation IDs
		joint = make(map[string]string)      // a leak's fingerprint to its finding's
	)
	tokens := make(map[string]bool) // the fingerprints of what Google revokes
	for _, l := range leaks {
		// What came by standard input cannot be read again.
		tokens[l.Fingerprint] = tokens[l.Fingerprint] || Revocable(l) && l.Location.Origin != rules.Stdin
	}
	first := len(c.findings)
	for _, l := range leaks {
		key := leakKey{l.Rule, l.Tag}
		at, seen := index[key]
		if !seen {
			if named[l.Tag] == "" {
				named[l.Tag] = fmt.Sprintf("s%d", len(named)+1)
			}
			f := c.finding(l.Rule)
			f.Severity, f.Confidence = l.Severity, l.Confidence
			f.Message, f.Masked, f.Secret = l.Message, l.Masked, named[l.Tag]
			// Files come before history and are in the order of their paths, so
			// this one's is the path by which a fingerprint names the secret, the
			// same whether history was read or not.
			f.Fingerprint, f.Parts = l.Fingerprint, l.Parts
			if tokens[l.Fingerprint] || slices.ContainsFunc(l.Parts, func(part string) bool { return tokens[part] }) {
				f.Remedy = "run `scopeaudit revoke --leak " + l.Fingerprint[:min(len(l.Fingerprint), shortPrint)] + "`, which asks before it sends anything; or " + f.Remedy
			}
			at = len(c.findings)
			index[key] = at
			c.findings = append(c.findings, f)
		}
		f := &c.findings[at]
		f.Severity, f.Confidence = max(f.Severity, l.Severity), max(f.Confidence, l.Confidence)
		if !slices.ContainsFunc(f.Locations, func(have rules.Location) bool { return have.Compare(l.Location) == 0 }) {
			f.Locations = append(f.Locations, l.Location)
			f.Prints = append(f.Prints, l.Fingerprint)
		}
		joint[l.Fingerprint] = f.Fingerprint
	}
	nest(c.findings[first:], joint)
}

// shortPrint is how many digits of a fingerprint name a finding to people.
const shortPrint = 12

// Revocable reports whether a leak is a token that Google ends when it is told to:
// a whole one, of a user.
func Revocable(l secrets.Leak) bool {
	switch l.Rule {
	case rules.GoogleRefreshToken, rules.GoogleRefreshTokenLegacy, rules.GoogleAccessToken:
		return true
	}
	return false
}

// age puts what lies in files before what is staged, and that before what was
// committed: the first place of a finding is where to look.
func age(l rules.Location) int {
	switch l.Origin {
	case rules.History:
		return 2
	case rules.Index:
		return 1
	}
	return 0
}

// nest lets composites name the findings their parts became, and those findings
// the composite they belong to.
func nest(fs []Finding, joint map[string]string) {
	whole := make(map[string]string)
	for i := range fs {
		parts := fs[i].Parts
		fs[i].Parts = nil
		for _, p := range parts {
			if j, ok := joint[p]; ok && !slices.Contains(fs[i].Parts, j) {
				fs[i].Parts = append(fs[i].Parts, j)
			}
		}
	}
	// A composite of composites is possible: the widest names what it holds.
	order := make([]int, len(fs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(fs[b].Parts), len(fs[a].Parts)) })
	for _, i := range order {
		for _, p := range fs[i].Parts {
			if _, taken := whole[p]; !taken && p != fs[i].Fingerprint {
				whole[p] = fs[i].Fingerprint
			}
		}
	}
	for i := range fs {
		fs[i].PartOf = whole[fs[i].Fingerprint]
	}
}
