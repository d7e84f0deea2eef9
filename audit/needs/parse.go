package needs

import (
	"slices"
	"strings"
)

// parser is what the parsers of all languages share: the tokens and where they
// are. A parser never fails; what it does not know it passes over, and it always
// goes on.
type parser struct {
	arena
	grammar
	text   string
	tokens []token
	at     int
	steps  int // tokens that were passed over, some more than once
	depth  int
	stack  []*node // kids of nodes that are not finished
	match  []int32 // by token, after pair: where the bracket that it opens is closed
}

// grammar is what a language brings to the parts that all share.
type grammar interface {
	// statement reads one; nil if it is empty.
	statement() *node
	// expression reads one, which no comma ends but that of a list.
	expression() *node
	// condition reads what may stand in brackets.
	condition() *node
	// unary reads what operators stand between, and level tells how tightly the
	// operator at hand binds; -1 if it is none. operate makes a node of an
	// operator that was read, with what follows it.
	unary() *node
	// postfix reads an operand with all that is called on it.
	postfix() *node
	level() int
	operate(pos int32, op string, level int, left *node) *node
}

// parsed is a source as a tree.
type parsed struct {
	body  *node
	nodes int
	calls int
	steps int    // of the parser: what it took
	space string // the package that the source says it is of
}

// parsing is the shared part of a parser. Most sources have a node for two
// tokens.
func parsing(l lexed, depth int) parser {
	return parser{arena: arena{expected: len(l.tokens) / 2}, text: l.text, tokens: l.tokens, depth: depth}
}

// tree gives the tree that was read, whose top is body.
func (p *parser) tree(body *node) *parsed {
	return &parsed{body: body, nodes: p.count, calls: p.calls, steps: p.steps}
}

// pair finds for each opening bracket the one that closes it.
func (p *parser) pair() {
	p.match = make([]int32, len(p.tokens))
	var open []int32
	for i, t := range p.tokens {
		if t.kind != tOp || t.end-t.pos != 1 {
			continue
		}
		switch t.first {
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
	return t.first == word[0] && int(t.end-t.pos) == len(word) && (t.kind == tOp || t.kind == tName) && p.text[t.pos:t.end] == word
}

func (p *parser) isAt(n int, word string) bool {
	t := &p.tokens[min(p.at+n, len(p.tokens)-1)]
	return t.first == word[0] && int(t.end-t.pos) == len(word) && (t.kind == tOp || t.kind == tName) && p.text[t.pos:t.end] == word
}

func (p *parser) isAny(words ...string) bool {
	return slices.Contains(words, p.word())
}

// word is the operator or the name at hand; empty for anything else. Where many
// are asked for in turn, a switch on it is the quickest.
func (p *parser) word() string {
	t := &p.tokens[p.at]
	if t.kind == tOp || t.kind == tName {
		return p.text[t.pos:t.end]
	}
	return ""
}

func (p *parser) next() token {
	t := p.tokens[p.at]
	p.steps++
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
			switch t.first {
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
