package secrets

import (
	"bytes"
	"strings"

	"scopeaudit/audit/rules"
)

// maxUserinfo is how long a user's name and password in a URL may be.
const maxUserinfo = 200

// urlPassword knows scheme://user:password@host.
func urlPassword(w window) (match, bool) {
	from := w.at + len("://")
	if w.at == 0 || !isLetter(w.data[w.at-1]) && !isDigit(w.data[w.at-1]) {
		return match{}, false
	}
	in := func(b byte) bool {
		return ' ' < b && b < 0x7F && strings.IndexByte("/\\\"'`<>{}()[]|^$,@#?*", b) < 0
	}
	at := run(w.data[:min(len(w.data), from+maxUserinfo)], from, in)
	if at+1 >= len(w.data) || w.data[at] != '@' || !isAlnum(w.data[at+1]) && w.data[at+1] != '[' {
		return match{}, false
	}
	user, password, ok := bytes.Cut(w.data[from:at], []byte(":"))
	if !ok || len(password) < 4 || bytes.EqualFold(user, password) || isSampleLogin(user, password) {
		return match{}, false
	}
	start := at - len(password)
	m := match{
		rule: rules.URLPassword, severity: rules.Medium, confidence: rules.MediumConfidence,
		message: "a password in a URL: it opens what the URL names", start: start, end: at, key: "password", label: "password",
	}
	host := w.data[at+1 : run(w.data, at+1, func(b byte) bool { return isAlnum(b) || b == '.' || b == '-' })]
	if run(password, 0, isLetter) == len(password) || isLocalHost(string(host)) {
		m.confidence = rules.LowConfidence
	}
	m.span(w.at, at+1)
	return m, true
}

// isSampleLogin knows names and passwords that stand for what goes there.
func isSampleLogin(user, password []byte) bool {
	if placeholder(password) || password[0] == '%' && bytes.IndexByte(password[1:], '%') < 0 && len(password) < 4 {
		return true
	}
	word := strings.ToLower(string(password))
	switch word {
	case "pass", "passwd", "password1", "passw0rd", "pwd", "pswd", "pass123", "password123", "xxxx", "user", "username", "guest", "secretpassword", "mypassword", "userpass",
		"foobar", "credentials", "apikey", "api_key", "port":
		return true
	}
	for _, part := range []string{"password", "passwd", "example", "redacted", "placeholder", "xxxxx", "%s", "%v", "%d", "%q"} {
		if strings.Contains(word, part) {
			return true
		}
	}
	switch strings.ToLower(string(user)) {
	case "user", "username", "usr", "example", "foo", "your_username", "yourusername":
		return !looksRandom(password)
	}
	return false
}

func isLocalHost(host string) bool {
	return host == "localhost" || strings.HasPrefix(host, "127.") || strings.HasSuffix(host, ".example") || host == "example.com" ||
		strings.HasSuffix(host, ".example.com") || strings.HasSuffix(host, ".test") || strings.HasSuffix(host, ".local")
}
