package secrets

import (
	"bytes"
	"encoding/base64"
	"strings"

	"scopeaudit/audit/rules"
)

// apiKey knows AIza….
func apiKey(w window) (match, bool) {
	const length = 39
	start := w.at
	end, ok := bounded(w.data, start, run(w.data, start, isURL64))
	if !ok || end-start != length {
		return match{}, false
	}
	return foundAPIKey(w, start, end, w.data[start:end])
}

// apiKeyBase64 knows the same in base64, where it begins QUl6YVN5.
func apiKeyBase64(w window) (match, bool) {
	const length = 52
	start := w.at
	end, ok := bounded(w.data, start, run(w.data, start, isB64))
	if !ok || end-start != length {
		return match{}, false
	}
	value, err := base64.StdEncoding.DecodeString(string(w.data[start:end]))
	if err != nil || run(value, 0, isURL64) != len(value) {
		return match{}, false
	}
	return foundAPIKey(w, start, end, value)
}

func foundAPIKey(w window, start, end int, value []byte) (match, bool) {
	if shannon(value) <= 4 || placeholder(value[4:]) || published(value) {
		return match{}, false
	}
	k := keyBefore(w.data, start)
	m := match{
		rule: rules.GoogleAPIKey, severity: rules.Medium, confidence: rules.HighConfidence,
		message: "a Google API key: it is charged to its project, and opens no account (it is not OAuth)",
		start:   start, end: end, value: value, key: k.shown("api_key"), label: "AIza", random: true, tail: true,
	}
	m.under(k)
	return m, true
}

// expressKey knows AQ.Ab8R…, of which 53 characters have been seen.
func expressKey(w window) (match, bool) {
	const prefix, length = len("AQ.Ab8R"), 46
	start := w.at
	end, ok := bounded(w.data, start, run(w.data, start+prefix, isURL64))
	tail := end - start - prefix
	if !ok || tail < length || tail > 2*length || placeholder(w.data[start+prefix:end]) {
		return match{}, false
	}
	k := keyBefore(w.data, start)
	m := match{
		rule: rules.GoogleExpressKey, severity: rules.High, confidence: rules.HighConfidence,
		message: "a Google Cloud express-mode or Gemini API key: anyone can use the models it opens, at its project's cost",
		start:   start, end: end, key: k.shown("api_key"), label: "AQ.", random: true, tail: true,
	}
	if tail != length {
		m.confidence = rules.MediumConfidence
	}
	m.under(k)
	return m, true
}

// fcmServerKey knows AAAA, 7 characters, a colon and 140 characters.
func fcmServerKey(w window) (match, bool) {
	const colon, length = 11, 140
	start := w.at
	if start+colon >= len(w.data) || w.data[start+colon] != ':' { // zeros in base64 come here often
		return match{}, false
	}
	end, ok := bounded(w.data, start, run(w.data, start+colon+1, isURL64))
	if !ok || end-start != colon+1+length || run(w.data, start, isURL64) != start+colon ||
		placeholder(w.data[start+colon+1:end]) {
		return match{}, false
	}
	k := keyBefore(w.data, start)
	m := match{
		rule: rules.GoogleFCMServerKey, severity: rules.High, confidence: rules.HighConfidence,
		message: "a Firebase Cloud Messaging server key: it sends messages to every device of the application",
		start:   start, end: end, key: k.shown("server_key"), label: "AAAA", random: true, tail: true,
	}
	m.under(k)
	return m, true
}

// pemFloor is how many characters a private key's body has at least; less is an
// example of where one goes.
const pemFloor = 64

// serviceAccountKey knows the object that has a private key and says whose it is,
// in either order: the file's JSON, and the settings and source that hold its
// parts ("FIREBASE_PRIVATE_KEY", "privateKey").
func serviceAccountKey(w window) (match, bool) {
	from, to := word(w.data, w.at)
	if n := serialised(w.data, from); n > 0 && from+n < to {
		to = from + n // an opcode that looks like a letter of it comes behind
	}
	if !strings.HasSuffix(normal(w.data[from:to]), "privatekey") {
		return match{}, false
	}
	begin := bytes.Index(w.data[to:min(len(w.data), to+64)], []byte("-----BEGIN"))
	if begin < 0 {
		return match{}, false
	}
	start := to + begin
	body, end := pemBody(w.data, start)
	if len(body) < pemFloor || placeholder(body) || !near(w.data, from, end, reach, "client_email", "clientEmail", "CLIENT_EMAIL", "x509_cert_url", ".gserviceaccount.com") {
		return match{}, false
	}
	m := serviceAccountMatch(body)
	m.start, m.end = start, end
	m.span(from, end)
	return m, true
}

// serviceAccountBase64 knows the same object in base64, as environment
// variables and Kubernetes secrets hold it.
func serviceAccountBase64(w window) (match, bool) {
	start, end := wrapped(w.data, w.at)
	packed := bytes.ReplaceAll(bytes.ReplaceAll(w.data[start:end], []byte("\n"), nil), []byte("\r"), nil)
	text, err := base64.RawStdEncoding.DecodeString(string(packed[:len(packed)&^3]))
	if err != nil {
		return match{}, false
	}
	at := bytes.Index(text, []byte("-----BEGIN "))
	if at < 0 || !bytes.Contains(text, []byte("private_key")) || !near(text, 0, len(text), 0, "client_email", "x509_cert_url") {
		return match{}, false
	}
	body, blockEnd := pemBody(text, at)
	if len(body) < pemFloor || placeholder(body) {
		return match{}, false
	}
	k := keyBefore(w.data, start)
	m := serviceAccountMatch(body)
	// The place is the block's, as it is where the whole is decoded.
	m.start, m.end = packedAt(w.data, start, at*4/3), packedAt(w.data, start, (blockEnd*4+2)/3)
	m.under(k)
	m.span(start, end)
	return m, true
}

// packedAt gives where the n-th character of the base64 stands that begins at
// start and may have line ends in it.
func packedAt(data []byte, start, n int) int {
	for ; start < len(data); start++ {
		if b := data[start]; b == '\n' || b == '\r' {
			continue
		}
		if n == 0 {
			break
		}
		n--
	}
	return start
}

// wrapped gives the base64 around at, over the line ends that base64(1) and PEM
// put into it: lines of a whole text but its last are long.
func wrapped(data []byte, at int) (start, end int) {
	const long = 60
	line := func(end int) (start int) {
		for start = end; start > 0 && isB64(data[start-1]); start-- {
		}
		return start
	}
	start = line(at)
	for start > 0 && data[start-1] == '\n' {
		before := start - 1
		if before > 0 && data[before-1] == '\r' {
			before--
		}
		if before-line(before) < long {
			break
		}
		start = line(before)
	}
	from := line(at)
	for end = run(data, at, isB64); end-from >= long && end < len(data); end = run(data, from, isB64) {
		next := end
		if data[next] == '\r' {
			next++
		}
		if next+1 >= len(data) || data[next] != '\n' || !isB64(data[next+1]) {
			break
		}
		from = next + 1
	}
	return start, end
}

func serviceAccountMatch(body []byte) match {
	return match{
		rule: rules.GoogleServiceAccountKey, severity: rules.Critical, confidence: rules.HighConfidence,
		message: "the private key of a Google service account: it signs in as that account until the key is deleted; " +
			"what the account may do cannot be told from the file",
		value: body, key: "private_key", label: "private key", random: true,
	}
}

// pemBody gives the base64 of a private key without line ends, however they are
// written, and where the block ends.
func pemBody(data []byte, start int) (body []byte, end int) {
	line := privateKeyLine(data[start:min(len(data), start+48)])
	if line == 0 {
		return nil, start
	}
	i := start + line
	for ; i < len(data) && data[i] != '-'; i++ {
		switch b := data[i]; {
		case b == '+' && isJoint(data, i):
		case isB64(b) || b == '=':
			body = append(body, b)
		case b == '\\':
			// "\n", "\\n" and "\/" are what JSON makes of line ends and slashes.
			for i+1 < len(data) && data[i+1] == '\\' {
				i++
			}
			if n, sign := escapeAt(data[i:]); n > 1 && isSpace(sign) {
				i += n - 1
			}
		case isSpace(b) || isQuote(b):
		default:
			return body, i
		}
	}
	return body, i + privateKeyLine(data[i:min(len(data), i+48)])
}

// privateKeyLine gives where the line that begins or ends a block ends, or zero.
// A form writes its spaces as plus signs.
func privateKeyLine(data []byte) int {
	for _, words := range []string{"PRIVATE KEY-----", "PRIVATE+KEY-----"} {
		if n := bytes.Index(data, []byte(words)); n >= 0 {
			return n + len(words)
		}
	}
	return 0
}

// isJoint says whether the plus sign at i stands between two strings and puts
// them together, and is no character of a key: those stand at the ends of lines too.
func isJoint(data []byte, i int) bool {
	before, after := i-1, i+1
	for before >= 0 && isSpace(data[before]) {
		before--
	}
	for after < len(data) && isSpace(data[after]) {
		after++
	}
	return before >= 0 && isQuote(data[before]) && after < len(data) && isQuote(data[after])
}

// The parts of a storage HMAC key, which are a finding only together.
const (
	hmacSecretLen = 40
	hmacDistance  = 10 << 10 // how far apart they may stand

	storageIDFact rules.ID = "storage-id" // never reported: an identifier
)

// storageID knows GOOG and 20 or 57 capitals and digits.
func storageID(w window) (match, bool) {
	end, ok := bounded(w.data, w.at, run(w.data, w.at, func(b byte) bool { return isUpper(b) || isDigit(b) }))
	tail := end - w.at - len("GOOG")
	if !ok || tail != 20 && tail != 57 || end < len(w.data) && isURL64(w.data[end]) && counted(w.data, w.at, end) != end-w.at || placeholder(w.data[w.at+4:end]) ||
		run(w.data, w.at, isUpper) == end {
		return match{}, false
	}
	m := match{rule: storageIDFact, fact: true, start: w.at, end: end}
	m.span(m.start, m.end)
	return m, true
}

// storageSecret knows 40 characters of base64 under a key that names a secret.
func storageSecret(w window) (match, bool) {
	from, to := word(w.data, w.at)
	start, _ := valueAfter(w.data, from, to)
	if start < 0 || !isStorageSecret(w.data, start, run(w.data, start, isB64)) {
		return match{}, false
	}
	k := newKey(w.data[from:to], from)
	if !k.names("secret") {
		return match{}, false
	}
	m := storageSecretMatch(start, k.shown("secret"))
	m.under(k)
	return m, true
}

// secretBesideStorageID knows the same without a key, next to the ID.
func secretBesideStorageID(w window) (match, bool) {
	const distance = 128
	id, ok := storageID(w)
	if !ok {
		return match{}, false
	}
	for i := id.end; i < min(len(w.data), id.end+distance); {
		end := run(w.data, i, isB64)
		if isStorageSecret(w.data, i, end) {
			m := storageSecretMatch(i, "")
			m.span(id.start, id.end)
			return m, true
		}
		i = max(end, i+1)
	}
	return match{}, false
}

func isStorageSecret(data []byte, start, end int) bool {
	counted := serialised(data, start) == hmacSecretLen && end-start >= hmacSecretLen
	if counted {
		end = start + hmacSecretLen
	}
	return end-start == hmacSecretLen && (counted || end == len(data) || !isURL64(data[end]) && data[end] != '=') &&
		(start == 0 || counted || !isURL64(data[start-1]) || unicodeOpcode(data[:start])) &&
		looksRandom(data[start:end]) && run(data, start, isHex) < end &&
		shannon(data[start:end]) > 3.5 && !placeholder(data[start:end])
}

func isHex(b byte) bool { return isDigit(b) || 'a' <= b|0x20 && b|0x20 <= 'f' }

func storageSecretMatch(start int, key string) match {
	return match{
		rule: rules.GoogleStorageHMAC, severity: rules.High, confidence: rules.HighConfidence, fact: true,
		message: "a Cloud Storage HMAC key, ID and secret: it reads and writes what its account may, until it is deactivated",
		start:   start, end: start + hmacSecretLen, key: key, label: "storage secret", random: true,
	}
}
