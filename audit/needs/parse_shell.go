package needs

import "strings"

// parseShell reads a script of a POSIX shell, or of bash. A command becomes a
// call of its first word with the rest, --name=value a named argument. It never
// fails: what it does not know it passes over.
func parseShell(text []byte) (*parsed, []spot) {
	p := &shellParser{arena: arena{expected: len(text) / 8}, text: string(text)}
	for p.at < len(p.text) {
		p.list()
		p.at++ // what closes nothing
	}
	return &parsed{body: p.done(kBlock, 0, "", 0), nodes: p.count, calls: p.calls, steps: p.count}, p.comments
}

type shellParser struct {
	arena
	text     string
	at       int
	depth    int
	stack    []*node
	comments []spot
	pending  []hereDoc
	back     bool // in backquotes, which another one ends
	params   int  // the greatest of $1 to $9 that the function at hand names
}

// hereDoc is one whose text begins on the next line.
type hereDoc struct {
	end       string
	tabs, raw bool
	into      *node // the argument that holds it
}

func (p *shellParser) done(k kind, pos int, text string, mark int) *node {
	n := p.node(k, int32(pos), int32(min(p.at, len(p.text))), text, p.stack[mark:]...)
	p.stack = p.stack[:mark]
	return n
}

func (p *shellParser) push(n *node) {
	if n != nil {
		p.stack = append(p.stack, n)
	}
}

// space passes over blanks, comments and continued lines.
func (p *shellParser) space() {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == ' ' || c == '\t' || c == '\r':
			p.at++
		case c == '\\' && p.at+1 < len(p.text) && (p.text[p.at+1] == '\n' || p.text[p.at+1] == '\r'):
			p.at += 2
			if p.text[p.at-1] == '\r' && p.at < len(p.text) && p.text[p.at] == '\n' {
				p.at++
			}
		case c == '#':
			end := len(p.text)
			if n := strings.IndexByte(p.text[p.at:], '\n'); n >= 0 {
				end = p.at + n
			}
			p.comments = append(p.comments, spot{int32(p.at), int32(end)})
			p.at = end
		default:
			return
		}
	}
}

// lines passes over the ends of commands, and reads the here-documents that begin
// behind a line.
func (p *shellParser) lines() {
	for {
		p.space()
		if p.at >= len(p.text) {
			return
		}
		switch p.text[p.at] {
		case '\n':
			p.at++
			p.hereDocs()
		case ';':
			if p.has(";;") {
				return
			}
			p.at++
		case '&', '|':
			p.at++
		default:
			return
		}
	}
}

func (p *shellParser) has(s string) bool { return strings.HasPrefix(p.text[p.at:], s) }

// ahead is the plain word that comes next.
func (p *shellParser) ahead() string {
	end := p.at
	for end < len(p.text) && !special(p.text[end]) {
		end++
	}
	return p.text[p.at:end]
}

// special reports whether a byte ends a word, or begins something in it that is
// no plain text.
func special(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ';', '&', '|', '(', ')', '<', '>', '"', '\'', '$', '`', '\\':
		return true
	}
	return false
}

// take passes over a plain word, if it is the one that comes next.
func (p *shellParser) take(word string) bool {
	p.lines()
	if p.ahead() != word {
		return false
	}
	p.at += len(word)
	return true
}

// list reads commands to a word that ends a part of a compound one, to a closing
// bracket, or to the end.
func (p *shellParser) list() {
	p.depth++
	defer func() { p.depth-- }()
	for p.at < len(p.text) {
		p.lines()
		if p.at >= len(p.text) || p.depth > maxNesting {
			return
		}
		switch p.text[p.at] {
		case ')', '}':
			return
		case '`':
			if p.back {
				return
			}
		}
		if p.has(";;") {
			return
		}
		switch p.ahead() {
		case "then", "elif", "else", "fi", "do", "done", "esac":
			return
		}
		before := p.at
		n := p.command()
		if n != nil && (p.has("&&") || p.has("||")) {
			p.chained(n)
		} else {
			p.push(n)
		}
		if p.at == before {
			p.at++
		}
	}
}

// body reads a list as a block.
func (p *shellParser) body() *node {
	from, mark := p.at, len(p.stack)
	p.list()
	return p.done(kBlock, from, "", mark)
}

// command reads one, simple or compound.
func (p *shellParser) command() *node {
	pos, mark := p.at, len(p.stack)
	switch word := p.ahead(); word {
	case "if", "elif":
		p.at += len(word)
		from, inner := p.at, len(p.stack)
		p.list()
		test := p.done(kOther, from, "", inner)
		if n := len(test.kids); n > 0 {
			test.pos, test.end = test.kids[0].pos, test.kids[n-1].end
		}
		p.push(test)
		p.take("then")
		p.push(p.body())
		switch {
		case p.ahead() == "elif" && p.depth < maxNesting:
			p.depth++
			p.push(p.command())
			p.depth--
			return p.done(kIf, pos, "", mark)
		case p.take("else"):
			p.push(p.body())
		}
		p.take("fi")
		return p.done(kIf, pos, "", mark)
	case "while", "until", "for", "select":
		p.at += len(word)
		p.space()
		if word == "for" && !p.has("((") {
			name := p.ahead()
			p.push(p.node(kName, int32(p.at), int32(p.at+len(name)), name))
			p.at += len(name)
			p.take("in")
			from, inner := p.at, len(p.stack)
			for p.space(); p.at < len(p.text) && !strings.ContainsRune("\n;)", rune(p.text[p.at])); p.space() {
				before := p.at
				p.push(p.word())
				if p.at == before {
					p.at++
				}
			}
			p.push(p.done(kList, from, "", inner))
		} else {
			from, inner := p.at, len(p.stack)
			p.list()
			test := p.done(kOther, from, "", inner)
			p.push(p.node(kOther, int32(from), int32(from), ""))
			p.push(test)
		}
		p.take("do")
		p.push(p.body())
		p.take("done")
		return p.done(kLoop, pos, "", mark)
	case "case":
		return p.cases()
	case "{":
		p.at++
		n := p.body()
		p.close('}')
		return n
	case "function":
		p.at += len(word)
		p.space()
		return p.function(pos, p.ahead())
	case "!", "time", "sudo", "exec", "nohup", "command", "then", "do", "else":
		p.at += len(word)
		p.space()
		if p.depth < maxNesting {
			p.depth++
			defer func() { p.depth-- }()
			return p.command()
		}
	case "return":
		p.at += len(word)
		p.simple(p.at)
		return p.node(kReturn, int32(pos), int32(p.at), "")
	}
	if p.has("((") {
		p.until("))")
		return nil
	}
	if p.has("(") {
		p.at++
		p.push(p.body())
		p.close(')')
		return p.done(kTry, pos, "", mark) // who leaves it does not leave the script
	}
	if name := p.ahead(); name != "" && strings.HasPrefix(strings.TrimLeft(p.text[p.at+len(name):], " \t"), "()") {
		return p.function(pos, name)
	}
	return p.simple(pos)
}

func (p *shellParser) close(c byte) {
	p.lines()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
	}
}

func (p *shellParser) until(end string) {
	if n := strings.Index(p.text[p.at:], end); n >= 0 {
		p.at += n + len(end)
	} else {
		p.at = len(p.text)
	}
}

// function reads one, whose parameters are called 1, 2, 3 …
func (p *shellParser) function(pos int, name string) *node {
	p.at += len(name)
	p.space()
	if p.has("()") {
		p.at += 2
	}
	p.lines()
	fn := &function{name: name}
	outer := p.params
	p.params = 0
	if p.has("{") || p.has("(") {
		fn.body = p.command()
	}
	for i := range p.params {
		fn.params = append(fn.params, parameter{name: string(rune('1' + i))})
	}
	p.params = outer
	n := p.node(kFunc, int32(pos), int32(p.at), name)
	n.fn, fn.node = fn, n
	return n
}

// cases reads a case, each branch under its condition.
func (p *shellParser) cases() *node {
	pos, mark := p.at, len(p.stack)
	p.at += len("case")
	p.space()
	from := p.at
	p.push(p.word())
	subject := strings.Trim(p.text[from:min(p.at, from+60)], `"`)
	p.take("in")
	for p.at < len(p.text) && !p.take("esac") {
		p.lines()
		at := p.at
		p.until(")")
		when := subject + " is " + strings.Trim(strings.TrimSuffix(p.text[at:min(p.at, at+60)], ")"), " (")
		if strings.HasSuffix(when, " is *") {
			when = "otherwise"
		}
		test := p.node(kOther, int32(at), int32(p.at), "")
		body := p.body()
		p.push(p.node(kIf, int32(at), int32(p.at), when, test, body))
		if p.has(";;") {
			p.at += 2
		} else if p.at < len(p.text) && p.ahead() != "esac" {
			p.at++
		}
	}
	return p.done(kBlock, pos, "", mark)
}
