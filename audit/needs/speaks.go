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
	if m.language == apps || m.manifest || m.cloud || contains(m.text, speech[:]) {
		return true
	}
	if m.language == shell { // which imports nothing
		return contains(m.text, []string{"googleapis.com", "oauth2l", "accounts.google.com"})
	}
	for _, name := range m.foreign() {
		if m.language == golang {
			if strings.HasPrefix(name, "google.golang.org/api/") || strings.HasSuffix(name, "oauth2/google") {
				return true
			}
			continue
		}
		if strings.Contains(name, "google") || strings.HasPrefix(name, "apiclient") || strings.HasPrefix(name, "oauth2client") || wrapperOf(name) != nil {
			return true
		}
	}
	const host = ".googleapis.com"
	return bytes.Count(m.text, []byte(host)) > bytes.Count(m.text, []byte("storage"+host)) // where files are fetched from
}

// speech are words that nobody writes who does not speak to Google.
var speech = [...]string{"googleapis.com/auth/", "mail.google.com", "OAUTHBEARER", "XOAUTH2", "gapi.", "google.accounts", "GmailApp", "DriveApp", "SpreadsheetApp", "CalendarApp"}

// Language is one that sources are read in, or several that work as one: what is
// written in another is no part of the same program.
type Language uint8

func family(l language) Language {
	switch l {
	case kotlin:
		l = java // either calls the other
	case httpFile:
		l = shell
	case apps:
		l = script // whose files make projects of Apps Script too
	}
	return Language(l)
}

// Language is that of a source.
func (s *Source) Language() Language { return family(s.module.language) }

// LanguageOf tells the language of a file by its path and content.
func LanguageOf(name string, data []byte) Language { return family(languageOf(name, data)) }

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
