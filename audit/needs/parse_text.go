package needs

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unquote gives what a string token means, without what stands before its
// quotes, and whether it has none of the language's escapes.
func unquote(lit string) (string, string) {
	i := 0
	for i < len(lit) && lit[i] != '"' && lit[i] != '\'' && lit[i] != '`' {
		i++
	}
	prefix, lit := strings.ToLower(lit[:i]), lit[i:]
	if lit == "" {
		return prefix, ""
	}
	quote := lit[:1]
	if len(lit) >= 6 && lit[1] == lit[0] && lit[2] == lit[0] {
		quote = lit[:3]
	}
	lit = lit[len(quote):]
	lit = strings.TrimSuffix(lit, quote)
	if strings.Contains(prefix, "r") || strings.IndexByte(lit, '\\') < 0 {
		return prefix, lit
	}
	return prefix, unescape(lit)
}

// unescape resolves the escapes that the languages share.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		digits := 0
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
			continue
		case 't':
			b.WriteByte('\t')
			continue
		case 'r':
			b.WriteByte('\r')
			continue
		case '\n':
			continue
		case 'x':
			digits = 2
		case 'u':
			digits = 4
		case 'U':
			digits = 8
		}
		if digits > 0 && i+digits < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+1+digits], 16, 32); err == nil && n <= utf8.MaxRune {
				b.WriteRune(rune(n))
				i += digits
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// literal makes a node of a string in which nothing is embedded.
func (p *parser) literal(t token) *node {
	_, text := unquote(p.src(t))
	return p.node(kString, t.pos, t.end, text)
}

// braceEnd finds the brace that closes what is embedded in a string from i on;
// the end of the text where none does.
func braceEnd(text string, i int) int {
	for depth := 1; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// Bounds of expressions in strings: how long one is read, and how much deeper
// it counts.
const (
	maxEmbedded = 4096
	deeper      = 10
)

// embeds reports whether an expression in a string is read.
func (p *parser) embeds(text string) bool {
	return p.depth+deeper <= maxNesting && len(text) <= maxEmbedded
}

// inner reads an expression in a string by a parser of its own; it stands where
// the string does.
func (p *parser) inner(q *parser, t token) *node {
	q.arena, p.arena = p.arena, arena{}
	n := q.condition()
	p.arena = q.arena
	p.steps += q.steps
	settle(n, t)
	return n
}

// settle gives nodes that were read out of a string the place of the string.
func settle(n *node, t token) {
	if n == nil {
		return
	}
	n.pos, n.end = t.pos, t.end
	for _, kid := range n.kids {
		settle(kid, t)
	}
	if n.fn != nil {
		settle(n.fn.body, t)
		for _, q := range n.fn.params {
			settle(q.value, t)
			settle(q.typed, t)
			settle(q.pattern, t)
			if q.from != nil { // its kids are those of the call
				q.from.pos, q.from.end = t.pos, t.end
			}
		}
	}
}
