package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text that is not ours safe to show: what prints stays as it is,
// and every control, bidirectional, invisible or malformed character becomes
// the escape that Go writes for it (\n, \u202e, \x9b). Where anything was
// escaped, backslashes are doubled, so that the escapes cannot be forged. A
// combining mark at the start, which would join what stands before, is escaped
// too.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			const hex = "0123456789abcdef"
			b.WriteString(`\x` + string(hex[s[i]>>4]) + string(hex[s[i]&15]))
		case r == '\\':
			b.WriteString(`\\`)
		case shows(r) && !(i == 0 && unicode.Is(unicode.M, r)):
			b.WriteRune(r)
		default:
			b.WriteString(escape(r))
		}
		i += size
	}
	return b.String()
}

// isClean reports whether Clean would leave s as it is.
func isClean(s string) bool {
	for i, r := range s {
		if !shows(r) || i == 0 && unicode.Is(unicode.M, r) {
			return false
		}
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)) {
			return false
		}
	}
	return true
}

// shows reports whether r can be shown as it is: it has a glyph of its own and
// does not act on its neighbours. Go's idea of printable already leaves out
// control and format characters (U+009B, U+202E, the tags, zero-width spaces)
// and all spaces but the ASCII one. What Unicode calls default ignorable is
// left out too, because it is drawn as nothing: fillers, and the variation
// selectors in which whole texts can be hidden.
func shows(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= ' ' && r < 0x7f
	}
	return strconv.IsPrint(r) &&
		!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// escape writes r as Go does in a quoted string, also where Go would show it.
func escape(r rune) string {
	quoted := strconv.QuoteRuneToASCII(r)
	return quoted[1 : len(quoted)-1]
}

// maxName bounds a name in text, in characters. The machine formats have all of
// it.
const maxName = 500

// name cleans a name that is not ours (a path, a scope, an account) for text
// that people read. A name that had to be changed stands in quotes, so that it
// is plain where it begins and ends; an endless one loses its middle.
func name(s string) string {
	if utf8.RuneCountInString(s) > maxName {
		all := []rune(s)
		s = string(all[:maxName/2]) + "…" + string(all[len(all)-maxName/2:])
	}
	if clean := Clean(s); clean != s {
		return `"` + clean + `"`
	}
	return s
}

// breakCommands changes a line so that no CI runner takes it for a command.
// GitHub's runner obeys "::name::" where a line starts, white space aside, and
// "##[name]" anywhere; Azure's obeys "##vso[name]". A line never starts with
// two colons, and the bracket that would follow the number signs is replaced.
func breakCommands(line, bracket string) string {
	if !strings.Contains(line, "##") {
		return line
	}
	var b strings.Builder
	for {
		i := strings.Index(line, "##")
		if i < 0 {
			break
		}
		end := i + 2
		for end < len(line) && (line[end] == '#' || isLetter(line[end])) {
			end++
		}
		b.WriteString(line[:end])
		line = line[end:]
		if strings.HasPrefix(line, "[") {
			b.WriteString(bracket)
			line = line[1:]
		}
	}
	b.WriteString(line)
	return b.String()
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
