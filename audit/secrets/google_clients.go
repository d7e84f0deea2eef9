package secrets

import (
	"bytes"
	"strings"

	"scopeaudit/audit/rules"
)

const clientIDSuffix = ".apps.googleusercontent.com"

// The lengths of client secrets: what follows "GOCSPX-", and the older form as
// a whole.
const (
	secretLen       = 28
	legacySecretLen = 24
)

// clientID knows the identifier of an OAuth client. It is no secret; what is
// not quite of Google's shape, or made up for an example, still says which
// client a secret beside it belongs to.
func clientID(w window) (match, bool) {
	from := w.at
	for from > max(0, w.at-80) && (isLower(w.data[from-1]) || isDigit(w.data[from-1]) || w.data[from-1] == '-' || w.data[from-1] == '_') {
		from--
	}
	digits := run(w.data[:w.at], from, isDigit) - from
	end := w.at + len(clientIDSuffix)
	name := w.data[from:w.at]
	joined := from > 0 && (isUpper(w.data[from-1]) || w.data[from-1] == '.') && !escaped(w.data[:from]) && !unicodeOpcode(w.data[:from]) ||
		end < len(w.data) && isURL64(w.data[end])
	if digits == 0 || len(name) > digits && name[digits] != '-' || joined && counted(w.data, from, end) != end-from {
		return match{}, false
	}
	k := keyBefore(w.data, from)
	id := string(w.data[from:end])
	app := publishedClient(id)
	m := match{
		rule: rules.GoogleClientID, kind: ClientID, severity: rules.Info, confidence: rules.HighConfidence,
		message: "a Google OAuth client ID: an identifier, no secret",
		start:   from, end: end, key: k.shown("client_id"), label: id, clientID: id, random: true,
	}
	if app != "" {
		m.message = "the client ID of " + app + ", which is published: anyone can use it"
	}
	rest := w.data[min(from+digits+1, w.at):w.at]
	m.fact = app == "" && (digits < 6 || len(rest) != 0 && (len(rest) != 32 || placeholder(rest)) ||
		longestRun(w.data[from:from+digits], 0) >= 6 || longestRun(w.data[from:from+digits], 1) >= 6)
	m.under(k)
	return m, true
}

// clientSecret knows GOCSPX-….
func clientSecret(w window) (match, bool) {
	const prefix = len("GOCSPX-")
	start := w.at
	end, ok := bounded(w.data, start, run(w.data, start+prefix, isURL64))
	tail := end - start - prefix
	if !ok || tail < cutFloor || tail > 2*secretLen || placeholder(w.data[start+prefix:end]) {
		return match{}, false
	}
	k := keyBefore(w.data, start)
	m := match{
		rule: rules.GoogleClientSecret, kind: ClientSecret, confidence: rules.HighConfidence,
		start: start, end: end, key: k.shown("client_secret"), label: "GOCSPX-", random: true, tail: true,
	}
	m.asClient(w)
	switch {
	case tail > secretLen:
		m.confidence = rules.MediumConfidence
	case tail < secretLen:
		if !k.names("secret", "cred") || templated(w.data, end) {
			return match{}, false
		}
		severity := m.severity
		m.cutShort("a client secret", severity)
	}
	m.under(k)
	return m, true
}

// legacyClientSecret knows the 24 characters without a prefix, under a key that
// names a client secret.
func legacyClientSecret(w window) (match, bool) {
	from, to := word(w.data, w.at)
	start, quoted := valueAfter(w.data, from, to)
	if start < 0 {
		return match{}, false
	}
	end, ok := bounded(w.data, start, run(w.data, start, isURL64))
	if !ok || !isLegacySecret(w.data, start, end, quoted) {
		return match{}, false
	}
	k := newKey(w.data[from:to], from)
	named := bytes.EqualFold(w.data[max(0, from-len("client ")):from], []byte("client "))
	// "SOCIAL_AUTH_GOOGLE_OAUTH2_SECRET", "AUTH_GOOGLE_SECRET": web frameworks
	// leave the word "client" out.
	if !named && !k.names("clientsecret", "googlesecret", "googleoauthsecret", "googleoauth2secret") {
		return match{}, false
	}
	m := match{
		rule: rules.GoogleClientSecretLegacy, kind: ClientSecret, confidence: rules.MediumConfidence,
		start: start, end: end, key: k.shown("client_secret"), label: "client secret", random: true,
	}
	m.asClient(w)
	m.under(k)
	return m, true
}

// secretBesideClientID knows the older client secret without any key, as in
// OAuthClient("….apps.googleusercontent.com", "…").
func secretBesideClientID(w window) (match, bool) {
	const distance = 60
	id, ok := clientID(w)
	if !ok {
		return match{}, false
	}
	low, high := max(0, id.start-distance), min(len(w.data), id.end+distance)
	best := -1
	for i := low; i < high; {
		if n, sign := escapeAt(w.data[i:]); n > 1 && !isURL64(sign) {
			i += n // a line end in JSON
			continue
		}
		end := run(w.data, i, isURL64)
		if end == i {
			i++
			continue
		}
		quoted := i > 0 && isQuote(w.data[i-1])
		outside := end <= id.start || i >= id.end
		if outside && i > 0 && (!isURL64(w.data[i-1]) || escaped(w.data[:i])) && isLegacySecret(w.data, i, end, quoted) &&
			(best < 0 || abs(i-id.start) < abs(best-id.start)) {
			// A key of its own says what it is.
			if k := keyBefore(w.data, i); k.norm == "" || k.names("secret", "client") || commaBefore(w.data, i) {
				best = i
			}
		}
		i = end
	}
	if best < 0 {
		return match{}, false
	}
	m := match{
		rule: rules.GoogleClientSecretLegacy, kind: ClientSecret, confidence: rules.LowConfidence,
		start: best, end: best + legacySecretLen, label: "client secret", random: true, clientID: id.clientID,
	}
	m.asClient(w)
	m.span(id.start, id.end)
	return m, true
}

// commaBefore says whether the value at start follows another value.
func commaBefore(data []byte, start int) bool {
	for start > 0 {
		if n, sign := escapeBefore(data[:start]); n > 0 && isSpace(sign) {
			start -= n // a line end in JSON
		} else if isQuote(data[start-1]) || isSpace(data[start-1]) {
			start--
		} else {
			break
		}
	}
	return start > 0 && data[start-1] == ','
}

func abs(n int) int { return max(n, -n) }

func isLegacySecret(data []byte, start, end int, quoted bool) bool {
	if end-start != legacySecretLen || !random24(data[start:end], quoted) {
		return false
	}
	if end == len(data) || strings.IndexByte(".([{$%=/+", data[end]) < 0 {
		return true
	}
	n, sign := escapeAt(data[end:])
	return n > 0 && sign != '=' && sign != '/' && sign != '+' && sign != '%'
}

// asClient grades a client secret by the type of client that the JSON around it
// names: a web client's is confidential, an installed one's cannot be.
func (m *match) asClient(w window) {
	const distance = 1 << 10
	before := w.data[max(0, m.start-distance):m.start]
	web, installed := lastKey(before, "web"), lastKey(before, "installed")
	switch {
	case web > installed:
		m.severity = rules.High
		m.message = "the client secret of a web application: it lets others pose as the application"
	case installed > web:
		m.severity = rules.Low
		m.message = "the client secret of an installed application: Google does not count on its confidentiality, " +
			"yet it lets others use the application's name and quota"
	default:
		m.severity = rules.Medium
		m.message = "a Google OAuth client secret: it lets others pose as the application; how bad that is depends on the type of client"
	}
}

// lastKey finds where a quoted key stands last, or -1.
func lastKey(data []byte, name string) int {
	for end := len(data); ; {
		i := bytes.LastIndex(data[:end], []byte(name))
		if i < 0 {
			return -1
		}
		if after := i + len(name); i > 0 && isQuote(data[i-1]) && after < len(data) && isQuote(data[after]) {
			return i
		}
		end = i
	}
}
