package secrets

import (
	"bytes"
	"strings"
)

// glue is what may stand between the name of a key and its value: quotes,
// operators, brackets, mark-up, escapes, and a few words. It is read forwards
// from a name and backwards from a value, in the same way.
type glue struct {
	operator bool // something that assigns: a sign, a tag, "is", a tab
	spaced   bool // at least a space
	lines    int  // line ends
}

// joins says whether the glue makes a value of what stands on its other side.
// A space alone does so after a flag or a name that is no word of English:
// "--client-secret …", "ENV REFRESH_TOKEN …", "#define client_secret …".
func (g glue) joins(name []byte) bool {
	if g.lines > maxGlueLines {
		return false
	}
	return g.operator || g.spaced && g.lines == 0 && isIdentifier(name)
}

// isIdentifier tells names from words of English: refresh_token, refreshToken.
func isIdentifier(name []byte) bool {
	for i, b := range name {
		if b == '_' || b == '-' || i > 0 && isUpper(b) && isLower(name[i-1]) {
			return true
		}
	}
	return false
}

const (
	maxGlueLines = 3 // a tag's, a label's and an opening quote's
	maxGlueWords = 6
	maxFiller    = len("defaultvalue")
)

// operators assign, or open or close what does.
const operators = "=:,(<>|[{?"

// note takes one byte into account, and says whether it is glue.
func (g *glue) note(b byte) bool {
	switch {
	case b == '\n':
		g.lines++
		g.spaced = true
	case isSpace(b):
		g.spaced = true
		g.operator = g.operator || b == '\t'
	case strings.IndexByte(operators, b) >= 0:
		g.operator = true
	case isQuote(b), strings.IndexByte("])}*!&#+/", b) >= 0:
	default:
		return false
	}
	return true
}

// isFiller knows the words that stand between a key and its value and are
// neither: types, tags, what settings call a value, entities for quotes. Before
// is the byte that stands before the word.
func isFiller(word string, before byte) bool {
	word = strings.ToLower(word)
	if before == '<' || before == '/' {
		switch word {
		case "td", "th", "b", "strong", "code", "i", "em", "pre", "span", "dd", "dt", "li", "key":
			return true
		}
	}
	switch word {
	case "str", "string", "bytes", "any", "optional", "final", "text", "none", "const", "static", // types
		"value", "default", "val", "content", "defaultvalue", "stringdata", // settings
		"cdata", "quot", "apos", "34", "39", "x22", "x27", "nbsp", "lt", "gt", // <![CDATA[, &quot; and the like
		"or", "is", "by", "lazy":
		return true
	}
	return strings.Trim(word, "-") == "" // an arrow's, a folded scalar's
}

// escapeAt gives the length of an escape for a sign at the start of data, and
// the sign: \u0022, %22, a colour of a terminal, a typographic quote.
func escapeAt(data []byte) (n int, sign byte) {
	hex := func(from, to int) bool { return len(data) >= to && run(data[:to], from, isHex) == to }
	switch {
	case len(data) < 2:
	case data[0] == '%' && hex(1, 3):
		return 3, unhex(data[1])<<4 | unhex(data[2])
	case data[0] == '\\' && data[1] == 'u' && hex(2, 6):
		if string(bytes.ToLower(data[2:6])) == "001b" {
			if c := colour(data[6:]); c > 0 {
				return 6 + c, ' '
			}
		}
		return 6, unhex(data[4])<<4 | unhex(data[5])
	case data[0] == '\\' && strings.IndexByte("ntr", data[1]) >= 0:
		return 2, ' '
	case data[0] == 0x1B:
		if c := colour(data[1:]); c > 0 {
			return 1 + c, ' '
		}
	case len(data) >= 3 && data[0] == 0xE2 && data[1] == 0x80 && 0x98 <= data[2] && data[2] <= 0x9F:
		return 3, '"'
	case data[0] == 0xC2 && data[1] == 0xA0:
		return 2, ' '
	}
	return 0, 0
}

// colour gives the length of what follows the escape character of a sequence
// that sets a terminal's colours, as tracebacks are full of: [0;31m.
func colour(data []byte) int {
	if len(data) == 0 || data[0] != '[' {
		return 0
	}
	end := run(data[:min(len(data), maxColour)], 1, func(b byte) bool { return isDigit(b) || b == ';' })
	if end == len(data) || data[end] != 'm' {
		return 0
	}
	return end + 1
}

const maxColour = 20

// escapeBefore gives the length of an escape that ends where data does.
func escapeBefore(data []byte) (n int, sign byte) {
	for _, n := range []int{2, 3, 6} {
		if n <= len(data) {
			if size, sign := escapeAt(data[len(data)-n:]); size == n {
				return n, sign
			}
		}
	}
	if len(data) > 0 && data[len(data)-1] == 'm' {
		for n := 3; n <= min(len(data), maxColour+6); n++ {
			if size, sign := escapeAt(data[len(data)-n:]); size == n {
				return n, sign
			}
		}
	}
	return 0, 0
}

func unhex(b byte) byte {
	if isDigit(b) {
		return b - '0'
	}
	return b | 0x20 - 'a' + 10
}

// skip reads glue forwards from i up to limit, and gives where a value begins.
func (g *glue) skip(data []byte, i, limit int) int {
	before := byte(0)
	for words := 0; i < limit; {
		n, sign := escapeAt(data[i:limit])
		if n == 0 {
			n, sign = 1, data[i]
		}
		if g.note(sign) {
			i, before = i+n, sign
			continue
		}
		if n > 1 {
			return i
		}
		if data[i] == '.' && i+1 < limit && data[i+1] == '=' {
			i++ // PHP adds to a string
			continue
		}
		if data[i] == ';' && endsEntity(data[:i]) {
			i++
			continue
		}
		end := run(data[:limit], i, isURL64)
		if end-i > maxFiller {
			return i
		}
		w := string(data[i:end])
		prefix := end < limit && isQuote(data[end]) && isPrefix(w)
		if words++; end == i || words > maxGlueWords || !prefix && !isFiller(w, before) {
			return i
		}
		g.operator = g.operator || w == "is" || w == "or"
		i = end
	}
	return limit
}

// skipBack reads glue backwards from i down to low, and gives where it begins:
// right before it stands the name of a key, or nothing that we know.
func (g *glue) skipBack(data []byte, i, low int) int {
	if i > low && isQuote(data[i-1]) {
		for i > low && isQuote(data[i-1]) {
			i--
		}
		// The prefix of a Python string: b"…", rb'…'.
		start := i
		for start > low && isAlnum(data[start-1]) {
			start--
		}
		if isPrefix(string(data[start:i])) {
			i = start
		}
	}
	for words := 0; i > low; {
		if n, sign := escapeBefore(data[low:i]); n > 0 {
			if !g.note(sign) {
				return i
			}
			i -= n
			continue
		}
		if g.note(data[i-1]) || data[i-1] == ';' && endsEntity(data[:i-1]) || data[i-1] == '.' && i < len(data) && data[i] == '=' {
			i--
			continue
		}
		start := i
		for start > low && isURL64(data[start-1]) {
			start--
		}
		if start == low || start == i {
			return i
		}
		before := data[start-1]
		if n, sign := escapeAt(data[start-1 : i]); n > 1 {
			start, before = start-1+n, sign
		}
		if i-start > maxFiller {
			return i
		}
		w := string(data[start:i])
		// Of an attribute's name, as in "process.env.value", all is the name.
		if words++; words > maxGlueWords || before == '.' || !isFiller(w, before) {
			return i
		}
		g.operator = g.operator || w == "is" || w == "or"
		i = start
	}
	return i
}

// endsEntity says whether data ends in an HTML entity without its semicolon. JSON
// may write the ampersand as an escape.
func endsEntity(data []byte) bool {
	tail := strings.ToLower(string(data[max(0, len(data)-len("u0026nbsp")):]))
	for _, name := range []string{"quot", "apos", "nbsp", "lt", "gt", "#34", "#39", "#x22", "#x27"} {
		if head, ok := strings.CutSuffix(tail, name); ok {
			return strings.HasSuffix(head, "&") || strings.HasSuffix(head, "u0026")
		}
	}
	return false
}

// isPrefix knows what Python writes before a string.
func isPrefix(word string) bool {
	switch strings.ToLower(word) {
	case "b", "r", "f", "u", "rb", "br", "rf", "fr":
		return true
	}
	return false
}
