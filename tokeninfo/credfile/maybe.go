package credfile

import "bytes"

// Maybe is a cheap gate for tree walks: it is false only where Identify would
// find nothing. It looks for a handful of literals, as they stand in text and in
// UTF-16, and is generous where a text could hide them.
func Maybe(data []byte) bool {
	if len(data) < 2 || len(data) > MaxFile {
		return false
	}
	if bytes.HasPrefix(data, []byte(sqliteMagic)) || bytes.HasPrefix(data, []byte(javaMagic)) || maybePickle(data) {
		return true
	}
	for _, lit := range literals() {
		if bytes.Contains(data, []byte(lit)) {
			return true
		}
	}
	if escapedLetter(data) {
		return true
	}
	return bytes.IndexByte(data, 0) >= 0 && maybeUTF16(data)
}

// literals are such that every input with a credential holds one of them:
// rows 1 to 5, 7 to 9, 14, 15, 17 to 21 and 24 to 28 have a token under one of
// the two keys, in lower or upper case; a text (29) has its prefix at least.
func literals() []string {
	return []string{
		"refresh_token", "access_token", "REFRESH_TOKEN", "ACCESS_TOKEN",
		accessPrefix, refreshPrefix, `1\/\/`, `1\//`, `1/\/`,
		"private_key", "PRIVATE_KEY", "-----BEGIN ", "client_id", "CLIENT_ID",
		"external_account", "CredentialsJSON", rcloneSealed,
		"google.oauth2.credentials",
		`"nbformat"`, // a notebook may break a word anywhere
	}
}

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
	for _, lit := range append(literals(), `\u00`) {
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
