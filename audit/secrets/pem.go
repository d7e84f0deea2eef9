package secrets

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"strings"

	"scopeaudit/audit/rules"
)

// privateKey knows the blocks of RFC 7468, OpenSSH and OpenPGP that hold a
// private key, with line ends as they are or escaped. The anchor ends the line
// that begins the block, or the one that ends it.
func privateKey(w window) (match, bool) {
	from := max(0, w.at-len("BEGIN ENCRYPTED -----")-8)
	head := bytes.LastIndex(w.data[from:w.at], []byte("-----BEGIN"))
	if head < 0 || head+len("-----BEGIN ") > w.at-from {
		return match{}, false
	}
	start := from + head
	// A form writes spaces as plus signs.
	label := bytes.ReplaceAll(w.data[start+len("-----BEGIN"):w.at], []byte("+"), []byte(" "))
	if label[0] != ' ' {
		return match{}, false
	}
	if label = label[1:]; run(label, 0, func(b byte) bool { return isUpper(b) || isDigit(b) || b == ' ' }) != len(label) {
		return match{}, false
	}
	headEnd := bytes.Index(w.data[w.at:], []byte("-----"))
	if headEnd < 0 {
		return match{}, false
	}
	body, end, whole := pemText(w.data, w.at+headEnd+5)
	m, ok := gradeKey(string(label), body, whole)
	if !ok {
		return match{}, false
	}
	k := keyBefore(w.data, start)
	m.start, m.end, m.key = start, end, k.shown("private_key")
	m.under(k)
	return m, true
}

// privateKeyBase64 knows such a block as a whole in base64.
func privateKeyBase64(w window) (match, bool) {
	start, end := wrapped(w.data, w.at)
	if start != w.at {
		return match{}, false
	}
	packed := bytes.ReplaceAll(bytes.ReplaceAll(w.data[start:end], []byte("\n"), nil), []byte("\r"), nil)
	text, err := base64.RawStdEncoding.DecodeString(string(packed[:len(packed)&^3]))
	if err != nil {
		return match{}, false
	}
	at := bytes.Index(text[:min(len(text), 48)], []byte("PRIVATE KEY"))
	if at < 0 {
		return match{}, false
	}
	m, ok := privateKey(window{data: text, at: at})
	if !ok {
		return match{}, false
	}
	k := keyBefore(w.data, start)
	m.start, m.end, m.key = start, end, k.shown("private_key")
	m.from, m.to = start, end
	m.under(k)
	return m, true
}

// pemText gives the lines of a block that begins before from, without what a
// language puts around them, and whether its end was seen.
func pemText(data []byte, from int) (text []byte, end int, whole bool) {
	i := from
	for ; i < len(data); i++ {
		switch b := data[i]; {
		case b == '-' && bytes.HasPrefix(data[i:], []byte("-----END")):
			line := bytes.Index(data[i+8:min(len(data), i+64)], []byte("-----"))
			if line < 0 {
				return text, i, true
			}
			return text, i + 8 + line + 5, true
		case b == '-' && bytes.HasPrefix(data[i:], []byte("-----BEGIN ")):
			// Another block begins, so this one never ended. Reading on would
			// read a line of such beginnings once for each of them.
			return text, i, false
		case b == '\\':
			for i+1 < len(data) && data[i+1] == '\\' {
				i++
			}
			if i+1 < len(data) && (data[i+1] == 'n' || data[i+1] == 'r') {
				text, i = append(text, '\n'), i+1
			} else if n, sign := escapeAt(data[i:]); n > 2 && (sign == '\n' || sign == '\r') {
				text, i = append(text, '\n'), i+n-1
			}
		case isQuote(b), b == '\r', b == ',', b == '+' && isJoint(data, i):
		case b == ' ', b == '\t':
			if n := len(text); n > 0 && text[n-1] != '\n' && text[n-1] != ' ' {
				text = append(text, ' ')
			}
		case b == '\n', isB64(b), strings.IndexByte("=-:.@<>()#", b) >= 0:
			text = append(text, b)
		default:
			return text, i, false
		}
	}
	return text, i, false
}

// gradeKey parses a block's text: encrypted keys are worth less, and what is no
// key is none.
func gradeKey(label string, text []byte, whole bool) (match, bool) {
	block, rest := pemBlock(label, text, whole)
	if len(rest) < pemFloor || placeholder(rest) {
		return match{}, false
	}
	m := match{
		rule: rules.PrivateKey, severity: rules.Critical, confidence: rules.HighConfidence,
		message: "a private key: it signs, decrypts or signs in as whoever it belongs to",
		value:   rest, label: "private key", random: true,
	}
	switch state := keyState(label, block, whole); state {
	case keyEncrypted:
		m.severity = rules.Medium
		m.message = "an encrypted private key: worth as much as its passphrase is hard to guess"
	case keyUnknown:
		m.confidence = rules.MediumConfidence
		m.message += "; what stands in the block could not be read as one"
	}
	return m, true
}

// pemBlock decodes a block by the standard library, of one whose end was not
// seen as much as there is, and gives its base64 as well.
func pemBlock(label string, text []byte, whole bool) (*pem.Block, []byte) {
	var headers, body []byte
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if bytes.Contains(line, []byte(":")) {
			headers = append(append(headers, line...), '\n')
			continue
		}
		// Lines that were joined by spaces, as an environment variable's.
		body = append(body, bytes.ReplaceAll(line, []byte(" "), nil)...)
	}
	packed := body
	if !whole {
		packed = body[:len(body)&^3]
	}
	if len(headers) > 0 {
		headers = append(headers, '\n')
	}
	kind := label + "PRIVATE KEY-----\n"
	block, _ := pem.Decode(slices.Concat([]byte("-----BEGIN "+kind), headers, packed, []byte("\n-----END "+kind)))
	return block, body
}

type keyKind int

const (
	keyUnknown keyKind = iota
	keyPlain
	keyEncrypted
)

// keyState reads as much of a key as tells whether a passphrase protects it:
// RFC 1421's headers, PKCS #8 (RFC 5958), PKCS #1, SEC 1, OpenSSH's own form.
func keyState(label string, block *pem.Block, whole bool) keyKind {
	if strings.HasPrefix(label, "ENCRYPTED") {
		return keyEncrypted
	}
	if block == nil {
		return keyUnknown
	}
	if strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
		return keyEncrypted
	}
	if rest, ok := bytes.CutPrefix(block.Bytes, []byte("openssh-key-v1\x00")); ok {
		if bytes.HasPrefix(rest, []byte("\x00\x00\x00\x04none")) {
			return keyPlain
		}
		return keyEncrypted
	}
	if strings.HasPrefix(label, "PGP") {
		return keyUnknown
	}
	var outer asn1.RawValue
	if _, err := asn1.Unmarshal(block.Bytes, &outer); err != nil || outer.Tag != asn1.TagSequence || !outer.IsCompound {
		if !whole && len(block.Bytes) > 2 && block.Bytes[0] == 0x30 {
			return keyPlain // larger than what is looked at
		}
		return keyUnknown
	}
	var first asn1.RawValue
	if _, err := asn1.Unmarshal(outer.Bytes, &first); err != nil {
		return keyUnknown
	}
	switch first.Tag {
	case asn1.TagInteger:
		return keyPlain
	case asn1.TagSequence:
		return keyEncrypted // EncryptedPrivateKeyInfo under a plain label
	}
	return keyUnknown
}
