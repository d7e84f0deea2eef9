package policies

import (
	"fmt"
	"strings"
)

// maxPattern bounds a pattern in bytes.
const maxPattern = 256

// MatchPattern reports whether the whole of s matches a pattern in which "*"
// stands for any run of characters and everything else for itself.
func MatchPattern(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return true
}

// MatchPath reports whether a slash-separated path matches a pattern in which
// "*" stays within a folder and "**" as a whole segment spans any number of
// them, none included.
func MatchPath(pattern, path string) bool {
	segments := strings.Split(path, "/")
	// ends[i] says that the pattern so far matches the first i segments.
	ends := make([]bool, len(segments)+1)
	ends[0] = true
	for _, p := range strings.Split(pattern, "/") {
		next := make([]bool, len(ends))
		next[0] = p == "**" && ends[0]
		for i, segment := range segments {
			if p == "**" {
				next[i+1] = next[i] || ends[i+1]
			} else {
				next[i+1] = ends[i] && MatchPattern(p, segment)
			}
		}
		ends = next
	}
	return ends[len(segments)]
}

// checkPattern says what is wrong with a pattern for MatchPattern, or nothing.
func checkPattern(p string) (message, hint string) {
	switch {
	case p == "":
		return "a pattern is empty", `use "*" for all`
	case len(p) > maxPattern:
		return fmt.Sprintf("a pattern is longer than %d bytes", maxPattern), ""
	case strings.ContainsAny(p, " \n"):
		return fmt.Sprintf("pattern %s holds a space", quote(p)), "write one list item for each pattern"
	case strings.ContainsAny(p, `?[]{}\^$|()`):
		return fmt.Sprintf("pattern %s is no pattern that could match", quote(p)), `only "*" is special, and it stands for any run of characters`
	}
	return "", ""
}

// checkAccount is checkPattern for e-mail addresses.
func checkAccount(p string) (message, hint string) {
	if message, hint = checkPattern(p); message == "" && !strings.ContainsAny(p, "@*") {
		return fmt.Sprintf("account %s is no e-mail address", quote(p)), `for all accounts of a domain write "*@" and the domain`
	}
	return message, hint
}

// checkPath says what is wrong with a pattern for MatchPath, or nothing.
func checkPath(p string) (message, hint string) {
	if p == "" {
		return "path is empty", ""
	}
	if len(p) > maxPattern {
		return fmt.Sprintf("path is longer than %d bytes", maxPattern), ""
	}
	if strings.Contains(p, `\`) {
		return fmt.Sprintf("path %s holds a backslash", quote(p)), "separate folders with /"
	}
	for _, segment := range strings.Split(p, "/") {
		switch {
		case segment == "", segment == ".", segment == "..":
			return fmt.Sprintf("path %s could never match", quote(p)), "write it relative to the top of the tree, as reports do, without empty, . or .. parts"
		case strings.Contains(segment, "**") && segment != "**":
			return fmt.Sprintf("path %s could never match", quote(p)), `"**" stands alone between slashes, as in "notebooks/**"`
		}
	}
	return "", ""
}
