package credfile

import (
	"bytes"
	"strings"
)

// Maybe is a cheap gate for tree walks: it is false only where Identify would
// find nothing. It looks for a handful of literals, as they stand in text and in
// UTF-16, and is generous where a text could hide them.
func Maybe(data []byte) bool {
	if len(data) < 2 || len(data) > MaxFile {
		return false
	}
	if Framed(data) || maybePickle(data) || bytes.Contains(data, []byte(notebookMark)) {
		return true
	}
	for _, lit := range Literals() {
		if bytes.Contains(data, []byte(lit)) {
			return true
		}
	}
	if escapedLetter(data) {
		return true
	}
	return bytes.IndexByte(data, 0) >= 0 && maybeUTF16(data)
}

// Literals are such that every input with a credential that is not [Framed]
// holds one of them, in a place that [Tells] accepts, in its text or in what is
// decoded from it: rows 1 to 5, 7 to 9, 14, 15, 17 to 21 and 24 to 28 have a
// token under one of the two keys, in lower or upper case; a text (29) has its
// prefix at least. Who searches a file for many things anyway looks for these at
// once, and need not ask [Maybe].
func Literals() []string {
	return []string{
		"refresh_token", "access_token", "REFRESH_TOKEN", "ACCESS_TOKEN",
		accessPrefix, refreshPrefix + "0", `1\/\/`, `1\//`, `1/\/`,
		"private_key", "PRIVATE_KEY", "-----BEGIN ", "client_id", "CLIENT_ID",
		"external_account", "CredentialsJSON", rcloneSealed,
		"google.oauth2.credentials",
	}
}

// notebookMark is in every notebook, whose cells may break a word anywhere.
const notebookMark = `"nbformat"`

// Framed says whether data is of a binary format whose content is read by its
// own rules: a literal may be anywhere in it, in pieces.
func Framed(data []byte) bool {
	return bytes.HasPrefix(data, []byte(sqliteMagic)) || bytes.HasPrefix(data, []byte(javaMagic)) ||
		len(data) > 1 && data[0] == pickleProto && maybePickle(data)
}

// Tells says whether the literal that begins at pos may belong to a credential.
// A certificate tells of none, nor does a name without a value, or with one that
// has no digit: descriptions of APIs name access tokens in nearly every file.
func Tells(data []byte, pos int) bool {
	rest := data[pos:min(len(data), pos+tellsReach)]
	if rest[0] == '-' {
		return bytes.Contains(rest[:min(len(rest), pemHead)], []byte("PRIVATE KEY"))
	}
	end := 0
	for end < len(rest) && isKeyByte(rest[end]) {
		end++
	}
	name := strings.ToLower(string(rest[:end]))
	key := strings.Contains(name, "private_key")
	switch {
	case strings.HasPrefix(name, "external_"):
		return strings.TrimSuffix(name, "_authorized_user") == "external_account"
	case !key && !strings.Contains(name, "_token") && !strings.Contains(name, "client_id"):
		return true // a value, or what names a whole file
	}
	s := scanner{data: rest}
	at, ok := s.separator(end)
	if !ok {
		return false
	}
	value, _ := s.scalar(at, "")
	return at == len(rest) || key && value != "" || strings.ContainsAny(value, "0123456789")
}

// pemHead is the longest first line of a private key in PEM, in bytes.
const pemHead = 64

// tellsReach is how far from the beginning of a key its value begins, in bytes:
// a longer way is a value.
const tellsReach = 256

// escapedLetter reports whether a letter, digit or underscore is written as
// \u00XX, which honest JSON never does and which could hide every literal.
func escapedLetter(data []byte) bool {
	for {
		i := bytes.Index(data, []byte(`\u00`))
		if i < 0 || i+5 > len(data) {
			return false
		}
		if c := data[i+4]; '2' <= c && c <= '7' && !ordinaryEscape(data[i+4:]) {
			return true
		}
		data = data[i+4:]
	}
}

// ordinaryEscape knows the characters that encoders do escape: those of HTML.
func ordinaryEscape(digits []byte) bool {
	if len(digits) < 2 {
		return true
	}
	switch string(bytes.ToLower(digits[:2])) {
	case "22", "26", "27", "3c", "3d", "3e", "60", "7f":
		return true
	}
	return false
}

// maybeUTF16 looks for the literals with a zero byte beside each character. In
// which order the two stand does not matter to the search, as the literal's
// first and last zero are left out.
func maybeUTF16(data []byte) bool {
	for _, lit := range append(Literals(), notebookMark, `\u00`) {
		wide := make([]byte, 0, 2*len(lit))
		for i := range len(lit) {
			wide = append(wide, lit[i], 0)
		}
		if bytes.Contains(data, wide[:len(wide)-1]) {
			return true
		}
	}
	return false
}
