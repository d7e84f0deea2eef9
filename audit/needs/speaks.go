package needs

import (
	"bytes"
	"strings"
)

// Speaks reports whether a source has more of Google's APIs than a word: a scope,
// an import of a client, an address, a way to sign in. What is merely possible is
// worth a second look only where something in its language does.
func (s *Source) Speaks() bool {
	m := s.module
	if m.language == apps || m.manifest || contains(m.text, speech[:]) {
		return true
	}
	for _, imp := range m.imports {
		if strings.Contains(imp.text, "google") || strings.HasPrefix(imp.text, "apiclient") || strings.HasPrefix(imp.text, "oauth2client") || wrapperOf(imp.text) != nil {
			return true
		}
	}
	const host = ".googleapis.com"
	return bytes.Count(m.text, []byte(host)) > bytes.Count(m.text, []byte("storage"+host)) // where files are fetched from
}

// speech are words that nobody writes who does not speak to Google.
var speech = [...]string{"googleapis.com/auth/", "mail.google.com", "OAUTHBEARER", "XOAUTH2", "gapi.", "google.accounts", "GmailApp", "DriveApp", "SpreadsheetApp", "CalendarApp"}

// Language names the language of a source: what a program in another does is
// none of its business.
func (s *Source) Language() string { return languageNames[s.module.language] }

// LanguageOf names the language of a file by its path and content; empty for one
// that is not read.
func LanguageOf(name string, data []byte) string { return languageNames[languageOf(name, data)] }

var languageNames = [...]string{noLanguage: "", python: "Python", golang: "Go", script: "JavaScript", apps: "Apps Script"}

// whole is the line that a place stands on, without the white space around
// it; empty if it is too long to be quoted.
func (s *source) whole(at int32) string {
	start := bytes.LastIndexByte(s.text[:at], '\n') + 1
	text := s.text[start:lineEnd(s.text, int(at))]
	if len(text) > maxLine {
		return ""
	}
	return string(bytes.TrimSpace(text))
}

// maxLine is how long a line is that is quoted whole, in bytes.
const maxLine = 200
