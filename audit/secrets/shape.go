package secrets

import (
	"bytes"
	"strings"

	"scopeaudit/audit/rules"
)

// shape is a kind of secret that its prefix, its characters and its length tell
// from all other text. Most services give out such tokens today, so a family is
// one value, or a few.
type shape struct {
	rule     rules.ID
	prefixes []string
	in       func(byte) bool // the characters after the prefix
	min, max int             // how many of them
	suffix   string          // what the value ends in, counted among them
	severity rules.Severity
	message  string
	key      string // what the key is called where its own name may not be shown
	// judge looks closer: it may say no, or grade the match. The tail is what
	// follows the prefix.
	judge func(w window, m *match, tail []byte) bool
}

func (s shape) detector() detector {
	return detector{anchors: s.prefixes, far: alongRun, match: s.match}
}

func detectors(shapes []shape) []detector {
	out := make([]detector, len(shapes))
	for i, s := range shapes {
		out[i] = s.detector()
	}
	return out
}

func (s shape) match(w window) (match, bool) {
	prefix := s.prefixAt(w)
	from := w.at + len(prefix)
	start, end, ok := tokenAt(w.data, w.at, run(w.data, from, s.in))
	n := end - from
	if !ok || n < s.min || n > s.max || !bytes.HasSuffix(w.data[:end], []byte(s.suffix)) {
		return match{}, false
	}
	tail := w.data[from:end]
	if placeholder(tail) || templated(w.data, end) {
		return match{}, false
	}
	m := s.found(w, start, end, prefix)
	return m, s.judge == nil || s.judge(w, &m, tail)
}

func (s shape) prefixAt(w window) string {
	best := ""
	for _, p := range s.prefixes {
		if len(p) > len(best) && bytes.HasPrefix(w.data[w.at:], []byte(p)) {
			best = p
		}
	}
	return best
}

// found makes the match of a value at [start, end).
func (s shape) found(w window, start, end int, label string) match {
	k := keyBefore(w.data, start)
	m := match{
		rule: s.rule, severity: s.severity, confidence: rules.HighConfidence, message: s.message,
		start: start, end: end, key: k.shown(s.key), label: label, random: true, tail: true,
	}
	m.under(k)
	return m
}

// tokenAt says whether a token that begins with a prefix of its own stands at
// start, and where it ends. A prefix with a sign in it is met in no other word,
// and may stand in a URL: then a slash or a dot before it joins nothing.
func tokenAt(data []byte, start, end int) (int, int, bool) {
	end, ok := bounded(data, start, end)
	if !ok && strings.IndexByte("/.+-", data[start-1]) >= 0 {
		four := data[start:min(len(data), start+maxPrefix)]
		ok = bytes.ContainsAny(four, "_-.")
	}
	if ok && end < len(data) && (isAlnum(data[end]) || data[end] == '_') && counted(data, start, end) != end-start {
		return start, end, false
	}
	return start, end, ok
}

// maxPrefix is within how many bytes the sign of a prefix stands.
const maxPrefix = 9

// malformed grades a value whose checksum does not fit: someone made it up, or
// copied it badly.
func (m *match) malformed() {
	m.severity, m.confidence = rules.Low, rules.LowConfidence
	m.message += "; but its checksum does not fit: malformed or a placeholder"
}

func isLetter(b byte) bool       { return isLower(b) || isUpper(b) }
func isLowerAlnum(b byte) bool   { return isLower(b) || isDigit(b) }
func isURL64Dot(b byte) bool     { return isURL64(b) || b == '.' }
func isLowerHex(b byte) bool     { return isDigit(b) || 'a' <= b && b <= 'f' }
func isB64Pad(b byte) bool       { return isB64(b) || b == '=' }
func isUpperBase32(b byte) bool  { return isUpper(b) || '2' <= b && b <= '7' }
func isAlnumDash(b byte) bool    { return isAlnum(b) || b == '-' }
func isAlnumPercent(b byte) bool { return isAlnum(b) || b == '%' }
