package secrets

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math"
	"strings"
)

// bitsOf estimates the entropy of a value: its length times the Shannon entropy
// of its characters. It is low for what repeats itself, and for short values
// even where they are random, since they cannot show it.
func bitsOf(value []byte) float64 { return shannon(value) * float64(len(value)) }

// shannon is the entropy of one character, in bits, from how often each occurs.
func shannon(value []byte) float64 {
	var count [256]int
	for _, b := range value {
		count[b]++
	}
	var bits float64
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(value))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

// guessable is the entropy under which a value's hash tells the value, so that
// no fingerprint is made of it.
const guessable = 80

// fillers are what people write in the place of a secret, however much else
// stands around it.
var fillers = [...][]byte{bytes.Repeat([]byte("X"), 8), bytes.Repeat([]byte("x"), 8), bytes.Repeat([]byte("*"), 8)}

// placeholder says whether what follows a known prefix was never a secret: it
// says so itself, repeats one character, counts up, or is made of words.
func placeholder(tail []byte) bool {
	if bytes.Contains(tail, []byte("EXAMPLE")) || bytes.Contains(tail, []byte("REDACTED")) {
		return true
	}
	// Random characters hardly ever repeat one eight times; zeros in base64 are As.
	for _, filler := range fillers {
		if bytes.Contains(tail, filler) {
			return true
		}
	}
	if longestRun(tail, 0) >= max(6, len(tail)/6) || longestRun(tail, 1) >= max(6, len(tail)/6) {
		return true
	}
	if len(tail) >= 16 && shannon(tail) < 2.5 || counts(tail) || repeats(tail) {
		return true
	}
	if text := packedText(tail); text != nil && placeholder(text) || published(tail) {
		return true
	}
	words := strings.FieldsFunc(string(tail), func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == ' ' })
	for _, w := range words {
		if isStopWord(strings.ToLower(w)) {
			return true
		}
	}
	return false
}

// packedText gives what a value holds if that is base64 of plain text, as a
// Kubernetes secret has its placeholders too; else nil. Random characters decode
// to plain text about once in ten million times.
func packedText(value []byte) []byte {
	const floor = 16
	if len(value) < floor || len(value)%4 != 0 {
		return nil
	}
	text, err := base64.StdEncoding.DecodeString(string(value))
	if err != nil || run(text, 0, func(b byte) bool { return isPrint(b) || b == ' ' || b == '\n' }) < len(text) {
		return nil
	}
	return text
}

// longestRun is the length of the longest run in which each byte is the one
// before it plus step: one character repeated, or an alphabet.
func longestRun(s []byte, step byte) int {
	best, n := 0, 0
	for i := range s {
		if i > 0 && s[i] == s[i-1]+step {
			n++
		} else {
			n = 1
		}
		best = max(best, n)
	}
	return best
}

// counts says whether most of s is characters that repeat or follow the one before
// them, as in 1234567890123.
func counts(s []byte) bool {
	n := 0
	for i := 1; i < len(s); i++ {
		if s[i] == s[i-1] || s[i] == s[i-1]+1 {
			n++
		}
	}
	return len(s) >= 12 && n*4 >= len(s)*3
}

// repeats says whether s is a few characters over and over, three times at least.
func repeats(s []byte) bool {
	for period := 1; period <= min(4, len(s)/3); period++ {
		if bytes.Equal(s[period:], s[:len(s)-period]) {
			return true
		}
	}
	return false
}

// isStopWord knows the words that people write where a secret goes.
func isStopWord(word string) bool {
	switch word {
	case "example", "sample", "dummy", "fake", "mock", "mocked", "test", "testing", "demo", "placeholder",
		"your", "yours", "here", "insert", "replace", "replaceme", "changeme", "change", "enter", "paste",
		"redacted", "removed", "hidden", "masked", "secret", "token", "access", "refresh", "client", "password",
		"value", "string", "none", "null", "undefined", "invalid", "expired", "foo", "bar", "baz", "abc", "xyz",
		"todo", "tbd", "something", "whatever", "goes", "real", "actual", "some", "the", "this":
		return true
	}
	return false
}

// templated says whether the value goes on as a template: ya29.{token}, ya29.%s.
// A tag that closes, or opens a line, and an escaped sign only end it.
func templated(data []byte, end int) bool {
	if end >= len(data) || strings.IndexByte("{}$%<*[", data[end]) < 0 {
		return false
	}
	rest := data[end:]
	for _, tag := range []string{"</", "<br"} {
		if bytes.HasPrefix(rest, []byte(tag)) {
			return false
		}
	}
	if bytes.HasPrefix(rest, []byte("**")) && run(rest, 0, func(b byte) bool { return b == '*' }) == 2 {
		return false // bold ends
	}
	n, _ := escapeAt(rest)
	return n == 0
}

// random24 judges 24 characters without any prefix, where only their look tells
// a secret from a name: both cases, a digit or a mix that no words have, and
// the entropy that random characters have.
func random24(value []byte, quoted bool) bool {
	var upper, lower, digit, turns int
	for i, b := range value {
		switch {
		case isUpper(b):
			upper++
		case isLower(b):
			lower++
		case isDigit(b):
			digit++
		}
		if i > 0 && isUpper(b) != isUpper(value[i-1]) {
			turns++
		}
	}
	// Without quotes it may be a variable: googleClientSecretValue1.
	mixed := digit >= 2 || turns >= 9 || quoted && digit == 1
	return upper >= 2 && lower >= 2 && mixed && (quoted || digit > 0) &&
		shannon(value) >= 3.3 && !placeholder(value)
}

// published says whether a value stands in public documentation or samples, so
// that finding it tells nothing. Values are known by the head of their SHA-256:
// the sample keys of the Firebase SDKs (as gitleaks lists them), the sample
// values of Google's OAuth pages, and those of RFC 5849, 6749, 6750, 7009, 7591, 7636
// and 8628 and of OpenID Connect Core.
func published(value []byte) bool {
	sum := sha256.Sum256(value)
	switch hex.EncodeToString(sum[:8]) {
	case "f56e323494a6ffc2", "2037abcaffb2b777", "3f370c9dd8225c63", "e4a5542bb7fd7b67",
		"a19f89ab3555eac1", "0b476bdf9acf2123", "eb540d2b6ee2a0a4", "37f8f09bdf12c2f2",
		"8731261cb72d8626", "49f777db995e8260", "27a9a42931dff7eb", "dc0fcf046c61640c",
		"4c98242dcadc8b29", "ea9bb1082cf95663", "3a8b61d0f636b007", "a6c814bc555ae62c",
		"70315961d7e8721f", "df16ec800d1407f4",
		"6c96130f130ab0d6", "00cf4c781dc37003", "a35b81a7d7927b70", "e9974c507d2a8021",
		"53f5da0aaa93d64c", "b8e148545b13c78b", "ea9bdfd02c0c412c", "13d31e961a1ad8ec",
		"ad71fb4165536675", "9e309cccd311ea64", "cfee8a24c17aef53", "90fd21a668f4b121",
		"ca7459e2b26776de",
		"2ff8b0fb93aca981", "9d03b692e941d5ac", "4c20e6f5cc11b937", "6aa14267d94944e6",
		"29e1e092ced1d10a", "293257ab6495ebb1", "cb87c87e4a138d9a", "649e1f5c769e718b":
		return true
	}
	return false
}

// publishedClient names the application whose client ID ships to everyone, with
// its secret, so that neither is secret; or "".
func publishedClient(id string) string {
	switch strings.TrimSuffix(id, clientIDSuffix) {
	case "32555940559":
		return "gcloud"
	case "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur":
		return "gcloud application-default"
	case "563584335869-fgrhgmd47bqnekij5i8b5pr03ho849e6":
		return "firebase-tools"
	case "1072944905499-vm2v2i5dvn0a0d2o4ca36i1vge8cvbn0":
		return "clasp"
	case "681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j":
		return "gemini-cli"
	case "202264815644":
		return "rclone"
	}
	return ""
}
