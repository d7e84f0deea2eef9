package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"scopeaudit/audit/rules"
)

// Wanted is one secret whose copies are looked for.
type Wanted struct {
	// Kind is what it is; empty where nobody knows.
	Kind Kind
	// Reveal gives the value. It is a function so that nothing that prints a
	// Wanted can show it.
	Reveal func() string
}

// PrivateKeyText is the kind of a [Wanted] private key, in PEM or as its base64
// alone. Such a key is found however its lines end.
const PrivateKeyText Kind = "private_key"

// The lengths of a secret whose copies can be told from other text and found in
// windows, in bytes; a private key may be longer.
const (
	MinWanted = 8
	MaxWanted = 2048
)

// Findable says whether copies of w can be looked for.
func (w Wanted) Findable() bool {
	if w.Kind == PrivateKeyText {
		return w.keyBody() != ""
	}
	n := len(w.Reveal())
	return n >= MinWanted && n <= MaxWanted
}

// Name is what w is called in a sentence: "refresh token".
func (w Wanted) Name() string {
	switch w.Kind {
	case AccessToken, RefreshToken, ClientSecret, PrivateKeyText:
		return strings.ReplaceAll(string(w.Kind), "_", " ")
	}
	return "secret"
}

// NewFinder makes a scanner that finds copies of the wanted secrets and nothing
// else: as they stand, in hexadecimal, in base64 at each of its three alignments,
// a key's body however it is broken into lines, and the beginnings of Google's
// tokens. It is used as any [Scanner] is, so that whatever else hides a copy is
// for the views to undo.
//
// A wanted secret that is not Findable is not looked for.
func NewFinder(key Key, wanted ...Wanted) *Scanner {
	s := &Scanner{key: key}
	for _, w := range wanted {
		if w.Findable() {
			s.detectors = append(s.detectors, w.detectors()...)
		}
	}
	s.prefilter = newPrefilter(s.anchors())
	return s
}

func (w Wanted) detectors() []detector {
	value := []byte(w.Reveal())
	if body := w.keyBody(); body != "" {
		copies := []detector{w.brokenKey(body, value)}
		if der, err := base64.RawStdEncoding.DecodeString(body); err == nil {
			copies = append(copies, w.exact(der[:min(len(der), reach)], value, 0))
		}
		return copies
	}
	digits := hex.EncodeToString(value)
	copies := []detector{w.plain(value), w.exact([]byte(digits), value, 0), w.exact([]byte(strings.ToUpper(digits)), value, 0)}
	for before := range 3 {
		std, url, ahead := inBase64(value, before)
		copies = append(copies, w.exact([]byte(std), value, ahead))
		if url != std {
			copies = append(copies, w.exact([]byte(url), value, ahead))
		}
	}
	return copies
}

// inBase64 gives what value looks like in base64 where before bytes stand in its
// first group of three: the characters that depend on nothing but the value, in
// the standard and in the URL alphabet (RFC 4648 §4, §5), and how many characters
// ahead of them the value begins.
func inBase64(value []byte, before int) (std, url string, ahead int) {
	whole := append(make([]byte, before), value...)
	from, to := (before*8+5)/6, len(whole)*8/6
	std = base64.RawStdEncoding.EncodeToString(whole)[from:to]
	url = base64.RawURLEncoding.EncodeToString(whole)[from:to]
	return std, url, from - before*8/6
}

// copied is the match of a copy.
func (w Wanted) copied(value []byte, start, end int) match {
	m := match{
		rule: rules.CredentialCopy, severity: w.severity(), confidence: rules.HighConfidence,
		message: "a copy of the " + w.Name(), value: value, label: w.label(value),
		start: start, end: end, key: string(w.Kind), random: true, tail: w.Kind != PrivateKeyText,
	}
	m.span(start, end)
	return m
}

func (w Wanted) severity() rules.Severity {
	switch w.Kind {
	case RefreshToken, PrivateKeyText:
		return rules.Critical
	case ClientSecret:
		return rules.Medium
	}
	return rules.High
}

// tokenHeads are the public beginnings of Google's secrets.
var tokenHeads = [...]string{"ya29.", "1//0", "GOCSPX-"}

func (w Wanted) label(value []byte) string {
	for _, head := range tokenHeads {
		if bytes.HasPrefix(value, []byte(head)) {
			return head
		}
	}
	return w.Name()
}

// exact finds form, which is what value looks like in some encoding; the copy
// begins ahead characters before it.
func (w Wanted) exact(form, value []byte, ahead int) detector {
	return detector{
		anchors: []string{string(form[:min(len(form), maxLiteral)])},
		match: func(in window) (match, bool) {
			if !bytes.HasPrefix(in.data[in.at:], form) {
				return match{}, false
			}
			return w.copied(value, max(in.at-ahead, 0), in.at+len(form)), true
		},
	}
}

// minCut is how much of the beginning of a token tells that it is this one's, in
// characters: the first dozen may be the same for every token of a client.
const minCut = 20

// plain finds value as it stands and, if it is one of Google's tokens, what was
// cut off it: at least minCut characters, after which no more of a token
// follow. Of other secrets nobody knows how much of the beginning all of their
// kind share.
func (w Wanted) plain(value []byte) detector {
	head, cut := min(len(value), maxLiteral), false
	for _, known := range tokenHeads {
		if bytes.HasPrefix(value, []byte(known)) && len(value) > minCut {
			head, cut = minCut, true
		}
	}
	return detector{anchors: []string{string(value[:head])}, match: func(in window) (match, bool) {
		text := in.data[in.at:]
		if bytes.HasPrefix(text, value) {
			return w.copied(value, in.at, in.at+len(value)), true
		}
		n := 0
		for n < min(len(text), len(value)) && text[n] == value[n] {
			n++
		}
		if !cut || n < minCut || n < len(text) && isURL64(text[n]) {
			return match{}, false
		}
		m := w.copied(value[:n], in.at, in.at+n)
		m.severity, m.confidence = min(m.severity, rules.Medium), rules.LowConfidence
		m.message = fmt.Sprintf("the first %d of the %d characters of the %s: a copy that was cut short", n, len(value), w.Name())
		m.random, m.tail = false, false
		return m, true
	}}
}

// CopyRules documents what a finder finds.
func CopyRules() []rules.Rule {
	return []rules.Rule{{
		ID: rules.CredentialCopy, Title: "copy of the credential that was looked for",
		Severity: rules.High, Confidence: rules.HighConfidence,
		What: "`scan --find FILE` met a secret of FILE somewhere else: as it stands, escaped, encoded, in pieces, in a notebook or an " +
			"archive, a private key with its lines broken differently, or the first 20 or more characters of a Google token (low confidence). " +
			"Critical for refresh tokens and private keys, medium for client secrets and for what was cut short.",
		Why: "Deleting or moving one file does not take back what was copied from it, and whoever reads the copy has the credential.",
		Before: `scopeaudit scan --find token.json .
critical  credential-copy  a copy of the refresh token at inbox.ipynb:63 (cell 5, output)`,
		Remedy:  "end the credential first, which ends every copy at once; then take the copies out of the files and of their history",
		Sources: []string{"https://developers.google.com/identity/protocols/oauth2/resources/best-practices"},
	}}
}
