package secrets

import (
	"bytes"

	"scopeaudit/audit/rules"
)

// Lengths of Google's tokens. The caps are documented (access token 2,048
// bytes, refresh token 512, code 256); the floors are what can be told from
// other text without a key name, and what shape alone needs.
const (
	accessFloor   = 20 // after "ya29."
	accessCap     = 2048
	refreshFloor  = 80 // after "1//0"; the ones seen are 99
	refreshNamed  = 40 // under a key name; anything shorter is cut short
	refreshCap    = 512
	codeFloor     = 20
	codeCap       = 256
	cutFloor      = 6 // characters after the prefix that make a cut-short token worth telling
	legacyRefresh = 40
)

const cutMessage = " looks cut short; treat it as exposed if the full value was ever shared"

// accessToken knows ya29.…, with inner dots ("ya29.c.…").
func accessToken(w window) (match, bool) {
	const prefix = len("ya29.")
	start := w.at
	end := run(w.data, start+prefix, func(b byte) bool { return isURL64(b) || b == '.' })
	if dots := bytes.Index(w.data[start:end], []byte("..")); dots >= 0 {
		end = start + dots // "ya29.a0AR...": the rest was left out
	}
	end, ok := bounded(w.data, start, end)
	for end > start && w.data[end-1] == '.' {
		end--
	}
	tail := end - start - prefix
	if !ok || tail < cutFloor || tail > accessCap || placeholder(w.data[start+prefix:end]) {
		return match{}, false
	}
	k := keyBefore(w.data, start)
	m := match{
		rule: rules.GoogleAccessToken, kind: AccessToken, severity: rules.High, confidence: rules.HighConfidence,
		message: "a Google OAuth access token: it opens the account, within its scopes, until it expires",
		start:   start, end: end, key: k.shown("access_token"), label: "ya29.", random: true, tail: true,
	}
	if tail < accessFloor {
		if !k.names("token", "bearer", "auth", "cred", "access") || templated(w.data, end) {
			return match{}, false
		}
		m.cutShort("an access token", rules.Medium)
	}
	m.under(k)
	return m, true
}

// refreshToken knows 1//0…, and 1\/\/0… as PHP's JSON writes it, and 1%2F%2F0….
func refreshToken(w window) (match, bool) {
	start := w.at
	from := start + 1
	for range 2 {
		from = slash(w.data, from)
	}
	if from < 0 || from >= len(w.data) || w.data[from] != '0' {
		return match{}, false
	}
	from++
	end, ok := bounded(w.data, start, run(w.data, from, isURL64))
	tail := end - from
	if !ok || tail < cutFloor || len("1//0")+tail > refreshCap || placeholder(w.data[from:end]) {
		return match{}, false
	}
	value := append([]byte("1//0"), w.data[from:end]...)
	k := keyBefore(w.data, start)
	m := match{
		rule: rules.GoogleRefreshToken, kind: RefreshToken, severity: rules.Critical, confidence: rules.HighConfidence,
		message: "a Google OAuth refresh token: it makes new access tokens and does not expire by itself",
		start:   start, end: end, value: value, key: k.shown("refresh_token"), label: "1//", random: true, tail: true,
	}
	if tail < refreshFloor {
		if !k.names("refresh", "token", "cred") || templated(w.data, end) {
			return match{}, false
		}
		m.confidence = rules.MediumConfidence
		if tail < refreshNamed {
			m.cutShort("a refresh token", rules.High)
		}
		// Seen at this offset in every published sample, documented nowhere: it
		// makes surer, and its absence tells nothing.
		if len(value) > 16 && bytes.HasPrefix(value[16:], []byte("CgYIARAAG")) {
			m.confidence++
		}
	}
	m.under(k)
	return m, true
}

// legacyRefreshToken knows 1/… under a key that names a refresh token.
func legacyRefreshToken(w window) (match, bool) {
	from, to := word(w.data, w.at)
	if rest := w.data[to:]; len(rest) > 6 && rest[0] == ' ' && bytes.EqualFold(rest[1:6], []byte("token")) {
		to += 6
	}
	start, _ := valueAfter(w.data, from, to)
	if start < 0 || w.data[start] != '1' {
		return match{}, false
	}
	tailAt := slash(w.data, start+1)
	if tailAt < 0 {
		return match{}, false
	}
	k := newKey(w.data[from:to], from)
	if !k.names("refreshtoken") {
		return match{}, false
	}
	end, ok := bounded(w.data, start, run(w.data, tailAt, isURL64))
	tail := w.data[tailAt:max(end, tailAt)]
	value := append([]byte("1/"), tail...)
	if !ok || len(tail) < cutFloor || len(tail) > 2*legacyRefresh || placeholder(tail) ||
		templated(w.data, end) || published(value) || !looksRandom(tail) {
		return match{}, false
	}
	m := match{
		rule: rules.GoogleRefreshTokenLegacy, kind: RefreshToken, severity: rules.High, confidence: rules.MediumConfidence,
		message: "a Google OAuth refresh token of the older form: it makes new access tokens and does not expire by itself",
		start:   start, end: end, value: value, key: k.shown("refresh_token"), label: "1/", random: true,
	}
	if len(tail) < legacyRefresh {
		m.cutShort("a refresh token", rules.High)
	}
	m.under(k)
	return m, true
}

// slash gives where a slash that begins at i ends, however it is escaped: as it
// is, \/ in JSON (and again in JSON inside JSON), %2F in a URL; or -1.
func slash(data []byte, i int) int {
	if i < 0 {
		return -1
	}
	end := run(data[:min(len(data), i+maxBackslashes)], i, func(b byte) bool { return b == '\\' })
	switch {
	case end < len(data) && data[end] == '/':
		return end + 1
	case end == i && i+3 <= len(data) && data[i] == '%' && data[i+1] == '2' && data[i+2]|0x20 == 'f':
		return i + 3
	}
	return -1
}

// maxBackslashes is what a slash has before it in JSON four times over.
const maxBackslashes = 15

// authorizationCode knows 4/… and 4%2F… beside code=.
func authorizationCode(w window) (match, bool) {
	start := w.at
	if bytes.HasPrefix(w.data[start:], []byte("code=")) {
		start += len("code=")
	}
	from := slash(w.data, start+1)
	if from < 0 {
		return match{}, false
	}
	end, ok := bounded(w.data, start, run(w.data, from, isURL64))
	tail := w.data[from:max(end, from)]
	k := keyBefore(w.data, start)
	if !ok || len(tail) < codeFloor || len(tail) > codeCap || placeholder(tail) || !looksRandom(tail) ||
		k.norm != "code" && !k.names("authcode", "authorizationcode", "oauthcode") {
		return match{}, false
	}
	value := append([]byte("4/"), tail...)
	if published(value) {
		return match{}, false
	}
	m := match{
		rule: rules.GoogleAuthorizationCode, severity: rules.Low, confidence: rules.MediumConfidence,
		message: "a Google authorization code: good for one exchange within minutes of the consent",
		start:   start, end: end, value: value, key: k.shown("code"), label: "4/", random: true,
	}
	m.under(k)
	return m, true
}

// cutShort makes m a finding about a value that someone shortened, or whose end
// got lost. Its fingerprint leaves the value out, since little is left to guess.
func (m *match) cutShort(what string, severity rules.Severity) {
	m.rule = rules.GoogleTokenCutShort
	m.severity, m.confidence = severity, rules.LowConfidence
	m.message = what + cutMessage
	m.random, m.tail = false, false
}

// under notes that the finding rests on its key name too.
func (m *match) under(k key) {
	m.span(m.start, m.end)
	if k.norm != "" {
		m.span(k.from, m.end)
	}
}

// word is the name that stands around at.
func word(data []byte, at int) (from, to int) {
	from = at
	for from > max(0, at-64) && isURL64(data[from-1]) {
		from--
	}
	return from, run(data[:min(len(data), at+64)], at, isURL64)
}

// looksRandom tells a value from words and numbers: it has letters and digits,
// or letters of both cases.
func looksRandom(value []byte) bool {
	var upper, lower, digit bool
	for _, b := range value {
		upper, lower, digit = upper || isUpper(b), lower || isLower(b), digit || isDigit(b)
	}
	return (upper && lower || digit && (upper || lower)) && shannon(value) > 2.2
}
