package report

import "strings"

// IsSafe reports whether text can be printed as it is, line by line: a diff that
// is to be applied cannot be cleaned. Tabs and line ends are taken for what they
// are.
func IsSafe(text string) bool {
	plain := strings.NewReplacer("\t", " ", "\r\n", "\n").Replace(text)
	for line := range strings.Lines(plain) {
		line = strings.TrimSuffix(line, "\n")
		if !isClean(line) || strings.HasPrefix(strings.TrimLeft(line, " "), "::") || breakCommands(line, "") != line {
			return false
		}
	}
	return true
}
