package secrets

import (
	"bytes"
	"strings"
)

// maxKeyDistance is how far from its value a key name may begin, in bytes.
const maxKeyDistance = 160

// key is the name that a value stands under.
type key struct {
	name string // as written, without what it is an attribute of
	from int    // where it begins in the window
	norm string // in lower case, without separators
}

// names says whether the key has one of the words in it. A key that names an
// address, a type or a date ("token_uri", "token_type") names no secret.
func (k key) names(words ...string) bool {
	for _, tail := range []string{"uri", "url", "endpoint", "type", "expiry", "path", "file", "info"} {
		if strings.HasSuffix(k.norm, tail) {
			return false
		}
	}
	for _, w := range words {
		if strings.Contains(k.norm, w) {
			return true
		}
	}
	return false
}

func newKey(word []byte, from int) key {
	if dot := bytes.LastIndexByte(word, '.'); dot >= 0 {
		word, from = word[dot+1:], from+dot+1
	}
	trimmed := bytes.TrimLeft(word, "-$")
	return key{name: string(trimmed), from: from + len(word) - len(trimmed), norm: normal(trimmed)}
}

func normal[text string | []byte](name text) string {
	norm := make([]byte, 0, len(name))
	for i := range len(name) {
		switch b := name[i]; {
		case isUpper(b):
			norm = append(norm, b|0x20)
		case b != '_' && b != '-' && b != ' ':
			norm = append(norm, b)
		}
	}
	return string(norm)
}

func isWord(b byte) bool  { return isURL64(b) || b == '.' || b == '$' }
func isQuote(b byte) bool { return b == '"' || b == '\'' || b == '`' || b == '\\' }
func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// keyBefore finds the key of the value at start, whatever the language: JSON
// and dictionaries (quotes escaped or not), keyword arguments, assignments,
// .env, YAML, INI, flags, setters, tables, elements and attributes of XML, and
// "Bearer " headers.
func keyBefore(data []byte, start int) key {
	if from, end := serialisedKey(data, start); from >= 0 {
		return newKey(data[from:end], from)
	}
	low := max(start-maxKeyDistance, 0)
	i := start
	for i > low && isQuote(data[i-1]) {
		i--
	}
	if i > low && isSpace(data[i-1]) {
		from := i - 1
		for from > low && isSpace(data[from-1]) {
			from--
		}
		end := from
		for from > low && isWord(data[from-1]) {
			from--
		}
		if w := string(data[from:end]); strings.EqualFold(w, "bearer") || strings.EqualFold(w, "oauth") {
			return key{name: "bearer", norm: "bearer", from: from}
		}
	}
	var g glue
	end := g.skipBack(data, start, low)
	from := end
	for from > low && isWord(data[from-1]) {
		from--
	}
	from += escapedHead(data, from, end)
	if !g.joins(data[from:end]) {
		return key{}
	}
	return newKey(data[from:end], from)
}

// escapedHead gives how many bytes at the start of the word at [from, to) belong
// to an escape that begins before it: \nrefresh_token, %22refresh_token.
func escapedHead(data []byte, from, to int) int {
	if from == 0 {
		return 0
	}
	n, _ := escapeAt(data[from-1 : to])
	return max(0, n-1)
}

// valueAfter gives where the value of the key begins that stands at [from, end),
// and whether it is in quotes; -1 if none is given.
func valueAfter(data []byte, from, end int) (start int, quoted bool) {
	if start := serialisedAfter(data, end); start >= 0 {
		return start, true
	}
	limit := min(len(data), end+maxKeyDistance/2)
	var g glue
	i := g.skip(data, end, limit)
	if i == limit || !g.joins(data[from:end]) {
		return -1, false
	}
	b := data[i-1]
	return i, isQuote(b) || b == ';' || b == '>' || b >= 0x80
}

// serialisedAfter finds the string that a pickle or a Java object stream holds
// next after the key that ends at end, or -1.
func serialisedAfter(data []byte, end int) int {
	if start := pickledLine(data, end); start >= 0 {
		return start
	}
	for i := end; i < min(len(data), end+12); i++ {
		if b := data[i]; b >= 0x80 || b < 0x09 || b == 'X' || b == 'U' {
			for start := i + 1; start < min(len(data), i+8); start++ {
				if n := serialised(data, start); n >= 8 && run(data[:min(len(data), start+n)], start, isPrint) == start+n {
					return start
				}
			}
			return -1
		}
	}
	return -1
}

func isPrint(b byte) bool { return ' ' < b && b < 0x7F }

// shown gives the key's name for a report: as written if it consists of words
// that key names consist of, else the given plain form. A key name is the
// writer's text like any other and might be a secret itself.
func (k key) shown(plain string) string {
	if k.norm == "" || len(k.name) > 64 || !spelled(k.norm) {
		return plain
	}
	return k.name
}

// spelled says whether a normalised name is a row of known words and short
// numbers.
func spelled(norm string) bool {
	words := keyWords()
	reached := make([]bool, len(norm)+1)
	reached[0] = true
	for i := range len(norm) {
		if !reached[i] {
			continue
		}
		for _, w := range words {
			if strings.HasPrefix(norm[i:], w) {
				reached[i+len(w)] = true
			}
		}
		if isDigit(norm[i]) && (i == 0 || !isDigit(norm[i-1])) {
			reached[i+1] = true
		}
	}
	return reached[len(norm)]
}

// keyWords are the words that names of credentials are made of.
func keyWords() []string {
	return []string{
		"access", "account", "admin", "api", "app", "auth", "authorization", "aws", "bearer", "bot", "calendar",
		"client", "cloud", "code", "config", "creds", "credential", "credentials", "default", "desktop", "dev",
		"docs", "drive", "env", "express", "fcm", "firebase", "from", "gcloud", "gcp", "gcs", "gemini", "get",
		"gmail", "goog", "google", "gs", "hmac", "http", "id", "initial", "installed", "key", "local", "login",
		"mail", "main", "maps", "master", "my", "new", "next", "oauth", "old", "private", "prod", "project",
		"public", "react", "refresh", "saved", "secret", "server", "service", "set", "sheets", "site", "stored",
		"storage", "sync", "test", "tok", "token", "tokens", "user", "value", "vite", "web", "with", "youtube",
	}
}
