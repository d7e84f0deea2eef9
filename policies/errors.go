package policies

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is one fault in a policy file: what is wrong, where, and what to do.
// Line and column count from 1, columns in Unicode code points; zero means that
// the fault is the file's as a whole.
type Error struct {
	File    string // as it is named in the fs.FS; empty if no file was reached
	Line    int
	Column  int
	Message string // lower case, no full stop
	Hint    string // what to do; may be empty
}

// Error gives file:line:column: message, always one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(fileName(e.File))
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	return b.String()
}

// fileName keeps a name as it is unless it could break the line or the terminal.
func fileName(name string) string {
	if !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Sprintf("%q", name)
	}
	return name
}

// quotedMax bounds, in code points, what an error repeats of a file.
const quotedMax = 100

// quote repeats a piece of the file in an error, unless it is long or looks like
// a secret.
func quote(s string) string {
	if looksSecret(s) {
		return "a text that looks like a secret"
	}
	if n := utf8.RuneCountInString(s); n > quotedMax {
		return fmt.Sprintf("a text of %d characters", n)
	}
	return fmt.Sprintf("%q", s)
}

// looksSecret knows the beginnings of Google's credentials. Someone will one day
// name a credential file where a policy is wanted, and must not find its content
// in the log of a CI run.
func looksSecret(s string) bool {
	for _, mark := range []string{"ya29.", "1//0", "GOCSPX-", "AIza", "AQ.Ab8R", "4/0A", "-----BEGIN"} {
		if strings.Contains(s, mark) {
			return true
		}
	}
	return false
}
