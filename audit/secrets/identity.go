package secrets

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"scopeaudit/audit/rules"
)

// The labels keep the three kinds of fingerprint apart from each other and from
// every other use of SHA-256.
const (
	labelValue     = "scopeaudit leak v1 value"
	labelKey       = "scopeaudit leak v1 key"
	labelComposite = "scopeaudit leak v1 composite"
)

// fingerprint is the first 128 bits, in hexadecimal, of SHA-256 over the fields,
// each of them after its length in bytes as a 64-bit big-endian number.
//
//   - a value of 80 bits of entropy or more (bitsOf) that is whole: labelValue,
//     rule, path, value;
//   - any other: labelKey, rule, path, key name (in lower case), and the ordinal,
//     from 1, of that key among the input's findings of the rule, in decimal;
//   - a composite: labelComposite, rule, path, and its parts' fingerprints in
//     ascending order.
//
// Path is that of the input; for a member of an archive "!" and the member's
// path follow it.
func fingerprint(fields ...string) string {
	h := sha256.New()
	for _, f := range fields {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(f)))
		h.Write(size[:])
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// lasting says whether the value may be fingerprinted itself.
func (m match) lasting(value []byte) bool { return m.random && bitsOf(value) >= guessable }

func (p *Pass) fingerprint(m match, value []byte) string {
	if !m.lasting(value) {
		return "" // number fills it in
	}
	return fingerprint(labelValue, string(m.rule), placeName(p.base), string(value))
}

func placeName(l rules.Location) string {
	if l.Member != "" {
		return l.Path + "!" + l.Member
	}
	return l.Path
}

// number makes the fingerprints that rest on key names.
func (p *Pass) number(found []finding) {
	order := make([]*finding, 0, len(found))
	for i := range found {
		if found[i].named && !found[i].fact {
			order = append(order, &found[i])
		}
	}
	slices.SortStableFunc(order, func(a, b *finding) int {
		return cmp.Or(cmp.Compare(a.Location.Line, b.Location.Line), cmp.Compare(a.Location.Column, b.Location.Column),
			cmp.Compare(a.pos, b.pos))
	})
	seen := map[[2]string]int{}
	for _, f := range order {
		k := [2]string{string(f.Rule), normal(f.KeyName)}
		seen[k]++
		f.Fingerprint = fingerprint(labelKey, k[0], placeName(p.base), k[1], strconv.Itoa(seen[k]))
	}
}

// tag is the equality tag of a value.
func (s *Scanner) tag(value []byte) Tag {
	h := hmac.New(sha256.New, s.key[:])
	h.Write(value)
	var t Tag
	h.Sum(t[:0])
	return t
}

// tailFloor is how long a value must be for its last four characters to show:
// what stays hidden is then beyond guessing.
const tailFloor = 28

// mask gives what a report may show of a value: what kind it is, how long, and
// the last four characters where enough others stay hidden.
func mask(m match, value []byte) string {
	if m.kind == ClientID {
		return m.label
	}
	masked := fmt.Sprintf("%s…(%d)", m.label, len(value))
	if m.tail && m.lasting(value) && len(value) >= tailFloor {
		masked += "…" + string(value[len(value)-4:])
	}
	return masked
}
