package needs

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// parser is what the parsers of all languages share: the tokens and where they
// are. A parser never fails; what it does not know it passes over, and it always
// goes on.
type parser struct {
	arena
	text   string
	tokens []token
	at     int
	depth  int
	stack  []*node // kids of nodes that are not finished
	match  []int32 // by token, after pair: where the bracket that it opens is closed
}

// pair finds for each opening bracket the one that closes it.
func (p *parser) pair() {
	p.match = make([]int32, len(p.tokens))
	var open []int32
	for i, t := range p.tokens {
		if t.kind != tOp || t.end-t.pos != 1 {
			continue
		}
		switch p.text[t.pos] {
		case '(', '[', '{':
			open = append(open, int32(i))
		case ')', ']', '}':
			if n := len(open); n > 0 {
				p.match[open[n-1]] = int32(i)
				open = open[:n-1]
			}
		}
	}
}

func (p *parser) tok() token { return p.tokens[p.at] }

func (p *parser) peek(n int) token {
	if p.at+n < len(p.tokens) {
		return p.tokens[p.at+n]
	}
	return p.tokens[len(p.tokens)-1]
}

func (p *parser) src(t token) string { return p.text[t.pos:t.end] }

// is reports whether the token at hand is an operator or a name spelled so.
func (p *parser) is(word string) bool {
	t := &p.tokens[p.at]
	return int(t.end-t.pos) == len(word) && (t.kind == tOp || t.kind == tName) && p.text[t.pos:t.end] == word
}

func (p *parser) isAt(n int, word string) bool {
	t := &p.tokens[min(p.at+n, len(p.tokens)-1)]
	return int(t.end-t.pos) == len(word) && (t.kind == tOp || t.kind == tName) && p.text[t.pos:t.end] == word
}

func (p *parser) isAny(words ...string) bool {
	for _, w := range words {
		if p.is(w) {
			return true
		}
	}
	return false
}

func (p *parser) next() token {
	t := p.tokens[p.at]
	if p.at < len(p.tokens)-1 {
		p.at++
	}
	return t
}

func (p *parser) accept(word string) bool {
	if p.is(word) {
		p.next()
		return true
	}
	return false
}

// last is where the token before the one at hand ends.
func (p *parser) last() int32 {
	if p.at == 0 {
		return 0
	}
	return p.tokens[p.at-1].end
}

// done makes a node of what was pushed since mark.
func (p *parser) done(k kind, pos int32, text string, mark int) *node {
	n := p.node(k, pos, p.last(), text, p.stack[mark:]...)
	p.stack = p.stack[:mark]
	return n
}

func (p *parser) push(n *node) {
	if n != nil {
		p.stack = append(p.stack, n)
	}
}

func (p *parser) other(pos int32) *node { return p.node(kOther, pos, p.last(), "") }

// skipBalanced passes over a bracket and all that it holds.
func (p *parser) skipBalanced() {
	open := 0
	for {
		t := p.tok()
		switch {
		case t.kind == tEnd:
			return
		case t.kind == tOp && t.end-t.pos == 1:
			switch p.text[t.pos] {
			case '(', '[', '{':
				open++
			case ')', ']', '}':
				open--
			}
		}
		p.next()
		if open <= 0 {
			return
		}
	}
}

// newLine reports whether a line ends before the token at hand.
func (p *parser) newLine() bool {
	return strings.IndexByte(p.text[p.last():p.tok().pos], '\n') >= 0
}

// angles passes over type arguments.
func (p *parser) angles() {
	depth := 0
	for limit := 0; p.tok().kind != tEnd && limit < 400; limit++ {
		switch {
		case p.is("<"):
			depth++
		case p.is(">"):
			depth--
		case p.isAny("(", "{", "["):
			p.skipBalanced()
			continue
		case p.isAny(")", "}", "]", ";"):
			return
		}
		p.next()
		if depth <= 0 {
			return
		}
	}
}

// maxGeneric is how many tokens the type arguments of a call may have.
const maxGeneric = 40

// generic passes over the type arguments of a call, if that is what begins.
func (p *parser) generic() bool {
	depth := 0
	for i := 0; i < maxGeneric; i++ {
		t := p.peek(i)
		switch {
		case t.kind == tEnd:
			return false
		case t.kind == tName || t.kind == tString:
		case p.isAt(i, "<"):
			depth++
		case p.isAt(i, ">"):
			if depth--; depth == 0 {
				if !p.isAt(i+1, "(") {
					return false
				}
				for range i + 1 {
					p.next()
				}
				return true
			}
		case p.isAt(i, ".") || p.isAt(i, ",") || p.isAt(i, "[") || p.isAt(i, "]") || p.isAt(i, "|") || p.isAt(i, "{") || p.isAt(i, "}") || p.isAt(i, ":") || p.isAt(i, ";"):
		default:
			return false
		}
	}
	return false
}

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
	if len(lit) >= 6 && strings.HasPrefix(lit, strings.Repeat(quote, 3)) {
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
