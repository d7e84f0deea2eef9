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

// isType says that a word between a key and its value is a type annotation.
func isType(word string) bool {
	switch word {
	case "str", "string", "String", "bytes", "Any", "any", "Optional", "Final", "text", "TEXT":
		return true
	}
	return false
}

// keyBefore finds the key of the value at start, whatever the language: JSON
// and dictionaries (quotes escaped or not), keyword arguments, assignments,
// .env, YAML, INI, flags, setters, XML elements, and "Bearer " headers.
func keyBefore(data []byte, start int) key {
	low := max(start-maxKeyDistance, 0)
	i := start
	back := func(in func(byte) bool) bool {
		before := i
		for i > low && in(data[i-1]) {
			i--
		}
		return i < before
	}
	word := func() []byte {
		end := i
		back(isWord)
		return data[i:end]
	}
	if back(isQuote) {
		// The prefix of a Python string: b"…", rb'…'.
		if end := i; back(func(b byte) bool { return strings.IndexByte("bBrRfFuU", b) >= 0 }) &&
			(end-i > 2 || i > low && isWord(data[i-1])) {
			i = end
		}
	}
	spaced := back(isSpace)
	if spaced {
		end := i
		if w := string(word()); strings.EqualFold(w, "bearer") || strings.EqualFold(w, "oauth") {
			return key{name: "bearer", norm: "bearer", from: i}
		}
		i = end
	}
	if i == low {
		return key{}
	}
	switch data[i-1] {
	case '>':
		if i-2 >= low && data[i-2] == '=' {
			i -= 2
			break
		}
		i-- // an XML element
		return newKey(word(), i)
	case '=', ':', ',', '(':
		back(func(b byte) bool { return b == '=' || b == ':' || b == ',' || b == '(' || b == '?' })
	default:
		end := i
		if w := word(); spaced && end > i && w[0] == '-' {
			return newKey(w, i)
		}
		return key{}
	}
	for range 3 {
		back(func(b byte) bool { return isSpace(b) || isQuote(b) || b == ']' || b == ')' })
		w := word()
		if !isType(string(w)) {
			return newKey(w, i)
		}
		back(func(b byte) bool { return isSpace(b) || b == '[' || b == ':' })
	}
	return key{}
}

// valueAfter gives where the value of the key begins that ends at end, and
// whether it is in quotes; -1 if none is given.
func valueAfter(data []byte, end int) (start int, quoted bool) {
	limit := min(len(data), end+maxKeyDistance/2)
	i := end
	skip := func(in func(byte) bool) bool {
		before := i
		for i < limit && in(data[i]) {
			i++
		}
		return i > before
	}
	if start := serialisedAfter(data, end); start >= 0 {
		return start, true
	}
	skip(func(b byte) bool { return isQuote(b) || b == ']' })
	skip(func(b byte) bool { return b == ' ' || b == '\t' })
	operator := func(b byte) bool { return strings.IndexByte("=:>,(?", b) >= 0 }
	if !skip(operator) {
		return -1, false
	}
	skip(isSpace)
	if mark := i; skip(func(b byte) bool { return isAlnum(b) || b == '[' || b == ']' }) {
		// A type annotation: client_secret: str = "…".
		word, _, _ := bytes.Cut(data[mark:i], []byte("["))
		if skip(isSpace); !isType(string(word)) || !skip(func(b byte) bool { return b == '=' }) {
			i = mark
		}
		skip(isSpace)
	}
	mark := i
	skip(func(b byte) bool { return strings.IndexByte("bBrRfFuU", b) >= 0 })
	if quoted = skip(isQuote); !quoted {
		i = mark
	}
	if i == len(data) {
		return -1, false
	}
	return i, quoted
}

// serialisedAfter finds the string that a pickle or a Java object stream holds
// next after the key that ends at end, or -1.
func serialisedAfter(data []byte, end int) int {
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
