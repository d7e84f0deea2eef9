package secrets

import (
	"bytes"
	"strings"
)

const (
	// minKeyBody is the shortest base64 that is taken for a private key without
	// its PEM lines, in characters: an Ed25519 key in PKCS #8 has 64.
	minKeyBody = 64
	// keyAnchor is the length of each of the two anchors in the middle of a key's
	// base64. Side by side they are shorter than any line of it, so that the end
	// of a line falls into one of them at most.
	keyAnchor = 16
	// maxGap is how much may stand between two characters of a key, in bytes: the
	// end of a line, what a language puts around it, and indentation.
	maxGap = 128
	// enoughKey is how many characters on either side of the middle make a copy
	// of a key that is longer than what is looked at.
	enoughKey = 2000
)

// keyBody is the base64 of a wanted private key, without padding; empty for
// everything else.
func (w Wanted) keyBody() string {
	if w.Kind != PrivateKeyText {
		return ""
	}
	// Some programs write the line ends of the block as escapes.
	text := strings.NewReplacer(`\r`, "", `\n`, "\n").Replace(w.Reveal())
	if _, block, ok := strings.Cut(text, "PRIVATE KEY-----"); ok {
		text, _, _ = strings.Cut(block, "-----END ")
	}
	var body []byte
	for line := range strings.Lines(text) {
		if !strings.Contains(line, ":") { // no header of RFC 1421
			body = append(body, strings.Join(strings.Fields(line), "")...)
		}
	}
	body = bytes.TrimRight(body, "=")
	if len(body) < minKeyBody || run(body, 0, isB64) != len(body) {
		return ""
	}
	return string(body)
}

// brokenKey finds the base64 of a key with whatever stands at the ends of its
// lines: line ends, escaped ones, quotes, indentation, or nothing.
func (w Wanted) brokenKey(body string, value []byte) detector {
	middle := len(body)/2 - keyAnchor
	first, second := body[middle:middle+keyAnchor], body[middle+keyAnchor:middle+2*keyAnchor]
	return detector{anchors: []string{first, second}, match: func(in window) (match, bool) {
		at := middle
		if !bytes.HasPrefix(in.data[in.at:], []byte(first)) {
			at += keyAnchor
		}
		end, ok := keyForward(in.data, in.at, body[at:])
		if !ok {
			return match{}, false
		}
		start, ok := keyBackward(in.data, in.at, body[:at])
		if !ok {
			return match{}, false
		}
		// The line that begins the block is where people look for it.
		near := in.data[max(0, start-maxGap):start]
		if head := bytes.LastIndex(near, []byte("-----BEGIN ")); head >= 0 && bytes.Contains(near[head:], []byte("PRIVATE KEY-----")) {
			start -= len(near) - head
		}
		return w.copied(value, start, end), true
	}}
}

// keyForward says where body ends in data if it begins at pos.
func keyForward(data []byte, pos int, body string) (end int, ok bool) {
	for n := range len(body) {
		limit := min(len(data), pos+maxGap)
		for pos < limit && (data[pos] != body[n] || isPlus(data, pos)) {
			switch {
			case data[pos] == '\\':
				pos++
				pos += lineEscape(data[pos:])
			case isAround(data[pos]), isPlus(data, pos):
				pos++
			default:
				return 0, false
			}
		}
		if pos >= limit {
			return pos, n >= enoughKey
		}
		pos++
	}
	return pos, true
}

// keyBackward says where body begins in data if it ends at pos.
func keyBackward(data []byte, pos int, body string) (start int, ok bool) {
	for n := range len(body) {
		want, limit := body[len(body)-1-n], max(0, pos-maxGap)
		for pos > limit {
			b := data[pos-1]
			if escape := lineEscapeBefore(data[:pos]); escape > 0 {
				pos -= escape
				continue
			}
			plus := isPlus(data, pos-1)
			if b == want && !plus {
				break
			}
			if b != '\\' && !isAround(b) && !plus {
				return 0, false
			}
			pos--
		}
		if pos <= limit {
			return pos, n >= enoughKey
		}
		pos--
	}
	return pos, true
}

// lineEscapes are what a backslash makes a line end or an indent of.
var lineEscapes = [...]string{"n", "r", "t", "u000a", "u000A", "u000d", "u000D", "x0a", "x0A", "x0d", "x0D"}

// lineEscape gives the length of the one that text begins with, or zero.
func lineEscape(text []byte) int {
	for _, e := range lineEscapes {
		if bytes.HasPrefix(text, []byte(e)) {
			return len(e)
		}
	}
	return 0
}

// lineEscapeBefore gives the length of the one that text ends with, backslash
// included, or zero.
func lineEscapeBefore(text []byte) int {
	for _, e := range lineEscapes {
		if n := len(text) - len(e); n > 0 && text[n-1] == '\\' && bytes.HasSuffix(text, []byte(e)) {
			return len(e) + 1
		}
	}
	return 0
}

// isAround knows what languages and quoting put around the lines of a text. None
// of it is base64.
func isAround(b byte) bool { return strings.IndexByte("\n\r\t \"'`,;.&#>*|()[]", b) >= 0 }

// isPlus says whether a plus joins two strings instead of being base64.
func isPlus(data []byte, pos int) bool {
	return data[pos] == '+' && pos > 0 && isAround(data[pos-1]) && pos+1 < len(data) && (isAround(data[pos+1]) || data[pos+1] == '\\')
}
