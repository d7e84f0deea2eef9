package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"scopeaudit/audit/rules"
)

// fingerprintLabel separates our hashes from everyone else's, and these from
// the fingerprints of secrets.
const fingerprintLabel = "scopeaudit finding v1"

// fingerprint names a finding that is not about a secret: the first 128 bits of
// SHA-256 over label, rule, path and subject, each preceded by its length so
// that no two lists of parts run together. It holds no line and no time, so it
// survives edits above it.
func fingerprint(rule rules.ID, path string, subject ...string) string {
	h := sha256.New()
	for _, part := range append([]string{fingerprintLabel, string(rule), path}, subject...) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// sortFindings puts the gravest first, then goes by place and, at one place, in
// the order of the rules, so that equal input gives equal output.
func sortFindings(fs []Finding, all []rules.Rule) {
	order := make(map[rules.ID]int, len(all))
	for i, r := range all {
		order[r.ID] = i
	}
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(b.Confidence, a.Confidence),
			firstLocation(a).Compare(firstLocation(b)),
			cmp.Compare(order[a.Rule], order[b.Rule]),
			cmp.Compare(a.Subject.Scope, b.Subject.Scope),
			cmp.Compare(a.Fingerprint, b.Fingerprint),
		)
	})
}

func firstLocation(f Finding) rules.Location {
	if len(f.Locations) == 0 {
		return rules.Location{}
	}
	return f.Locations[0]
}
