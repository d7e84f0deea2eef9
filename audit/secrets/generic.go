package secrets

import (
	"bytes"
	"strings"

	"scopeaudit/audit/rules"
)

// What a value that no other rule knows must be, to be taken for a secret.
const (
	genericFloor   = 10
	genericCap     = 150
	genericEntropy = 3.5
	afterWord      = 20 // characters of a key after the word that tells it
)

// genericSecret judges a value by its look alone: the rule of last resort, to
// which every other is preferred.
func genericSecret(n named) (match, bool) {
	in := isGeneric
	if n.quoted && n.names("passw") {
		in = func(b byte) bool { return isGeneric(b) || strings.IndexByte("!@#%^&*?:;,", b) >= 0 }
	}
	end := run(n.data[:min(len(n.data), n.start+genericCap+1)], n.start, in)
	value := bytes.TrimRight(n.data[n.start:end], ".")
	end = n.start + len(value)
	if len(value) < genericFloor || len(value) > genericCap || !n.closed(end) || !n.mixed(value) || shannon(bytes.TrimRight(value, "=")) < genericEntropy ||
		n.wordy(value) || n.named(value) || isOwned(value) || isReference(value) || !n.isSecretName() || placeholder(value) {
		return match{}, false
	}
	m := match{
		rule: rules.GenericSecret, severity: rules.Medium, confidence: rules.LowConfidence,
		message: "a value that looks random, under a name that says it is secret",
		start:   n.start, end: end, key: n.shown("secret"), label: "secret",
	}
	m.under(n.key)
	return m, true
}

func isGeneric(b byte) bool {
	return isURL64(b) || b == '.' || b == '=' || b == '+' || b == '/' || b == '~' || b == '$'
}

// isSecretName says whether the name has a word of secrets in it, not too far
// from its end, and nothing that makes it the name of something public.
func (n named) isSecretName() bool {
	at := -1
	for _, w := range []string{"secret", "token", "passw", "credential", "creds", "privatekey", "apikey", "accesskey", "accountkey", "storagekey", "authkey"} {
		if i := strings.LastIndex(n.norm, w); i >= 0 {
			at = max(at, i+len(w))
		}
	}
	if at < 0 || len(n.norm)-at > afterWord || !n.names("") {
		return false
	}
	for _, w := range []string{
		"public", "primarykey", "foreign", "csrf", "xsrf", "author", "hash", "digest", "sha256", "checksum", "pagetoken",
		"synctoken", "nexttoken", "continuation", "regex", "pattern", "prefix", "suffix", "header", "format", "version",
		"label", "annotation", "resource", "template", "tokenize", "keypress", "keyboard", "keystore", "selector", "policy",
		"description", "example", "comment", "class", "kind", "resettoken", "changetoken",
	} {
		if strings.Contains(n.norm, w) {
			return false
		}
	}
	for _, w := range []string{"name", "names", "id", "ids", "ref", "arn", "length", "len", "count", "size", "key", "field", "dir", "env", "var", "mount", "store", "manager", "sum"} {
		if w == "key" && (strings.HasSuffix(n.norm, "apikey") || strings.HasSuffix(n.norm, "accesskey") || strings.HasSuffix(n.norm, "secretkey") ||
			strings.HasSuffix(n.norm, "privatekey") ||
			strings.HasSuffix(n.norm, "accountkey") || strings.HasSuffix(n.norm, "storagekey") || strings.HasSuffix(n.norm, "authkey")) {
			continue
		}
		if strings.HasSuffix(n.norm, w) {
			return false
		}
	}
	return true
}

// closed says whether the value really ends at end: at its quote, or where a
// bare word does.
func (n named) closed(end int) bool {
	if end == len(n.data) {
		return true
	}
	if n.quoted {
		// What a colon follows is the name of the next key.
		next := run(n.data, run(n.data, end, isQuote), isSpace)
		return isQuote(n.data[end]) && (next == len(n.data) || n.data[next] != ':')
	}
	b := n.data[end]
	if b == ' ' {
		// What is assigned to is a variable.
		next := run(n.data, end, isSpace)
		return next == len(n.data) || n.data[next] != '='
	}
	return isSpace(b) || b == '&' || b == '<' || isQuote(b) || b == ';'
}

// mixed tells random characters from words, names and numbers by how often
// letters, digits and cases take turns. A bare word may be code, so it needs more.
func (n named) mixed(value []byte) bool {
	var digits, letters, turns int
	for i, b := range value {
		if isDigit(b) {
			digits++
		} else if isLetter(b) {
			letters++
		}
		if i == 0 {
			continue
		}
		p := value[i-1]
		if isDigit(b) != isDigit(p) && isAlnum(b) && isAlnum(p) || isLower(p) && isUpper(b) {
			turns++
		}
	}
	if digits == 0 || letters == 0 {
		return false
	}
	if n.quoted {
		return turns >= max(2, len(value)/8)
	}
	return digits >= 2 && turns >= max(3, len(value)/6)
}

// wordy says whether most of a value is words: long runs of small letters, as
// names in code have and random characters have not. A password may.
func (n named) wordy(value []byte) bool {
	if n.quoted && n.names("passw") {
		return false
	}
	const word = 4
	inWords := 0
	for i := 0; i < len(value); i++ {
		end := run(value, i, isLower)
		if end-i >= word {
			inWords += end - i
		}
		i = max(i, end)
	}
	return inWords*5 >= len(value)*2
}

// named says whether a bare value is the name of another thing: a key or a secret
// by its last word, as types have, or a resource (arn:…:secret:name).
func (n named) named(value []byte) bool {
	for _, noun := range []string{"Key", "Token", "Secret", "Credentials"} {
		if !n.quoted && bytes.HasSuffix(value, []byte(noun)) {
			return true
		}
	}
	if sign := bytes.IndexByte(value, '='); sign > 0 && run(value, 0, isLetter) == sign && run(value, sign, func(b byte) bool { return b == '=' }) < len(value) {
		return true // Signature=…, with a name of its own
	}
	return isDate(value) || !n.quoted && n.from > 0 && n.data[n.from-1] == ':' && n.start > 0 && n.data[n.start-1] == ':'
}

// isDate knows RFC 3339: 2016-09-08T21:47:36Z, or its beginning.
func isDate(value []byte) bool {
	return len(value) >= 10 && run(value, 0, isDigit) == 4 && value[4] == '-' && run(value, 5, isDigit) == 7 && value[7] == '-' &&
		run(value, 8, isDigit) == 10 && (len(value) == 10 || value[10] == 'T')
}

// isOwned knows values that a rule of their own has judged, or that are made to
// be public.
func isOwned(value []byte) bool {
	for _, prefix := range []string{
		"eyJ", "ya29.", "1//", "1/", "4/", "GOCSPX-", "AIza", "AQ.", "gh", "glpat-", "xox", "sk_", "rk_", "pk_", "sk-", "AKIA", "ASIA",
		"hf_", "npm_", "SG.", "LS0tLS1", "sha256", "sha1-", "sha512-", "ssh-", "arn:", "dckr_", "whsec_",
		"pypi-", "bedrock-api-key-", "amzn1.",
	} {
		if bytes.HasPrefix(value, []byte(prefix)) {
			return true
		}
	}
	return isUUID(value)
}

// isReference knows what names a value and is none: a path, a URL, a variable, a
// member of something.
func isReference(value []byte) bool {
	if strings.IndexByte("/.$~", value[0]) >= 0 || bytes.Contains(value, []byte("://")) || bytes.Contains(value, []byte("${")) {
		return true
	}
	// a.b.c, as in config.Token2.Value
	return bytes.Count(value, []byte(".")) > 1 && len(value) < 64 || bytes.Count(value, []byte("-")) > 3 || bytes.Count(value, []byte("/")) > 2 && len(value) < 40
}
