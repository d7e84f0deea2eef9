package main

import (
	"crypto/rand"
	"strings"

	"scopeaudit/audit/decode"
	"scopeaudit/audit/rules"
	"scopeaudit/audit/secrets"
)

// secretHeads begin values that nobody should type on a command line, however
// short they were cut.
var secretHeads = []string{"ya29.", "1//0", "GOCSPX-", "AIzaSy", "eyJhbGciOi", "-----BEGIN", "ghp_", "github_pat_"}

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
	pass := scanner.Begin(rules.Location{})
	pass.Scan(decode.Whole([]byte(arg)))
	for _, leak := range pass.End() {
		if leak.Severity > rules.Info {
			return true
		}
	}
	return false
}

// randomKey draws the key of one run.
func randomKey() (key [32]byte) {
	rand.Read(key[:]) // never fails: it ends the program instead
	return key
}
