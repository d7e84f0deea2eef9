package main

import (
	"crypto/rand"
	"strings"
	"unicode"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

// secretHeads begin values that nobody should type on a command line, however
// short they were cut.
var secretHeads = []string{"ya29.", "1//0", "GOCSPX-", "AIzaSy", "AQ.Ab8R", "4/0A", "eyJhbGciOi", "-----BEGIN", "ghp_", "github_pat_"}

// refuseSecrets stops a command line that carries a token before anything can
// echo it. By then the shell's history and the process list have it, so the
// hint says to end it.
func refuseSecrets(args []string) error {
	scanner := secrets.NewScanner(secrets.Key(randomKey()))
	for _, arg := range args {
		if looksSecret(scanner, arg) {
			return usage("pass a file, - for standard input, or the variable SCOPEAUDIT_TOKEN; what you typed is in the shell's history and the process list, so end it at https://myaccount.google.com/connections",
				"an argument looks like a secret")
		}
	}
	return nil
}

func looksSecret(scanner *secrets.Scanner, arg string) bool {
	for _, head := range secretHeads {
		if strings.Contains(arg, head) {
			return true
		}
	}
	if strings.HasPrefix(strings.TrimSpace(arg), "{") {
		return true // JSON: a credential pasted instead of its file
	}
	// A flag's value may hold a further one: --format=json=FILE.
	for part := range strings.SplitSeq(arg, "=") {
		if looksRandom(unknownPart(part)) {
			return true
		}
	}
	pass := scanner.Begin(rules.Location{})
	pass.Scan(decode.Whole([]byte(arg)))
	for _, leak := range pass.End() {
		if leak.Severity > rules.Info {
			return true
		}
	}
	return false
}

// unknownPart is what is left of an argument without the folders that exist:
// those may be called anything.
func unknownPart(arg string) string {
	for known := arg; known != "" && known != "."; {
		if exists(known) {
			return arg[len(known):]
		}
		cut := strings.LastIndexAny(known, `/\`)
		if cut <= 0 {
			break
		}
		known = known[:cut]
	}
	return arg
}

// minRandom is the length of the shortest secrets of Google that have no mark of
// their own, the old client secrets, a few characters cut off.
const minRandom = 20

// looksRandom reports whether a text holds a word that people do not make up: a
// long one that keeps changing between small letters, capitals and digits.
func looksRandom(s string) bool {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !isTokenChar(r) }) {
		var has [3]bool
		changes, last := 0, -1
		for _, r := range word {
			class := 0
			switch {
			case unicode.IsUpper(r):
				class = 1
			case unicode.IsDigit(r):
				class = 2
			}
			has[class] = true
			if last >= 0 && class != last {
				changes++
			}
			last = class
		}
		if len(word) >= minRandom && has[0] && has[1] && has[2] && changes >= len(word)/3 {
			return true
		}
	}
	return false
}

func isTokenChar(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_')
}

// randomKey draws the key of one run.
func randomKey() (key [32]byte) {
	rand.Read(key[:]) // never fails: it ends the program instead
	return key
}
